"""A small value that a JSON schema accepts, for tools and structured output. Hostile schemas end early."""

from __future__ import annotations

from collections.abc import Mapping

_DEPTH = 12
_WIDTH = 64


def sample_of(schema: object) -> object:
    """A value of the schema with what it requires; an empty object where it says nothing."""
    root = schema if isinstance(schema, dict) else {}
    value = _value(root, root, _DEPTH)
    return {} if value is None and not root else value


def _value(schema: object, root: Mapping[str, object], depth: int) -> object:
    if not isinstance(schema, dict) or depth == 0:
        return None
    if "const" in schema:
        return schema["const"]
    for name in ("enum", "examples"):
        values = schema.get(name)
        if isinstance(values, list) and values:
            return values[0]
    if "default" in schema:
        return schema["default"]
    if (reference := schema.get("$ref")) is not None:
        return _value(_referred(reference, root), root, depth - 1)
    for name in ("anyOf", "oneOf", "allOf"):
        choices = schema.get(name)
        if isinstance(choices, list) and choices:
            return _value(choices[0], root, depth - 1)
    return _of_type(schema, root, depth)


def _referred(reference: object, root: Mapping[str, object]) -> object:
    """What `#/$defs/Name` stands for; references to other documents are not followed."""
    here: object = root
    if not isinstance(reference, str) or not reference.startswith("#"):
        return None
    for step in reference.removeprefix("#").strip("/").split("/"):
        if step:
            here = here.get(step) if isinstance(here, dict) else None
    return here


def _of_type(schema: Mapping[str, object], root: Mapping[str, object], depth: int) -> object:
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = kind[0] if kind else None
    match kind:
        case "string":
            return _text(schema)
        case "integer" | "number":
            return _number(schema)
        case "boolean":
            return True
        case "array":
            least = schema.get("minItems")
            count = min(least, _WIDTH) if isinstance(least, int) else 0
            return [_value(schema.get("items"), root, depth - 1)] * max(0, count)
        case "null":
            return None
        case _:
            return _object(schema, root, depth)


def _object(schema: Mapping[str, object], root: Mapping[str, object], depth: int) -> object:
    properties, required = schema.get("properties"), schema.get("required")
    known = properties if isinstance(properties, dict) else {}
    names = required if isinstance(required, list) else []
    return {
        name: _value(known.get(name), root, depth - 1)
        for name in names[:_WIDTH]
        if isinstance(name, str)
    }


def _text(schema: Mapping[str, object]) -> str:
    formats = {
        "date": "2026-01-01",
        "date-time": "2026-01-01T00:00:00Z",
        "time": "00:00:00Z",
        "email": "someone@example.com",
        "uri": "https://example.com/",
        "uuid": "00000000-0000-4000-8000-000000000000",
    }
    form, least = schema.get("format"), schema.get("minLength")
    text = formats.get(form, "sample") if isinstance(form, str) else "sample"
    return text.ljust(min(least, 1000), "x") if isinstance(least, int) else text


def _number(schema: Mapping[str, object]) -> object:
    for name, step in (("minimum", 0), ("exclusiveMinimum", 1), ("maximum", 0)):
        bound = schema.get(name)
        if isinstance(bound, int | float) and not isinstance(bound, bool):
            return bound + step
    return 1
