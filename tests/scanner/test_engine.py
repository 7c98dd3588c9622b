"""A scan of real folders: everything in them is read or named, and one bad path stops nothing."""

from __future__ import annotations

import base64
import gzip
import io
import os
import random
import socket
import string
import subprocess
import zipfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import pytest

from antkey_rules.load import load_builtin
from antkey_scanner import engine, pool, system
from antkey_scanner.engine import Scanned, Settings, scan
from antkey_scanner.errors import PolicyError
from antkey_scanner.tasks import RANGE

Maker = Callable[..., str]
RULES = load_builtin()


def _scan(*paths: Path | str, jobs: int = 1, **named: object) -> Scanned:
    settings = Settings(**named)  # type: ignore[arg-type]
    return scan([str(path) for path in paths], RULES, settings, jobs=jobs)


def _places(scanned: Scanned) -> list[tuple[str, int | None, int | None]]:
    return [
        (finding.location.path, finding.location.line, finding.location.column)
        for finding in scanned.findings
    ]


def test_a_key_has_its_path_line_and_column(tmp_path: Path, make_key: Maker) -> None:
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf" / "app.env").write_text(f"A=1\né KEY={make_key()}\n")
    scanned = _scan(tmp_path)
    assert _places(scanned) == [("conf/app.env", 2, 7)]
    assert scanned.stats.files == 1


def test_one_key_in_one_path_is_one_finding(tmp_path: Path, make_key: Maker) -> None:
    key = make_key()
    (tmp_path / "a.txt").write_text(f"{key}\n{key}\n")
    (tmp_path / "b.txt").write_text(f"\n{key}")
    assert _places(_scan(tmp_path)) == [("a.txt", 1, 1), ("b.txt", 2, 1)]


def test_paths_are_as_they_were_named(
    tmp_path: Path, make_key: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("x", "y"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "f").write_text(make_key())
    assert [place[0] for place in _places(_scan("x", "y"))] == ["x/f", "y/f"]
    assert [place[0] for place in _places(_scan("x/f"))] == ["x/f"]
    assert [place[0] for place in _places(_scan("x"))] == ["f"]


def test_hidden_and_ignored_files_are_scanned(tmp_path: Path, make_key: Maker) -> None:
    (tmp_path / ".gitignore").write_text(".env\n")
    (tmp_path / ".env").write_text(make_key())
    assert _places(_scan(tmp_path)) == [(".env", 1, 1)]
    scanned = _scan(tmp_path, follow_gitignore=True)
    assert not scanned.findings
    assert [(skip.path, skip.counts) for skip in scanned.skips] == [(".env", False)]


def test_excluded_paths_are_named(tmp_path: Path, make_key: Maker) -> None:
    (tmp_path / "tests" / "fixtures").mkdir(parents=True)
    (tmp_path / "tests" / "fixtures" / "a").write_text(make_key())
    scanned = _scan(tmp_path, exclude=("tests/fixtures/**",))
    assert not scanned.findings
    assert [(skip.path, skip.counts) for skip in scanned.skips] == [("tests/fixtures", False)]


def test_a_glob_leaves_out_no_more_than_it_names(tmp_path: Path, make_key: Maker) -> None:
    (tmp_path / "tests").mkdir()
    for name in ("a", "long", "keep.env"):
        (tmp_path / "tests" / name).write_text(make_key())
    places = _places(_scan(tmp_path, exclude=("tests/?", "*.env", "!keep.env")))
    assert [place[0] for place in places] == ["tests/keep.env", "tests/long"]


def test_git_folders_are_read_but_for_their_objects(tmp_path: Path, make_key: Maker) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    with (tmp_path / ".git" / "config").open("a") as config:
        config.write(f'[remote "x"]\n\turl = https://u:{make_key()}@example.com\n')
    scanned = _scan(tmp_path)
    assert [place[0] for place in _places(scanned)] == [".git/config"]
    assert any(skip.path == ".git/objects" and not skip.counts for skip in scanned.skips)


def test_a_key_in_a_files_name_is_found(tmp_path: Path, make_key: Maker) -> None:
    (tmp_path / f"{make_key()}.txt").write_text("")
    assert len(_scan(tmp_path).findings) == 1


def test_what_has_no_content_is_named_and_does_not_count(
    tmp_path: Path, make_key: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "dangling").symlink_to("nowhere")
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "up").symlink_to("..")
    monkeypatch.chdir(tmp_path)  # a socket's name may have 107 bytes
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket")
        (tmp_path / "key").write_text(make_key())
        scanned = _scan(tmp_path)
    assert _places(scanned) == [("key", 1, 1)]
    assert {(skip.path, skip.reason, skip.counts) for skip in scanned.skips} == {
        ("pipe", "named pipe", False),
        ("dangling", "symbolic link", False),
        ("loop", "symbolic link", False),
        ("up", "symbolic link", False),
        ("socket", "socket", False),
    }


