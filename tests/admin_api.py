"""A real HTTP server that answers as Anthropic's Admin API is documented to, and fails on demand.

Faults are played once each, in order, to requests for their path; then the server answers as usual.
"""

from __future__ import annotations

import json
import threading
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

BELOW = "/v1/organizations"
USAGE = f"{BELOW}/usage_report/messages"
LISTS = ("api_keys", "users", "workspaces", "service_accounts")

NEW, OLD = "2026-10-21", "2023-06-01"

Object = dict[str, Any]


class Request(NamedTuple):
    """One request as it came. headers: names in lower case."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]


class Fault(NamedTuple):
    """An answer instead of the right one. after: what is done once it was sent."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = {}
    cut: bool = False


def error(status: int, kind: str, message: str = "…", **headers: str) -> Fault:
    """A documented error. headers: with `_` for `-`."""
    body = {
        "type": "error",
        "error": {"type": kind, "message": message},
        "request_id": "req_011CTestTestTest",
    }
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Fault(status, json.dumps(body).encode(), named)


HANG = Fault(0)
"""The request is read and never answered."""

DROP = Fault(-1)
"""The connection is closed without an answer."""


def reply(value: object, status: int = 200) -> Fault:
    """Some JSON, right or wrong."""
    return Fault(status, json.dumps(value).encode())


def api_key(number: int, **fields: Any) -> Object:
    """A key in both generations' fields; the server leaves out those of the other one."""
    return {
        "type": "api_key",
        "id": f"apikey_{number:06}",
        "name": f"prod-service{number}-2026-10-01",
        "created_at": "2026-10-01T08:00:00.123456Z",
        "created_by": {"id": "user_01", "type": "user"},
        "expires_at": None,
        "partial_key_hint": f"sk-ant-api03-{number % 1000:03}...igAA",
        "principal": {"type": "user_actor", "user_id": "user_01"},
        "scope": {"type": "workspace", "workspace_id": "wrkspc_01"},
        "status": "active",
        "workspace_id": "wrkspc_01",
        **fields,
    }


def user(number: int, **fields: Any) -> Object:
    return {
        "type": "user",
        "id": f"user_{number:02}",
        "added_at": "2026-01-01T00:00:00Z",
        "email": f"person{number}@example.com",
        "name": f"Person {number}",
        "role": "developer",
        **fields,
    }


def workspace(number: int, **fields: Any) -> Object:
    return {
        "type": "workspace",
        "id": f"wrkspc_{number:02}",
        "name": f"Workspace {number}",
        "created_at": "2026-01-01T00:00:00Z",
        "archived_at": None,
        "display_color": "#6C5BB9",
        **fields,
    }


def service_account(number: int, **fields: Any) -> Object:
    return {
        "id": f"svac_{number:02}",
        "name": f"deployer {number}",
        "organization_role": "developer",
        "created_at": "2026-01-01T00:00:00Z",
        "updated_at": "2026-01-01T00:00:00Z",
        "archived_at": None,
        **fields,
    }


