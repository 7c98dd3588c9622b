"""Which host names are public: the shape of a name in the DNS, and no name that is known to lead nearby.

By the name alone. Anybody's public name may lead to 127.0.0.1, which only resolving it shows (`resolve`).
"""

from __future__ import annotations

from antkey_scanner.late import late
from antkey_scanner.urlpolicy.reserved import METADATA, SPECIAL_USE, WILDCARDS

_LONGEST = 253

# No top-level domain has a digit but those in other scripts. That alone leaves no room for an address:
# inet_aton and the WHATWG URL standard take a host for one when its last label is a number.
_PUBLIC = late(
    r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+"
    r"(?P<top>[a-z]{2,63}|xn--[a-z0-9-]{0,58}[a-z0-9])"
)
_NUMBER = late(r"[0-9]+|0x[0-9a-f]*")
_LABEL = late(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")

_ENCODED = "xn--"

_DEEPEST = max(name.count(".") + 1 for name in (*METADATA, *WILDCARDS))

_BRANDS = frozenset(("anthropic", "claude"))
_BRAND = late(r"anthr[o0]p[i1l]c|c[l1i]aude")


def name_problem(host: str) -> str | None:
    """Why a host in lower case is not one of the public Internet; None when it is."""
    form = _PUBLIC.fullmatch(host)
    if form is None or len(host) > _LONGEST:
        return _diagnosis(host)
    if form["top"] in SPECIAL_USE:
        return "has the name of a machine nearby for its host; use a public name"
    return _known_problem(host.split(".")) or _appearance_problem(host)


def _diagnosis(host: str) -> str:
    """Why a host has not the form of a public name."""
    labels = host.split(".")
    if host.startswith("[") or _NUMBER.fullmatch(labels[-1]):
        return "has an address for its host; use its name"
    if not labels[-1]:
        return "has a dot at the end of its host; take it out"
    if len(host) > _LONGEST or not all(map(_LABEL.fullmatch, labels)):
        return "has no valid host name; mend it"
    if labels[-1] in SPECIAL_USE:
        return "has the name of a machine nearby for its host; use a public name"
    if len(labels) < 2:
        return "has a host name without a dot, which only means something nearby; use a public name"
    return "has a host that ends in no top-level domain; use a public name"


def _known_problem(labels: list[str]) -> str | None:
    """Why a name that is public in form is known to lead nearby."""
    end = labels[-1]
    for label in labels[-2 : -_DEEPEST - 1 : -1]:
        end = f"{label}.{end}"
        if end in WILDCARDS:
            return (
                "has a host that stands for any address, also private ones; use the service's name"
            )
        if end in METADATA:
            return "has a cloud's metadata service for its host; use the provider's name"
    return None


def _appearance_problem(host: str) -> str | None:
    """Why a name is not what it looks like."""
    shown = host
    if _ENCODED in host:
        # Few URLs need it, and its tables take some milliseconds to import.
        from antkey_scanner.urlpolicy.idn import Misleading, seen

        try:
            shown = seen(host)
        except Misleading as problem:
            return str(problem)
    named = sum(host.count(brand) for brand in _BRANDS)
    if len(_BRAND.findall(shown)) > named:
        return "has a host that only looks like Anthropic's; write its name in plain letters"
    return None
