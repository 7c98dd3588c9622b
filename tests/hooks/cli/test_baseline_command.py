"""`antkey baseline create` and `prune` as whole processes."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.hooks.cli.baselines import FILE, edit, entries, statuses
from tests.hooks.cli.conftest import Antkey

Maker = Callable[..., str]


@pytest.fixture
def tree(tmp_path: Path, make_key: Maker) -> Path:
    """A repository with two keys."""
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    for name in ("src/a.env", "docs/b.env"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text(f"KEY={make_key()}\n")
    return tmp_path


def test_it_holds_hashes_and_no_part_of_a_key(antkey: Antkey, tree: Path, make_key: Maker) -> None:
    key = make_key()
    (tree / f"{key}.env").write_text(key)
    antkey("baseline", "create")
    text = (tree / FILE).read_text()
    keys = [key, *((tree / name).read_text()[4:-1] for name in ("src/a.env", "docs/b.env"))]
    for each in keys:
        random_part = each.removeprefix("sk-ant-api03-")
        assert not any(random_part[at : at + 4] in text for at in range(0, 90, 4))
    assert set(statuses(antkey).values()) == {"baseline"}
    assert antkey("scan", FILE).returncode == 0


def test_the_time_of_an_entry_is_the_run_s(antkey: Antkey, tree: Path) -> None:
    antkey("baseline", "create", "src", "--now", "2026-11-20T12:00:00+01:00")
    antkey("baseline", "create", SOURCE_DATE_EPOCH="0")
    assert [entry["added_at"] for entry in entries(tree)] == [
        "1970-01-01T00:00:00Z",
        "2026-11-20T11:00:00Z",
    ]


def test_creating_again_adds_and_keeps(antkey: Antkey, tree: Path, make_key: Maker) -> None:
    antkey("baseline", "create")
    edit(tree, lambda found: found[0].update(reason="sample", owner="docs team"))
    (tree / "c.env").write_text(make_key())
    assert antkey("baseline", "create").stdout.decode() == f"{FILE}: 1 added, 2 kept\n"
    assert [entry["path"] for entry in entries(tree)] == ["c.env", "docs/b.env", "src/a.env"]
    assert entries(tree)[1]["owner"] == "docs team"
    text = antkey("scan").stdout.decode()
    assert "[baseline: sample (docs team)]" in text
    assert "CLEAN  no findings (3 more accepted)" in text


def test_a_file_that_would_not_change_is_left_alone(antkey: Antkey, tree: Path) -> None:
    antkey("baseline", "create")
    os.utime(tree / FILE, (1, 1))
    before = (tree / FILE).stat()
    for what in ("create", "prune"):
        assert antkey("baseline", what).stdout.decode().endswith(", 2 kept\n")
        assert (tree / FILE).stat().st_mtime == before.st_mtime
        assert (tree / FILE).stat().st_ino == before.st_ino


def test_permissions_and_links_stay(antkey: Antkey, tree: Path, tmp_path: Path) -> None:
    (tree / "shared").mkdir()
    (tree / FILE).symlink_to("shared/base.json")
    assert antkey("baseline", "create", "src").returncode == 0
    (tree / "shared/base.json").chmod(0o640)
    assert antkey("baseline", "create").returncode == 0
    assert (tree / FILE).is_symlink()
    assert stat.S_IMODE((tree / "shared/base.json").stat().st_mode) == 0o640
    assert sorted(path.name for path in (tree / "shared").iterdir()) == ["base.json"]
    assert set(statuses(antkey).values()) == {"baseline"}


def test_pruning_takes_out_what_is_gone_from_where_it_looked(antkey: Antkey, tree: Path) -> None:
    antkey("baseline", "create")
    (tree / "src/a.env").write_text("KEY=\n")
    (tree / "docs/b.env").rename(tree / "docs/other.env")
    (tree / "docs/other.env").write_text("KEY=\n")
    assert antkey("baseline", "prune", "docs").stdout.decode() == f"{FILE}: 1 removed, 1 kept\n"
    assert [entry["path"] for entry in entries(tree)] == ["src/a.env"]
    done = antkey("baseline", "prune", "--exclude", "src")
    assert done.stdout.decode() == f"{FILE}: 0 removed, 1 kept\n"
    assert antkey("baseline", "prune").stdout.decode() == f"{FILE}: 1 removed, 0 kept\n"
    assert entries(tree) == []


def test_an_incomplete_scan_prunes_nothing(antkey: Antkey, tree: Path) -> None:
    antkey("baseline", "create")
    (tree / "docs/b.env").unlink()
    (tree / "cut.gz").write_bytes(b"\x1f\x8b\x08" + bytes(7) + b"\xff" * 20)
    before = (tree / FILE).read_bytes()
    done = antkey("baseline", "prune")
    assert (done.returncode, done.stdout) == (3, b"")
    assert done.stderr.decode() == (
        f"antkey: {FILE}: nothing was taken out; 1 place in scope was not read,"
        " and what was not seen is not known to be gone\n"
    )
    assert (tree / FILE).read_bytes() == before
    (tree / "antkey.toml").write_text('[[scan.accept]]\npath = "cut.gz"\nreason = "cut"\n')
    assert antkey("baseline", "prune").returncode == 0
    assert len(entries(tree)) == 1


def test_what_the_policy_leaves_unread_is_not_pruned(antkey: Antkey, tree: Path) -> None:
    antkey("baseline", "create")
    edit(tree, lambda found: found[0].update(path="cut.gz!/inner.env"))
    (tree / "cut.gz").write_bytes(b"\x1f\x8b\x08" + bytes(7) + b"\xff" * 20)
    (tree / "antkey.toml").write_text('[[scan.accept]]\npath = "cut.gz"\nreason = "cut"\n')
    (tree / "docs/b.env").unlink()
    assert antkey("baseline", "prune").stdout.decode() == f"{FILE}: 0 removed, 2 kept\n"


def test_a_rule_that_was_not_looked_for_is_not_pruned(
    antkey: Antkey, tree: Path, tmp_path: Path
) -> None:
    antkey("baseline", "create")
    edit(tree, lambda found: found[0].update(rule="a-rule-of-ours"))
    assert antkey("baseline", "prune").stdout.decode() == f"{FILE}: 0 removed, 2 kept\n"


def test_an_incomplete_scan_creates_what_it_saw_and_says_so(antkey: Antkey, tree: Path) -> None:
    (tree / "cut.gz").write_bytes(b"\x1f\x8b\x08" + bytes(7) + b"\xff" * 20)
    done = antkey("baseline", "create")
    assert done.returncode == 3
    assert done.stdout.decode() == f"{FILE}: 2 added, 0 kept\n"
    assert done.stderr.decode() == (
        "antkey: 1 place in scope was not read; what lies there is not in the baseline\n"
    )
    assert antkey("baseline", "create", "--allow-incomplete", "known").returncode == 0


def test_a_clean_tree_has_an_empty_baseline(antkey: Antkey, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("fine")
    done = antkey("baseline", "create", "--baseline", "made/on/the/way.json")
    assert (done.returncode, done.stdout) == (0, b"made/on/the/way.json: 0 added, 0 kept\n")
    assert entries(tmp_path, "made/on/the/way.json") == []
    assert antkey("scan", "--baseline", "made/on/the/way.json").returncode == 0


def test_what_is_waived_is_not_accepted_for_ever(antkey: Antkey, tree: Path) -> None:
    (tree / "antkey.toml").write_text(
        '[[waiver]]\nrule = "anthropic-api-key"\npath = "src/a.env"\n'
        'reason = "freeze"\nexpires = 2199-01-01\n'
    )
    marked = (tree / "docs/b.env").read_text().strip()
    (tree / "docs/b.env").write_text(f"{marked} # antkey: ignore[anthropic-api-key] sample\n")
    assert antkey("baseline", "create").stdout.decode() == f"{FILE}: 0 added, 0 kept\n"
    done = antkey("baseline", "create", "--no-config")
    assert done.stdout.decode() == f"{FILE}: 2 added, 0 kept\n"


def test_quiet_says_nothing_and_verbose_says_where(antkey: Antkey, tree: Path) -> None:
    done = antkey("baseline", "create", "-q")
    assert (done.stdout, done.stderr) == (b"", b"")
    assert f"antkey: baseline: {FILE} (2 accepted)\n" in antkey("scan", "-v").stderr.decode()


@pytest.mark.parametrize("what", [["scan"], ["baseline", "create"], ["baseline", "prune"]])
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", f"{FILE}:1:2: is not JSON ("),
        ("[]", f"{FILE}: is a list, not an object; name a baseline file"),
        (
            '{"kind": "antkey-baseline", "schema": 2, "entries": []}',
            f"{FILE}: schema: a newer antkey wrote this; update antkey",
        ),
        (
            '{"kind": "antkey-baseline", "schema": 1, "entries": [\n{"path": 1}]}',
            f"{FILE}:2: entries[1].rule: is missing; ",
        ),
    ],
)
def test_a_malformed_one_is_told_before_anything_is_read(
    antkey: Antkey, tree: Path, what: list[str], text: str, message: str
) -> None:
    (tree / FILE).write_text(text)
    done = antkey(*what)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode().startswith(f"antkey: {message}")
    assert (tree / FILE).read_text() == text


def test_one_that_is_named_has_to_be_there(antkey: Antkey, tree: Path) -> None:
    for what in (["scan"], ["baseline", "prune"]):
        done = antkey(*what, "--baseline", "gone.json")
        assert (done.returncode, done.stdout) == (2, b"")
        assert b"gone.json: there is no such baseline; make it with" in done.stderr
    assert b"there is no such baseline" in antkey("baseline", "prune").stderr
    (tree / FILE).mkdir()
    assert antkey("scan").returncode == 2


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write anywhere")
def test_what_cannot_be_written_is_told(antkey: Antkey, tree: Path) -> None:
    (tree / "locked").mkdir(mode=0o555)
    done = antkey("baseline", "create", "--baseline", "locked/b.json")
    assert done.returncode == 2
    assert b"locked/b.json: the baseline cannot be written (permission denied)" in done.stderr


def test_a_file_on_the_way_is_told(antkey: Antkey, tree: Path) -> None:
    done = antkey("baseline", "create", "--baseline", "src/a.env/b.json")
    assert done.returncode == 2
    assert b"src/a.env/b.json: the baseline cannot be written (" in done.stderr


WITHOUT_LOCKS = "import sys; sys.modules['fcntl'] = None; from antkey_hooks.cli import main; main()"
"""As where a folder cannot be locked: a lock file takes its place."""


@pytest.mark.parametrize(
    "start", [["-m", "antkey_hooks.cli"], ["-c", WITHOUT_LOCKS]], ids=["lock", "lock file"]
)
def test_two_runs_at_once_lose_nothing(
    tree: Path, make_key: Maker, environment: dict[str, str], start: list[str]
) -> None:
    folders = [f"part{number}" for number in range(6)]
    for folder in folders:
        (tree / folder).mkdir()
        (tree / folder / "a.env").write_text(f"{make_key()}\n{make_key()}\n")
    running = [
        subprocess.Popen(
            [sys.executable, *start, "baseline", "create", "-q", "--baseline", FILE, folder],
            cwd=tree,
            env=environment,
        )
        for folder in folders
    ]
    assert [process.wait(60) for process in running] == [0] * 6
    paths = [entry["path"] for entry in entries(tree)]
    assert paths == sorted(f"{folder}/a.env" for folder in folders for _ in range(2))
    assert sorted(path.name for path in tree.glob(".antkey*")) == [FILE]


def test_who_creates_and_who_prunes_at_once_lose_nothing(
    antkey: Antkey, tree: Path, make_key: Maker, command: list[str], environment: dict[str, str]
) -> None:
    antkey("baseline", "create", "docs")
    (tree / "docs/b.env").write_text("KEY=\n")
    lines = (["create", "src"], ["prune", "docs"], ["create", "src"], ["prune", "docs"])
    running = [
        subprocess.Popen([*command, "baseline", *line, "-q"], cwd=tree, env=environment)
        for line in lines
    ]
    assert [process.wait(60) for process in running] == [0] * 4
    assert [entry["path"] for entry in entries(tree)] == ["src/a.env"]
