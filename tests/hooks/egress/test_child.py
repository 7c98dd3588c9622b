"""The command runs as it would alone, its output is masked, and nothing of it outlives it."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest
from tests.hooks.egress.test_masking import hint_of, key_of

from antkey_hooks.egress.child import Ended, run_command
from antkey_hooks.egress.masking import Masker
from antkey_scanner.errors import PolicyError

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the commands are a Unix shell's")
on_linux = pytest.mark.skipif(
    sys.platform != "linux", reason="processes that left their group are found on Linux only"
)

FOREVER = "sleep 1000"


def run(script: str, *, key: str | None = None, **options: object) -> tuple[Ended, str]:
    said: list[bytes] = []
    environment = {**os.environ, **({"KEY": key} if key else {})}
    masker = Masker([key] if key else [])
    ended = run_command(
        ["sh", "-c", script],
        environment,
        masker,
        on_output=said.append,
        **options,  # type: ignore[arg-type]
    )
    return ended, b"".join(said).decode()


def is_running(pid: str) -> bool:
    """Whether a process runs; one that has ended and waits to be noticed does not."""
    try:
        stat = Path(f"/proc/{pid.strip()}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return stat.rpartition(")")[2].split()[0] not in "ZX"


@pytest.mark.parametrize("code", [0, 1, 3, 127, 255])
def test_exit_code_is_the_commands(code: int) -> None:
    ended, _ = run(f"exit {code}")
    assert (ended.code, ended.signal, ended.timed_out) == (code, None, False)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGUSR1])
def test_signal_that_ended_the_command_is_told(number: int) -> None:
    ended, _ = run(f"kill -{int(number)} $$")
    assert (ended.code, ended.signal) == (None, number)


def test_both_streams_are_passed_on_masked() -> None:
    key = key_of(1)
    _, output = run('echo "out $KEY"; echo "err $KEY" >&2', key=key)
    assert sorted(output.splitlines()) == [f"err {hint_of(key)}", f"out {hint_of(key)}"]


def test_key_that_is_written_in_pieces_is_masked() -> None:
    key = key_of(2)
    _, output = run(
        'echo "$KEY" | fold -b -w 1 | while IFS= read -r c; do printf %s "$c"; done',
        key=key,
    )
    assert output == hint_of(key)


def test_output_goes_to_standard_error_and_nothing_to_standard_output() -> None:
    script = """
        import os, sys
        from antkey_hooks.egress.child import run_command
        from antkey_hooks.egress.masking import Masker
        run_command(["sh", "-c", "echo out; echo err >&2"], os.environ, Masker())
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, check=True
    )
    assert done.stdout == ""
    assert sorted(done.stderr.split()) == ["err", "out"]


def test_much_output_is_passed_on_whole() -> None:
    _, output = run("yes 0123456789 | head -n 200000")
    assert output == "0123456789\n" * 200_000


def test_prompt_without_a_newline_is_shown_while_the_command_waits(tmp_path: Path) -> None:
    answer = tmp_path / "answer"
    os.mkfifo(answer)
    shown = threading.Event()
    said: list[bytes] = []

    def show(text: bytes) -> None:
        said.append(text)
        if b"".join(said) == b"Go on? ":
            shown.set()

    def reply() -> None:
        if shown.wait(60):
            answer.write_text("yes\n")

    threading.Thread(target=reply, daemon=True).start()
    script = f'printf "Go on? "; read said < "{answer}"; echo "$said"'
    run_command(["sh", "-c", script], os.environ, Masker(), on_output=show, timeout=60)
    assert b"".join(said) == b"Go on? yes\n"


