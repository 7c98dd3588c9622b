"""The table of what rules about code cost: its bounds, and that a run that found nothing meets none."""

from __future__ import annotations

from pathlib import Path

import pytest
from benchmarks import code_corpus
from benchmarks.code_scan import RATIO, SPEED, Told, bounds, table
from benchmarks.corpora import Corpus, Unavailable

from antkey_scanner.code.search import has_anchor


def told(
    ratio: float = RATIO, speed: float = SPEED, found: int = 5, wall: float = 0.5 * RATIO
) -> Told:
    off, on = ((0.5, 1.0), (0.5, 1.5)), ((wall, ratio), (wall, ratio + 1))
    size = 8_000_000
    return Told(
        10**8, 10_000, 200, size, on, off, 1.0, size / speed, (0.16, 0.05, 0.1), (0.01,), found
    )


def test_bounds_are_inclusive() -> None:
    assert all(line.endswith("| met |") for line in bounds(told()))
    assert "**not met**" in bounds(told(ratio=RATIO + 0.01))[0]
    assert "**not met**" in bounds(told(wall=0.5 * RATIO + 0.01))[1]
    assert "**not met**" in bounds(told(speed=SPEED - 1))[3]


def test_a_run_that_found_nothing_meets_no_bound_of_the_scan() -> None:
    assert "**not met**: found nothing" in bounds(told(found=0))[0]


def test_every_figure_is_in_the_table() -> None:
    text = "\n".join(table(told()))
    assert "10,000 files, 100 MB; 200 of them, 8.0 MB" in text
    assert "| scan with the rules | 1.00 s | 2.00 s |" in text


def test_the_share_of_files_that_speak_of_anthropic_is_kept(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    for number in range(98):
        (tree / f"module_{number}.py").write_text("value = 1\n" * 400)
    corpus = code_corpus.anchored(tmp_path, Corpus(tree, 98, 1, ()))
    files = [path for path in corpus.path.rglob("*") if path.is_file()]
    assert len(files) / (98 + len(files)) == pytest.approx(code_corpus.SHARE, abs=0.01)
    assert all(has_anchor(path.read_bytes()) for path in files)


def test_a_tree_without_code_gives_no_corpus(tmp_path: Path) -> None:
    (tmp_path / "tree").mkdir()
    with pytest.raises(Unavailable, match="Python files"):
        code_corpus.anchored(tmp_path, Corpus(tmp_path / "tree", 98, 1, ()))
