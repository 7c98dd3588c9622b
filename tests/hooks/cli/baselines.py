"""What the tests of baselines share: reading what a scan says, reading and editing the file."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from tests.hooks.cli.conftest import Antkey

FILE = ".antkey-baseline.json"


def statuses(antkey: Antkey, *arguments: str) -> dict[str, str]:
    done = antkey("scan", "-fjson", *arguments)
    findings = json.loads(done.stdout)["findings"]
    assert done.returncode == any(one["status"] == "open" for one in findings)
    return {one["location"]["path"]: one["status"] for one in findings}


def entries(tree: Path, name: str = FILE) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads((tree / name).read_bytes())["entries"]
    return found


def edit(tree: Path, change: Callable[[list[dict[str, object]]], object]) -> None:
    document = json.loads((tree / FILE).read_bytes())
    change(document["entries"])
    (tree / FILE).write_text(json.dumps(document))
