"""Tells a real key from a placeholder, a sample or a mask.

The measure is how much of a key's random part is *explained*: by words that documentation and
tests use, by runs (`abc`, `321`) and by repeats (`xxx`). A genuine random key explains about two
percent of itself, so the threshold loses none (tests/scanner/test_plausible.py tries a million).
"""

from __future__ import annotations

import re

WORDS = (
    b"placeholder redacted replace changeme example anthropic organization workspace production "
    b"staging actual secret sample insert testing invalid abcdef qwerty asdf claude dummy token "
    b"bogus paste valid value hidden masked admin tenant platform fallback default console string "
    b"random private public provider account customer system prompt stored shared global local "
    b"client server header format prefix suffix should never always ignore please before after "
    b"first second third other wrong expired revoked leaked rotated active unused project service "
    b"long short your test fake mock demo here real that this with from goes lorem ipsum null none "
    b"todo user coloque chave aqui deine dein votre cle tuo llave clave key api foo bar baz old new "
    b"not use the for and env dev prod ant oat usr sid ort sha hash deadbeef cafebabe"
).split()

_SEQUENCES = (
    b"abcdefghijklmnopqrstuvwxyz",
    b"01234567890",
    b"zyxwvutsrqponmlkjihgfedcba",
    b"9876543210",
)
_SHARE_EXPLAINED = 0.6
_BYTES_PER_DISTINCT = 4

_TRIPLES = {line[at : at + 3] for line in _SEQUENCES for at in range(len(line) - 2)} | {
    bytes([character]) * 3 for character in b"abcdefghijklmnopqrstuvwxyz0123456789_-"
}
_ONLY_WORDS = re.compile(
    rb"(?:(?:[a-z]{1,24}|[A-Z][a-z]{0,24}|[A-Z]{1,24}|[0-9]{1,24})(?:[-_]{1,4}|\Z)){1,100}"
)
"""Each part between `-` and `_` in lower case, upper case, capitalised, or a number."""


def is_placeholder(random_part: bytes) -> bool:
    """Whether the part after the key's prefix is made up and not random. Bytes of base64url."""
    size = len(random_part)
    if len(set(random_part)) * _BYTES_PER_DISTINCT <= size:
        return True
    return (
        _explained(random_part.lower()) >= _SHARE_EXPLAINED * size
        or _ONLY_WORDS.fullmatch(random_part) is not None
    )


def _explained(text: bytes) -> int:
    """How many bytes are words, sequences or repeats, with the separators beside them."""
    marked = bytearray(len(text))
    for word in WORDS:
        at = text.find(word)
        while at >= 0:
            marked[at : at + len(word)] = b"\1" * len(word)
            at = text.find(word, at + 1)
    for at in range(len(text) - 2):
        if text[at : at + 3] in _TRIPLES:
            marked[at : at + 3] = b"\1\1\1"
    beside = (at for at, byte in enumerate(text) if byte in b"-_" and not marked[at])
    return sum(marked) + sum(1 for at in beside if any(marked[max(0, at - 1) : at + 2]))
