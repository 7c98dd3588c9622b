"""The headers of a message or a part of one: where content starts and what it says of itself.

`email` parses the values, which are cut to a length at which its parsers are quick; encoded words
are read here, because its search for them is quadratic in hostile headers.
"""

from __future__ import annotations

import binascii
import re
from typing import NamedTuple

from antkey_scanner.containers.mail_text import Text

_LONGEST_VALUE = 8 << 10
_LONGEST_BLOCK = 1 << 20
_DESCRIBING = ("content-type", "content-disposition", "content-transfer-encoding")
_OTHER = ""
_FIELD = re.compile(rb"([!-9;-~]{1,200}):[ \t]*(.*)", re.DOTALL)
_ENCODED_WORD = re.compile(
    rb"=\?[!->@-~]{1,60}\?(?P<how>[bBqQ])\?(?P<text>[!->@-~]{0,600})\?=(?:\s{1,20}(?==\?))?"
)


class Head(NamedTuple):
    """What the headers say. boundary: `b""` unless the content is multipart.

    kind: the content's type in lower case; filename: `""` without one; plain: all header text in
    which encoded words were, with them decoded, else `b""`.
    """

    kind: str
    boundary: bytes
    filename: str
    encoding: str
    plain: bytes


def read_head(text: Text, default: str) -> Head:
    """Step over the headers at `text`. default: the type of content that does not say its own."""
    block = bytearray()
    name = _OTHER
    values = {name: b""}
    while text.delimiter() is None:
        line = text.peek_line()
        field = None if line[:1] in b" \t" else _FIELD.match(line)
        if not line.strip() or (field is None and not _continues(line, started=bool(block))):
            if not line.strip():
                text.line()
            break
        text.line()
        if len(block) < _LONGEST_BLOCK:
            block += line
        if field is None:
            values[name] = (values[name] + line)[:_LONGEST_VALUE]
        else:
            name = field[1].decode("ascii").lower()
            if name in values or name not in _DESCRIBING:
                name = _OTHER
            values[name] = field[2][:_LONGEST_VALUE]
    return _head(values, default, decode_words(bytes(block)))


def _continues(line: bytes, *, started: bool) -> bool:
    """A folded line, or a separator that a mailbox left behind."""
    return (started and line[:1] in (b" ", b"\t")) or line.startswith((b"From ", b">From "))


def _head(values: dict[str, bytes], default: str, plain: bytes) -> Head:
    if values.keys().isdisjoint(_DESCRIBING):
        return Head(default, b"", "", "", plain)
    from email.message import Message  # costs as much as searching a hundred files

    message = Message()
    message.set_default_type(default)
    for name in _DESCRIBING:
        if name in values:
            message[name] = " ".join(values[name].decode("latin-1").split())
    boundary, filename = message.get_boundary(), message.get_filename()
    kind = message.get_content_type()
    return Head(
        kind,
        boundary.encode("latin-1", "replace")
        if boundary and kind.startswith("multipart/")
        else b"",
        _decoded_name(filename or ""),
        str(message.get("content-transfer-encoding", "")).strip().lower(),
        plain,
    )


def _decoded_name(name: str) -> str:
    raw = name.encode("utf-8", "backslashreplace")
    return decode_words(raw).decode("utf-8", "backslashreplace") or name


def decode_words(text: bytes) -> bytes:
    """The text with its encoded words (RFC 2047) decoded, `b""` if there are none."""
    decoded, count = _ENCODED_WORD.subn(_decode_word, text)
    return decoded if count else b""


def _decode_word(match: re.Match[bytes]) -> bytes:
    if match["how"] in b"qQ":
        return binascii.a2b_qp(match["text"], header=True)
    try:
        return binascii.a2b_base64(match["text"] + b"==")
    except binascii.Error:
        return match[0]
