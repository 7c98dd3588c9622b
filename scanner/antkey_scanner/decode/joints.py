r"""What may stand between two pieces of one value: line wraps, string concatenation, shell quoting.

One place for the patterns, because `regions` grows over them in both directions and `wrap` takes them
out again; each is written a second time for reversed bytes. All are bounded; a long joint is white
space for the most part. A comma or a colon is no joint: those stand between values.
"""

from __future__ import annotations

import re

from antkey_scanner.tokens import TOKEN_CLASS

LONGEST = 640
"""Bytes: no joint is longer."""

_QUOTE = rb"[\"'`]{1,3}"
# White space, an operator or the quotes may be escaped: source code in a JSON string (`\n`, two
# characters), in quoted-printable (`=20`, and `=` before a line break), in a URL, in a web page.
_SPACE = rb"(?:[ \t\r\n]|\\[nrt]|=\r{0,8}\n|(?:[=%]|\\u00|\\x)(?:20|0[9AaDd])){0,80}"
_ECAPS = rb"(?:[ \t\r\n]|[nrt]\\|\n\r{0,8}=|(?:02|[9AaDd]0)(?:[=%]|00u\\|x\\)){0,80}"
_OPERATOR = (
    rb"(?:\+{1,2}|\.{1,2}|&(?:[a-z]{2,4};|#x?[0-9a-f]{1,6};)?|_|\\|\|\||<>|\^|~"
    rb"|\.(?:append|concat|Append|Concat)\(|(?:[=%]|\\u00|\\x)(?:2[6BbEe]|5[Cc])|%7[Cc]%7[Cc])"
)
_ROTAREPO = (
    rb"(?:\+{1,2}|\.{1,2}|(?:;[a-z]{2,4}|;[0-9a-f]{1,6}x?#)?&|_|\\|\|\||><|\^|~"
    rb"|\((?:dneppa|tacnoc|dneppA|tacnoC)\.|(?:[6BbEe]2|[Cc]5)(?:[=%]|00u\\|x\\)|[Cc]7%[Cc]7%)"
)

# The start of a wrapped line: an indentation, and what quoted mails and comments put there.
_MARGIN = rb"[ \t]{0,80}(?:(?:(?:>|&gt;)[ \t]{0,8}){1,8}|(?:[#*|;!]{1,3}|//|--)[ \t]{1,8})?"
_NIGRAM = rb"(?:(?:[ \t]{0,8}(?:>|;tg&)){1,8}|[ \t]{1,8}(?:[#*|;!]{1,3}|//|--))?[ \t]{0,80}"

_WRAP = rb"[ \t]{0,16}(?:\r{0,8}\n|\r)" + _MARGIN
_PARW = rb"(?=[ \t\r\n>;])" + _NIGRAM + rb"(?:\n\r{0,8}|\r)[ \t]{0,16}"

# From behind the first quote. Before the last one b"…", u8"…", a backslash.
_CONCATENATION = (
    rb"\){0,2}%b(?:%b%b){0,2}\({0,2}(?:(?<![\"'`])[BFLNRUbfru]{1,2}8?|\\{1,4}|)%b"
) % (_SPACE, _OPERATOR, _SPACE, _QUOTE)
_NOITANETACNOC = (rb"%b(?:8?[BFLNRUbfru]{1,2}(?![\"'`])|\\{1,4}|)\({0,2}(?:%b%b){0,2}%b\){0,2}") % (
    _QUOTE,
    _ECAPS,
    _ROTAREPO,
    _ECAPS,
)

# Shell: sk-ant-"api03-…". Only behind what a key may be cut after: NAME="…" must not be a joint.
_QUOTED = rb"(?:(?<=-)|(?<=sk-ant))[\"'`]{1,2}(?=[A-Za-z0-9_-])"
_DETOUQ = rb"(?<=[A-Za-z0-9_-])[\"'`]{1,2}(?=-|tna-ks)"

