"""The file formats of an inventory: from a file's text to its records, one at a time, with their lines.

A format knows nothing of keys. It says which top-level lists it should give element by element
(`LISTS`), so that a file of 100,000 keys is never there as a tree of values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple, Protocol

Path = tuple[str | int, ...]
"""Names of fields, and 0-based positions in lists: `("encryption", "nonce")`."""

Told = str | Callable[[], str]
"""A sentence, or what makes it: a suggestion takes long, and of thousands of mistakes few are told."""

LISTS = ("keys", "members", "tenants")
"""The top-level lists whose elements come one at a time."""

DEEPEST = 64
"""How deep values may be nested. An inventory needs four levels, a store's export a dozen."""

TOO_DEEP = "is nested too deep; that is no inventory"


class Item(NamedTuple):
    """A part of a document.

    section: the top-level field that it is in, None when the document as a whole is no table;
    position: 0-based in one of `LISTS`, which an item without one, the empty list, announces; None for
    the whole value of any other field; value: `Rows` where a reader that takes short cuts gives several
    elements at once, from that position on; line: 1-based, where it starts.
    """

    section: str | None
    position: int | None
    value: object
    line: int


ABSENT: Final = object()
"""Stands in a column for a field that an element does not have; None is its value where that is null."""


class Rows(NamedTuple):
    """Stands for the values of some elements of `keys` that follow each other. lines: where each starts;
    columns: by field, what each of them has there."""

    lines: Sequence[int]
    columns: Mapping[str, Sequence[object]]


class Moments(list[object]):
    """A column of texts that their format has read as times, and not as strings."""


AT_ONCE = 2_000
"""So many elements are in one `Rows`: enough to be quick, and few enough to need no memory."""

SHORT_CUT = "cannot be read by short cuts"
"""Seen by nobody: the text is read again without them."""


class Unreadable(NamedTuple):
    """Stands for an element that no value could be made of. problem: what is wrong; the cure."""

    problem: str


class Broken(Exception):
    """The text is not of its format. problems: what is wrong; the cure. Without any of the text."""

    def __init__(self, line: int | None, *problems: Told) -> None:
        super().__init__(line, *problems)
        self.line = line
        self.problems = problems


class Reader(Protocol):
    """Reads one file. Its iterators are read once and in their order. is_one_line: whether lines tell
    nothing, so that people need to be told the position of a record."""

    is_one_line: bool

    def documents(self) -> Iterator[Iterator[Item]]:
        """The parts of each document. Raises Broken."""
        ...

    def whole(self) -> Reader | None:
        """What reads the same text without short cuts, for when this has raised Broken; None if this
        has taken none."""
        ...

    def line_of(self, below: Path) -> int:
        """The line of what stands `below` the item that was given last, or the nearest known line."""
        ...

    def line_in_document(self, path: Path) -> int | None:
        """The line of a path in the document that was read last, if it has none of `LISTS`."""
        ...
