"""Where this antkey was installed from, so that hooks and CI fetch the same one.

Read from what the installer has noted (PEP 610, `direct_url.json`). No name is guessed: an index on which
nobody has published antkey could serve somebody else's package of that name.
"""

from __future__ import annotations

import json
from importlib.metadata import PackageNotFoundError, distribution
from typing import NamedTuple

from antkey_scanner import __version__

VARIABLE = "ANTKEY_REQUIREMENT"
"""The CI variable that says what pip shall install, where nothing else does."""


class Source(NamedTuple):
    """url, commit: of its repository, where it was installed from one; requirement: what pip is given, None
    when only this machine knows."""

    url: str | None = None
    commit: str | None = None
    requirement: str | None = None


def source() -> Source:
    """That of the installation that runs."""
    try:
        noted = distribution("antkey").read_text("direct_url.json")
    except PackageNotFoundError:
        return Source()
    if noted is None:
        return Source(requirement=f"antkey=={__version__}")
    return source_of(noted)


def source_of(noted: str) -> Source:
    """What an installer has noted."""
    try:
        told = json.loads(noted)
        url, vcs = told["url"], told.get("vcs_info", {})
    except (ValueError, KeyError, TypeError, AttributeError):
        return Source()
    if not isinstance(url, str) or not url.startswith("https://") or "@" in url or not _plain(url):
        return Source()
    commit = vcs.get("commit_id") if vcs.get("vcs") == "git" else None
    if isinstance(commit, str) and commit.isalnum():
        return Source(url.removesuffix("/"), commit, f"git+{url}@{commit}")
    return Source(requirement=f"antkey @ {url}") if "archive_info" in told else Source()


def _plain(url: str) -> bool:
    """Whether a URL can stand in YAML and in a shell's double quotes as it is."""
    return url.isascii() and not any(c.isspace() or c in "\"'`$\\#{}!;&|<>()*" for c in url)
