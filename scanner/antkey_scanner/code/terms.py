"""Takes an expression of any language apart into what it is made of: names with what they are called with.

Pure, linear, total: works on text alone, so one reader does for all grammars, and what it does not
understand it leaves out. What only asks (conditions, comparisons, negations) is left out too.
"""

from __future__ import annotations

from typing import NamedTuple

from antkey_scanner.late import late

MOST_CHARACTERS = 4_000
"""Of an expression, so many are read."""

_DEEPEST = 24

_TOKEN = late(
    r"""(?xs)
      (?P<blank> \s+ | //[^\n]* | /\*.{0,400}?\*/ )
    | (?P<string> (?:[fFrRbBuU]{1,2} | [$@]{1,2} | c)?
        (?: \"{3} .{0,2000}? \"{3} | '{3} .{0,2000}? '{3}
          | " (?:[^"\\\n]|\\.){0,2000} " | ' (?:[^'\\\n]|\\.){0,2000} ' | ` (?:[^`\\]|\\.){0,2000} ` ) )
    | (?P<name> [$@]{0,2}[A-Za-z_][A-Za-z0-9_]* )
    | (?P<number> [0-9][A-Za-z0-9_.]* )
    | (?P<join> [?!]*(?:\.(?=[A-Za-z_$\[(]) | -> ) | :: | &\. | \\(?=[A-Za-z_]) )
    | (?P<mark> \?\?=? | \|\|=? | && | [=!]==? | <= | >= | => | \?: | \*\* | \.\.\.? | . )
    """
)
_NAMES = late(r"[A-Za-z_][A-Za-z0-9_]{0,60}(?:\.[A-Za-z_][A-Za-z0-9_]{0,60}){0,20}\Z")
_INTO = late(
    r"\$\{([^{}]{1,200})\}|\#\{([^{}]{1,200})\}|\{\$?([^{}:!]{1,200})[^{}]{0,20}\}|\$([A-Za-z_]\w*(?:->\w+)?)"
)
_PLAIN = late(r"[\w.:/\-${}\#*<>]{1,120}\Z")
_SKIPPED = frozenset(
    [
        "await",
        "new",
        "async",
        "yield",
        "return",
        "typeof",
        "lambda",
        "move",
        "ref",
        "out",
        "mut",
        "dyn",
        "then",
        "do",
        "throw",
        "raise",
        "try",
        "let",
        "val",
        "var",
        "const",
        "static",
        "final",
        "fn",
        "fun",
        "func",
        "function",
    ]
)
_COMPARES = frozenset({"==", "!=", "===", "!==", "<", ">", "<=", ">=", "is", "in", "instanceof"})
_LABELS = frozenset({":", "=", "=>"})
_OPEN = {"(": ")", "[": "]", "{": "}"}


class Term(NamedTuple):
    """A name in an expression, with what follows it. names: `tenant.keys.get` in parts; strings: short texts
    that it is called or indexed with; args: what else it is; label: the name that it is handed over under,
    which may be a method's."""

    names: tuple[str, ...]
    strings: tuple[str, ...] = ()
    args: tuple[Term, ...] = ()
    label: str = ""
    called: bool = False

    @property
    def root(self) -> str:
        return self.names[0]

    @property
    def last(self) -> str:
        return self.names[-1]


def terms(text: str) -> tuple[Term, ...]:
    """The names that make up the value of an expression, outermost ones, in order."""
    if _NAMES.match(text) is not None:  # as most are
        names = tuple(text.split("."))
        if names[0] not in _WORDS:
            return (Term(names),)
    return tuple(_Reader(text[:MOST_CHARACTERS]).group("", 0))


