"""What is measured and what it has to reach, as data: works, commands, bounds.

Each first contender is antkey; bounds compare it with another contender of the same work by name.
Commands are split like a shell's and filled in: `{target}` is the corpus, `{rg}` and the like are
programs, `{literals}` is a file with what antkey looks for first.
"""

from __future__ import annotations

import binascii
from base64 import b64encode
from typing import Literal, NamedTuple

ANTKEY = "antkey"
START = "sk-ant-"

_TURBO = "kingfisher --turbo"
_TURBO_ONLY = "kingfisher --turbo, Anthropic rules"
_GITLEAKS = "gitleaks"
_GITLEAKS_ONLY = "gitleaks, Anthropic rules"
_RG_TREE = "rg -F, one literal"
_RG_LOG = "rg --mmap -F, the same literals"
_RG_GZIP = "rg -z -F, one literal"
PASS = "python -c pass"

KINGFISHER = (
    "{kingfisher} scan --no-update-check --no-validate --max-file-size 8000 --format json {target}"
)
ONLY = " --rule betterleaks.anthropic"
_LEAKS = "{gitleaks} dir --no-banner --no-color -f json -r - {target}"
ONLY_LEAKS = " --enable-rule anthropic-api-key --enable-rule anthropic-admin-api-key"
_DETECT_SECRETS = (  # it skips, without a word, what does not lie below the working folder
    '/bin/sh -c \'cd "${{1%/*}}" && exec {detect-secrets} scan --all-files "${{1##*/}}"\' sh {target}'
)
_READ = "/bin/sh -c '{cat} \"$1\" >/dev/null' sh {target}"
_SCAN = "{antkey} scan -f json {target}"
_RG_MMAP = "{rg} --mmap -a -F -f {literals} {target}"
_MB = 10**6


class Contender(NamedTuple):
    """A command. runs: at most so many rounds, 0 for as many as antkey, 1 also without a warm-up and a
    look at its memory; only_reads: it looks for nothing; limit: seconds after which it is stopped;
    again: it remembers, in a cache folder of its own, what its warm-up read; place: the folder beside
    the corpus with the same, for a program that writes into it."""

    name: str
    command: str
    runs: int = 0
    only_reads: bool = False
    limit: float = 900
    again: bool = False
    place: str | None = None


class Bound(NamedTuple):
    """What antkey has to reach in a work.

    ratio: of wall times; above: seconds on top of the other's; memory: bytes, of antkey alone.
    at_most: None when the value is only shown: bounds are for peers as they come, and with its
    Anthropic rules alone a peer does less (git's works say it where theirs differ); own: whose value.
    """

    measure: Literal["ratio", "above", "memory"]
    against: str | None
    at_most: float | None
    aim: float | None = None
    own: str = ANTKEY


class Work(NamedTuple):
    """A corpus, who scans it, what has to come out. runs: rounds after the warm-up; probe: the folder
    beside the corpus that holds the same with a key, which each scanner has to refuse (how many bytes
    it looks at is not compared then); inside: whether the corpus is the working folder."""

    name: str
    title: str
    target: str
    runs: int
    contenders: tuple[Contender, ...]
    bounds: tuple[Bound, ...]
    probe: str | None = None
    inside: bool = False


def _kingfishers(runs: int) -> tuple[Contender, ...]:
    """As it comes, and with its rules for Anthropic alone."""
    return (
        Contender(_TURBO, KINGFISHER + " --turbo"),
        Contender(_TURBO_ONLY, KINGFISHER + " --turbo" + ONLY),
        Contender("kingfisher", KINGFISHER, runs),
        Contender("kingfisher, Anthropic rules", KINGFISHER + ONLY, runs),
    )


