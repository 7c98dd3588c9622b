"""Tells a random secret from a name, a number or a sample, whatever alphabet it is drawn from.

For secrets that nothing but a variable's name gives away, and for those of hex digits, in which few
characters differ. A random secret is thrown away once in a thousand times at most
(tests/scanner/test_variety.py tries).
"""

from __future__ import annotations

from antkey_scanner.plausible import is_placeholder

_HEX = b"0123456789abcdefABCDEF"
_FEWEST_HEX = 9
_RUN = 4


def is_uneven(secret: bytes) -> bool:
    """Whether a secret lacks what chance would have put into it: digits, letters of both cases where
    there are other letters than a to f, enough different characters, no long runs."""
    if not secret.translate(None, _HEX):
        return len(set(secret.lower())) < _FEWEST_HEX or secret.isdigit() or _has_run(secret)
    kinds = (secret.lower() != secret, secret.upper() != secret, any(48 <= b <= 57 for b in secret))
    return not all(kinds) or _has_run(secret) or is_placeholder(secret)


def _has_run(secret: bytes) -> bool:
    """Whether a character stands five times in a row, or five follow each other as in `12345`."""
    for at in range(len(secret) - _RUN):
        steps = {secret[at + k + 1] - secret[at + k] for k in range(_RUN)}
        if steps in ({0}, {1}, {-1}):
            return True
    return False
