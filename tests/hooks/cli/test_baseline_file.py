"""The file itself: changed by one run at a time, whole or not at all."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from antkey_hooks.cli import baseline_file
from antkey_hooks.cli.baseline_file import update
from antkey_scanner.baseline import Entry
from antkey_scanner.baseline.change import Change
from antkey_scanner.errors import PolicyError

PROGRAM = """
import sys
if sys.argv[3] == "lock file":
    sys.modules["fcntl"] = None
from antkey_hooks.cli.baseline_file import update
from antkey_scanner.baseline import Entry
from antkey_scanner.baseline.change import Change
for number in range(25):
    entry = Entry("rule", f"{sys.argv[2]}/{number:02}", "ab" * 32)
    update(sys.argv[1], lambda entries: Change((*entries, entry)))
"""


def entry(path: str) -> Entry:
    return Entry("rule", path, "ab" * 32)


@pytest.mark.parametrize("way", ["lock", "lock file"])
def test_every_change_of_every_process_is_kept(tmp_path: Path, way: str) -> None:
    path = tmp_path / "b.json"
    running = [
        subprocess.Popen([sys.executable, "-c", PROGRAM, str(path), name, way]) for name in "abcd"
    ]
    assert [process.wait(60) for process in running] == [0] * 4
    paths = {one["path"] for one in json.loads(path.read_bytes())["entries"]}
    assert paths == {f"{name}/{number:02}" for name in "abcd" for number in range(25)}
    assert list(tmp_path.iterdir()) == [path]


def test_what_fails_on_the_way_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "b.json"
    update(str(path), lambda _: Change((entry("a"),)))
    before = path.read_bytes()

    def broken(_: tuple[Entry, ...]) -> Change:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        update(str(path), broken)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(
        PolicyError, match=r"cannot be written \(no space left on device\); it is as"
    ):
        update(str(path), lambda _: Change(()))
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_is_being_written_is_never_seen_in_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "b.json"
    update(str(path), lambda _: Change((entry("a"),)))
    before = path.read_bytes()
    seen = []

    def look(*_: object) -> None:
        seen.append(path.read_bytes())

    monkeypatch.setattr(os, "fsync", look)
    update(str(path), lambda entries: Change((*entries, entry("b"))))
    assert seen[0] == before
    assert path.read_bytes() != before


def test_a_lock_that_is_left_over_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fcntl", None)
    monkeypatch.setattr(baseline_file, "_PATIENCE", 0.0)
    (tmp_path / "b.json.lock").touch()
    with pytest.raises(PolicyError) as caught:
        update(str(tmp_path / "b.json"), lambda _: Change(()))
    assert str(caught.value).endswith(
        "b.json: another antkey holds it; wait for it, or take away b.json.lock if it is left over"
    )
    assert not (tmp_path / "b.json").exists()
