"""The JSON Schema (draft 7) of a policy, made of `policy.schema` and `policy.meanings`.

For editors, which complete and explain keys by it (Taplo, Even Better TOML). What it cannot say, such as
that one number is below another, `policy.read` says alone: what that takes, this takes too.
"""

from __future__ import annotations

import math
from typing import Any, assert_never

from antkey_scanner.policy.kinds import Day, Kind, Many, Named, Number, Table, Text, Truth
from antkey_scanner.policy.meanings import MEANINGS, meaning
from antkey_scanner.policy.schema import POLICY

_PATTERNS = {
    "_rule_id": r"^[a-z0-9]+(-[a-z0-9]+)*$",
    "_host": r"^[^/@\s]+$",
    "_variable": r"^[A-Za-z_][A-Za-z0-9_]*$",
    "_word": r"^[A-Za-z]+$",
    "_glob": r"^[^\\]+$",
    "_tenant_source": r"^(header:.+|field:.+|host:.*\{tenant\}.*)$",
    "_base_url": r"^(https://|http://(localhost|127\.0\.0\.1|\[::1\])([:/]|$))",
}
"""Check of a text → the expression that says the same or less. What is not here is checked by us alone."""

_NEEDED: dict[str, dict[str, Any]] = {
    "_demand": {"anyOf": [{"properties": {"is": {"const": "required"}}}, {"required": ["reason"]}]},
    "_waiver": {"anyOf": [{"required": ["path"]}, {"required": ["key"]}]},
}
"""Check of a table → what says the same of it."""


def json_schema() -> dict[str, Any]:
    """The schema as JSON values."""
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "antkey's policy (antkey.toml, or [tool.antkey] in pyproject.toml)",
        **_table(POLICY, ()),
    }


def _of(kind: Kind, path: tuple[str, ...]) -> dict[str, Any]:
    """The schema of what stands at a path."""
    match kind:
        case Text():
            return _text(kind)
        case Number():
            most = {} if math.isinf(kind.high) else {"maximum": kind.high}
            return {"type": "integer" if kind.whole else "number", "minimum": kind.low, **most}
        case Truth():
            return {"type": "boolean"}
        case Day():
            return {"type": "string", "format": "date"}
        case Many():
            return _many(kind, path)
        case Table():
            return _table(kind, path)
        case Named():
            return {"type": "object", "additionalProperties": _table(kind.of, path)}
        case _:
            assert_never(kind)


def _text(kind: Text) -> dict[str, Any]:
    if kind.choices:
        return {"type": "string", "enum": list(kind.choices)}
    check = getattr(kind.check, "__name__", "")
    return {"type": "string", "pattern": _PATTERNS.get(check, r"\S")}


def _many(kind: Many, path: tuple[str, ...]) -> dict[str, Any]:
    one = _of(kind.of, path)
    least = {"minItems": kind.least} if kind.least else {}
    array = {"type": "array", "items": one, **least}
    return {"anyOf": [array, one]} if kind.alone else array


def _table(kind: Table, path: tuple[str, ...]) -> dict[str, Any]:
    required = {"required": list(kind.required)} if kind.required else {}
    needed = _NEEDED.get(getattr(kind.check, "__name__", ""), {})
    return {
        "type": "object",
        "properties": {
            name: {**_described((*path, name)), **_of(element, (*path, name))}
            for name, element in kind.keys.items()
        },
        "additionalProperties": False,
        **required,
        **needed,
    }


def _described(path: tuple[str, ...]) -> dict[str, Any]:
    """What editors show of a key; a key that nobody has described yet has no text and is there all the
    same."""
    if ".".join(path) not in MEANINGS and path[:2] != ("rotation", "environments"):
        return {}
    about = meaning(path)
    usual = f" Default: {about.usual}." if about.usual and about.usual != "required" else ""
    return {"description": about.text + usual}
