"""Reads a file into names with their values, each with its place and what it stands in.

One reading for all formats: `NAME=value`, `name: value`, `"name": "value"`, `name = "value"`, pairs such as
`name: X` with `value: Y`, and the elements of XML that do the same. Nesting is told by indentation and by
headings. Takes time linear in the size of the text, and ends on any.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from antkey_scanner.code.module import Span, line_starts
from antkey_scanner.late import late
from antkey_scanner.settings.literals import value_at
from antkey_scanner.settings.nesting import Nesting

_ENTRY = late(
    r"""(?x)
    (?<![\w.:/-]) -{0,2}
    (?P<name> \$?[A-Za-z_]\w{0,80} (?: (?:[./-]|::?(?=\w)|__) \w{1,80} ){0,12} )
    [\\"'\])]{0,4} [ \t]{0,40}
    (?P<sep> := | \?= | \+= | => | :- | = (?!=) | : (?!//) )
    [ \t]{0,40}
    """
)
_INSTRUCTION = late(
    r"(?i)(?:ENV|setx?|setenv)[ \t]+(?:-{1,2}\w{1,12}[ \t]+){0,3}"
    r"(?P<name>[A-Za-z_]\w{0,80})[ \t]+(?P<value>[^=\s].{0,4000})"
)
_HEADING = late(r"\[{1,2}\s*(?P<name>[^\[\]{},\n]{1,200}?)\s*\]{1,2}\s*(?:[#;].{0,200})?")
_BLOCK = late(r"(?:variable|output|resource|set|set_sensitive|module)\b[^{\n]{0,200}\{")
_LABEL = late(r'"([^"\n]{1,100})"')
_ELEMENT = late(
    r"""(?x)
      <(?:string|item|entry|property|Parameter|env|meta-data)\s+(?:[\w:]{1,20}="[^"<>\n]{0,100}"\s+){0,3}
        (?:name|key)="(?P<name>[^"<>\n]{1,120})"[^<>\n]{0,100}>(?P<value>[^<>\n]{0,2000})</
    | <key>(?P<key>[^<>\n]{1,120})</key>\s{0,80}<string>(?P<text>[^<>\n]{0,2000})</string>
    """
)
_ITEM = late(
    r"""[ \t]{0,80}-[ ]["']?(?P<value>(?:Bearer[ ])?[^\s"':,]{8,2000})["']?[ \t]{0,80}(?:\n|\Z)"""
)
_HANDED = late(r"[(,][A-Za-z_]\w{0,80}=\Z")
_COMMANDS = ("Environment", "environment")
"""Names whose values are variables with their values."""

_SPOKEN = late(
    r"(?i)anthropic|claude|x-api-key|user_provided|byok|cf-aig|forward_llm|api[-_]?key|clientside_auth"
)
_AROUND = (6, 60)
_VERB = late(r"[A-Za-z-]{0,20}")
_FIRST = late(r"(?:- )?[\w.$\"'-]{1,80}")
_COMMENT = ("#", "//", ";", "--", "<!--", "*", "/*", "%", "REM ", "rem ")
_NAMES = ("name", "key", "Name", "Key")
_VALUES = ("value", "Value", "default", "plaintext", "defaultValue")
_FAR = 4


class Entry(NamedTuple):
    """A name with its value, "" for none. parents: names of what it stands in, outermost first; verb:
    what stands first on its line, such as ENV or ARG."""

    name: str
    value: str
    span: Span
    parents: tuple[str, ...] = ()
    verb: str = ""
    quoted: bool = False


class Settings:
    """A file as rules see it. What stands in it is read when a first rule asks."""

    __slots__ = ("_entries", "_starts", "path", "text")

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text
        self._entries: tuple[Entry, ...] | None = None
        self._starts: Sequence[int] = ()

    @property
    def starts(self) -> Sequence[int]:
        """Offsets of its lines."""
        if not self._starts:
            self._starts = line_starts(self.text)
        return self._starts

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All names with their values, in the order of the text."""
        if self._entries is None:
            plain = list(_lines(self))
            entries = (*plain, *_pairs(plain), *_elements(self))
            self._entries = tuple(sorted(entries, key=lambda one: one.span.start))
        return self._entries

    @property
    def name(self) -> str:
        """The file's name, without its folders."""
        return self.path.replace("!/", "/").rpartition("/")[2]

    def span(self, start: int, end: int) -> Span:
        """Where something of the text stands."""
        line = bisect_right(self.starts, start)
        return Span(start, end, line, start - self.starts[line - 1] + 1)

    def is_comment(self, offset: int) -> bool:
        """Whether the line of an offset is nothing but a comment."""
        start = self.starts[bisect_right(self.starts, offset) - 1]
        return self.text[start : start + 200].lstrip().startswith(_COMMENT)


def read(path: str, text: str) -> Settings:
    """What a file says. Any text has a reading."""
    return Settings(path, text)


def _lines(settings: Settings) -> Iterator[Entry]:
    text, starts = settings.text, settings.starts
    inside: list[tuple[int, str]] = []
    near = _near(settings)
    carried = ""
    heading = ""
    for number, start in enumerate(starts, start=1):
        end = starts[number] - 1 if number < len(starts) else len(text)
        line = text[start:end]
        plain = line.strip()
        if not plain or (plain.startswith(_COMMENT) and not plain.startswith("--")):
            continue
        indent = len(line) - len(line.lstrip(" \t"))
        indent += 2 if plain.startswith("- ") else 0
        while inside and inside[-1][0] >= indent:
            inside.pop()
        titled = _HEADING.fullmatch(plain) if indent == 0 else None
        if titled is not None:
            heading = titled["name"]
            inside.clear()
            continue
        if number not in near:
            opened = _opened(plain, None)
            if opened:
                inside.append((indent, opened))
            continue
        parents = (*((heading,) if heading else ()), *(name for _, name in inside[-8:]))
        verb = _VERB.match(plain)
        said = carried or (verb.group() if verb is not None else "")
        carried = said if plain.endswith("\\") else ""
        last: Entry | None = None
        nesting = Nesting()
        for entry in _on_line(settings, number, start, line, parents, said, nesting):
            last = last or entry
            yield entry
        if nesting.names:
            inside.extend((indent, name) for name in nesting.names)
            continue
        opened = _opened(plain, last)
        if opened:
            inside.append((indent, opened))


def _near(settings: Settings) -> set[int]:
    """The lines around those that speak of what matters; of the others only the nesting is read."""
    before, after = _AROUND
    near: set[int] = set()
    end = 0
    for found in _SPOKEN.finditer(settings.text):
        line = bisect_right(settings.starts, found.start())
        near.update(range(max(end, line - before), line + after))
        end = max(end, line + after)
    return near


def _opened(plain: str, first: Entry | None) -> str:
    """The name of what a line begins, "" where it begins nothing."""
    if _BLOCK.match(plain):
        return " ".join(_LABEL.findall(plain))[:200] or plain.partition(" ")[0]
    if first is not None and (first.value in ("", "{", "[", "|", ">") or plain.endswith(":")):
        return first.name
    if plain.endswith(("{", ":", "[")):
        found = _FIRST.match(plain)
        return found.group().strip("\"'- ") if found is not None else ""
    return ""


def _on_line(
    settings: Settings,
    number: int,
    start: int,
    line: str,
    parents: tuple[str, ...],
    verb: str,
    nesting: Nesting,
) -> Iterator[Entry]:
    worded = _INSTRUCTION.match(line.lstrip())
    if worded is not None:
        at = start + len(line) - len(line.lstrip()) + worded.start("name")
        span = Span(at, at + len(worded["name"]), number, at - start + 1)
        yield Entry(worded["name"], worded["value"].strip().strip("\"'"), span, parents, verb)
        return
    if verb.upper() == "ARG":
        bare = re.fullmatch(r"(?i)\s*ARG\s+(?P<name>[A-Za-z_]\w{0,80})\s*", line)
        if bare is not None:
            at = start + bare.start("name")
            yield Entry(
                bare["name"],
                "",
                Span(at, at + len(bare["name"]), number, at - start + 1),
                parents,
                verb,
            )
            return
    at, seen, stop = 0, 0, len(line.rstrip())
    while (found := _ENTRY.search(line, at)) is not None:
        value, end, quoted = value_at(line, found.end(), found["sep"])
        if found.end() >= stop:
            value = _listed(settings, number)
        nesting.move(line[seen : found.start()])
        here = start + found.start("name")
        span = Span(here, start + end, number, here - start + 1)
        name = found["name"].lstrip("$").removeprefix("env:")
        yield Entry(name, value, span, parents + nesting.names, verb, quoted)
        if value.startswith(("{", "[")) and not quoted:
            nesting.begin(name)
        seen = end if quoted else found.end()
        # A command in a value may set variables; what follows `=` is not looked at twice.
        is_command = found["sep"] == ":" or name in _COMMANDS
        at = found.end() + quoted if is_command else max(end, found.end())
        handed = None if quoted else _HANDED.search(value)
        if handed is not None:
            at = min(at, max(found.end(), end - len(handed.group())))
    nesting.move(line[seen:])


def _listed(settings: Settings, number: int) -> str:
    """The single value of a list that follows a line, "" where there is none."""
    if number >= len(settings.starts):
        return ""
    found = _ITEM.match(settings.text, settings.starts[number])
    return "" if found is None else found["value"]


def _pairs(entries: Sequence[Entry]) -> Iterator[Entry]:
    """`name: X` and `value: Y` beside each other, as one."""
    for at, entry in enumerate(entries):
        if _local(entry) not in _NAMES or not entry.value:
            continue
        for other in _beside(entries, at):
            if _local(other) in _VALUES and other.parents == entry.parents:
                yield entry._replace(name=entry.value, value=other.value, quoted=other.quoted)
                break


def _beside(entries: Sequence[Entry], at: int) -> Iterator[Entry]:
    """What follows a name, then what stands before it, up to the next name."""
    line = entries[at].span.line
    for places in (range(at + 1, at + 1 + _FAR), range(at - 1, at - 1 - _FAR, -1)):
        for place in places:
            if not 0 <= place < len(entries) or abs(entries[place].span.line - line) >= _FAR:
                break
            if _local(entries[place]) in _NAMES:
                break
            yield entries[place]


def _local(entry: Entry) -> str:
    """A name without the prefix that XML gives it."""
    return entry.name.rpartition(":")[2]


def _elements(settings: Settings) -> Iterator[Entry]:
    if "<" not in settings.text[:2000]:
        return
    for found in _ELEMENT.finditer(settings.text):
        name = found["name"] or found["key"]
        value = found["value"] if found["name"] else found["text"]
        yield Entry(
            name, value.strip(), settings.span(found.start(), found.end()), (), "element", True
        )
