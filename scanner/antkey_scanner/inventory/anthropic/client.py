"""Asks the Admin API until it answers, refuses, or the time is over. What a reply means is for others.

Everything that goes wrong is an EvidenceError that names the endpoint, the problem and the cure.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from antkey_scanner.errors import EvidenceError
from antkey_scanner.inventory.anthropic.credential import AdminKey
from antkey_scanner.inventory.anthropic.retry import (
    MOST_SECONDS,
    Patience,
    is_passing,
    pause,
    retry_after,
)
from antkey_scanner.inventory.anthropic.wire import Fault, Reply, Wire
from antkey_scanner.policy.rawkey import without_raw_keys
from antkey_scanner.urlpolicy import Root

_T = TypeVar("_T")

MOST_BYTES_IN_ALL = 256 * 1024 * 1024
"""A hundred thousand keys are 60 MB."""

_CURES = {
    400: "see what the gateway in [inventory] base_url does with requests, if there is one",
    401: "the admin key is not accepted: it is wrong, deactivated or expired; create one in Anthropic's"
    " Console under Settings, Admin keys",
    403: "the admin key may not read this; use one that an admin of the organisation has created",
    404: "nothing is there; check [inventory] base_url, and that the account is an organisation's",
}

_UNPRINTABLE = re.compile(r"[^A-Za-z0-9_.:-]")


class Malformed(ValueError):
    """A reply that is not as documented. The message says what is wrong and repeats nothing of it."""


class VersionRefused(Exception):
    """The server does not speak this version of the API."""


class Denied(Exception):
    """An endpoint that refuses this kind of key (401, 403). `error`: what to raise if it must not."""

    def __init__(self, error: EvidenceError) -> None:
        super().__init__()
        self.error = error


class Client:
    """Reads one organisation in one version of the API, within one span of time."""

    def __init__(
        self, wire: Wire, root: Root, key: AdminKey, version: str, patience: Patience, until: float
    ) -> None:
        self._wire = wire
        self._root = root
        self._key = key
        self._version = version
        self._patience = patience
        self._until = until
        self._bytes = 0
        self.requests = 0

    def get(self, path: str, params: Mapping[str, str], shape: Callable[[Any], _T]) -> _T:
        """What `shape` makes of the JSON at a path below the root; it raises Malformed.

        Raises EvidenceError, Denied, VersionRefused.
        """
        attempt = 0
        while True:
            attempt += 1
            answer = self._ask(path, params)
            if isinstance(answer, Reply) and answer.status == 200:
                shaped = self._shaped(answer, shape)
                if not isinstance(shaped, Fault):
                    return shaped[0]
                answer = shaped
            self._wait(path, answer, attempt)

    def fail(self, path: str, problem: str) -> EvidenceError:
        """An error about an endpoint. `problem`: the problem and its cure."""
        return EvidenceError(f"{self._root.url}{path}: {problem}")

    def _ask(self, path: str, params: Mapping[str, str]) -> Reply | Fault:
        left = self._left()
        if left <= 0:
            raise self._too_late(path)
        self.requests += 1
        silence = min(self._patience.silence, left)
        answer = self._wire.get(path, params, self._version, silence, left)
        if isinstance(answer, Reply):
            self._bytes += len(answer.body)
        if self._bytes > MOST_BYTES_IN_ALL:
            most = MOST_BYTES_IN_ALL // 1024**2
            raise self.fail(
                path, f"the server sends more than {most} MiB; check [inventory] base_url"
            )
        return answer

    def _shaped(self, reply: Reply, shape: Callable[[Any], _T]) -> tuple[_T] | Fault:
        """In a tuple, because what is shaped may be anything."""
        try:
            return (shape(json.loads(reply.body)),)
        except Malformed as error:
            return Fault(f"answers with something else than documented ({error})")
        except (ValueError, RecursionError):
            return Fault("answers with something that is no JSON")

    def _wait(self, path: str, answer: Reply | Fault, attempt: int) -> None:
        """Wait for the next attempt. Raises when there is to be none."""
        if isinstance(answer, Fault):
            again, said, cure = not answer.final, answer.what, "check the connection and try again"
            wanted = None
        else:
            self._refuse(path, answer)
            again, said, cure = is_passing(answer.status), self._said(answer), "try again later"
            wanted = retry_after(answer.headers, self._patience.wall())
        if not again:
            raise self.fail(path, f"the server {said}; check [inventory] base_url")
        seconds = pause(attempt, self._patience.chance()) if wanted is None else wanted
        if wanted is not None and wanted > MOST_SECONDS:
            raise self.fail(path, f"the server {said} and asks to wait {wanted:,.0f} s; {cure}")
        if attempt >= self._patience.attempts:
            raise self.fail(path, f"the server {said}, {attempt} times; {cure}")
        if seconds >= self._left():
            raise self._too_late(path, f"the server {said}, and ")
        self._patience.sleep(seconds)

    def _refuse(self, path: str, reply: Reply) -> None:
        """Raise for an answer that will be the same the next time."""
        status = reply.status
        if is_passing(status):
            return
        kind, about = _error(reply.body)
        if status == 400 and kind == "invalid_request_error" and "version" in about.lower():
            raise VersionRefused
        said = f"the server {self._said(reply)}"
        if 300 <= status < 400:
            cure = "redirects are not followed; set [inventory] base_url to where it leads"
        else:
            cure = _CURES.get(status, "check [inventory] base_url")
        error = self.fail(path, f"{said}; {cure}")
        if status in (401, 403):
            raise Denied(error)
        raise error

    def _said(self, reply: Reply) -> str:
        """`answers 401 authentication_error (request req_…)`: what the server chose is made harmless."""
        kind, _ = _error(reply.body)
        identity = reply.headers.get("request-id") or _request_id(reply.body)
        said = f"answers {reply.status}"
        if kind:
            said += f" {self._harmless(kind)}"
        return f"{said} (request {self._harmless(identity)})" if identity else said

    def _harmless(self, text: str) -> str:
        return without_raw_keys(self._key.redacted(_UNPRINTABLE.sub("?", text[:200])))[:80]

    def _too_late(self, path: str, why: str = "") -> EvidenceError:
        seconds = self._patience.seconds
        return self.fail(path, f"{why}not all was read within {seconds:.0f} s; try again later")

    def _left(self) -> float:
        return self._until - self._patience.monotonic()


def _error(body: bytes) -> tuple[str, str]:
    """Type and message of a documented error, "" for what is none."""
    try:
        error = json.loads(body)["error"]
        return str(error["type"]), str(error.get("message", ""))
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        return "", ""


def _request_id(body: bytes) -> str:
    try:
        return str(json.loads(body)["request_id"] or "")
    except (ValueError, TypeError, LookupError, RecursionError):
        return ""
