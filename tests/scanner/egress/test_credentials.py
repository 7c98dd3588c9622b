"""Which credentials a request carries: where they stand, which are keys, and nothing of their text."""

from __future__ import annotations

import hashlib
import random
import string
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antkey_scanner.egress.credentials import (
    carried,
    credential_of,
    keys_in,
    redacted,
    without_credentials,
)
from antkey_scanner.egress.records import Credential

ALPHABET = string.ascii_letters + string.digits + "-_"


def make_key(family: str = "api03", seed: int = 1, size: int = 93) -> str:
    dice = random.Random(f"{family} {seed}")
    return f"sk-ant-{family}-" + "".join(dice.choice(ALPHABET) for _ in range(size)) + "AA"


KEY, OTHER = make_key(), make_key(seed=2)


def reference(key: str, carrier: str, kind: str = "api03") -> Credential:
    prefix = f"sk-ant-{kind}-"
    rest = key.removeprefix(prefix)
    digest = hashlib.sha256(key.encode()).hexdigest()
    return Credential(carrier, kind, f"{prefix}{rest[:3]}…{rest[-4:]}", digest)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("x-api-key", KEY),
        ("X-Api-Key", f" {KEY} "),
        ("authorization", f"Bearer {KEY}"),
        ("Authorization", f"bearer  {KEY}"),
        ("Authorization", KEY),
        ("cookie", f"a=1; key={KEY}; b=2"),
        ("cookie", f"key={quote(KEY, safe='').replace('-', '%2D')}"),
        ("x-custom", f'{{"key": "{KEY}"}}'),
        ("proxy-authorization", f"Bearer {KEY}"),
    ],
)
@pytest.mark.parametrize("authenticates", [True, False])
def test_a_key_in_any_header_is_found(name: str, value: str, authenticates: bool) -> None:
    found = carried("https://a.example/v1", [(name, value)], authenticates=authenticates)
    assert found == (reference(KEY, name.lower()),)


@pytest.mark.parametrize(
    "url",
    [
        f"https://a.example/v1?key={KEY}",
        f"https://{KEY}@a.example/v1",
        f"https://u:{KEY}@a.example/v1",
        f"https://a.example/{KEY}/x",
        f"/v1?key={KEY.replace('-', '%2D').replace('_', '%5f')}&x=1",
    ],
)
def test_a_key_in_the_url_is_found(url: str) -> None:
    assert carried(url, [], authenticates=True) == (reference(KEY, "url"),)


def test_each_is_told_once_for_each_carrier() -> None:
    headers = [("x-api-key", KEY), ("X-API-KEY", KEY), ("authorization", f"Bearer {OTHER}")]
    assert carried(f"/?a={KEY}&b={KEY}", headers, authenticates=True) == (
        reference(KEY, "x-api-key"),
        reference(OTHER, "authorization"),
        reference(KEY, "url"),
    )


def test_several_keys_in_one_header_are_several() -> None:
    found = carried("/", [("x-api-key", f"{KEY}, {OTHER}")], authenticates=True)
    assert found == (reference(KEY, "x-api-key"), reference(OTHER, "x-api-key"))


@pytest.mark.parametrize("family", ["api03", "admin01", "oat01", "sid02", "ort01", "test"])
def test_every_family_of_keys_is_one(family: str) -> None:
    key = make_key(family)
    assert credential_of(key, "x-api-key") == reference(key, "x-api-key", family)


@pytest.mark.parametrize(
    ("name", "value", "kind"),
    [
        ("x-api-key", "platform-secret", "other"),
        ("authorization", "Bearer abc.def", "bearer"),
        ("authorization", "Basic dTpw", "basic"),
        ("authorization", "abc", "other"),
        ("authorization", "Bearer \ud800", "bearer"),
    ],
)
def test_whatever_authenticates_counts_where_the_api_reads_it(
    name: str, value: str, kind: str
) -> None:
    (found,) = carried("/", [(name, value)], authenticates=True)
    assert found.kind == kind
    assert found.hint.startswith(f"{kind} credential of ")
    assert value.rpartition(" ")[2] not in found.hint
    assert carried("/", [(name, value)], authenticates=False) == ()


@pytest.mark.parametrize(
    "header",
    [
        ("x-api-key", ""),
        ("x-api-key", " "),
        ("authorization", "Bearer"),
        ("authorization", "bearer "),
    ],
)
def test_an_empty_credential_is_none(header: tuple[str, str]) -> None:
    assert carried("/", [header], authenticates=True) == ()


@pytest.mark.parametrize(
    "header", [("user-agent", "x"), ("cookie", "session=abc"), ("proxy-authorization", "Basic x")]
)
def test_other_headers_authenticate_nobody_at_anthropic(header: tuple[str, str]) -> None:
    assert carried("/", [header], authenticates=True) == ()


def test_what_says_for_whom_a_request_is_holds_no_credential() -> None:
    headers = [
        ("X-Tenant", "acme"),
        ("x-copy", f"is {KEY}"),
        ("Authorization", "Bearer abc"),
        ("x-api-key", "abc"),
        ("Cookie", "a"),
        ("proxy-authorization", "Basic x"),
    ]
    assert without_credentials(headers) == {"x-tenant": "acme"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "sk-ant-",
        "sk-ant-api03-R2D…igAA",
        "sk-ant-api03-R2D...igAA",
        "sk-ant-api03-R2D****igAA",
        "sk-ant-api03-" + "x" * 40,
        "sk-ant-api03-YOUR_KEY_GOES_HERE",
        "placeholder='sk-ant-api03-...'",
        KEY[:24] + "…",
    ],
)
def test_a_mask_or_a_placeholder_in_a_text_is_no_key(text: str) -> None:
    assert keys_in(text, "response") == ()


def test_a_key_in_a_text_is_found_wherever_it_stands() -> None:
    text = f'{{"key":"{KEY}","again":"{KEY}","other":"{OTHER}"}}'
    assert keys_in(text, "response") == (reference(KEY, "response"), reference(OTHER, "response"))


def test_more_of_a_key_than_a_mask_shows_is_found() -> None:
    (found,) = keys_in(f"it begins {KEY[:28]}…", "response")
    assert found.kind == "api03"


def test_a_url_is_shown_with_hints() -> None:
    shown = redacted(f"/v1/{KEY}/x?y=%2Fz&k={OTHER.replace('-', '%2d')}")
    assert shown == f"/v1/{reference(KEY, '').hint}/x?y=/z&k={reference(OTHER, '').hint}"
    assert redacted("/a%2Fb") == "/a%2Fb"


@given(text=st.text(), carrier=st.sampled_from(["x-api-key", "authorization", "cookie"]))
def test_no_header_makes_it_stumble(text: str, carrier: str) -> None:
    carried(text, [(carrier, text)], authenticates=True)
    keys_in(text, "body")
    credential_of(text, carrier)
    redacted(text)


@given(
    before=st.text(max_size=20),
    after=st.text(st.characters(exclude_characters=ALPHABET), max_size=20),
    seed=st.integers(0, 1_000),
)
def test_nothing_of_a_key_s_text_is_kept(before: str, after: str, seed: int) -> None:
    key = make_key(seed=seed)
    text = f"{before}{key}{after}"
    found = carried(text, [("x", text)], authenticates=True) + keys_in(text, "body")
    assert {one.carrier for one in found} >= {"x", "body"}
    told = repr(found) + redacted(text)
    rest = key.removeprefix("sk-ant-api03-")
    assert not any(rest[at : at + 12] in told for at in range(len(rest) - 11))
