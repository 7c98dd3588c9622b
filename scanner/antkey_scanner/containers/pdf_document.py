"""What a PDF's objects say of one another: which pages there are, what they show, in which fonts.

Later objects replace earlier ones of the same number. References are followed to a fixed depth.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from antkey_scanner.containers.pdf_fonts import PLAIN, Font, named
from antkey_scanner.containers.pdf_objects import Ref, Value, parse

_DEEPEST = 32
_MOST_PARSED, _SMALL = 1000, 4096
_MOST_PAGES = 200_000


class Page(NamedTuple):
    """number: from 1 in reading order; contents: numbers of the streams that draw it, in order."""

    number: int
    contents: list[int]
    fonts: Mapping[str, Font]


class Document:
    """The objects that have no stream, and the dictionaries of those that have one."""

    def __init__(self, objects: Mapping[int, bytes], maps: Mapping[int, Font]) -> None:
        self._objects = objects
        self._maps = maps
        self._parsed: dict[int, Value] = {}
        self._fonts: dict[int, Font] = {}

    def _resolve(self, value: Value) -> Value:
        for _ in range(_DEEPEST):
            if not isinstance(value, Ref):
                return value
            value = self._object(value.number)
        return None

    def _object(self, number: int) -> Value:
        if number in self._parsed:
            return self._parsed[number]
        body = self._objects.get(number, b"")
        value = parse(body)
        if len(body) <= _SMALL:
            if len(self._parsed) >= _MOST_PARSED:
                self._parsed.clear()
            self._parsed[number] = value
        return value

    def _dictionary(self, value: Value) -> dict[str, Value]:
        resolved = self._resolve(value)
        return resolved if isinstance(resolved, dict) else {}

    def _list(self, value: Value) -> list[Value]:
        """An array's items; a value that is no array, but could be the only one in it, as one item."""
        resolved = self._resolve(value)
        return resolved if isinstance(resolved, list) else [value]

    def pages(self) -> Iterator[Page]:
        """Every page that the tree of pages reaches, in order."""
        seen: set[int] = set()
        stack = [(Ref(n), 0) for n in reversed(list(self._roots()))]
        count = 0
        while stack and count < _MOST_PAGES:
            ref, depth = stack.pop()
            if ref.number in seen or depth > _DEEPEST:
                continue
            seen.add(ref.number)
            node = self._dictionary(ref)
            if "Kids" in node:
                kids = [kid for kid in self._list(node["Kids"]) if isinstance(kid, Ref)]
                if len(stack) + len(kids) <= _MOST_PAGES:
                    stack += [(kid, depth + 1) for kid in reversed(kids) if kid.number not in seen]
            else:
                count += 1
                contents = [
                    each for each in self._list(node.get("Contents")) if isinstance(each, Ref)
                ]
                yield Page(count, [each.number for each in contents], self._page_fonts(node))

    def _roots(self) -> Iterator[int]:
        for number, body in self._objects.items():
            if b"/Kids" in body and b"/Parent" not in body and b"/Pages" in body:
                yield number

    def _page_fonts(self, page: dict[str, Value]) -> Mapping[str, Font]:
        """The fonts of a page's resources, which it may inherit."""
        for _ in range(_DEEPEST):
            if "Resources" in page:
                return self._named_fonts(page["Resources"])
            page = self._dictionary(page.get("Parent"))
        return {}

    def form_fonts(self, number: int) -> Mapping[str, Font]:
        """The fonts of a stream that has resources of its own."""
        return self._named_fonts(self._dictionary(Ref(number)).get("Resources"))

    def _named_fonts(self, resources: Value) -> Mapping[str, Font]:
        fonts = self._dictionary(self._dictionary(resources).get("Font"))
        return {name: self._font(value) for name, value in fonts.items()}

    def _font(self, value: Value) -> Font:
        if not isinstance(value, Ref):
            return self._read_font(value)
        if value.number not in self._fonts:
            self._fonts[value.number] = self._read_font(value)
        return self._fonts[value.number]

    def _read_font(self, value: Value) -> Font:
        font = self._dictionary(value)
        unicode = font.get("ToUnicode")
        if isinstance(unicode, Ref) and unicode.number in self._maps:
            return self._maps[unicode.number]
        differences = self._dictionary(font.get("Encoding")).get("Differences")
        return named(self._list(differences)) if differences is not None else PLAIN
