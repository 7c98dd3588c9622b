"""What every test may ask for: the checkout, its files, and keys that are made up at run time."""

from __future__ import annotations

import random
import string
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# Two busy cores are enough to break any deadline; slowness is what benchmarks/ is for.
settings.register_profile("antkey", deadline=None, print_blob=True)
settings.load_profile("antkey")

BASE64URL = string.ascii_letters + string.digits + "-_"


@pytest.fixture(scope="session", autouse=True)
def _cache_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test reads or writes what the user's own scans remember."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        patch.setenv("LOCALAPPDATA", str(tmp_path_factory.mktemp("local")))
        yield


@pytest.fixture(scope="session")
def checkout() -> Path:
    """The folder that holds pyproject.toml."""
    return Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def project_files(checkout: Path) -> list[Path]:
    """Every file of the project, tracked or about to be: nothing that .gitignore names."""
    if not (checkout / ".git").exists():  # an unpacked source distribution
        return [
            path for path in checkout.rglob("*") if path.is_file() and not _is_made(path, checkout)
        ]
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=checkout,
        check=True,
        capture_output=True,
    ).stdout
    paths = (checkout / name for name in listing.decode().split("\0") if name)
    return sorted({path for path in paths if path.is_file()})


def _is_made(path: Path, checkout: Path) -> bool:
    made = {".venv", ".clients", "__pycache__", "antkey-report", "dist"}
    return any(part in made or part.endswith("_cache") for part in path.relative_to(checkout).parts)


@pytest.fixture
def make_key(request: pytest.FixtureRequest) -> Callable[..., str]:
    """A maker of keys in the real format, different on each call and the same in each run of a test."""
    dice = random.Random(request.node.nodeid)

    def make(family: str = "api03", length: int = 93, ending: str = "AA") -> str:
        return f"sk-ant-{family}-" + "".join(dice.choices(BASE64URL, k=length)) + ending

    return make
