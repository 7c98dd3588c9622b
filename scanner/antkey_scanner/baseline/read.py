"""Reads and writes the text of a baseline: JSON, one line per entry, sorted, so that diffs are small.

Strict: a baseline decides what does not fail, so what it does not plainly say is an error. Nothing of
the file's text is quoted in one but the names of its fields.
"""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from antkey_scanner.baseline import Entry
from antkey_scanner.errors import PolicyError
from antkey_scanner.policy.rawkey import holds_raw_key, raw_key_lines
from antkey_scanner.system import show

SCHEMA = 1
KIND = "antkey-baseline"

_MOST_BYTES = 64 << 20
_MOST_PROBLEMS = 20
_CURE = "mend it, or make a new one with `antkey baseline create`"
_FIELDS = ("path", "rule", "sha256", "added_at", "reason", "owner", "history")
_REQUIRED = ("path", "rule", "sha256")
_SHAPES = {
    "rule": (re.compile(r"[a-z0-9]+(-[a-z0-9]+)*"), "is no rule's id; see `antkey rules list`"),
    "sha256": (
        re.compile(r"[0-9a-f]{64}"),
        "is no SHA-256; write its 64 hex digits in small letters",
    ),
    "added_at": (
        re.compile(
            r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
            r"T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)",
            re.ASCII,
        ),
        "is no RFC 3339 time; write it like 2026-11-20T12:00:00Z",
    ),
}


class Baseline(NamedTuple):
    """A baseline that has been read. folder: that its paths are relative to."""

    folder: str
    entries: tuple[Entry, ...]


def read_baseline(path: str) -> Baseline:
    """The baseline in a file. Raises PolicyError, with an argument for each problem."""
    name = show(path)
    return Baseline(folder_of(path), parse(_read(path, name), name))


def folder_of(path: str) -> str:
    """The folder that the paths in a baseline are relative to."""
    return os.path.dirname(os.path.abspath(path))


def parse(data: bytes, name: str) -> tuple[Entry, ...]:
    """The entries in a baseline's text. name: the file's, for messages. Raises PolicyError."""
    text = _decoded(data, name)
    lines = raw_key_lines(text)
    if lines:
        raise PolicyError(
            *(f"{name}:{line}: holds a raw API key; take it out and revoke it" for line in lines)
        )
    document = _parsed(text, name)
    found = list(_document_problems(document))
    if not found:
        found = [
            (number, problem)
            for number, entry in enumerate(document["entries"])
            for problem in _entry_problems(entry)
        ]
    if found:
        raise PolicyError(*_report(found, text, name))
    return tuple(Entry(**entry) for entry in document["entries"])


def text_of(entries: Sequence[Entry]) -> str:
    """The text of a baseline with these entries, which are in order. Pure ASCII."""
    lines = ",\n".join(f"    {json.dumps(_fields(entry))}" for entry in entries)
    body = f"[\n{lines}\n  ]" if lines else "[]"
    return f'{{\n  "kind": "{KIND}",\n  "schema": {SCHEMA},\n  "entries": {body}\n}}\n'


def _fields(entry: Entry) -> dict[str, object]:
    values = {
        "path": entry.path,
        "rule": entry.rule,
        "sha256": entry.sha256,
        "added_at": entry.added_at,
        "reason": entry.reason,
        "owner": entry.owner,
        "history": entry.history or None,
    }
    return {field: value for field, value in values.items() if value is not None}


def _read(path: str, name: str) -> bytes:
    try:
        # Not opened before it is known to be a file: opening a FIFO waits for ever.
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise PolicyError(f"{name}: is no regular file; name a baseline file")
        with open(path, "rb") as file:
            data = file.read(_MOST_BYTES + 1)
    except FileNotFoundError:
        raise PolicyError(
            f"{name}: there is no such baseline; make it with `antkey baseline create`"
        ) from None
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or "is no path").lower()
        raise PolicyError(
            f"{name}: the baseline cannot be read ({reason}); check the path"
        ) from None
    if len(data) > _MOST_BYTES:
        raise PolicyError(f"{name}: is larger than 64 MiB; that is no baseline")
    return data


