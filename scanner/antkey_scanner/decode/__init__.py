"""Undoes one layer of encoding; the search calls it again on what comes out.

`decodings(region)` looks at one region of bytes, a run of characters without spaces or several runs
that belong together, and yields each plausible reading of it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple


class Decoded(NamedTuple):
    """What a region says in one encoding.

    encoding: the name shown in a finding's `decoded`; data: the decoded bytes; origin: maps an offset
    in `data` to the offset in the region where its encoded form starts. It is called for hits only,
    so it may do the work again slowly.
    """

    encoding: str
    data: bytes
    origin: Callable[[int], int]
