"""Only regular files are opened, and what cannot be read says why."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from antkey_scanner.errors import PolicyError
from antkey_scanner.inventory import files
from antkey_scanner.inventory.records import Place


def test_a_file_is_read_from_disk(tmp_path: Path) -> None:
    path = tmp_path / "keys.csv"
    path.write_text("name\na\n")
    assert files.read(str(path), "shown").keys[0].place == Place("shown", 2)


def test_a_link_to_a_file_is_that_file(tmp_path: Path) -> None:
    (tmp_path / "real.csv").write_text("name\na\n")
    link = tmp_path / "keys.csv"
    link.symlink_to("real.csv")
    assert len(files.read(str(link), "k").keys) == 1


def test_a_missing_file_is_named_with_a_cure(tmp_path: Path) -> None:
    with pytest.raises(PolicyError) as caught:
        files.read(str(tmp_path / "none.toml"), "none.toml")
    assert caught.value.args == (
        "none.toml: the inventory cannot be read (no such file or directory); check the path",
    )


def test_a_folder_is_no_inventory(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match=r"\Akeys: .*; "):
        files.read(str(tmp_path), "keys")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_named_pipe_is_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "keys.toml"
    os.mkfifo(path)
    with pytest.raises(PolicyError) as caught:
        files.read(str(path), "keys.toml")
    assert caught.value.args == ("keys.toml: is no regular file; name an inventory file",)


def test_a_file_beyond_the_bound_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "MOST_BYTES", 100)
    path = tmp_path / "keys.csv"
    path.write_text("name\n" + "a" * 96)
    with pytest.raises(PolicyError, match=r"\Akeys.csv: is larger than "):
        files.read(str(path), "keys.csv")
