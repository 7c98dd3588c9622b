"""Where every request ends up: it is shown, judged, and given its reply. No sockets here."""

from __future__ import annotations

import json
import traceback
from collections.abc import Sequence

from antkey_hooks.interceptor.answers.errors import error, fault, refusal
from antkey_hooks.interceptor.answers.reply import (
    Reply,
    account_headers,
    body_reply,
    json_reply,
)
from antkey_hooks.interceptor.answers.routes import Routes
from antkey_hooks.interceptor.arrival import Arrival, document_of, exchange_of
from antkey_hooks.interceptor.exchange import (
    Answer,
    Answered,
    Control,
    Decide,
    Exchange,
    Refused,
    Trouble,
    Troubles,
)
from antkey_scanner.egress.hosts import Hosts


class Desk:
    """Called by one thread only. What a callback raises is kept in `failure`: the server goes on."""

    def __init__(
        self,
        decide: Decide,
        refused: Refused,
        control: Control,
        *,
        allowed_hosts: Sequence[str],
        fields: Sequence[str],
        troubles: Troubles | None,
        answered: Answered | None,
    ) -> None:
        self._decide = decide
        self._refused = refused
        self._control = control
        self._allows = Hosts(allowed_hosts, allowed_hosts).allows
        self._fields = tuple(fields)
        self._troubles = troubles
        self._answered = answered
        self._routes = Routes()
        self.failure: Exception | None = None

    def take(self, arrival: Arrival) -> Reply:
        """The reply to a request that was read to its end, or that its client gave up."""
        document = document_of(arrival)
        allowed = self._allows(arrival.host)
        exchange = exchange_of(arrival, document, self._fields, allowed=allowed)
        try:
            if allowed:
                reply = self._reply(arrival, document, exchange, self._decide(exchange))
            else:
                self._refused(exchange)
                reply = refusal(exchange.host)
            if self._answered is not None:
                self._answered(exchange, reply.status)
        except Exception as failure:  # noqa: BLE001 - whatever a callback does, the next client is served
            self.keep(failure)
            reply = error(500, "api_error", "Internal server error")
        return reply

    def control(self, method: str, path: str, body: bytes | None) -> Reply:
        """The reply to a request to the control URL."""
        if method != "POST" or body is None:
            return json_reply(405, {"error": "this URL takes POST with a short JSON body"})
        try:
            status, text = self._control(path, body)
        except Exception as failure:  # noqa: BLE001 - as in `take`
            self.keep(failure)
            status, text = 500, json.dumps({"error": "internal error"}).encode()
        return body_reply(status, "application/json", text)

    def mute(self) -> None:
        """Tell of no more troubles: from now on it is the server who ends connections."""
        self._troubles = None

    def trouble(self, trouble: Trouble) -> None:
        """Tell of a connection on which nothing could be seen."""
        if self._troubles is None:
            return
        try:
            self._troubles(trouble)
        except Exception as failure:  # noqa: BLE001 - as in `take`
            self.keep(failure)

    def _reply(
        self, arrival: Arrival, document: object, exchange: Exchange, answer: Answer
    ) -> Reply:
        owner = next((one.sha256 or "" for one in exchange.credentials), "")
        headers = account_headers(owner, is_limited=answer is Answer.RATE_LIMITED)
        normal = self._routes.reply(arrival, document)
        there = {name for name, _ in normal.headers}
        more = tuple(header for header in headers if header[0] not in there)
        normal = normal._replace(headers=(*normal.headers, *more))
        return fault(answer, normal, headers)

    def keep(self, failure: Exception) -> None:
        """Remember what went wrong first."""
        # The frames that it came through hold the request, and with it the key. The first one is still at
        # work, and cannot be emptied.
        trace = failure.__traceback__
        traceback.clear_frames(trace)
        failure.__traceback__ = trace.tb_next if trace is not None else None
        if self.failure is None:
            self.failure = failure
