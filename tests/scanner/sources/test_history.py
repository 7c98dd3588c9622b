"""A scan of histories does not depend on who does it: one process, many, or somebody's executor."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest
from tests.scanner import deltas
from tests.scanner.git.conftest import Git, snapshot

from antkey_rules.load import load_builtin
from antkey_scanner.engine import Progress, Scanned, Settings, scan
from antkey_scanner.git import provenance, walk
from antkey_scanner.git.objects import Object
from antkey_scanner.sources.history import History

Maker = Callable[..., str]

RULES = load_builtin()


def _scan(folder: Path, **options: object) -> Scanned:
    """With one job unless told otherwise; each time by a source of its own."""
    settings = options.pop("settings", None) or Settings()
    jobs = options.pop("jobs", 1)
    source = History([(str(folder), "")])
    return scan([str(folder)], RULES, settings, jobs=jobs, source=source, **options)  # type: ignore[arg-type]


def _busy(git: Git) -> set[str]:
    """Sixty versions of ten files with keys here and there, packed, loose and dangling; their hashes."""
    dice = random.Random(5)
    files = {
        f"src/{number}.yaml": [deltas.filler(dice, 9) for _ in range(40)] for number in range(10)
    }
    hashes = set()
    for version in range(60):
        for name in dice.sample(sorted(files), 3):
            lines = files[name]
            at = dice.randrange(len(lines))
            lines[at] = deltas.filler(dice, 4)
            if dice.random() < 0.15:
                key = deltas.key(dice)
                lines[at] = b"key: " + key + b"\n"
                hashes.add(hashlib.sha256(key).hexdigest())
            git.write(name, b"".join(lines))
        git.commit(f"version {version}")
        if version == 40:
            git("repack", "-adfq", "--depth=50")
        if version == 50:
            git("repack", "-dq")
    git("reset", "-q", "--hard", "HEAD~5")
    return hashes


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """So that workers have something to share."""
    monkeypatch.setattr(walk, "WORK", 2_000)
    monkeypatch.setattr(walk, "LOOSE", 5)
    return


@pytest.mark.usefixtures("small_pieces")
def test_workers_change_nothing(tmp_path: Path) -> None:
    git = Git(tmp_path / "repo").init()
    hashes = _busy(git)
    before = snapshot(git.path)
    alone = _scan(git.path)
    assert {found.anchor for found in alone.findings} == hashes
    assert alone.skips == ()
    for jobs in (2, 5):
        assert _scan(git.path, jobs=jobs) == alone
    with ProcessPoolExecutor(2) as executor:
        assert _scan(git.path, executor=executor) == alone
    assert snapshot(git.path) == before


@pytest.mark.usefixtures("small_pieces")
def test_what_many_objects_are_read_with_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("numpy")
    git = Git(tmp_path / "repo").init()
    hashes = _busy(git)
    few = _scan(git.path)
    monkeypatch.setattr(walk, "BULK", 0)
    monkeypatch.setattr(walk, "SMALL", 0)
    monkeypatch.setattr(walk, "MANY", 0)
    assert {found.anchor for found in few.findings} == hashes
    for jobs in (1, 3):
        assert _scan(git.path, jobs=jobs) == few
    with ProcessPoolExecutor(2) as executor:
        assert _scan(git.path, executor=executor) == few
    monkeypatch.setattr(provenance._Search, "_read", lambda *_: pytest.fail("read all again"))
    assert _scan(git.path, jobs=3) == few


@pytest.mark.usefixtures("small_pieces")
def test_workers_change_nothing_where_things_are_broken(tmp_path: Path) -> None:
    git = Git(tmp_path / "repo").init()
    _busy(git)
    for number, pack in enumerate(sorted((git.path / ".git/objects/pack").glob("*.pack"))):
        pack.chmod(0o644)
        data = bytearray(pack.read_bytes())
        data[len(data) // (2 + number)] ^= 0x55
        pack.write_bytes(data)
    alone = _scan(git.path)
    assert any(skip.counts for skip in alone.skips)
    assert _scan(git.path, jobs=3) == alone
    with ProcessPoolExecutor(2) as executor:
        spread = _scan(git.path, executor=executor)
    assert (spread.findings, spread.skips) == (alone.findings, alone.skips)


def test_every_object_is_read_as_git_lists_them(tmp_path: Path) -> None:
    git = Git(tmp_path / "repo").init()
    _busy(git)
    listed = git("cat-file", "--batch-all-objects", "--batch-check=%(objecttype)").split()
    stats = _scan(git.path).stats
    assert stats.objects == len(listed)
    assert stats.commits == listed.count(b"commit")
    assert stats.blobs == stats.files + stats.objects


def test_progress_counts_objects(tmp_path: Path) -> None:
    git = Git(tmp_path / "repo").init()
    _busy(git)
    told: list[Progress] = []
    stats = _scan(git.path, progress=told.append).stats
    assert told[-1].files == told[-1].total_files == stats.files + stats.objects
    assert next(each for each in told if each.files > stats.files).total_files is not None


def test_several_roots_are_one_scan_with_their_own_prefixes(
    tmp_path: Path, make_key: Maker
) -> None:
    roots, keys = [], []
    for name in ("one", "two"):
        git = Git(tmp_path / name).init()
        keys.append(make_key())
        git.commit("oops", **{"app.env": keys[-1]})
        git("rm", "-q", "app.env")
        git.commit("removed", readme="nothing\n")
        roots.append((str(git.path), f"{name}/"))
    source = History(roots)
    found = scan([], RULES, Settings(), jobs=1, source=source).findings
    assert [each.location.path for each in found] == ["one/app.env", "two/app.env"]


def test_a_root_that_is_a_link_or_relative_is_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Paths of what is damaged are told as all others are."""
    git = Git(tmp_path / "repo").init()
    git.commit("first", readme="nothing\n")
    oid = git.oid("HEAD:readme").hex()
    loose = git.path / ".git" / "objects" / oid[:2] / "no-object"
    loose.write_bytes(b"x")
    (tmp_path / "link").symlink_to(git.path)
    monkeypatch.chdir(git.path)
    for folder in (str(git.path), str(tmp_path / "link"), "."):
        skips = scan([], RULES, Settings(), jobs=1, source=History([(folder, "r/")])).skips
        assert [skip.path for skip in skips] == [f"r/.git/objects/{oid[:2]}/no-object"]


