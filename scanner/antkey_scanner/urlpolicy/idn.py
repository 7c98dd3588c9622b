"""Labels in other scripts: whether they are valid, and whether they are what they look like.

Valid by IDNA 2008. One script in a label, but for those that are written together. No label of another
script that reads as Latin letters. This is no full list of confusable characters (UTS 39): it knows
the twins of Latin letters in Cyrillic, Greek and Armenian, and what decomposes to a Latin letter.
"""

from __future__ import annotations

import unicodedata

import idna

_ENCODED = "xn--"

_TWINS = {
    "CYRILLIC": str.maketrans("аԁеһіјӏорԛѕԝхусѵԍүҽ", "adehijlopqswxycvgye"),
    "GREEK": str.maketrans("ονιραυκτχγ", "ovipauktxy"),
    "ARMENIAN": str.maketrans("օսհոցզղյ", "ouhngqnj"),
}
"""Letters whose form is that of a Latin one."""

_LETTERS = {
    code: letter
    for table in (
        *_TWINS.values(),
        # Near a Latin letter only: nothing by themselves, but not in a name that is known.
        str.maketrans("пгктмвнь", "nrktmbhb"),
        str.maketrans("ıłøđħŧɑɡɩʟ", "ilodhtagil"),
    )
    for code, letter in table.items()
}

_TOGETHER = (
    frozenset(("LATIN", "CJK", "HIRAGANA", "KATAKANA")),
    frozenset(("LATIN", "CJK", "BOPOMOFO")),
    frozenset(("LATIN", "CJK", "HANGUL")),
)
"""Scripts that are written together, as in UTS 39's restriction level "highly restrictive"."""

_INVALID = "has a host with an xn-- part that is not valid; mend it"
_MIXED = "has a host that mixes scripts in one part; use a name in one script"
_ALIKE = "has a host in letters of another script that look Latin; use a name in plain letters"


class Misleading(Exception):
    """A host is not valid, or not what it looks like. The message is the problem and its cure."""


def seen(host: str) -> str:
    """A host in lower case as a reader sees it, each letter as the Latin one that it looks like, without
    accents. Raises Misleading."""
    labels = (_decoded(label) if label.startswith(_ENCODED) else label for label in host.split("."))
    shown = unicodedata.normalize("NFKD", ".".join(labels)).translate(_LETTERS)
    return "".join(each for each in shown if not unicodedata.combining(each))


def _decoded(label: str) -> str:
    try:
        name = idna.ulabel(label)
        again = name.encode("punycode").decode("ascii")
    except (UnicodeError, ValueError, IndexError, OverflowError):  # what decoders may raise
        raise Misleading(_INVALID) from None
    # Two spellings of one name are two names to whoever compares them.
    if name.isascii() or _ENCODED + again != label:
        raise Misleading(_INVALID)
    scripts = {script for character in name if (script := _script(character))}
    if len(scripts) > 1 and not any(scripts <= together for together in _TOGETHER):
        raise Misleading(_MIXED)
    if any(name.translate(_TWINS[script]).isascii() for script in scripts & _TWINS.keys()):
        raise Misleading(_ALIKE)
    return name


def _script(character: str) -> str:
    """The script of a letter, by its name in Unicode; empty for what all scripts share."""
    if not unicodedata.category(character).startswith("L"):
        return ""
    return unicodedata.name(character, "?").partition(" ")[0]
