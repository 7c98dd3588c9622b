"""Reads conditions in any language: whether they ask if a thing is missing. Pure, on text."""

from __future__ import annotations

import re

from antkey_scanner.late import late

_EMPTY = late(
    r"""(?x)
      (?: === | == | \bis\b (?!\s*(?:not|!)) ) \s* (?: null | nil | None | undefined | "" | '' | ``
        | String\.Empty | string\.Empty | 0\b )
    | (?: null | nil | None | undefined | "" | '' ) \s* === ?
    | \b (?:string|String|Strings|StringUtils)\.? (?:IsNullOrEmpty|IsNullOrWhiteSpace|isBlank|isEmpty|isNullOrEmpty)
    | (?: \.|->|::)? \b (?: isEmpty | is_empty | isBlank | isNullOrEmpty | isNullOrBlank | is_none | isNull ) \s* \(
    | (?: \.|&\.) (?: blank\? | nil\? | empty\? | isAbsent\b )
    | \b (?: empty | is_null | blank ) \s* \(
    | \.length \s* ===? \s* 0 | \blen\([^()]{1,80}\) \s* == \s* 0
    """
)
_THERE = late(
    r"""(?x)
      !==? \s* (?: null | nil | None | undefined | "" | '' | `` )
    | (?: null | nil | None | "" | '' ) \s* !=
    | \bis \s+ not \b
    | \.present\? | \b(?:filled|isset|isPresent|is_some|hasText|isNotBlank|isNotEmpty|isNotNull)\b
    """
)
_NEGATED = late(r"\(* \s* (?: ! (?!=) | not\b )", re.VERBOSE)
_STATEMENT = late(r"(?<![=!<>:+?|])=(?![=>~])|\breturn\b|;\s*\S|\n\s*(?![.?:|&+)\]}])\S")
_ENDS = late(
    r"""(?x) \b(?: raise | throw | panic!? | abort\w* | bail! | exit | die | fail\w* | halt | reject | Err \( | redirect\w* )
    | \breturn\b | \bcontinue\b | \bbreak\b | \bErr\(
    """
)


def is_absence(condition: str) -> bool:
    """Whether a condition holds when what it asks about is not there."""
    plain = condition.strip()
    negated = _NEGATED.match(plain) is not None
    if _THERE.search(plain):
        return negated and not re.search(r"!==?|is\s+not", plain)
    return negated != (_EMPTY.search(plain) is not None)


def is_value(text: str) -> bool:
    """Whether a branch is no more than a value."""
    return bool(text) and _STATEMENT.search(text) is None


def ends(text: str) -> bool:
    """Whether what is done ends the way: it raises, or leaves."""
    return _ENDS.search(text) is not None