def test_a_folder_whose_name_begins_like_a_root_is_another(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    source = History([(str(tmp_path / "a"), "a/")])
    assert source.show(str(tmp_path / "a" / "x")) == "a/x"
    assert source.show(str(tmp_path / "ab" / "x")) == str(tmp_path / "ab" / "x")


def test_what_is_larger_than_the_limit_is_a_skip_and_the_rest_is_read(
    tmp_path: Path, make_key: Maker
) -> None:
    git = Git(tmp_path / "repo").init()
    small, large = make_key(), make_key()
    git.commit("x", **{"a.env": small, "b.env": large + "x" * 5_000})
    git("rm", "-q", "a.env", "b.env")
    git.commit("removed", readme="nothing\n")
    found = _scan(git.path, settings=Settings(max_file_size=1_000))
    assert [each.location.path for each in found.findings] == ["a.env"]
    assert [skip.path for skip in found.skips if ".git/" not in skip.path] == ["b.env"]


@pytest.mark.parametrize("packed", [False, True])
def test_objects_beyond_the_memory_limit_are_streams(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make_key: Maker, packed: bool
) -> None:
    from antkey_scanner.git import loose, pack, rebuild

    key = make_key()
    git = Git(tmp_path / "repo").init()
    dice = random.Random(1)
    lines = [f"{dice.getrandbits(64):016x} of a log\n" for _ in range(20_000)]
    commit = git.commit("x", **{"a.log": "".join(lines) + key + "\n" + "".join(lines)})
    git("rm", "-q", "a.log")
    git.commit("removed", readme="nothing\n")
    if packed:
        git("-c", "core.bigFileThreshold=10k", "repack", "-adfq")
    for module in (loose, rebuild):
        monkeypatch.setattr(module, "LIMIT", 50_000)
    monkeypatch.setattr(loose.read, "__defaults__", (50_000,))
    monkeypatch.setattr(pack.Pack.content, "__defaults__", (50_000,))
    items = [
        item
        for each in History([(str(git.path), "")]).walks
        for piece in each.plan().pieces
        for item in each.run(piece)
    ]
    assert sum(not isinstance(item, Object) for item in items) == 1
    (found,) = _scan(git.path).findings
    assert (found.location.path, found.location.line) == ("a.log", 20_001)
    assert found.location.commit == commit.hex()
