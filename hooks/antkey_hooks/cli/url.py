"""`antkey url`: base URLs to verdicts, as lines or as JSON; if asked with the addresses they lead to."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from antkey_hooks.cli import output
from antkey_reports.escape import json_document, terminal, visible
from antkey_reports.mask import mask
from antkey_scanner.assess import worst
from antkey_scanner.errors import ExitCode, PolicyError
from antkey_scanner.urlpolicy import Root, Verdict, check_base_url, root_of

if TYPE_CHECKING:
    from antkey_hooks.cli.options import Options
    from antkey_scanner.urlpolicy.resolve import Resolver

_LONGEST_LINE = 16 << 10
"""Bytes of a line that are kept: more than any URL that passes has, in any encoding."""

_SHOWN, _WIDEST = 200, 60

_WORDS = {ExitCode.OK: "ok", ExitCode.VIOLATIONS: "refused", ExitCode.UNDECIDED: "unknown"}
_COLOURS = {ExitCode.OK: "32", ExitCode.VIOLATIONS: "1;31", ExitCode.UNDECIDED: "33"}

# With the forms that some clients fold to @ and : as well.
_AT, _COLON = "@\uff20\ufe6b", ":\uff1a\ufe55\ufe13"

_SCHEME = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*://)?")
_TOKEN_LENGTH = 12
_LONG_RUN = re.compile(r"([A-Za-z0-9_-]{3})[A-Za-z0-9_-]{73,}([A-Za-z0-9_-]{4})")
"""As long as a key, which may be written so that its beginning is not recognised (`sk%2Dant`)."""


class Judged(NamedTuple):
    """One URL. shown: as it may be repeated, without its password or a key; code: OK, VIOLATIONS, or
    UNDECIDED when its name could not be resolved; addresses: what a client may connect to, once
    resolved."""

    shown: str
    verdict: Verdict
    code: ExitCode
    addresses: tuple[str, ...] = ()


def run(operands: Sequence[str], options: Options, resolver: Resolver | None = None) -> ExitCode:
    """Judge and print; resolver: in the place of the system's. Raises PolicyError."""
    judge = _resolving(resolver) if options.resolve else _judged
    judged = [judge(url) for url in _urls(operands)]
    if not judged:
        raise PolicyError("standard input: holds no URL; write one on each line")
    if options.format == "json":
        output.write_out(_json(judged, resolved=options.resolve))
    else:
        colour = not options.no_color and output.wants_colour(sys.stdout, os.environ)
        said = [one for one in judged if one.code is not ExitCode.OK or not options.quiet]
        output.write_out("".join(f"{line}\n" for line in _lines(said, colour=colour)))
    return worst(one.code for one in judged)


def repeatable(url: str) -> str:
    """A URL as it may be shown: keys shortened, passwords and tokens before an @ hidden, and all that
    cannot be seen as escapes."""
    shown = mask(_without_password(url))
    return visible(_LONG_RUN.sub(r"\1…\2", shown))


def _without_password(url: str) -> str:
    match = _SCHEME.match(url)
    start = match.end() if match else 0
    at = max(map(url.rfind, _AT))
    if at < start:
        return url
    user = url[start:at]
    colons = [found for colon in _COLON if (found := user.find(colon)) >= 0]
    if colons:
        user = f"{user[: min(colons)]}:***"
    elif len(user) >= _TOKEN_LENGTH and "/" not in user:
        user = "***"
    return url[:start] + user + url[at:]


def _judged(url: str) -> Judged:
    verdict = check_base_url(url)
    return Judged(repeatable(url), verdict, ExitCode.OK if verdict.ok else ExitCode.VIOLATIONS)


def _resolving(resolver: Resolver | None) -> Callable[[str], Judged]:
    """Judges, and looks up the names of what passes, each once."""
    from antkey_scanner.urlpolicy import resolve

    known: dict[str, resolve.Vetted | OSError] = {}

    def vetted(host: str) -> resolve.Vetted | OSError:
        if host not in known:
            try:
                known[host] = resolve.vetted(host, resolver or resolve.by_system)
            except OSError as error:
                known[host] = error
        return known[host]

    def judged(url: str) -> Judged:
        first = _judged(url)
        root = root_of(url)
        if not first.verdict.ok or not isinstance(root, Root):
            return first
        match vetted(root.host):
            case OSError() as error:
                why = (error.strerror or str(error) or type(error).__name__).lower()
                reason = f"has a name that cannot be resolved ({why}); see that it exists"
                return _refused(first, ExitCode.UNDECIDED, reason)
            case resolve.Vetted(_, str(problem)):
                reason = f"has a name that leads to {problem}; use one that is public throughout"
                return _refused(first, ExitCode.VIOLATIONS, reason)
            case resolve.Vetted(addresses, _):
                return first._replace(addresses=addresses)

    return judged


def _refused(first: Judged, code: ExitCode, reason: str) -> Judged:
    return first._replace(verdict=Verdict(False, None, visible(reason)), code=code)


def _urls(operands: Sequence[str]) -> Iterator[str]:
    """The URLs to judge; `-` stands for the lines of standard input."""
    for operand in operands:
        if operand != "-":
            yield operand
        elif sys.stdin is None:
            raise PolicyError("standard input: is closed; open it or name the URLs")
        else:
            yield from _read(sys.stdin.buffer)


def _read(stream: BinaryIO) -> Iterator[str]:
    """Lines without their ends, empty ones left out; of an endless line only the beginning is kept."""
    while line := stream.readline(_LONGEST_LINE):
        rest = line
        while rest and not rest.endswith(b"\n"):
            rest = stream.readline(_LONGEST_LINE)
        text = line.removesuffix(b"\n").removesuffix(b"\r").decode("utf-8", "surrogateescape")
        if text.strip():
            yield text


def _lines(judged: Sequence[Judged], *, colour: bool) -> Iterator[str]:
    texts = [terminal(_cut(one.shown)) for one in judged]
    width = min(max(map(len, texts), default=0), _WIDEST)
    for one, text in zip(judged, texts, strict=True):
        word = _WORDS[one.code].ljust(7)
        if colour:
            word = f"\x1b[{_COLOURS[one.code]}m{word}\x1b[0m"
        yield f"{word}  {text.ljust(width)}  {terminal(one.verdict.normal or one.verdict.reason or '')}"
        if one.addresses:
            yield f"{'':7}  connect only to {terminal(', '.join(one.addresses))}"


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _json(judged: Sequence[Judged], *, resolved: bool) -> str:
    """`{"urls": […]}`, a URL to a line."""
    import json

    lines = (json_document(json.dumps(_fields(one, resolved=resolved))) for one in judged)
    return '{{"urls": [\n  {}\n]}}\n'.format(",\n  ".join(lines))


def _fields(one: Judged, *, resolved: bool) -> dict[str, object]:
    ok, normal, reason = one.verdict
    fields = {"url": one.shown, "ok": ok, "normal": normal, "reason": reason}
    return {**fields, "addresses": list(one.addresses)} if resolved else fields
