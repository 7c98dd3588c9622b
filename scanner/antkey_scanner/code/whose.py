"""Says whose a key can be, and whose something is that is made of several keys."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum


class Whose(Enum):
    """Whose key an expression is. BOTH: it is made of a tenant's and the platform's."""

    TENANT = "tenant"
    PLATFORM = "platform"
    BOTH = "both"
    NOBODY = "nobody"

    @property
    def has_tenant(self) -> bool:
        return self in (Whose.TENANT, Whose.BOTH)

    @property
    def has_platform(self) -> bool:
        return self in (Whose.PLATFORM, Whose.BOTH)


_NOBODY, _BOTH = Whose.NOBODY, Whose.BOTH


def both(found: Iterable[Whose]) -> Whose:
    """Whose something is that is made of several things."""
    all_of = _NOBODY
    for one in found:
        if one is not _NOBODY and one is not all_of:
            all_of = one if all_of is _NOBODY else _BOTH
    return all_of
