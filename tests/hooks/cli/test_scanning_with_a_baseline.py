"""What a baseline accepts in a scan, from wherever one scans."""

from __future__ import annotations

import subprocess
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


def test_what_is_there_is_accepted_and_what_comes_is_not(
    antkey: Antkey, tree: Path, make_key: Maker
) -> None:
    done = antkey("baseline", "create")
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode() == f"{FILE}: 2 added, 0 kept\n"
    assert statuses(antkey) == {"docs/b.env": "baseline", "src/a.env": "baseline"}
    (tree / "src/a.env").write_text("# moved down\n\n" + (tree / "src/a.env").read_text())
    (tree / "new.env").write_text(make_key())
    assert statuses(antkey) == {
        "docs/b.env": "baseline",
        "new.env": "open",
        "src/a.env": "baseline",
    }


def test_another_key_at_an_accepted_place_is_open(
    antkey: Antkey, tree: Path, make_key: Maker
) -> None:
    antkey("baseline", "create")
    (tree / "src/a.env").write_text(make_key())
    assert statuses(antkey)["src/a.env"] == "open"


def test_it_holds_wherever_one_scans_from(
    antkey: Antkey, tree: Path, command: list[str], environment: dict[str, str]
) -> None:
    antkey("baseline", "create", ".")
    for target in ("src", "src/a.env", str(tree / "src"), str(tree / "src/a.env"), "src/"):
        assert set(statuses(antkey, target).values()) == {"baseline"}, target
    assert set(statuses(antkey, "src", "docs").values()) == {"baseline"}
    for folder, arguments in (
        (tree / "src", ["."]),
        (tree / "src", [str(tree)]),
        (Path("/"), [str(tree / "src"), "--baseline", str(tree / FILE)]),
    ):
        done = subprocess.run(
            [*command, "scan", *arguments],
            cwd=folder,
            env=environment,
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, (folder, done.stdout)


def test_one_made_from_a_part_holds_for_the_whole(antkey: Antkey, tree: Path) -> None:
    antkey("baseline", "create", str(tree / "src"))
    assert statuses(antkey) == {"docs/b.env": "open", "src/a.env": "baseline"}


def test_it_lies_beside_the_policy(
    antkey: Antkey, tree: Path, command: list[str], environment: dict[str, str]
) -> None:
    (tree / "antkey.toml").write_text('profile = "strict-byok"\n')
    done = subprocess.run(
        [*command, "baseline", "create", "."], cwd=tree / "src", env=environment, check=True
    )
    assert done.returncode == 0
    assert [entry["path"] for entry in entries(tree)] == ["src/a.env"]
    (tree / "ci").mkdir()
    (tree / FILE).rename(tree / "ci" / FILE)
    (tree / "antkey.toml").rename(tree / "ci/antkey.toml")
    edit(tree / "ci", lambda found: found[0].update(path="../src/a.env"))
    assert statuses(antkey, "--policy", "ci/antkey.toml")["src/a.env"] == "baseline"
    assert statuses(antkey)["src/a.env"] == "open"


def test_no_config_trusts_only_the_baseline_that_is_named(antkey: Antkey, tree: Path) -> None:
    antkey("baseline", "create")
    assert set(statuses(antkey, "--no-config").values()) == {"open"}
    assert set(statuses(antkey, "--no-config", "--baseline", FILE).values()) == {"baseline"}


def test_a_scanned_folder_s_own_baseline_is_not_taken(
    antkey: Antkey, tree: Path, make_key: Maker
) -> None:
    foreign = tree / "vendor" / "foreign"
    foreign.mkdir(parents=True)
    subprocess.run(["git", "init", "-q", str(foreign)], check=True)
    (foreign / "c.env").write_text(make_key())
    antkey("baseline", "create", "vendor/foreign", "--baseline", str(foreign / FILE))
    assert statuses(antkey, "vendor/foreign") == {"c.env": "open"}


def test_renames_survive_and_copies_are_found(antkey: Antkey, tree: Path) -> None:
    antkey("baseline", "create")
    edit(tree, lambda found: found[1].update(reason="sample"))
    (tree / "src/a.env").rename(tree / "src/settings.env")
    assert statuses(antkey)["src/settings.env"] == "baseline"
    assert statuses(antkey, "src") == {"settings.env": "baseline"}
    (tree / "copy.env").write_bytes((tree / "src/settings.env").read_bytes())
    assert statuses(antkey) == {
        "copy.env": "open",
        "docs/b.env": "baseline",
        "src/settings.env": "open",
    }
    (tree / "copy.env").unlink()
    assert antkey("baseline", "prune").stdout.decode() == f"{FILE}: 0 removed, 1 moved, 1 kept\n"
    assert entries(tree)[1]["path"] == "src/settings.env"
    assert entries(tree)[1]["reason"] == "sample"
    (tree / "copy.env").write_bytes((tree / "src/settings.env").read_bytes())
    assert statuses(antkey)["copy.env"] == "open"
    assert statuses(antkey)["src/settings.env"] == "baseline"


def test_a_copy_is_found_by_who_scans_only_it(antkey: Antkey, tree: Path) -> None:
    antkey("baseline", "create")
    (tree / "web").mkdir()
    (tree / "web/copy.env").write_bytes((tree / "src/a.env").read_bytes())
    assert statuses(antkey, "web") == {"copy.env": "open"}
    assert statuses(antkey, "--exclude", "src")["web/copy.env"] == "open"


def test_windows_paths_are_understood(antkey: Antkey, tree: Path) -> None:
    antkey("baseline", "create")
    edit(tree, lambda found: found[1].update(path="src\\a.env"))
    assert statuses(antkey)["src/a.env"] == "baseline"
    assert antkey("baseline", "prune").stdout.decode() == f"{FILE}: 0 removed, 2 kept\n"


def test_a_baseline_costs_a_scan_nothing_but_itself(antkey: Antkey, tree: Path) -> None:
    antkey("baseline", "create")
    assert antkey("scan", "-q", "src").returncode == 0
    (tree / FILE).unlink()
    assert antkey("scan", "-q", "src").returncode == 1


def test_what_is_staged_says_nothing_of_what_is_not(antkey: Antkey, tree: Path) -> None:
    antkey("baseline", "create")
    (tree / "copy.env").write_bytes((tree / "src/a.env").read_bytes())
    subprocess.run(["git", "add", "copy.env", "docs/b.env"], cwd=tree, check=True)
    assert statuses(antkey, "--staged") == {"copy.env": "open", "docs/b.env": "baseline"}
    assert antkey("baseline", "prune", "--staged").stdout.decode() == f"{FILE}: 0 removed, 2 kept\n"
    subprocess.run(["git", "mv", "-f", "copy.env", "src/a.env"], cwd=tree, check=True)
    subprocess.run(["git", "mv", "src/a.env", "src/moved.env"], cwd=tree, check=True)
    assert statuses(antkey, "--staged")["src/moved.env"] == "baseline"
