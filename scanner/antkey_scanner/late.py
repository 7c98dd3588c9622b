"""Regular expressions that are compiled when they are first used.

Compiling takes Python some 0.15 ms each, and what judges source code and settings has a hundred, of which one
file needs few.
"""

from __future__ import annotations

import re
from typing import Any, AnyStr, cast


def late(pattern: AnyStr, flags: int | re.RegexFlag = 0) -> re.Pattern[AnyStr]:
    """As `re.compile`, for its methods; a broken pattern is told (`re.error`) at its first use."""
    return cast("re.Pattern[AnyStr]", _Late(pattern, flags))


class _Late:
    """Becomes as quick as the pattern that it stands for: what is asked of that is kept."""

    def __init__(self, pattern: Any, flags: int | re.RegexFlag) -> None:
        self._given = (pattern, flags)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # asked by copying and pickling, before there is anything to ask
            raise AttributeError(name)
        found = getattr(re.compile(*self._given), name)
        setattr(self, name, found)
        return found
