"""Makes a `Sheet` of a document's parts, or one PolicyError that lists what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import islice
from typing import cast

from antkey_scanner.errors import PolicyError
from antkey_scanner.inventory.bulk import Checker
from antkey_scanner.inventory.fields import Check, unknown_field
from antkey_scanner.inventory.formats import (
    LISTS,
    SHORT_CUT,
    Broken,
    Item,
    Path,
    Reader,
    Rows,
    Unreadable,
)
from antkey_scanner.inventory.problems import Problems, sentence
from antkey_scanner.inventory.records import KeyRecord, Member, Origin, Place, Sheet, Tenant
from antkey_scanner.inventory.shapes import (
    APIKEY,
    ID,
    KEY,
    MEMBER,
    ORIGIN,
    PLACE,
    SOURCE,
    STATUS_GIVEN,
    TENANT,
    UNKNOWN,
    schema,
)
from antkey_scanner.inventory.wrong import UNKNOWN_FIELD, Wrong, type_of
from antkey_scanner.policy.kinds import did_you_mean

_TOP: dict[str, Check] = {"source": SOURCE, "schema": schema}
_KNOWN = dict.fromkeys((*LISTS, *_TOP))


_MOST_SPELT = 100
"""How many fields of an unknown document are compared with those of an inventory."""


def sheet_of(reader: Reader, shown: str) -> Sheet:
    """What a file says. Raises PolicyError with all that is wrong, and Broken as the reader does."""
    sheets: list[Sheet] = []
    strange: list[int] = []
    for number, items in enumerate(reader.documents(), 1):
        sheet = _Document(reader, shown).sheet(items)
        if sheet is None:
            strange.append(number)
        else:
            sheets.append(sheet)
    if not sheets:
        raise PolicyError(
            f"{shown}: has no keys; list them under keys, or name the export of a secret store"
        )
    if strange:
        numbers = ", ".join(map(str, strange[:10])) + (", …" if len(strange) > 10 else "")
        sheets.append(Sheet(notes=(f"documents that hold no keys: {numbers}",)))
    return sheets[0] if len(sheets) == 1 else _joined(sheets)


def _joined(sheets: list[Sheet]) -> Sheet:
    members = [sheet.members for sheet in sheets if sheet.members is not None]
    tenants = [sheet.tenants for sheet in sheets if sheet.tenants is not None]
    return Sheet(
        tuple(key for sheet in sheets for key in sheet.keys),
        tuple(member for some in members for member in some) if members else None,
        tuple(tenant for some in tenants for tenant in some) if tenants else None,
        tuple(note for sheet in sheets for note in sheet.notes),
    )


def _unknown_at_the_top(name: str) -> str:
    return sentence((name,), unknown_field(name, _KNOWN))


class _Document:
    """One document on its way to a sheet."""

    def __init__(self, reader: Reader, shown: str) -> None:
        self._reader = reader
        self._shown = shown
        self._problems = Problems(shown)
        self._checker = Checker(shown)
        self._lists: set[str] = set()
        self._others: dict[str, Item] = {}
        self._keys: list[KeyRecord] = []
        self._members: list[tuple[int, Member]] = []
        self._tenants: list[tuple[int, Tenant]] = []
        self._origin: Origin = "file"
        self._lost: list[tuple[int, dict[object, object]]] = []

    def sheet(self, items: Iterator[Item]) -> Sheet | None:
        """What the document says, None when nobody knows what it is."""
        for item in items:
            if isinstance(item.value, Rows):
                self._rows(item.value)
            elif item.position is not None:
                self._element(item)
            elif item.section is None:
                return self._foreign(item.value)
            elif item.section in LISTS:
                self._announced(item)
            else:
                self._others[item.section] = item
                if item.section in _TOP:
                    self._top(item, _TOP[item.section])
        if not self._lists:
            return self._foreign({name: item.value for name, item in self._others.items()})
        return self._own()

    def _rows(self, rows: Rows) -> None:
        try:
            self._keys += self._checker.records(rows, self._origin)
        except (Wrong, KeyError, TypeError):
            raise Broken(None, SHORT_CUT) from None

    def _element(self, item: Item) -> None:
        try:
            if item.section == "keys":
                self._key(item)
            elif item.section == "members":
                self._members.append((item.line, MEMBER(item.value)))
            else:
                self._tenants.append((item.line, TENANT(item.value)))
        except Wrong as wrong:
            self._wrong(item, wrong)

    def _wrong(self, item: Item, wrong: Wrong) -> None:
        """Of an element that is no table at all, and where lines tell nothing, its position is said."""
        if isinstance(item.value, Unreadable):
            self._problems.add(item.line, item.value.problem)
            return
        if item.section == "keys" and isinstance(item.value, dict):
            self._lost.append((item.line, item.value))
        own: Path = (item.section or "", item.position or 0)
        self._problems.add_all(
            wrong.found,
            self._reader.line_of,
            lambda below: (*own, *below) if self._reader.is_one_line or not below else below,
        )

    def _key(self, item: Item) -> None:
        values: list[object] = KEY(item.value)
        # Tuples made this way take a third of the time, which for 100,000 keys is 50 ms.
        values[PLACE] = tuple.__new__(Place, (self._shown, item.line))
        # What a snapshot's CSV, which has no table that says so, tells of each key.
        of_snapshot = values[UNKNOWN] and str(values[ID]).startswith(APIKEY)
        values[ORIGIN] = "anthropic" if of_snapshot else self._origin
        values[STATUS_GIVEN] = "status" in cast(dict[str, object], item.value)
        self._keys.append(tuple.__new__(KeyRecord, values))

    def _announced(self, item: Item) -> None:
        self._lists.add(cast(str, item.section))
        if isinstance(item.value, dict):
            self._problems.add(item.line, f"{item.section} is one table; make it a list of tables")
        elif not isinstance(item.value, list):
            what = type_of(item.value)
            self._problems.add(item.line, f"{item.section} is {what}; make it a list of tables")

    def _top(self, item: Item, check: Check) -> None:
        try:
            said = check(item.value)
        except Wrong as wrong:
            own = item.section or ""
            self._problems.add_all(wrong.found, self._reader.line_of, lambda below: (own, *below))
            return
        if said == "anthropic":
            self._origin = "anthropic"

    def _foreign(self, value: object) -> Sheet | None:
        """What a document without any list of ours says, if it is a secret store's export."""
        from antkey_scanner.inventory import stores

        found = stores.read(value, self._shown, self._reader.line_in_document)
        if found is None and isinstance(value, dict):
            self._refuse_misspelt(value)
        return found

    def _refuse_misspelt(self, document: dict[str, object]) -> None:
        lists = dict.fromkeys(LISTS)
        near = {name: did_you_mean(name[:40], lists) for name in islice(document, _MOST_SPELT)}
        for name, meant in near.items():
            if meant is not None:
                line = self._reader.line_in_document((name,)) or 1
                self._problems.add(line, sentence((name,), f"{UNKNOWN_FIELD}; {meant}"))
        if self._problems:
            raise self._problems.error()

    def _own(self) -> Sheet:
        for name, item in self._others.items():
            if name not in _TOP:
                self._problems.add(item.line, partial(_unknown_at_the_top, name))
        keys = self._keys
        if self._origin == "anthropic":
            # The table that says so may stand behind the keys.
            keys = [
                key if key.origin == "anthropic" else key._replace(origin="anthropic")
                for key in keys
            ]
        if _stand_twice([key.id for key in keys]):
            self._refuse_twice("id", [(key.place.line or 0, key.id) for key in keys])
        # At Anthropic several keys may have one name.
        own = [
            key
            for key in keys
            if key.origin == "file" and not (key.id and key.id.startswith(APIKEY))
        ]
        if self._lost or _stand_twice([key.name for key in own]):
            self._refuse_twice("name", [(key.place.line or 0, key.name) for key in own], lost=True)
        self._refuse_twice("id", [(line, member.id) for line, member in self._members])
        self._refuse_twice("name", [(line, tenant.name) for line, tenant in self._tenants])
        if self._problems:
            raise self._problems.error()
        return Sheet(
            tuple(keys),
            tuple(member for _, member in self._members) if "members" in self._lists else None,
            tuple(tenant for _, tenant in self._tenants) if "tenants" in self._lists else None,
        )

    def _refuse_twice(
        self, field: str, named: list[tuple[int, str | None]], lost: bool = False
    ) -> None:
        """lost: whether keys that have something else wrong with them count as well."""
        if lost and self._origin == "file":
            more = [(line, value.get(field)) for line, value in self._lost]
            named = sorted(
                [*named, *((line, name) for line, name in more if isinstance(name, str))],
                key=lambda one: one[0],
            )
        first: dict[str, int] = {}
        for line, name in named:
            if name is not None and name in first:
                self._problems.add(
                    line, f"{field} stands in line {first[name]} too; give each one of its own"
                )
            elif name is not None:
                first[name] = line


def _stand_twice(values: list[str | None]) -> bool:
    """Whether a value that is not None stands twice."""
    once = set(values)
    once.discard(None)
    return len(once) < len(values) - values.count(None)
