"""What the character codes of a PDF's fonts stand for: ToUnicode maps, or named differences.

ISO 32000-1, sections 9.6.6 and 9.10.3. Maps are small by design: those of more than 64 Ki entries
or 1 MiB are cut.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from antkey_scanner.containers.pdf_objects import Value, read_hex

LONGEST_MAP = 1 << 20
MOST_ENTRIES = 1 << 16
_ENTRY = re.compile(rb"(<[0-9A-Fa-f\0\t\n\f\r ]*+>)|(\[|\])")
_GLYPHS = {
    "space": " ",
    "hyphen": "-",
    "minus": "-",
    "underscore": "_",
    "period": ".",
    "comma": ",",
    "colon": ":",
    "slash": "/",
    "plus": "+",
    "equal": "=",
    "quotedbl": '"',
    "quotesingle": "'",
    "percent": "%",
    **{name: str(n) for n, name in enumerate(("zero", "one", "two", "three", "four"))},
    **{name: str(n) for n, name in enumerate(("five", "six", "seven", "eight", "nine"), 5)},
}


class Font(NamedTuple):
    """How codes are read. length: bytes per code; texts: what codes stand for, Latin-1 if missing."""

    length: int
    texts: dict[bytes, str]

    def decode(self, codes: bytes) -> str:
        """The text that a string of codes shows."""
        if not self.texts:
            return codes.decode("latin-1")
        step = self.length
        pieces = (codes[at : at + step] for at in range(0, len(codes), step))
        return "".join(self.texts.get(code) or _plain(code) for code in pieces)


PLAIN = Font(1, {})


def _plain(code: bytes) -> str:
    value = int.from_bytes(code)
    return chr(value) if 32 <= value < 127 else ""


def read_map(data: bytes) -> Font:
    """The font that a ToUnicode map describes."""
    texts: dict[bytes, str] = {}
    left = MOST_ENTRIES
    for start, end, per_entry in (
        (b"beginbfchar", b"endbfchar", 2),
        (b"beginbfrange", b"endbfrange", 3),
    ):
        at = 0
        while (begin := data.find(start, at)) >= 0 and (stop := data.find(end, begin)) >= 0:
            entries = _entries(data[begin + len(start) : stop])
            at = stop
            for n in range(0, len(entries) - per_entry + 1, per_entry):
                left -= _add(texts, entries[n : n + per_entry], left)
    return Font(max(map(len, texts), default=1), texts)


def _entries(data: bytes) -> list[bytes | list[bytes]]:
    """The strings in a section of a map; those in square brackets as a list."""
    entries: list[bytes | list[bytes]] = []
    inner: list[bytes] | None = None
    for match in _ENTRY.finditer(data):
        if match[1]:
            (entries if inner is None else inner).append(read_hex(match[1]))  # type: ignore[arg-type]  # either takes bytes
        elif match[2] == b"[":
            inner = []
        elif inner is not None:
            entries.append(inner)
            inner = None
    return entries


def _add(texts: dict[bytes, str], entry: list[bytes | list[bytes]], most: int) -> int:
    """Add one entry, or a range of at most `most`. How many codes that were."""
    low, high, target = entry[0], entry[-2], entry[-1]
    if isinstance(low, list) or isinstance(high, list) or not low or len(low) > 4:
        return 0
    first = int.from_bytes(low)
    count = max(0, min(int.from_bytes(high) - first + 1, most))
    for n in range(count):
        if isinstance(target, list):
            text = _utf16(target[n]) if n < len(target) else ""
        else:
            text = _utf16(target)
            text = text[:-1] + chr(min(ord(text[-1]) + n, 0x10FFFF)) if text else ""
        texts[(first + n).to_bytes(len(low) + 1)[-len(low) :]] = text
    return count


def _utf16(data: bytes) -> str:
    return data[:64].decode("utf-16-be", "ignore")


def named(differences: list[Value]) -> Font:
    """The font that an encoding's differences describe: a code, then the names from there on."""
    texts: dict[bytes, str] = {}
    code = 0
    for item in differences:
        if isinstance(item, float):
            code = int(item)
        elif isinstance(item, str):
            text = item if len(item) == 1 else _GLYPHS.get(item, "")
            if text and code < 256:
                texts[bytes([code])] = text
            code += 1
    return Font(1, texts)