# The rest is escaped itself and becomes a joint when that is undone: `wrap` leaves it alone.
# A line break that is escaped and an indentation that is not: YAML in a JSON string.
_INDENTED = rb"(?=[ \t>])(?:(?<=\\[nr])|(?<=[#0]1[03];)|(?<=[xX0][AaDd];))" + _MARGIN
_DETNEDNI = rb"(?=[ \t>])" + _NIGRAM + rb"(?=[nr]\\|;[03]1[#0]|;[AaDd][xX0])"
# Concatenation between quotes, or blanks beside them, that are.
_REFERENCED = (
    rb"(?=[ \t\r\n.|)])(?:(?<=[1-9a-z];)|(?<=[=%%]2[027])|(?<=[=%%]60)|(?<=[=%%]0[9AaDd])"
    rb"|(?<=\\u002[027])|(?<=\\u0060)|(?<=\\x2[027])|(?<=\\x60))"
    rb"\){0,2}%b(?:%b%b){0,2}\({0,2}"
    rb"(?=&(?:quot|apos|#)|(?:[=%%]|\\u00|\\x)(?:2[027]|60|0[9AaDd]))"
) % (_SPACE, _OPERATOR, _SPACE)
_DECNEREFER = (
    rb"(?=[ \t\r\n.|(])(?:(?<=&)|(?<=[027]2[=%%])|(?<=06[=%%])|(?<=[9AaDd]0[=%%])"
    rb"|(?<=[027]200u\\)|(?<=0600u\\)|(?<=[027]2x\\)|(?<=06x\\))"
    rb"\({0,2}%b(?:%b%b){0,2}\){0,2}"
    rb"(?=;(?:touq|sopa|[0-9A-Fa-f])|(?:[027]2|06|[9AaDd]0)(?:[=%%]|00u\\|x\\))"
) % (_ECAPS, _ROTAREPO, _ECAPS)
# JavaScript's \u{2d} and Perl's \x{2d}.
_BRACED = rb"(?<=\\[ux])\{[0-9A-Fa-f]{1,8}\}"
_DECARB = rb"\}[0-9A-Fa-f]{1,8}\{(?=[ux]\\)"


def _grow(*joints: bytes, braced: bytes) -> bytes:
    tokens, joint = TOKEN_CLASS, rb"|".join(joints)
    # Not `(…)*+`: before 3.11.5 Python drops matches of possessive groups that hold alternatives
    # (cpython gh-106052). Nothing follows, so nothing is ever gone back over.
    return rb"%b*+ (?: (?:%b)%b++ | %b%b*+ )*".replace(b" ", b"") % (
        tokens,
        joint,
        tokens,
        braced,
        tokens,
    )


_FORWARD = _grow(_WRAP, _QUOTE + _CONCATENATION, _QUOTED, _INDENTED, _REFERENCED, braced=_BRACED)
_BACKWARD = _grow(_PARW, _NOITANETACNOC + _QUOTE, _DETOUQ, _DETNEDNI, _DECNEREFER, braced=_DECARB)
# Begins with one set of characters, to which the regular expression engine can skip.
_GAP = (
    rb"[\\ \t\r\n\"'`](?:"
    + rb"|".join(
        (
            rb"(?<=\\)\\{0,3}(?:" + _WRAP + rb"|" + _QUOTE + _CONCATENATION + rb")",
            rb"(?<=[ \t])[ \t]{0,15}(?:\r{0,8}\n|\r)" + _MARGIN,
            rb"(?<=\r)(?:\r{0,7}\n)?" + _MARGIN,
            rb"(?<=\n)" + _MARGIN,
            rb"(?<=[\"'`])[\"'`]{0,2}" + _CONCATENATION,
            rb"(?:(?<=-[\"'`])|(?<=sk-ant[\"'`]))[\"'`]?(?=[A-Za-z0-9_-])",
        )
    )
    + rb")"
)

FORWARD: re.Pattern[bytes]
"""The rest of a token and all pieces that are joined to its end."""

BACKWARD: re.Pattern[bytes]
"""The same over reversed bytes, for the pieces that are joined to a token's start."""

GAP: re.Pattern[bytes]
"""A joint with the backslashes before it, which continue a line or escape a quote."""


def __getattr__(name: str) -> re.Pattern[bytes]:
    """Compile a pattern when it is asked for: together they take 4 ms, and most files need none."""
    sources = {"FORWARD": _FORWARD, "BACKWARD": _BACKWARD, "GAP": _GAP}
    if name not in sources:
        raise AttributeError(name)
    pattern = globals()[name] = re.compile(sources[name])
    return pattern
