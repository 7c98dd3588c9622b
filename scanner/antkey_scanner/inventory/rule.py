"""What a rule about keys is: code that looks at the whole inventory, under a policy, at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal, NamedTuple

from antkey_scanner.inventory.records import Inventory, KeyRecord
from antkey_scanner.inventory.times import Micros
from antkey_scanner.model import Rule
from antkey_scanner.policy.keys import KeysPolicy


class Breach(NamedTuple):
    """A violation. record: None when it is about the inventory as a whole; about: what tells two
    breaches of one rule by one key apart (an environment), "" where there can be only one; match: how
    the key was recognised, "" where nothing had to be; also: the other keys that it is about; tenant:
    whom it is about where it is about no key."""

    record: KeyRecord | None
    message: str
    about: str = ""
    match: Literal["", "exact", "probable"] = ""
    also: tuple[KeyRecord, ...] = ()
    tenant: str | None = None


class Gap(NamedTuple):
    """A key that cannot be judged for want of evidence. `message` says what is missing, and the cure."""

    record: KeyRecord
    message: str


class Leak(NamedTuple):
    """A key that was found where no key may be.

    match: by its SHA-256 or only by its hint; places: how many; path: the first of them; first_seen: when
    git first saw it, None where that is not known.
    """

    record: KeyRecord
    match: Literal["exact", "probable"]
    places: int
    path: str
    first_seen: Micros | None


class Case(NamedTuple):
    """What a rule judges by. now: against which ages are judged; leaks: None when nobody looked."""

    inventory: Inventory
    policy: KeysPolicy
    now: Micros
    leaks: tuple[Leak, ...] | None = None


class KeyRule(NamedTuple):
    """A rule about keys.

    check: what is wrong, in the inventory's order; off: why the rule has nothing to judge by in this
    case and the cure (`no members are listed; add …`), None when it has.
    """

    rule: Rule
    check: Callable[[Case], Iterator[Breach | Gap]]
    off: Callable[[Case], str | None] = lambda _: None
