"""The works that git repositories are for: a whole history, and the hook before a commit.

Here bounds compare with peers that have their Anthropic rules only; with all rules they are shown.
"""

from __future__ import annotations

from benchmarks.rows import ANTKEY, KINGFISHER, ONLY, ONLY_LEAKS, PASS, Bound, Contender, Work
from benchmarks.staged import STAGED, WITH_KEY, WRITABLE

_MB = 10**6
_LIMIT = 300

_TURBO = "kingfisher --turbo"
_TURBO_ONLY = "kingfisher --turbo, Anthropic rules"
_KINGFISHER_ONLY = "kingfisher, Anthropic rules"
_STAGED_ONLY = "kingfisher --staged, Anthropic rules"
_GITLEAKS = "gitleaks"
_GITLEAKS_ONLY = "gitleaks, Anthropic rules"
_CAT_FILE = "git cat-file --batch-all-objects"
_AGAIN = "antkey, second scan"

_HISTORY = "{antkey} scan --history -f json {target}"
_LEAKS = "{gitleaks} git --no-banner --no-color -f json -r - --log-opts=--all {target}"
_READ = "/bin/sh -c '{git} -C \"$1\" cat-file --batch-all-objects --batch%s >/dev/null' sh {target}"

_STAGED_KINGFISHER = KINGFISHER.replace("{target}", ".") + " --staged"
_STAGED_LEAKS = "{gitleaks} git --staged --no-banner --no-color"
_FILES = " ".join(STAGED)

GIT_WORKS = (
    Work(
        "git",
        "whole git history",
        "REPOSITORY",
        5,
        (
            Contender(ANTKEY, _HISTORY.replace("--history", "--history --no-cache")),
            Contender(_AGAIN, _HISTORY, again=True),
            Contender(_TURBO_ONLY, KINGFISHER + " --turbo" + ONLY, limit=_LIMIT),
            Contender(_TURBO, KINGFISHER + " --turbo", 1, limit=_LIMIT),
            Contender(_KINGFISHER_ONLY, KINGFISHER + ONLY, 1, limit=_LIMIT),
            Contender("kingfisher", KINGFISHER, 1, limit=_LIMIT),
            Contender(_GITLEAKS_ONLY, _LEAKS + ONLY_LEAKS, 1, limit=_LIMIT),
            Contender(_GITLEAKS, _LEAKS, 1, limit=_LIMIT),
            Contender(_CAT_FILE, _READ % "", 3, only_reads=True),
            Contender(_CAT_FILE + " --unordered", _READ % " --unordered", 3, only_reads=True),
        ),
        (
            Bound("ratio", _TURBO_ONLY, 0.30, 0.20),
            Bound("ratio", _TURBO, None),
            Bound("ratio", _KINGFISHER_ONLY, 0.12),
            Bound("ratio", "kingfisher", None),
            Bound("ratio", _GITLEAKS_ONLY, 0.07),
            Bound("ratio", _GITLEAKS, None),
            Bound("ratio", _CAT_FILE, 0.4),
            Bound("ratio", _CAT_FILE + " --unordered", None),
            Bound("memory", None, 600 * _MB),
            Bound("ratio", ANTKEY, 0.10, own=_AGAIN),
        ),
    ),
    Work(
        "hook",
        "hook before a commit of ten small files, the whole process",
        "REPOSITORY",
        21,
        (
            Contender(ANTKEY, "{antkey} hook pre-commit " + _FILES),
            Contender("antkey scan --staged", "{antkey} scan --staged"),
            Contender("kingfisher --staged", _STAGED_KINGFISHER, 7, place=WRITABLE),
            Contender(_STAGED_ONLY, _STAGED_KINGFISHER + ONLY, 7, place=WRITABLE),
            Contender(_GITLEAKS, _STAGED_LEAKS),
            Contender(_GITLEAKS_ONLY, _STAGED_LEAKS + ONLY_LEAKS),
            Contender("detect-secrets-hook", "{detect-secrets-hook} " + _FILES, 7),
            Contender("git diff --cached", "{git} diff --cached", only_reads=True),
            Contender(PASS, "{python} -c pass", only_reads=True),
        ),
        (
            Bound("ratio", _GITLEAKS_ONLY, 0.35, 0.2),
            Bound("ratio", _GITLEAKS, None),
            Bound("ratio", _STAGED_ONLY, 0.35, 0.2),
            Bound("ratio", "kingfisher --staged", None),
            Bound("above", PASS, 0.035),
        ),
        probe=WITH_KEY,
        inside=True,
    ),
)
