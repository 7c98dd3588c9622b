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

_MOST = 20_000
_SCENARIO = Request._fields.index("scenario") - Request._fields.index("host")

Faults = Mapping[tuple[str, str | None], Fault]
"""The last fault of each tenant and scenario."""


class Stretches:
    """Takes stretches for a judge."""

    def __init__(
        self,
        recall: Recall,
        faults: Faults,
        judge: Callable[[Request], object],
        count: Callable[[Verdict, int], object],
    ) -> None:
        """judge: judges one request; count: counts so many that have a verdict."""
        self._recall = recall
        self._faults = faults
        self._judge = judge
        self._count = count
        self._standing: dict[int, Standing] = {}
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
                standing.count += 1
                continue
            self._judge(stretch.request(at))
            if self._recall.revision != self._revision or len(known) >= _MOST:
                self.forget()
            if time is not None:
                self._learn(said, time, standing)
        self._settle()

    def forget(self) -> None:
        """From now on verdicts may be others."""
        self._settle()
        self._standing.clear()
        self._revision = self._recall.revision

    def _learn(self, said: Said, time: Micros, before: Standing | None) -> None:
        if before is not None:
            self._settle_one(before)
        standing = self._recall.standing(said, time)
        if standing is not None and self._is_calm(standing, time):
            self._standing[id(said)] = standing
        elif before is not None:
            self._standing.pop(id(said), None)

    def _is_calm(self, standing: Standing, time: Micros) -> bool:
        """Whether no fault is fresh at a time; then the verdict stands while that is so."""
        tenant = standing.verdict.tenant
        if tenant is None or not self._faults:
            return True
        fault = self._faults.get((tenant, standing.said[_SCENARIO]))
        if fault is None:
            return True
        if fault.time is None or 0 <= time - fault.time <= WINDOW:
            return False
        if time < fault.time:
            standing.until = min(standing.until, fault.time)
        else:
            standing.since = max(standing.since, fault.time + WINDOW + 1)
        return True

    def _settle(self) -> None:
        for standing in self._standing.values():
            if standing.count:
                self._settle_one(standing)

    def _settle_one(self, standing: Standing) -> None:
        count, standing.count = standing.count, 0
        if count:
            self._count(standing.verdict, count)
