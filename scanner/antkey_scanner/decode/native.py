"""The two searches that every decoder makes over each region, as fast as the machine has them.

`find(data, literal, start=0)` and `translate(data, table)` are bare functions and no wrappers: a
call more would cost as much as the search itself in a region of a hundred bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    find: Callable[..., int]
    translate: Callable[[bytes, bytes], bytes]
else:
    try:
        from stringzilla import find, translate
    except ImportError:
        find = bytes.find
        translate = bytes.translate
