"""Runs the wrapped command: passes its output on, masked, and ends it with all that it started."""

from __future__ import annotations

import os
import selectors
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import IO, NamedTuple

from antkey_hooks.egress.descendants import Process, adopted, descendants, reap
from antkey_hooks.egress.guard import Guard
from antkey_hooks.egress.masking import MaskedStream, Masker
from antkey_scanner.errors import PolicyError

GRACE = 2.0
"""Seconds between asking processes to end and ending them."""

_PAUSE = 0.1
"""Seconds of silence after which what was held back is shown."""

_TICK = 0.05
_PIECE = 1 << 16
_LAST_WORDS = 1.0
"""Seconds to wait for the output of processes that have ended."""

_WINDOWS = os.name == "nt"
_KILL = signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL


class Ended(NamedTuple):
    """How a command ended. code: None when a signal ended it; signal: None when none did; timed_out:
    it was ended because its time was up."""

    code: int | None
    signal: int | None
    seconds: float
    timed_out: bool = False


def run_command(
    command: Sequence[str],
    environment: Mapping[str, str],
    masker: Masker,
    *,
    cwd: str | None = None,
    on_output: Callable[[bytes], None] | None = None,
    timeout: float | None = None,
    pass_fds: Sequence[int] = (),
) -> Ended:
    """Run a command to its end, in a session of its own.

    Its standard input is ours. Its output goes, masked, to `on_output`, by default to our standard
    error. What it leaves running is ended with it. timeout: seconds.

    SIGINT, SIGTERM and SIGHUP end the command, and are then delivered to this process as if they had
    come just now (SIGHUP as SIGTERM): what its own handlers raise, such as KeyboardInterrupt, is raised
    here. Raises PolicyError when the command cannot be started.
    """
    started = time.monotonic()
    with _signals() as received, adopted(), Guard() as guard:
        before = descendants()
        process = _start(command, environment, cwd, pass_fds)
        guard.watch(process.pid)
        try:
            output = _Output(process, masker, on_output or _to_stderr)
            until = None if timeout is None else started + timeout
            timed_out = _wait(process, output, received, until)
        finally:
            _end(process, before, received)
        output.finish()
    if received:
        _deliver(received[0])
    seconds = time.monotonic() - started
    code = -_KILL if process.returncode is None else process.returncode
    if code < 0:
        return Ended(None, -code, seconds, timed_out)
    return Ended(code, None, seconds, timed_out)


def _start(
    command: Sequence[str],
    environment: Mapping[str, str],
    cwd: str | None,
    pass_fds: Sequence[int],
) -> subprocess.Popen[bytes]:
    name = command[0]
    # Windows starts npm.cmd only when it is told so; elsewhere the system looks the name up itself.
    found = shutil.which(name, path=environment.get("PATH")) if _WINDOWS else None
    flags = 0
    if sys.platform == "win32":
        flags = subprocess.CREATE_NEW_PROCESS_GROUP
    try:
        return subprocess.Popen(
            [found or name, *command[1:]],
            env=dict(environment),
            cwd=cwd,
            bufsize=0,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=not _WINDOWS,
            creationflags=flags,
            pass_fds=() if _WINDOWS else tuple(pass_fds),
        )
    except (OSError, ValueError) as error:
        raise cannot_start(name, error) from None


def cannot_start(name: str, error: OSError | ValueError) -> PolicyError:
    """Why a command does not start, and what to do about it."""
    match error:
        case FileNotFoundError():
            cure = (
                "no such command; after -- write it as in a shell, without quotes around the whole"
            )
        case PermissionError():
            cure = "may not be run; make it executable, or write its interpreter before it"
        case OSError():
            cure = "is no program of this system; write its interpreter before it"
        case _:
            cure = "holds a zero byte; write the command without it"
    return PolicyError(f"{name}: {cure}")


def _wait(
    process: subprocess.Popen[bytes],
    output: _Output,
    received: Sequence[int],
    until: float | None,
) -> bool:
    """Wait until the command has ended, or is to be ended. Whether its time was up."""
    while not received:
        if output.wait(_TICK):
            try:
                process.wait(_TICK)
            except subprocess.TimeoutExpired:
                pass  # it has closed its output and works on
        if process.poll() is not None:
            return False
        if until is not None and time.monotonic() >= until:
            return True
    return False


