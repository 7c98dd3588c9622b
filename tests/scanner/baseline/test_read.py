"""A baseline that is not plainly right is refused: with the file, the place, the problem and the cure."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antkey_scanner.baseline import Entry
from antkey_scanner.baseline.read import folder_of, parse, read_baseline, text_of
from antkey_scanner.errors import ExitCode, PolicyError

SHA = "ab" * 32
GOOD = {"path": "a", "rule": "anthropic-api-key", "sha256": SHA}
CURE = "mend it, or make a new one with `antkey baseline create`"


def text(*entries: object, **more: object) -> str:
    document = {"kind": "antkey-baseline", "schema": 1, "entries": list(entries), **more}
    return json.dumps(document, indent=1)


def refusal(data: str | bytes) -> list[str]:
    with pytest.raises(PolicyError) as caught:
        parse(data.encode() if isinstance(data, str) else data, "b.json")
    assert caught.value.exit_code == ExitCode.USAGE
    return list(caught.value.args)


def test_all_fields_are_read() -> None:
    fields = {
        **GOOD,
        "reason": "sample",
        "owner": "me",
        "added_at": "2026-11-20T12:00:00Z",
        "history": True,
    }
    assert parse(text(fields, GOOD).encode(), "x") == (
        Entry("anthropic-api-key", "a", SHA, "sample", "me", "2026-11-20T12:00:00Z", history=True),
        Entry("anthropic-api-key", "a", SHA),
    )


@pytest.mark.parametrize("prefix", ["", "\ufeff", "\n\n "])
def test_a_byte_order_mark_and_blanks_do_no_harm(prefix: str) -> None:
    assert parse((prefix + text()).encode(), "x") == ()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("", f"b.json:1:1: is not JSON (expecting value); {CURE}"),
        ("{\n<<<<<<< HEAD\n}", "b.json:2:1: is not JSON ("),
        (b"\n\xff", f"b.json:2: is not UTF-8; {CURE}"),
        ("[]", "b.json: is a list, not an object; name a baseline file"),
        ("null", "b.json: is null or missing, not an object; "),
        ("{}", 'b.json: kind: is not "antkey-baseline"; name a baseline file'),
        (text(kind="other"), 'b.json: kind: is not "antkey-baseline"; '),
        (text(schema=2), "b.json: schema: a newer antkey wrote this; update antkey"),
        (text(schema=0), "b.json: schema: is not 1; "),
        (text(schema="1"), "b.json: schema: is not 1; "),
        (text(schema=True), "b.json: schema: is not 1; "),
        (text(schema=1.0), "b.json: schema: is not 1; "),
        (text(entries={}), "b.json: entries: is an object, not a list; "),
        (text(entries=None), "b.json: entries: is null or missing, not a list; "),
        (text(more=1), "b.json: more: unknown field; take it out"),
        (text(1), f"b.json:5: entries[1] is a number, not an object; {CURE}"),
        (text({}), "b.json:5: entries[1].path: is missing; "),
        (text(GOOD, {**GOOD, "path": 1}), "b.json:10: entries[2].path: is a number; write it as a"),
        (text({**GOOD, "path": " "}), "b.json:5: entries[1].path: is empty; write something"),
        (text({**GOOD, "path": None}), "b.json:5: entries[1].path: is null or missing; "),
        (text({**GOOD, "rule": "No Rule"}), "b.json:5: entries[1].rule: is no rule's id; see"),
        (text({**GOOD, "sha256": "ab"}), "b.json:5: entries[1].sha256: is no SHA-256; write"),
        (text({**GOOD, "sha256": SHA.upper()}), "entries[1].sha256: is no SHA-256; "),
        (text({**GOOD, "sha256": SHA + "\n"}), "entries[1].sha256: is no SHA-256; "),
        (text({**GOOD, "added_at": "today"}), "entries[1].added_at: is no RFC 3339 time; "),
        (text({**GOOD, "added_at": "2026-13-01T00:00:00Z"}), "is no RFC 3339 time; "),
        (text({**GOOD, "added_at": "2026-11-20T12:00:00"}), "is no RFC 3339 time; "),
        (text({**GOOD, "reason": ""}), "entries[1].reason: is empty; "),
        (text({**GOOD, "history": 1}), "entries[1].history: is a number; write true or false"),
        (text({**GOOD, "line": 3}), "entries[1].line: unknown field; known here: path, rule, "),
        (text({**GOOD, "\x1b[2J": 3}), "entries[1].\\x1b[2J: unknown field; "),
        ('{"kind": 1, "kind": 2}', "b.json: a field stands twice in one object; "),
        ('{"kind": NaN}', "b.json: holds a number that is not JSON; "),
        ('{"schema": ' + "1" * 5000 + "}", "b.json: number or nesting out of bounds; "),
        ("[" * 100_000, "b.json: number or nesting out of bounds; "),
    ],
    ids=str,
)
def test_each_mistake_has_its_place_and_its_cure(data: str | bytes, message: str) -> None:
    assert message in refusal(data)[0]


def test_all_mistakes_are_told_but_not_without_end() -> None:
    told = refusal(text(*({} for _ in range(10))))
    assert len(told) == 21
    assert told[-1] == "b.json: 10 more problems"


@pytest.mark.parametrize("field", ["reason", "path", "owner", "rule"])
def test_a_key_is_refused_and_not_repeated(field: str, make_key: Callable[..., str]) -> None:
    key = make_key()
    told = refusal(text({**GOOD, field: f"see {key}"}))
    assert told == [
        "b.json:" + told[0].split(":")[1] + ": holds a raw API key; take it out and revoke it"
    ]
    escaped = text({**GOOD, field: "KEY"}).replace("KEY", key.replace("s", "\\u0073"))
    assert "holds a raw API key" in refusal(escaped)[0]
    assert key not in refusal(text({**GOOD, key: "x"}))[0]


def test_values_are_not_repeated() -> None:
    assert "hunter2" not in " ".join(
        refusal(text({**GOOD, "sha256": "hunter2", "rule": "hunter2 "}))
    )


def test_one_line_for_each_entry_so_that_a_diff_is_small() -> None:
    entries = (Entry("r", "a", SHA), Entry("r", "b", SHA, reason="é"))
    lines = text_of(entries).splitlines()
    assert len(lines) == 8
    assert '"path": "b"' in lines[5]
    assert '"\\u00e9"' in lines[5]
    assert text_of(entries[:1]).splitlines()[:4] == lines[:4]


def test_paths_start_where_the_file_lies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "b.json").write_text(text(GOOD))
    assert read_baseline("b.json").folder == folder_of("b.json") == str(tmp_path)


def refused_file(path: Path) -> str:
    with pytest.raises(PolicyError) as caught:
        read_baseline(str(path))
    return str(caught.value)


def test_what_is_no_readable_file_is_named(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    assert "fifo: is no regular file; name a baseline file" in refused_file(tmp_path / "fifo")
    assert "is no regular file" in refused_file(tmp_path)
    gone = "gone.json: there is no such baseline; make it with `antkey baseline create`"
    assert refused_file(tmp_path / "gone.json").endswith(gone)
    (tmp_path / "link").symlink_to("nowhere")
    assert "there is no such baseline" in refused_file(tmp_path / "link")
    assert "cannot be read (is no path)" in refused_file(tmp_path / "a\0b")
    (tmp_path / "loop").symlink_to("loop")
    assert "loop: the baseline cannot be read (" in refused_file(tmp_path / "loop")


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(st.sampled_from(["kind", "schema", "entries", "path", "rule"]), inner)
        ),
    )
)
def test_no_json_is_too_odd(value: object) -> None:
    for document in (value, {"kind": "antkey-baseline", "schema": 1, "entries": [value]}):
        try:
            parse(json.dumps(document).encode("utf-8", "replace"), "x")
        except PolicyError:
            continue


@given(st.binary())
def test_no_bytes_are_too_odd(data: bytes) -> None:
    with pytest.raises(PolicyError):
        parse(data, "x")
