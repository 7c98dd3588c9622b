"""`antkey init --git-hooks`: what stands among the hooks is chained, never lost, and can come back."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.hooks.githooks.scratch import MakeKey, Scratch

CLIENT = ("pre-commit", "commit-msg", "pre-push")
OWN = '#!/bin/sh\necho "$0 $*" >> ran.txt\n'


def install(scratch: Scratch, *more: str) -> str:
    done = scratch.antkey("init", "--git-hooks", *more)
    assert done.code == 0, done.text
    return done.text


def hook_files(scratch: Scratch) -> dict[str, bytes]:
    folder = scratch.path / ".git/hooks"
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix != ".sample"}


def test_three_hooks_are_installed_and_git_may_start_them(repository: Scratch) -> None:
    said = install(repository)
    assert set(hook_files(repository)) == set(CLIENT)
    for name in CLIENT:
        assert f"hooks/{name}: installed" in said
        assert os.access(repository.hook(name), os.X_OK)


def test_installing_again_changes_nothing(repository: Scratch) -> None:
    repository.add_hook("pre-commit", OWN)
    install(repository)
    before = hook_files(repository)
    assert install(repository).count("up to date") == 3
    assert hook_files(repository) == before


def test_an_older_script_of_ours_is_brought_up_to_date(repository: Scratch) -> None:
    install(repository)
    new = repository.hook("pre-commit").read_text()
    repository.hook("pre-commit").write_text(new + "# older\n")
    repository.hook("commit-msg").chmod(0o644)
    assert install(repository).count("brought up to date") == 2
    assert repository.hook("pre-commit").read_text() == new
    assert os.access(repository.hook("commit-msg"), os.X_OK)


def test_a_hook_that_stands_there_runs_first(repository: Scratch, make_key: MakeKey) -> None:
    repository.add_hook("pre-commit", OWN)
    repository.add_hook("commit-msg", OWN + "exit 0\n")
    said = install(repository)
    assert "what stood there runs first, as pre-commit.before-antkey" in said
    repository.add("a.txt", "harmless\n")
    repository.git("commit", "-m", "first")
    ran = (repository.path / "ran.txt").read_text().splitlines()
    assert [Path(line.split(" ")[0]).name for line in ran] == [
        "pre-commit.before-antkey",
        "commit-msg.before-antkey",
    ]
    assert ran[1].endswith(" .git/COMMIT_EDITMSG")
    repository.add("b.txt", make_key())
    repository.refuses("commit", "-m", "second")


def test_what_the_hook_before_refuses_stays_refused(repository: Scratch) -> None:
    repository.add_hook("pre-commit", "#!/bin/sh\necho no, says the other >&2\nexit 7\n")
    install(repository)
    repository.add("a.txt", "harmless\n")
    assert "no, says the other" in repository.refuses("commit", "-m", "first")
    done = subprocess.run([repository.hook("pre-commit")], cwd=repository.path, check=False)
    assert done.returncode == 7


def test_what_the_hook_before_adds_is_judged(repository: Scratch, make_key: MakeKey) -> None:
    repository.write("key.txt", make_key())
    repository.add_hook("pre-commit", "#!/bin/sh\ngit add key.txt\n")
    install(repository)
    repository.add("a.txt", "harmless\n")
    assert "key.txt:1:1" in repository.refuses("commit", "-m", "first")


def test_a_hook_that_was_switched_off_stays_off(repository: Scratch) -> None:
    repository.add_hook("pre-commit", "#!/bin/sh\nexit 1\n").chmod(0o644)
    assert "was not executable" in install(repository)
    repository.add("a.txt", "harmless\n")
    repository.git("commit", "-m", "first")


@pytest.mark.parametrize("exists", [True, False])
def test_a_link_is_chained_as_a_link(repository: Scratch, exists: bool) -> None:
    script = repository.write("tools/check.sh", OWN)
    script.chmod(0o755)
    if not exists:
        script.unlink()
    repository.hook("pre-commit").symlink_to("../../tools/check.sh")
    install(repository)
    assert repository.hook("pre-commit.before-antkey").is_symlink()
    repository.add("a.txt", "harmless\n")
    repository.git("commit", "-m", "first")
    assert (repository.path / "ran.txt").exists() == exists


@pytest.mark.parametrize(
    "text",
    [
        '#!/bin/sh\nexec /opt/hooks/"$(basename "$0")" "$@"\n',
        '#!/bin/sh\nexec run-hooks "${0##*/}" "$@"\n',
        "#!/usr/bin/env ruby\nhook_type = File.basename($0)\n",
        "#!/usr/bin/env python3\nname = os.path.basename(sys.argv[0])\n",
    ],
)
def test_a_hook_that_acts_by_its_own_name_is_left_alone(repository: Scratch, text: str) -> None:
    path = repository.add_hook("pre-commit", text)
    done = repository.antkey("init", "--git-hooks")
    assert done.code == 2
    assert 'add this line to it: antkey hook pre-commit "$@" || exit' in done.text
    assert path.read_text() == text
    assert "hooks/pre-push: installed" in done.text


def test_a_hook_that_runs_antkey_is_left_alone(repository: Scratch) -> None:
    text = '#!/bin/sh\nlint || exit\nantkey hook pre-commit "$@" || exit\n'
    path = repository.add_hook("pre-commit", text)
    assert "runs antkey already" in install(repository)
    assert path.read_text() == text


def test_a_second_hook_is_never_put_over_the_first(repository: Scratch) -> None:
    repository.add_hook("pre-commit", OWN)
    install(repository)
    repository.add_hook("pre-commit", "#!/bin/sh\n# another\n")
    before = hook_files(repository)
    done = repository.antkey("init", "--git-hooks")
    assert done.code == 2
    assert "pre-commit.before-antkey stands there too" in done.text
    assert hook_files(repository) == before


def test_uninstalling_brings_back_what_stood_there(repository: Scratch) -> None:
    repository.add_hook("pre-commit", OWN)
    install(repository)
    said = install(repository, "--uninstall")
    assert "what stood there before is back" in said
    assert hook_files(repository) == {"pre-commit": OWN.encode()}
    assert os.access(repository.hook("pre-commit"), os.X_OK)
    assert "is not ours; left as it is" in install(repository, "--uninstall")
    assert hook_files(repository) == {"pre-commit": OWN.encode()}


def test_the_folder_is_made_when_git_made_none(repository: Scratch) -> None:
    for path in (repository.path / ".git/hooks").iterdir():
        path.unlink()
    (repository.path / ".git/hooks").rmdir()
    install(repository)
    assert set(hook_files(repository)) == set(CLIENT)


def test_hooks_of_a_linked_worktree_are_those_of_the_repository(
    repository: Scratch, tmp_path: Path
) -> None:
    repository.past_hooks()
    repository.git("worktree", "add", "-q", str(tmp_path / "linked"))
    install(Scratch(tmp_path / "linked"))
    assert set(hook_files(repository)) == set(CLIENT)


def test_a_submodule_gets_hooks_of_its_own(
    repository: Scratch, tmp_path: Path, make_key: MakeKey
) -> None:
    other = Scratch(tmp_path / "other").init()
    other.past_hooks()
    local = ("-c", "protocol.file.allow=always")
    repository.git(*local, "submodule", "--quiet", "add", str(other.path), "module")
    module = Scratch(repository.path / "module")
    install(module)
    assert set(hook_files(repository)) == set()
    module.add("a.txt", make_key())
    assert "a.txt:1:1" in module.refuses("commit", "-m", "a key")


def test_installing_from_a_folder_below(repository: Scratch) -> None:
    (repository.path / "a/b").mkdir(parents=True)
    install(Scratch(repository.path / "a/b"))
    assert set(hook_files(repository)) == set(CLIENT)


@pytest.mark.parametrize("configured", [".githooks", "{top}/.githooks"])
def test_hooks_path_inside_the_repository_is_used_without_a_path_of_this_machine(
    repository: Scratch, make_key: MakeKey, configured: str
) -> None:
    (repository.path / "below").mkdir()
    repository.git("config", "core.hooksPath", configured.format(top=repository.path))
    install(Scratch(repository.path / "below"))
    text = (repository.path / ".githooks/pre-commit").read_text()
    assert sys.executable not in text
    assert str(repository.path) not in text
    repository.add("a.txt", make_key())
    assert "a.txt:1:1" in repository.refuses("commit", "-m", "found on the PATH")


def test_hooks_path_outside_is_used_only_when_asked(repository: Scratch, tmp_path: Path) -> None:
    shared = tmp_path / "my hooks"
    repository.git("config", "core.hooksPath", str(shared))
    done = repository.antkey("init", "--git-hooks")
    assert done.code == 2
    assert f"antkey init --git-hooks --hooks-dir '{shared}'" in done.text
    assert not shared.exists()
    assert hook_files(repository) == {}
    install(repository, "--hooks-dir", str(shared))
    assert {path.name for path in shared.iterdir()} == set(CLIENT)


def test_huskys_own_folder_is_left_alone(repository: Scratch) -> None:
    repository.git("config", "core.hooksPath", ".husky/_")
    done = repository.antkey("init", "--git-hooks")
    assert done.code == 2
    assert ".husky/pre-commit" in done.text
    assert not (repository.path / ".husky").exists()


def test_what_is_no_repository_is_said(tmp_path: Path) -> None:
    done = Scratch(tmp_path).antkey("init", "--git-hooks")
    assert done.code == 2
    assert "not a git repository" in done.text


def test_where_hooks_go_is_no_request_by_itself(repository: Scratch) -> None:
    assert repository.antkey("init", "--hooks-dir", "x").code == 2
    assert repository.antkey("init", "--detect-secrets", "--uninstall").code == 2


def test_a_folder_that_cannot_be_written_is_said(repository: Scratch) -> None:
    hooks = repository.path / ".git/hooks"
    for path in hooks.iterdir():
        path.unlink()
    hooks.rmdir()
    hooks.write_text("a file\n")
    done = repository.antkey("init", "--git-hooks")
    assert done.code == 2
    assert "no hook was installed" in done.text


def without_python(scratch: Scratch) -> None:
    """The hooks as they are when the Python that they were installed with is gone."""
    for name in CLIENT:
        text = scratch.hook(name).read_text()
        scratch.hook(name).write_text(text.replace(f"python='{sys.executable}'", "python='/gone'"))


def test_antkey_is_found_on_the_path_when_its_python_is_gone(
    plain: Scratch, tmp_path: Path, make_key: MakeKey
) -> None:
    without_python(plain)
    plain.add("a.txt", make_key())
    assert "a.txt:1:1" in plain.refuses("commit", "-m", "a key")


def test_a_python_that_has_lost_antkey_is_passed_over(
    plain: Scratch, tmp_path: Path, make_key: MakeKey
) -> None:
    bare = subprocess.run(
        [sys.executable, "-c", "import sys; print(sys._base_executable)"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    text = plain.hook("pre-commit").read_text()
    plain.hook("pre-commit").write_text(text.replace(sys.executable, bare))
    plain.add("a.txt", make_key())
    assert "a.txt:1:1" in plain.refuses("commit", "-m", "a key")


def git_only(folder: Path) -> str:
    """A PATH with git and the shell's tools and without antkey."""
    folder.mkdir()
    for name in ("git", "sh", "cat", "dirname", "basename"):
        for place in os.environ["PATH"].split(os.pathsep):
            if os.access(f"{place}/{name}", os.X_OK) and not (folder / name).exists():
                (folder / name).symlink_to(f"{place}/{name}")
    return str(folder)


