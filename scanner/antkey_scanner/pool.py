"""Runs tasks on several processes: forked workers that talk over pipes.

Forking is faster than `concurrent.futures` here (no pickling, no thread, 1 ms to start) and shows
which task a worker died on. Tasks and outcomes travel as `marshal` of plain tuples, both ends being
the same program. Where there is no fork, `run_with_executor` does the same on any
`concurrent.futures.Executor`.
"""

from __future__ import annotations

import gc
import marshal
import os
import select
import signal
import struct
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, NoReturn

from antkey_scanner import system
from antkey_scanner.lines import Span
from antkey_scanner.model import PatternRule, Skip
from antkey_scanner.tally import Row
from antkey_scanner.tasks import Files, Large, Objects, Outcome, Piece, Range, Task
from antkey_scanner.worker import Settings, Worker, run_task

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from antkey_scanner.git.walk import Walk

_KINDS: tuple[type[Task], ...] = (Files, Large, Range, Objects, Piece)
_LENGTH = struct.Struct("<I")
_AHEAD = 2
_PIECE = 1 << 16

Work = Callable[[Task], Outcome]
Handle = Callable[[Task, Outcome | None], Iterable[Task]]
"""Takes a task's outcome, None when its worker died on it, and gives the tasks that follow from it."""


def spread(
    tasks: Iterable[Task],
    rules: tuple[PatternRule, ...],
    settings: Settings,
    walks: Sequence[Walk],
    handle: Handle,
    jobs: int,
    meanwhile: Callable[[], None],
) -> None:
    """All tasks on `jobs` processes of this machine, in the way that it allows. meanwhile: as for
    `run_forked`; where nothing is forked it is not done."""
    if system.can_fork():

        def work() -> Work:
            return Worker(rules, settings, mapped=True, walks=walks).run

        run_forked(tasks, work, handle, jobs, meanwhile)
        return
    from concurrent.futures import ProcessPoolExecutor

    with ProcessPoolExecutor(jobs) as executor:
        run_with_executor(tasks, partial(run_task, rules, settings), handle, executor)


def run_with_executor(
    tasks: Iterable[Task], work: Work, handle: Handle, executor: Executor
) -> None:
    """All tasks on an executor; `work` must be what the executor can send."""
    from concurrent.futures import FIRST_COMPLETED, Future, wait

    running: dict[Future[Outcome], Task] = {}
    source = iter(tasks)
    ready: deque[Task] = deque()
    while True:
        while len(running) < 64:
            task = ready.popleft() if ready else next(source, None)
            if task is None:
                break
            running[executor.submit(work, task)] = task
        if not running:
            return
        for future in wait(running, return_when=FIRST_COMPLETED).done:
            task = running.pop(future)
            ready.extend(handle(task, _outcome_of(future)))


def _outcome_of(future: object) -> Outcome | None:
    from concurrent.futures import BrokenExecutor, Future

    assert isinstance(future, Future)
    try:
        outcome: Outcome = future.result()
    except BrokenExecutor:
        return None
    return outcome


def run_forked(
    tasks: Iterable[Task],
    work: Callable[[], Work],
    handle: Handle,
    jobs: int,
    meanwhile: Callable[[], None] = lambda: None,
) -> None:
    """All tasks on `jobs` forked workers. work: called in each worker once, gives what it does; meanwhile:
    done once, here, when all of them have their first tasks.

    Nothing is left running, whatever ends this call.
    """
    pool = _Pool(work, jobs)
    try:
        pool.run(tasks, handle, meanwhile)
    finally:
        pool.close()


class _Worker:
    """A forked process with the pipes to and from it and the tasks it has not answered yet."""

    def __init__(self, process: int, to: int, out: int) -> None:
        self.process = process
        self.to = to
        self.out = out
        self.waiting: deque[Task] = deque()
        self.received = bytearray()

    def send(self, task: Task) -> None:
        self.waiting.append(task)
        _write(self.to, _pack((_KINDS.index(type(task)), task)))

    def outcomes(self) -> Iterator[Outcome]:
        """What has arrived in full."""
        while len(self.received) >= _LENGTH.size:
            (size,) = _LENGTH.unpack_from(self.received)
            end = _LENGTH.size + size
            if len(self.received) < end:
                return
            message = bytes(self.received[_LENGTH.size : end])
            del self.received[:end]
            yield _outcome(marshal.loads(message))  # noqa: S302 - from our fork


