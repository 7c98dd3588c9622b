"""Takes made-up keys out of what a command prints, also where it prints them in pieces."""

from __future__ import annotations

import re
from collections.abc import Iterable

_GRAM = 8
"""Characters of a key's random part that are masked when they stand together: less than the twelve that
may never be printed, so that cut and wrapped keys are masked as well."""

_HEAD, _TAIL = 3, 4
_PREFIX = re.compile(r"sk-ant-[a-z0-9]{1,16}-")
_RANDOM = re.compile(r"[A-Za-z0-9_-]+")
# Neither JSON nor URLs escape a character of this alphabet: all spellings of a key are this one.
_RUN = re.compile(rb"[A-Za-z0-9_-]{%d,}" % _GRAM)


class Masker:
    """The keys to be masked. One may be added at any time, from any thread."""

    def __init__(self, keys: Iterable[str] = ()) -> None:
        self.grams: set[bytes] = set()
        self.starts: set[bytes] = set()
        self.heads: set[bytes] = set()
        self.tails: set[bytes] = set()
        for key in keys:
            self.add(key)

    def add(self, key: str) -> None:
        """Mask this key too. Raises ValueError for a text that is not shaped like a key."""
        prefix = _PREFIX.match(key)
        random = key[0 if prefix is None else prefix.end() :]
        if len(random) < _GRAM or not _RANDOM.fullmatch(random):
            raise ValueError("not shaped like a key")
        text = random.encode()
        grams = [text[at : at + _GRAM] for at in range(len(text) - _GRAM + 1)]
        self.starts.update(gram[:size] for gram in grams for size in range(1, _GRAM))
        self.heads.add(grams[0])
        self.tails.add(grams[-1])
        self.grams.update(grams)

    def stream(self) -> MaskedStream:
        """A state for one stream of output."""
        return MaskedStream(self)

    def mask(self, text: bytes) -> bytes:
        """A whole text, masked. A whole key becomes its hint."""
        stream = self.stream()
        return stream.feed(text) + stream.close()


class MaskedStream:
    """One stream of output. Holds back only what may be the start of a key, at most seven bytes."""

    def __init__(self, masker: Masker) -> None:
        self._masker = masker
        # The last bytes that came: what a key's part that comes next may have begun with.
        self._recent = b""
        self._done = 0  # how many of them have been shown or masked
        self._open: bytes | None = None  # the last part of the key that is being masked

    @property
    def holds(self) -> bool:
        """Whether anything waits for more."""
        return self._done < len(self._recent)

    def feed(self, data: bytes) -> bytes:
        """What can be shown of what has come."""
        text = self._recent + data
        shown = bytearray()
        position = self._done
        for start in self._places(text):
            position = self._masked(text, start, position, shown)
        undecided = self._undecided(text)
        if position < undecided:
            self._end(shown)
            shown += text[position:undecided]
            position = undecided
        self._keep(text, position)
        return bytes(shown)

    def pause(self) -> bytes:
        """What was held back: nothing came for a while, and somebody may wait for a prompt."""
        return self.close() if self.holds else b""

    def close(self) -> bytes:
        """What was held back: nothing will come any more."""
        shown = bytearray()
        self._end(shown)
        shown += self._recent[self._done :]
        self._done = len(self._recent)
        return bytes(shown)

    def _places(self, text: bytes) -> Iterable[int]:
        grams = self._masker.grams
        for run in _RUN.finditer(text):
            for start in range(run.start(), run.end() - _GRAM + 1):
                if text[start : start + _GRAM] in grams:
                    yield start

    def _masked(self, text: bytes, start: int, position: int, shown: bytearray) -> int:
        """Show what stands before a part of a key, and mask the part. The new position."""
        if start > position:
            self._end(shown)
            shown += text[position:start]
            position = start
        gram = text[start : start + _GRAM]
        if self._open is None:
            if gram in self._masker.heads:
                shown += text[position : start + _HEAD]
            shown += "…".encode()
        self._open = gram
        return max(position, start + _GRAM)

    def _end(self, shown: bytearray) -> None:
        if self._open is not None and self._open in self._masker.tails:
            shown += self._open[-_TAIL:]
        self._open = None

    def _undecided(self, text: bytes) -> int:
        """Where the longest end begins that may be the start of a part of a key."""
        for size in range(min(_GRAM - 1, len(text)), 0, -1):
            if text[-size:] in self._masker.starts:
                return len(text) - size
        return len(text)

    def _keep(self, text: bytes, position: int) -> None:
        cut = max(0, len(text) - (_GRAM - 1))
        self._recent = text[cut:]
        self._done = max(0, position - cut)
