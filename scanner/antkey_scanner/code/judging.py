"""Judges one file of source code as far as it can be: parsed, else statement by statement, else piece by piece.
What is left says so, and counts: a file that speaks of Anthropic and that nobody looked at is not clean.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from antkey_scanner.code.bounded import Answer, Bounded
from antkey_scanner.code.pieces import Read, pieces
from antkey_scanner.code.rule import CodeRule, NotParsedError, Parsing
from antkey_scanner.code.search import Found, judge, open_source
from antkey_scanner.code.words import Vocabulary
from antkey_scanner.model import Skip

MOST_BYTES = 2 << 20
"""A file beyond this is no source that people write, and is not parsed."""

MOST_READ = 64 << 20
"""A file beyond this is not judged."""

_MOST_PIECES = 64
"""Of a file, so many are judged by more than their words."""

_MOST_FOUND = 1_000
"""Violations in the pieces of a file. One that has more is told of often enough."""

_UNPARSED = "not parsed but read statement by statement"
_UNJUDGED = "not judged as source code"


class Judged(NamedTuple):
    """A violation. data: the text, or the piece of it, that it was found in; line: its line there."""

    found: Found
    data: bytes
    line: int


class Judging:
    """Judges files. load, load_both: give the rules, when a first file needs them."""

    def __init__(
        self,
        load: Callable[[], Sequence[CodeRule]],
        load_both: Callable[[], Sequence[CodeRule]],
        vocabulary: Vocabulary,
    ) -> None:
        self._load = load
        self._load_both = load_both
        self._vocabulary = vocabulary
        self._rules: Sequence[CodeRule] = ()
        self._both_rules: Sequence[CodeRule] = ()
        self._bounded = Bounded(self._in_child)

    def judge(self, path: str, read: Read, size: int) -> Iterator[Judged | Skip]:
        """What is wrong in a file of so many bytes, and how it was not judged. Raises OSError."""
        if size > MOST_READ:
            yield Skip(path, f"{_UNJUDGED}: it is larger than {MOST_READ >> 20} MiB")
            return
        seen: set[tuple[str, int, int]] = set()
        reason = f"it is larger than {MOST_BYTES >> 20} MiB"
        if size <= MOST_BYTES:
            data = read(size, 0)
            answer = self._answer(path, data)
            for found in answer.found:
                seen.add((found.rule, found.line, found.column))
                yield Judged(found, data, found.line)
            if not answer.failure:
                if answer.trouble:
                    yield Skip(path, f"{_UNPARSED}: {answer.trouble}", counts=False)
                return
            reason = answer.failure
        yield from self._in_pieces(path, read, size, reason, seen)

    def _in_pieces(
        self, path: str, read: Read, size: int, reason: str, seen: set[tuple[str, int, int]]
    ) -> Iterator[Judged | Skip]:
        """reason: why it is not judged as a whole; seen: what was found before."""
        left = _MOST_PIECES
        for piece in pieces(read, size):
            answer = self._in_text(path, piece.data, [])
            if answer is None:
                left -= 1
                answer = self._bounded.near(path, piece.data)
            if left < 0 or len(seen) > _MOST_FOUND:
                answer = Answer(failure="it is too large, and speaks of too many keys")
            for found in answer.found:
                placed = piece.placed(found)
                key = (placed.rule, placed.line, placed.column)
                if key not in seen:
                    seen.add(key)
                    yield Judged(placed, piece.data, found.line)
            if answer.failure:
                yield Skip(path, f"{_UNJUDGED}: {answer.failure}")
                return
        yield Skip(path, f"{_UNPARSED}: {reason}", counts=False)

    def _answer(self, path: str, data: bytes) -> Answer:
        platforms: list[int] = []
        answer = self._in_text(path, data, platforms)
        if answer is None:
            self._loaded()  # for both, since the process is forked from this one
            answer = self._bounded.judge(path, data, platforms)
        return answer

    def _in_text(self, path: str, data: bytes, platforms: list[int]) -> Answer | None:
        """The answer where a text alone gives it; None where the file has to be parsed. platforms: is told
        where the platform's keys are, in a file with a tenant's beside them."""
        try:
            return self._by_rules(path, data, Parsing.REFUSED, platforms)
        except NotParsedError:
            return None

    def _loaded(self) -> Sequence[CodeRule]:
        if not self._rules:
            self._rules = self._load()
        return self._rules

    def _in_child(self, path: str, data: bytes, parsing: str, platforms: list[int]) -> Answer:
        try:
            return self._by_rules(path, data, Parsing(parsing), platforms)
        except Exception as error:  # noqa: BLE001 - told by who asked
            return Answer(failure=f"antkey failed on it ({type(error).__name__}); please report it")

    def _by_rules(self, path: str, data: bytes, parsing: Parsing, platforms: list[int]) -> Answer:
        source = open_source(path, data, self._vocabulary, parsing)
        if source is None:
            return Answer()
        if platforms:
            source.know_both(platforms)
        elif parsing is Parsing.REFUSED and source.has_both:
            platforms += source.platforms
            raise NotParsedError
        if parsing is not Parsing.REFUSED and source.is_minified:
            source.parsing = Parsing.NEAR_KEYS
        found: list[Found] = []
        try:
            found.extend(judge(source, self._loaded()))
            if source.has_both:  # few have, and what judges them is most of what there is to load
                if not self._both_rules:
                    self._both_rules = self._load_both()
                found.extend(judge(source, self._both_rules))
        except ValueError as error:
            return Answer(tuple(found), failure=str(error))
        is_near = source.parsing is Parsing.NEAR_KEYS and source.is_minified
        return Answer(tuple(found), "it is minified" if is_near else source.trouble)