WORKS = (
    Work(
        "tree",
        "source tree",
        "TREE",
        7,
        (
            Contender(ANTKEY, _SCAN),
            *_kingfishers(3),
            Contender(_GITLEAKS, _LEAKS, 3),
            Contender(_GITLEAKS_ONLY, _LEAKS + ONLY_LEAKS, 3),
            Contender("detect-secrets", _DETECT_SECRETS, 1, limit=120),
            Contender(_RG_TREE, "{rg} -F -uuu -e sk-ant- {target}"),
            Contender(
                "read all bytes",
                "/bin/sh -c '{find} \"$1\" -type f -exec {cat} {{}} + >/dev/null' sh {target}",
                only_reads=True,
            ),
        ),
        (
            Bound("ratio", _TURBO, 0.25, 0.17),
            Bound("ratio", _TURBO_ONLY, None),
            Bound("ratio", _GITLEAKS, 0.07),
            Bound("ratio", _GITLEAKS_ONLY, None),
            Bound("ratio", _RG_TREE, 2.5),
            Bound("memory", None, 150 * _MB),
        ),
    ),
    Work(
        "log",
        "log with JSON, requests and digests",
        "LOG",
        5,
        (
            Contender(ANTKEY, _SCAN),
            *_kingfishers(3),
            Contender(_GITLEAKS_ONLY, _LEAKS + ONLY_LEAKS, 1),
            Contender(_RG_LOG, _RG_MMAP),
            Contender("rg --mmap -F, one literal", "{rg} --mmap -a -F -e sk-ant- {target}"),
            Contender("read all bytes", _READ, only_reads=True),
        ),
        (
            Bound("ratio", _TURBO, 0.7),
            Bound("ratio", _TURBO_ONLY, None),
            Bound("ratio", _RG_LOG, 1.5),
            Bound("memory", None, 150 * _MB, 64 * _MB),
        ),
    ),
    Work(
        "text",
        "log of plain text",
        "TEXTLOG",
        5,
        (
            Contender(ANTKEY, _SCAN),
            Contender(_TURBO, KINGFISHER + " --turbo"),
            Contender(_TURBO_ONLY, KINGFISHER + " --turbo" + ONLY),
            Contender(_RG_LOG, _RG_MMAP),
            Contender("read all bytes", _READ, only_reads=True),
        ),
        (
            Bound("ratio", _TURBO, 0.7),
            Bound("ratio", _TURBO_ONLY, None),
            Bound("ratio", _RG_LOG, 1.5),
            Bound("memory", None, 150 * _MB, 64 * _MB),
        ),
    ),
    Work(
        "gzip",
        "16 gzip files",
        "GZIP",
        5,
        (
            Contender(ANTKEY, _SCAN),
            *_kingfishers(3),
            Contender(_GITLEAKS_ONLY, _LEAKS + ONLY_LEAKS + " --max-archive-depth 1", 1),
            Contender(_RG_GZIP, "{rg} -z -F -uuu -e sk-ant- {target}"),
            Contender(
                "unpack all bytes, one core",
                "/bin/sh -c '{gzip} -dcr \"$1\" >/dev/null' sh {target}",
                only_reads=True,
            ),
        ),
        (
            Bound("ratio", _TURBO, 0.75),
            Bound("ratio", _TURBO_ONLY, None),
            Bound("ratio", _RG_GZIP, 0.45),
            Bound("memory", None, 150 * _MB),
        ),
    ),
    Work(
        "small",
        "one small file, the whole process",
        "FILE",
        21,
        (
            Contender(ANTKEY, "{antkey} scan {target}"),
            Contender("antkey, JSON", _SCAN),
            *_kingfishers(0),
            Contender(_GITLEAKS, _LEAKS),
            Contender(_GITLEAKS_ONLY, _LEAKS + ONLY_LEAKS),
            Contender("detect-secrets", _DETECT_SECRETS),
            Contender("rg -F, one literal", "{rg} -F -uuu -e sk-ant- {target}"),
            Contender(PASS, "{python} -c pass", only_reads=True),
        ),
        (
            Bound("ratio", _TURBO, 0.35, 0.2),
            Bound("ratio", _TURBO_ONLY, None),
            Bound("ratio", _GITLEAKS, 0.35, 0.2),
            Bound("ratio", _GITLEAKS_ONLY, None),
            Bound("above", PASS, 0.035),
        ),
    ),
)

HOSTILE_MEMORY = 512 * _MB
"""The most bytes that antkey may take for a hostile archive."""

USUAL_CODES = {"antkey": (0, 1), "kingfisher": (0, 200), "gitleaks": (0, 1), "rg": (0, 1)}
"""Exit codes of a run that did its work; 0 for all others."""

REFUSALS = {"antkey": 1, "kingfisher": 200, "gitleaks": 1, "detect-secrets-hook": 1}
"""The exit code by which a program says that there is a key."""

SCANNED = {
    "antkey": rb'"bytes":\s*(\d+)',
    "kingfisher": rb'"bytes_scanned":(\d+)',
    "gitleaks": rb"scanned ~(\d+) bytes",
}
"""How a program says how many bytes it looked at."""


def literals() -> list[bytes]:
    """How every key starts, in the encodings of one layer that a plain search can look for."""
    start = START.encode()
    aligned = [b64encode(bytes(shift) + start) for shift in range(3)]
    # What stands before or after the text changes the characters at its edges; they are left out.
    base64 = [aligned[0][:9], aligned[1][2:10], aligned[2][3:12]]
    hexadecimal = binascii.hexlify(start)
    return [start, *base64, hexadecimal, hexadecimal.upper(), START.encode("utf-16-le")[:-1]]
