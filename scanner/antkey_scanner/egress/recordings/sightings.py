"""What a record shows of a credential: the whole of it, a hint, or only that there was one. Pure.

A raw key becomes a reference in the function that sees it.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from antkey_scanner.egress.credentials import AUTHENTICATING, carried, credential_of
from antkey_scanner.egress.records import Credential

_HINT = re.compile(
    r"(?P<prefix>(?:sk-ant-)?(?:(?P<family>[a-z]{1,12}[0-9]{0,4})-)?)(?P<head>[A-Za-z0-9_-]{0,12}?)"
    r"(?:…|\.{3,}|\*{3,}|•{2,})(?P<tail>[A-Za-z0-9_-]{0,12})"
)
_HEAD, _TAIL = 3, 4
"""How much of a key Anthropic's Console shows; a log that shows more is cut to it."""

_LONGEST_WORD = 60
_REPLACED = re.compile(
    r"redact|filter|mask|hidden|remov|scrub|saniti[sz]|censor|dummy|fake|placeholder|obfuscat|omit"
    r"|\A[<\[({%$].*[>\])}%]\Z|\A[*x•.#-]+\Z",
    re.IGNORECASE | re.DOTALL,
)
_SCHEME = re.compile(r"\s*bearer\b\s*", re.IGNORECASE)


class Sighting(NamedTuple):
    """credentials: those that can be compared; replaced: there was one that the recorder took out."""

    credentials: tuple[Credential, ...] = ()
    replaced: bool = False


NOTHING = Sighting()


def sighting(value: str, carrier: str) -> Sighting:
    """What a header, or a field that stands for one, shows. carrier: the header's name, lower case."""
    text = _SCHEME.sub("", value, count=1).strip()
    if not text or text == "-":
        return NOTHING
    if len(text) < _LONGEST_WORD:
        found = hinted(text, carrier)
        if found is not None:
            return Sighting((found,)) if found.hint else Sighting(replaced=True)
        if _REPLACED.search(text) is not None:
            return Sighting(replaced=True)
    shown = carried("", [(carrier, value)], authenticates=True)
    if shown or carrier in AUTHENTICATING:
        return Sighting(shown)
    return Sighting((credential_of(text, carrier),))


def hinted(text: str, carrier: str) -> Credential | None:
    """A hint such as `sk-ant-api03-R2D…igAA`, as the Console writes it. None for what is no hint; one
    that shows nothing of the key has an empty hint."""
    found = _HINT.fullmatch(text.strip())
    if found is None:
        return None
    head, tail = found["head"], found["tail"]
    if not head and not tail:
        return Credential(carrier, found["family"] or "unknown", "", None)
    hint = f"{found['prefix']}{head[:_HEAD]}…{tail[-_TAIL:]}"
    return Credential(carrier, found["family"] or "unknown", hint, None)


def referred(digits: str | None, hint: str | None, carrier: str) -> tuple[Credential, ...]:
    """The credential that a hash or a hint stands for."""
    shown = hinted(hint, carrier) if hint else None
    found = (digits or "").strip().lower().removeprefix("sha256:")
    is_hash = len(found) == 64 and not found.strip("0123456789abcdef")
    if is_hash:
        kind, text = (shown.kind, shown.hint) if shown else ("unknown", "")
        return (Credential(carrier, kind, text, found),)
    return (shown,) if shown is not None and shown.hint else ()
