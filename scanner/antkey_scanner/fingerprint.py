"""What a finding is recognised by from run to run: baselines and other tools compare it."""

from __future__ import annotations

import re

from antkey_scanner.model import Finding
from antkey_scanner.sha import sha256


def fingerprint(finding: Finding) -> str:
    """64 hex digits: SHA-256 over rule id, path and anchor, with NUL between them.

    Line, column, message and commit are left out, so that it survives edits around the place. The same
    on every platform, and for a finding read back from a saved report.
    """
    parts = (
        finding.rule.id,
        comparable_path(finding.location.path),
        _plain(finding.anchor),
    )
    return sha256("\0".join(parts).encode("utf-8", "backslashreplace")).hexdigest()


def comparable_path(path: str) -> str:
    """A path as it is compared: `/` on every system, and no key in it."""
    return _plain(path).replace("\\", "/")


def _plain(text: str) -> str:
    encodable = text.encode("utf-8", "backslashreplace").decode()
    return without_key(encodable.replace("\0", "\\x00"))


def without_key(text: str) -> str:
    """A text with nothing left of Anthropic keys but that there was one."""
    # Reports mask a key in a path, baselines are made from both: the fingerprint must not see the
    # difference. Which key it is, the anchor says.
    if "sk-ant-" not in text:
        return text
    return re.sub(r"sk-ant-[A-Za-z0-9_…-]*", "sk-ant-", text)
