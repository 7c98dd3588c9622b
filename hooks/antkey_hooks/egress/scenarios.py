"""The scenarios that a command is run in, and what each one answers and expects."""

from __future__ import annotations

from typing import NamedTuple

from antkey_hooks.interceptor.exchange import Answer


class Scenario(NamedTuple):
    """One run of the command.

    answer: what the tenants' keys are answered with; has_keys: whether the tenants have keys; rotates:
    whether the command is to ask for a new key in the course of it; may_be_silent: whether no request at
    all is an outcome.
    """

    name: str
    answer: Answer = Answer.NORMAL
    has_keys: bool = True
    rotates: bool = False
    may_be_silent: bool = False


_FAULTS = (
    Answer.UNAUTHORIZED,
    Answer.FORBIDDEN,
    Answer.RATE_LIMITED,
    Answer.OVERLOADED,
    Answer.TIMEOUT,
    Answer.CUT_STREAM,
)

SCENARIOS = {
    scenario.name: scenario
    for scenario in (
        Scenario("ok"),
        Scenario("no-key", has_keys=False, may_be_silent=True),
        *(Scenario(fault.value, fault) for fault in _FAULTS),
        Scenario("rotate", rotates=True),
    )
}
"""By name, in the order in which they are told of."""

STATUS = {
    Answer.NORMAL: 200,
    Answer.UNAUTHORIZED: 401,
    Answer.FORBIDDEN: 403,
    Answer.RATE_LIMITED: 429,
    Answer.OVERLOADED: 529,
    Answer.TIMEOUT: 0,
    Answer.CUT_STREAM: 200,
}
"""What stands in the evidence; 0: the client got no answer."""