class _Pool:
    def __init__(self, work: Callable[[], Work], jobs: int) -> None:
        self._work = work
        self._workers: dict[int, _Worker] = {}
        for _ in range(jobs):
            self._start()

    def _start(self) -> None:
        task_out, task_in = os.pipe()
        done_out, done_in = os.pipe()
        process = os.fork()
        if process == 0:
            os.close(task_in)
            os.close(done_out)
            for other in self._workers.values():
                os.close(other.to)
                os.close(other.out)
            _work_until_closed(task_out, done_in, self._work)
        os.close(task_out)
        os.close(done_in)
        self._workers[done_out] = _Worker(process, task_in, done_out)

    def run(
        self, tasks: Iterable[Task], handle: Handle, meanwhile: Callable[[], None] | None
    ) -> None:
        source = iter(tasks)
        ready: deque[Task] = deque()
        exhausted = False
        while True:
            while not exhausted or ready:
                idle = min(self._workers.values(), key=lambda worker: len(worker.waiting))
                if len(idle.waiting) >= _AHEAD:
                    break
                task = ready.popleft() if ready else next(source, None)
                if task is None:
                    exhausted = True
                    continue
                try:
                    idle.send(task)
                except BrokenPipeError:
                    self._bury(idle, ready, handle)
            busy = [worker for worker in self._workers.values() if worker.waiting]
            if meanwhile is not None:
                meanwhile()
                meanwhile = None
            if not busy:
                return
            for worker in self._answered(busy):
                self._collect(worker, ready, handle)

    def _answered(self, busy: list[_Worker]) -> list[_Worker]:
        pipes, _, _ = select.select([worker.out for worker in busy], [], [])
        return [self._workers[pipe] for pipe in pipes]

    def _collect(self, worker: _Worker, ready: deque[Task], handle: Handle) -> None:
        piece = os.read(worker.out, _PIECE)
        worker.received += piece
        for outcome in worker.outcomes():
            ready.extend(handle(worker.waiting.popleft(), outcome))
        if not piece:
            self._bury(worker, ready, handle)

    def _bury(self, worker: _Worker, ready: deque[Task], handle: Handle) -> None:
        """A worker died: on the oldest task it had. The others go to the next worker."""
        died_on, *others = worker.waiting
        ready.extend(others)
        ready.extend(handle(died_on, None))
        self._end(worker)
        self._start()

    def _end(self, worker: _Worker) -> None:
        del self._workers[worker.out]
        os.close(worker.to)
        os.close(worker.out)
        if worker.waiting:
            os.kill(worker.process, signal.SIGKILL)
        os.waitpid(worker.process, 0)

    def close(self) -> None:
        for worker in list(self._workers.values()):
            self._end(worker)


def _work_until_closed(tasks: int, done: int, work: Callable[[], Work]) -> NoReturn:
    """The life of a worker: no cleanup of the parent's runs in it, and Ctrl-C ends it at once."""
    status = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        gc.freeze()  # what was there before the fork stays; tasks leave few cycles behind
        gc.set_threshold(20_000, 10, 10)
        do = work()
        while (message := _read(tasks)) is not None:
            kind, fields = marshal.loads(message)  # noqa: S302 - from the parent
            _write(done, _pack(do(_KINDS[kind](*fields))))
        status = 0
    finally:
        os._exit(status)


def _pack(value: object) -> bytes:
    body = marshal.dumps(_plain(value))  # type: ignore[arg-type]  # see _plain
    return _LENGTH.pack(len(body)) + body


def _plain(value: object) -> object:
    """Named tuples as tuples, all the way down: `marshal` knows only the exact built-in types."""
    return tuple(map(_plain, value)) if isinstance(value, tuple) else value


def _outcome(fields: tuple) -> Outcome:  # type: ignore[type-arg]  # untyped where bytes come in
    rows, skips, large, span, files, blobs, size, objects, *rest = fields
    return Outcome(
        tuple(Row(*row) for row in rows),
        tuple(Skip(*skip) for skip in skips),
        tuple((Large(*each), whole) for each, whole in large),
        Span(*span),
        files,
        blobs,
        size,
        tuple((blob, Skip(*skip)) for blob, skip in objects),
        *rest,
    )


def _write(pipe: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(pipe, view) :]


def _read(pipe: int) -> bytes | None:
    head = _read_exactly(pipe, _LENGTH.size)
    if head is None:
        return None
    return _read_exactly(pipe, _LENGTH.unpack(head)[0])


def _read_exactly(pipe: int, size: int) -> bytes | None:
    data = os.read(pipe, size)
    while data and len(data) < size:
        piece = os.read(pipe, size - len(data))
        if not piece:
            return None
        data += piece
    return data or None
