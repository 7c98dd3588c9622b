r"""What may stand between two pieces of one value: line wraps, string concatenation, shell quoting.

One place for the patterns, because `regions` grows over them in both directions and `wrap` takes them
out again. All are bounded; a long joint is white space for the most part. A comma or a colon
is no joint: those stand between values.
"""

from __future__ import annotations

import re

from antkey_scanner.prefilter import TOKEN_CLASS

LONGEST = 640
"""Bytes: no joint is longer."""

_QUOTE = rb"[\"'`]{1,3}"
# `\n` and its like in two characters: source code that is itself a JSON string.
_SPACE = rb"(?:[ \t\r\n]|\\[nrt]){0,80}"
_ECAPS = rb"(?:[ \t\r\n]|[nrt]\\){0,80}"

_WRAP_END = (
    rb"[ \t]{0,80}"
    rb"(?:(?:>[ \t]{0,8}){1,8}|(?:[#*|;!]{1,3}|//|--)[ \t]{1,8})?"  # a quoted mail, a comment
)
_WRAP = rb"[ \t]{0,16}(?:\r{0,2}\n|\r)" + _WRAP_END
_PARW = (
    rb"(?:(?:[ \t]{0,8}>){1,8}|[ \t]{1,8}(?:[#*|;!]{1,3}|//|--))?"
    rb"[ \t]{0,80}(?:\n\r{0,2}|\r)[ \t]{0,16}"
)

_CONCATENATION_END = (
    rb"\){0,2}"
    + _SPACE
    + rb"(?:(?:\+{1,2}|\.{1,2}|&|_|\\|\|\||<>|\^|~|\.(?:append|concat|Append|Concat)\()"
    + _SPACE
    + rb"){0,2}\({0,2}"
    + rb"(?:[A-Za-z0-9]{0,2}|\\{1,4})"  # b"", u8"", an escaped quote
    + _QUOTE
)
_CONCATENATION = _QUOTE + _CONCATENATION_END
_NOITANETACNOC = (
    _QUOTE
    + rb"(?:[A-Za-z0-9]{0,2}|\\{1,4})"
    + rb"\({0,2}(?:"
    + _ECAPS
    + rb"(?:\+{1,2}|\.{1,2}|&|_|\\|\|\||><|\^|~|\((?:dneppa|tacnoc|dneppA|tacnoC)\.)){0,2}"
    + _ECAPS
    + rb"\){0,2}"
    + _QUOTE
)

# Shell: sk-ant-"api03-…". Only behind what a key may be cut after: NAME="…" must not be a joint.
_QUOTED = rb"(?:(?<=-)|(?<=sk-ant))[\"'`]{1,2}(?=[A-Za-z0-9_-])"
_DETOUQ = rb"(?<=[A-Za-z0-9_-])[\"'`]{1,2}(?=-|tna-ks)"

# JavaScript's \u{2d} and Perl's \x{2d}: part of the value, so `wrap` leaves them alone.
_BRACED = rb"(?<=\\[ux])\{[0-9A-Fa-f]{1,8}\}"
_DECARB = rb"\}[0-9A-Fa-f]{1,8}\{(?=[ux]\\)"

FORWARD = re.compile(
    TOKEN_CLASS
    + rb"*+(?:(?:"
    + rb"|".join((_WRAP, _CONCATENATION, _QUOTED))
    + rb")"
    + TOKEN_CLASS
    + rb"++|"
    + _BRACED
    + TOKEN_CLASS
    + rb"*+)*+"
)
"""The rest of a token and all pieces that are joined to its end."""

BACKWARD = re.compile(
    TOKEN_CLASS
    + rb"*+(?:(?:"
    + rb"|".join((_PARW, _NOITANETACNOC, _DETOUQ))
    + rb")"
    + TOKEN_CLASS
    + rb"++|"
    + _DECARB
    + TOKEN_CLASS
    + rb"*+)*+"
)
"""The same over reversed bytes, for the pieces that are joined to a token's start."""

# Begins with one set of characters, which the regular expression engine can skip to.
GAP = re.compile(
    rb"[\\ \t\r\n\"'`](?:"
    + rb"|".join(
        (
            rb"(?<=\\)\\{0,3}(?:" + _WRAP + rb"|" + _CONCATENATION + rb")",
            rb"(?<=[ \t])[ \t]{0,15}(?:\r{0,2}\n|\r)" + _WRAP_END,
            rb"(?<=\r)(?:\r?\n)?" + _WRAP_END,
            rb"(?<=\n)" + _WRAP_END,
            rb"(?<=[\"'`])[\"'`]{0,2}" + _CONCATENATION_END,
            rb"(?:(?<=-[\"'`])|(?<=sk-ant[\"'`]))[\"'`]?(?=[A-Za-z0-9_-])",
        )
    )
    + rb")"
)
"""A joint with the backslashes before it, which continue a line or escape a quote."""
