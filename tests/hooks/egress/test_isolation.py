"""Nothing leaves an isolated command but what the interceptor answers, and nothing is changed outside it."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from tests.hooks.egress.client_programs import PYTHON
from tests.hooks.egress.test_child import is_running
from tests.hooks.egress.test_steering_clients import (
    ALL,
    BASE_URL,
    PRELOAD,
    PROXY,
    URL,
    ask,
    the_key_was_seen,
)
from tests.hooks.egress.wrapped import API, Seen, run_wrapped

from antkey_hooks.egress import namespace_start
from antkey_hooks.egress.isolation import Inside, problem, run_isolated
from antkey_hooks.egress.masking import Masker
from antkey_scanner.errors import PolicyError

WHY_NOT = problem()

possible = pytest.mark.skipif(WHY_NOT is not None, reason=str(WHY_NOT))

NOTHING_ELSE = (*BASE_URL, *PROXY, *PRELOAD, "JAVA_TOOL_OPTIONS", "WGETRC")
NAMES_ITS_OWN_ROOTS = [
    *("httpx without environment", "httpx async", "httpx on uvloop", "aiohttp with certifi"),
    *("urllib3 with certifi", "https with own roots", "java", "gevent"),
]


def sh(script: str, folder: Path, **more: object) -> Seen:
    return run_wrapped(["sh", "-c", script], folder / "files", isolated=True, **more)  # type: ignore[arg-type]


@possible
@pytest.mark.slow
@pytest.mark.parametrize("client", [name for name in ALL if name not in NAMES_ITS_OWN_ROOTS])
def test_client_is_seen_without_any_variable(client: str, tmp_path: Path) -> None:
    seen = ask(client, tmp_path, without=NOTHING_ELSE, isolated=True)
    assert seen.ended.code == 0, seen.output
    assert the_key_was_seen(seen)
    assert seen.answered[0].transport == "tls"


@possible
@pytest.mark.slow
@pytest.mark.parametrize("client", ALL)
def test_client_is_seen_by_default_when_isolated(client: str, tmp_path: Path) -> None:
    seen = ask(client, tmp_path, isolated=True)
    assert seen.ended.code == 0, seen.output
    assert the_key_was_seen(seen)


@possible
def test_python_without_hooks_and_an_empty_environment_are_seen(tmp_path: Path) -> None:
    program = tmp_path / "ask.py"
    program.write_text(PYTHON["urllib"])
    python = f"{sys.executable} -I {program} {URL}"
    seen = sh(f"env -i ANTKEY_TENANT_KEY=$ANTKEY_TENANT_KEY {python}", tmp_path)
    assert the_key_was_seen(seen), seen.output


@possible
@pytest.mark.parametrize("target", ["('192.0.2.1', 443)", "('10.0.0.1', 80)", "('8.8.8.8', 53)"])
def test_no_other_machine_is_reached(tmp_path: Path, target: str) -> None:
    program = f"import socket; s = socket.socket(); s.settimeout(5); print(s.connect_ex({target}))"
    seen = sh(f'{sys.executable} -I -c "{program}"', tmp_path)
    assert seen.output.strip() == "101", "ENETUNREACH"


@possible
def test_servers_of_this_machine_are_not_reached(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as outside:
        port = outside.getsockname()[1]
        program = f"import socket; print(socket.socket().connect_ex(('127.0.0.1', {port})))"
        seen = sh(f'{sys.executable} -I -c "{program}"', tmp_path)
    assert seen.output.strip() == "111", "ECONNREFUSED"


@possible
def test_servers_that_the_command_starts_are_reached(tmp_path: Path) -> None:
    program = """
        import socket
        with socket.create_server(("127.0.0.1", 0)) as listening:
            print(socket.create_connection(listening.getsockname()).getpeername()[0])
    """
    (tmp_path / "own.py").write_text(textwrap.dedent(program))
    seen = sh(f"{sys.executable} -I {tmp_path}/own.py", tmp_path)
    assert seen.output.strip() == "127.0.0.1"


@possible
def test_other_names_do_not_resolve(tmp_path: Path) -> None:
    program = "import socket; socket.getaddrinfo('example.com', 80)"
    seen = sh(f'{sys.executable} -I -c "{program}"', tmp_path)
    assert "gaierror" in seen.output


@possible
def test_control_url_is_reached(tmp_path: Path) -> None:
    program = (
        "import os, urllib.request as u;"
        "print(u.urlopen(os.environ['ANTKEY_CONTROL_URL'] + '/mark', b'{}').read())"
    )
    seen = sh(f'{sys.executable} -I -c "{program}"', tmp_path)
    assert seen.output.strip() == "b'{}'"


@possible
def test_base_url_is_the_same_inside(tmp_path: Path) -> None:
    program = (
        "import os, urllib.request as u;"
        "print(u.urlopen(os.environ['ANTHROPIC_BASE_URL'] + '/v1/messages', b'{}').status)"
    )
    seen = sh(f'{sys.executable} -I -c "{program}"', tmp_path)
    assert seen.output.strip() == "200"
    assert [exchange.transport for exchange in seen.answered] == ["base-url"]


@possible
def test_files_of_the_system_stay_as_they_are(tmp_path: Path) -> None:
    files = [Path("/etc/hosts"), Path("/etc/resolv.conf"), Path("/etc/nsswitch.conf")]
    before = [path.read_bytes() for path in files if path.is_file()]
    seen = sh("cat /etc/hosts", tmp_path)
    assert f"127.0.0.1 {API}" in seen.output
    assert [path.read_bytes() for path in files if path.is_file()] == before


@possible
def test_command_is_the_user_it_was(tmp_path: Path) -> None:
    seen = sh("id -u; id -g; pwd", tmp_path)
    assert seen.output.split() == [str(os.getuid()), str(os.getgid()), str(Path.cwd())]


@possible
@pytest.mark.parametrize("code", [0, 3, 70, 255])
def test_exit_code_is_the_commands_when_isolated(tmp_path: Path, code: int) -> None:
    assert sh(f"exit {code}", tmp_path).ended[:2] == (code, None)


@possible
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGSEGV])
def test_signal_is_the_commands_when_isolated(tmp_path: Path, number: int) -> None:
    assert sh(f"kill -{int(number)} $$", tmp_path).ended[:2] == (None, number)


@possible
def test_signals_do_what_they_do_otherwise(tmp_path: Path) -> None:
    program = "import signal; print(signal.getsignal(signal.SIGTERM) == signal.SIG_DFL)"
    seen = sh(f'{sys.executable} -c "{program}"; yes | head -n 1', tmp_path)
    assert seen.output.split() == ["True", "y"]  # `yes` ends silently, by SIGPIPE


@possible
def test_command_is_asked_to_end_before_it_is_made_to(tmp_path: Path) -> None:
    said: list[bytes] = []
    ended = run_isolated(
        ["sh", "-c", "trap 'echo cleaned; exit 5' TERM; echo ready; sleep 1000 & wait"],
        os.environ,
        Masker(),
        Inside((API,), "http://127.0.0.1:4001", "http://127.0.0.1:4002", os.devnull),
        _closed,
        str(tmp_path),
        on_output=said.append,
        timeout=1,
    )
    assert b"".join(said).split() == [b"ready", b"cleaned"]
    assert ended[:2] == (5, None)
    assert ended.timed_out


@possible
@pytest.mark.parametrize("leaving", ["", "setsid", "nohup setsid", "env -i setsid"])
def test_nothing_outlives_an_isolated_command(tmp_path: Path, leaving: str) -> None:
    mark = f"1000.{os.getpid()}"
    seen = sh(f"{leaving} sleep {mark} & exit 4", tmp_path)
    assert seen.ended.code == 4
    commands = [
        path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        for path in Path("/proc").glob("[0-9]*/cmdline")
        if is_running(path.parent.name)
    ]
    assert [line for line in commands if f"sleep {mark}" in line] == []


@possible
def test_nothing_outlives_us_when_we_are_killed(tmp_path: Path) -> None:
    fifo = tmp_path / "alive"
    os.mkfifo(fifo)
    script = f"""
        import os
        from antkey_hooks.egress.isolation import Inside, run_isolated
        from antkey_hooks.egress.masking import Masker
        run_isolated(["sh", "-c", "exec 3> {fifo}; echo ready; setsid sleep 1000 & sleep 1000"],
            os.environ, Masker(),
            Inside((), "http://127.0.0.1:4001", "http://127.0.0.1:4002", os.devnull),
            lambda listening, is_control=False: listening.close(), {str(tmp_path)!r})
    """
    argv = [sys.executable, "-c", textwrap.dedent(script)]
    reading = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    try:
        with subprocess.Popen(argv, stderr=subprocess.PIPE, text=True) as starter:
            assert starter.stderr is not None
            assert starter.stderr.readline() == "ready\n"
            starter.kill()
        os.set_blocking(reading, True)
        assert os.read(reading, 1) == b""  # until the last of them has closed its end
    finally:
        os.close(reading)


@possible
def test_missing_command_is_the_same_error_as_ever(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="no-such-thing: no such command"):
        run_wrapped(["no-such-thing"], tmp_path / "files", isolated=True)


@possible
@pytest.mark.skipif(os.name == "nt" or os.getuid() != 0, reason="needs root to become another user")
def test_user_without_rights_is_isolated_too(tmp_path: Path) -> None:
    system = shutil.which("python3", path="/usr/bin:/bin")
    if system is None:
        pytest.skip("no Python that every user may run")
    argv = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"]
    program = "import socket; socket.socket().bind(('127.0.0.1', 1))"
    if shutil.which("setpriv") is None:
        pytest.skip("no setpriv here")
    start = Path(str(namespace_start.__file__))
    readable = Path(tmp_path.root, "tmp") / f"antkey-test-{os.getpid()}"
    readable.mkdir(mode=0o755)
    try:
        copied = shutil.copy(start, readable / "start.py")
        (readable / "plan").write_text('{"needed": [], "wanted": [], "ports": [443]}')
        for path in readable.iterdir():
            path.chmod(0o644)
        ours, theirs = socket.socketpair()
        with ours, theirs:
            command = [
                system,
                "-I",
                "-S",
                str(copied),
                str(theirs.fileno()),
                str(readable / "plan"),
            ]
            done = subprocess.run(
                [*argv, *command, system, "-c", program],
                pass_fds=[theirs.fileno()],
                capture_output=True,
                text=True,
                check=False,
            )
            told = ours.recv(4096)
    finally:
        shutil.rmtree(readable)
    if b"failed" in told:
        pytest.skip("this system allows no namespaces to users")
    assert done.returncode == 1
    assert "PermissionError" in done.stderr, "the command has none of the rights of who set it up"


@pytest.mark.skipif(sys.platform == "linux", reason="it works here")
def test_other_systems_say_that_they_cannot() -> None:
    assert "Linux only" in str(problem())


def _closed(listening: socket.socket, *, is_control: bool = False) -> None:
    listening.close()
