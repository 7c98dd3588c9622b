"""PDFs for tests, written by hand so that every byte of them can be chosen."""

from __future__ import annotations

import zlib
from collections.abc import Iterable

CATALOG = b"<< /Type /Catalog /Pages 2 0 R >>"
PAGES = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
PAGE = b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>"
FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Courier >>"


def stream(data: bytes, extra: bytes = b"", length: int | None = None) -> bytes:
    size = len(data) if length is None else length
    return b"<< /Length %d %s >>\nstream\n" % (size, extra) + data + b"\nendstream"


def flate(data: bytes, extra: bytes = b"") -> bytes:
    return stream(zlib.compress(data), b"/Filter /FlateDecode " + extra)


def pdf(objects: Iterable[bytes], trailer: bytes = b"") -> bytes:
    """A PDF whose objects are numbered from 1."""
    out = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1)
    table += b"".join(b"%010d 00000 n \n" % place for place in places)
    rest = b"trailer\n<< /Root 1 0 R /Size %d %s >>\nstartxref\n" % (len(places) + 1, trailer)
    return out + table + rest + b"%d\n%%%%EOF\n" % len(out)


def page(content: bytes, font: bytes = FONT, *more: bytes) -> bytes:
    return pdf([CATALOG, PAGES, PAGE, flate(content), font, *more])
