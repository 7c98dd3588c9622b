"""OSCAL assessment results, 1.1.3 (NIST): what auditors' tools take.

Each control is an OSCAL finding with an observation; each finding of ours is an observation that it relates
to, and so is what was not read. OSCAL knows satisfied or not: a control that nobody could judge, or that is
waived, is not satisfied, and says which in its reason and remarks. Identifiers are made from the content
(UUID version 5), so that the same result is the same text.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from uuid import NAMESPACE_URL, uuid5

from antkey_reports.comparing import compared, named, states, summary
from antkey_reports.escape import json_document, visible
from antkey_reports.oscaltypes import markup, prop, props, text, token
from antkey_reports.surroundings import attested, scope, vouched
from antkey_reports.verdict import verdict
from antkey_reports.wording import accepted, contents, exposed, place
from antkey_scanner.fingerprint import fingerprint
from antkey_scanner.model import Assessment, Finding, Outcome, Result, Skip

_VERSION = "1.1.3"
_NAMESPACE = uuid5(NAMESPACE_URL, "urn:antkey:oscal")
_REASONS = {Outcome.PASS: "pass", Outcome.FAIL: "fail"}
_PLAN = "The policy that antkey judged by stands for an assessment plan."

_Json = dict[str, object]


def render(result: Result, _color: bool, _width: int) -> str:
    """One document. Pure ASCII."""
    document = {"assessment-results": _Document(result).whole()}
    return json_document(json.dumps(document, indent=2, ensure_ascii=True)) + "\n"


class _Document:
    """One document: knows the namespace that its identifiers are made in."""

    def __init__(self, result: Result) -> None:
        run = result.run
        circumstances = (
            *(run.command, run.started_at, run.finished_at, run.version, *run.targets),
            *(run.policy.path or "", run.policy.sha256 or "", str(int(run.exit_code))),
        )
        self._result = result
        self._names = uuid5(_NAMESPACE, "\0".join(map(visible, circumstances)))
        self._about: dict[str, list[str]] = {}
        given = result.comparison
        self._state_of = None if given is None else states(given)

    def _uuid(self, *names: str) -> str:
        return str(uuid5(self._names, "\0".join(map(visible, names))))

    def whole(self) -> _Json:
        run = self._result.run
        parties = self._parties()
        metadata: _Json = {
            "title": markup(f"antkey {run.command}"),
            "last-modified": run.finished_at,
            "version": text(run.finished_at),
            "oscal-version": _VERSION,
            "props": props(
                exit_code=str(int(run.exit_code)),
                complete=str(run.complete).lower(),
                undecided=str(run.undecided).lower(),
                tool_version=run.version,
            ),
        }
        if parties:
            metadata["roles"] = [{"id": "attester", "title": "Vouches for a control"}]
            metadata["parties"] = parties
        plan = self._uuid("plan")
        return {
            "uuid": self._uuid("document"),
            "metadata": metadata,
            "import-ap": {"href": f"#{plan}", "remarks": _PLAN},
            "results": [self._judged()],
            "back-matter": {"resources": [self._policy(plan)]},
        }

    def _policy(self, identity: str) -> _Json:
        policy = self._result.run.policy
        return {
            "uuid": identity,
            "title": markup(policy.path or "built-in defaults"),
            "description": _PLAN,
            "props": props(profile=policy.profile, sha256=policy.sha256 or "none"),
        }

    def _parties(self) -> list[_Json]:
        owners = dict.fromkeys(given.owner for _, given in attested(self._result))
        return [
            {"uuid": self._uuid("party", owner), "type": "person", "name": text(owner)}
            for owner in owners
        ]

    def _judged(self) -> _Json:
        result, run = self._result, self._result.run
        judged = verdict(result)
        observations = list(self._observations())
        findings = [self._control(one) for one in result.assessments]
        body: _Json = {
            "uuid": self._uuid("result"),
            "title": markup(judged.answer),
            "description": markup(f"{judged.word}: {judged.reason}; {contents(result.stats)}"),
            "start": run.started_at,
            "end": run.finished_at,
            "props": props(
                exit_code=str(int(run.exit_code)),
                complete=str(run.complete).lower(),
                **({"allow_incomplete": run.allow_incomplete} if run.allow_incomplete else {}),
            )
            + [prop("in_scope", line) for line in scope(result)]
            + _changes(result),
            "reviewed-controls": {"control-selections": [self._selection()]},
        }
        vouchers = list(self._attestations())
        for name, parts in (
            ("attestations", vouchers),
            ("observations", observations),
            ("findings", findings),
        ):
            if parts:
                body[name] = parts
        return body

    def _selection(self) -> _Json:
        ids = dict.fromkeys(token(one.control.id) for one in self._result.assessments)
        if not ids:
            return {"description": "No control was judged."}
        return {"include-controls": [{"control-id": name} for name in ids]}

    def _attestations(self) -> Iterator[_Json]:
        for one, given in attested(self._result):
            party = self._uuid("party", given.owner)
            yield {
                "responsible-parties": [{"role-id": "attester", "party-uuids": [party]}],
                "parts": [
                    {
                        "uuid": self._uuid("attestation", one.control.id),
                        "name": "authorization-statement",
                        "title": markup(one.control.title),
                        "props": props(
                            control=one.control.id, attested_on=given.on, expires=given.expires
                        ),
                        "prose": markup(vouched(given)),
                    }
                ],
            }

    def _observations(self) -> Iterator[_Json]:
        for number, finding in enumerate(self._result.findings):
            # The number tells apart what is found alike in two repositories.
            identity = self._uuid("finding", fingerprint(finding), str(number))
            self._about.setdefault(finding.rule.id, []).append(identity)
            yield self._observation(finding, identity)
        for number, skip in enumerate(self._result.skips):
            yield self._unread(skip, self._uuid("skip", skip.path, skip.reason, str(number)))
        for one in self._result.assessments:
            yield self._assessed(one)

    def _observation(self, finding: Finding, identity: str) -> _Json:
        secret, where = exposed(finding), finding.location
        known = {
            "rule": finding.rule.id,
            "severity": finding.rule.severity.value,
            "status": accepted(finding) or finding.status.value,
            "place": place(where),
            "fingerprint": fingerprint(finding),
            **({"key_hint": secret.hint, "key_sha256": secret.sha256} if secret else {}),
            **({"commit": where.commit} if where.commit else {}),
            **({"first_seen": where.first_seen} if where.first_seen else {}),
            **({"note": finding.note} if finding.note else {}),
            **self._compared(finding),
            **({"inventory_key": finding.key.name} if finding.key else {}),
        }
        return {
            **self._observed(identity, finding.rule.title, finding.message, "finding"),
            "props": props(**known),
            "remarks": markup(" ".join(finding.rule.remedy.split())),
        }

    def _compared(self, finding: Finding) -> dict[str, str]:
        return {} if self._state_of is None else {"compared": self._state_of(finding)}

    def _unread(self, skip: Skip, identity: str) -> _Json:
        name = f"Not read: {skip.path}"
        return {
            **self._observed(identity, name, f"{skip.path}: {skip.reason}", "not-read"),
            "props": props(counts=str(skip.counts).lower()),
        }

    def _assessed(self, one: Assessment) -> _Json:
        identity = self._uuid("control", one.control.id)
        observed = self._observed(identity, one.control.title, one.evidence, "control-objective")
        method = "TEST" if one.attestation is None else "INTERVIEW"
        return {**observed, "methods": [method], "props": props(outcome=one.outcome.value)}

    def _observed(self, identity: str, name: str, what: str, kind: str) -> _Json:
        return {
            "uuid": identity,
            "title": markup(name),
            "description": markup(what),
            "methods": ["TEST"],
            "types": [kind],
            "collected": self._result.run.finished_at,
        }

    def _control(self, one: Assessment) -> _Json:
        control = one.control
        related = [self._uuid("control", control.id), *self._seen(control.rules)]
        status: _Json = {
            "state": "satisfied" if one.outcome is Outcome.PASS else "not-satisfied",
            "reason": _REASONS.get(one.outcome, "other"),
            "remarks": markup(f"{one.outcome.value}: {one.evidence}"),
        }
        return {
            "uuid": self._uuid("judgement", control.id),
            "title": markup(control.title),
            "description": markup(one.evidence),
            "props": [
                *props(outcome=one.outcome.value, severity=control.severity.value),
                *(prop("requirement", name) for name in control.requirements),
                *(prop("framework", name) for name in control.frameworks),
            ],
            "target": {"type": "objective-id", "target-id": token(control.id), "status": status},
            "related-observations": [{"observation-uuid": identity} for identity in related],
        }

    def _seen(self, rules: Sequence[str]) -> Iterator[str]:
        for rule in dict.fromkeys(rules):
            yield from self._about.get(rule, ())


def _changes(result: Result) -> list[_Json]:
    """What a comparison with an earlier result tells: in numbers, and what is fixed by name."""
    groups = compared(result)
    if groups is None:
        return []
    return [
        prop("compared", summary(groups)),
        *(prop("fixed", named(finding)) for finding in groups.fixed),
    ]
