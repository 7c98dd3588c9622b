"""Reads a baseline of detect-secrets: accepted findings, which detectors run, what they pass over.

Code that it names (plugins and filters of the repository's own) is never loaded. Nothing of the file's
text is quoted in an error.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from antkey_scanner.bridge.detectors import RULE_IDS, Chosen
from antkey_scanner.errors import PolicyError
from antkey_scanner.model import Skip
from antkey_scanner.policy import from_folder_to_root
from antkey_scanner.system import open_file, show

FILE_NAME = ".secrets.baseline"
OWN_PLUGIN = "AntkeyAnthropicDetector"
"""The detector that `antkey init --detect-secrets` writes: what it finds, antkey finds itself."""

_MOST_BYTES = 64 << 20
_SHA1 = re.compile(r"[0-9a-f]{40}")
_EXCLUDES = {
    f"detect_secrets.filters.regex.should_exclude_{what}": what
    for what in ("file", "line", "secret")
}
_HEURISTICS = "detect_secrets.filters.heuristic."
_SETTINGS = {"limit": (int, float), "keyword_exclude": (str,)}
_CURE = "make it anew with `detect-secrets scan`, or take it from your history"


class Baseline(NamedTuple):
    """What a baseline says.

    folder: where it lies, absolute; accepted: (path below the folder, type, SHA-1 of the secret), but
    for those that an audit has found to be real; detectors: None when it names none; heuristics: names
    of functions in `detect_secrets.filters.heuristic`, None when it names no filters; excludes: (`file`,
    `line` or `secret`, regular expression).
    """

    folder: str
    accepted: frozenset[tuple[str, str, str]] = frozenset()
    detectors: tuple[Chosen, ...] | None = None
    heuristics: tuple[str, ...] | None = None
    excludes: tuple[tuple[str, str], ...] = ()
    skips: tuple[Skip, ...] = ()


def find_baseline(folder: str) -> str | None:
    """The baseline in a folder or above it, up to the repository's root; None when there is none."""
    for place in from_folder_to_root(os.path.abspath(folder)):
        path = os.path.join(place, FILE_NAME)
        if os.path.lexists(path):
            return path
    return None


def read_baseline(path: str) -> Baseline:
    """A baseline file. Raises PolicyError with the cure when it is none."""
    document = _parse(path)
    if not isinstance(document, dict) or not isinstance(document.get("results"), dict):
        raise _broken(path, "is no baseline of detect-secrets (it has no `results`)")
    detectors, skips = _detectors(path, document.get("plugins_used"))
    heuristics, excludes = _filters(path, document.get("filters_used"))
    return Baseline(
        folder=os.path.dirname(os.path.realpath(path)),
        accepted=frozenset(_accepted(path, document["results"])),
        detectors=detectors,
        heuristics=heuristics,
        excludes=excludes,
        skips=skips,
    )


def _broken(path: str, problem: str) -> PolicyError:
    return PolicyError(f"{show(os.path.relpath(path))}: {problem}; {_CURE}")


def _parse(path: str) -> object:
    try:
        descriptor, status = open_file(path)
        with open(descriptor, "rb") as file:
            if status.st_size > _MOST_BYTES:
                raise _broken(path, "is larger than 64 MiB, which is no baseline")
            return json.loads(file.read())
    except OSError as error:
        raise _broken(path, f"cannot be read ({(error.strerror or '').lower()})") from None
    except (ValueError, RecursionError) as error:
        line = f", line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise _broken(path, f"is no JSON{line}") from None


def _accepted(path: str, results: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    for name, entries in results.items():
        if not isinstance(entries, list):
            raise _broken(path, "has a file in `results` whose findings are no list")
        for entry in entries:
            kind = entry.get("type") if isinstance(entry, dict) else None
            digest = entry.get("hashed_secret") if isinstance(entry, dict) else None
            if not isinstance(kind, str) or not isinstance(digest, str):
                raise _broken(path, "has a finding without `type` or `hashed_secret`")
            if not _SHA1.fullmatch(digest):
                raise _broken(path, "has a `hashed_secret` that is no SHA-1")
            if entry.get("is_secret") is not True:
                yield os.path.normpath(name.replace("\\", "/")).replace(os.sep, "/"), kind, digest


def _named(path: str, entries: object, key: str, where: str) -> list[dict[str, Any]]:
    """A list of tables that each have a text under `key`."""
    if not isinstance(entries, list):
        raise _broken(path, f"has `{where}` that is no list")
    for entry in entries:
        if not isinstance(entry, dict) or not isinstance(entry.get(key), str):
            raise _broken(path, f"has an entry in `{where}` without `{key}`")
    return entries


def _detectors(path: str, entries: object) -> tuple[tuple[Chosen, ...] | None, tuple[Skip, ...]]:
    if entries is None:
        return None, ()
    chosen: list[Chosen] = []
    skips: list[Skip] = []
    for entry in _named(path, entries, "name", "plugins_used"):
        name = entry["name"]
        if name == OWN_PLUGIN:
            continue
        if "path" in entry:
            skips.append(Skip(FILE_NAME, f"its plugin {name} is code of its own and was not run"))
        elif name not in RULE_IDS:
            skips.append(Skip(FILE_NAME, f"its detector {name} is not known and was not run"))
        else:
            chosen.append(Chosen(name, _settings(path, entry)))
    return tuple(chosen), tuple(skips)


def _settings(path: str, entry: Mapping[str, Any]) -> tuple[tuple[str, object], ...]:
    found = []
    for name, kinds in _SETTINGS.items():
        value = entry.get(name)
        if value is None or value == "":
            continue
        if not isinstance(value, kinds) or isinstance(value, bool):
            raise _broken(path, f"has a plugin whose `{name}` has the wrong type")
        if isinstance(value, str):
            _check_pattern(path, value)
        elif not 0 <= value <= 8:
            raise _broken(path, f"has a plugin whose `{name}` is not between 0 and 8")
        found.append((name, value))
    return tuple(found)


def _filters(
    path: str, entries: object
) -> tuple[tuple[str, ...] | None, tuple[tuple[str, str], ...]]:
    """Filters that are functions of detect-secrets itself. The others would make for fewer findings
    only: without them there are more, never fewer."""
    if entries is None:
        return None, ()
    heuristics: list[str] = []
    excludes: list[tuple[str, str]] = []
    for entry in _named(path, entries, "path", "filters_used"):
        name = entry["path"]
        if name.startswith(_HEURISTICS):
            heuristics.append(name.removeprefix(_HEURISTICS))
        elif name in _EXCLUDES:
            patterns = entry.get("pattern", [])
            for pattern in patterns if isinstance(patterns, list) else [patterns]:
                _check_pattern(path, pattern)
                excludes.append((_EXCLUDES[name], pattern))
    return tuple(heuristics), tuple(excludes)


def _check_pattern(path: str, pattern: object) -> None:
    try:
        if isinstance(pattern, str):
            re.compile(pattern)
            return
    except re.error:
        pass
    raise _broken(path, "has a pattern that is no regular expression")
