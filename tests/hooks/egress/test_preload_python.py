"""A steered Python is the same Python: its own start-up hooks run, and nothing is imported for our sake."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.hooks.egress.steered import ADDRESS, Steered
from tests.hooks.egress.wrapped import API, clean_environment, python_with


def module(folder: Path, name: str, text: str) -> str:
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.py").write_text(text)
    return str(folder)


def test_sitecustomize_of_the_environment_is_loaded(steered: Steered, tmp_path: Path) -> None:
    own = module(tmp_path / "own", "sitecustomize", "import builtins; builtins.CUSTOM = __file__")
    program = "import sitecustomize; print(CUSTOM == sitecustomize.__file__)"
    assert steered.out(program, PYTHONPATH=own) == "True"


def test_sitecustomize_of_the_environment_sees_a_steered_process(
    steered: Steered, tmp_path: Path
) -> None:
    text = f"import socket, builtins; builtins.GOT = socket.gethostbyname({API!r})"
    own = module(tmp_path / "own", "sitecustomize", text)
    assert re.fullmatch(ADDRESS, steered.out("print(GOT)", PYTHONPATH=own))


def test_without_another_sitecustomize_ours_is_the_one(steered: Steered) -> None:
    ask = "import sitecustomize; print(sitecustomize.__file__)"
    alone = subprocess.run(
        [sys.executable, "-c", ask],
        env=clean_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    if alone.returncode == 0:  # a distribution's Python comes with one of its own
        assert steered.out(ask) == alone.stdout.strip()
    else:
        assert steered.out(ask).endswith(os.path.join("files", "python", "sitecustomize.py"))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("raise RuntimeError('own fault')", "own fault"),
        ("import not_there_at_all", "not_there_at_all"),
    ],
)
def test_fault_of_the_own_sitecustomize_is_told_and_steering_works_on(
    steered: Steered, tmp_path: Path, text: str, told: str
) -> None:
    own = module(tmp_path / "own", "sitecustomize", text)
    program = f"import socket; print(socket.gethostbyname({API!r}))"
    done = steered.run(program, PYTHONPATH=own)
    alone = subprocess.run(
        [sys.executable, "-c", "pass"],
        env={**clean_environment(), "PYTHONPATH": own},
        capture_output=True,
        text=True,
        check=False,
    )
    assert re.fullmatch(ADDRESS, done.stdout.strip())
    assert (told in done.stderr) == (told in alone.stderr)


def test_sitecustomize_that_loads_ours_in_turn_is_no_endless_loop(
    steered: Steered, tmp_path: Path
) -> None:
    text = """
import builtins, os, sys
builtins.TIMES = getattr(builtins, "TIMES", 0) + 1
here = os.path.dirname(os.path.abspath(__file__))
del sys.modules["sitecustomize"]
sys.path.remove(here)
import sitecustomize
sys.path.insert(0, here)
"""
    own = module(tmp_path / "own", "sitecustomize", text)
    assert steered.out("print(TIMES)", PYTHONPATH=own) == "1"


def test_usercustomize_is_loaded(steered: Steered, tmp_path: Path) -> None:
    base = tmp_path / "base"
    ask = "import site; print(site.getusersitepackages())"
    where = Path(steered.out(ask, PYTHONUSERBASE=str(base)))
    where.mkdir(parents=True)
    (where / "usercustomize.py").write_text("import builtins; builtins.USER = 1")
    system = getattr(sys, "_base_executable", sys.executable)  # a virtual environment has none
    done = steered.run("print(USER)", python=system, PYTHONUSERBASE=str(base))
    assert done.stdout.strip() == "1", done.stderr


def test_virtual_environment_keeps_its_own_packages(steered: Steered, tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv"], check=True)
    python = str(tmp_path / "venv" / ("Scripts" if os.name == "nt" else "bin") / "python")
    site = Path(steered.out("import site; print(site.getsitepackages()[0])", python=python))
    (site / "sitecustomize.py").write_text("import builtins; builtins.VENV = 1")
    (site / "own_package.py").write_text("")
    # A distribution's own sitecustomize stands before that of a virtual environment, steered or not.
    ask = "import builtins, own_package; print(hasattr(builtins, 'VENV'))"
    alone = subprocess.run(
        [python, "-c", ask], env=clean_environment(), capture_output=True, text=True, check=True
    )
    assert steered.out(ask, python=python) == alone.stdout.strip()


def test_search_path_is_the_same_but_for_our_folder(steered: Steered, tmp_path: Path) -> None:
    ask = "import sys; print(*[p for p in sys.path if 'files' not in p], sep='\\n')"
    alone = subprocess.run(
        [sys.executable, "-c", ask],
        env=clean_environment(),
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert steered.out(ask) == alone.strip()


def test_nothing_is_imported_that_the_program_does_not_import(steered: Steered) -> None:
    ask = "import sys; print(*sorted(sys.modules))"
    alone = subprocess.run(
        [sys.executable, "-c", ask],
        env=clean_environment(),
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    more = set(steered.out(ask).split()) - set(alone.split())
    # The future statement is a module of three lines.
    assert more <= {"sitecustomize", "antkey_steering", "_socket", "__future__"}


def test_modules_that_are_changed_look_as_they_did(steered: Steered) -> None:
    program = """
