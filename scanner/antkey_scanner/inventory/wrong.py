"""What is wrong with a value: the sentences, and the error that carries them to whoever knows the line.

No sentence quotes a value: what stands in the wrong place may be a secret.
"""

from __future__ import annotations

import datetime
import re

from antkey_scanner.inventory.formats import Path, Told

RAW_KEY = (
    "holds a raw API key; take it out, revoke the key in the Anthropic Console, and name keys by"
    " hint or fingerprint"
)

OTHER_RAW_KEY = (
    "holds a raw API key of another provider; take it out, revoke the key there, and name keys by"
    " hint or fingerprint"
)

ENCODED_KEY = RAW_KEY.replace("a raw API key", "a raw API key in base64")

UNKNOWN_FIELD = "unknown field"

SHOWN_FIELD = re.compile(r"[A-Za-z0-9_.-]{1,11}|[a-z]{1,20}(?:[_-][a-z]{1,20}){0,4}")
"""Names of fields that may be printed: too short, or too much like words, to hold a piece of a key."""


class Wrong(Exception):
    """A value that may not stand in its field. found: places below the field, and `problem; cure`."""

    def __init__(self, problem: Told) -> None:
        super().__init__(problem)
        self.found: tuple[tuple[Path, Told], ...] = (((), problem),)

    @classmethod
    def of(cls, found: list[tuple[Path, Told]]) -> Wrong:
        """All that is wrong in a table or a list."""
        wrong = cls("")
        wrong.found = tuple(found)
        return wrong


def type_of(value: object) -> str:
    """What a value is, in people's words."""
    match value:
        case None:
            return "null"
        case bool():
            return "true or false"
        case str():
            return "a string"
        case int() | float():
            return "a number"
        case list():
            return "a list"
        case dict():
            return "a table"
        case datetime.datetime():
            return "a date with a time"
        case datetime.date():
            return "a date"
        case _:
            return "a time"
