"""An environment without a key of its own runs on another's, and is missed when that one is rotated.

Each environment that the policy lists needs an active key that no other environment has, too: by its
fingerprint, where there is one. The same holds for each environment that a listed tenant has, as soon as
the tenant has any active key at all; a deleted tenant needs none. Upper and lower case are the same.

Policy: keys.environments
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from antkey_scanner.inventory.index import in_several
from antkey_scanner.inventory.records import KeyRecord
from antkey_scanner.inventory.rule import Breach, Case, Gap, KeyRule
from antkey_scanner.model import Confidence, Example, Rule, Severity


def _check(case: Case) -> Iterator[Breach | Gap]:
    active = [key for key in case.inventory.keys if key.status == "active"]
    groups = in_several(active, lambda key: key.environment)
    shared = {key.fingerprint for group in groups for key in group}
    own = _environments(key for key in active if key.fingerprint not in shared)
    every = _environments(active)
    for name in dict.fromkeys(case.policy.environments):
        if name.casefold() not in own.get("", ()):
            told = _told(name.casefold() in every.get("", ()))
            yield Breach(None, f"the environment {name} {told}", name)
    for tenant in case.inventory.tenants or ():
        if tenant.status == "deleted" or tenant.name not in every:
            continue
        for name in dict.fromkeys(tenant.environments or ()):
            if name.casefold() not in own.get(tenant.name, ()):
                told = _told(name.casefold() in every[tenant.name])
                where = f"the environment {name} of the tenant {tenant.name}"
                about = f"{tenant.name} {name}"
                yield Breach(None, f"{where} {told}", about, tenant=tenant.name)


def _environments(keys: Iterable[KeyRecord]) -> dict[str, set[str]]:
    """The environments with a key: of each tenant, and under "" of all together."""
    found: dict[str, set[str]] = {"": set()}
    for tenant, environment in {(key.tenant, key.environment) for key in keys}:
        name = (environment or "").casefold()
        found[""].add(name)
        if tenant is not None:
            found.setdefault(tenant, set()).add(name)
    return found


def _told(has_any: bool) -> str:
    return "shares its only keys with another one" if has_any else "has no active key"


def _off(case: Case) -> str | None:
    if case.policy.environments:
        return None
    if any(tenant.environments for tenant in case.inventory.tenants or ()):
        return None
    return "no environments are listed; set [keys] environments in the policy"


RULE = KeyRule(
    Rule(
        id="environment-without-own-key",
        title="Environment without a key of its own",
        family="rotation",
        severity=Severity.MEDIUM,
        confidence=Confidence.HIGH,
        why=__doc__,
        remedy=(
            "Create a key for the environment (Anthropic Console: API keys, Create key), deploy it there, and"
            " record it with its environment."
        ),
        requirements=("T5",),
        frameworks=("SOC2:CC6.1", "ISO27001:A.8.31", "NIST800-53:IA-5"),
        examples=(
            Example(
                "now = 2026-11-20T00:00:00Z\n"
                'policy.keys.environments = ["dev", "prod"]\n'
                'keys = [{name = "prod-api-2026-11-01", environment = "prod"}]',
                matches=True,
            ),
            Example(
                "now = 2026-11-20T00:00:00Z\n"
                'keys = [{name = "prod-api-2026-11-01", environment = "prod", tenant = "acme"}]\n'
                'tenants = [{name = "acme", environments = ["dev", "prod"]}]',
                matches=True,
            ),
            Example(
                "now = 2026-11-20T00:00:00Z\n"
                'policy.keys.environments = ["dev", "prod"]\n'
                "keys = [\n"
                '  {name = "prod-api-2026-11-01", environment = "prod"},\n'
                '  {name = "dev-api-2026-11-01", environment = "dev"},\n'
                "]",
                matches=False,
            ),
        ),
    ),
    _check,
    _off,
)
