"""Says in messages which request it was and whose key it carried. No text of a key, no hostile length."""

from __future__ import annotations

from antkey_scanner.egress.book import KeyLife
from antkey_scanner.egress.credentials import redacted
from antkey_scanner.egress.records import Credential
from antkey_scanner.egress.rule import Carried, View

_MOST = 120


def request(view: View) -> str:
    """`POST api.anthropic.com/v1/messages for acme (surface chat, scenario 429)`."""
    asked = view.request
    where = short(redacted(f"{asked.host}{asked.path}"))
    whom = f" for {short(view.tenant)}" if view.tenant is not None else ""
    around = (("surface", asked.surface), ("scenario", asked.scenario))
    known = ", ".join(f"{noun} {short(value)}" for noun, value in around if value is not None)
    return f"{short(asked.method)} {where}{whom}" + (f" ({known})" if known else "")


def key(carried: Carried) -> str:
    """`the platform's key ANTHROPIC_API_KEY in x-api-key (sk-ant-api03-R2D…igAA)`."""
    return f"{owner(carried.life)} {carrier(carried.credential)}{_mark(carried)}"


def owner(life: KeyLife | None) -> str:
    """`acme's key prod-api-2026-04-25`, `a key that nobody knows`."""
    if life is None:
        return "a key that nobody knows"
    if life.role != "tenant":
        return f"the {life.role}'s key {short(life.source)}"
    whose = "the" if life.tenant is None else f"{short(life.tenant)}'s"
    return f"{whose} key {short(life.source)}"


def carrier(credential: Credential) -> str:
    """Where a request held it: `in x-api-key`, `in the URL`."""
    match credential.carrier:
        case "url":
            return "in the URL"
        case "body":
            return "in its body"
        case "response":
            return "in the answer"
        case header:
            return f"in {short(header)}"


def hint(credential: Credential) -> str:
    """How a key is told from others without its text."""
    if credential.hint:
        return short(credential.hint)
    return f"sha256:{credential.sha256[:12]}…" if credential.sha256 else "not recorded"


def short(text: str) -> str:
    """A name in a message; one that fills pages is cut in the middle."""
    half = _MOST // 2
    return text if len(text) <= _MOST else f"{text[:half]}…{text[-half:]}"


def _mark(carried: Carried) -> str:
    known = hint(carried.credential)
    return "" if carried.life is not None and known in carried.life.source else f" ({known})"
