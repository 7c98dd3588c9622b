"""Commands that a reader can copy. Whatever was scanned, none of them does more than it says.

A path goes into a command only where no shell, of POSIX or Windows, sees more in it than a name.
"""

from __future__ import annotations

import re

from antkey_scanner.model import KeyRef, Location

_NAME = re.compile(r"[A-Za-z0-9_./@+=,-]{1,400}")
_KEY_ID = re.compile(r"apikey_[A-Za-z0-9]{1,100}")


def scan_again(location: Location) -> str:
    """Whether a place is clean now; in git, of the whole history."""
    history = "--history " if location.commit or location.blob else ""
    path = location.path.partition("!/")[0]
    return f"antkey scan {history}-- {'.' if history else _named(path)}"


def find_everywhere() -> str:
    """Every other place of the checkout and its history."""
    return "antkey scan --history ."


def deactivate(key: KeyRef | None) -> str | None:
    """What switches a key off by Anthropic's Admin API (Update API Key); None where its id is not known."""
    if key is None or key.id is None or not _KEY_ID.fullmatch(key.id):
        return None
    return (
        f"curl -sS --fail-with-body https://api.anthropic.com/v1/organizations/api_keys/{key.id}"
        ' -H "x-api-key: $ANTHROPIC_ADMIN_KEY" -H "anthropic-version: 2023-06-01"'
        ' -H "content-type: application/json" -d \'{"status": "inactive"}\''
    )


def _named(path: str) -> str:
    safe = _NAME.fullmatch(path) and not path.startswith(("/", "-")) and ".." not in path
    return path if safe else "."
