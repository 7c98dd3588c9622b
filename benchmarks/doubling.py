"""Finds inputs whose scan grows faster than they do: time(2n) ÷ time(n) stays near 2 when it is linear."""

from __future__ import annotations

import base64
import hashlib
import itertools
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from benchmarks.measure import run
from benchmarks.race import Stand
from benchmarks.table import NONE, row

SUSPICIOUS = 2.6
_SIZES = (2 << 20, 4 << 20, 8 << 20)
"""Above one window of the search: what reaches over its end is searched again in a longer one, so that
the step from one window to two costs three times as much."""
_RUNS = 2
_CLEAR = 0.05
"""Seconds; below that a time is noise, and for these sizes it is far from any trouble."""
_PATIENCE = 60.0

_START = "sk-ant-"


class Growth(NamedTuple):
    """times: processor seconds above an empty file's, one for each size; a scan that had to be
    stopped ends the list."""

    what: str
    times: tuple[float, ...]

    @property
    def ratios(self) -> tuple[float | None, ...]:
        """time(2n) ÷ time(n); None: both are too short to tell."""
        return tuple(
            None if double < _CLEAR else double / max(single, _CLEAR / 2)
            for single, double in itertools.pairwise(self.times)
        )

    @property
    def suspicious(self) -> bool:
        """Grows faster than the input, or was stopped."""
        stopped = len(self.times) < len(_SIZES)
        return stopped or any(ratio is not None and ratio > SUSPICIOUS for ratio in self.ratios)


def growths(folder: Path, stand: Stand, say: Callable[[str], None]) -> Iterator[Growth]:
    """Scan each hostile input in three sizes with one worker."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "input.txt"
    file.write_bytes(b"")
    nothing = _time(file, stand) or 0.0
    for what, make in _INPUTS.items():
        growth = Growth(what, _times(make, file, nothing, stand))
        if growth.suspicious:
            # A busy machine slows single runs; a slow scanner is slow again.
            again = _times(make, file, nothing, stand)
            growth = Growth(what, tuple(map(min, zip(growth.times, again, strict=False))))
        say(f"doubling: {what}: {', '.join(f'{time:.2f}' for time in growth.times)} s")
        yield growth
    file.unlink()


def _times(
    make: Callable[[int], bytes], file: Path, nothing: float, stand: Stand
) -> tuple[float, ...]:
    times: list[float] = []
    for size in _SIZES:
        file.write_bytes(make(size)[:size])
        time = _time(file, stand)
        if time is None:
            break
        times.append(max(0.0, time - nothing))
    return tuple(times)


def growth_table(measured: list[Growth]) -> list[str]:
    """A row for each input."""
    sizes = [f"{size >> 20} MiB" for size in _SIZES]
    return [
        row(
            "input",
            *sizes,
            *(f"t({double}) ÷ t({single})" for single, double in itertools.pairwise(sizes)),
            "",
        ),
        "|---|" + "--:|" * (2 * len(_SIZES) - 1) + "---|",
        *map(_line, measured),
    ]


def _line(growth: Growth) -> str:
    short = len(_SIZES) - len(growth.times)
    times = [f"{time:.2f} s" for time in growth.times] + ["stopped"] * short
    ratios = ["short" if ratio is None else f"{ratio:.2f}" for ratio in growth.ratios]
    missing = [NONE] * (len(_SIZES) - 1 - len(ratios))
    return row(
        growth.what, *times, *ratios, *missing, "**more than linear**" if growth.suspicious else ""
    )


def _time(file: Path, stand: Stand) -> float | None:
    """Processor seconds of the quickest run; None when it was stopped."""
    argv = [stand.tools["antkey"].path, "scan", "-j", "1", "-f", "json", str(file)]
    times = []
    for _ in range(_RUNS):
        cost = run(argv, stand.folder, stand.environment, _PATIENCE)
        if cost.timed_out:
            return None
        times.append(cost.cpu)
    return min(times)


def _repeated(text: str) -> Callable[[int], bytes]:
    piece = text.encode()
    return lambda size: piece * (size // len(piece) + 1)


def _random_bytes(size: int) -> bytes:
    return random.Random(size).randbytes(size)


def _base64_soup(size: int) -> bytes:
    return base64.b64encode(_random_bytes(size))


def _base64_layers(size: int) -> bytes:
    content = _repeated(_START)(size // 4)
    for _ in range(5):
        content = base64.b64encode(content)
    return content


def _tokens(size: int) -> bytes:
    """Almost keys: the right start, the right length but for one character."""
    soup = base64.urlsafe_b64encode(_random_bytes(size))
    starts = range(0, len(soup) - 92, 92)
    return b" ".join(b"sk-ant-api03-" + soup[at : at + 92] for at in starts)


def _digests(size: int) -> bytes:
    lines = (hashlib.sha256(b"%d" % number).hexdigest() for number in range(size // 65 + 1))
    return "\n".join(lines).encode()


def _mail_lines(size: int) -> bytes:
    return base64.encodebytes(_random_bytes(size))


_INPUTS: dict[str, Callable[[int], bytes]] = {
    "start of a key, repeated": _repeated(_START),
    "start of a key, then one endless word": lambda size: _START.encode() + b"api03-" + b"x" * size,
    "almost keys": _tokens,
    "nested \\u escapes": _repeated("\\u005cu005cu0073\\u006b-ant-"),
    "backslashes": _repeated("\\"),
    "hex escapes": _repeated("\\x73\\x6b\\x2dant-"),
    '"a" + repeated': _repeated('"a" + '),
    '"sk-" + "ant-" + repeated': _repeated('"sk-" + "ant-" + '),
    "adjacent literals over lines": _repeated('"sk-ant-" \\\n'),
    "base64 soup, one line": _base64_soup,
    "base64 soup, mail lines": _mail_lines,
    "base64 in base64, five layers": _base64_layers,
    "starts of gzip in base64": _repeated("H4sIAAAAAAAA"),
    "starts of JWT segments": _repeated("eyJ."),
    "hex soup, one line": lambda size: _random_bytes(size // 2 + 1).hex().encode(),
    "lines of SHA-256": _digests,
    "percent soup": _repeated("%73%6b-ant-%2525"),
    "nested percent signs": _repeated("%25"),
    "unbalanced HTML entities": _repeated("&#115;k&#45ant-&#&amp&"),
    "ampersands": _repeated("&"),
    "quoted-printable": _repeated("=73=6B=2D=\nant-=\n"),
    "NUL soup": _repeated("s\0k\0-\0a\0n\0t\0-\0"),
    "NULs": _repeated("\0"),
    "UTF-32": _repeated("s\0\0\0k\0\0\0-\0\0\0"),
}
