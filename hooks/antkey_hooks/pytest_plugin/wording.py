"""What a failing test says. No text of a key."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from antkey_hooks.pytest_plugin.acting import Seen
from antkey_scanner.model import Finding, Rule

_MOST = 10


def violations(found: Sequence[tuple[Seen, Finding]], nodeid: str) -> str:
    """What is wrong with a test's requests, each once."""
    groups: dict[tuple[object, ...], tuple[Seen, Finding, int]] = {}
    for seen, finding in found:
        key = (finding.rule.id, finding.message, seen.site)
        _, _, count = groups.get(key, (seen, finding, 0))
        groups[key] = (seen, finding, count + 1)
    texts = [_one(seen, finding, count, nodeid) for seen, finding, count in groups.values()]
    if len(texts) > _MOST:
        texts = [*texts[:_MOST], f"and {len(texts) - _MOST} more"]
    return "\n\n".join(texts)


def rule_broken(rule: Rule, message: str, nodeid: str) -> str:
    """What is wrong with a test as a whole."""
    return "\n".join([f"{rule.id}: {message}", _line("test", nodeid), _line("cure", rule.remedy)])


def _one(seen: Seen, finding: Finding, count: int, nodeid: str) -> str:
    times = f" ({count:,} times)" if count > 1 else ""
    facts = (_line(name, value) for name, value in _facts(seen, finding, nodeid) if value)
    return "\n".join([f"{finding.rule.id}: {finding.message}{times}", *facts])


def _facts(seen: Seen, finding: Finding, nodeid: str) -> Iterator[tuple[str, str | None]]:
    request = seen.request
    yield "request", f"{request.method} {request.host}{request.path}"
    yield "tenant", request.tenant
    yield "surface", request.surface
    about = None if finding.secret is None else finding.secret.sha256
    for credential, life in zip(request.credentials, seen.lives, strict=True):
        if about is None or credential.sha256 == about:
            yield "header", credential.carrier
            yield "source", "nobody knows" if life is None else life.source
            yield "key", credential.hint
    yield "sent by", seen.site
    yield "test", nodeid
    yield "cure", finding.rule.remedy


def _line(name: str, value: str) -> str:
    return f"  {name:<8} {value}"
