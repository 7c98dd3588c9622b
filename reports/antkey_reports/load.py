"""Reads saved JSON results back into a `Result`, so that any format can be made from them later."""

from __future__ import annotations

import json
from importlib.resources import files
from itertools import islice
from typing import Any

from antkey_reports.conformance import Conformance
from antkey_reports.escape import visible
from antkey_reports.mask import mask
from antkey_scanner.errors import ExitCode, PolicyError
from antkey_scanner.model import (
    Accepted,
    Assessment,
    Attestation,
    Cell,
    Comparison,
    Confidence,
    Control,
    Finding,
    KeyRef,
    Location,
    Outcome,
    PolicyRef,
    Repository,
    Result,
    Rule,
    Run,
    SecretRef,
    Severity,
    Skip,
    Stats,
    Status,
)
from antkey_scanner.trend import Past, Trend

_CURE = "use a file that `antkey scan -f json` or `antkey check` wrote, unchanged"
_PROBLEMS_SHOWN = 5


def schema() -> dict[str, Any]:
    """The JSON Schema of the results (draft 2020-12), as it ships."""
    text = (files("antkey_reports") / "schema" / "results-1.json").read_text("utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def load(text: str | bytes, source: str) -> Result:
    """The result that a JSON report was made from; rendered as JSON again it is the same text.

    source: the file's name, for messages. Raises PolicyError, which names places in the file and never
    repeats what stands there.
    """
    document = _parsed(text, source)
    problems = list(islice(Conformance(schema()).problems(document), _PROBLEMS_SHOWN))
    if problems:
        listed = "; ".join(f"{mask(visible(place))[:120]} {problem}" for place, problem in problems)
        raise PolicyError(f"{_named(source)}: {listed}; {_CURE}")
    contradiction = _contradiction(document)
    if contradiction:
        raise PolicyError(f"{_named(source)}: {contradiction}; {_CURE}")
    return _result(document)


def _contradiction(document: dict[str, Any]) -> str | None:
    """Why no run can have written this: each part alone would read as clean where another is not."""
    complete, code = document["complete"], document["exit_code"]
    if complete and any(skip["counts"] for skip in document["skipped"]):
        return "complete is true, but skipped has an entry whose counts is true"
    passed = code in (ExitCode.OK, ExitCode.UNDECIDED)
    if passed and not complete and document.get("allow_incomplete") is None:
        return f"exit_code is {code}, but complete is false and allow_incomplete gives no reason"
    return None


def _parsed(text: str | bytes, source: str) -> Any:
    try:
        return json.loads(text, parse_constant=_refused, object_pairs_hook=_without_duplicates)
    except json.JSONDecodeError as error:
        place = f"{_named(source)}:{error.lineno}:{error.colno}"
        raise PolicyError(f"{place}: not JSON ({error.msg}); {_CURE}") from None
    except UnicodeDecodeError as error:
        raise PolicyError(f"{_named(source)}: not UTF-8 at byte {error.start}; {_CURE}") from None
    except _Refused as error:
        raise PolicyError(f"{_named(source)}: {error}; {_CURE}") from None
    except (ValueError, RecursionError):
        raise PolicyError(f"{_named(source)}: number or nesting out of bounds; {_CURE}") from None


class _Refused(Exception):
    """Something that Python's parser takes and JSON or this format does not."""


def _refused(name: str) -> None:
    raise _Refused(f"{name} is not JSON")


def _without_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    result = dict(pairs)
    if len(result) != len(pairs):
        # Two readers could take different ones, say of `complete`.
        raise _Refused("a field stands twice in one object")
    return result


def _named(source: str) -> str:
    return mask(visible(source))


def _result(document: dict[str, Any]) -> Result:
    rules = {rule["id"]: _rule(rule) for rule in document.get("rules", ())}
    return Result(
        run=_run(document),
        findings=tuple(_finding(finding, rules) for finding in document["findings"]),
        assessments=tuple(_assessment(control) for control in document["controls"]),
        skips=tuple(Skip(one["path"], one["reason"], one["counts"]) for one in document["skipped"]),
        stats=Stats(**document["stats"]),
        keys=tuple(KeyRef(**key) for key in document.get("keys", ())),
        coverage=tuple(Cell(**cell) for cell in document.get("coverage", ())),
        repositories=tuple(Repository(**one) for one in document.get("repositories", ())),
        hosts=tuple(document.get("hosts", ())),
        trend=_trend(document.get("trend")),
        comparison=_comparison(document.get("comparison"), rules),
    )


def _trend(trend: dict[str, Any] | None) -> Trend | None:
    if trend is None:
        return None
    runs = (Past(**{**run, "open": tuple(run["open"])}) for run in trend["runs"])
    return Trend(tuple(runs), trend["days_to_fix"])


def _comparison(comparison: dict[str, Any] | None, rules: dict[str, Rule]) -> Comparison | None:
    if comparison is None:
        return None
    fixed = tuple(_finding(finding, rules) for finding in comparison["fixed"])
    return Comparison(comparison["before"], tuple(comparison["new"]), fixed)


def _run(document: dict[str, Any]) -> Run:
    return Run(
        command=document["command"],
        targets=tuple(document.get("targets", ())),
        policy=PolicyRef(**document["policy"]),
        started_at=document["started_at"],
        finished_at=document["finished_at"],
        seconds=document.get("seconds", 0.0),
        version=document["tool"]["version"],
        fail_on=Severity(document.get("fail_on", Severity.LOW)),
        exit_code=document["exit_code"],
        complete=document["complete"],
        allow_incomplete=document.get("allow_incomplete"),
        undecided=document.get("undecided", document["exit_code"] == ExitCode.UNDECIDED),
    )


def _rule(rule: dict[str, Any]) -> Rule:
    return Rule(
        id=rule["id"],
        title=rule["title"],
        family=rule["family"],
        severity=Severity(rule["severity"]),
        confidence=Confidence(rule["confidence"]),
        why=rule["why"],
        remedy=rule["remedy"],
        requirements=tuple(rule["requirements"]),
        frameworks=tuple(rule["frameworks"]),
    )


def _finding(finding: dict[str, Any], rules: dict[str, Rule]) -> Finding:
    secret = SecretRef(**finding["secret"]) if finding["secret"] else None
    accepted, key = finding.get("accepted"), finding.get("key")
    anchor = finding.get("anchor", secret.sha256 if secret else "")
    return Finding(
        rule=_rule_of(finding, rules),
        location=_location(finding["location"]),
        message=finding["message"],
        anchor=anchor,
        secret=secret,
        status=Status(finding["status"]),
        accepted=Accepted(**accepted) if accepted else None,
        note=finding.get("note"),
        key=KeyRef(**key) if key else None,
        also=tuple(finding.get("also", ())),
        tenants=tuple(finding.get("tenants", ())),
        detected=finding.get("detected"),
    )


def _rule_of(finding: dict[str, Any], rules: dict[str, Rule]) -> Rule:
    known = rules.get(finding["rule"])
    # What the finding says goes first: a policy may change a rule's severity.
    own = Rule(
        id=finding["rule"],
        title=finding["title"],
        family=known.family if known else "",
        severity=Severity(finding["severity"]),
        confidence=Confidence(finding["confidence"]),
        why=known.why if known else "",
        remedy=finding["remedy"],
        requirements=known.requirements if known else (),
        frameworks=known.frameworks if known else (),
    )
    return known if known == own else own


def _location(location: dict[str, Any]) -> Location:
    refs = location.get("refs")
    return Location(
        **{
            **location,
            "decoded": tuple(location["decoded"]),
            "refs": None if refs is None else tuple(refs),
        }
    )


def _assessment(control: dict[str, Any]) -> Assessment:
    given = control.get("attestation")
    return Assessment(
        control=Control(
            id=control["id"],
            title=control["title"],
            severity=Severity(control["severity"]),
            rules=tuple(control.get("rules", ())),
            requirements=tuple(control["requirements"]),
            frameworks=tuple(control["frameworks"]),
        ),
        outcome=Outcome(control["status"]),
        findings=control["findings"],
        evidence=control["evidence"],
        attestation=Attestation(**given) if given else None,
        required=control.get("required"),
    )
