"""The last line of defence: key-shaped text is a hint before any format sees it."""

from __future__ import annotations

import hashlib
import html
import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antkey_reports.mask import _has_long_run, mask, masked
from antkey_reports.registry import names, render
from antkey_scanner.model import Assessment, Control, Outcome, PolicyRef, Severity, Skip, Status

if TYPE_CHECKING:
    from tests.reports.conftest import Maker

FAMILIES = ["api03", "admin01", "oat01", "ort01", "sid02", "usr", "ccsr", "brandnew7"]
RANDOM_PART = st.text(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", min_size=12, max_size=120
)


def shown_of(random_part: str, text: str) -> bool:
    return any(random_part[at : at + 12] in text for at in range(len(random_part) - 11))


@given(st.sampled_from(FAMILIES), RANDOM_PART, st.text(max_size=5), st.text(max_size=5))
def test_twelve_characters_of_a_key_never_pass(
    family: str, random_part: str, before: str, after: str
) -> None:
    assert not shown_of(random_part, mask(f"{before}sk-ant-{family}-{random_part}{after}"))


@given(st.text())
def test_masking_twice_changes_nothing(text: str) -> None:
    once = mask(f"sk-ant-{text}")
    assert mask(once) == once


@given(
    st.lists(st.text("Aa\u00e9", min_size=30, max_size=120), min_size=1, max_size=3),
    st.sampled_from([" ", "\n", "\udcff", "…", ".", ""]),
)
def test_the_quick_look_sees_each_run_that_is_long(parts: list[str], between: str) -> None:
    text = between.join(parts)
    assert _has_long_run(text) == bool(re.search(r"[A-Za-z0-9_-]{95}", text))


@pytest.mark.parametrize(
    "text",
    [
        "sk-ant-api03-R2D…igAA",
        "sk-ant-admin01-R2D…igAA in deploy/app.env",
        "sk-ant-brandnew7-R2D…igAA",
        "sk-ant-api03-...",
        "sk-ant-",
        "docs/about-sk-ant-keys.md",
        "nothing of the kind",
    ],
)
def test_what_is_no_key_stays(text: str) -> None:
    assert mask(text) == text


@pytest.mark.parametrize(
    "name",
    ["{}", "logs-{}", "logs-{}/app.log", "/srv/{}.toml", "a{}-old", "{}_old.tar", "ä {} ü", "{}{}"],
)
def test_a_key_without_its_prefix_is_shortened(make_key: Callable[..., str], name: str) -> None:
    for _ in range(50):
        random = make_key()[13:]
        text = mask(name.replace("{}", random))
        assert not shown_of(random, text)
        assert text == name.replace("{}", f"{random[:3]}…{random[-4:]}")
        assert mask(text) == text


@pytest.mark.parametrize(
    "name",
    [
        hashlib.sha512(b"").hexdigest(),
        hashlib.sha512(b"").hexdigest().upper() + "AA",
        "objects/" + "ab" * 60,
        "A-CHAPTER-OF-A-LONG-BOOK-" * 8 + "AA",
        "a-chapter-of-a-long-book-" * 8 + "AA",
        "A" * 200,
        "the-Very-long-name-of-a-test-that-says-what-it-promises-and-then-some-more-" * 3 + "AA",
        "src/com/example/" + "/".join(["AbstractSingletonProxyFactoryBean"] * 9) + "AA",
    ],
)
def test_a_long_name_stays(name: str) -> None:
    assert mask(name) == name


@pytest.mark.parametrize("where", ["path", "reason", "branch", "target", "tenant", "message"])
def test_no_format_shows_a_key_without_its_prefix(
    make: Maker, make_key: Callable[..., str], where: str
) -> None:
    random = make_key()[13:]
    named = f"logs-{random}"
    finding = make.finding(f"{named}/a" if where == "path" else "a", number=1)
    if where == "message":
        finding = finding._replace(message=named, secret=None)
    if where == "branch":
        location = finding.location._replace(commit="c" * 40, refs=(named,))
        finding = finding._replace(location=location)
    skip = Skip(named if where == "path" else "b", named if where == "reason" else "r", True)
    result = make.result(finding, skips=(skip,), targets=(named if where == "target" else "a",))
    if where == "tenant":
        result = make.audit(finding, keys=(make.key()._replace(name=named, tenant=named),))
    for name in names():
        rendered = render(name, result)
        for shown in (rendered, unquote(rendered), html.unescape(rendered)):
            assert not shown_of(random, shown), name


def test_a_masked_key_looks_like_its_hint(make_key: Callable[..., str]) -> None:
    key = make_key()
    assert mask(f"a/{key}.txt") == f"a/{key[:16]}…{key[-4:]}.txt"


def test_keys_that_touch_are_masked(make_key: Callable[..., str]) -> None:
    first, second = make_key(), make_key("oat01")
    text = mask(first + second)
    assert not shown_of(first[13:], text)
    assert not shown_of(second[13:], text)


def test_what_needs_no_masking_is_not_copied(make: Maker) -> None:
    result = make.result(make.finding())
    assert masked(result) is result


def test_enumerations_survive_masking(make: Maker, make_key: Callable[..., str]) -> None:
    finding = masked(make.finding(make_key(), status=Status.WAIVED))
    assert finding.status is Status.WAIVED
    assert finding.rule.severity is Severity.CRITICAL


@pytest.mark.parametrize(("color", "width"), [(False, 0), (True, 40), (False, 80)])
@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("name", names())
def test_no_format_prints_a_key(
    make: Maker, make_key: Callable[..., str], name: str, family: str, color: bool, width: int
) -> None:
    key = make_key(family)
    said = f"found {key}, again '{key}'"
    rule = make.rule(f"r-{key}", title=said, why=said, remedy=said)
    plain = make.finding(f"in/{key}/x", rule=rule, message=said, decoded=(key,), commit=key)
    careless = plain._replace(secret=make.secret()._replace(hint=key), anchor=key)
    control = Control(key, said, Severity.HIGH, (key,), (key,), (key,))
    fields = dict.fromkeys(("environment", "service", "tenant", "owner", "status", "role"), said)
    listed = make.key(key, age_days=100, age_from=said, hint=key, **fields)
    result = make.result(
        plain._replace(key=listed._replace(match="exact")),
        make.about(listed, message=said),
        careless._replace(status=Status.BASELINE),
        careless._replace(secret=None, anchor="x" + key),
        skips=(Skip(f"{key}.zip", said), Skip(key, said, counts=False)),
        assessments=(Assessment(control, Outcome.FAIL, 1, said),),
        allow_incomplete=said,
        targets=(key,),
    )
    run = result.run._replace(policy=PolicyRef(f"{key}.toml", None, key), version=key, command=key)
    keys = (listed, listed._replace(status="active"), listed._replace(due_at=key))
    text = render(name, result._replace(run=run, keys=keys), color=color, width=width)
    random_part = key.split("-", 3)[3]
    for reading in (text, html.unescape(text), unquote(text)):
        assert not shown_of(random_part, reading)
    if name in {"json", "sarif"}:
        assert not shown_of(random_part, json.dumps(json.loads(text), ensure_ascii=False))
