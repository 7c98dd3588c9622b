"""Two keys encrypted under one nonce: whoever has both ciphertexts has their XOR, and can forge others.

Records of every status are compared, because a nonce that was ever used is used; by the bytes that they
decode to, so that hex and base64 of one nonce are the same. A nonce that cannot be decoded is compared as it
is written.
"""

from __future__ import annotations

from collections.abc import Iterator

from antkey_scanner.inventory.index import alike
from antkey_scanner.inventory.nonces import decoded
from antkey_scanner.inventory.records import KeyRecord
from antkey_scanner.inventory.rule import Breach, Case, Gap, KeyRule
from antkey_scanner.inventory.spoken import placed, several
from antkey_scanner.model import Confidence, Example, Rule, Severity


def _check(case: Case) -> Iterator[Breach | Gap]:
    for group in alike(case.inventory.keys, _nonce):
        places = several(list(map(placed, group)))
        yield Breach(
            group[0],
            f"{len(group):,} keys are encrypted with the same nonce: {places}",
            also=tuple(group[1:]),
        )


def _nonce(key: KeyRecord) -> bytes | str | None:
    if key.encryption is None or not key.encryption.nonce:
        return None
    return decoded(key.encryption.nonce) or key.encryption.nonce


def _off(case: Case) -> str | None:
    if any(key.encryption is not None for key in case.inventory.keys):
        return None
    return "no key says how it is encrypted at rest; record encryption"


RULE = KeyRule(
    Rule(
        id="key-nonce-reused",
        title="Nonce used for two keys",
        family="rotation",
        severity=Severity.CRITICAL,
        confidence=Confidence.HIGH,
        why=__doc__,
        remedy=(
            "Rotate the keys concerned, and encrypt each record under a fresh random nonce; then change the"
            " encryption key, as what was encrypted under a repeated nonce no longer counts as secret."
        ),
        requirements=("A2",),
        frameworks=("SOC2:CC6.1", "ISO27001:A.8.24", "NIST800-53:SC-13", "CWE-323"),
        examples=(
            Example(
                "now = 2026-11-20T00:00:00Z\n"
                "keys = [\n"
                "  {name = 'prod-api-2026-11-01', encryption = {nonce = '000000000000000000000000'}},\n"
                "  {name = 'prod-web-2026-11-01', encryption = {nonce = 'AAAAAAAAAAAAAAAA'}},\n"
                "]",
                matches=True,
            ),
            Example(
                "now = 2026-11-20T00:00:00Z\n"
                "keys = [\n"
                "  {name = 'prod-api-2026-11-01', encryption = {nonce = '000000000000000000000000'}},\n"
                "  {name = 'prod-web-2026-11-01', encryption = {nonce = '000000000000000000000001'}},\n"
                "]",
                matches=False,
            ),
        ),
    ),
    _check,
    _off,
)
