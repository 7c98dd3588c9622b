"""Reads `@pytest.mark.antkey(tenant="acme", surface="chat", requests=0)`."""

from __future__ import annotations

from typing import NamedTuple

import pytest

DEFAULT_TENANT = "tenant"
"""For whom a test acts that does not say: the name that `antkey egress run` gives its only tenant."""

_ARGUMENTS = ("tenant", "surface", "requests")


class Mark(NamedTuple):
    """For whom a test acts. is_silent: whether there must be no request."""

    tenant: str = DEFAULT_TENANT
    surface: str | None = None
    is_silent: bool = False


def mark_of(item: pytest.Item) -> Mark | None:
    """What an item's markers say, those nearer to the test before those of its class and module; None
    without any. Raises pytest's UsageError for arguments that are wrong."""
    given: dict[str, object] = {}
    markers = list(item.iter_markers("antkey"))
    for marker in reversed(markers):
        unknown = [name for name in marker.kwargs if name not in _ARGUMENTS]
        if marker.args or unknown:
            what = f"{unknown[0]}=" if unknown else "arguments without a name"
            raise _wrong(item, f"there is no {what}; write tenant=, surface= or requests=0")
        given |= marker.kwargs
    if not markers:
        return None
    tenant, surface = given.get("tenant", DEFAULT_TENANT), given.get("surface")
    if not isinstance(tenant, str) or not tenant:
        raise _wrong(item, 'tenant is no name; write tenant="acme"')
    if surface is not None and not isinstance(surface, str):
        raise _wrong(item, 'surface is no name; write surface="chat"')
    requests = given.get("requests")
    if requests is not None and (requests != 0 or isinstance(requests, bool)):
        raise _wrong(item, "only requests=0 can be expected; leave it out for one or more")
    return Mark(tenant, surface, requests is not None)


def _wrong(item: pytest.Item, problem: str) -> pytest.UsageError:
    return pytest.UsageError(f"{item.nodeid}: @pytest.mark.antkey: {problem}")
