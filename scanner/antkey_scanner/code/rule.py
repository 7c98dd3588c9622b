"""What a rule about source code is, and what it gets to see."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from antkey_scanner.model import Rule

if TYPE_CHECKING:
    # Settings are judged by rules of the same shape, without any of what parses source code.
    from antkey_scanner.code.languages import Language
    from antkey_scanner.code.module import Module, Span
    from antkey_scanner.code.owner import Owner
    from antkey_scanner.code.words import Vocabulary

_SMALL, _LONG_LINE = 32 << 10, 400

_Made = TypeVar("_Made")


class Hit(NamedTuple):
    """A violation. text: the code that it is about, which is recognised when it moves."""

    span: Span
    message: str
    text: str


class Parsing(Enum):
    """How a file is parsed that a rule asks to: not here, by the parser, or statement by statement: all of
    them, or those near to what may be a key, or a client of the platform's."""

    REFUSED = "refused"
    BY_PARSER = "by parser"
    AS_TEXT = "as text"
    NEAR_KEYS = "near keys"


class NotParsedError(Exception):
    """A rule asked for more of a file than its text, which may not be parsed here."""


class Source:
    """A file as rules see it. It is parsed when a first rule asks for more than its text; most rules find
    in the text that they need not. trouble: why it was not parsed, but read statement by statement."""

    __slots__ = (
        *("_made", "_module", "_owner", "_vocabulary"),
        *("language", "parsing", "path", "text", "trouble"),
    )

    def __init__(
        self,
        path: str,
        text: str,
        language: Language,
        vocabulary: Vocabulary,
        parsing: Parsing = Parsing.BY_PARSER,
    ) -> None:
        self.parsing = parsing
        self.path = path
        self.text = text
        self.language = language
        self._vocabulary = vocabulary
        self._module: Module | None = None
        self._owner: Owner | None = None
        self._made: dict[str, Any] = {}
        self.trouble = ""

    @property
    def module(self) -> Module:
        """What stands in the file. Raises NotParsedError where that may not be asked."""
        if self._module is None:
            self._module = self._parsed()
        return self._module

    def _parsed(self) -> Module:
        if self.parsing is Parsing.REFUSED:
            raise NotParsedError
        if self.parsing is Parsing.BY_PARSER:
            from antkey_scanner.code.parse import parse

            try:
                return parse(self.path, self.text, self.language)
            except ValueError as error:
                self.trouble = str(error)
        from antkey_scanner.code.textual import read_text

        near = None
        if self.parsing is Parsing.NEAR_KEYS:
            near = sorted({*self.platforms, *self.keys})
        return read_text(self.path, self.text, self.language, near)

    @property
    def owner(self) -> Owner:
        """Tells whose keys its expressions are."""
        if self._owner is None:
            from antkey_scanner.code.owner import Owner

            self._owner = Owner(self.module, self._vocabulary, self.platforms)
        return self._owner

    @property
    def small(self) -> str:
        """The text in lower case, as long as it is."""
        from antkey_scanner.code.anchors import lowered

        return self.once("small", lambda: lowered(self.text))

    @property
    def platforms(self) -> list[int]:
        """Where the file may speak of the platform's keys, or makes clients, as offsets in order."""
        from antkey_scanner.code.anchors import places

        return self.once("platforms", lambda: places(self.text, self.small, self._vocabulary))

    @property
    def has_both(self) -> bool:
        """Whether both a tenant's key and the platform's may be in the file, as far as its words tell."""
        from antkey_scanner.code.anchors import may_be_tenants

        return self.once(
            "both",
            lambda: (
                bool(self.platforms) and may_be_tenants(self.text, self.small, self._vocabulary)
            ),
        )

    def know_both(self, platforms: list[int]) -> None:
        """Be told that both are in the file, by who looked before, and where the latter are."""
        self._made.update(both=True, platforms=platforms)

    @property
    def keys(self) -> list[int]:
        """Where something is named as a key, as offsets in order."""
        from antkey_scanner.code.anchors import keys

        return self.once("keys", lambda: keys(self.text, self.small))

    @property
    def is_minified(self) -> bool:
        """Whether a tool put the file together for machines to read: its lines are no person's."""
        size = len(self.text)
        return size > _SMALL and (self.text.count("\n") + 1) * _LONG_LINE < size

    def once(self, name: str, made: Callable[[], _Made]) -> _Made:
        """What several rules ask of a file, made once. name: of the question."""
        if name not in self._made:
            self._made[name] = made()
        return self._made[name]  # type: ignore[no-any-return]  # what was made under that name


class CodeRule(NamedTuple):
    """A rule about source code.

    languages: names of those that it knows, none for all; conditional: where the policy lets tenants
    without a key use the platform's, what it finds is for information; needs_both: it finds nothing but in
    files that may speak of a tenant's key and of the platform's.
    """

    rule: Rule
    check: Callable[[Source], Iterator[Hit]]
    languages: tuple[str, ...] = ()
    conditional: bool = True
    needs_both: bool = True