def test_command_has_our_standard_input() -> None:
    script = """
        import os
        from antkey_hooks.egress.child import run_command
        from antkey_hooks.egress.masking import Masker
        run_command(["cat"], os.environ, Masker())
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)],
        input="given\n",
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == "given\n"


def test_command_sees_only_the_given_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OF_THE_CALLER", "1")
    said: list[bytes] = []
    run_command(["/usr/bin/env"], {"ONLY": "this"}, Masker(), on_output=said.append)
    assert b"".join(said) == b"ONLY=this\n"


def test_command_runs_in_the_given_folder(tmp_path: Path) -> None:
    _, output = run("pwd -P", cwd=str(tmp_path))
    assert output.strip() == str(tmp_path.resolve())


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (["no-such-command-anywhere"], "no such command"),
        (["/"], "may not be run"),
        (["a\0b"], "zero byte"),
    ],
)
def test_command_that_cannot_be_started_is_an_error_with_its_cure(
    command: list[str], message: str
) -> None:
    with pytest.raises(PolicyError, match=message):
        run_command(command, os.environ, Masker())


def test_script_without_an_interpreter_is_an_error_with_its_cure(tmp_path: Path) -> None:
    script = tmp_path / "script"
    script.write_bytes(b"\x00\x01\x02")
    script.chmod(0o755)
    with pytest.raises(PolicyError, match="write its interpreter before it"):
        run_command([str(script)], os.environ, Masker())


def test_time_that_is_up_ends_the_command() -> None:
    ended, _ = run(FOREVER, timeout=0.2)
    assert ended.timed_out
    assert ended.signal == signal.SIGTERM


def test_command_that_does_not_listen_is_ended_all_the_same() -> None:
    ended, _ = run(f"trap '' TERM; while :; do {FOREVER}; done", timeout=0.2)
    assert ended.signal == signal.SIGKILL


def test_background_process_is_ended_and_its_pipe_waited_for_no_longer() -> None:
    ended, output = run(f"{FOREVER} & echo $!")
    assert ended.code == 0
    assert not is_running(output)


def test_last_words_of_a_background_process_are_heard(tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    os.mkfifo(ready)
    _, output = run(
        f"(trap 'echo goodbye; exit' TERM; : > {ready}; {FOREVER} & wait) & cat {ready}; exit 0"
    )
    assert output == "goodbye\n"


@on_linux
@pytest.mark.parametrize("leaving", ["setsid", "env -i setsid", "setsid setsid"])
def test_process_that_left_its_group_is_ended(leaving: str, tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    os.mkfifo(pid)
    ended, output = run(f"{leaving} sh -c 'echo $$ > {pid}; {FOREVER}' & cat {pid}")
    assert ended.code == 0
    assert not is_running(output)


@on_linux
def test_processes_that_were_there_before_stay() -> None:
    with subprocess.Popen(["sleep", "1000"]) as mine:
        run("exit 0")
        assert mine.poll() is None
        mine.kill()


@on_linux
def test_nothing_is_left_to_be_noticed() -> None:
    run("setsid true & true & exit 0")
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_reader_that_goes_away_does_not_stop_the_command(tmp_path: Path) -> None:
    def broken(_: bytes) -> None:
        raise BrokenPipeError

    script = f"echo one; echo two; echo three > {tmp_path}/done"
    ended = run_command(["sh", "-c", script], os.environ, Masker(), on_output=broken)
    assert ended.code == 0
    assert (tmp_path / "done").read_text() == "three\n"


STARTER = """
import os, sys
from antkey_hooks.egress.child import run_command
from antkey_hooks.egress.masking import Masker
import antkey_hooks.cli as cli
cli._raise_on_terminate()
try:
    run_command(["sh", "-c", sys.argv[1]], os.environ, Masker())
except KeyboardInterrupt:
    sys.exit(130)
except cli.Terminated:
    sys.exit(143)
"""


@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 143)],
)
def test_interruption_ends_the_command_and_is_reported(number: signal.Signals, code: int) -> None:
    script = f"{FOREVER} & echo $! $$; wait"
    argv = [sys.executable, "-c", STARTER, script]
    with subprocess.Popen(argv, stderr=subprocess.PIPE, text=True) as starter:
        assert starter.stderr is not None
        pids = starter.stderr.readline().split()
        starter.send_signal(number)
        assert starter.wait(60) == code
    assert [pid for pid in pids if is_running(pid)] == []


def test_command_may_clean_up_when_it_is_interrupted() -> None:
    script = f"trap 'echo cleaned; exit 0' TERM; echo ready; {FOREVER} & wait"
    argv = [sys.executable, "-c", STARTER, script]
    with subprocess.Popen(argv, stderr=subprocess.PIPE, text=True) as starter:
        assert starter.stderr is not None
        assert starter.stderr.readline() == "ready\n"
        starter.send_signal(signal.SIGTERM)
        assert starter.stderr.readline() == "cleaned\n"
        assert starter.wait(60) == 143


def test_signal_that_is_ignored_stays_ignored() -> None:
    ignoring = "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN)\n" + STARTER
    script = "echo ready; read line; exit 0"
    argv = [sys.executable, "-c", ignoring, script]
    with subprocess.Popen(
        argv, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as starter:
        assert starter.stderr is not None
        assert starter.stdin is not None
        assert starter.stderr.readline() == "ready\n"
        starter.send_signal(signal.SIGHUP)
        starter.stdin.write("go on\n")
        starter.stdin.close()
        assert starter.wait(60) == 0


@on_linux
def test_command_does_not_outlive_us_when_we_are_killed() -> None:
    script = f"{FOREVER} & echo $! $$; wait"
    argv = [sys.executable, "-c", STARTER, script]
    with subprocess.Popen(argv, stderr=subprocess.PIPE, text=True) as starter:
        assert starter.stderr is not None
        pids = starter.stderr.readline().split()
        watched = [os.pidfd_open(int(pid)) for pid in pids]
        starter.kill()
    for descriptor in watched:
        assert select.select([descriptor], [], [], 60)[0] == [descriptor]
        os.close(descriptor)
