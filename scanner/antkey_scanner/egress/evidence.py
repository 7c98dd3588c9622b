"""Evidence: one JSON line for each request that antkey itself has seen, and back again. Pure.

A line names its version first, so that it is told from a gateway's line whatever names a policy gives to
the fields of these. It says whose each credential was: made-up keys are in no inventory.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from antkey_scanner.egress.book import KeyLife
from antkey_scanner.egress.credentials import redacted
from antkey_scanner.egress.records import Credential, Request, Silent
from antkey_scanner.egress.rule import NO_KEY_SCENARIO
from antkey_scanner.inventory.records import Place, Role
from antkey_scanner.inventory.times import Micros, rfc3339

VERSION_FIELD, VERSION = "antkey", 1

_ROLES: Mapping[object, Role] = {"tenant": "tenant", "platform": "platform", "admin": "admin"}
_HASH_DIGITS = 64
_HINT = re.compile(r"sk-ant-(?:[a-z]{1,12}[0-9]{0,4}-)?[A-Za-z0-9_-]{0,4}…[A-Za-z0-9_-]{0,4}")
_LONGEST = 2_000


class Witnessed(NamedTuple):
    """What a line says. request: with the place and time that the reader knows; lives: whose its
    credentials were, as far as the line tells; has_key: whether its tenant had a key of its own."""

    request: Request
    lives: tuple[KeyLife, ...]
    has_key: bool


def to_json(
    request: Request, lives: Sequence[KeyLife | str | None] = (), *, has_key: bool | None = None
) -> str:
    """One line, without its end.

    lives: whose each credential is, or only what people call it; in the order of the credentials; has_key:
    whether the tenant had a key of its own, None for what is usual: it had but in the scenario `no-key`.
    """
    found = [
        _credential(one, lives[at] if at < len(lives) else None)
        for at, one in enumerate(request.credentials)
    ]
    line: dict[str, object] = {
        VERSION_FIELD: VERSION,
        "time": None if request.time is None else rfc3339(request.time),
        "tenant": request.tenant,
        "surface": request.surface,
        "scenario": request.scenario,
        "host": request.host,
        "method": request.method,
        "path": redacted(request.path),
        **(found[0] if found else dict.fromkeys(("header", "source", "hint", "sha256", "kind"))),
        "model": request.model,
        "status": request.status,
    }
    if found[1:]:
        line["also"] = found[1:]
    if has_key is not None:
        line["has_key"] = has_key
    if request.source is not None:
        line["caller"] = request.source
    if not request.complete:
        line["complete"] = False
    if request.browser:
        line["browser"] = True
    return json.dumps(line, ensure_ascii=False, separators=(",", ":"))


def silence_to_json(scenario: str, tenants: Sequence[str], time: Micros) -> str:
    """One line, without its end, for a scenario that was played to its end and in which no request was
    seen. time: when it ended."""
    line = {
        VERSION_FIELD: VERSION,
        "time": rfc3339(time),
        "scenario": scenario,
        "requests": 0,
        "tenants": list(tenants),
    }
    return json.dumps(line, ensure_ascii=False, separators=(",", ":"))


def silence_from_json(record: Mapping[str, object]) -> Silent | None:
    """The scenario of which a line says that it had no request; None for a line about a request."""
    scenario = record.get("scenario")
    is_ours = record.get(VERSION_FIELD) == VERSION and record.get("requests") == 0
    if not is_ours or "host" in record or not isinstance(scenario, str):
        return None
    try:
        time = _time(record, "time")
    except ValueError:
        time = None
    return Silent(scenario[:_LONGEST], time)


def from_json(record: Mapping[str, object], place: Place, time: Micros | None) -> Witnessed:
    """What a line says that has been read as JSON. Raises ValueError, without any of its text, where it
    says what no line of ours does."""
    if record.get(VERSION_FIELD) != VERSION:
        raise ValueError(f"evidence of another version than {VERSION}")
    also = record.get("also", [])
    if not isinstance(also, list):
        raise ValueError("evidence whose field also is no list")
    pairs = [pair for one in (record, *also) if (pair := _carried(one)) is not None]
    status = record.get("status")
    request = Request(
        place,
        time,
        (_text(record, "host") or "").lower(),
        (_text(record, "method") or "").upper(),
        redacted(_text(record, "path") or ""),
        tuple(dict.fromkeys(credential for credential, _ in pairs)),
        _text(record, "tenant"),
        _text(record, "surface"),
        _text(record, "scenario"),
        _text(record, "model"),
        status if isinstance(status, int) and not isinstance(status, bool) else None,
        complete=record.get("complete") is not False,
        browser=record.get("browser") is True,
        source=_text(record, "caller"),
    )
    lives = tuple(life for _, life in pairs if life is not None)
    has_key = record.get("has_key")
    if has_key is None:
        # A line that does not say whose its keys are is of real ones, and of these the inventory tells.
        has_key = bool(lives or not pairs) and request.scenario != NO_KEY_SCENARIO
    return Witnessed(request, lives, has_key is True)


def _credential(credential: Credential, life: KeyLife | str | None) -> dict[str, object]:
    source = life.source if isinstance(life, KeyLife) else life
    fields: dict[str, object] = {
        "header": credential.carrier,
        "source": source,
        "hint": credential.hint,
        "sha256": credential.sha256,
        "kind": credential.kind,
    }
    if isinstance(life, KeyLife):
        fields["role"] = life.role
        if life.tenant is not None:
            fields["owner"] = life.tenant
        for name in ("start", "end", "replaced_at"):
            at = getattr(life, name)
            if at is not None:
                fields[name] = rfc3339(at)
        if life.successor is not None:
            fields["successor"] = life.successor
    return fields


def _carried(record: object) -> tuple[Credential, KeyLife | None] | None:
    """A credential of a line, and whose it was if the line tells; None where it tells of none."""
    if not isinstance(record, dict):
        raise ValueError("evidence whose field also holds no objects")
    carrier, hint, digits = (_text(record, name) for name in ("header", "hint", "sha256"))
    if carrier is None and hint is None and digits is None:
        return None
    if digits is not None and not _is_hash(digits):
        raise ValueError("evidence with a hash that is none")
    # A hint is shorter than what is taken for a key, so only what is longer has to be cut.
    hint = hint or ""
    hint = hint if _HINT.fullmatch(hint) else redacted(hint)
    kind = _text(record, "kind") or "unknown"
    credential = Credential((carrier or "unknown").lower(), kind, hint, digits)
    role, source = _ROLES.get(record.get("role")), _text(record, "source")
    if role is None or source is None or digits is None:
        return credential, None
    life = KeyLife(
        source=source,
        role=role,
        tenant=_text(record, "owner"),
        sha256=digits,
        hint=hint or None,
        start=_time(record, "start"),
        end=_time(record, "end"),
        replaced_at=_time(record, "replaced_at"),
        successor=_text(record, "successor"),
    )
    return credential, life


def _is_hash(digits: str) -> bool:
    return len(digits) == _HASH_DIGITS and not digits.strip("0123456789abcdef")


def _text(record: Mapping[str, object], name: str) -> str | None:
    found = record.get(name)
    if found is None or found == "":
        return None
    if not isinstance(found, str) or len(found) > _LONGEST:
        raise ValueError(f"evidence whose field {name} is no text")
    return found


def _time(record: Mapping[str, object], name: str) -> Micros | None:
    # Imported here: writing evidence, which tests' processes do, needs no reading of times.
    from antkey_scanner.egress.recordings.moments import moment

    found = record.get(name)
    if found is None:
        return None
    time = moment(found)
    if time is None:
        raise ValueError(f"evidence whose field {name} is no time")
    return time
