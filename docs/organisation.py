"""Plays Anthropic's Admin API for a made-up organisation: `python docs/organisation.py COMMAND`.

Serves on 127.0.0.1 as long as the command runs, in a folder `organisation` whose policy says where that
is, with an admin key that is made for this one run. Each request that it answers is told.
"""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

_BELOW = "/v1/organizations/"
_PAGE = 3
"""Rows of a page: fewer than a client asks for, so that there is a next one."""


def _key(number: int, day: str, name: str, owner: str | None, hint: str) -> dict[str, Any]:
    """owner: whom it is bound to; None: as workspace keys once were, to nobody."""
    return {
        "type": "api_key",
        "id": f"apikey_01acorn{number:02}",
        "name": name,
        "created_at": f"{day}T09:00:00Z",
        "created_by": {"type": "user", "id": owner or "user_01noor"},
        "expires_at": None,
        "partial_key_hint": f"sk-ant-api03-{hint}",
        "principal": {"type": "user_actor", "user_id": owner} if owner else None,
        "scope": {"type": "workspace", "workspace_id": "wrkspc_01ledger"},
        "status": "inactive" if "-08-" in day else "active",
    }


_ME = {"type": "organization", "id": "5b1c2d3e-0000-4000-8000-00000000ac0f", "name": "Acorn Ledger"}
_LISTS = {
    "api_keys": [
        _key(1, "2026-03-02", "Developer Key", None, "wPq...4gAA"),
        _key(2, "2026-08-25", "prod-ledger-2026-08-25", "user_01maya", "oDo...BsAA"),
        _key(3, "2026-09-14", "staging-ledger-2026-09-14", "user_01tom", "i8Q...InAA"),
        _key(4, "2026-10-20", "prod-ledger-2026-10-20", "user_01maya", "7kL...n1AA"),
    ],
    "users": [
        {"type": "user", "id": "user_01maya", "email": "maya@acorn.example", "role": "admin"},
        {"type": "user", "id": "user_01tom", "email": "tom@acorn.example", "role": "developer"},
    ],
    "workspaces": [{"type": "workspace", "id": "wrkspc_01ledger", "name": "Ledger"}],
}


class _AdminApi(BaseHTTPRequestHandler):
    """Answers as documented, to GET only."""

    admin_key = ""

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        rows = _LISTS.get(url.path.removeprefix(_BELOW))
        if self.headers["x-api-key"] != self.admin_key:
            self._answer(401, {"error": {"type": "authentication_error"}})
        elif rows is not None:
            self._answer(200, _page(rows, parse_qs(url.query).get("after_id", [""])[0]))
        elif url.path == f"{_BELOW}me":
            self._answer(200, _ME)
        else:  # service accounts are shown to OAuth tokens only
            self._answer(403, {"error": {"type": "permission_error"}})

    def _answer(self, status: int, value: object) -> None:
        sys.stderr.write(f"{status} {self.command} {self.path}\n")
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(value).encode())

    def log_message(self, *_: object) -> None: ...


def _page(rows: list[dict[str, Any]], after: str) -> dict[str, object]:
    start = next((at + 1 for at, row in enumerate(rows) if row["id"] == after), 0)
    data = rows[start : start + _PAGE]
    return {"data": data, "has_more": start + _PAGE < len(rows), "last_id": data[-1]["id"]}


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("usage: python docs/organisation.py COMMAND")
    _AdminApi.admin_key = f"sk-ant-admin01-{secrets.token_hex(47)[:93]}AA"
    server = ThreadingHTTPServer(("127.0.0.1", 0), _AdminApi)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    policy = f'source = "anthropic"\nbase_url = "http://127.0.0.1:{server.server_port}"'
    os.makedirs("organisation", exist_ok=True)
    Path("organisation/antkey.toml").write_text(f"[inventory]\n{policy}\n")
    environment = os.environ | {"ANTHROPIC_ADMIN_KEY": _AdminApi.admin_key}
    done = subprocess.run(sys.argv[1:], cwd="organisation", env=environment, check=False)
    sys.exit(done.returncode)
