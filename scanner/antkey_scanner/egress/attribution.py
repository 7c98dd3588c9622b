"""For whom a request was made: the ways that a policy names by `tenant_from`, tried in their order. Pure.

`header:NAME` is a header's value, `field:DOTTED` a text in the record or in the request's JSON body,
`host:{tenant}.example.com` one label of the host's name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

_LONGEST = 200
"""No tenant's name is longer; what is may be anything, such as a whole body."""


def tenant_of(
    tenant_from: Sequence[str],
    headers: Mapping[str, str],
    fields: Mapping[str, str],
    host: str,
) -> str | None:
    """The tenant, None where none of the ways tells one.

    headers: by lower-case name; fields: by dotted name, those of `body_fields`; host: lower case.
    """
    for way in tenant_from:
        kind, _, what = way.partition(":")
        match kind:
            case "header":
                found = headers.get(what.strip().lower())
            case "field":
                found = fields.get(what.strip())
            case "host":
                found = _label(what.strip().lower(), host)
            case _:
                found = None
        if found is not None and (name := named(found)) is not None:
            return name
    return None


def body_fields(tenant_from: Sequence[str]) -> tuple[str, ...]:
    """The dotted names of the fields that a policy looks at."""
    ways = (way.partition(":") for way in tenant_from)
    return tuple(what.strip() for kind, _, what in ways if kind == "field")


def host_templates(tenant_from: Sequence[str]) -> tuple[str, ...]:
    """The names of hosts, with `{tenant}` in them, that a policy tells tenants by."""
    ways = (way.partition(":") for way in tenant_from)
    return tuple(what.strip().lower() for kind, _, what in ways if kind == "host")


def is_tenant_host(tenant_from: Sequence[str], host: str) -> bool:
    """Whether a host is one of those that the policy tells tenants by."""
    ways = (way.partition(":") for way in tenant_from)
    return any(
        kind == "host" and _label(what.strip().lower(), host) is not None for kind, _, what in ways
    )


def named(found: str) -> str | None:
    """A tenant's name as it is compared, None for what cannot be one."""
    name = found.strip()
    if not name or name == "-" or len(name) > _LONGEST or "sk-ant-" in name:
        return None
    return name if name.isprintable() else None


def _label(pattern: str, host: str) -> str | None:
    """What stands for `{tenant}` in a host's name: one label or a part of one."""
    before, mark, behind = pattern.partition("{tenant}")
    if not mark or len(host) <= len(before) + len(behind):
        return None
    if not (host.startswith(before) and host.endswith(behind)):
        return None
    label = host[len(before) : len(host) - len(behind)]
    return None if "." in label else label
