"""What an attestation says: an in-toto statement, version 1, about one commit.

The subject is the commit (`gitCommit`) and its tree (`gitTree`), the predicate antkey's verdict on it.
"""

from __future__ import annotations

import json
import re
from typing import NamedTuple

from antkey_hooks.ci.envelope import Refused
from antkey_scanner.errors import ExitCode

STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "urn:antkey:verdict:1"

VERDICTS = {
    ExitCode.OK: "pass",
    ExitCode.VIOLATIONS: "fail",
    ExitCode.INCOMPLETE: "incomplete",
    ExitCode.UNDECIDED: "undecided",
}
"""What is attested, by the exit code; other codes are no verdict."""

_ID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)


class Statement(NamedTuple):
    """A verdict on a commit.

    commit, tree: object ids in hex; at: when it was signed, RFC 3339 in UTC by the clock; baseline,
    results: SHA-256 of those files; fail_on: the lowest severity that failed; findings: open ones by
    severity; controls: how many by outcome; allow_incomplete: why an incomplete run is tolerated.
    """

    commit: str
    tree: str
    exit_code: ExitCode
    complete: bool
    at: str
    started_at: str
    finished_at: str
    version: str
    policy: str | None
    policy_sha256: str | None
    profile: str
    baseline: str | None
    fail_on: str
    allow_incomplete: str | None
    findings: dict[str, int]
    controls: dict[str, int]
    skipped: int
    results: str


def write(said: Statement) -> bytes:
    """The statement as JSON, field by field."""
    document = {
        "_type": STATEMENT,
        "subject": [{"digest": {"gitCommit": said.commit, "gitTree": said.tree}}],
        "predicateType": PREDICATE,
        "predicate": {
            "verdict": VERDICTS[said.exit_code],
            "exitCode": int(said.exit_code),
            "complete": said.complete,
            "attestedOn": said.at,
            "startedOn": said.started_at,
            "finishedOn": said.finished_at,
            "tool": {"name": "antkey", "version": said.version},
            "policy": {
                "path": said.policy,
                "sha256": said.policy_sha256,
                "profile": said.profile,
            },
            "baselineSha256": said.baseline,
            "failOn": said.fail_on,
            "allowIncomplete": said.allow_incomplete,
            "findings": said.findings,
            "controls": said.controls,
            "skipped": said.skipped,
            "resultsSha256": said.results,
        },
    }
    return json.dumps(document, ensure_ascii=True).encode()


def read(payload: bytes) -> Statement:
    """The statement in a payload whose signature holds. Raises Refused for what is none."""
    try:
        document = json.loads(payload)
        if document["_type"] != STATEMENT or document["predicateType"] != PREDICATE:
            raise Refused("is signed, but says something else than a verdict of antkey's")
        (subject,) = document["subject"]
        said = _statement(subject["digest"], document["predicate"])
    except (ValueError, KeyError, TypeError, RecursionError):
        raise Refused("is signed, but no attestation that this version understands") from None
    if write(said) != payload:
        raise Refused("is signed, but says more than this version understands")
    return said


def _statement(digest: dict[str, str], said: dict[str, object]) -> Statement:
    """Raises ValueError, KeyError and TypeError."""
    policy, tool = said["policy"], said["tool"]
    if not isinstance(policy, dict) or not isinstance(tool, dict):
        raise TypeError
    code = ExitCode(_number(said["exitCode"]))
    if VERDICTS[code] != said["verdict"] or not isinstance(said["complete"], bool):
        raise ValueError
    return Statement(
        commit=_matching(_ID, digest["gitCommit"]),
        tree=_matching(_ID, digest["gitTree"]),
        exit_code=code,
        complete=said["complete"],
        at=_matching(_TIME, said["attestedOn"]),
        started_at=_matching(_TIME, said["startedOn"]),
        finished_at=_matching(_TIME, said["finishedOn"]),
        version=_text(tool["version"]),
        policy=_maybe(policy["path"]),
        policy_sha256=_hash(policy["sha256"]),
        profile=_text(policy["profile"]),
        baseline=_hash(said["baselineSha256"]),
        fail_on=_text(said["failOn"]),
        allow_incomplete=_maybe(said["allowIncomplete"]),
        findings=_counts(said["findings"]),
        controls=_counts(said["controls"]),
        skipped=_number(said["skipped"]),
        results=_matching(_SHA256, said["resultsSha256"]),
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _maybe(value: object) -> str | None:
    return None if value is None else _text(value)


def _matching(shape: re.Pattern[str], value: object) -> str:
    if not shape.fullmatch(_text(value)):
        raise ValueError
    return _text(value)


def _hash(value: object) -> str | None:
    return None if value is None else _matching(_SHA256, value)


def _number(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise TypeError
    return value


def _counts(value: object) -> dict[str, int]:
    if not isinstance(value, dict):
        raise TypeError
    return {_text(name): _number(count) for name, count in value.items()}
