"""The API's documented errors, and the faults of the scenarios."""

from __future__ import annotations

from collections.abc import Sequence

from antkey_hooks.interceptor.answers.reply import HELD, Header, Reply, cut, json_reply, new_id
from antkey_hooks.interceptor.exchange import Answer

_FAULTS = {
    Answer.UNAUTHORIZED: (401, "authentication_error", "invalid x-api-key"),
    Answer.FORBIDDEN: (
        403,
        "permission_error",
        "Your API key does not have permission to use the specified resource.",
    ),
    Answer.RATE_LIMITED: (
        429,
        "rate_limit_error",
        "This request would exceed your organization's rate limit.",
    ),
    Answer.OVERLOADED: (529, "overloaded_error", "Overloaded"),
}

RETRY_AFTER = "1"
"""Seconds. Client libraries wait for as long as they are told to, and tests with them."""


def error(status: int, kind: str, message: str, headers: Sequence[Header] = ()) -> Reply:
    """An error in the documented form."""
    request_id = next((value for name, value in headers if name == "request-id"), "")
    if not request_id:
        request_id = new_id("req")
        headers = (*headers, ("request-id", request_id))
    body = {
        "type": "error",
        "error": {"type": kind, "message": message},
        "request_id": request_id,
    }
    return json_reply(status, body, headers)


def fault(answer: Answer, normal: Reply, headers: Sequence[Header]) -> Reply:
    """The answer in place of the normal one. headers: of the account."""
    match answer:
        case Answer.NORMAL:
            return normal
        case Answer.TIMEOUT:
            return HELD
        case Answer.CUT_STREAM:
            return cut(normal)
        case Answer.RATE_LIMITED:
            status, kind, message = _FAULTS[answer]
            return error(status, kind, message, (*headers, ("retry-after", RETRY_AFTER)))
        case Answer.UNAUTHORIZED | Answer.FORBIDDEN | Answer.OVERLOADED:
            status, kind, message = _FAULTS[answer]
            return error(status, kind, message, headers)


def refusal(host: str) -> Reply:
    """What a request to a host that is not allowed is answered with."""
    message = (
        f"antkey egress run: nothing leaves this machine, and {host or 'this host'} is not one of the"
        " policy's allowed_hosts, for which antkey answers itself"
    )
    return error(502, "antkey_refused", message, (("x-antkey", "refused"),))