class _Reader:
    """Reads tokens once, from left to right."""

    def __init__(self, text: str) -> None:
        self._tokens = [
            (str(found.lastgroup), found.group(), found.start())
            for found in _TOKEN.finditer(text)
            if found.lastgroup != "blank"
        ]
        self._text = text
        self._at = 0

    def group(self, closer: str, depth: int) -> list[Term]:
        """What stands until a bracket is closed."""
        found: list[Term] = []
        barrier = 0  # where the argument that is read began, in `found`
        asked: int | None = None  # where a condition that follows its value began
        ternaries = 0
        drop = False
        label = ""
        while self._at < len(self._tokens):
            kind, text, start = self._tokens[self._at]
            if text == closer:
                self._at += 1
                break
            if text == ":" and self._is_symbol():
                self._at += 2
                drop = False
                continue
            if kind == "name" and text not in _WORDS:
                term = self._chain(depth)
                if label:
                    term = term._replace(label=label)
                if not drop:
                    found.append(term)
                drop = False
                continue
            self._at += 1
            if kind == "string":
                if not drop:
                    found += [one._replace(label=label) for one in _interpolated(text, depth)]
                drop, label = False, self._string_label(text) or label
                continue
            if text in _OPEN:
                inner = self._inner(text, depth)
                if drop:
                    inner = []
                elif text == "(" and len(inner) == 1 and self._is_join():
                    inner = [self._chain(depth, inner[0])]
                elif text == "{":
                    inner = [one if one.label else _shorthand(one) for one in inner]
                if label:
                    inner = [one if one.label else one._replace(label=label) for one in inner]
                found += inner
                drop = False
                continue
            if kind == "number" or text in _LITERALS:
                drop = False
            elif text in _COMPARES:
                del found[max(barrier, len(found) - 1) :]
                drop = True
            elif text in ("!", "not", "as"):
                drop = True
            elif text in ("if", "unless"):
                asked = len(found) if asked is None else asked
            elif text == "else":
                if asked is not None:
                    del found[asked:]
                    asked = None
            elif text == "?" and self._is_ternary(start):
                del found[barrier:]
                ternaries += 1
            elif text == ":" and ternaries:
                ternaries -= 1
            elif text in _LABELS:
                if len(found) > barrier:
                    label = found.pop().last
            elif text in (",", ";"):
                if asked is not None:
                    del found[asked:]
                    asked = None
                barrier, label, ternaries = len(found), "", 0
            elif text in ("||", "??", "or", "&&", "and", "?:"):
                if text in ("&&", "and"):
                    del found[barrier:]
                barrier = len(found)
        if asked is not None:
            del found[asked:]
        return found

    def _chain(self, depth: int, begun: Term | None = None) -> Term:
        if begun is None:
            begun = Term((self._tokens[self._at][1],))
            self._at += 1
        names, strings, args = list(begun.names), list(begun.strings), list(begun.args)
        called = begun.called
        while self._at < len(self._tokens):
            kind, text, _ = self._tokens[self._at]
            if kind == "join":
                self._at += 1
                if self._at < len(self._tokens) and self._tokens[self._at][0] == "name":
                    names.append(self._tokens[self._at][1])
                    self._at += 1
                continue
            if text in ("!", "?") and self._is_joined():
                self._at += 1
                continue
            if text == "<" and self._skip_types():
                continue
            if text not in _OPEN or (text == "{" and not self._is_initializer(names)):
                break
            self._at += 1
            called = called or text != "["
            strings += self._strings(text)
            args += [
                one if one.label else one._replace(label=names[-1])
                for one in self._inner(text, depth)
            ]
        return Term(tuple(names), tuple(strings), tuple(args), "", called)

    def _inner(self, bracket: str, depth: int) -> list[Term]:
        if depth >= _DEEPEST:
            self._skip()
            return []
        return self.group(_OPEN[bracket], depth + 1)

    def _skip(self) -> None:
        """Past the bracket that closes what was just opened."""
        depth = 1
        while self._at < len(self._tokens) and depth:
            text = self._tokens[self._at][1]
            depth += (text in _OPEN) - (text in ")]}")
            self._at += 1

    def _strings(self, bracket: str) -> list[str]:
        """The short texts that stand alone between the bracket just opened and its end."""
        if bracket == "{":
            return []
        found = []
        depth, at, alone = 1, self._at, True
        while at < len(self._tokens) and depth and at - self._at < 60:
            kind, text, _ = self._tokens[at]
            depth += (text in _OPEN) - (text in ")]}")
            after = self._tokens[at + 1][1] if at + 1 < len(self._tokens) else ""
            if kind == "string" and depth == 1 and alone and after in (",", ")", "]", ""):
                inner = text.strip("fFrRbBuU$@").strip("\"'`")
                if _PLAIN.match(inner):
                    found.append(inner)
            if depth == 1 and alone and text == ":" and self._is_symbol(at):
                found.append(self._tokens[at + 1][1])
            alone = text in (",", "(", "[")
            at += 1
        return found

    def _is_symbol(self, at: int = -1) -> bool:
        """Ruby's `:name`, as an argument or an index."""
        at = self._at if at < 0 else at
        if at + 1 >= len(self._tokens) or self._tokens[at + 1][0] != "name":
            return False
        before = self._tokens[at - 1][1] if at else "("
        return before in ("(", ",", "[") and self._tokens[at + 1][2] == self._tokens[at][2] + 1

    def _string_label(self, text: str) -> str:
        """A string before `:` or `=>` names what follows."""
        if self._at < len(self._tokens) and self._tokens[self._at][1] in (":", "=>", "="):
            self._at += 1
            return text.strip("\"'`")
        return ""

    def _is_join(self) -> bool:
        return self._at < len(self._tokens) and self._tokens[self._at][0] == "join"

    def _is_joined(self) -> bool:
        """Whether a mark after a name changes nothing: `key!.trim()`, and `format!(…)`."""
        if self._at + 1 >= len(self._tokens):
            return False
        kind, text, _ = self._tokens[self._at + 1]
        return kind == "join" or (text == "(" and self._tokens[self._at][1] == "!")

    def _is_initializer(self, names: list[str]) -> bool:
        """`Client { ApiKey = x }`: a type's name, and what it is made with."""
        return names[-1][:1].isupper()

    def _is_ternary(self, start: int) -> bool:
        return (
            self._text[start - 1 : start].isspace() or self._text[start + 1 : start + 2].isspace()
        )

    def _skip_types(self) -> bool:
        """`Foo<Bar>(`: past the types."""
        for at in range(self._at + 1, min(self._at + 9, len(self._tokens))):
            kind, text, _ = self._tokens[at]
            if text == ">":
                if at + 1 < len(self._tokens) and self._tokens[at + 1][1] in ("(", ".", "::"):
                    self._at = at + 1
                    return True
                return False
            if kind not in ("name", "join") and text not in (",", "[", "]", "?"):
                return False
        return False


_LITERALS = frozenset(
    {"None", "null", "nil", "undefined", "true", "false", "True", "False", "NULL", "void"}
)
_WORDS = (
    _SKIPPED
    | _LITERALS
    | {"is", "in", "instanceof", "not", "as", "if", "unless", "else", "or", "and"}
)


def _shorthand(term: Term) -> Term:
    """`{ apiKey }` hands over a value under its own name."""
    return term._replace(label=term.last) if len(term.names) == 1 and not term.called else term


def _interpolated(text: str, depth: int) -> list[Term]:
    """What is put into a string."""
    if depth >= _DEEPEST or not ("{" in text or "$" in text):
        return []
    if text[0] in "\"'" and "$" not in text and "#{" not in text:
        return []
    found: list[Term] = []
    for match in _INTO.finditer(text):
        inner = next(part for part in match.groups() if part)
        if inner != text:
            found += _Reader(inner).group("", depth + 8)
    return found
