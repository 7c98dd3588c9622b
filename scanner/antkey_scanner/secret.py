"""What may be known of a key that was found: a reference without its text."""

from __future__ import annotations

import re

from antkey_scanner.model import PatternRule, SecretRef
from antkey_scanner.pepper import PEPPER
from antkey_scanner.sha import sha256

_HINT_HEAD = 3
_HINT_TAIL = 4
_SHORTEST_HINTED = 20

PIECE = 12
"""So many characters of a key's random part together stand in no output."""

DIGEST = 5
"""Bytes of the digest of such a piece."""


def random_part(found: re.Match[bytes]) -> bytes:
    """What of a match is random: its groups `head` and `tail` if it has them, else all of the key
    after its prefix, which ends at a hyphen unless the pattern says where."""
    groups = found.groupdict()
    if "head" in groups or "tail" in groups:
        return (groups.get("head") or b"") + (groups.get("tail") or b"")
    return key_text(found)[len(public_prefix(found)) :]


def key_text(found: re.Match[bytes]) -> bytes:
    """The key in a match: its group `secret`, else all of it."""
    secret = found.groupdict().get("secret")
    return found.group() if secret is None else bytes(secret)


def secret_ref(rule: PatternRule, found: re.Match[bytes]) -> SecretRef:
    """The match without its text."""
    names = {name: value.decode() for name, value in found.groupdict().items() if value is not None}
    digest = sha256(key_text(found)).hexdigest()
    shown = hint(found)
    return SecretRef(
        rule.kind.format(**names), shown, digest, pieces(random_part(found), shown.encode())
    )


def pieces(random: bytes, shown: bytes = b"") -> bytes:
    """The digests of all pieces of a random part, one after the other, but for those that are shown: of text
    that is no whole key the hint may be any. They tell nothing beyond this run (see `pepper`)."""
    each = (random[at : at + PIECE] for at in range(len(random) - PIECE + 1))
    return b"".join([digest_of(piece) for piece in each if piece not in shown])


def digest_of(piece: bytes) -> bytes:
    """What a piece is recognised by in this run."""
    return sha256(PEPPER + piece).digest()[:DIGEST]


def hint(found: re.Match[bytes]) -> str:
    """How Anthropic's Console shows the key: prefix, three characters, `…`, four characters."""
    rest = random_part(found)
    tail = rest[-_HINT_TAIL:] if len(rest) >= _SHORTEST_HINTED else b""
    return f"{public_prefix(found).decode()}{rest[:_HINT_HEAD].decode()}…{tail.decode()}"


def public_prefix(found: re.Match[bytes]) -> bytes:
    """The public start of a key: the group `prefix`, else the anchor and the family after it."""
    groups = found.groupdict()
    if groups.get("prefix") is not None:
        return bytes(groups["prefix"])
    if groups.get("secret") is not None:
        return b""
    key = found.group()
    family = groups.get("family")
    if family is None:
        return key[: key.rfind(b"-", 0, 16) + 1]
    return key[: found.end("family") - found.start() + 1]
