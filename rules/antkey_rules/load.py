"""Reads rule files and control files.

Built-in rules come from a compiled copy beside this module's bytecode when it is as new as its
sources, because parsing YAML costs more than most scans. The copy lies where Python keeps its own
compiled files and is trusted like them, never in a cache folder that a scanned tree might contain.
"""

from __future__ import annotations

import marshal
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from antkey_scanner.errors import PolicyError, RuleError
from antkey_scanner.model import Confidence, Control, Example, PatternRule, Rule, Severity

_HERE = os.path.dirname(os.path.abspath(__file__))
_CACHE = os.path.join(_HERE, "__pycache__")
_COMPILED = os.path.join(_CACHE, f"builtin.{sys.implementation.cache_tag}.rules")
_COMPILED_PROVIDERS = os.path.join(_CACHE, f"provider.{sys.implementation.cache_tag}.rules")
_COMPILED_KEYS = os.path.join(_CACHE, f"rotation.{sys.implementation.cache_tag}.rules")
_COMPILED_EGRESS = os.path.join(_CACHE, f"egress.{sys.implementation.cache_tag}.rules")
_COMPILED_ATTESTED = os.path.join(_CACHE, f"attested.{sys.implementation.cache_tag}.rules")
_COMPILED_FILES = os.path.join(_CACHE, f"files.{sys.implementation.cache_tag}.rules")
_FORMAT = 2

_FOLDERS = ("builtin", "controls")
_PROVIDER_FOLDERS = ("builtin/provider", "controls/provider")
"""Other providers' keys: off by default, so a scan for Anthropic's does not even load them."""

_KEY_FOLDERS = ("controls/rotation",)
"""What an inventory of keys is judged by, and no scan. Its rules are modules, see `antkey_rules.keys`."""

_EGRESS_FOLDERS = ("controls/egress",)
"""What requests are judged by. Its rules are modules, see `antkey_rules.egress`."""

_FILE_FOLDERS = ("controls/code", "controls/config", "controls/exposure", "controls/url")
"""What source code and settings are judged by, unless the policy turns that off. Its rules are modules, see
`antkey_rules.code` and `antkey_rules.configuration`."""

_ATTESTED_FOLDERS = ("controls/attested",)
"""What no machine can see. No rules: they pass by somebody's word in the policy."""

_NOT_IN_SCANS = (
    *_ATTESTED_FOLDERS,
    *_PROVIDER_FOLDERS,
    *_KEY_FOLDERS,
    *_EGRESS_FOLDERS,
    "builtin/rotation",
    "builtin/egress",
    *_FILE_FOLDERS,
    "builtin/code",
    "builtin/config",
    "builtin/exposure",
    "builtin/url",
)

_Row = tuple[Any, ...]


def load_builtin() -> tuple[PatternRule, ...]:
    """The rules that ship with antkey, by id. Raises RuleError when one of them is broken."""
    rules, _ = _shipped(_COMPILED, _FOLDERS, _NOT_IN_SCANS)
    return rules


def load_controls() -> tuple[Control, ...]:
    """The controls of a scan that ship with antkey, by id."""
    _, controls = _shipped(_COMPILED, _FOLDERS, _NOT_IN_SCANS)
    return controls


def load_providers() -> tuple[tuple[PatternRule, ...], tuple[Control, ...]]:
    """The rules for other providers' keys, which are off by default, and their controls."""
    return _shipped(_COMPILED_PROVIDERS, _PROVIDER_FOLDERS, ())


def load_key_controls() -> tuple[Control, ...]:
    """The controls over an inventory of keys, by id."""
    _, controls = _shipped(_COMPILED_KEYS, _KEY_FOLDERS, ())
    return controls


def load_egress_controls() -> tuple[Control, ...]:
    """The controls over outgoing requests, by id."""
    _, controls = _shipped(_COMPILED_EGRESS, _EGRESS_FOLDERS, ())
    return controls


def load_file_controls() -> tuple[Control, ...]:
    """The controls over source code and settings, by id."""
    _, controls = _shipped(_COMPILED_FILES, _FILE_FOLDERS, ())
    return controls


def load_attested_controls() -> tuple[Control, ...]:
    """The controls that somebody has to vouch for, by id."""
    _, controls = _shipped(_COMPILED_ATTESTED, _ATTESTED_FOLDERS, ())
    return controls


