"""Texts with keys in them, cut into what a delta copies and what it inserts."""

from __future__ import annotations

import base64
import json
import random
import string
from itertools import pairwise
from typing import NamedTuple

from tests.scanner.test_encodings import ENCODERS

BASE64URL = string.ascii_letters + string.digits + "-_"
FAMILIES = ("api03", "api03", "api03", "admin01", "oat01", "svc01", "sid01")
SEPARATORS = (b",", b":", b", ", b": ", b'": "', b",\n", b":  '", b"=", b'"', b"\n", b"")
ENDINGS = (b",", b":", b'",', b"'", b'"', b"\n", b", ", b"%", b"", b"AA", b"x,", b"a,b:")
BREAKS = (b"", b"Q", b"\xc3", b"zz", b".", b"QQQQ", b", ", b"\n\n")
NEAR = 6


class Case(NamedTuple):
    """A text, and the delta that makes it of a base which nearly holds it."""

    base: bytes
    delta: bytes
    text: bytes


def varint(number: int) -> bytes:
    found = bytearray()
    while number > 0x7F:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    found.append(number)
    return bytes(found)


def copy(offset: int, size: int) -> bytes:
    """One instruction as git writes it: bytes that are zero are left out."""
    op, digits = 0x80, b""
    for place in range(4):
        byte = offset >> 8 * place & 0xFF
        if byte:
            op |= 1 << place
            digits += bytes([byte])
    for place in range(3):
        byte = size >> 8 * place & 0xFF
        if byte:
            op |= 0x10 << place
            digits += bytes([byte])
    return bytes([op]) + digits


def insert(data: bytes) -> bytes:
    return b"".join(
        bytes([len(step)]) + step
        for step in (data[at : at + 127] for at in range(0, len(data), 127))
    )


def key(dice: random.Random) -> bytes:
    random_part = "".join(dice.choices(BASE64URL, k=93))
    return f"sk-ant-{dice.choice(FAMILIES)}-{random_part}AA".encode()


def filler(dice: random.Random, most: int) -> bytes:
    """Some lines of source code, of a lock file, of a mail."""
    return "".join(_line(dice) for _ in range(dice.randrange(most))).encode()


def _word(dice: random.Random) -> str:
    return "".join(dice.choices(string.ascii_letters, k=dice.randrange(1, 12)))


def _line(dice: random.Random) -> str:
    a, b, c = (_word(dice) for _ in range(3))
    token = "".join(dice.choices(BASE64URL, k=dice.randrange(5, 80)))
    digest = dice.randbytes(dice.choice([8, 16, 20, 32])).hex()
    return dice.choice(
        [
            f"{a} {b} {c}\n",
            json.dumps({a: b, c: dice.randrange(10**6)}) + ",\n",
            f'"integrity": "sha512-{base64.b64encode(dice.randbytes(64)).decode()}",\n',
            f"const {a} = require('{b}/{c}');\n",
            dice.choice([",", ":", ", ", ": ", "\n", "\n\n", '"', "'", " + ,' ", "\\", " = "]),
            base64.encodebytes(dice.randbytes(dice.randrange(20, 150))).decode(),
            f"{a}: {digest}, # {b}\n",
            f'"{token}"' + dice.choice([" +\n", ",\n", "\n", " "]),
            f"    if ({a}({b}, {c})) {{\n",
        ]
    )


def value(dice: random.Random) -> bytes:
    """A key in plain sight, in pieces, or in one encoding or two."""
    text = key(dice)
    form = dice.randrange(8)
    if form == 0:
        return text
    if form == 1:
        cut = dice.randrange(20, 90)
        return dice.choice(
            [
                b'sk-ant-"' + text[7:] + b'"',
                b"sk-' + '" + text[3:] + b"'",
                text[:cut] + b"****" + text[-4:],
                text[:cut] + b"\\\n" + text[cut:],
                text[:cut] + b"\n> " + text[cut:],
            ]
        )
    text = ENCODERS[dice.choice(list(ENCODERS))](text, dice)
    if form == 2 and b"\0" not in text and b'"' not in text:
        text = ENCODERS[dice.choice(["base64", "mime", "hex", "percent", "json"])](text, dice)
    return text


def case(dice: random.Random) -> Case:
    """A key that is copied whole, in parts or not at all, cut anywhere, most often near its ends."""
    before = filler(dice, 6) + dice.choice(SEPARATORS)
    held = value(dice)
    text = before + held + dice.choice(ENDINGS) + filler(dice, 6)
    cuts = _cuts(dice, len(before), len(before) + len(held), len(text))
    pieces = [text[start:end] for start, end in pairwise(cuts)]
    copied = {number for number in range(len(pieces)) if dice.random() < 0.75}
    order = sorted(copied)
    if dice.random() < 0.3:
        dice.shuffle(order)
    base = bytearray(filler(dice, 3))
    starts: dict[int, int] = {}
    for number in order:
        starts[number] = len(base)
        base += pieces[number] + (filler(dice, 3) if dice.random() < 0.2 else dice.choice(BREAKS))
    base += filler(dice, 3)
    steps = [
        copy(starts[number], len(piece)) if number in copied else insert(piece)
        for number, piece in enumerate(pieces)
    ]
    return Case(bytes(base), varint(len(base)) + varint(len(text)) + b"".join(steps), text)


def _cuts(dice: random.Random, start: int, end: int, size: int) -> list[int]:
    low, high = max(0, start - NEAR), min(size, end + NEAR)
    cuts = {0, size}
    for _ in range(dice.randrange(1, 6)):
        cut = dice.choice(
            [
                start,
                end,
                dice.randrange(low, high + 1),
                min(high, max(low, start + dice.randrange(-4, 9))),
                dice.randrange(size + 1),
            ]
        )
        cuts.add(cut)
        if dice.random() < 0.4:
            cuts.add(min(size, cut + dice.randrange(1, 4)))
    return sorted(cuts)