class AdminApi:
    """An organisation and how it is served. Change it before requests are made.

    secret: the key that is accepted; versions: values of `anthropic-version` that are; usage: results by
    the day they are of; play: faults by path.
    """

    def __init__(self, secret: str) -> None:
        self.secret = secret
        self.versions: Sequence[str] = (NEW, OLD)
        self.organization: Object = {
            "id": "12345678-1234-5678-1234-567812345678",
            "type": "organization",
            "name": "Acme",
        }
        self.lists: dict[str, list[Object]] = {
            "api_keys": [api_key(1)],
            "users": [user(1)],
            "workspaces": [workspace(1)],
            "service_accounts": [],
        }
        self.usage: dict[str, list[Object]] = {}
        self.most_per_page = 1000
        self.requests: list[Request] = []
        self.url = ""
        self.released = threading.Event()
        self._faults: dict[str, deque[Fault]] = defaultdict(deque)

    def play(self, path: str, *faults: Fault) -> None:
        """path: below /v1/organizations, such as `/users`."""
        self._faults[f"{BELOW}{path}"].extend(faults)

    def paths(self) -> list[str]:
        return [request.path for request in self.requests]

    def answer(self, request: Request) -> Fault:
        """What to send for a request."""
        self.requests.append(request)
        waiting = self._faults[request.path]
        if waiting:
            return waiting.popleft()
        return self._refusal(request) or self._content(request)

    def _refusal(self, request: Request) -> Fault | None:
        headers = request.headers
        token = headers.get("authorization", "").removeprefix("Bearer ")
        is_token = self.secret.startswith("sk-ant-oat")
        if (token if is_token else headers.get("x-api-key")) != self.secret:
            return error(401, "authentication_error", "invalid x-api-key")
        if "anthropic-version" not in headers:
            return error(400, "invalid_request_error", "anthropic-version: header is required")
        if headers["anthropic-version"] not in self.versions:
            return error(400, "invalid_request_error", "anthropic-version: is not a valid version")
        if request.method != "GET":
            return error(405, "invalid_request_error", "method not allowed")
        if request.path == f"{BELOW}/service_accounts" and not is_token:
            return error(403, "permission_error", "requires an OAuth token with org:admin")
        return None

    def _content(self, request: Request) -> Fault:
        name = request.path.removeprefix(f"{BELOW}/")
        if name == "me":
            return reply(self.organization)
        if name in LISTS:
            return self._page(name, request)
        if request.path == USAGE:
            return self._usage(request.query)
        return error(404, "not_found_error", "not found")

    def _page(self, name: str, request: Request) -> Fault:
        limit = int(request.query.get("limit", "20"))
        if not 1 <= limit <= 1000:
            return error(400, "invalid_request_error", "limit: must be between 1 and 1000")
        rows = self.lists[name]
        if name == "workspaces" and request.query.get("include_archived") != "true":
            rows = [row for row in rows if row["archived_at"] is None]
        after = request.query.get("after_id")
        ids = [row["id"] for row in rows]
        if after is not None and after not in ids:
            return error(400, "invalid_request_error", "after_id: no such object")
        start = 0 if after is None else ids.index(after) + 1
        shown = rows[start : start + min(limit, self.most_per_page)]
        version = request.headers["anthropic-version"]
        return reply(
            {
                "data": [_in_version(row, version) for row in shown],
                "first_id": shown[0]["id"] if shown else None,
                "has_more": start + len(shown) < len(rows),
                "last_id": shown[-1]["id"] if shown else None,
            }
        )

    def _usage(self, query: Mapping[str, str]) -> Fault:
        if query.get("bucket_width") != "1d" or int(query.get("limit", "7")) > 31:
            return error(400, "invalid_request_error", "limit: at most 31 days")
        if query.get("group_by[]") != "api_key_id" or "starting_at" not in query:
            return error(400, "invalid_request_error", "group_by: expected api_key_id")
        days = sorted(day for day in self.usage if f"{day}T00:00:00Z" >= query["starting_at"])
        start = int(query.get("page", "page_0").removeprefix("page_"))
        end = start + int(query.get("limit", "7"))
        data = [
            {
                "starting_at": f"{day}T00:00:00Z",
                "ending_at": f"{day[:-2]}{int(day[-2:]) + 1:02}T00:00:00Z",
                "results": self.usage[day],
            }
            for day in days[start:end]
        ]
        more = end < len(days)
        return reply({"data": data, "has_more": more, "next_page": f"page_{end}" if more else None})


def _in_version(row: Object, version: str) -> Object:
    """Without the fields that the other generation has."""
    if row.get("type") != "api_key":
        return row
    gone = ("workspace_id",) if version == NEW else ("scope", "principal", "expires_at")
    return {name: value for name, value in row.items() if name not in gone}


@contextmanager
def serving(api: AdminApi, wrap: Callable[[Any], Any] | None = None) -> Iterator[AdminApi]:
    """Serve on a free port of 127.0.0.1 until the end. wrap: makes a TLS socket of the listening one."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # head and body in one packet, or each reply waits for the client's receipt

        def handle_any(self) -> None:
            parts = urlsplit(self.path)
            query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
            headers = {name.lower(): value for name, value in self.headers.items()}
            self.send(api.answer(Request(self.command, parts.path, query, headers)))

        do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = handle_any  # noqa: N815

        def send(self, answer: Fault) -> None:
            if answer.status <= 0:
                if answer == HANG:
                    api.released.wait(30)
                self.close_connection = True
                return
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            length = len(answer.body) + (1000 if answer.cut else 0)
            if "transfer-encoding" not in answer.headers:
                self.send_header("content-length", str(length))
            self.end_headers()
            self.wfile.write(answer.body)
            self.close_connection = self.close_connection or answer.cut

        def log_message(self, *_: object) -> None:
            return

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            return  # clients that hang up are what some tests are about

    server = Server(("127.0.0.1", 0), Handler)
    api.url = f"http://127.0.0.1:{server.server_address[1]}"
    if wrap is not None:
        server.socket = wrap(server.socket)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield api
    finally:
        api.released.set()
        server.shutdown()
        server.server_close()
        thread.join()
