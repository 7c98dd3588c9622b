"""A database dump with keys in weak encryption, or in none, is a list of keys.

Judged for active and inactive keys with an `encryption` record, since an inactive one can be activated again:
its `algorithm` has to be AES-256-GCM, in any of its usual spellings (aes-256-gcm, AES256_GCM, A256GCM).
GCM also shows when a stored key was tampered with, which CBC and CTR do not.
"""

from __future__ import annotations

from collections.abc import Iterator

from antkey_scanner.inventory.rule import Breach, Case, Gap, KeyRule
from antkey_scanner.model import Confidence, Example, Rule, Severity

_GOOD = frozenset({"aes256gcm", "a256gcm", "aesgcm256", "idaes256gcm"})
_JUDGED = frozenset({"active", "inactive"})
_BETWEEN = str.maketrans("", "", "-_/ .")


def _check(case: Case) -> Iterator[Breach | Gap]:
    good: set[str | None] = set()
    for key in case.inventory.keys:
        if key.encryption is None or key.status not in _JUDGED:
            continue
        algorithm = key.encryption.algorithm
        if algorithm in good:
            continue
        if not algorithm:
            yield Breach(key, f"{key.label} has an encryption record that names no algorithm")
        elif algorithm.translate(_BETWEEN).lower() not in _GOOD:
            yield Breach(key, f"{key.label} is encrypted with {algorithm} and not with AES-256-GCM")
        else:
            good.add(algorithm)


def _off(case: Case) -> str | None:
    if any(key.encryption is not None for key in case.inventory.keys):
        return None
    return "no key says how it is encrypted at rest; record encryption"


RULE = KeyRule(
    Rule(
        id="key-encryption-not-aes256gcm",
        title="Key not encrypted with AES-256-GCM",
        family="rotation",
        severity=Severity.HIGH,
        confidence=Confidence.HIGH,
        why=__doc__,
        remedy=(
            "Encrypt the stored key anew with AES-256-GCM and a fresh random nonce of 12 bytes, delete the"
            " old ciphertext, and rotate the key if old backups hold it."
        ),
        requirements=("A2",),
        frameworks=("SOC2:CC6.1", "ISO27001:A.8.24", "NIST800-53:SC-28(1)", "CWE-327"),
        examples=(
            Example(
                "now = 2026-11-20T00:00:00Z\n"
                "keys = [{name = 'prod-api-2026-11-01', encryption = {algorithm = 'AES-256-CBC'}}]",
                matches=True,
            ),
            Example(
                "now = 2026-11-20T00:00:00Z\n"
                "keys = [{name = 'prod-api-2026-11-01', encryption = {kdf = 'scrypt'}}]",
                matches=True,
            ),
            Example(
                "now = 2026-11-20T00:00:00Z\n"
                "keys = [{name = 'prod-api-2026-11-01', encryption = {algorithm = 'aes-256-gcm'}}]",
                matches=False,
            ),
        ),
    ),
    _check,
    _off,
)
