"""One mail message: its parts, with transfer encodings undone, as `part-2.1/report.zip`.

Read as a stream, so that a message of any size is unpacked in the same memory: `email`'s own parser
keeps several copies of the whole. Parts are numbered as IMAP does (RFC 3501, section 6.4.5).
"""

from __future__ import annotations

import binascii
import io
from collections.abc import Iterator

from antkey_scanner.containers import Member, Stream
from antkey_scanner.containers.budget import Budget
from antkey_scanner.containers.mail_encodings import Decoder, Identity, transfer_decoder
from antkey_scanner.containers.mail_headers import Head, read_head
from antkey_scanner.containers.mail_text import Text
from antkey_scanner.containers.names import OUTSIDE, points_outside
from antkey_scanner.containers.pieces import Pieces
from antkey_scanner.containers.streams import PIECE
from antkey_scanner.model import Skip

_TEXT = "text/plain"
_MESSAGE = "message/rfc822"


def members(stream: Stream, budget: Budget) -> Iterator[Member | Skip]:
    """Every part that is not itself made of parts; `headers` where words in them are encoded.

    A message without parts has members only for what is encoded in it.
    """
    try:
        yield from _Mail(Text(stream), budget).entity("1", "", _TEXT, 0)
    except EOFError:
        yield Skip("", "truncated")
    except (OSError, ValueError) as problem:
        yield Skip("", str(problem))


class _Mail:
    def __init__(self, text: Text, budget: Budget) -> None:
        self._text = text
        self._budget = budget

    def entity(self, number: str, inner: str, default: str, depth: int) -> Iterator[Member | Skip]:
        """A message or part. number: its own, if it is not made of parts; inner: what theirs start with."""
        self._budget.spend_member()
        head = read_head(self._text, default)
        if head.plain:
            yield Member(
                f"part-{inner[:-1]}/headers" if inner else "headers", io.BytesIO(head.plain)
            )
        composed = head.boundary or (head.kind == _MESSAGE and self._is_plain(head))
        if composed and depth >= self._budget.limits.depth:
            yield Skip(f"part-{number}", f"parts nested more than {depth} deep")
            composed = False
        if not composed:
            yield from self._leaf(number, head, whole=depth == 0)
        elif head.boundary:
            yield from self._parts(inner, head, depth)
        else:
            yield from self.entity(f"{number}.1", f"{number}.", _TEXT, depth + 1)

    def _is_plain(self, head: Head) -> bool:
        return isinstance(transfer_decoder(head.encoding), Identity)

    def _parts(self, inner: str, head: Head, depth: int) -> Iterator[Member | Skip]:
        """What stands between the delimiters. Text before the first and behind the last is no part."""
        text = self._text
        level = len(text.boundaries)
        text.boundaries.append(head.boundary)
        default = _MESSAGE if head.kind == "multipart/digest" else _TEXT
        count = 0
        while (delimiter := self._next_delimiter()) is not None:
            which, closing = delimiter
            if which == level:
                text.line()
            if which < level or closing:
                break
            count += 1
            number = f"{inner}{count}"
            yield from self.entity(number, f"{number}.", default, depth + 1)
        else:
            yield Skip("", "the closing delimiter is missing, may be cut short")
        del text.boundaries[level:]

    def _next_delimiter(self) -> tuple[int, bool] | None:
        text = self._text
        while (delimiter := text.delimiter()) is None:
            if not text.content() and text.delimiter() is None and not text.line():
                return None
        return delimiter

    def _leaf(self, number: str, head: Head, *, whole: bool) -> Iterator[Member | Skip]:
        """A part with content. whole: it is the whole message, of which plain text is no member: it
        stands in the file as it is, and is found there on its own line."""
        path = f"part-{number}/{head.filename}" if head.filename else f"part-{number}"
        if points_outside(head.filename):
            yield Skip(path, OUTSIDE, counts=False)
        decoder = transfer_decoder(head.encoding)
        named = bool(head.filename) or not head.kind.startswith("text/")
        stands_there = whole and not named and isinstance(decoder, Identity)
        if decoder is None:
            yield Skip(path, f"transfer encoding {head.encoding} is not supported")
            decoder = Identity()
        while True:
            if stands_there:
                Pieces(self._content(decoder)).drain()
            else:
                yield from self._member(path, self._content(decoder))
            if not self._text.starts_file():
                return
            name = self._text.line().split(None, 2)[2].strip().decode("utf-8", "backslashreplace")
            self._budget.spend_member()
            yield from self._member(f"part-{number}/{name}", self._uu_file())

    def _member(self, path: str, pieces: Iterator[bytes]) -> Iterator[Member]:
        content = Pieces(pieces)
        yield Member(path, content)
        content.drain()

    def _content(self, decoder: Decoder) -> Iterator[bytes]:
        """The content up to the next delimiter, decoded."""
        plain = isinstance(decoder, Identity)
        line_break = b""
        while piece := self._piece(plain=plain):
            data = line_break + piece
            end = len(data.removesuffix(b"\n").removesuffix(b"\r"))
            line_break = data[end:]
            yield self._counted(decoder.decode(data[:end]), plain=plain)
        if self._text.delimiter() is not None:  # it owns the line break (RFC 2046, section 5.1.1)
            line_break = b""
        yield self._counted(decoder.decode(line_break) + decoder.finish(), plain=plain)

    def _piece(self, *, plain: bool) -> bytes:
        piece = self._text.content()
        if not piece and not plain and self._text.starts_file():
            return self._text.line()
        return piece

    def _counted(self, data: bytes, *, plain: bool = False) -> bytes:
        if not plain:
            self._budget.spend_bytes(len(data))
        return data

    def _uu_file(self) -> Iterator[bytes]:
        """A file in uuencoding, up to its `end`. Raises ValueError when there is none."""
        text, data = self._text, bytearray()
        while (line := text.peek_line()) and line.strip() != b"end" and text.delimiter() is None:
            try:
                # Some encoders write a checksum behind the characters that the first one counts.
                data += binascii.a2b_uu(line[: 1 + ((line[0] - 32 & 63) + 2) // 3 * 4])
            except binascii.Error:
                break
            text.line()
            if len(data) >= PIECE:
                yield self._counted(bytes(data))
                data.clear()
        yield self._counted(bytes(data))
        if line.strip() != b"end":
            raise ValueError("the uuencoded file has no end")
        text.line()
