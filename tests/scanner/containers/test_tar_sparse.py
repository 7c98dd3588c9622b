"""Sparse files in tars made by GNU tar, in each of its formats: nothing stored in them is lost."""

from __future__ import annotations

import io
import shutil
import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Opener = Callable[..., Any]


def has_gnu_tar() -> bool:
    if not shutil.which("tar"):
        return False
    told = subprocess.run(["tar", "--version"], check=False, capture_output=True)
    return b"GNU tar" in told.stdout


needs_tar = pytest.mark.skipif(not has_gnu_tar(), reason="needs GNU tar")


@pytest.fixture(params=[False, True], ids=["file", "stream"])
def dripping(request: pytest.FixtureRequest) -> bool:
    """Whether the archive can seek: the result must not depend on it."""
    answer: bool = request.param
    return answer


@needs_tar
@pytest.mark.parametrize(
    "options",
    [
        ["--format=v7"],
        ["--format=ustar"],
        ["--format=gnu", "-S"],
        ["--format=posix", "-S", "--sparse-version=0.0"],
        ["--format=posix", "-S", "--sparse-version=0.1"],
        ["--format=posix", "-S", "--sparse-version=1.0"],
    ],
    ids=" ".join,
)
def test_sparse_file_has_its_shape_and_its_name(
    opened: Opener, tmp_path: Path, options: list[str], dripping: bool
) -> None:
    sparse = tmp_path / "sparse.bin"
    with sparse.open("wb") as file:
        for number in range(60):
            file.seek(number * 65_536)
            file.write(b"piece %d" % number)
        file.truncate(60 * 65_536)
    (tmp_path / "after.txt").write_text("after")
    made = subprocess.run(
        ["tar", *options, "-cf", "-", "sparse.bin", "after.txt"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
    )
    found = opened(made.stdout, dripping=dripping)
    assert found.members["sparse.bin"].rstrip(b"\0") == sparse.read_bytes().rstrip(b"\0")
    assert found.members["after.txt"] == b"after"
    assert found.skips == []


@needs_tar
def test_long_holes_are_shortened(opened: Opener, tmp_path: Path) -> None:
    with (tmp_path / "huge").open("wb") as file:
        file.write(b"start")
        file.seek(1 << 40)
        file.write(b"end")
    made = subprocess.run(
        ["tar", "-S", "-cf", "-", "huge"], cwd=tmp_path, check=True, capture_output=True
    )
    content = opened(made.stdout).members["huge"]
    assert content.startswith(b"start")
    assert content.endswith(b"end")
    assert len(content) < 200_000


@pytest.mark.parametrize("numbers", ["5,4,0,4", "99999999999999999999,1", "x", "1", "0,4,4,9999"])
def test_damaged_sparse_map_costs_nothing_but_a_skip(
    opened: Opener, numbers: str, dripping: bool
) -> None:
    records = {"GNU.sparse.map": numbers, "GNU.sparse.name": "s"}
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        info = tarfile.TarInfo("a")
        info.size, info.pax_headers = 12, records
        tar.addfile(info, io.BytesIO(b"all the text"))
    found = opened(out.getvalue(), dripping=dripping)
    assert found.members["s"].replace(b"\0", b"") == b"all the text"
    assert [skip.reason for skip in found.skips] in ([], ["damaged map of a sparse file"])
