"""Keys in texts that somebody else has chosen are cut to what Anthropic's Console shows."""

from __future__ import annotations

import re
import string
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from antkey_scanner.policy.rawkey import holds_raw_key, without_raw_keys

BASE64URL = string.ascii_letters + string.digits + "-_"


@pytest.mark.parametrize("family", ["api03", "admin01", "oat01", "ort01"])
def test_key_is_cut_to_its_hint(make_key: Callable[..., str], family: str) -> None:
    key = make_key(family)
    head = key[: len(f"sk-ant-{family}-") + 3]
    assert without_raw_keys(f"a {key}, b") == f"a {head}…{key[-4:]}, b"


@pytest.mark.parametrize(
    "text", ["", "prod-api", "sk-ant-", "sk-ant-api03-R2D...igAA", "sk-ant-admin01-R2D…igAA"]
)
def test_what_is_no_key_stays(text: str) -> None:
    assert without_raw_keys(text) == text


PIECES = st.lists(
    st.sampled_from(["sk-ant-", "api03-", "abcdefghijklmnop-", "xyz", "…", " ", "9999-"])
    | st.text(BASE64URL, max_size=40),
    max_size=12,
).map("".join)


@given(PIECES)
@example("sk-ant-" + "abcdefghijklmnopqrst1234-xyzxyzxyz")
@example("sk-ant-" + "abcdefghijkl1234-ABCDEFGHIJK")
@example("sk-ant-" * 9 + "ABCDEFGHIJKLMNOPQRSTU")
def test_nothing_is_left_that_is_a_key(text: str) -> None:
    cut = without_raw_keys(text)
    assert not holds_raw_key(cut)
    assert without_raw_keys(cut) == cut
    found = re.search(r"sk-ant-(?:api|admin)[0-9]{2}-[A-Za-z0-9_-]{12}", cut)
    assert found is None
