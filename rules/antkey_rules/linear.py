"""Proves from a pattern's syntax that hostile input cannot make it slow.

A pattern is tried at the places of its anchor only, so it is enough that one try costs a bounded
number of steps: every repeat has an upper bound, and the ways in which one try can go back and split
the same bytes anew stay below `MOST_WAYS`. Possessive repeats and atomic groups never go back.
"""

from __future__ import annotations

import re._constants as sre  # type: ignore[import-not-found]  # the typeshed names these modules differently
import re._parser as sre_parser  # type: ignore[import-not-found]  # likewise
from collections.abc import Iterable
from typing import Any

MOST_WAYS = 10_000
LONGEST_MATCH = 65_536


def problem(pattern: bytes, flags: int) -> str | None:
    """Why the pattern may be slow, or None. Raises re.error when it does not parse."""
    parsed = sre_parser.parse(pattern, flags)
    if parsed.getwidth()[1] > LONGEST_MATCH:
        return f"may match more than {LONGEST_MATCH} bytes; give each repeat an upper bound"
    ways = _ways(parsed)
    if ways > MOST_WAYS:
        return (
            "may go back over the same bytes in too many ways; make repeats possessive (`{2,9}+`)"
            " or let them not overlap"
        )
    return None


def _ways(items: Iterable[Any]) -> int:
    """In how many ways a sequence can split what it matches, at most."""
    total = 1
    for operator, argument in items:
        total *= _ways_of(operator, argument)
        if total > MOST_WAYS:
            return total
    return total


def _ways_of(operator: Any, argument: Any) -> int:
    if operator in (sre.MAX_REPEAT, sre.MIN_REPEAT):
        low, high, inner = argument
        once = _ways(inner)
        if once > 1 and int(high) > 1:
            return MOST_WAYS + 1
        return max(1, int(high) - int(low) + 1) * once
    if operator is sre.SUBPATTERN:
        return _ways(argument[-1])
    if operator is sre.BRANCH:
        return sum(_ways(branch) for branch in argument[1])
    if operator is sre.GROUPREF:
        return MOST_WAYS + 1
    return 1
