"""Which names of a file carry a key as it is, under whatever name: what they were given last. Small data
flow, by assignments alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from antkey_scanner.code.anchors import spoken
from antkey_scanner.code.module import Span
from antkey_scanner.code.printed import values
from antkey_scanner.code.rule import Source
from antkey_scanner.code.words import names, parts_of
from antkey_scanner.late import late

_LONGEST = 400
_MOST_NAMES = 200
_NAME = late(r"(?i)key|token|secret")
_PLAIN = late(r"\$?[A-Za-z_]\w{0,60}")
_NOTHING = frozenset(("", "None", "null", "nil", "undefined", '""', "''", "String::new()"))
_FETCHED = late(
    r"(?:await\s+|\$?this->|self\.|this\.)*(?P<path>[\w.$>:-]{1,80}?)\((?P<given>[^()\n]{0,200})\)[!?]?(?:\.await\??|\.unwrap\(\))?\Z"
)
_QUOTED = late(r"""["'`]([\w.-]{1,60})["'`]""")
_FETCHES = frozenset(
    ("get", "fetch", "load", "read", "resolve", "find", "decrypt", "lookup", "require", "must")
)


def named(source: Source, is_key: Callable[[str], bool]) -> list[int]:
    """Where a file's text may name a key, or what is decrypted, as offsets: what carries one is made of these, and
    where there are none it need not be parsed."""
    return source.once("named keys", lambda: list(_named(source, is_key)))


def _named(source: Source, is_key: Callable[[str], bool]) -> Iterator[int]:
    text = source.text
    yield from spoken(text, ("ecrypt",))
    known: dict[str, bool] = {}
    for at in source.keys:
        start, end = at, at + 3
        while start and (text[start - 1].isalnum() or text[start - 1] in "_.-"):
            start -= 1
        while end < len(text) and (text[end].isalnum() or text[end] in "_.-"):
            end += 1
        run = text[start:end]
        if run not in known:
            known[run] = any(is_key(name) for name in (run, *names(run)))
        if known[run]:
            yield at


class Carried:
    """The names of a file that are given a key somewhere. is_key: whether a name is that of one."""

    def __init__(self, source: Source, is_key: Callable[[str], bool]) -> None:
        self._source = source
        self._is_key = is_key
        self._keys: dict[str, bool] = {}
        self.names = self._found()

    def _found(self) -> frozenset[str]:
        found: set[str] = set()
        sections = self._source.module.sections_of(named(self._source, self._is_key))
        for assign in self._source.module.parts("assigns", sections):
            if len(found) >= _MOST_NAMES:
                break
            if _NAME.search(assign.value[:_LONGEST]) is None:
                continue
            for name in _targets(assign.target):
                if not self._is_key(name) and self._may_give(assign.value):
                    if self._gives(assign.value):
                        found.add(name)
        return frozenset(found)

    def _may_give(self, value: str) -> bool:
        """Whether a value may be a key, at a first look: by all names in it."""
        if len(value) > _LONGEST:
            return False
        for name in (*names(value), *_QUOTED.findall(value)):
            known = self._keys.get(name)
            if known is None:
                known = self._keys[name] = self._is_key(name)
            if known:
                return True
        return "ecrypt" in value

    @property
    def offsets(self) -> list[int]:
        """Where such names stand, in order."""
        if not self.names:
            return []
        pattern = late(rf"(?<!\w)(?:{'|'.join(map(re.escape, sorted(self.names)))})(?!\w)")
        return [found.start() for found in pattern.finditer(self._source.text)]

    def is_carried(self, path: str, span: Span) -> bool:
        """Whether a name has a key at a place: by what it was given last before."""
        if path not in self.names:
            return False
        known = self._source.owner.values(path, span)
        before = [one for one in known if one.span.start < span.start]
        given = [one.value for one in (before or known) if one.value.strip() not in _NOTHING]
        if not given:
            given = [
                one.value
                for one in self._source.module.with_word("assigns", path)
                if path in _targets(one.target) and one.span.start < span.start
            ]
        return bool(given) and self._gives(given[-1])

    def _gives(self, value: str) -> bool:
        if len(value) > _LONGEST:
            return False
        if any(self._is_key(one.last) for one in values(value, self._source.language.name)):
            return True
        fetched = _FETCHED.match(value.strip())
        if fetched is None:
            return False
        last = (names(fetched["path"]) or [""])[-1]
        if parts_of(last)[:1] == ["decrypt"]:
            return _NAME.search(fetched["given"] + last) is not None and _is_encrypted(
                fetched["given"] + last
            )
        return bool(_FETCHES.intersection(parts_of(last)[:1])) and self._is_key(last)


def _is_encrypted(text: str) -> bool:
    """Whether what is decrypted is an API's key."""
    return re.search(r"(?i)api_?key|anthropic|claude", text) is not None


def _targets(target: str) -> list[str]:
    """The name that is given a value: of several the first, as Go gives an error beside a value."""
    first = target.strip().removeprefix("mut ").partition(",")[0].partition(":")[0].strip()
    return [first] if _PLAIN.fullmatch(first) else []