def test_a_path_that_does_not_exist_is_named(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("nothing")
    scanned = _scan(tmp_path / "a", tmp_path / "missing")
    assert [skip.counts for skip in scanned.skips] == [True]
    with pytest.raises(PolicyError, match="no such file"):
        _scan(tmp_path / "missing")


@pytest.mark.parametrize(
    "name",
    [b"not-utf8-\xff\xfe", b"new\nline", b"esc\x1b[31m", b"<b>&amp;", b"::error::x", b" "],
)
def test_names_of_any_bytes_are_scanned(tmp_path: Path, make_key: Maker, name: bytes) -> None:
    path = os.fsencode(tmp_path) + b"/" + name
    with open(path, "w") as file:
        file.write(make_key())
    (place,) = _places(_scan(tmp_path))
    assert place[0] == name.decode("utf-8", "backslashreplace")


def test_folders_may_be_nested_beyond_the_longest_path(tmp_path: Path, make_key: Maker) -> None:
    descriptor = os.open(tmp_path, os.O_RDONLY)
    depth = 1000
    name = "d" * 20
    for _ in range(depth):
        os.mkdir(name, dir_fd=descriptor)
        deeper = os.open(name, os.O_RDONLY, dir_fd=descriptor)
        os.close(descriptor)
        descriptor = deeper
    file = os.open("key", os.O_WRONLY | os.O_CREAT, dir_fd=descriptor)
    os.write(file, make_key().encode())
    os.close(file)
    os.close(descriptor)
    scanned = _scan(tmp_path)
    assert _places(scanned) == [("/".join([name] * depth + ["key"]), 1, 1)]
    assert not scanned.skips
    subprocess.run(["rm", "-rf", tmp_path / name], check=True)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs root to drop it")
def test_what_may_not_be_read_is_named_and_counts(tmp_path: Path, make_key: Maker) -> None:
    for parent in (tmp_path, *list(tmp_path.parents)[:4]):
        if parent.name.startswith(("pytest-", "popen-", "test_what")):
            parent.chmod(0o755)
    (tmp_path / "closed").write_text("x")
    (tmp_path / "closed").chmod(0)
    (tmp_path / "locked").mkdir(mode=0)
    (tmp_path / "open").write_text(make_key())
    (tmp_path / "open").chmod(0o644)
    _scan(tmp_path)  # imports what the interpreter may not read any more without root
    reader, writer = os.pipe()
    if os.fork() == 0:
        # Whatever goes wrong here must not go on as a second run of the tests.
        try:
            os.setgroups([])
            os.setuid(65534)
            scanned = _scan(tmp_path)
            rows = [(skip.path, skip.reason, skip.counts) for skip in scanned.skips]
            os.write(writer, repr((rows, len(scanned.findings))).encode())
        finally:
            os._exit(0)
    os.close(writer)
    with open(reader) as answer:
        text = answer.read()
    os.wait()
    refused = [("closed", "permission denied", True), ("locked", "permission denied", True)]
    assert text == repr((refused, 1))


@pytest.fixture
def busy_tree(tmp_path: Path) -> tuple[Path, set[str]]:
    """300 files in 30 folders with 20 keys, and the paths of those."""
    dice = random.Random(5)
    keyed = set()
    for number in range(300):
        folder = tmp_path / f"folder-{number % 30}"
        folder.mkdir(exist_ok=True)
        text = "".join(dice.choices(string.printable, k=2000))
        if number % 15 == 0:
            body = "".join(dice.choices(string.ascii_letters + string.digits, k=93))
            text += f"\nsk-ant-api03-{body}AA\n"
            keyed.add(f"{folder.name}/{number}.txt")
        (folder / f"{number}.txt").write_text(text)
    return tmp_path, keyed


@pytest.mark.parametrize("jobs", [1, 2, 5])
def test_workers_change_nothing(busy_tree: tuple[Path, set[str]], jobs: int) -> None:
    root, keyed = busy_tree
    scanned = _scan(root, jobs=jobs)
    assert {place[0] for place in _places(scanned)} == keyed
    assert scanned == _scan(root, jobs=1)


@pytest.mark.parametrize("kind", [ThreadPoolExecutor, ProcessPoolExecutor])
def test_any_executor_does(
    busy_tree: tuple[Path, set[str]], kind: type[ThreadPoolExecutor]
) -> None:
    root, _ = busy_tree
    with kind(2) as executor:
        scanned = scan([str(root)], RULES, Settings(), jobs=2, executor=executor)
    assert scanned == _scan(root)


def test_without_fork_and_descriptors_nothing_changes(
    busy_tree: tuple[Path, set[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    root, _ = busy_tree
    (root / "link").symlink_to("..")
    expected = _scan(root)
    monkeypatch.setattr(system, "POSIX", False)
    monkeypatch.delattr(os, "readv")
    monkeypatch.delattr(os, "pread")
    assert _scan(root) == expected
    assert _scan(root, jobs=2) == expected


def test_a_worker_that_dies_is_named_and_the_rest_is_scanned(
    busy_tree: tuple[Path, set[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    root, keyed = busy_tree
    fatal = "folder-7/7.txt"

    class Fragile(engine.Worker):
        def run(self, task: object) -> object:
            if "7.txt" in str(task) and "folder-7'" in str(task).replace(fatal, ""):
                names = [name for _, _, names in task.folders for name in names]  # type: ignore[attr-defined]
                if "7.txt" in names:
                    os.kill(os.getpid(), 9)
            return super().run(task)  # type: ignore[arg-type]

    monkeypatch.setattr(pool, "Worker", Fragile)
    scanned = _scan(root, jobs=2)
    assert {place[0] for place in _places(scanned)} == keyed
    assert [(skip.path, skip.counts) for skip in scanned.skips] == [(fatal, True)]


@pytest.mark.slow
@pytest.mark.parametrize("jobs", [1, 2])
def test_keys_at_the_edges_of_ranges_have_their_lines(
    tmp_path: Path, make_key: Maker, jobs: int
) -> None:
    path = tmp_path / "big.log"
    line = b"an ordinary line of a log file, nothing to see in it\n"
    text = bytearray(line * (3 * RANGE // len(line) + 1))
    places = [0, RANGE - 108, RANGE - 50, RANGE + 300, 2 * RANGE - 1, len(text) - 108]
    expected = []
    for at in places:
        text[at : at + 108] = make_key().encode()
    for at in places:
        before = bytes(text[:at])
        expected.append(("big.log", before.count(b"\n") + 1, at - before.rfind(b"\n")))
    path.write_bytes(text)
    assert _places(_scan(tmp_path, jobs=jobs)) == expected


@pytest.mark.slow
@pytest.mark.parametrize("jobs", [1, 2])
def test_what_lies_in_encoded_text_of_a_big_file_has_the_line_of_that_text(
    tmp_path: Path, make_key: Maker, jobs: int
) -> None:
    line = b"an ordinary line of a log file, nothing to see in it\n"
    packed = base64.b64encode(gzip.compress(b"\n\n\n" + make_key().encode()))
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inner", f"\n\n{make_key()}")
    with (tmp_path / "big.log").open("wb") as file:
        file.write(line * (3 * RANGE // len(line)))
        file.write(packed + b"\n" + base64.b64encode(zipped.getvalue()) + b"\n")
    number = 3 * RANGE // len(line) + 1
    assert _places(_scan(tmp_path, jobs=jobs)) == [
        ("big.log", number, 1),
        ("big.log!/inner", 3, 1),
    ]


@pytest.mark.slow
def test_a_line_of_500_megabytes_is_one_line(tmp_path: Path, make_key: Maker) -> None:
    size = 500_000_000
    with (tmp_path / "line").open("wb") as file:
        file.truncate(size)
        file.write(b"")
        file.seek(size)
        file.write(make_key().encode())
    assert _places(_scan(tmp_path, jobs=2)) == [("line", 1, size + 1)]


def test_a_file_over_the_limit_is_named_and_counts(tmp_path: Path) -> None:
    (tmp_path / "big").write_bytes(b"x" * 2000)
    (skip,) = _scan(tmp_path, max_file_size=1000).skips
    assert skip.path == "big"
    assert skip.counts


def test_standard_input_is_streamed(tmp_path: Path, make_key: Maker) -> None:
    reader, writer = os.pipe()
    if os.fork() == 0:
        os.close(reader)
        for _ in range(200_000):
            os.write(writer, b"an ordinary line\n")
        os.write(writer, make_key().encode())
        os._exit(0)
    os.close(writer)
    scanned = scan(["-"], RULES, Settings(), jobs=1, stdin=reader)
    os.close(reader)
    os.wait()
    assert _places(scanned) == [("<stdin>", 200_001, 1)]


def test_a_pipe_that_is_named_is_read(tmp_path: Path, make_key: Maker) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    if os.fork() == 0:
        pipe.write_text(make_key())
        os._exit(0)
    scanned = _scan(pipe)
    os.wait()
    assert [place[1:] for place in _places(scanned)] == [(1, 1)]
