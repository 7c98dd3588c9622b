"""A folder with an inventory and a policy, in which recordings are replayed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.hooks.cli.conftest import Antkey

MakeKey = Callable[..., str]

CREATED = "2026-01-01T00:00:00Z"
CHANGED = "2026-11-20T12:00:00Z"
REVOKED = "2026-11-20T18:00:00Z"
LATER = "2026-11-20T15:00:00Z"


class Case:
    """A folder with an inventory and a policy, and what a replay in it says."""

    def __init__(self, folder: Path, antkey: Antkey, make_key: MakeKey) -> None:
        self.folder = folder
        self.antkey = antkey
        (folder / ".git").mkdir()
        names = ("acme-old", "acme", "globex", "platform", "stranger")
        self.keys = {name: make_key() for name in names}
        self.policy()
        self.inventory()

    def policy(self, profile: str = "strict-byok", inventory: bool = True, **egress: Any) -> None:
        fields = egress.pop("fields", None)
        lines = [f'profile = "{profile}"']
        lines += ['[inventory]\nfiles = ["keys.json"]'] if inventory else []
        lines += ["[egress]", *(f"{name} = {json.dumps(one)}" for name, one in egress.items())]
        if fields:
            lines += ["[egress.fields]", *(f'{name} = "{one}"' for name, one in fields.items())]
        (self.folder / "antkey.toml").write_text("\n".join(lines) + "\n")

    def inventory(self, by: str = "fingerprint", **tenants: Any) -> None:
        def key(name: str, **fields: Any) -> dict[str, Any]:
            return {"name": name, "created_at": CREATED, by: self.reference(name, by), **fields}

        keys = [
            key("acme-old", tenant="acme", revoked_at=REVOKED),
            key("acme", tenant="acme", created_at=CHANGED, replaces="acme-old"),
            key("globex", tenant="globex"),
            key("platform", role="platform"),
        ]
        listed = {"tenants": [{"name": name, **one} for name, one in tenants.items()]}
        whole = {"keys": keys, **(listed if tenants else {})}
        (self.folder / "keys.json").write_text(json.dumps(whole))

    def reference(self, name: str, by: str = "sha256") -> str:
        key = self.keys[name]
        digits = hashlib.sha256(key.encode()).hexdigest()
        if by == "hint":
            return f"{key[:16]}...{key[-4:]}"
        return f"sha256:{digits}" if by == "fingerprint" else digits

    def line(self, key: str | None = "acme", tenant: str | None = "acme", **fields: Any) -> str:
        record = {
            "time": LATER,
            "tenant": tenant,
            "host": "api.anthropic.com",
            "method": "POST",
            "path": "/v1/messages",
            "header": "x-api-key" if key else None,
            "sha256": self.reference(key) if key else None,
            "status": 200,
            **fields,
        }
        return json.dumps({name: one for name, one in record.items() if one != "absent"}) + "\n"

    def replay(self, *lines: str | bytes, options: tuple[str, ...] = ()) -> tuple[int, set[str]]:
        """The exit code and the rules that were broken."""
        data = b"".join(line.encode() if isinstance(line, str) else line for line in lines)
        (self.folder / "traffic").write_bytes(data)
        document = self.document("traffic", *options)
        return document["exit_code"], {one["rule"] for one in document["findings"]}

    def document(self, *arguments: str, stdin: bytes = b"") -> dict[str, Any]:
        done = self.antkey("egress", "replay", "-f", "json", *arguments, stdin=stdin)
        assert b"Traceback" not in done.stderr, done.stderr
        for key in self.keys.values():
            assert key[20:40].encode() not in done.stdout + done.stderr
        assert done.stdout, done.stderr
        document: dict[str, Any] = json.loads(done.stdout)
        assert document["exit_code"] == done.returncode
        return document


def moved(time: str, **delta: float) -> str:
    return (datetime.fromisoformat(time) + timedelta(**delta)).astimezone(UTC).isoformat()
