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


def both(found: Iterable[Whose]) -> Whose:
    """Whose something is that is made of several things."""
    seen = set(found)
    if Whose.BOTH in seen or {Whose.TENANT, Whose.PLATFORM} <= seen:
        return Whose.BOTH
    if Whose.TENANT in seen:
        return Whose.TENANT
    return Whose.PLATFORM if Whose.PLATFORM in seen else Whose.NOBODY
