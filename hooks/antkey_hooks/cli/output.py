"""Writes: standard output, standard error, report files. The only module that does."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Mapping
from typing import TextIO

from antkey_scanner.errors import PolicyError
from antkey_scanner.system import show

_ATTEMPTS = 100


def say(*messages: str) -> None:
    """Messages on standard error, each one line with the program's name; no key, no escape in it."""
    if not messages:
        return
    from antkey_reports.escape import terminal
    from antkey_reports.mask import mask

    lines = [f"antkey: {terminal(mask(message))}\n" for message in messages]
    try:
        if sys.stderr is not None:
            sys.stderr.write("".join(lines))
            sys.stderr.flush()
    except (OSError, ValueError):
        return  # nobody listens; the exit code says it as well


def write_out(text: str) -> None:
    """A text on standard output. A reader that has gone away is no error.

    Raises PolicyError when it cannot be written for another reason, such as a full disk.
    """
    stream = sys.stdout
    try:
        if stream is None:
            raise PolicyError("standard output: is closed; open it or write with --report")
        _write(stream, text)
    except BrokenPipeError:
        forget_stdout()
    except OSError as error:
        forget_stdout()
        raise PolicyError(f"standard output: {_reason(error)}; nothing was kept") from None


def _write(stream: TextIO, text: str) -> None:
    """UTF-8 wherever programs read; a terminal gets what it can show."""
    encoding = stream.encoding if stream.isatty() else "utf-8"
    data = text.encode(encoding or "utf-8", "backslashreplace")
    stream.flush()
    stream.buffer.write(data)
    stream.buffer.flush()


def forget_stdout() -> None:
    """Let the interpreter's last flush go nowhere, or it complains about the same thing again."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
    except (OSError, ValueError):
        return


def check_report_path(path: str) -> None:
    """Refuse before the work what cannot be written after it. Raises PolicyError."""
    if os.path.isdir(path):
        raise PolicyError(f"{show(path)}: is a folder; name a file in it")


def write_report(path: str, text: str) -> None:
    """Write a report so that a reader sees the old file or the new one, never a part.

    Folders on the way are made. Raises PolicyError with the reason; the old file is then as it was.
    """
    try:
        target = os.path.realpath(path)
        if os.path.exists(target) and not os.path.isfile(target):
            with open(target, "wb") as device:  # /dev/null, a FIFO: cannot be replaced by a file
                device.write(text.encode("utf-8", "backslashreplace"))
            return
        replace_file(target, text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        reason = _reason(error)
        raise PolicyError(f"{show(path)}: the report cannot be written ({reason})") from None


def replace_file(target: str, data: bytes, *, durable: bool = False) -> None:
    """Put a whole new file in the place of one, its permissions kept.

    durable: not before it has reached the disk. Raises OSError.
    """
    folder = os.path.dirname(target)
    os.makedirs(folder, exist_ok=True)
    descriptor, part = _new_file(folder)
    try:
        with open(descriptor, "wb") as file:
            file.write(data)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        if os.path.exists(target):
            os.chmod(part, stat.S_IMODE(os.stat(target).st_mode))
        os.replace(part, target)
    except BaseException:
        os.unlink(part)
        raise


def _new_file(folder: str) -> tuple[int, str]:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    for attempt in range(_ATTEMPTS):
        part = os.path.join(folder, f".antkey-{os.getpid()}-{attempt}.part")
        try:
            return os.open(part, flags, 0o666), part
        except FileExistsError:
            continue
    raise FileExistsError(0, "too many unfinished reports lie there")


def _reason(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()


def is_terminal(stream: TextIO | None) -> bool:
    """Whether a stream ends at a terminal."""
    try:
        return stream is not None and stream.isatty()
    except ValueError:  # closed
        return False


def wants_colour(stream: TextIO | None, environment: Mapping[str, str]) -> bool:
    """Whether a stream shows colours, by NO_COLOR (no-color.org), TERM and Windows' old console."""
    if environment.get("NO_COLOR") or environment.get("TERM") == "dumb":
        return False
    if os.name == "nt" and not environment.keys() & {"WT_SESSION", "TERM", "ANSICON"}:
        return False
    return is_terminal(stream)


def width(stream: TextIO | None) -> int:
    """Columns of the terminal behind a stream, 0 when there is none."""
    if stream is None or not is_terminal(stream):
        return 0
    try:
        return os.get_terminal_size(stream.fileno()).columns
    except (OSError, ValueError):
        return 0