def test_without_antkey_nothing_passes(plain: Scratch, tmp_path: Path) -> None:
    without_python(plain)
    plain.add("a.txt", "harmless\n")
    said = plain.refuses("commit", "-m", "first", PATH=git_only(tmp_path / "bin"))
    assert "antkey: cannot be started, so the commit was refused" in said
    assert "it was run by /gone" in said
    assert "git commit --no-verify" in said


@pytest.mark.parametrize("path", ["{top}/bin", ".", "bin", ""])
def test_a_program_of_the_repositorys_own_is_not_taken_for_antkey(
    plain: Scratch, tmp_path: Path, path: str
) -> None:
    without_python(plain)
    plain.write("antkey", "#!/bin/sh\nexit 0\n").chmod(0o755)
    plain.write("bin/antkey", "#!/bin/sh\nexit 0\n").chmod(0o755)
    plain.add("a.txt", "harmless\n")
    found_first = path.format(top=plain.path)
    search = f"{found_first}{os.pathsep}{git_only(tmp_path / 'tools')}"
    assert "cannot be started" in plain.refuses("commit", "-m", "first", PATH=search)


@pytest.mark.parametrize("name", ["antkey_hooks", "antkey_scanner", "signal", "gc", "json"])
@pytest.mark.parametrize("from_environment", [False, True])
def test_a_module_of_the_repositorys_own_is_not_run(
    plain: Scratch, make_key: MakeKey, name: str, from_environment: bool
) -> None:
    planted = "open('planted', 'w').write('x')\nimport os; os._exit(0)\n"
    plain.write(f"{name}.py", planted)
    plain.write(f"{name}/__init__.py", planted)
    plain.add("a.txt", make_key())
    extra = {"PYTHONPATH": "."} if from_environment else {}
    assert "a.txt:1:1" in plain.refuses("commit", "-m", "a key", **extra)
    assert not (plain.path / "planted").exists()
