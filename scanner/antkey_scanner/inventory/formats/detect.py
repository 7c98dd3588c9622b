"""Tells which format a text is in: by the file's ending, else by how the text begins."""

from __future__ import annotations

import re

_ENDINGS = {"toml": "toml", "yaml": "yaml", "yml": "yaml", "json": "json", "csv": "csv"}

_BEGINNINGS = (
    ("json", re.compile(r'\{\s*["}]|\[\s*[\[{"\]]')),
    ("toml", re.compile(r"\[|[\w\"'.-]+[ \t]*=")),
    ("yaml", re.compile(r"---|%YAML|\{|-[ \t\r\n]|[\w\"'./ -]+:(?:\s|$)")),
    ("csv", re.compile(r"[\w.\" ;\t-]+(?:[,;\t\r\n]|$)")),
)
_NOTHING = re.compile(r"(?:\s|#[^\n]*\n?)*")


def format_of(text: str, ending: str | None = None) -> str | None:
    """`toml`, `yaml`, `json` or `csv`; None when neither the ending nor the content tells."""
    known = _ENDINGS.get((ending or "").lower().lstrip("."))
    if known is not None:
        return known
    start = _NOTHING.match(text)
    at = start.end() if start else 0
    if text.startswith("[[", at):
        return "toml" if re.match(r"\[\[\s*[\w\"']", text[at : at + 80]) else "json"
    return next((name for name, begins in _BEGINNINGS if begins.match(text, at)), None)
