"""Writes service logs of any size at disk speed, plain or as gzip files, with keys planted in them.

A few megabytes are made line by line and then repeated in random order. Repeats are further apart
than a gzip window is long, so the files compress as any other log does; each block is compressed once.
"""

from __future__ import annotations

import random
import zlib
from base64 import b64encode
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

PARTS = 16
"""Gzip files, and planted keys: one in each."""

_BLOCK = 8 << 20
_BLOCKS = 4
_HEADER = b"\x1f\x8b\x08\0\0\0\0\0\0\xff"
_END_OF_DEFLATE = b"\x03\0"
_SEED = 20261120
_BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120 Safari/537.36"


class Mix(NamedTuple):
    """How many lines of a hundred are text, JSON with escapes, requests with percent signs, and lines
    with digests in hexadecimal and base64, which look like encoded keys."""

    text: int
    json: int
    request: int
    digest: int


TEXT = Mix(100, 0, 0, 0)
MIXED = Mix(60, 20, 18, 2)


class Block(NamedTuple):
    """Lines, and the same as a piece of a deflate stream that needs nothing before it."""

    plain: bytes
    deflated: bytes


def write_log(file: Path, size: int, keys: Sequence[bytes], mix: Mix) -> int:
    """One file; the keys are spread over it, the first in its first line, the last in its last.
    The number of bytes written."""
    written = 0
    with file.open("wb") as output:
        for part in _parts(size, keys, mix, with_gzip=False):
            for block in part:
                written += output.write(block.plain)
    return written


def write_log_parts(folder: Path, size: int, keys: Sequence[bytes]) -> int:
    """A gzip file for each key, `size` bytes in all when unpacked. The number of plain bytes."""
    written = 0
    for number, part in enumerate(_parts(size, keys, MIXED, with_gzip=True)):
        check = length = 0
        with (folder / f"application-{number:02}.log.gz").open("wb") as output:
            output.write(_HEADER)
            for block in part:
                output.write(block.deflated)
                check = zlib.crc32(block.plain, check)
                length += len(block.plain)
            trailer = check.to_bytes(4, "little") + (length % 2**32).to_bytes(4, "little")
            output.write(_END_OF_DEFLATE + trailer)
        written += length
    return written


def _parts(size: int, keys: Sequence[bytes], mix: Mix, *, with_gzip: bool) -> Iterator[list[Block]]:
    dice = random.Random(_SEED)
    share = size // len(keys)
    length = min(_BLOCK, share)
    blocks = [_block(_lines(dice, length, mix), with_gzip) for _ in range(_BLOCKS)]
    for number, key in enumerate(keys):
        part = dice.choices(blocks, k=max(1, round(share / length)))
        line = b"2026-11-20T10:00:00.000Z WARN svc-3 upstream refused key=%b retry=1\n" % key
        place = round(len(part) * number / max(1, len(keys) - 1))
        part.insert(place, _block(line, with_gzip))
        yield part


def _block(plain: bytes, with_gzip: bool) -> Block:
    if not with_gzip:
        return Block(plain, b"")
    packer = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
    return Block(plain, packer.compress(plain) + packer.flush(zlib.Z_FULL_FLUSH))


def _lines(dice: random.Random, length: int, mix: Mix) -> bytes:
    made: list[str] = []
    total = 0
    kinds = dice.choices((_text, _json, _request, _digest), mix, k=length // 100 + 1)
    for number, kind in enumerate(kinds):
        line = kind(dice, number)
        made.append(line)
        total += len(line)
        if total >= length:
            break
    return "".join(made).encode()


def _time(number: int) -> str:
    return f"{10 + number // 3600 % 12:02}:{number // 60 % 60:02}:{number % 60:02}"


def _text(dice: random.Random, number: int) -> str:
    return (
        f"2026-11-20T{_time(number)}.{number % 1000:03}Z INFO svc-{number % 7} request "
        f"id={dice.getrandbits(64):016x} path=/v1/messages/{number} status={dice.choice((200, 200, 429))} "
        f'dur={dice.randrange(900)}ms user=u{dice.randrange(10**5)} ua="{_BROWSER}" '
        'msg="completed ok in region eu-west-1"\n'
    )


def _json(dice: random.Random, number: int) -> str:
    return (
        f'{{"ts":"2026-11-20T{_time(number)}Z","level":"info","logger":"billing.invoice",'
        f'"msg":"rendered \\"monthly\\" report\\n  rows={dice.randrange(10**4)}",'
        f'"trace_id":"{dice.getrandbits(128):032x}","span_id":"{dice.getrandbits(64):016x}",'
        f'"amount":{dice.randrange(10**6) / 100},"customer":"c-{dice.randrange(10**6)}"}}\n'
    )


def _request(dice: random.Random, number: int) -> str:
    query = f"q=blue%20shoes%20{number}&next=%2Faccount%2F{dice.randrange(10**5)}"
    return (
        f"10.{dice.randrange(256)}.{dice.randrange(256)}.7 - - [20/Nov/2026:{_time(number)} +0000] "
        f'"GET /search?{query} HTTP/1.1" 200 {dice.randrange(10**5)} '
        f'"https://www.example.com/" "{_BROWSER}"\n'
    )


def _digest(dice: random.Random, number: int) -> str:
    digest = b64encode(dice.randbytes(32)).decode()
    return (
        f"2026-11-20T{_time(number)}Z DEBUG svc-{number % 7} stored object "
        f'sha256={dice.randbytes(32).hex()} etag="{digest}" size={dice.randrange(10**7)}\n'
    )
