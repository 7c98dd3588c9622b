"""Judges source code in a process of its own that has so much time: whatever stands in a file, and whatever a
parser makes of it, the scan goes on. Where processes cannot be forked, in this one.

Parsers take time that grows with the square of a text's length, or more, for texts that are built to do that,
and nothing stops them from inside.
"""

from __future__ import annotations

import marshal
import os
from collections.abc import Callable
from typing import Any, NamedTuple

from antkey_scanner import system
from antkey_scanner.code.rule import Parsing
from antkey_scanner.code.search import Found

_SECONDS = 3
_BYTES_A_SECOND = 100_000
"""A process gets so much time, and more for each so many bytes: a twentieth of what code that people wrote
needs."""

_WALL = 20
"""By the clock, so many times as much: the machine may have more to do."""


_TOO_LONG = "it takes too long"


class Answer(NamedTuple):
    """What is wrong in a file. trouble: why it was not parsed, "" where it was; failure: why it was not judged
    at all."""

    found: tuple[Found, ...] = ()
    trouble: str = ""
    failure: str = ""


Judge = Callable[[str, bytes, str, list[int]], Answer]
"""Judges a file by path and bytes, parsed as a value of `Parsing` says. At last, where something may be the
platform's in a file that has both its keys and a tenant's; none where nobody looked for them."""


class Bounded:
    """Asks a process that is forked when there is a first file. seconds: of work, for a small one."""

    def __init__(self, judge: Judge, seconds: int = _SECONDS) -> None:
        self._judge = judge
        self._seconds = seconds
        self._child: _Child | None = None

    def judge(self, path: str, data: bytes, platforms: list[int]) -> Answer:
        """The answer of the process; without the parser's help where that takes too long. platforms: as
        `Judge` takes them."""
        if not system.can_fork():
            return self._judge(path, data, Parsing.BY_PARSER.value, platforms)
        answer = self._ask(path, data, Parsing.BY_PARSER, platforms)
        if answer is None:
            answer = self._ask(path, data, Parsing.AS_TEXT, platforms)
            if answer is not None and not answer.failure:
                answer = answer._replace(trouble="parsing it takes too long")
        return answer or Answer(failure=_TOO_LONG)

    def near(self, path: str, data: bytes) -> Answer:
        """The answer of the process about what stands near keys, which is never parsed."""
        if not system.can_fork():
            return self._judge(path, data, Parsing.NEAR_KEYS.value, [])
        return self._ask(path, data, Parsing.NEAR_KEYS, []) or Answer(failure=_TOO_LONG)

    def _ask(self, path: str, data: bytes, parsing: Parsing, platforms: list[int]) -> Answer | None:
        child = self._child
        if child is None or child.owner != os.getpid():
            try:
                child = self._child = _Child(self._judge)
            except OSError as error:  # no more processes, or files
                return Answer(failure=f"no process could be started: {error.strerror}")
        seconds = self._seconds + len(data) // _BYTES_A_SECOND
        answer = child.ask((path, data, parsing.value, platforms), seconds)
        if answer is None:
            child.end()
            self._child = None
        return answer


class _Child:
    """A forked process with the pipes to and from it. owner: who forked it, and may ask it."""

    def __init__(self, judge: Judge) -> None:
        self.owner = -1
        ours, theirs = os.pipe(), os.pipe()
        self._process = os.fork()
        if self._process == 0:
            _serve(ours[0], theirs[1], judge)
        os.close(ours[0])
        os.close(theirs[1])
        self._requests = open(ours[1], "wb", buffering=0)  # noqa: SIM115 - closed in `end`
        self._answers = open(theirs[0], "rb", buffering=0)  # noqa: SIM115 - closed in `end`
        self.owner = os.getpid()

    def ask(self, request: tuple[str, bytes, str, list[int]], seconds: int) -> Answer | None:
        """What it answers, None where it died or gives none in time."""
        try:
            _send(self._requests.fileno(), marshal.dumps((request, seconds)))
        except OSError:
            return None
        message = _receive(self._answers.fileno(), _WALL * (1 + seconds))
        if message is None:
            return None
        rows, trouble, failure = marshal.loads(message)  # noqa: S302 - from our fork
        return Answer(tuple(Found(*row) for row in rows), trouble, failure)

    def end(self) -> None:
        """Stop it, whatever it does."""
        self._requests.close()
        self._answers.close()
        try:
            os.kill(self._process, 9)
            os.waitpid(self._process, 0)
        except (ProcessLookupError, ChildProcessError):
            return

    def __del__(self) -> None:
        if self.owner == os.getpid() and not self._requests.closed:
            self.end()


def _serve(requests: int, answers: int, judge: Judge) -> None:
    """Answer until there is nobody to ask. Never returns."""
    import signal

    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        _close_others(requests, answers)
        while (message := _receive(requests, None)) is not None:
            request, seconds = marshal.loads(message)  # noqa: S302 - from who forked us
            _limit(seconds)
            answer = judge(*request)
            rows: Any = tuple(map(tuple, answer.found))
            _send(answers, marshal.dumps((rows, answer.trouble, answer.failure)))
    finally:
        os._exit(0)


def _close_others(*kept: int) -> None:
    """Let go of what is open here only because it is where we were forked."""
    start = 3
    for descriptor in sorted(kept):
        os.closerange(start, descriptor)
        start = descriptor + 1
    os.closerange(start, max(start, min(os.sysconf("SC_OPEN_MAX"), 65_536)))


def _limit(seconds: int) -> None:
    """Let the system end this process when it has worked for so much longer."""
    import resource

    used = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used) + seconds + 1, hard))
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))


def _send(descriptor: int, message: bytes) -> None:
    rest = memoryview(len(message).to_bytes(8, "big") + message)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _receive(descriptor: int, seconds: int | None) -> bytes | None:
    """A message, None where none comes any more, or not in time."""
    head = _read(descriptor, 8, seconds)
    return None if head is None else _read(descriptor, int.from_bytes(head, "big"), seconds)


def _read(descriptor: int, size: int, seconds: int | None) -> bytes | None:
    from select import select

    pieces = []
    while size:
        if not select((descriptor,), (), (), seconds)[0]:
            return None
        piece = os.read(descriptor, size)
        if not piece:
            return None
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)
