"""What GitLab demands of its reports, written down from its documentation of the formats.

A newer official schema is validated against when it is there (`../shared/schemas` beside the checkout).
"""

from __future__ import annotations

from typing import Any

_TEXT = {"type": "string", "minLength": 1}
_TIME = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$"}


def _object(**properties: Any) -> dict[str, Any]:
    """An object that has all of these, and may have more."""
    return {"type": "object", "required": list(properties), "properties": properties}


_TOOL = _object(id=_TEXT, name=_TEXT, version=_TEXT, vendor=_object(name=_TEXT))
_MESSAGE = _object(level={"enum": ["info", "warn", "fatal"]}, value=_TEXT)
_OPTION = _object(name=_TEXT, value={"type": ["boolean", "integer", "null", "string"]})
_IDENTIFIER = _object(type=_TEXT, name=_TEXT, value=_TEXT)
_DETAIL = _object(type={"const": "text"}, name=_TEXT, value=_TEXT)

_VULNERABILITY = _object(
    id=_TEXT,
    name={"type": "string", "maxLength": 255},
    description={"type": "string", "maxLength": 1_048_576},
    severity={"enum": ["Info", "Unknown", "Low", "Medium", "High", "Critical"]},
    solution={"type": "string", "maxLength": 7_000},
    identifiers={"type": "array", "minItems": 1, "items": _IDENTIFIER},
    location=_object(file={"type": "string"}, commit=_object(sha=_TEXT)),
    details={"type": "object", "additionalProperties": _DETAIL},
)
_VULNERABILITY["properties"]["raw_source_code_extract"] = False

SECRET_DETECTION = _object(
    version={"const": "15.2.1"},
    scan=_object(
        analyzer=_TOOL,
        scanner=_TOOL,
        type={"const": "secret_detection"},
        start_time=_TIME,
        end_time=_TIME,
        status={"enum": ["success", "failure"]},
        messages={"type": "array", "items": _MESSAGE},
        options={"type": "array", "items": _OPTION},
    ),
    vulnerabilities={"type": "array", "items": _VULNERABILITY},
)

CODE_QUALITY = {
    "type": "array",
    "items": _object(
        description=_TEXT,
        check_name=_TEXT,
        fingerprint={"type": "string", "pattern": "^[0-9a-f]{64}$"},
        severity={"enum": ["info", "minor", "major", "critical", "blocker"]},
        location=_object(
            path={"type": "string"}, lines=_object(begin={"type": "integer", "minimum": 1})
        ),
    ),
}
