"""Odd lines of JSON say what each would say alone, however much is known of lines before it."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.scanner.egress.recordings.reading import alone

from antkey_scanner.egress.recordings.faults import Noted
from antkey_scanner.egress.recordings.json_lines import Records, items_of
from antkey_scanner.egress.recordings.mapped import Mapped
from antkey_scanner.policy.egress import egress_policy

ODD = [
    b"",
    b" ",
    b"\r",
    b"{",
    b"[1,",
    b'{"a":1}}',
    b"\xff\xfe",
    b"1",
    b'"x"',
    b"[]",
    b"null",
    b"{}",
    b'{"tenant":NaN}',
    b'{"ts":1e400}',
    b'{"a":' + b"[" * 300 + b"]" * 300 + b"}",
    b'{"a":' + b"[" * 3000 + b"]" * 3000 + b"}",
    b'{"a":' + b"9" * 5000 + b"}",
    b"\x00",
    b'{"ten\x01ant":1}',
    b"\xef\xbb\xbf{}",
]
values = st.sampled_from(
    [
        "acme",
        "globex",
        "ACME",
        "",
        "-",
        "\ud800",
        "größe",
        "a" * 64,
        "sha256:" + "b" * 64,
        "sk-ant-api03-R2D…igAA",
        "POST",
        "/v1/messages",
        "/v1/messages?x=1",
        "https://api.anthropic.com:443/v1/models",
        "2026-11-20T12:00:00Z",
        "2026-11-20T12:00:00.123456+01:00",
        "1795176000000000000",
        1795176000,
        1795176000.25,
        10**30,
        -(10**19),
        2**64,
        200,
        200.0,
        429,
        0,
        1,
        True,
        False,
        None,
        [],
        ["acme"],
        {},
        {"x-tenant": "globex"},
        {"x-tenant": ["acme"]},
    ]
)
names = st.sampled_from(
    [
        "time",
        "tenant",
        "Tenant",
        "surface",
        "host",
        "url",
        "method",
        "path",
        "model",
        "status",
        "header",
        "sha256",
        "hint",
        "key",
        "headers",
        "request",
        "x-tenant",
        "usage",
        "other",
    ]
)
objects = st.lists(st.tuples(names, values), max_size=10)


def written(pairs: list[tuple[str, Any]], blanks: tuple[str, str], *, is_ascii: bool) -> bytes:
    """An object whose names may be there twice."""
    inner = ",".join(
        f"{json.dumps(name)}:{json.dumps(value, ensure_ascii=is_ascii)}" for name, value in pairs
    )
    return f"{blanks[0]}{{{inner}}}{blanks[1]}".encode("utf-8", "surrogatepass")


records = st.builds(
    written,
    objects,
    st.tuples(st.sampled_from(["", "", " "]), st.sampled_from(["", "", "\r", " \t"])),
    is_ascii=st.booleans(),
)


@settings(max_examples=400)
@given(
    st.lists(records | st.sampled_from(ODD), max_size=20),
    st.sampled_from([b"", b"\n", b"\r\n"]),
    st.sampled_from([{}, {"time": "ts", "key_sha256": "key"}, {"key": "headers.x-tenant"}]),
)
def test_lines_say_what_each_says_alone(
    lines: list[bytes], end: bytes, fields: dict[str, str]
) -> None:
    policy = egress_policy(
        {"egress": {"tenant_from": ["field:tenant", "header:x-tenant"], "fields": fields}}
    )
    together, faults = Records("log", policy), Noted()
    together.hurry()
    found = list(alone(items_of(b"\n".join((*lines * 2, end)).split(b"\n"), 1, together, faults)))
    expected: list[Any] = []
    for number, line in enumerate(lines * 2, 1):
        record = _by_hand(line)
        if record is not None:
            expected.append(Mapped(policy).request(record, "log", number))
    assert found == expected
    assert sum(faults.counts.values()) == len(lines * 2) - len(expected) - sum(
        not line.strip(b" \t\r\n") for line in lines * 2
    )


def _by_hand(line: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(line.decode().strip(" \t\r\n"))
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
