"""RPM packages, versions 3 to 6: the signature, the header with its scriptlets, and the payload.

The payload is a compressed cpio, which the engine recognises by itself. No tag is parsed: header
sections state their size, and their text is searched as it stands.
"""

from __future__ import annotations

from collections.abc import Iterator

from antkey_scanner.containers import Member, Stream
from antkey_scanner.containers.budget import Budget
from antkey_scanner.containers.slices import Walk
from antkey_scanner.model import Skip

_LEAD = 96
_SECTION_MAGIC = b"\x8e\xad\xe8"
_SECTION_START = 16
_INDEX_ENTRY = 16
_ALIGNMENT = 8


def members(stream: Stream, budget: Budget) -> Iterator[Member | Skip]:
    """`signature`, `header` and `payload`."""
    walk = Walk(stream)
    try:
        walk.take(_LEAD)
        for name in ("signature", "header"):
            budget.spend_member()
            size = _section_size(walk, name)
            yield Member(name, walk.slice(size))
            walk.finish()
            if name == "signature":
                walk.align(_ALIGNMENT)
        budget.spend_member()
        if not walk.peek(1):
            yield Skip("payload", "truncated")
            return
        yield Member("payload", walk.slice(None))
    except EOFError:
        yield Skip("", "truncated")
    except OSError as problem:
        yield Skip("", str(problem))
    except ValueError as problem:
        yield Skip("", str(problem))
        yield Member("", walk.slice(None))


def _section_size(walk: Walk, name: str) -> int:
    """The section's size with its start, which stays in the walk. Raises ValueError, EOFError."""
    start = walk.peek(_SECTION_START)
    if len(start) < _SECTION_START:
        raise EOFError("truncated")
    if not start.startswith(_SECTION_MAGIC):
        raise ValueError(f"damaged {name} at byte {walk.position}")
    entries = int.from_bytes(start[8:12])
    return _SECTION_START + entries * _INDEX_ENTRY + int.from_bytes(start[12:16])
