"""Corpora of the benchmark: what they hold is what their manifests say."""

from __future__ import annotations

import gzip
import re
from base64 import b64encode
from pathlib import Path

import pytest
from benchmarks import corpora
from benchmarks.corpora import Unavailable
from benchmarks.keys import count_found, make_key, planted
from benchmarks.logs import MIXED
from benchmarks.rows import literals

SIZE = 4 << 20
KEY = re.compile(rb"sk-ant-api03-[A-Za-z0-9_-]{93}AA")


def test_log_holds_each_key_once_and_has_the_size_asked_for(tmp_path: Path) -> None:
    log = corpora.log(tmp_path, "log", MIXED, SIZE)
    content = log.path.read_bytes()
    assert len(content) == log.bytes == pytest.approx(SIZE, rel=0.05)
    assert sorted(map(planted, KEY.findall(content))) == sorted(log.keys)
    lines = content.splitlines()
    assert KEY.search(lines[0])
    assert KEY.search(lines[-1])


def test_gzip_logs_unpack_to_one_key_each(tmp_path: Path) -> None:
    logs = corpora.gzip_logs(tmp_path, SIZE)
    contents = [gzip.decompress(file.read_bytes()) for file in sorted(logs.path.iterdir())]
    assert [len(KEY.findall(content)) for content in contents] == [1] * logs.files
    assert sum(map(len, contents)) == logs.bytes
    assert sum(file.stat().st_size for file in logs.path.iterdir()) < SIZE / 3


def test_corpus_is_used_again_and_made_anew_for_another_size(tmp_path: Path) -> None:
    first = corpora.log(tmp_path, "log", MIXED, SIZE)
    assert corpora.log(tmp_path, "log", MIXED, SIZE) == first
    assert corpora.log(tmp_path, "log", MIXED, SIZE // 2).bytes < first.bytes


def test_manifest_holds_no_key(tmp_path: Path) -> None:
    corpora.log(tmp_path, "log", MIXED, SIZE)
    assert not KEY.search((tmp_path / "log.json").read_bytes())


def test_corpus_larger_than_the_disk_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match=r"needs .* and the disk has"):
        corpora.log(tmp_path, "log", MIXED, 1 << 60)
    assert list(tmp_path.iterdir()) == []


def test_own_tree_is_measured_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b.txt").write_bytes(b"12345")
    tree = corpora.source_tree(tmp_path / "cache", str(tmp_path / "a"))
    assert (tree.files, tree.bytes, tree.keys) == (1, 5, ())
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["b.txt"]


def test_keys_are_counted_by_text_and_by_digest() -> None:
    keys = [make_key() for _ in range(4)]
    shown = planted(keys[1]).sha256 + planted(keys[2]).sha1
    output = b'{"a": "%b", "b": "%b"}' % (keys[0], shown.encode())
    assert count_found(output, [planted(key) for key in keys]) == 3


@pytest.mark.parametrize("shift", range(3))
def test_literals_find_base64_at_every_alignment(shift: int) -> None:
    for edge in range(256):
        encoded = b64encode(bytes([edge]) * shift + make_key())
        assert any(literal in encoded for literal in literals())


def test_literals_find_hexadecimal_and_utf_16() -> None:
    key = make_key()
    for text in (
        key,
        key.hex().encode(),
        key.hex().upper().encode(),
        key.decode().encode("utf-16-le"),
        key.decode().encode("utf-16-be"),
    ):
        assert any(literal in text for literal in literals())
