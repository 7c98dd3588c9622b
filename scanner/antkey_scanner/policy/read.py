"""Reads a policy file: from bytes to a `Policy`, or to one PolicyError with an argument per problem.

Nothing of the file's text is quoted in an error but the names of its keys.
"""

from __future__ import annotations

import datetime
import os
import re
import stat
import tomllib
from typing import Any

from antkey_scanner.errors import PolicyError
from antkey_scanner.model import PolicyRef
from antkey_scanner.policy import (
    DEFAULT_PROFILE,
    FILE_NAME,
    PROJECT_FILE_NAME,
    VISIBLE_KEY_CHARACTERS,
    Accept,
    Catalogue,
    Policy,
    ScanPolicy,
    Waiver,
)
from antkey_scanner.policy.controls import (
    attestations_of,
    demands_of,
    grades_of,
    overridden,
    unfit,
)
from antkey_scanner.policy.egress import egress_policy
from antkey_scanner.policy.keys import keys_policy
from antkey_scanner.policy.kinds import Problem, problems
from antkey_scanner.policy.places import Path, Places, find_places
from antkey_scanner.policy.rawkey import holds_raw_key, raw_key_lines
from antkey_scanner.policy.schema import POLICY
from antkey_scanner.sha import sha256

_MOST_BYTES = 4 << 20
_MOST_PROBLEMS = 20
_LONGEST_KEY_SHOWN = 40
_PROJECT_TABLE: Path = ("tool", "antkey")

_ERROR_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_QUOTED = re.compile(r" (?!'(?:=|\]|\]\]|\})')['\"].*", re.DOTALL)
"""What a message quotes of the file; the signs that the parser expects are its own."""

_RAW_KEY = (
    "holds a raw API key; take it out, revoke the key in the Anthropic Console, and name keys by"
    " hint or sha256"
)


def read_policy(path: str, now: float, catalogue: Catalogue | None = None) -> Policy:
    """The policy in a file that must hold one; `pyproject.toml` holds it in `[tool.antkey]`."""
    if os.path.basename(path) != PROJECT_FILE_NAME:
        return _File(path, ()).policy(now, catalogue)
    found = read_project(path, now, catalogue)
    if found is None:
        raise PolicyError(f"{shown(path)}: has no [tool.antkey]; add it or name another file")
    return found


def read_project(path: str, now: float, catalogue: Catalogue | None = None) -> Policy | None:
    """The policy in a `pyproject.toml`, None when it has no `[tool.antkey]`."""
    file = _File(path, _PROJECT_TABLE)
    return file.policy(now, catalogue) if file.has_table() else None


def shown(path: str) -> str:
    """A path as messages print it: relative where that is shorter, `/` between folders."""
    try:
        relative = os.path.relpath(path)
    except (ValueError, OSError):
        relative = path  # another drive, or a working folder that is gone
    return min(relative, path, key=len).replace(os.sep, "/")


class _File:
    """A policy file that has been parsed. prefix: the table in it that is the policy."""

    def __init__(self, path: str, prefix: Path) -> None:
        self._path = path
        self._prefix = prefix
        self._name = shown(path)
        self._bytes = self._read()
        self._text = self._decode()
        if not prefix:
            self._refuse_raw_keys(raw_key_lines(self._text))
        self._tables = self._parse()

    def has_table(self) -> bool:
        return self._table() is not None

    def policy(self, now: float, catalogue: Catalogue | None) -> Policy:
        table = self._table()
        if self._prefix:
            self._refuse_raw_keys(self._raw_key_lines_in_table(table))
        found = list(problems(table, POLICY, self._prefix))
        if not found and isinstance(table, dict):
            found = list(_expired(table, self._prefix, now))
            found += unfit(table, self._prefix, now, catalogue)
        if found or not isinstance(table, dict):
            raise PolicyError(*self._report(found))
        ref = PolicyRef(
            path=self._name,
            sha256=sha256(self._bytes).hexdigest(),
            profile=table.get("profile", DEFAULT_PROFILE),
        )
        if catalogue is not None:
            table = overridden(catalogue.values(ref.profile), table)
        folder = os.path.dirname(os.path.abspath(self._path))
        return Policy(
            ref,
            folder,
            _scan(table.get("scan", {}), table.get("code", {})),
            _waivers(table),
            keys_policy(table),
            egress_policy(table),
            demands_of(table),
            grades_of(table),
            attestations_of(table),
        )

    def _read(self) -> bytes:
        try:
            # Not opened before it is known to be a file: opening a FIFO waits for ever.
            if not stat.S_ISREG(os.stat(self._path).st_mode):
                raise PolicyError(f"{self._name}: is no regular file; name a policy file")
            with open(self._path, "rb") as file:
                data = file.read(_MOST_BYTES + 1)
        except OSError as error:
            reason = (error.strerror or "cannot be read").lower()
            raise PolicyError(
                f"{self._name}: the policy cannot be read ({reason}); check the path"
            ) from None
        if len(data) > _MOST_BYTES:
            raise PolicyError(f"{self._name}: is larger than 4 MiB; that is no policy")
        return data

    def _decode(self) -> str:
        try:
            return self._bytes.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = self._bytes.count(b"\n", 0, error.start) + 1
            raise PolicyError(f"{self._name}:{line}: is not UTF-8; save it as UTF-8") from None

    def _parse(self) -> dict[str, Any]:
        try:
            return tomllib.loads(self._text)
        except ValueError as error:  # TOMLDecodeError, or an integer of more than 4,300 digits
            raise PolicyError(self._broken(str(error))) from None
        except RecursionError:
            raise PolicyError(f"{self._name}: is nested too deep; that is no policy") from None

    def _broken(self, message: str) -> str:
        """The parser's words without what they quote: `Duplicate inline table key 'x'`."""
        place = _ERROR_PLACE.search(message)
        problem = _QUOTED.sub("", _ERROR_PLACE.sub("", message)).lower()
        if place is None:
            return f"{self._name}: broken TOML (a value that cannot be read); mend it"
        if place[1] is None:
            line = self._text.rstrip("\n").count("\n") + 1
            return f"{self._name}:{line}: broken TOML ({problem}, at the end of the file); mend it"
        return f"{self._name}:{place[1]}: broken TOML ({problem}, column {place[2]}); mend the line"

    def _table(self) -> object:
        table: object = self._tables
        for key in self._prefix:
            table = table.get(str(key)) if isinstance(table, dict) else None
        return table

    def _raw_key_lines_in_table(self, table: object) -> list[int]:
        """Keys in our part of a shared file; those elsewhere in it are findings of the scan."""
        lines = raw_key_lines(self._text)
        if not lines and not _holds_raw_key(table):
            return []
        places = find_places(self._text)
        ours = [line for line in lines if self._is_ours(line, places)]
        return ours or ([places.line(self._prefix)] if _holds_raw_key(table) else [])

    def _is_ours(self, line: int, places: Places) -> bool:
        before = [header for header in places.headers if header.line <= line]
        return bool(before) and before[-1].path[: len(self._prefix)] == self._prefix

    def _refuse_raw_keys(self, lines: list[int]) -> None:
        if lines:
            raise PolicyError(*(f"{self._name}:{line}: {_RAW_KEY}" for line in lines))

    def _report(self, found: list[Problem]) -> list[str]:
        places = find_places(self._text)
        lines = sorted((places.line(problem.path), problem) for problem in found)
        report = [
            f"{self._name}:{line}: {_printable(f'{_dotted(problem.path)}: {problem.text}')}"
            for line, problem in lines[:_MOST_PROBLEMS]
        ]
        if len(lines) > _MOST_PROBLEMS:
            report.append(f"{self._name}: {len(lines) - _MOST_PROBLEMS} more problems")
        return report