def _end(process: subprocess.Popen[bytes], before: set[Process], received: Sequence[int]) -> None:
    """End what still runs: ask, and after a moment, or when we are told once more, make."""
    told = len(received)
    deadline = time.monotonic() + GRACE
    asked: set[int] = set()
    while targets := _running(process, before):
        force = time.monotonic() >= deadline or len(received) > told
        for target in targets if force else targets - asked:
            _send(target, _KILL if force else signal.SIGTERM)
        asked |= targets
        if time.monotonic() >= deadline + GRACE:
            break  # what cannot be killed sleeps in the kernel
        time.sleep(_TICK / 5)
    process.poll()
    reap(before)


def _running(process: subprocess.Popen[bytes], before: set[Process]) -> set[int]:
    """What of the command still runs, as kill(2) names it: its group, negative, and what has left that."""
    alive = process.poll() is None
    if sys.platform != "linux":
        return {-process.pid} if alive or _send(-process.pid, 0) else set()
    targets = {-process.pid} if alive else set()
    for one in descendants() - before:
        try:
            in_group = os.getpgid(one.pid) == process.pid
        except OSError:
            continue  # it has ended
        targets.add(-process.pid if in_group else one.pid)
    return targets


def _send(target: int, number: int) -> bool:
    """Send a signal; whether there was anybody to get it."""
    if sys.platform == "win32":
        # There are no groups to kill: the system's own tool ends a process with its children.
        argv = ["taskkill", "/F", "/T", "/PID", str(abs(target))]
        return (
            number != 0 and subprocess.run(argv, capture_output=True, check=False).returncode == 0
        )
    try:
        os.kill(target, number)
    except OSError:
        return False
    return True


class _Output:
    """Reads what a command prints, each of its two streams by a thread, and shows it masked."""

    def __init__(
        self, process: subprocess.Popen[bytes], masker: Masker, show: Callable[[bytes], None]
    ) -> None:
        self._masker = masker
        self._show = show
        self._lock = threading.Lock()
        self._is_open = True
        self._ended = threading.Event()
        self._left = 2
        self._threads = [
            threading.Thread(target=self._read, args=(pipe,), daemon=True)
            for pipe in (process.stdout, process.stderr)
        ]
        for thread in self._threads:
            thread.start()

    def wait(self, seconds: float) -> bool:
        """Wait until both streams have ended; whether they have."""
        return self._ended.wait(seconds)

    def finish(self) -> None:
        """Show what there still is. A process that could not be found or ended keeps its end of the pipe:
        what it prints from now on is nobody's."""
        self._ended.wait(_LAST_WORDS)
        with self._lock:
            self._is_open = False

    def _read(self, pipe: IO[bytes]) -> None:
        stream = self._masker.stream()
        with pipe:
            for data in _pieces(pipe, stream):
                self._tell(stream.feed(data) if data else stream.pause())
        self._tell(stream.close())
        with self._lock:
            self._left -= 1
            if not self._left:
                self._ended.set()

    def _tell(self, text: bytes) -> None:
        with self._lock:
            if text and self._is_open:
                try:
                    self._show(text)
                except (OSError, ValueError):
                    self._is_open = False  # nobody reads it; the command is not to suffer for it


def _pieces(pipe: IO[bytes], stream: MaskedStream) -> Iterator[bytes]:
    """What comes, piece by piece; an empty one when something is held back and nothing comes for a while."""
    if _WINDOWS:  # its pipes cannot be asked whether anything is there
        while data := os.read(pipe.fileno(), _PIECE):
            yield data
        return
    with selectors.DefaultSelector() as selector:
        selector.register(pipe, selectors.EVENT_READ)
        while True:
            if not selector.select(_PAUSE if stream.holds else None):
                yield b""
                continue
            data = os.read(pipe.fileno(), _PIECE)
            if not data:
                return
            yield data


def _to_stderr(text: bytes) -> None:
    sys.stderr.buffer.write(text)
    sys.stderr.buffer.flush()


@contextmanager
def _signals() -> Iterator[list[int]]:
    """The signals that came meanwhile, instead of what they do otherwise. What is ignored stays ignored."""
    received: list[int] = []
    before = {}
    if threading.current_thread() is threading.main_thread():
        for name in ("SIGINT", "SIGTERM", "SIGHUP"):
            number = getattr(signal, name, None)
            if number is not None and signal.getsignal(number) not in (signal.SIG_IGN, None):
                before[number] = signal.signal(number, lambda came, _: received.append(came))
    try:
        yield received
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _deliver(number: int) -> None:
    """Have this process's own handler do what it does. A terminal that is gone is one more way to end."""
    signal.raise_signal(signal.SIGINT if number == signal.SIGINT else signal.SIGTERM)
