"""OSCAL's simple types: whatever a text says, it fits the type, and is shown by the escaper of JSON texts."""

from __future__ import annotations

import re

from antkey_reports.escape import markdown, visible

NAMESPACE = "https://antkey.invalid/oscal/1"
"""Of the names of our properties, which OSCAL does not know. A name that leads nowhere (RFC 2606): a URN is a
URI, too, and compliance-trestle takes none."""

_NOTHING = "-"
"""OSCAL has no empty texts."""


def text(value: str) -> str:
    """A text that is not empty, without blanks around it."""
    return visible(value).strip() or _NOTHING


def markup(value: str) -> str:
    """A text where OSCAL has Markdown (`markup-line`, `markup-multiline`): titles, descriptions, remarks."""
    return markdown(value).strip() or _NOTHING


def token(value: str) -> str:
    """A name of letters, digits, `-`, `_` and `.`, beginning with a letter or `_`."""
    name = re.sub(r"[^A-Za-z0-9_.-]", "_", visible(value))
    return name if re.match(r"[A-Za-z_]", name) else f"_{name}"


def prop(name: str, value: str) -> dict[str, object]:
    """A property of ours. name: a Python name, of which `_` becomes `-`."""
    return {"name": name.replace("_", "-"), "ns": NAMESPACE, "value": text(value)}


def props(**values: str) -> list[dict[str, object]]:
    """Properties of ours, in this order."""
    return [prop(name, value) for name, value in values.items()]
