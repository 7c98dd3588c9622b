"""The clients' installer: what is there is left alone, what cannot be had is told and tried again."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from tests.clients import places
from tests.clients.install import made, main
from tests.clients.places import interpreter, stamp

pytestmark = pytest.mark.slow


@pytest.fixture
def wish(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An environment without any package, which needs no network."""
    monkeypatch.setattr(places, "WISHES", tmp_path / "wishes")
    monkeypatch.setenv("ANTKEY_CLIENTS", str(tmp_path / "clients"))
    path = tmp_path / "wishes" / "empty"
    path.mkdir(parents=True)
    (path / "requirements.txt").write_text("# nothing\n")
    return path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "clients" / "empty"


def impossible(wish: Path) -> None:
    """Wish for a package that no index could have."""
    (wish / "requirements.txt").write_text("--no-index\nno-such-package-at-all\n")


def test_an_environment_has_a_python_of_its_own(wish: Path, path: Path) -> None:
    assert made(wish, path) is None
    prefix = [str(interpreter(path)), "-c", "import sys; print(sys.prefix)"]
    assert subprocess.run(prefix, check=True, capture_output=True, text=True).stdout == f"{path}\n"
    assert places.python_of("empty") == str(interpreter(path))


def test_what_is_there_is_left_alone_until_another_is_wished_for(wish: Path, path: Path) -> None:
    made(wish, path)
    mark = path / "mark"
    mark.touch()
    assert made(wish, path) is None
    assert mark.exists()
    (wish / "requirements.txt").write_text("# nothing else\n")
    assert made(wish, path) is None
    assert not mark.exists()


def test_what_was_interrupted_is_made_anew(wish: Path, path: Path) -> None:
    made(wish, path)
    stamp(path).unlink()
    (path / "mark").touch()
    with pytest.raises(pytest.skip.Exception, match="make clients"):
        places.python_of("empty")
    assert made(wish, path) is None
    assert not (path / "mark").exists()


def test_what_cannot_be_had_is_a_skip_with_its_reason_and_tried_again(
    wish: Path, path: Path
) -> None:
    impossible(wish)
    reason = made(wish, path)
    assert reason is not None
    assert "no-such-package-at-all" in reason
    with pytest.raises(pytest.skip.Exception, match=r"empty: ERROR.*no-such-package-at-all"):
        places.python_of("empty")
    (wish / "requirements.txt").write_text("# nothing\n")
    assert made(wish, path) is None
    assert places.python_of("empty")


def test_a_missing_npm_is_a_reason(
    wish: Path, path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (wish / "requirements.txt").rename(wish / "package.json")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert made(wish, path) == "npm: no such program on this machine"


def test_one_failure_does_not_keep_the_others(
    wish: Path, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.clients.install.WISHES", wish.parent)
    other = wish.with_name("other")
    other.mkdir()
    (other / "requirements.txt").write_text("# nothing\n")
    impossible(wish)
    assert main([str(path.parent)]) == 1
    assert stamp(path.with_name("other")).is_file()
    assert not stamp(path).exists()


def test_an_environment_that_nobody_has_described_is_an_error(wish: Path) -> None:
    with pytest.raises(LookupError, match="nonsense"):
        places.environment("nonsense")
