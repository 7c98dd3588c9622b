"""The only module that imports detect-secrets: runs its detectors over the lines of one text.

Runs in worker processes only. Detectors and filters are made and called one by one, past the program's
global settings: nothing is verified over the network, no file is opened, and no code is loaded that a
baseline names. What is skipped here is skipped by detect-secrets too.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class
from detect_secrets.filters import heuristic
from detect_secrets.transformers import get_transformed_file

from antkey_scanner.bridge.detectors import RULE_IDS, Chosen

LONGEST_LINE = 16 << 10
LINE_OVERLAP = 4 << 10
"""A longer line is searched in pieces that overlap by so much: some of the detectors' expressions take
a time that grows with the square of the line."""

LARGEST_CONFIGURATION = 256 << 10
"""Up to this many bytes a file is also read as YAML or INI, where values stand without quotes."""

USUAL_HEURISTICS = (
    "is_sequential_string",
    "is_potential_uuid",
    "is_likely_id_string",
    "is_templated_secret",
    "is_prefixed_with_dollar_sign",
    "is_indirect_reference",
    "is_lock_file",
    "is_not_alphanumeric_string",
    "is_swagger_file",
)
_OF_FILES = ("is_lock_file", "is_swagger_file", "is_non_text_file")
_OF_LINES = "is_indirect_reference"
_LONGEST_REFERENCE = 256
"""Of a longer line nobody asks whether it is a call: the expression takes a fifth of a second for 1,000
characters."""

_LONGEST_PREFIX = 8
_GAP = re.compile(r"[^A-Za-z0-9_./+=-]")
_NEEDS_QUOTES = re.compile("aws", re.IGNORECASE)


class Secret(NamedTuple):
    """What a detector found. rule: the id of the detector's rule; type: what detect-secrets calls it;
    line: 1-based; text: the secret itself, which leaves the worker only as hashes; cut: whether
    detect-secrets itself sees no more of it than its public prefix.
    """

    rule: str
    type: str
    line: int
    text: str
    cut: bool = False


class Unavailable(Exception):
    """The installed detect-secrets has no detector of a name, or does not take its settings."""


class _Detector:
    """A detector with expressions that tell of a whole text whether it is worth its while."""

    def __init__(self, name: str, plugin: Any) -> None:
        self.rule = RULE_IDS[name]
        self.plugin = plugin
        expressions: Sequence[re.Pattern[str]] = getattr(plugin, "denylist", ())
        self.gates = [re.compile(each.pattern, each.flags | re.MULTILINE) for each in expressions]

    def may_find(self, text: str) -> bool:
        return not self.gates or any(gate.search(text) for gate in self.gates)

    def whole(self, text: str, line: str) -> list[str]:
        """All of the secrets of which `text` is the prefix: some of the expressions have a group around
        that and nothing else, and their detectors report the group."""
        if len(text) > _LONGEST_PREFIX:
            return []
        found = (match[0] for gate in self.gates for match in gate.finditer(line))
        return [each for each in found if each.startswith(text) and each != text]


class Adapter:
    """Some detectors and filters, ready to run. Raises Unavailable."""

    def __init__(
        self,
        chosen: Iterable[Chosen],
        heuristics: Sequence[str] | None = None,
        excludes: Iterable[tuple[str, str]] = (),
    ) -> None:
        plugins: Mapping[str, type[Any]] = get_mapping_from_secret_type_to_class()
        known = {each.__name__: each for each in plugins.values()}
        made = [_Detector(each.name, _plugin(known, each)) for each in dict.fromkeys(chosen)]
        self._expressions = [detector for detector in made if detector.gates]
        self._judges = [detector for detector in made if not detector.gates]
        names = USUAL_HEURISTICS if heuristics is None else heuristics
        self._heuristics = {
            name: getattr(heuristic, name) for name in names if hasattr(heuristic, name)
        }
        self._excludes = [(what, re.compile(pattern)) for what, pattern in excludes]

    def leaves_out(self, path: str) -> bool:
        """Whether detect-secrets does not look into files of this name."""
        if heuristic.is_non_text_file(path) or self._excluded("file", path):
            return True
        return any(self._filter(name, path) for name in _OF_FILES)

    def secrets(self, path: str, text: str) -> Iterator[Secret]:
        """All that the detectors find in the text of a file, in any order, some of it twice.

        Detectors with expressions see the text as it is and, where it may matter, with quotes around
        the values of YAML and INI files. Those that judge names and randomness see what detect-secrets
        would show them, and so agree with a baseline that it made.
        """
        lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        plain = list(self._search(self._expressions, path, lines))
        yield from plain  # before parsers of configuration may fail
        quoted = self._quoted(path, text, eager=False)
        found = [*plain, *self._search(self._expressions, path, quoted)]
        found += self._search(self._judges, path, quoted or lines)
        yield from found
        eager = self._quoted(path, text, eager=True)
        yield from self._search(self._expressions, path, eager)
        if not found:
            yield from self._search(self._judges, path, eager)

    def _quoted(self, path: str, text: str, *, eager: bool) -> Sequence[str]:
        if len(text) > LARGEST_CONFIGURATION or not (self._judges or _NEEDS_QUOTES.search(text)):
            return ()
        return _quoted(path, text, eager=eager)

    def _search(
        self, detectors: Sequence[_Detector], path: str, lines: Sequence[str]
    ) -> Iterator[Secret]:
        numbered = list(_numbered(lines)) if detectors else []
        whole = "\n".join(line for _, line in numbered)
        for detector in detectors if whole else ():
            if not detector.may_find(whole):
                continue
            for number, line in numbered:
                yield from self._line(detector, path, number, line)

    def _line(self, detector: _Detector, path: str, number: int, line: str) -> Iterator[Secret]:
        plugin = detector.plugin
        found = plugin.analyze_line(filename=path, line=line, line_number=number)
        if not found or self._excluded("line", line):
            return
        for secret in found:
            text = secret.secret_value
            if not text or self._is_filtered(text, line, plugin):
                continue
            if self._is_reference(line):
                continue
            whole = detector.whole(text, line)
            for each in whole or (text,):
                yield Secret(detector.rule, secret.type, number, each, cut=bool(whole))

    def _is_reference(self, line: str) -> bool:
        """Whether a value comes from a call or a lookup, as which `antkey: ignore[RULE]` would pass."""
        code = line.partition("antkey:")[0]
        return len(code) <= _LONGEST_REFERENCE and self._filter(_OF_LINES, code)

    def _filter(self, name: str, *arguments: object) -> bool:
        function = self._heuristics.get(name)
        return function is not None and bool(function(*arguments))

    def _excluded(self, what: str, text: str) -> bool:
        return any(each == what and pattern.search(text) for each, pattern in self._excludes)

    def _is_filtered(self, secret: str, line: str, plugin: Any) -> bool:
        if self._excluded("secret", secret):
            return True
        if self._filter("is_likely_id_string", secret, line, plugin):
            return True
        others = self._heuristics.keys() - {*_OF_FILES, _OF_LINES, "is_likely_id_string"}
        return any(self._filter(name, secret) for name in others)


def _plugin(known: dict[str, Any], chosen: Chosen) -> Any:
    if chosen.name not in known:
        raise Unavailable(f"the installed detect-secrets has no detector {chosen.name}")
    try:
        return known[chosen.name](**dict(chosen.settings))
    except (TypeError, ValueError):
        raise Unavailable(
            f"the installed detect-secrets refuses {chosen.name}'s settings"
        ) from None


def _numbered(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Lines with their numbers, long ones in pieces."""
    for number, line in enumerate(lines, 1):
        for piece in _pieces(line.rstrip()):
            yield number, piece


def _pieces(line: str) -> Iterator[str]:
    """A line in overlapping pieces that begin and end beside a token, so that half of one is never
    taken for a whole."""
    start = 0
    while len(line) - start > LONGEST_LINE:
        end = start + LONGEST_LINE
        gaps = [gap.end() for gap in _GAP.finditer(line, end - LINE_OVERLAP // 2, end)]
        yield line[start : gaps[-1] if gaps else end]
        gap = _GAP.search(line, end - LINE_OVERLAP, end - LINE_OVERLAP // 2)
        start = gap.end() if gap is not None else end - LINE_OVERLAP
    yield line[start:]


class _NamedText(io.StringIO):
    """A text that knows the name of its file, as detect-secrets' transformers ask for."""

    def __init__(self, text: str, name: str) -> None:
        super().__init__(text)
        self.name = name


def _quoted(path: str, text: str, *, eager: bool) -> Sequence[str]:
    """The lines with quotes around the values of YAML and INI files; none for other files."""
    lines = get_transformed_file(_NamedText(text, path), use_eager_transformers=eager)  # type: ignore[arg-type]  # all of NamedIO that is used
    return lines or ()
