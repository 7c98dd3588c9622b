"""`antkey egress replay -j N` says the same for every N."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from tests.hooks.cli.conftest import Antkey
from tests.hooks.cli.replays import CHANGED, CREATED, Case, MakeKey, moved

from antkey_scanner import system
from antkey_scanner.egress.recordings.detect import LEAST_CUT

KEYS = ("acme", "acme", "acme", "acme-old", "globex", "platform", "second", "stranger", None)


def traffic(case: Case, seed: int) -> str:
    """Lines of all kinds, near to a change of keys, and enough of them to be worth several processes."""
    chance = random.Random(seed)
    padding, size, lines = "x" * 60_000, 0, []
    while size < LEAST_CUT + (1 << 20):
        tenant = chance.choice(["acme", "globex", None])
        key = chance.choice([tenant, tenant, tenant, *KEYS])
        line = case.line(
            key,
            tenant,
            time=moved(CHANGED, seconds=chance.randrange(-1200, 3600)),
            status=chance.choice([200, 200, 200, 429]),
            path=chance.choice(["/v1/messages", "/v1/models"]),
            body=padding,
        )
        lines.append(chance.choice([line] * 50 + ["{\n", "\n", "1\n"]))
        size += len(lines[-1])
    return "".join(lines)


def told(document: dict[str, Any]) -> dict[str, Any]:
    """All but how long it took."""
    return {
        name: value
        for name, value in document.items()
        if name not in ("started_at", "finished_at", "seconds", "stats")
    } | {"requests": document["stats"]["requests"], "bytes": document["stats"]["bytes"]}


@pytest.mark.skipif(not system.can_fork(), reason="this system cannot fork")
@pytest.mark.parametrize("seed", range(2))
def test_several_processes_say_what_one_says(
    seed: int, tmp_path: Path, antkey: Antkey, make_key: MakeKey
) -> None:
    case = Case(tmp_path, antkey, make_key)
    case.keys["second"] = make_key()
    inventory = json.loads((tmp_path / "keys.json").read_text())
    second = {"fingerprint": case.reference("second", "fingerprint"), "created_at": CREATED}
    inventory["keys"].append({"name": "second", "tenant": "globex", **second})
    (tmp_path / "keys.json").write_text(json.dumps(inventory))
    (tmp_path / "traffic").write_text(traffic(case, seed))
    one, two, three = (case.document("traffic", "-j", str(jobs)) for jobs in (1, 2, 3))
    rules = {finding["rule"] for finding in one["findings"]}
    assert rules >= {"egress-stale-key", "egress-many-keys", "egress-fallback-on-error"}
    assert one["skipped"]
    assert told(one) == told(two) == told(three)