def _dotted(path: Path) -> str:
    """`waiver[2].rule`, counted from 1 as people do."""
    dotted = ""
    for part in path:
        if isinstance(part, int):
            dotted += f"[{part + 1}]"
        else:
            name = part if len(part) <= _LONGEST_KEY_SHOWN else part[:8] + "…"
            dotted += f".{name}" if dotted else name
    return dotted or FILE_NAME


def _printable(text: str) -> str:
    """The text with everything that moves a cursor as an escape."""
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in text
    )


def _holds_raw_key(value: object) -> bool:
    match value:
        case str():
            return holds_raw_key(value)
        case dict():
            return any(holds_raw_key(key) or _holds_raw_key(value[key]) for key in value)
        case list():
            return any(_holds_raw_key(element) for element in value)
        case _:
            return False


def _expired(table: dict[str, Any], prefix: Path, now: float) -> list[Problem]:
    today = datetime.datetime.fromtimestamp(now, datetime.UTC).date()
    return [
        Problem((*prefix, "waiver", position), _expiry(waiver))
        for position, waiver in enumerate(table.get("waiver", []))
        if waiver["expires"] < today
    ]


def _expiry(waiver: dict[str, Any]) -> str:
    about = " ".join(f"for {waiver[key]}" for key in ("key", "path") if key in waiver)
    owner = f" Its owner is {waiver['owner']}." if "owner" in waiver else ""
    return (
        f"the waiver of {waiver['rule']} {about} expired on {waiver['expires']}"
        f" ({waiver['reason']}); mend what it covers and remove it, or renew `expires`.{owner}"
    )


def _scan(table: dict[str, Any], code: dict[str, Any]) -> ScanPolicy:
    return ScanPolicy(
        paths=tuple(table["paths"]) if "paths" in table else None,
        exclude=tuple(table.get("exclude", ())),
        history=table.get("history"),
        accept=tuple(Accept(entry["path"], entry["reason"]) for entry in table.get("accept", ())),
        visible_key_characters=table.get("visible_key_characters", VISIBLE_KEY_CHARACTERS),
        providers=table.get("providers", False),
        detect_secrets=table.get("detect_secrets", False),
        detect_secrets_plugins=_plugins(table),
        inline_ignores=table.get("inline_ignores", True),
        accept_marks=tuple(table.get("accept_marks", ())),
        code=table.get("code", True),
        tenant_names=tuple(map(str.lower, code.get("tenant_names", ()))),
        platform_names=tuple(map(str.lower, code.get("platform_names", ()))),
    )


def _plugins(table: dict[str, Any]) -> tuple[str, ...] | None:
    names = table.get("detect_secrets_plugins")
    return None if names is None else tuple(names)


def _waivers(table: dict[str, Any]) -> tuple[Waiver, ...]:
    return tuple(
        Waiver(**{**entry, "expires": entry["expires"].isoformat()})
        for entry in table.get("waiver", ())
    )
