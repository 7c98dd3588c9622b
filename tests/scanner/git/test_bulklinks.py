"""Promises that places told from what a scan saw are those that are told from reading all trees."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.scanner.git.conftest import Git
from tests.scanner.git.objectcheck import fill

from antkey_scanner.git import provenance as places
from antkey_scanner.git import walk
from antkey_scanner.git.discover import repositories
from antkey_scanner.git.objects import TREE, Object
from antkey_scanner.git.provenance import Provenance, provenance
from antkey_scanner.git.repository import Repository
from antkey_scanner.git.store import ObjectStore
from antkey_scanner.git.walk import Walk

pytest.importorskip("numpy")

from antkey_scanner.git import bulklinks
from antkey_scanner.git.bulklinks import Links, pack_links

MakeGit = Callable[..., Git]


@pytest.fixture(autouse=True)
def _bulk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walk, "BULK", 0)
    monkeypatch.setattr(walk, "SMALL", 0)
    monkeypatch.setattr(walk, "WORK", 2_000)


def repository_of(git: Git) -> Repository:
    return next(r for r in repositories([(str(git.path), "")]) if isinstance(r, Repository))


def scanned(repository: Repository) -> Walk:
    """A walk after a scan by it, which knows what leads where."""
    found = Walk(repository.objects, repository.hash_size)
    for piece in found.plan().pieces:
        checker = found.presence.checker()
        count = 0
        trees: list[Object] = []
        for item in found.run(piece):
            assert isinstance(item, Object)
            count += 1
            if item.kind == TREE:
                trees.append(item)
            else:
                checker.take(item)
        checker.trees(trees, b"".join(tree.data for tree in trees))
        found.take(checker.finish(count))
    return found


def both(git: Git) -> tuple[Provenance, Provenance, Links | None]:
    """The places of all objects, told in both ways."""
    repository = repository_of(git)
    store = ObjectStore(repository.objects, repository.hash_size)
    listed = git("cat-file", "--batch-all-objects", "--batch-check=%(objectname)").decode().split()
    hits = [bytes.fromhex(name) for name in listed]
    links = scanned(repository).links
    return (
        provenance(repository, store, hits),
        provenance(repository, store, hits, links=links),
        links,
    )


@pytest.mark.parametrize("few", [0, 1000])
@pytest.mark.parametrize("hash_name", ["sha1", "sha256"])
@pytest.mark.parametrize("packed", [False, True])
def test_places_are_the_same(
    make_git: MakeGit, monkeypatch: pytest.MonkeyPatch, hash_name: str, packed: bool, few: int
) -> None:
    monkeypatch.setattr(places, "_FEW", few)
    git = make_git("repo", f"--object-format={hash_name}")
    fill(git)
    git("tag", "-a", "v1", "-m", "x")
    git("update-ref", "refs/tags/tree", git.oid("HEAD^{tree}").hex())
    git.blob("alone")
    if packed:
        git("repack", "-adfq")
    by_reading, by_links, links = both(git)
    assert links is not None
    assert by_links.seen == by_reading.seen


@pytest.mark.parametrize("few", [0, 1000])
def test_places_of_one_object_are_the_same(
    git: Git, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(places, "_FEW", few)
    git.commit("one", a="1", x__y__z="deep", x__y__w="1")
    git.commit("two", x__y__w="2", copy__z="deep", b="2")
    git("mv", "x", "moved")
    git.commit("three")
    repository = repository_of(git)
    store = ObjectStore(repository.objects, repository.hash_size)
    links = scanned(repository).links
    assert links is not None
    for revision in ("HEAD:moved/y/z", "HEAD:moved", "HEAD~2:a", "HEAD~1:x/y/w", "HEAD", "HEAD~1:"):
        hit = git.oid(revision)
        read = provenance(repository, store, [hit])
        assert provenance(repository, store, [hit], links=links).seen == read.seen
        assert len(read.seen[hit]) >= 1


def test_no_tree_is_read_that_leads_nowhere(git: Git, monkeypatch: pytest.MonkeyPatch) -> None:
    git.commit("one", a__b="1", c__d="2")
    git.commit("two", a__b="3", c__d="4")
    repository = repository_of(git)
    store = ObjectStore(repository.objects, repository.hash_size)
    links = scanned(repository).links
    assert links is not None
    above = links.above([git.oid("HEAD:a/b")])
    assert above is not None
    read = {links.presence.id_of(number) for number in above.trees.tolist()}
    assert read == {git.oid("HEAD:a"), git.oid("HEAD^{tree}")}
    monkeypatch.setattr(places._Search, "_read", lambda *_: pytest.fail("reads all"))
    found = provenance(repository, store, [git.oid("HEAD:a/b")], links=links)
    assert [each.path for each in found.seen[git.oid("HEAD:a/b")]] == ["a/b"]


def test_what_is_not_whole_is_not_believed(git: Git) -> None:
    git.commit("one", a="1")
    repository = repository_of(git)
    found = scanned(repository)
    assert found.links is not None
    lacking = Walk(repository.objects, repository.hash_size)
    lacking.plan()
    presence = lacking.presence
    lacking.take(presence.checker().finish(2))  # of three
    assert lacking.links is None
    lacking.take(pack_links(bytes(16), 1, b"", b"", b"", [], []))  # of another process
    assert lacking.links is None
    lacking.take(presence.checker().finish(1))
    assert lacking.links is not None


def test_what_is_malformed_is_read_again(git: Git) -> None:
    git.commit("one", a="1")
    tree = git("cat-file", "tree", "HEAD^{tree}") + b"100644 cut\0short"
    made = git("hash-object", "-t", "tree", "--literally", "-w", "--stdin", stdin=tree)
    git("update-ref", "refs/tags/odd", git.oid("HEAD").hex())
    assert made
    by_reading, by_links, links = both(git)
    assert links is None
    assert by_links.seen == by_reading.seen


def test_after_another_scan_all_is_read(git: Git) -> None:
    git.commit("one", a="1")
    repository = repository_of(git)
    known = Walk(repository.objects, repository.hash_size, known=git.oid("HEAD"))
    known.plan()
    known.take(known.presence.checker().finish(2))
    assert known.links is None


def test_too_much_is_not_kept(git: Git, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulklinks, "_MOST", 10)
    git.commit("one", a="1")
    by_reading, by_links, links = both(git)
    assert links is None
    assert by_links.seen == by_reading.seen


def test_folders_nested_deeper_than_is_followed(git: Git, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulklinks, "_DEEPEST", 3)
    git.commit("one", **{"__".join("abcdefgh"): "1"})
    repository = repository_of(git)
    links = scanned(repository).links
    assert links is not None
    assert links.above([git.oid("HEAD:" + "/".join("abcdefgh"))]) is None
    assert links.above([git.oid("HEAD:a")]) is not None
    by_reading, by_links, _ = both(git)
    assert by_links.seen == by_reading.seen


def test_what_no_number_is_known_of(git: Git) -> None:
    git.commit("one", a="1")
    links = scanned(repository_of(git)).links
    assert links is not None
    assert links.above([b"\x77" * 20]) is None
