"""Names what runs may be compared: the same policy file, the same paths, looked at in the same way."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from hashlib import sha256


def scope_name(policy: str, targets: Sequence[str], looked: Sequence[tuple[str, object]]) -> str:
    """64 hex digits.

    policy: the path of its file; targets: the paths that were scanned; looked: options that decide what of
    them is read. Paths are taken as seen from the policy, so that the working folder makes no difference.
    """
    folder = os.path.dirname(os.path.abspath(policy))
    seen = [_from(folder, target) for target in targets]
    parts = [os.path.basename(policy), sorted(seen), [[name, str(value)] for name, value in looked]]
    return sha256(json.dumps(parts).encode("ascii")).hexdigest()


def _from(folder: str, target: str) -> str:
    try:
        return os.path.relpath(os.path.abspath(target), folder).replace(os.sep, "/")
    except ValueError:  # another drive
        return os.path.abspath(target)
