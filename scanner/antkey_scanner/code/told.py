# ruff: noqa: SIM905 - lists of words are read as words
"""What code says itself of a key that it gives back: `{ key, source: "user" }`, `(key, "platform")`,
`{ client, isByok: true }`. Pure, on text."""

from __future__ import annotations

from antkey_scanner.code.whose import Whose
from antkey_scanner.late import late

_THEIRS = frozenset(
    "user byok byo own tenant org organization organisation workspace team account company customer personal"
    " custom project".split()
)
_OURS = frozenset(
    "env environment platform server system shared default global house managed internal operator hosted"
    " fallback app pool".split()
)
_SAID = late(
    r"""(?x) \b\w{0,20}(?:[sS]ource|[oO]rigin|[vV]ia|[mM]ode|[oO]wner|[fF]rom)["']?\s{0,3}[:=]>?\s{0,3}["'](?P<named>[a-z]{2,20})[\w -]{0,20}["']
    | ,\s{0,9}["'](?P<last>[a-z]{2,20})(?:[_-]\w{1,20})?["']\s{0,9}[)\]}]{0,2}\s{0,9}\Z
    | \b(?:is|using|uses|used)_?(?P<flag>[bB]yok|BYOK|[oO]wn|[uU]ser|[pP]latform|[hH]ouse|[sS]ystem|[sS]hared|[dD]efault)\w{0,20}["']?\s{0,3}[:=]>?\s{0,3}(?P<is>[tT]rue|[fF]alse)
    """
)
_KEYS = late(
    r"(?<![\w.])(?:\w{0,20}[kK]ey|api_?[kK]ey|token|secret|client|provider|model)\b(?!\s*[:=]\s*(?:null|None|undefined|nil|true|false))"
)
_SHOWN = late(r"(?i)mask|preview|last_?4|hint|configured|has_?\w*key|connected|label")


def told(value: str) -> Whose:
    """Whose a value is by what is said beside it. Of what only shows that there is a key, nothing is said."""
    if len(value) > 600 or _KEYS.search(value) is None or _SHOWN.search(value) is not None:
        return Whose.NOBODY
    for found in _SAID.finditer(value):
        who = (found["named"] or found["last"] or found["flag"]).lower()
        whose = Whose.TENANT if who in _THEIRS else Whose.PLATFORM if who in _OURS else Whose.NOBODY
        if found["is"] and found["is"].lower() == "false":
            whose = _OTHER[whose]
        if whose is not Whose.NOBODY:
            return whose
    return Whose.NOBODY


_OTHER = {
    Whose.TENANT: Whose.PLATFORM,
    Whose.PLATFORM: Whose.TENANT,
    Whose.NOBODY: Whose.NOBODY,
}
