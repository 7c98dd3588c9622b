"""Turns the rows that workers send home into findings, in an order that does not depend on them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from antkey_scanner.model import (
    Accepted,
    Finding,
    Location,
    Rule,
    SecretRef,
    Status,
)
from antkey_scanner.tally import Row


def findings(rows: Iterable[Row], rules: Mapping[str, Rule]) -> tuple[Finding, ...]:
    """One finding for each row. rules: by their ids."""
    ordered = sorted(
        rows, key=lambda row: (row.path, row.line or 0, row.column or 0, row.rule, row.sha256)
    )
    return tuple(_finding(row, rules[row.rule]) for row in ordered)


def _finding(row: Row, rule: Rule) -> Finding:
    waived = row.waived is not None
    return Finding(
        rule=rule,
        location=Location(
            row.path,
            row.line,
            row.column,
            row.encodings,
            row.commit,
            row.blob or None,
            row.first_seen,
            row.refs,
        ),
        message=row.message or f"{rule.title} {row.hint}",
        anchor=row.sha256,
        secret=None if row.message else SecretRef(row.kind, row.hint, row.sha256, row.pieces),
        status=Status.WAIVED if waived else Status.OPEN,
        accepted=Accepted("inline", row.waived) if waived else None,
        note=row.note,
    )
