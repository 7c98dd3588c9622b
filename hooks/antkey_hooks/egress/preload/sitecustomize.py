"""Python imports this at start-up: it steers the process, and then loads the environment's own sitecustomize.

Runs in whatever Python a command uses: no syntax here that an old one cannot read.
"""

import os
import sys

_HERE = os.path.dirname(os.path.abspath(__file__))
_OURS = sys.modules[__name__]


def _chain():  # type: ignore[no-untyped-def]  # annotations would need a newer Python
    """Load what stands behind this on the search path under the same name, as if this were not there."""
    before = list(sys.path)
    sys.path[:] = [entry for entry in before if os.path.abspath(entry) != _HERE]
    del sys.modules[__name__]
    try:
        __import__("sitecustomize")
    except ImportError as error:
        if getattr(error, "name", "sitecustomize") != "sitecustomize":
            raise
    finally:
        if _HERE in before:
            sys.path.insert(0, _HERE)
        sys.modules.setdefault(__name__, _OURS)


if "antkey_steering" not in sys.modules:  # another one that chains may have come back to us
    try:
        __import__("antkey_steering").install()
    except SyntaxError:
        pass  # Python 2, or one before 3.7: what reads proxy variables is still seen
    _chain()  # type: ignore[no-untyped-call]
