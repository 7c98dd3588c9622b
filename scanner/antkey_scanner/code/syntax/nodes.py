"""What is asked of the parser's nodes: children with names, operators, pairs, what stands in braces."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from antkey_scanner.code.languages import Language

QUOTES = "'\"`: "
"""What stands around a name that is written as text."""

_ARMS = frozenset(
    (
        *("match_arm", "when_entry", "switch_expression_arm", "switch_rule"),
        *("match_conditional_expression", "match_default_expression", "when", "else"),
    )
)


def named(node: Any) -> list[Any]:
    """The children that are no marks."""
    return [child for child in node.children() if child.is_named()]


def last(node: Any, kinds: tuple[str, ...]) -> Any:
    """The last child of some kinds, where a grammar has no field for the body."""
    return next((one for one in reversed(node.children()) if one.kind() in kinds), None)


def operator(node: Any) -> str:
    """The mark by which something is assigned."""
    return next(
        (str(one.text()) for one in node.children() if not one.is_named() and "=" in one.text()), ""
    )


def arms(node: Any) -> Iterator[Any]:
    """The branches of an expression that chooses."""
    for child in node.children():
        if child.kind() in _ARMS:
            yield child
        elif child.kind() in ("match_block", "switch_block"):
            yield from (one for one in child.children() if one.kind() in _ARMS)


def members(made: Any) -> dict[str, str]:
    """`{ ApiKey = key }`."""
    pairs = (named(one) for one in named(made))
    return {parts[0].text(): parts[-1].text() for parts in pairs if len(parts) == 2}


def flat(listed: Any) -> Iterator[Any]:
    """The arguments, without the wrappers that some grammars put around the list or each one."""
    for child in named(listed):
        if child.kind() == "value_arguments":
            yield from flat(child)
        elif child.kind() in ("argument", "value_argument"):
            parts = named(child)
            yield parts[0] if len(parts) == 1 else child
        else:
            yield child


def pair(node: Any, language: Language) -> tuple[str, str] | None:
    """A named argument or a member of an object: name and value."""
    kind = node.kind()
    if kind not in language.pairs and kind not in ("value_argument", "argument"):
        return None
    parts = named(node)
    if len(parts) < 2:
        return None
    return parts[0].text().strip(QUOTES), parts[-1].text()


def unbraced(text: str) -> str:
    """A branch without what stands around it."""
    text = text.strip().removeprefix("else").removeprefix("then").strip()
    if text.startswith("{") and text.endswith("}"):
        text = text[1:-1].strip()
    return text.rstrip(";").strip()
