"""A program: starts one command where the only network is a loopback that leads to the interceptor.

`antkey_hooks.egress.isolation` starts it as `python -I -S namespace_start.py FD PLAN [COMMAND…]`. PLAN is a
JSON file; FD a socket by which the listening sockets go out and failures are told. Without a command
it only tries. It runs in the command's environment, imports the standard library only, and ends as the
command does.
"""

from __future__ import annotations

import ctypes
import fcntl
import json
import os
import resource
import signal
import socket
import struct
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NoReturn

# From linux/sched.h, linux/mount.h, linux/sockios.h, linux/if.h and linux/prctl.h.
_NEW_MOUNTS, _NEW_USERS, _NEW_PROCESSES, _NEW_NETWORK = 0x20000, 0x10000000, 0x20000000, 0x40000000
_BIND, _RECURSIVE, _PRIVATE, _NO_SUID, _NO_DEVICES, _NO_EXEC = 4096, 16384, 1 << 18, 2, 4, 8
_GET_FLAGS, _SET_FLAGS, _UP = 0x8913, 0x8914, 1
_DIE_WITH_PARENT = 1

_Handlers = Mapping[signal.Signals, object]
_ASKING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_GRACE = 2.0
_FAILED = 70
_BACKLOG = 1024


class Failure(Exception):
    """A step that could not be done. number: errno."""

    def __init__(self, step: str, number: int) -> None:
        super().__init__(step)
        self.step, self.number = step, number


def main(arguments: Sequence[str]) -> int:
    """Start the command and wait for it; its exit code."""
    channel = socket.socket(fileno=int(arguments[0]))
    channel.set_inheritable(False)
    with open(arguments[1], encoding="utf-8") as file:
        plan = json.load(file)
    # Whoever asks the command to end asks its whole group; these processes end when it has.
    handlers = {number: signal.signal(number, signal.SIG_IGN) for number in _ASKING}
    _prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    try:
        opened = _set_up(plan)
    except Failure as failure:
        _tell(channel, failed=failure.step, errno=failure.number)
        return _FAILED
    socket.send_fds(channel, [b"{}\n"], [one.fileno() for one in opened])
    for one in opened:
        one.close()
    return _run(arguments[2:], channel, handlers) if arguments[2:] else 0


def _set_up(plan: Mapping[str, Any]) -> list[socket.socket]:
    """Leave the network, and open what leads back to the interceptor."""
    with _step("unshare"):
        _leave()
    with _step("mount"):
        _mount("none", "/", None, _RECURSIVE | _PRIVATE)
        for source, target in plan["needed"]:
            _mount(source, target, None, _BIND)
    for source, target in plan["wanted"]:
        try:
            _mount(source, target, None, _BIND)
        except OSError:
            continue  # variables say the same to most clients
    with _step("loopback"), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        request = struct.pack("16sh22x", b"lo", 0)
        flags = struct.unpack("16xh22x", fcntl.ioctl(asking, _GET_FLAGS, request))[0]
        fcntl.ioctl(asking, _SET_FLAGS, struct.pack("16sh22x", b"lo", flags | _UP))
    with _step("listen"):
        return [
            socket.create_server(("127.0.0.1", port), backlog=_BACKLOG) for port in plan["ports"]
        ]


@contextmanager
def _step(name: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Failure(name, error.errno or 0) from None


def _leave() -> None:
    """Get namespaces of one's own: as root without one for users, where nothing changes for the command."""
    wanted = _NEW_MOUNTS | _NEW_PROCESSES | _NEW_NETWORK
    if os.geteuid() == 0:
        try:
            _unshare(wanted)
        except OSError:
            pass  # root of a container, who is not allowed what users are perhaps
        else:
            return
    user, group = os.geteuid(), os.getegid()
    _unshare(wanted | _NEW_USERS)
    for name, line in (
        ("setgroups", "deny"),  # user_namespaces(7): without it no group may be mapped
        ("uid_map", f"{user} {user} 1"),
        ("gid_map", f"{group} {group} 1"),
    ):
        with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
            file.write(line)


def _run(command: Sequence[str], channel: socket.socket, handlers: _Handlers) -> int:
    """Wait for the first process of the new namespace, which waits for the command; its exit code."""
    reading, writing = os.pipe()
    first = os.fork()
    if first == 0:
        os.close(reading)
        _be_first(command, channel, handlers, writing)
    channel.close()
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        told = pipe.read()
    os.waitpid(first, 0)
    if not told:  # somebody killed it, and with it everything
        return _end_by(signal.SIGKILL)
    code = os.waitstatus_to_exitcode(int(told))
    return _end_by(-code) if code < 0 else code


def _be_first(
    command: Sequence[str], channel: socket.socket, handlers: _Handlers, writing: int
) -> NoReturn:
    """Start the command, bury what is orphaned, and end with the command what it leaves running."""
    try:
        _prctl(_DIE_WITH_PARENT, signal.SIGKILL)
        try:
            _mount("proc", "/proc", "proc", _NO_SUID | _NO_DEVICES | _NO_EXEC)
        except OSError:
            pass  # a container that hides parts of its own does not let another one be seen
        started = os.fork()
        if started == 0:
            os.close(writing)
            _become(command, channel, handlers)
        channel.close()
        status = 0
        pid = 0
        while pid != started:
            pid, status = os.wait()
        os.write(writing, b"%d" % status)
        _end_others()
    finally:
        os._exit(_FAILED)


def _end_others() -> None:
    deadline = time.monotonic() + _GRACE
    try:
        os.kill(-1, signal.SIGTERM)
        while time.monotonic() < deadline:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                time.sleep(0.01)
    except OSError:
        return  # none are left
    # The system ends what stays when the first process ends.


def _become(command: Sequence[str], channel: socket.socket, handlers: _Handlers) -> NoReturn:
    try:
        for number, handler in handlers.items():
            ignored = handler == signal.SIG_IGN
            signal.signal(number, signal.SIG_IGN if ignored else signal.SIG_DFL)
        for number in (
            signal.SIGPIPE,
            signal.SIGXFSZ,
        ):  # Python ignores them; others do not expect it
            signal.signal(number, signal.SIG_DFL)
        os.execvp(command[0], list(command))  # noqa: S606 - starting it is what this program is for
    except (OSError, ValueError) as error:
        _tell(channel, failed="start", errno=getattr(error, "errno", None) or 0)
    finally:
        os._exit(_FAILED)


def _end_by(number: int) -> int:
    """End by the signal that ended the command, so that who waits for this process sees the same."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if number not in (signal.SIGKILL, signal.SIGSTOP):
        signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)
    return 128 + number


def _tell(channel: socket.socket, **fields: object) -> None:
    channel.sendall(json.dumps(fields).encode() + b"\n")


_LIBC = ctypes.CDLL(None, use_errno=True)


def _unshare(flags: int) -> None:
    _check(_LIBC.unshare(flags))


def _mount(source: str, target: str, kind: str | None, flags: int) -> None:
    named = None if kind is None else kind.encode()
    place = os.fsencode(target)
    _check(_LIBC.mount(os.fsencode(source), place, named, ctypes.c_ulong(flags), None))


def _prctl(option: int, value: int) -> None:
    _LIBC.prctl(option, ctypes.c_ulong(value), 0, 0, 0)


def _check(result: int) -> None:
    if result != 0:
        raise OSError(ctypes.get_errno(), "")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
