"""Which functions and classes a place stands in, and whether a file is a program for one person, or speaks of
keys that people bring.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from antkey_scanner.code.anchors import spoken
from antkey_scanner.code.module import Class, Function, Module, Span, line_at, line_starts
from antkey_scanner.code.words import is_of_provider, words
from antkey_scanner.late import late

_MOST_AROUND = 12
_SINGLE_WORDS = (
    *(
        "argparse",
        "import click",
        "import typer",
        "from click",
        "from typer",
        "sys.argv",
        "__name__ ==",
        "process.argv",
    ),
    *(
        "textual",
        "tkinter",
        "streamlit",
        "commander",
        "yargs",
        "'ink'",
        '"ink"',
        "vscode",
        "electron",
        "inquirer",
    ),
    *(
        "spf13/cobra",
        "spf13/viper",
        "urfave/cli",
        "clap::",
        "picocli",
        "tauri::",
        "os.Args",
        "optparse",
    ),
    *("System.CommandLine", "symfony/console", "optionparser", "OptionParser", "import fire"),
)
_OWN = late(
    r"(?:(?<![a-zA-Z])(?i:byok)|(?<=[a-z])B(?:yok|YOK))(?![a-z])"
    r"|(?i:bring[- ]your[- ]own|user[- ](?:provided|supplied)|multi-?tenant"
    r"|\bown (?:api |anthropic |claude )*keys?\b"
    r"|(?:in|on|via) (?:your|the user'?s?) (?:profile|account|workspace|organi[sz]ation)\b|on the ui\b|in profile\b"
    r"|keys? (?:that |which )?(?:the |a |each )?users?\b|user'?s'? (?:own |saved |stored )?(?:api |anthropic |claude )*keys?\b)"
)
_OWN_BEGINNINGS = (
    *(
        "byok",
        "bring",
        "user",
        "multi",
        "own",
        "on the ui",
        "in profile",
        "key the",
        "key a",
        "key user",
    ),
    *("key that", "key which", "keys the", "keys that"),
    *(f"{where} {whose}" for where in ("in", "on", "via") for whose in ("your", "the user")),
)
_BEFORE = 400
_CONSTRUCTORS = frozenset(("__init__", "constructor", "__construct", "initialize"))


class _Section(NamedTuple):
    """The functions and classes of a section. starts, class_starts: their offsets; parents: for each function the
    position of the one around it, -1 for none."""

    functions: tuple[Function, ...]
    starts: list[int]
    parents: list[int]
    classes: tuple[Class, ...]
    class_starts: list[int]


class Scopes:
    """The functions and classes of one file, found by place."""

    def __init__(self, module: Module) -> None:
        self._module = module
        self._sections: dict[int, _Section] = {}
        self._single: bool | None = None
        self._others: dict[tuple[int, int], bool] = {}
        self._lines: list[int] = []
        self._text = module.text
        self._owns: list[int] | None = None

    @property
    def is_single(self) -> bool:
        """Whether the file is part of a program for one person."""
        if self._single is None:
            self._single = any(word in self._text for word in _SINGLE_WORDS)
        return self._single

    def span(self, start: int, end: int) -> Span:
        """A place by its offsets."""
        if not self._lines:
            self._lines = line_starts(self._text)
        line = line_at(self._lines, start)
        return Span(start, end, line, start - self._lines[line - 1] + 1)

    def around(self, span: Span) -> Iterator[Function]:
        """The functions around a place, the innermost first."""
        section = self._section(span)
        at = bisect_right(section.starts, span.start) - 1
        left = _MOST_AROUND * 8
        while at >= 0 and left:
            function = section.functions[at]
            if function.span.end >= span.end:
                yield function
            at = section.parents[at]
            left -= 1

    def _section(self, span: Span) -> _Section:
        at = self._module.section_of(span.start)
        found = self._sections.get(at)
        if found is None:
            functions, classes = (self._module.part(name, at) for name in ("functions", "classes"))
            found = self._sections[at] = _Section(
                functions,
                [one.span.start for one in functions],
                _parents(functions),
                classes,
                [one.span.start for one in classes],
            )
        return found

    def function(self, span: Span) -> Function | None:
        """The innermost function around a place."""
        return next(self.around(span), None)

    def named(self, span: Span) -> Function | None:
        """The innermost function around a place that has a name, else the outermost."""
        found = None
        for found in self.around(span):
            if found.name:
                return found
        return found

    def heads(self, span: Span) -> Iterator[str]:
        """Names and parameters of the functions and classes around a place."""
        for function in self.around(span):
            yield function.head
        for one in self._classes_around(span):
            yield one.name

    def speaks_of_own(self, span: Span) -> bool:
        """Whether the function around a place, or what is said before it, speaks of keys that people bring."""
        if self._owns is None:
            single = self.is_single
            self._owns = [] if single else _spoken_of(self._text)
        function = self.named(span)
        start, end = (span.start, span.end) if function is None else function.span[:2]
        at = bisect_left(self._owns, start - _BEFORE)
        return at < len(self._owns) and self._owns[at] < end

    def is_of_others(self, span: Span) -> bool:
        """Whether the function or the class around a place is named after another provider."""
        at = (
            self._module.section_of(span.start),
            bisect_right(self._section(span).starts, span.start),
        )
        known = self._others.get(at)
        if known is None:
            named = (
                *(one.name for one in self.around(span)),
                *(one.name for one in self._classes_around(span)),
            )
            known = self._others[at] = any(map(_is_of_provider, named))
        return known

    def is_in_class(self, span: Span) -> bool:
        """Whether a place is in a class."""
        return next(self._classes_around(span), None) is not None

    def _classes_around(self, span: Span) -> Iterator[Class]:
        section = self._section(span)
        at = bisect_right(section.class_starts, span.start) - 1
        for one in reversed(section.classes[max(0, at - _MOST_AROUND) : at + 1]):
            if one.span.end >= span.end:
                yield one

    def made_by(self, function: Function) -> str:
        """The class of which a function is a constructor, "" for none."""
        if function.name not in _CONSTRUCTORS:
            return ""
        return next((one.name for one in self._classes_around(function.span)), "")

    def contains(self, function: Function, span: Span) -> bool:
        """Whether a place is in a function."""
        return function.span.start <= span.start and span.end <= function.span.end


def _is_of_provider(name: str) -> bool:
    """Whether a name is of another provider, whose own may be two words: `callOpenAI`."""
    return is_of_provider(words(name)) or (
        "openai" in name.lower() and is_of_provider(words(name) | {"openai"})
    )


def _spoken_of(text: str) -> list[int]:
    """Where a text speaks of keys that people bring, in order."""
    small = text.lower()
    if len(small) != len(text):
        return [one.start() for one in _OWN.finditer(text)]
    return sorted(at for at in spoken(small, _OWN_BEGINNINGS) if _OWN.match(text, at) is not None)


def _parents(functions: tuple[Function, ...]) -> list[int]:
    """For each function the position of the one around it, -1 for none."""
    found: list[int] = []
    stack: list[int] = []
    for at, function in enumerate(functions):
        while stack and functions[stack[-1]].span.end < function.span.end:
            stack.pop()
        found.append(stack[-1] if stack else -1)
        stack.append(at)
    return found
