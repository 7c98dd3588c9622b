"""What declarations say of names: which hold the settings of whoever runs the product, and which a key that
is put in from there. Told by text, since types are written alike in most languages.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from antkey_scanner.code.words import TENANT_WORDS, words
from antkey_scanner.late import late

_TYPE = (
    r"(?:[a-z]\w*\.)?(?:(?:App|Application|Server|Global|Service|Env|Environment|System|Platform|Anthropic|Claude|AI|Ai|Llm|LLM)"
    r"(?:Config|Configuration|Settings|Properties|Props|Options|Opts|State|Env)|Config|Configuration|Settings"
    r"|IConfiguration|IConfigurationRoot)"
)
_AFTER = late(
    rf"""(?x)
    (?<![\w.]) (?P<name>[a-z_]\w{{0,40}}) \)? (?:\s{{0,3}}:\s{{0,3}}|\s{{1,3}}) [&*]{{0,2}} (?:mut\s{{1,3}}|'\w{{1,20}}\s{{1,3}})?
    (?:(?:Arc|Rc|Box|State|Data|Extension|Readonly)<){{0,2}} (?P<type>{_TYPE}) (?![\w(.])
    """
)
_BEFORE = late(
    rf"""(?x)
    (?<![\w.]) (?:(?:IOptions|IOptionsSnapshot|IOptionsMonitor)<)? (?P<type>{_TYPE}) >? \s{{1,3}}
    (?P<name>[a-z_]\w{{0,40}}) \s{{0,3}} [;,)=]
    """
)
_ENDS = late(
    r"(?:Config(?:uration(?:Root)?)?|Settings|Properties|Props|Options|Opts|State|Env)(?![\w(.])"
)
_BEFORE_END, _AFTER_END = 160, 80
_OURS = r"\w{0,30}(?i:anthropic|claude|default|platform|system|global|shared)\w{0,30}"
_INJECTED = late(
    rf"""(?x)
    @Value \s? \( [^()\n]{{1,120}} \) \s{{1,20}} (?:(?:private|protected|public|final|lateinit)\s{{1,3}}){{0,3}}
      (?: String\s{{1,3}} (?P<java>\w{{1,60}}) | va[lr]\s{{1,3}} (?P<kotlin>\w{{1,60}}) )
    | \bprivate\s{{1,3}} (?:static\s{{1,3}})? (?:final\s{{1,3}}String|readonly\s{{1,3}}string\??)\s{{1,3}} (?P<field>{_OURS}) \s{{0,3}} [;=]
    | \bprivate\s{{1,3}}val\s{{1,3}} (?P<private>{_OURS}) \s{{0,3}}:\s{{0,3}}String
    """
)


_VARIABLES = ("ANTHROPIC_API_KEY", "CLAUDE_API_KEY", "ANTHROPIC_KEY")
_BUILT = late(r"""[}{)+.%,]{1,3}\s?["'`]?_API_KEY\b|_API_KEY["'`]""")


class Declared(NamedTuple):
    """settings: names of what holds settings, with the words of their types; injected: names of keys that
    are put in; lists_variables: whether names of the environment's variables are looked up by provider."""

    settings: dict[str, frozenset[str]]
    injected: frozenset[str]
    lists_variables: bool


def declared(text: str) -> Declared:
    """What a file declares."""
    settings: dict[str, frozenset[str]] = {}
    near = list(_near_types(text))
    for pattern in (_AFTER, _BEFORE):
        for start, end in near:
            for found in pattern.finditer(text, start, end):
                spoken = words(found["type"])
                if TENANT_WORDS.isdisjoint(spoken):
                    settings[found["name"]] = spoken
    lists = any(f"{quote}{name}{quote}" in text for name in _VARIABLES for quote in ("'", '"')) or (
        "_API_KEY" in text and _BUILT.search(text) is not None
    )
    if "@Value" not in text and "private" not in text:
        return Declared(settings, frozenset(), lists)
    injected = (next(name for name in found.groups() if name) for found in _INJECTED.finditer(text))
    return Declared(settings, frozenset(injected), lists)


def _near_types(text: str) -> Iterator[tuple[int, int]]:
    """Where the name of a type of settings may end, with more around it than a declaration is long: patterns
    that may begin anywhere are slow."""
    start = end = 0
    for found in _ENDS.finditer(text):
        at = found.start()
        if at - _BEFORE_END > end:
            if end:
                yield start, end
            start = at - _BEFORE_END
        end = at + _AFTER_END
    if end:
        yield max(0, start), end
