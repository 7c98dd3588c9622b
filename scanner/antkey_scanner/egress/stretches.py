"""Judges requests that follow each other: of those that say the same, one is looked at and the rest counted.

Nothing is decided here: a verdict that stands is the judge's own, and wherever it may not stand (another
time, another key of the tenant, a fault) the judge is asked again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from antkey_scanner.egress.recall import Recall, Standing, Verdict
from antkey_scanner.egress.records import Request, Said, Stretch
from antkey_scanner.egress.rule import Fault
from antkey_scanner.egress.windows import WINDOW
from antkey_scanner.inventory.times import Micros

_MOST = 50_000
_SCENARIO = Request._fields.index("scenario") - Request._fields.index("host")

_Whose = tuple[str, str | None]
"""A tenant and a scenario."""


class Stretches:
    """Takes stretches for a judge."""

    def __init__(
        self,
        recall: Recall,
        faults: Mapping[_Whose, Fault],
        judge: Callable[[Request], object],
        count: Callable[[Verdict, int], object],
    ) -> None:
        """faults: the last one of each tenant; judge: judges one request; count: counts so many that have a
        verdict."""
        self._recall = recall
        self._faults = faults
        self._judge = judge
        self._count = count
        self._standing: dict[int, Standing] = {}
        self._of: dict[_Whose, set[int]] = {}
        self._counting: list[Standing] = []
        self._revision = recall.revision

    def take(self, stretch: Stretch) -> None:
        """Judge each."""
        if self._recall.revision != self._revision:
            self.forget()
        known = self._standing
        for at, (time, said) in enumerate(zip(stretch.times, stretch.said, strict=True)):
            standing = known.get(id(said))
            if (
                standing is not None
                and time is not None
                and standing.since <= time < standing.until
            ):
                if standing.spells is not None:
                    standing.spells.take(time, standing.verdict.lives[0])
                if not standing.count:
                    self._counting.append(standing)
                standing.count += 1
                continue
            self._judge(stretch.request(at))
            if self._recall.revision != self._revision or len(known) >= _MOST:
                self.forget()
            if time is not None:
                self._learn(said, time)
        self._settle()

    def fault(self, tenant: str, scenario: str | None) -> None:
        """From now on verdicts on a tenant's requests may be others."""
        for number in self._of.pop((tenant, scenario), ()):
            self._standing.pop(number, None)

    def forget(self) -> None:
        """From now on verdicts may be others."""
        self._settle()
        self._standing.clear()
        self._of.clear()
        self._revision = self._recall.revision

    def _learn(self, said: Said, time: Micros) -> None:
        standing = self._recall.standing(said, time)
        if standing is None:
            self._standing.pop(id(said), None)
            return
        tenant = standing.verdict.tenant
        if tenant is not None:
            whose = (tenant, said[_SCENARIO])
            if not _is_calm(standing, self._faults.get(whose), time):
                self._standing.pop(id(said), None)
                return
            self._of.setdefault(whose, set()).add(id(said))
        self._standing[id(said)] = standing

    def _settle(self) -> None:
        for standing in self._counting:
            self._count(standing.verdict, standing.count)
            standing.count = 0
        self._counting.clear()


def _is_calm(standing: Standing, fault: Fault | None, time: Micros) -> bool:
    """Whether no fault is fresh at a time; then the verdict stands while that is so."""
    if fault is None:
        return True
    if fault.time is None or 0 <= time - fault.time <= WINDOW:
        return False
    if time < fault.time:
        standing.until = min(standing.until, fault.time)
    else:
        standing.since = max(standing.since, fault.time + WINDOW + 1)
    return True