def _decoded(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise PolicyError(f"{name}:{line}: is not UTF-8; {_CURE}") from None


class _Refused(Exception):
    """Something that Python's parser takes and this format does not."""


def _parsed(text: str, name: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_without_duplicates, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        place = f"{name}:{error.lineno}:{error.colno}"
        raise PolicyError(f"{place}: is not JSON ({error.msg.lower()}); {_CURE}") from None
    except _Refused as error:
        raise PolicyError(f"{name}: {error}; {_CURE}") from None
    except (ValueError, RecursionError):
        raise PolicyError(f"{name}: number or nesting out of bounds; {_CURE}") from None


def _without_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise _Refused("a field stands twice in one object")
    return fields


def _refuse(_: str) -> object:
    raise _Refused("holds a number that is not JSON")


_Problem = tuple[int | None, str]
"""0-based number of the entry, None for the document; field and problem with its cure."""


def _document_problems(document: object) -> Iterator[_Problem]:
    if not isinstance(document, dict):
        yield None, f"is {_type(document)}, not an object; name a baseline file"
        return
    schema = document.get("schema")
    if document.get("kind") != KIND:
        yield None, f'kind: is not "{KIND}"; name a baseline file'
    elif type(schema) is int and schema > SCHEMA:
        yield None, "schema: a newer antkey wrote this; update antkey"
    elif type(schema) is not int or schema != SCHEMA:
        yield None, f"schema: is not {SCHEMA}; {_CURE}"
    elif not isinstance(document.get("entries"), list):
        yield None, f"entries: is {_type(document.get('entries'))}, not a list; {_CURE}"
    else:
        for field in document.keys() - {"kind", "schema", "entries"}:
            yield None, f"{_shown(field)}: unknown field; take it out"


def _entry_problems(entry: object) -> Iterator[str]:
    if not isinstance(entry, dict):
        yield f" is {_type(entry)}, not an object; {_CURE}"
        return
    for field in _REQUIRED:
        if field not in entry:
            yield f".{field}: is missing; {_CURE}"
    for field, value in entry.items():
        problem = _field_problem(field, value)
        if problem is not None:
            yield f".{_shown(field)}: {problem}"


def _field_problem(field: str, value: object) -> str | None:
    if field not in _FIELDS:
        return f"unknown field; known here: {', '.join(_FIELDS)}"
    if field == "history":
        return None if isinstance(value, bool) else f"is {_type(value)}; write true or false"
    if not isinstance(value, str):
        return f"is {_type(value)}; write it as a string"
    if not value.strip():
        return "is empty; write something or take the field out"
    if holds_raw_key(value):
        return "holds a raw API key; take it out and revoke it"
    pattern, problem = _SHAPES.get(field, (None, ""))
    return problem if pattern is not None and not pattern.fullmatch(value) else None


def _report(found: list[_Problem], text: str, name: str) -> Iterator[str]:
    lines = _entry_lines(text) if found[0][0] is not None else []
    for number, problem in found[:_MOST_PROBLEMS]:
        if number is None:
            yield f"{name}: {problem}"
        else:
            place = f"{name}:{lines[number]}" if number < len(lines) else name
            yield f"{place}: entries[{number + 1}]{problem}"
    if len(found) > _MOST_PROBLEMS:
        yield f"{name}: {len(found) - _MOST_PROBLEMS} more problems"


def _entry_lines(text: str) -> list[int]:
    """The 1-based line on which each entry starts, of a text that is JSON."""
    opening = re.search(r'"entries"\s*:\s*\[', text)
    lines: list[int] = []
    if opening is None:
        return lines
    decoder, between = json.JSONDecoder(), re.compile(r"[\s,]*")
    at, counted, line = opening.end(), 0, 1
    while (gap := between.match(text, at)) is not None and text[gap.end()] != "]":
        at = gap.end()
        line += text.count("\n", counted, at)
        counted = at
        lines.append(line)
        _, at = decoder.raw_decode(text, at)
    return lines


def _shown(field: str) -> str:
    """A field's name as a message may show it."""
    if holds_raw_key(field) or len(field) > 40:
        field = f"{field[:8]}…"
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in field
    )


def _type(value: object) -> str:
    match value:
        case None:
            return "null or missing"
        case bool():
            return "true or false"
        case str():
            return "a string"
        case int() | float():
            return "a number"
        case list():
            return "a list"
        case _:
            return "an object"
