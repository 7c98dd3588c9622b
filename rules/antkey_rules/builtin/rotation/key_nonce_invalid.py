"""GCM is made for nonces of 12 bytes; a missing or odd one shows that the encryption is not what it says.

Judged for active and inactive keys with an `encryption` record: `nonce` has to be there and to be 12 bytes
once decoded from hex (24 digits) or base64 (16 characters, URL-safe or not).
"""

from __future__ import annotations

from collections.abc import Iterator

from antkey_scanner.inventory.nonces import LENGTH, decoded
from antkey_scanner.inventory.rule import Breach, Case, Gap, KeyRule
from antkey_scanner.inventory.spoken import counted
from antkey_scanner.model import Confidence, Example, Rule, Severity

_JUDGED = frozenset({"active", "inactive"})


def _check(case: Case) -> Iterator[Breach | Gap]:
    for key in case.inventory.keys:
        if key.encryption is None or key.status not in _JUDGED:
            continue
        problem = _problem(key.encryption.nonce)
        if problem is not None:
            yield Breach(key, f"{key.label} has an encryption record {problem}")


def _problem(nonce: str | None) -> str | None:
    if not nonce:
        return "without a nonce"
    found = decoded(nonce)
    if found is None:
        return "with a nonce that is neither hex nor base64"
    if len(found) != LENGTH:
        return f"with a nonce of {counted(len(found), 'byte')}; AES-GCM takes {LENGTH}"
    return None


def _off(case: Case) -> str | None:
    if any(key.encryption is not None for key in case.inventory.keys):
        return None
    return "no key says how it is encrypted at rest; record encryption"


RULE = KeyRule(
    Rule(
        id="key-nonce-invalid",
        title="Nonce missing or not 12 bytes",
        family="rotation",
        severity=Severity.HIGH,
        confidence=Confidence.HIGH,
        why=__doc__,
        remedy=(
            "Encrypt the stored key anew with a nonce of 12 bytes from the system's random generator, and"
            " store the nonce beside the ciphertext."
        ),
        requirements=("A2",),
        frameworks=("SOC2:CC6.1", "ISO27001:A.8.24", "NIST800-53:SC-13", "CWE-1204"),
        examples=(
            Example(
                "now = 2026-11-20T00:00:00Z\n"
                "keys = [{name = 'prod-api-2026-11-01', encryption = {algorithm = 'AES-256-GCM', nonce ="
                " '0000000000000000'}}]",
                matches=False,
            ),
            Example(
                "now = 2026-11-20T00:00:00Z\n"
                "keys = [{name = 'prod-api-2026-11-01', encryption = {algorithm = 'AES-256-GCM', nonce ="
                " '0000000000000000000000'}}]",
                matches=True,
            ),
            Example(
                "now = 2026-11-20T00:00:00Z\n"
                "keys = [{name = 'prod-api-2026-11-01', encryption = {algorithm = 'AES-256-GCM'}}]",
                matches=True,
            ),
            Example(
                "now = 2026-11-20T00:00:00Z\n"
                "keys = [{name = 'prod-api-2026-11-01', encryption = {algorithm = 'AES-256-GCM', nonce ="
                " '000000000000000000000000'}}]",
                matches=False,
            ),
        ),
    ),
    _check,
    _off,
)
