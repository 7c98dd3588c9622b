"""Adds an item to a list in somebody's YAML file and leaves every other character as it is.

YAML is not written anew, for comments, order and quoting are the user's. The place is found by the parser,
the text is put there, and the parser is asked again: what has changed beyond the item is refused.
"""

from __future__ import annotations

from collections.abc import Iterator

import yaml

_MOST_VALUES = 100_000


def top_level(text: str) -> dict[str, yaml.Node] | None:
    """The values of the top-level keys; None for what is no mapping, or no YAML. No tag is obeyed."""
    try:
        document = yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError, ValueError):
        return None
    if document is None:
        return {}
    if not isinstance(document, yaml.MappingNode):
        return None
    return {str(key.value): value for key, value in document.value}


def with_item(text: str, key: str, item: str) -> str | None:
    """The text with an item at the end of the top-level list `key`, which is made where it is missing.

    item: lines that begin with `- `, without indentation. None: it cannot be added by putting lines in.
    """
    before = top_level(text)
    if before is None:
        return None
    newline = "\r\n" if "\r\n" in text else "\n"
    try:
        if key in before:
            new = _behind_the_last(text, before[key], item, newline)
        else:
            new = _at_the_end(text, key, item, newline)
    except RecursionError:  # a list that holds itself
        return None
    return new if new is not None and _is_only_more(text, new, key, item) else None


def _at_the_end(text: str, key: str, item: str, newline: str) -> str:
    gap = "" if not text or text.endswith("\n") else newline
    return f"{text}{gap}{key}:{newline}{_indented(item, 2, newline)}"


def _behind_the_last(text: str, items: yaml.Node, item: str, newline: str) -> str | None:
    if not isinstance(items, yaml.SequenceNode):
        return None
    if items.flow_style:
        return None if items.value else _instead_of_none(text, items, item, newline)
    # A block list's end mark stands behind the comments that follow it; the line of its last content counts.
    at = text.find("\n", _last_of(items))
    head, rest = (text, "") if at < 0 else (text[: at + 1], text[at + 1 :])
    gap = "" if head.endswith("\n") else newline
    return f"{head}{gap}{_indented(item, items.start_mark.column, newline)}{rest}"


def _instead_of_none(text: str, items: yaml.Node, item: str, newline: str) -> str:
    """In the place of `[]`; a comment behind it stays."""
    start, end = items.start_mark.index, items.end_mark.index
    line, feed, rest = text[end:].partition("\n")
    head = text[:start].rstrip(" ") + line
    return f"{head}{feed or newline}{_indented(item, 2, newline)}{rest}"


def _last_of(node: yaml.Node) -> int:
    """An index on the last line of a node's content."""
    if isinstance(node, yaml.SequenceNode) and not node.flow_style and node.value:
        return _last_of(node.value[-1])
    if isinstance(node, yaml.MappingNode) and not node.flow_style and node.value:
        key, value = node.value[-1]
        return max(_last_of(key), _last_of(value))
    return max(int(node.start_mark.index), int(node.end_mark.index) - 1)


def _indented(item: str, columns: int, newline: str) -> str:
    return "".join(f"{' ' * columns}{line}{newline}" for line in item.splitlines())


def _is_only_more(old: str, new: str, key: str, item: str) -> bool:
    """Whether the new text says what the old one does, and the item at the end of the list."""
    before, after, added = _tree(old) or {}, _tree(new), _tree(item)
    if not isinstance(before, dict) or not isinstance(added, list):
        return False
    had = before.get(key, [])
    return isinstance(had, list) and after == {**before, key: [*had, *added]}


def _tree(text: str) -> object:
    """What a text says: mappings, lists, and scalars with their tags; nothing is made of them."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        return None if node is None else _plain(node, iter(range(_MOST_VALUES)))
    except (yaml.YAMLError, RecursionError, ValueError):
        return None


def _plain(node: yaml.Node, left: Iterator[int]) -> object:
    """left: as many elements as values may still come, since a few aliases can stand for billions."""
    if next(left, None) is None:
        raise ValueError("more values than any configuration has")
    if isinstance(node, yaml.MappingNode):
        return {str(key.value): _plain(value, left) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [_plain(element, left) for element in node.value]
    return (node.tag, node.value)
