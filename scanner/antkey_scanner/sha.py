"""SHA-256 as in `hashlib`, without OpenSSL, which takes 3 ms to load: a tenth of what a pre-commit hook has.

Python brings its own, under one name until 3.11 and under another since.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hashlib import sha256
else:
    try:
        from _sha2 import sha256
    except ImportError:
        try:
            from _sha256 import sha256
        except ImportError:
            from hashlib import sha256

__all__ = ["sha256"]
