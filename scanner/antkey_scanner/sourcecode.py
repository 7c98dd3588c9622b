"""Which files of a scan are looked at as source code, and what comes of it. The first look costs nothing
that a scan for keys would notice: an ending, and two words in the bytes; all else is imported for files
that have both.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from antkey_scanner.tally import Row, Tally
from antkey_scanner.tokens import find

if TYPE_CHECKING:
    from antkey_scanner.code.rule import CodeRule
    from antkey_scanner.code.words import Vocabulary

ENDINGS = frozenset(
    "py pyi js jsx mjs cjs ts mts cts tsx go cs java kt kts rb rake php rs".split()  # noqa: SIM905
)
"""Of the languages in `code.languages`; a test compares them."""

_WORDS = (b"nthropic", b"NTHROPIC")


class CodeSettings(NamedTuple):
    """What source code is judged by. load: gives the rules, when a first file needs them; tenant, platform:
    words that names of a tenant's and of the platform's things hold, besides the usual ones."""

    load: Callable[[], Sequence[CodeRule]]
    tenant: tuple[str, ...] = ()
    platform: tuple[str, ...] = ()


class CodeSearch:
    """Searches source files into a tally. marks: as in `worker.Settings`."""

    def __init__(self, settings: CodeSettings, marks: tuple[str, ...]) -> None:
        self._settings = settings
        self._marks = marks
        self._rules: Sequence[CodeRule] = ()
        self._vocabulary: Vocabulary | None = None

    def wants(self, path: str, data: memoryview) -> bool:
        """Whether a file is source code that speaks of Anthropic."""
        if path.rpartition(".")[2].lower() not in ENDINGS:
            return False
        return any(find(data, word) >= 0 for word in _WORDS)

    def search(self, path: str, data: bytes, tally: Tally) -> None:
        """Add what is wrong in a file, and say so where it could not be judged."""
        from antkey_scanner.code.search import is_wanted, search

        if not is_wanted(path):
            return
        try:
            for found in search(path, data, self._loaded(), self._words()):
                waived, note = self._marked(data, found.line, found.rule)
                tally.add(
                    Row(
                        path,
                        found.rule,
                        found.anchor,
                        "",
                        "",
                        (),
                        found.offset,
                        found.line,
                        found.column,
                        waived,
                        note,
                        message=found.message,
                    )
                )
        except ValueError as error:
            tally.skip(path, f"not judged as source code: {error}", counts=False)

    def _loaded(self) -> Sequence[CodeRule]:
        if not self._rules:
            self._rules = self._settings.load()
        return self._rules

    def _words(self) -> Vocabulary:
        if self._vocabulary is None:
            from antkey_scanner.code.words import Vocabulary

            usual = Vocabulary()
            self._vocabulary = Vocabulary(
                usual.tenant | set(self._settings.tenant),
                usual.platform | set(self._settings.platform),
            )
        return self._vocabulary

    def _marked(self, data: bytes, line: int, rule: str) -> tuple[str | None, str | None]:
        """What the marks beside a line say of a rule, as `inline.judge` tells it."""
        if not self._marks or b"antkey:" not in data:
            return None, None
        from antkey_scanner.inline import judge, marks_beside
        from antkey_scanner.windows import BytesWindows

        start = 0
        for _ in range(line - 1):
            start = data.find(b"\n", start) + 1
        end = data.find(b"\n", start)
        length = (len(data) if end < 0 else end) - start
        indent = length - len(data[start : start + length].lstrip())
        at = start + indent
        return judge(marks_beside(BytesWindows(data), at, 1, (), self._marks), rule)
