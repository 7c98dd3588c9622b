"""Checks a JSON value against the shipped schema, with the few keywords that this schema uses.

The schema is the one description of the format; a test holds this check against `jsonschema`, which
users need not install.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

KEYWORDS = {
    *("$ref", "additionalProperties", "anyOf", "const", "enum", "items", "maxItems", "maximum"),
    *("minItems", "minLength", "minimum", "pattern", "properties", "required", "type"),
}
"""What is understood here; annotations such as `description` aside."""

_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "null": (type(None),),
}


class Conformance:
    """Checks values against one schema."""

    def __init__(self, schema: dict[str, Any]) -> None:
        self._root = schema

    def problems(self, value: object) -> Iterator[tuple[str, str]]:
        """(place, problem) for each violation, such as (`findings[3].location.line`, `is below 1`)."""
        return self._problems(value, self._root, "")

    def _problems(
        self, value: object, schema: dict[str, Any], at: str
    ) -> Iterator[tuple[str, str]]:
        if "$ref" in schema:
            yield from self._problems(value, self._root["$defs"][schema["$ref"].split("/")[-1]], at)
            return
        if "anyOf" in schema:
            yield from self._of_any(value, schema["anyOf"], at)
            return
        problem = _own_problem(value, schema)
        if problem is not None:
            yield at or "the document", problem
        elif isinstance(value, dict):
            yield from self._in_object(value, schema, at)
        elif isinstance(value, list) and "items" in schema:
            for number, item in enumerate(value):
                yield from self._problems(item, schema["items"], f"{at}[{number}]")

    def _of_any(
        self, value: object, schemas: list[dict[str, Any]], at: str
    ) -> Iterator[tuple[str, str]]:
        """The problems with the last one, when none fits: the plain cases stand first."""
        found: list[tuple[str, str]] = []
        for schema in schemas:
            found = list(self._problems(value, schema, at))
            if not found:
                return
        yield from found

    def _in_object(
        self, value: dict[str, object], schema: dict[str, Any], at: str
    ) -> Iterator[tuple[str, str]]:
        properties = schema.get("properties", {})
        for name in schema.get("required", ()):
            if name not in value:
                yield at or "the document", f"has no {name!r}"
        for name, item in value.items():
            inner = f"{at}.{name}" if at else name
            if name in properties:
                yield from self._problems(item, properties[name], inner)
            elif schema.get("additionalProperties") is False:
                yield inner, "is unknown"


def _own_problem(value: object, schema: dict[str, Any]) -> str | None:
    if "type" in schema and not _has_type(value, schema["type"]):
        return f"is not of type {_listed(schema['type'])}"
    if "const" in schema and not _same(value, schema["const"]):
        return f"is not {schema['const']!r}"
    if "enum" in schema and not any(_same(value, one) for one in schema["enum"]):
        return f"is not one of {', '.join(map(str, schema['enum']))}"
    if isinstance(value, str):
        return _problem_of_text(value, schema)
    if isinstance(value, int | float):
        return _problem_of_number(value, schema)
    if isinstance(value, list):
        return _problem_of_length(len(value), schema)
    return None


def _problem_of_text(value: str, schema: dict[str, Any]) -> str | None:
    if len(value) < schema.get("minLength", 0):
        return "is empty"
    if "pattern" in schema and re.search(schema["pattern"], value) is None:
        return f"does not have the form {schema['pattern']}"
    return None


def _problem_of_number(value: float, schema: dict[str, Any]) -> str | None:
    if value < schema.get("minimum", value):
        return f"is below {schema['minimum']}"
    if value > schema.get("maximum", value):
        return f"is above {schema['maximum']}"
    return None


def _problem_of_length(length: int, schema: dict[str, Any]) -> str | None:
    if not schema.get("minItems", 0) <= length <= schema.get("maxItems", length):
        return f"has {length} elements"
    return None


def _has_type(value: object, wanted: str | list[str]) -> bool:
    names = [wanted] if isinstance(wanted, str) else wanted
    # True is an int for Python, not for JSON.
    if isinstance(value, bool):
        return "boolean" in names
    return any(isinstance(value, _TYPES[name]) for name in names)


def _same(one: object, other: object) -> bool:
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def _listed(wanted: str | list[str]) -> str:
    return wanted if isinstance(wanted, str) else " or ".join(wanted)