def load_files(paths: Sequence[str]) -> tuple[PatternRule, ...]:
    """Rules from a user's own files and folders (`*.yaml`, `*.yml`), in order.

    Raises PolicyError naming file, line, problem and cure.
    """
    from antkey_rules.read import read_rule

    rules: dict[str, PatternRule] = {}
    for path in paths:
        for file in _rule_files(path):
            rule = read_rule(file, _text(file))
            other = rules.get(rule.rule.id)
            if other is not None:
                taken = f"id {rule.rule.id!r} is taken by {other.rule.source}"
                raise PolicyError(f"{file}: {taken}; choose another")
            rules[rule.rule.id] = rule
    return tuple(rules.values())


def _rule_files(path: str) -> Iterator[str]:
    if not os.path.isdir(path):
        yield path
        return
    found = sorted(name for name in os.listdir(path) if name.endswith((".yaml", ".yml")))
    if not found:
        raise PolicyError(f"{path}: holds no *.yaml file; name a folder of rule files")
    yield from (os.path.join(path, name) for name in found)


def _text(path: str) -> str:
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except OSError as error:
        raise PolicyError(
            f"{path}: cannot be read: {error.strerror}; name a rule file or folder"
        ) from None
    except UnicodeDecodeError:
        raise PolicyError(f"{path}: is not UTF-8 text; save it as UTF-8") from None


def _shipped(
    compiled: str, folders: tuple[str, ...], without: tuple[str, ...]
) -> tuple[tuple[PatternRule, ...], tuple[Control, ...]]:
    """What lies in some folders but not in others; compiled: where the compiled copy lies."""
    sources = sorted(_sources(folders, without))
    stamp = (_FORMAT, tuple(sources))
    plain = _read_compiled(compiled, stamp)
    if plain is None:
        plain = _parse(path for path, _, _ in sources)
        _write_compiled(compiled, stamp, plain)
    rules, controls = plain
    return tuple(map(_rule, rules)), tuple(map(_control, controls))


def _sources(folders: tuple[str, ...], without: tuple[str, ...]) -> Iterator[tuple[str, int, int]]:
    """(path below this folder, mtime in ns, size) of each source file."""
    pending = list(folders)
    while pending:
        folder = pending.pop()
        with os.scandir(os.path.join(_HERE, folder)) as entries:
            for entry in entries:
                path = f"{folder}/{entry.name}"
                if entry.is_dir():
                    if path not in without:
                        pending.append(path)
                elif entry.name.endswith(".yaml"):
                    status = entry.stat()
                    yield path, status.st_mtime_ns, status.st_size


def _read_compiled(
    compiled: str, stamp: tuple[object, ...]
) -> tuple[list[_Row], list[_Row]] | None:
    try:
        with open(compiled, "rb") as file:
            found, plain = marshal.loads(file.read())  # noqa: S302 - our own file, trusted like bytecode
    except (OSError, ValueError, EOFError, TypeError):
        return None
    return plain if found == stamp else None


def _write_compiled(compiled: str, stamp: tuple[object, ...], plain: object) -> None:
    part = f"{compiled}.{os.getpid()}"
    try:
        os.makedirs(os.path.dirname(compiled), exist_ok=True)
        with open(part, "wb") as file:
            file.write(marshal.dumps((stamp, plain)))  # type: ignore[arg-type]  # plain rows, see _plain
        os.replace(part, compiled)
    except OSError:
        return  # a read-only installation parses each time, as Python does with its own cache


def _parse(paths: Iterable[str]) -> tuple[list[_Row], list[_Row]]:
    from antkey_rules.read import read_control, read_rule

    rules, controls = [], []
    for path in paths:
        text = _text(os.path.join(_HERE, path))
        try:
            if path.startswith("controls/"):
                controls.append(_plain(read_control(path, text)))
            else:
                rules.append(_plain(read_rule(path, text)))
        except PolicyError as error:
            raise RuleError(str(error)) from None
    return rules, controls


def _plain(value: object) -> Any:
    """Nested named tuples and enum members as what `marshal` knows."""
    if isinstance(value, tuple):
        return tuple(map(_plain, value))
    return str(value) if isinstance(value, str) else value


def _rule(row: _Row) -> PatternRule:
    head, kind, anchor, pattern, filters, also = row
    *_, examples, source = head
    identity, title, family, severity, confidence, why, remedy, requirements, frameworks = head[:9]
    rule = Rule(
        identity,
        title,
        family,
        Severity(severity),
        Confidence(confidence),
        why,
        remedy,
        requirements,
        frameworks,
        tuple(Example(*example) for example in examples),
        source,
    )
    return PatternRule(rule, kind, anchor, pattern, filters, also)


def _control(row: _Row) -> Control:
    identity, title, severity, rules, requirements, frameworks = row
    return Control(identity, title, Severity(severity), rules, requirements, frameworks)