import importlib.util, ssl
assert ssl.__spec__.loader is ssl.__loader__
assert type(ssl.__loader__).__module__.endswith("importlib_external"), type(ssl.__loader__)
assert ssl.__spec__.origin == ssl.__file__
assert importlib.util.find_spec("ssl") is ssl.__spec__
import inspect
assert inspect.getsource(ssl)
print("same")
"""
    assert steered.out(program) == "same"


@pytest.mark.parametrize("options", [["-I"], ["-E"], ["-S"]])
def test_python_that_takes_no_hooks_is_left_alone(steered: Steered, options: list[str]) -> None:
    assert steered.out("import sys; print('antkey_steering' in sys.modules)", *options) == "False"


def test_program_that_spawns_keeps_its_children_steered(steered: Steered, tmp_path: Path) -> None:
    program = f"""
import multiprocessing, socket
def ask(): return socket.gethostbyname({API!r})
if __name__ == "__main__":
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        print(pool.apply(ask))
"""
    script = tmp_path / "script.py"
    script.write_text(program)
    done = steered.run(
        f"import subprocess, sys; subprocess.run([sys.executable, {str(script)!r}], check=True)"
    )
    assert re.fullmatch(ADDRESS, done.stdout.strip()), done.stderr


@pytest.mark.slow
def test_coverage_of_subprocesses_is_still_measured(steered: Steered, tmp_path: Path) -> None:
    python = python_with("import coverage")
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "covered.py").write_text("x = 1\n")
    data = tmp_path / "run" / ".coverage"
    (tmp_path / "run" / ".coveragerc").write_text(f"[run]\nparallel = true\ndata_file = {data}\n")
    own = module(tmp_path / "own", "sitecustomize", "import coverage; coverage.process_startup()")
    program = f"import os, runpy; os.chdir({str(tmp_path / 'run')!r}); runpy.run_path('covered.py')"
    settings = str(tmp_path / "run" / ".coveragerc")
    done = steered.run(program, python=python, PYTHONPATH=own, COVERAGE_PROCESS_START=settings)
    assert done.returncode == 0, done.stderr
    assert list((tmp_path / "run").glob(".coverage.*"))


def _pythons() -> list[str]:
    found = {name: shutil.which(name) for name in (f"python3.{minor}" for minor in range(6, 16))}
    return [name for name, path in found.items() if path]


@pytest.mark.parametrize("python", _pythons())
def test_other_pythons_start_without_a_word(steered: Steered, python: str) -> None:
    if subprocess.run([python, "-c", "pass"], capture_output=True, check=False).returncode:
        pytest.skip(f"{python} does not start here")
    program = f"import socket; print(socket.gethostbyname({API!r}))"
    version = steered.out("import sys; print(sys.version_info >= (3, 7))", python=python)
    if version == "True":
        assert re.fullmatch(ADDRESS, steered.out(program, python=python))
