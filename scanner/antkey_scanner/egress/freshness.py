"""Whether what was seen of requests is of late: a proof of last year says nothing of what is deployed now.

Kept are the newest times alone: of all calls to allowed hosts, and of those that a rule needs to have seen.
What is wrong in an old record stays wrong; only its silence proves nothing any more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import assert_never

from antkey_scanner.egress.attribution import host_templates
from antkey_scanner.egress.hosts import Hosts
from antkey_scanner.egress.reach import FAULT_SCENARIOS
from antkey_scanner.egress.records import Request, Silent, Stretch
from antkey_scanner.egress.rule import NO_KEY_SCENARIO, NOT_CALLS
from antkey_scanner.inventory.times import DAY, SECOND, Micros, rfc3339
from antkey_scanner.policy.egress import EgressPolicy

CLOCKS_DIFFER = 300 * SECOND
"""So far ahead another machine's clock may be."""

_FAULTS = frozenset((401, 403, 429, 529))
_NEVER: Micros = -(1 << 62)

_RECORD = "antkey egress run{} --evidence FILE -- COMMAND"
_CURES = {
    "all": f"run {_RECORD.format('')}",
    "faults": f"run {_RECORD.format(' --scenario 429 --scenario 401')}",
    "no-key": f"run {_RECORD.format(' --scenario no-key')}",
    "changes": f"run {_RECORD.format(' --scenario rotate')}",
    "pages": "record a HAR file in the browser",
}
"""How to see anew what has to be seen."""

_UNSEEN = {
    "faults": "no fault was seen at a known time",
    "no-key": "what happens without a key was not seen at a known time",
    "changes": "no change of keys was played or recorded",
    "pages": "no page was seen at a known time",
}
"""What is said where none of it has a time."""

_NEEDS = {
    "egress-fallback-on-error": "faults",
    "egress-request-without-tenant-key": "no-key",
    "egress-stale-key": "changes",
    "egress-key-in-browser": "pages",
    "egress-key-in-response": "pages",
}
"""By rule, what has to have been seen of late; of the others any call."""

_SEEN = "egress-not-seen"


class Freshness:
    """What was seen when. Memory grows with the surfaces of the policy."""

    def __init__(self, policy: EgressPolicy, now: Micros) -> None:
        self._allows = Hosts(policy.allowed_hosts, host_templates(policy.tenant_from)).allows
        self._days = policy.max_age_days
        self._now = now
        self._newest = dict.fromkeys(_CURES, _NEVER)
        self._surfaces = dict.fromkeys(policy.surfaces, _NEVER)
        self._ahead = 0

    def note(self, item: Request | Stretch | Silent, *, pages: bool) -> None:
        """Take note of what was read. pages: the recording is of a kind that may tell of web pages."""
        match item:
            case Silent():
                self._see(("no-key",), item.time)
            case Request():
                self._request(item, pages=pages)
            case Stretch():
                newest: dict[int, int] = {}
                for at, said in enumerate(item.said):
                    time, known = item.times[at], newest.get(id(said))
                    if time is not None and time > self._now + CLOCKS_DIFFER:
                        self._ahead += 1
                    elif known is None or (time or _NEVER) > (item.times[known] or _NEVER):
                        newest[id(said)] = at
                for at in newest.values():
                    self._request(item.request(at), pages=pages)
            case _:
                assert_never(item)

    def stale(self, rules: Sequence[str]) -> Mapping[str, str]:
        """By rule, why that nothing broke it proves nothing of today, and the cure."""
        found = {}
        for rule in rules:
            reason = self._reason(rule)
            if reason is not None:
                found[rule] = reason
        return found

    def _request(self, request: Request, *, pages: bool) -> None:
        time, scenario = request.time, request.scenario
        what = ["pages"] if pages else []
        if not self._allows(request.host) or request.method in NOT_CALLS:
            # Pages are the application's own.
            self._see(what, time)
            return
        what.append("all")
        if scenario in FAULT_SCENARIOS or request.status in _FAULTS:
            what.append("faults")
        if scenario == NO_KEY_SCENARIO:
            what.append("no-key")
        if scenario in (None, "rotate"):
            what.append("changes")
        self._see(what, time)
        surface = request.surface
        if surface in self._surfaces and time is not None and time <= self._now + CLOCKS_DIFFER:
            self._surfaces[surface] = max(time, self._surfaces[surface])

    def _see(self, what: Sequence[str], time: Micros | None) -> None:
        if time is None or not what:
            return
        if time > self._now + CLOCKS_DIFFER:
            self._ahead += 1
            return
        for one in what:
            self._newest[one] = max(time, self._newest[one])

    def _reason(self, rule: str) -> str | None:
        if self._ahead:
            noun = "record is" if self._ahead == 1 else "records are"
            return f"{self._ahead:,} {noun} of a time to come; set the clock, or take them out"
        if rule == _SEEN:
            old = [name for name, time in self._surfaces.items() if self._is_old(time)]
            if not old:
                return None
            names = ", ".join(old[:5])
            time = max(self._surfaces[name] for name in old)
            return self._said(f"what was seen of {names}", time, "all")
        need = _NEEDS.get(rule, "all")
        time = self._newest[need]
        return self._said("the newest of it", time, need) if self._is_old(time) else None

    def _is_old(self, time: Micros) -> bool:
        return time < self._now - self._days * DAY

    def _said(self, what: str, time: Micros, need: str) -> str | None:
        if time == _NEVER:
            # That there is no call at all is told in other words.
            return f"{_UNSEEN[need]}; {_CURES[need]}" if need in _UNSEEN else None
        age = (self._now - time) // DAY
        return (
            f"{what} is of {rfc3339(time)[:10]}, {age:,} days ago, and [egress] max_age_days is"
            f" {self._days}; {_CURES[need]}"
        )
