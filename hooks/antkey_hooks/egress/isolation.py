"""`--isolate`: the command in a network of its own, in which the API's names are this machine's. Linux only.

The hosts file, the names' servers and the certificates are others inside, and only inside: nothing is to be
restored. Clients need neither variables nor preloads to be seen, and what is not answered here goes nowhere.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol
from urllib.parse import urlsplit

from antkey_hooks.egress.child import Ended, cannot_start, run_command
from antkey_hooks.egress.masking import Masker
from antkey_hooks.egress.trust import bundle_paths
from antkey_scanner.errors import PolicyError


class Adopt(Protocol):
    """Takes a listening socket over and serves it. is_control: it stands for the control URL."""

    def __call__(self, listening: socket.socket, *, is_control: bool = False) -> None: ...


_PROGRAM = os.path.join(os.path.dirname(__file__), "namespace_start.py")
_HOSTS, _RESOLV, _NSSWITCH = "/etc/hosts", "/etc/resolv.conf", "/etc/nsswitch.conf"
_MOST_PORTS = 8
_SECONDS = 20.0
"""Longest wait for a system to say whether it can be had."""

_CURE = (
    "run as root or allow users to make namespaces (in a container: --cap-add SYS_ADMIN and"
    " --security-opt seccomp=unconfined), or leave --isolate away"
)


class Inside(NamedTuple):
    """What there is to be inside. hosts: names that are this machine; base_url, control_url: the
    interceptor's, which stay as they are; roots: a file with the certificates that are trusted, in PEM."""

    hosts: Sequence[str]
    base_url: str
    control_url: str
    roots: str


def problem() -> str | None:
    """Why it cannot be had here, and what to do about it; None when it can. Tries it."""
    if sys.platform != "linux":
        return "--isolate: works on Linux only; leave it away"
    with tempfile.TemporaryDirectory(prefix="antkey-") as folder:
        plan = _write_plan(folder, Inside((), "", "", os.devnull), ports=())
        told: list[Any] = []
        with _channel(told, lambda *_: None) as channel:
            argv = _argv(channel, plan, ())
            ended = run_command(
                argv, {}, Masker(), on_output=_drop, timeout=_SECONDS, pass_fds=(channel.fileno(),)
            )
    failed = _failed(told)
    if failed is None and ended.code != 0:
        failed = {"failed": "start", "errno": 0}
    return None if failed is None else _reason(failed)


def run_isolated(
    command: Sequence[str],
    environment: Mapping[str, str],
    masker: Masker,
    inside: Inside,
    adopt: Adopt,
    folder: str,
    *,
    cwd: str | None = None,
    on_output: Callable[[bytes], None] | None = None,
    timeout: float | None = None,
) -> Ended:
    """Run a command as `run_command` does, isolated.

    folder: the caller's own, as long-lived as the command. Raises PolicyError when the system does
    not let it be done, and as `run_command` does.
    """
    if sys.platform != "linux":
        raise PolicyError("--isolate: works on Linux only; leave it away")
    control = urlsplit(inside.control_url).port or 0
    ports = tuple(dict.fromkeys((urlsplit(inside.base_url).port or 80, 443, 80, control)))
    plan = _write_plan(folder, inside, ports)
    told: list[Any] = []

    def served(listening: socket.socket) -> None:
        adopt(listening, is_control=listening.getsockname()[1] == control)

    with _channel(told, served) as channel:
        ended = run_command(
            _argv(channel, plan, command),
            environment,
            masker,
            cwd=cwd,
            on_output=on_output,
            timeout=timeout,
            pass_fds=(channel.fileno(),),
        )
    failed = _failed(told)
    if failed is None:
        return ended
    if failed["failed"] == "start":
        number = int(failed["errno"])
        raise cannot_start(command[0], OSError(number, "") if number else ValueError())
    raise PolicyError(_reason(failed))


def _argv(channel: socket.socket, plan: str, command: Sequence[str]) -> list[str]:
    return [sys.executable, "-I", "-S", _PROGRAM, str(channel.fileno()), plan, *command]


@contextlib.contextmanager
def _channel(told: list[Any], served: Callable[[socket.socket], None]) -> Iterator[socket.socket]:
    """The started program's end of a channel. What it says is in `told` when the block has ended."""
    ours, theirs = socket.socketpair()
    thread = threading.Thread(target=_listen, args=(ours, told, served), daemon=True)
    with ours:
        with theirs:
            thread.start()
            yield theirs
        thread.join(_SECONDS)


def _listen(
    channel: socket.socket, told: list[Any], served: Callable[[socket.socket], None]
) -> None:
    text = b""
    while True:
        try:
            data, descriptors, _, _ = socket.recv_fds(channel, 4096, _MOST_PORTS)
        except OSError:
            break
        for descriptor in descriptors:
            served(socket.socket(fileno=descriptor))
        if not data:
            break
        text += data
    told += [json.loads(line) for line in text.splitlines()]


def _failed(told: Sequence[Any]) -> dict[str, Any] | None:
    return next((line for line in told if "failed" in line), None)


def _reason(failed: Mapping[str, Any]) -> str:
    problem = os.strerror(int(failed["errno"])) if failed["errno"] else "failed"
    return f"--isolate: this system refuses it ({failed['failed']}: {problem}); {_CURE}"


def _drop(_: bytes) -> None:
    """Nobody is interested in what a trial prints."""


def _write_plan(folder: str, inside: Inside, ports: Sequence[int]) -> str:
    def write(name: str, text: str) -> str:
        path = os.path.join(folder, name)
        with open(path, "w", encoding="utf-8", errors="surrogateescape") as file:
            file.write(text)
        # Whoever the command becomes inside has to read these; the folder lets only its owner in.
        os.chmod(path, 0o644)
        return path

    needed = [(write("hosts", _hosts(inside.hosts)), _HOSTS)]
    wanted = [
        (write("resolv.conf", "nameserver 127.0.0.1\noptions attempts:1 timeout:1\n"), _RESOLV)
    ]
    if os.path.exists(_NSSWITCH):
        wanted.append((write("nsswitch.conf", _nsswitch()), _NSSWITCH))
    if ports:
        wanted += [(inside.roots, path) for path in bundle_paths()]
    plan = {
        "needed": needed,
        "wanted": [(source, target) for source, target in wanted if os.path.exists(target)],
        "ports": list(ports),
    }
    return write("isolation.json", json.dumps(plan))


def _hosts(hosts: Sequence[str]) -> str:
    """The hosts file, with ours first: the first line that names a host counts."""
    lines = [f"127.0.0.1 {host}" for host in hosts if host.isascii() and host.isprintable()]
    return "\n".join(["127.0.0.1 localhost", *lines, _read(_HOSTS)])


def _nsswitch() -> str:
    """Names come from the hosts file alone: a resolver's socket would lead out of the network."""
    lines = _read(_NSSWITCH).splitlines()
    kept = [line for line in lines if not line.lstrip().startswith("hosts:")]
    return "\n".join([*kept, "hosts: files", ""])


def _read(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            return file.read(1 << 20)
    except OSError:
        return ""
