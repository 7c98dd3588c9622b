"""Judges requests that follow each other: of those that say the same, one is looked at and the rest counted.

Nothing is decided here: a verdict that stands is the judge's own, and wherever it may not stand (another
time, another key of the tenant, a fault) the judge is asked again.
"""

from __future__ import annotations

from collections.abc import Callable

from antkey_scanner.egress.recall import Recall, Standing, Verdict
from antkey_scanner.egress.records import Request, Said, Stretch
from antkey_scanner.inventory.times import Micros

_MOST = 50_000


class Stretches:
    """Takes stretches for a judge."""

    def __init__(
        self,
        recall: Recall,
        judge: Callable[[Request], object],
        count: Callable[[Verdict, int], object],
        note_fault: Callable[[Verdict, Micros], object],
    ) -> None:
        """judge: judges one request; count: counts so many that have a verdict; note_fault: takes note of the
        fault that an answer at a time tells of, if it does."""
        self._recall = recall
        self._judge = judge
        self._count = count
        self._note_fault = note_fault
        self._standing: dict[int, Standing] = {}
        self._said: list[Said] = []
        self._by_verdict: dict[int, Standing] = {}
        self._counting: list[Standing] = []
        self._revision = recall.revision

    def take(self, stretch: Stretch) -> None:
        """Judge each."""
        if self._recall.revision != self._revision or len(self._said) > _MOST:
            self._forget()
        known, counting = self._standing, self._counting
        for at, (time, said) in enumerate(zip(stretch.times, stretch.said, strict=True)):
            standing = known.get(id(said)) or self._learn(said)
            if standing is None or time is None or not self._holds(standing, time):
                self._judge(stretch.request(at))
                known.pop(id(said), None)
                continue
            if not standing.count:
                counting.append(standing)
            standing.count += 1
        self._settle()

    def _holds(self, standing: Standing, time: Micros) -> bool:
        """Whether a verdict holds at a time. Takes note of the use of its keys, then, and of a fault."""
        only = standing.only
        if only is not None and len(standing.keys) == 1 and standing.since <= time < standing.until:
            spells, life = only
            spells.take(time, life)
            return True
        if not self._recall.holds(standing.verdict, time):
            return False
        self._note_fault(standing.verdict, time)
        return True

    def _learn(self, said: Said) -> Standing | None:
        verdict = self._recall.last(said)
        if verdict is None:
            return None
        standing = self._by_verdict.get(id(verdict))
        if standing is None:
            standing = self._by_verdict[id(verdict)] = self._recall.standing(verdict)
        # What has an identity here must not end before that is forgotten.
        self._said.append(said)
        self._standing[id(said)] = standing
        return standing

    def _forget(self) -> None:
        self._said.clear()
        self._standing.clear()
        self._by_verdict.clear()
        self._revision = self._recall.revision

    def _settle(self) -> None:
        for standing in self._counting:
            self._count(standing.verdict, standing.count)
            standing.count = 0
        self._counting.clear()
