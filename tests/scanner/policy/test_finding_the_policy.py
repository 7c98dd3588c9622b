"""Which file is the policy: the nearest one, up to the repository's root and no further."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from antkey_scanner.errors import PolicyError
from antkey_scanner.policy import DEFAULT_PROFILE, load_policy

NOW = 1_795_000_000.0


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A git repository with a subfolder, which is the working folder."""
    root = tmp_path / "repository"
    (root / "src" / "deep").mkdir(parents=True)
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    monkeypatch.chdir(root / "src" / "deep")
    return root


def profile(folder: Path, explicit: Path | None = None) -> str:
    return load_policy(str(explicit) if explicit else None, str(folder), NOW).ref.profile


def write(path: Path, profile: str, header: str = "") -> None:
    path.write_text(f'{header}profile = "{profile}"\n')


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    policy = load_policy(None, str(tmp_path), NOW)
    assert policy.ref == (None, None, DEFAULT_PROFILE)
    assert policy.scan.paths is None
    assert policy.scan.visible_key_characters == 7


def test_it_is_found_at_the_repository_s_root(repository: Path) -> None:
    write(repository / "antkey.toml", "strict-byok")
    policy = load_policy(None, os.getcwd(), NOW)
    assert policy.ref.path == "../../antkey.toml"
    assert policy.folder == str(repository)
    assert policy.ref.profile == "strict-byok"


def test_the_nearest_one_wins(repository: Path) -> None:
    write(repository / "antkey.toml", "strict-byok")
    write(repository / "src" / "antkey.toml", "optional-byok")
    assert profile(repository / "src" / "deep") == "optional-byok"


def test_above_the_repository_s_root_nothing_counts(repository: Path) -> None:
    write(repository.parent / "antkey.toml", "strict-byok")
    assert profile(repository / "src") == DEFAULT_PROFILE


def test_a_linked_worktree_s_git_file_marks_a_root_as_well(tmp_path: Path) -> None:
    write(tmp_path / "antkey.toml", "strict-byok")
    worktree = tmp_path / "worktree"
    worktree.mkdir()
    (worktree / ".git").write_text("gitdir: elsewhere\n")
    assert profile(worktree) == DEFAULT_PROFILE


def test_outside_of_any_repository_only_the_working_folder_counts(tmp_path: Path) -> None:
    write(tmp_path / "antkey.toml", "strict-byok")
    below = tmp_path / "below"
    below.mkdir()
    assert profile(tmp_path) == "strict-byok"
    assert profile(below) == DEFAULT_PROFILE


def test_antkey_toml_goes_before_pyproject_toml(tmp_path: Path) -> None:
    write(tmp_path / "pyproject.toml", "optional-byok", "[tool.antkey]\n")
    assert profile(tmp_path) == "optional-byok"
    write(tmp_path / "antkey.toml", "strict-byok")
    assert profile(tmp_path) == "strict-byok"


def test_a_pyproject_toml_without_our_table_is_passed_over(repository: Path) -> None:
    write(repository / "antkey.toml", "strict-byok")
    (repository / "src" / "pyproject.toml").write_text('[project]\ndependencies = ["antkey"]\n')
    assert profile(repository / "src") == "strict-byok"


def test_a_pyproject_toml_that_does_not_name_us_is_not_even_parsed(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("= broken\n")
    assert profile(tmp_path) == DEFAULT_PROFILE


def test_an_explicit_file_goes_before_all_others(tmp_path: Path) -> None:
    write(tmp_path / "antkey.toml", "strict-byok")
    other = tmp_path / "other.toml"
    write(other, "optional-byok")
    assert profile(tmp_path, other) == "optional-byok"


def test_an_explicit_pyproject_toml_must_hold_our_table(tmp_path: Path) -> None:
    project = tmp_path / "pyproject.toml"
    project.write_text("[project]\nname = 'x'\n")
    with pytest.raises(PolicyError, match=r"pyproject\.toml: has no \[tool\.antkey\]"):
        profile(tmp_path, project)


def test_an_explicit_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match=r"gone\.toml: .*no such file"):
        profile(tmp_path, tmp_path / "gone.toml")


def test_a_link_to_nowhere_is_an_error_and_not_the_defaults(tmp_path: Path) -> None:
    (tmp_path / "antkey.toml").symlink_to("nowhere")
    with pytest.raises(PolicyError, match="cannot be read"):
        profile(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no FIFOs on this system")
@pytest.mark.parametrize("name", ["antkey.toml", "pyproject.toml"])
def test_a_fifo_is_never_waited_for(tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / name)
    if name == "antkey.toml":
        with pytest.raises(PolicyError, match="no regular file"):
            profile(tmp_path)
    else:
        assert profile(tmp_path) == DEFAULT_PROFILE
