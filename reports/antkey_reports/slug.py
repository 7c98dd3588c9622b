"""Ids for what has a name of its own, so that links to it stay the same from run to run."""

from __future__ import annotations

import re
from hashlib import sha256

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")


def slug(kind: str, name: str) -> str:
    """`control-keys-are-rotated`; of a name that is no plain word its hash."""
    if _PLAIN.fullmatch(name):
        return f"{kind}-{name}"
    return f"{kind}-{sha256(name.encode('utf-8', 'backslashreplace')).hexdigest()[:16]}"
