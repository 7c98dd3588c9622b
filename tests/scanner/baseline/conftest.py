"""Findings, entries and scopes to match: keys are numbers here, hashed."""

from __future__ import annotations

from hashlib import sha256

import pytest

from antkey_scanner.baseline import Entry, Scope
from antkey_scanner.model import (
    Confidence,
    Finding,
    Location,
    Rule,
    SecretRef,
    Severity,
    Status,
)


class Maker:
    """Makes findings and entries that are about numbered keys."""

    def hash(self, key: int) -> str:
        return sha256(str(key).encode()).hexdigest()

    def finding(
        self,
        path: str,
        key: int = 1,
        *,
        rule: str = "anthropic-api-key",
        line: int = 1,
        commit: str | None = None,
        status: Status = Status.OPEN,
    ) -> Finding:
        about = Rule(rule, "", "leak", Severity.CRITICAL, Confidence.HIGH, "", "")
        secret = SecretRef("api03", "sk-ant-api03-R2D…igAA", self.hash(key))
        where = Location(path, line, 1, (), commit, "ab" * 20 if commit else None)
        return Finding(about, where, "", secret.sha256, secret, status)

    def entry(
        self,
        path: str,
        key: int = 1,
        *,
        rule: str = "anthropic-api-key",
        reason: str | None = None,
        history: bool = False,
    ) -> Entry:
        return Entry(rule, path, self.hash(key), reason, history=history)

    def scope(
        self,
        *,
        unseen: tuple[str, ...] = (),
        gone: tuple[str, ...] = (),
        below: str = "",
        history: bool = False,
    ) -> Scope:
        """A scan that has looked at all files but `unseen`, and at history if it says so; the files
        `gone` are not there."""
        return Scope(
            place=lambda shown: below + shown,
            looked_at=lambda entry: entry.path not in unseen and (history or not entry.history),
            gone=lambda path: path in gone,
        )


@pytest.fixture(scope="session")
def make() -> Maker:
    return Maker()
