"""A limit that nobody is warned of is noticed when the features stop.

Judged for active keys: each percentage that the policy requires has to be in `alerts_percent`, and the first
alert may not be above 80 percent, whatever the policy says. Where the policy requires limits as well, a key
without one is for spend-limit-missing to tell. Admin keys need none. Where the source cannot tell of alerts,
that is missing evidence.

Policy: keys.alerts_percent, keys.require_spend_limit
"""

from __future__ import annotations

from collections.abc import Iterator

from antkey_scanner.inventory.rule import Breach, Case, Gap, KeyRule
from antkey_scanner.inventory.spoken import several
from antkey_scanner.model import Confidence, Example, Rule, Severity

_LATEST_FIRST = 80


def _check(case: Case) -> Iterator[Breach | Gap]:
    wanted = tuple(sorted(set(case.policy.alerts_percent)))
    told: dict[tuple[float, ...], str] = {}
    for key in case.inventory.keys:
        limit = key.spend_limit
        if key.status != "active" or key.role == "admin":
            continue
        if limit is None and (not wanted or case.policy.require_spend_limit):
            continue
        if limit is None and "spend_limit" in key.unknown:
            yield Gap(key, "its source cannot tell of alerts; record spend_limit in a file")
            continue
        alerts = () if limit is None else limit.alerts_percent or ()
        problem = told.get(alerts)
        if problem is None:
            problem = told[alerts] = " and ".join(_problems(alerts, wanted))
        if problem:
            yield Breach(key, f"{key.label} {problem}")


def _problems(alerts: tuple[float, ...], wanted: tuple[float, ...]) -> Iterator[str]:
    missing = [percent for percent in wanted if percent not in alerts]
    if missing:
        yield f"has no alert at {several(list(map(_percent, missing)))} of its spend limit"
    if alerts and min(alerts) > _LATEST_FIRST:
        first = _percent(min(alerts))
        yield f"sends its first alert at {first}, which is above {_LATEST_FIRST} %"


def _percent(value: float) -> str:
    return f"{value:g} %"


def _off(case: Case) -> str | None:
    if case.policy.alerts_percent:
        return None
    if any(key.spend_limit and key.spend_limit.alerts_percent for key in case.inventory.keys):
        return None
    return "no alerts are recorded or asked for; set [keys] alerts_percent"


RULE = KeyRule(
    Rule(
        id="spend-alerts-missing",
        title="Spend limit without the alerts it needs",
        family="rotation",
        severity=Severity.MEDIUM,
        confidence=Confidence.HIGH,
        why=__doc__,
        remedy=(
            "Add mail notifications at the missing percentages (Anthropic Console: Limits, e-mail"
            " notification) and record them in spend_limit.alerts_percent."
        ),
        requirements=("M8", "T12"),
        frameworks=("SOC2:CC7.2", "ISO27001:A.8.16", "NIST800-53:AU-5(1)"),
        examples=(
            Example(
                "now = 2026-11-20T00:00:00Z\n"
                "keys = [{name = 'prod-api-2026-11-01', spend_limit = {monthly_usd = 500, alerts_percent ="
                " [81, 100]}}]",
                matches=True,
            ),
            Example(
                "now = 2026-11-20T00:00:00Z\n"
                "policy.keys.alerts_percent = [50, 75]\n"
                "keys = [{name = 'prod-api-2026-11-01', spend_limit = {monthly_usd = 500, alerts_percent ="
                " [50]}}]",
                matches=True,
            ),
            Example(
                "now = 2026-11-20T00:00:00Z\n"
                "policy.keys.alerts_percent = [80]\n"
                "keys = [{name = 'prod-api-2026-11-01', spend_limit = {monthly_usd = 500, alerts_percent ="
                " [80, 100]}}]",
                matches=False,
            ),
        ),
    ),
    _check,
    _off,
)
