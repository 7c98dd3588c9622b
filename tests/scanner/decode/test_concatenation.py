"""Keys that are cut in pieces, in plain sight otherwise."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from antkey_scanner.decode import decodings

Hunt = Callable[[bytes, bytes], tuple[str, ...] | None]

SOURCES = {
    "python": b'key = ("%b"\n       "%b"\n       "%b")',
    "python, continued": b'key = "%b" \\\n    "%b" \\\n    "%b"',
    "python, prefixed": b"key = b'%b' + b'%b' + b'%b'",
    "c": b'const char *key = "%b"\n\t"%b" L"%b";',
    "javascript": b"const key = '%b' +\n  '%b' +\n  '%b';",
    "template": b"const key = `%b` + `%b` + `%b`",
    "java": b'new StringBuilder().append("%b").append("%b").append("%b")',
    "php": b"$key = '%b' . '%b' . \"%b\";",
    "visual basic": b'key = "%b" & _\r\n      "%b" & _\r\n      "%b"',
    "lua": b'local key = "%b" .. "%b" .. "%b"',
    "ruby": b"key = '%b' \\\n  '%b' \\\n  '%b'",
    "perl": b'my $key = "%b"\n  . "%b"\n  . "%b";',
    "go": b'key := "%b" +\n\t"%b" +\n\t"%b"',
    "sql": b"SELECT '%b' || '%b' || '%b'",
    "shell": b"export KEY='%b'\"%b\"'%b'",
    "shell, continued": b"export KEY=%b\\\n%b\\\n%b",
    "shell, half quoted": b"KEY=%b\"%b\"'%b'",
    "wrapped": b"KEY: %b\n  %b\n  %b",
    "mail": b"> key: %b\n> %b\n> %b",
}
CUTS = [(7, 13), (3, 7), (3, 40), (7, 90), (13, 60), (6, 104)]


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("cuts", CUTS)
def test_pieces_are_put_together(
    hunt: Hunt, make_key: Callable[[], str], source: str, cuts: tuple[int, int]
) -> None:
    key = make_key().encode()
    text = SOURCES[source] % (key[: cuts[0]], key[cuts[0] : cuts[1]], key[cuts[1] :])
    assert hunt(text, key) in (("concatenation",), ("line-wrap",))


def test_the_name_tells_wraps_from_concatenation(hunt: Hunt, make_key: Callable[[], str]) -> None:
    key = make_key().encode()
    assert hunt(key[:50] + b"\n    " + key[50:], key) == ("line-wrap",)
    assert hunt(b"'" + key[:50] + b"'\n    '" + key[50:] + b"'", key) == ("concatenation",)


def test_origin_leads_back_over_joints(make_key: Callable[[], str]) -> None:
    key = make_key().encode()
    joint = b'" +\n  b"'
    (found,) = decodings(key[:40] + joint + key[40:80] + joint + key[80:])
    expected = [at + len(joint) * ((at >= 40) + (at >= 80)) for at in range(len(key))]
    assert [found.origin(at) for at in range(len(key))] == expected


def test_a_whole_key_is_not_joined_with_what_follows(make_key: Callable[[], str]) -> None:
    key = make_key().encode()
    for after in (b"\nOTHER=value", b"\n" + make_key().encode(), b"' 'next"):
        assert not any(each.encoding != "json" for each in decodings(key + after))


def test_a_key_below_an_escape_in_pieces_is_joined(hunt: Hunt, make_key: Callable[[], str]) -> None:
    key = make_key().encode()
    escaped = key.replace(b"-", rb"\u002d")
    assert hunt(b'x = "' + escaped[:60] + b'" + "' + escaped[60:] + b'"', key) is not None
