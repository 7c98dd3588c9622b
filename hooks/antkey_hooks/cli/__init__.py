"""The command line: the only place that prints, writes and exits, and that catches AntkeyError.

Everything is imported when it is needed: for one small file start-up is most of the time.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from antkey_scanner.errors import AntkeyError, ExitCode

_GARBAGE = 50_000
"""Objects between collections: a run leaves few cycles, and looking for them took a tenth of start-up."""


class Terminated(BaseException):
    """SIGTERM, raised so that workers and unfinished files are cleared away."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command line and give its exit code; this process's own (the default), and end it."""
    code = _run(argv)
    if argv is None:
        _leave(code)
    return code


def _leave(code: int) -> NoReturn:
    """End at once: taking the interpreter apart costs a tenth of a small scan."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError, AttributeError):
            pass  # nobody reads it any more, or there is none
    os._exit(code)


def _run(argv: Sequence[str] | None) -> int:
    try:
        if argv is None:
            gc.set_threshold(_GARBAGE)
            _raise_on_terminate()
            argv = sys.argv[1:]
        from antkey_hooks.cli.dispatch import dispatch

        return dispatch(argv)
    except AntkeyError as error:
        _say(*map(str, error.args))  # one argument for each line
        return error.exit_code
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    except Terminated:
        return ExitCode.TERMINATED
    except BrokenPipeError:
        from antkey_hooks.cli.output import forget_stdout

        forget_stdout()
        return ExitCode.OK
    except Exception as error:  # noqa: BLE001 - the edge: what comes behind it prints tracebacks
        from antkey_hooks.cli.crash import crash_line

        _say(crash_line(error))
        return ExitCode.INTERNAL


def _say(*messages: str) -> None:
    from antkey_hooks.cli.output import say

    say(*messages)


def _raise_on_terminate() -> None:
    """Turn SIGTERM into an exception, unless whoever started us has it ignored."""
    import signal

    def terminate(_: int, __: object) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        raise Terminated

    if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, terminate)
