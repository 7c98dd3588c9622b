"""Takes the text of an expression apart into code and strings, of any language: what stands in strings is
blanked, but for what is put into them. Pure, and linear in the size of the text."""

from __future__ import annotations

import re

from antkey_scanner.late import late

_OPENERS = {
    "Python": {"f": "{"},
    "JavaScript": {"`": "${"},
    "Kotlin": {'"': "${"},
    "Ruby": {'"': "#{", "`": "#{"},
    "PHP": {'"': "{$"},
    "C#": {"$": "{"},
    "Rust": {'"': "{"},
    "Dart": {'"': "${", "'": "${"},
}
_PLAIN = {
    "Kotlin": late(r"\$[A-Za-z_]\w*"),
    "PHP": late(r"\$[A-Za-z_]\w*(?:->\w+)?"),
    "Dart": late(r"\$[A-Za-z_]\w*"),
}
_GETTERS = (
    "[",
    "get(",
    "getenv(",
    "Getenv(",
    "env(",
    "fetch(",
    "getProperty(",
    "Get(",
    "get_header(",
    "config(",
    "Variable(",
)
_SHORT = late(r"""(["'`])([\w.-]{1,60})\1""")
_CODE = late(r"""[^"'`{}]+""")
_SPACE = late(r"""[^"'`{}\\$#\n]+""")
"""What is neither the end of a string nor the beginning of what is put into it."""


def code_of(text: str, language: str) -> tuple[str, list[int]]:
    """The text with what stands in strings blanked, but for names in brackets and what is put into them;
    and for each character in how many strings it stands."""
    family = "JavaScript" if language.startswith("TypeScript") else language
    stripper = _Stripper(text, _OPENERS.get(family, {}), _PLAIN.get(family))
    at = 0
    while at < len(text):
        at = stripper.in_string(at) if stripper.is_inside else stripper.in_code(at)
    return "".join(stripper.out), stripper.depth


class _Stripper:
    """Goes through a text once. stack: the quote of a string, with what opens code in it, for each string;
    brackets for code that stands in one."""

    def __init__(self, text: str, openers: dict[str, str], plain: re.Pattern[str] | None) -> None:
        self.out: list[str] = []
        self.depth: list[int] = []
        self._text = text
        self._openers = openers
        self._plain = plain
        self._stack: list[tuple[str, str]] = []

    @property
    def is_inside(self) -> bool:
        """Whether what comes next stands in a string."""
        return bool(self._stack) and self._stack[-1][0] not in "{}"

    def _take(self, piece: str) -> None:
        self.out.append(piece)
        self.depth.extend([len(self._stack)] * len(piece))

    def in_code(self, at: int) -> int:
        """Take what stands at an offset of code; where the next stands."""
        run = _CODE.match(self._text, at)
        if run is not None:
            self._take(run.group())
            return run.end()
        character = self._text[at]
        if character in "\"'`":
            return self._quote(at, character)
        if self._stack and character == "{":
            self._stack.append(("{", ""))
        elif self._stack and character == "}":
            self._stack.pop()
        self._take(character)
        return at + 1

    def _quote(self, at: int, character: str) -> int:
        short = _SHORT.match(self._text, at)
        if short is not None and "".join(self.out[-12:]).rstrip().endswith(_GETTERS):
            self._take(short.group())
            return short.end()
        three = self._text[at : at + 3]
        quote = three if three in ('"""', "'''") else character
        self._take(character + " " * (len(quote) - 1))
        self._stack.append((quote, _opener(self._text, at, character, self._openers)))
        return at + len(quote)

    def in_string(self, at: int) -> int:
        """Take what stands at an offset of a string; where the next stands."""
        text = self._text
        run = _SPACE.match(text, at)
        if run is not None:
            self._take(" " * (run.end() - at))
            return run.end()
        quote, opener = self._stack[-1]
        if text[at] == "\\":
            self._take("  "[: len(text[at : at + 2])])
            return at + 2
        if text.startswith(quote, at):
            self._stack.pop()
            self._take(text[at] + " " * (len(quote) - 1))
            return at + len(quote)
        if opener == "{" and text.startswith("{{", at):
            self._take("  ")
            return at + 2
        if opener and text.startswith(opener, at):
            kept = len(opener) - opener.endswith("$")
            self._stack.append(("}", ""))
            self._take("(".rjust(kept))
            return at + kept
        has_names = self._plain is not None and quote in self._openers
        name = self._plain.match(text, at) if self._plain is not None and has_names else None
        if name is not None:
            self._take("," + name.group()[1:])
            return name.end()
        self._take("\n" if text[at] == "\n" else " ")
        return at + 1


def _opener(text: str, at: int, quote: str, openers: dict[str, str]) -> str:
    if "f" in openers:
        return "{" if re.search(r"(?i)(?<!\w)(?:f|rf|fr)\Z", text[max(0, at - 3) : at]) else ""
    if "$" in openers:
        return "{" if text[max(0, at - 2) : at].strip("@").endswith("$") else ""
    return openers.get(quote, "")
