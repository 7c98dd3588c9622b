"""Reads the value that begins at a place of a line: quoted, a template, or bare. Pure."""

from __future__ import annotations

from antkey_scanner.late import late

_QUOTED = late(
    r"""(?x)
      \\{1,3}(?P<escaped>["']) (?P<in_escaped> [^"'\\\n]{0,2000} )
    | [rbfu]? "(?P<double> (?: [^"\\\n] | \\. ){0,4000} )
    | [rbfu]? '(?P<single> (?: [^'\\\n] | \\. ){0,4000} )
    | `(?P<tick> [^`\n]{0,4000} )
    """
)
_BARE = late(
    r"\w{1,10}://\[[0-9A-Fa-f:.%]{2,60}\][^\s,;}\]\"'<>`\\]{0,4000}|[^\s,;}\]\"'<>`\\]{1,4000}"
)
_OBJECT = late(r"""\{\s{0,9}["']?\w{1,80}["']?\s{0,9}:(?!-)""")
_TEMPLATE = late(r"\$?\{\{[^{}\n]{0,300}\}\}|\$?\{[^{}\n]{0,300}\}|\$\([^()\n]{0,300}\)")
_TAG = late(r"![A-Za-z][\w:./-]{0,40}[ \t]*")
_ALONE = late(r"""\[\s{0,9}(["'])(?P<value>[^"'\n]{1,2000})\1\s{0,9}\]""")


def value_at(line: str, at: int, sep: str) -> tuple[str, int, bool]:
    """The value that begins at an offset of a line, where it ends, whether it was quoted."""
    quoted = _QUOTED.match(line, at)
    if quoted is not None:
        group = quoted.lastgroup or ""
        text = quoted["in_escaped"] if group == "in_escaped" else quoted[group]
        return text or "", quoted.end(), True
    if _OBJECT.match(line, at) is not None:
        return line[at], at, False
    template = _TEMPLATE.match(line, at)
    if template is not None:
        return template.group(), template.end(), False
    tag = _TAG.match(line, at)
    if tag is not None:
        return tag.group() + line[tag.end() : tag.end() + 200].strip(), len(line), False
    bare = _BARE.match(line, at)
    if bare is None:
        return line[at : at + 1].strip(), at, False
    if sep == ":" and line.startswith(("{", "["), at):
        alone = _ALONE.match(line, at)
        return (line[at], at, False) if alone is None else (alone["value"], alone.end(), False)
    return bare.group(), bare.end(), False
