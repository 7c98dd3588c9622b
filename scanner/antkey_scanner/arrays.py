"""Loads numpy without the threads of its linear algebra, which is not used here.

Each of them waits for work in a loop: a tenth of a second of processor time in each process.
"""

from __future__ import annotations

import os
import sys

_THREADS = "OPENBLAS_NUM_THREADS"


def load() -> bool:
    """Import numpy where it is installed, and tell whether it is. The environment stays as it was."""
    if "numpy" in sys.modules:
        return True
    is_free = _THREADS not in os.environ
    if is_free:
        os.environ[_THREADS] = "1"
    try:
        import numpy  # noqa: F401
    except ImportError:
        return False
    finally:
        if is_free:
            del os.environ[_THREADS]
    return True
