"""Follows the two kinds of cursors of the Admin API to the end of a list, or says why there is none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from antkey_scanner.inventory.anthropic.client import Client, Malformed

MOST_PER_PAGE = 1000

Row = Mapping[str, Any]
Seen = Callable[[str, int], None]
"""Called after each page with the path and how many rows there are so far."""


class Page(NamedTuple):
    """cursor: where the next page starts, None when the reply does not say."""

    rows: list[Row]
    has_more: bool
    cursor: str | None


def by_id(
    client: Client, path: str, seen: Seen, more: Mapping[str, str] | None = None
) -> Iterator[Row]:
    """The rows of a list whose cursor is its last row's id. Raises EvidenceError, Denied, VersionRefused."""
    params = {"limit": str(MOST_PER_PAGE), **(more or {})}
    yield from _all(client, path, params, ("last_id", "after_id"), seen)


def by_token(client: Client, path: str, params: Mapping[str, str], seen: Seen) -> Iterator[Row]:
    """The rows of a list whose cursor is a token. Raises as `by_id`."""
    yield from _all(client, path, params, ("next_page", "page"), seen)


def _all(
    client: Client, path: str, params: Mapping[str, str], names: tuple[str, str], seen: Seen
) -> Iterator[Row]:
    """names: the cursor in the reply, and in the next request."""
    given, asked = names
    used: set[str] = set()
    count = 0
    while True:
        page = client.get(path, params, lambda value: _page(value, given))
        count += len(page.rows)
        seen(path, count)
        yield from page.rows
        if not page.has_more:
            return
        if page.cursor is None:
            raise client.fail(
                path, f"there is more, and no {given} to ask for it by; try again later"
            )
        if page.cursor in used:
            raise client.fail(
                path, f"{given} does not move, so the rest cannot be read; try again later"
            )
        used.add(page.cursor)
        params = {**params, asked: page.cursor}


def _page(value: Any, cursor: str) -> Page:
    """Raises Malformed."""
    if not isinstance(value, dict):
        raise Malformed("it is no object")
    rows, has_more, last = value.get("data"), value.get("has_more"), value.get(cursor)
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Malformed("data is no list of objects")
    if not isinstance(has_more, bool):
        raise Malformed("has_more is neither true nor false")
    if last is not None and not isinstance(last, str):
        raise Malformed(f"{cursor} is no text")
    return Page(rows, has_more, last or None)
