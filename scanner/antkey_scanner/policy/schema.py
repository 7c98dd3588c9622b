"""Everything that may stand in a policy, for all commands: one shared file serves them all.

Data only. What `scan` needs of it is turned into values by `policy.read`.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping

from antkey_scanner.bridge.detectors import RULE_IDS
from antkey_scanner.model import Severity
from antkey_scanner.policy import LEVELS, PROFILES
from antkey_scanner.policy.kinds import Day, Many, Named, Number, Table, Text, Truth

_MOST_DAYS = 36_500
_MOST_ATTESTED_DAYS = 731
"""How long somebody's word may stand without being given again: two years, one of them a leap year."""
_MOST_HOURS = _MOST_DAYS * 24
_MOST_SECONDS = _MOST_HOURS * 3600


def _regular_expression(text: str) -> str | None:
    try:
        re.compile(text)
    except re.error as error:
        return (
            f"is no regular expression ({error.msg} at character {(error.pos or 0) + 1}); mend it"
        )
    return None


def _rule_id(text: str) -> str | None:
    if re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", text):
        return None
    return "is no rule's id; they are lower-case words with hyphens, see `antkey rules list`"


def _host(text: str) -> str | None:
    if "://" in text or "/" in text or "@" in text or re.search(r"\s", text):
        return "is no host name; write it alone, such as api.anthropic.com"
    return None


def _variable(text: str) -> str | None:
    if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", text):
        return None
    return "is no environment variable's name; use letters, digits and _"


def _word(text: str) -> str | None:
    if re.fullmatch(r"[A-Za-z]+", text):
        return None
    return "is no single word; write tenant where names are tenantKey, tenant_key or TENANT_KEY"


def _glob(text: str) -> str | None:
    if "\\" in text:
        return "has a backslash; write / between folders, on Windows too"
    return None


def _tenant_source(text: str) -> str | None:
    kind, colon, what = text.partition(":")
    if not colon or not what or kind not in ("header", "field", "host"):
        return (
            "is no source of a tenant; write header:NAME, field:NAME or host:{tenant}.example.com"
        )
    if kind == "host" and "{tenant}" not in what:
        return "does not say where the tenant stands; write {tenant} in its place"
    return None


def _base_url(text: str) -> str | None:
    if re.match(r"https://|http://(localhost|127\.0\.0\.1|\[::1\])([:/]|$)", text):
        return None
    return "is no base URL; use https:// (http:// for loopback only)"


def _rotation(table: Mapping[str, object]) -> str | None:
    most, warn = table.get("max_age_days"), table.get("warn_days")
    if isinstance(most, int) and isinstance(warn, int) and warn >= most:
        return (
            "warn_days is not below max_age_days; every key would be due at once; make it smaller"
        )
    return None


def _demand(table: Mapping[str, object]) -> str | None:
    if table.get("is") == "required" or "reason" in table:
        return None
    return "takes a promise back without saying why; add reason"


def _attestation(table: Mapping[str, object]) -> str | None:
    on, expires = table.get("on"), table.get("expires")
    if not isinstance(on, datetime.date) or not isinstance(expires, datetime.date):
        return None
    if expires < on:
        return "expires before it is made; mend on or expires"
    if (expires - on).days > _MOST_ATTESTED_DAYS:
        return f"holds for more than two years ({_MOST_ATTESTED_DAYS} days); have it confirmed more often"
    return None


def _waiver(table: Mapping[str, object]) -> str | None:
    if table.keys() & {"path", "key"}:
        return None
    return "waives everything the rule will ever find; add path or key"


_AGES = {
    "max_age_days": Number(1, _MOST_DAYS),
    "warn_days": Number(0, _MOST_DAYS),
    "overlap_hours": Number(0, _MOST_HOURS, whole=False),
}

_SCAN = Table(
    {
        "paths": Many(Text(), least=1),
        "exclude": Many(Text(check=_glob)),
        "history": Truth(),
        "accept": Many(
            Table({"path": Text(check=_glob), "reason": Text()}, required=("path", "reason"))
        ),
        "visible_key_characters": Number(0, 80),
        "providers": Truth(),
        "detect_secrets": Truth(),
        "detect_secrets_plugins": Many(Text(choices=tuple(RULE_IDS)), least=1),
        "inline_ignores": Truth(),
        "code": Truth(),
        "accept_marks": Many(Text(choices=("detect-secrets", "gitleaks"))),
    }
)

_EGRESS = Table(
    {
        "allowed_hosts": Many(Text(check=_host)),
        "fallback": Text(choices=("never", "when-no-tenant-key")),
        "grace_seconds": Number(0, _MOST_SECONDS, whole=False),
        "surfaces": Many(Text()),
        "platform_env": Many(Text(check=_variable)),
        "evidence": Many(Text(check=_glob)),
        "max_age_days": Number(1, _MOST_DAYS),
        "allowed_models": Many(Text()),
        "tenant_from": Many(Text(check=_tenant_source), least=1, alone=True),
        "fields": Table(
            {
                field: Text()
                for field in (
                    *("time", "tenant", "surface", "scenario", "host", "method", "path", "header"),
                    *("source", "key", "key_sha256", "key_hint", "model", "status"),
                )
            }
        ),
    }
)

_INVENTORY = Table(
    {
        "files": Many(Text(), least=1),
        "source": Text(choices=("anthropic",)),
        "base_url": Text(check=_base_url),
        "names": Many(Text(), least=1),
    }
)

_KEYS = Table(
    {
        "name_pattern": Text(check=_regular_expression),
        "max_active": Number(1, 1_000_000),
        "unused_days": Number(1, _MOST_DAYS),
        "environments": Many(Text()),
        "allowed_setter_roles": Many(Text()),
        "require_spend_limit": Truth(),
        "alerts_percent": Many(Number(1, 100)),
    }
)

_WAIVER = Table(
    {
        "rule": Text(check=_rule_id),
        "path": Text(check=_glob),
        "key": Text(),
        "reason": Text(),
        "owner": Text(),
        "expires": Day(),
    },
    required=("rule", "reason", "expires"),
    check=_waiver,
)

_CONTROL = Table(
    {"is": Text(choices=LEVELS), "reason": Text(), "owner": Text()},
    required=("is",),
    check=_demand,
)

_RULE = Table({"severity": Text(choices=tuple(Severity)), "reason": Text()}, required=("severity",))

_ATTESTATION = Table(
    {
        "control": Text(check=_rule_id),
        "statement": Text(),
        "owner": Text(),
        "on": Day(),
        "expires": Day(),
    },
    required=("control", "statement", "owner", "on", "expires"),
    check=_attestation,
)

POLICY = Table(
    {
        "profile": Text(choices=PROFILES),
        "scan": _SCAN,
        "rotation": Table(
            {**_AGES, "environments": Named(Table(_AGES, check=_rotation))}, check=_rotation
        ),
        "egress": _EGRESS,
        "code": Table(
            {
                "tenant_names": Many(Text(check=_word)),
                "platform_names": Many(Text(check=_word)),
            }
        ),
        "inventory": _INVENTORY,
        "keys": _KEYS,
        "controls": Named(_CONTROL),
        "rules": Named(_RULE),
        "attestation": Many(_ATTESTATION),
        "waiver": Many(_WAIVER),
    }
)
