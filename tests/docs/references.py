"""The reference pages, made of what they describe: `python -m tests.docs.references` writes them anew.

docs/policy.md and docs/policy.schema.json from the policy's schema, docs/rules.md from the rules. Tests
compare what is written with what is there. docs/comparison.md comes from the benchmark's results.
"""

from __future__ import annotations

import json
import math
import re
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import assert_never

from tests.docs.comparisons import comparison_page

from antkey_hooks.cli.rulepages import Listed, of_files, of_keys, of_pattern, of_requests
from antkey_rules.known import load_known
from antkey_rules.load import load_builtin
from antkey_scanner.model import Control, PatternRule
from antkey_scanner.policy.jsonschema import json_schema
from antkey_scanner.policy.kinds import Day, Kind, Many, Named, Number, Table, Text, Truth
from antkey_scanner.policy.meanings import meaning
from antkey_scanner.policy.schema import POLICY

CHECKOUT = Path(__file__).resolve().parents[2]
COMMAND = "python -m tests.docs.references"
_MADE = f"<!-- Written by `{COMMAND}`; do not edit. -->"

_POLICY_HEAD = f"""\
{_MADE}
# The policy

What antkey holds a repository to: `antkey.toml`, or `[tool.antkey]` in `pyproject.toml`, looked up from
the folder you are in up to the repository's root, never in a foreign folder that is scanned; `--policy
FILE` names another. `antkey init` writes one with every key explained, and beside it
`.antkey/policy.schema.json`, by which editors (with Taplo, as in Even Better TOML) complete and check it.
The same schema: [policy.schema.json](policy.schema.json), `antkey init --schema`.

Unknown keys, wrong types and impossible values are errors with file, line, key and cure (exit code 2).
Every table is optional, and so is every key that is not marked as required. Options of the command line
go before the policy or add to it.

```toml
{{example}}
```
"""

_RULES_HEAD = f"""\
{_MADE}
# Rules

What antkey looks for: {{count}} rules, {{detectors}} of them detectors of detect-secrets. `antkey rules show
ID` prints a rule's page, `antkey rules list` all of them, `antkey rules test` runs their examples. In
examples `{{{{93}}}}` stands for 93 random characters.

A finding at or above `--fail-on` (default `low`) fails the run; `info` is shown and never fails. How a
finding is accepted: [accepting findings](accepting-findings.md). How to write a rule of your own: [add a
rule](../CONTRIBUTING.md#add-a-rule). What M1, T9 and their like are: [requirements](requirements.md).
"""

_FAMILIES = {
    "leak": (
        "Leaked keys",
        "In files, git, logs, archives, images and recordings, in plain sight and encoded.",
    ),
    "code": ("Source code", "Code that can send a tenant's request on the platform's key."),
    "exposure": ("Exposure", "Keys that reach browsers, phones or logs."),
    "config": ("Configuration", "Settings that hold keys, or let two parties share one."),
    "url": (
        "Base URLs",
        "Where a client's key goes when a base URL is set. More: [base URLs](urls.md).",
    ),
    "egress": (
        "Requests",
        "What a request carried, live or recorded. More: [whose key was it?](egress.md)",
    ),
    "rotation": ("Keys of the inventory", "Age, owners, use and limits. More: [keys](keys.md)."),
    "provider": (
        "Other providers' keys",
        "Off by default; `providers = true` under `[scan]` turns them on. More:"
        " [other providers](detect-secrets.md).",
    ),
    "detect-secrets": (
        "Detectors of detect-secrets",
        "Off by default; `detect_secrets = true` under `[scan]` turns them on.",
    ),
}


def policy_page() -> str:
    """docs/policy.md."""
    example = "\n".join(
        [
            'profile = "strict-byok"',
            "",
            "[scan]",
            'paths = ["."]',
            "history = true",
            "",
            "[inventory]",
            'files = ["keys.toml"]',
            "",
            "[egress]",
            'surfaces = ["chat"]',
            'evidence = ["evidence/*.jsonl"]',
        ]
    )
    parts = [_POLICY_HEAD.format(example=example)]
    own = {name: kind for name, kind in POLICY.keys.items() if _table_of(kind) is None}
    parts.append("## At the top\n\n" + _key_table(own, (), POLICY.required))
    for name, kind in POLICY.keys.items():
        parts += _tables((name,), kind)
    return "\n".join(parts)


def _tables(path: tuple[str, ...], kind: Kind) -> Iterator[str]:
    """The section of a table, then those of the tables in it."""
    table = _table_of(kind)
    if table is None:
        return
    own = {name: inner for name, inner in table.keys.items() if _table_of(inner) is None}
    lines = [f"## `{_header(path, kind)}`", "", meaning(path).text, ""]
    if path == ("rotation", "environments"):
        lines += ["The keys are those of `[rotation]`.", ""]
    else:
        lines += [_key_table(own, path, table.required)]
    example = [f"{name} = {meaning((*path, name)).example}" for name in own]
    lines += ["```toml", _header(path, kind).replace("NAME", _name(path)), *example, "```", ""]
    yield "\n".join(lines)
    for name, inner in table.keys.items():
        yield from _tables((*path, name), inner)


def _key_table(keys: dict[str, Kind], path: tuple[str, ...], required: Sequence[str]) -> str:
    rows = ["| key | value | default | meaning |", "|---|---|---|---|"]
    for name, kind in keys.items():
        about = meaning((*path, name))
        usual = "**required**" if name in required else _default(about.usual)
        rows.append(f"| `{name}` | {_type(kind)} | {usual} | {_cell(about.text)} |")
    return "\n".join(rows) + "\n"


def _default(usual: str) -> str:
    is_value = re.fullmatch(r"\[.*\]|\".*\"|'.*'|\d+|true|false", usual) is not None
    return f"`{usual}`" if is_value else _cell(usual)


def _type(kind: Kind) -> str:
    match kind:
        case Text(choices=choices) if choices:
            return (
                _cell(" or ".join(f'`"{each}"`' for each in choices))
                if len(choices) < 6
                else "one of a list"
            )
        case Text():
            return "text"
        case Number(low=low, high=high, whole=whole):
            most = "" if math.isinf(high) else f" to {high:,.0f}"
            return f"{'whole number' if whole else 'number'} from {low:g}{most}"
        case Truth():
            return "`true` or `false`"
        case Day():
            return "date"
        case Many(of=of, alone=alone):
            return f"list of {_plural(of)}" + (", or one alone" if alone else "")
        case Table() | Named():
            return "table"
        case _:
            assert_never(kind)


def _plural(kind: Kind) -> str:
    match kind:
        case Text(choices=choices) if choices and len(choices) < 6:
            return " and ".join(f'`"{each}"`' for each in choices)
        case Text(choices=choices) if choices:
            return "names"
        case Text():
            return "texts"
        case _:
            return (
                _type(kind)
                .replace("whole number", "whole numbers")
                .replace("number f", "numbers f")
            )


def _table_of(kind: Kind) -> Table | None:
    inner = kind.of if isinstance(kind, Many | Named) else kind
    return inner if isinstance(inner, Table) else None


def _header(path: tuple[str, ...], kind: Kind) -> str:
    dotted = ".".join(path)
    match kind:
        case Many():
            return f"[[{dotted}]]"
        case Named():
            return f"[{dotted}.NAME]"
        case _:
            return f"[{dotted}]"


def _name(path: tuple[str, ...]) -> str:
    """A name that a user could choose."""
    return {"rotation": "prod", "controls": "keys-are-rotated"}.get(path[0], "key-never-rotated")


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def schema_file() -> str:
    """docs/policy.schema.json."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


def all_rules() -> list[Listed]:
    """Every rule there is."""
    from antkey_hooks.cli.others import provider_rules
    from antkey_scanner.bridge.detectors import rules

    off = (*provider_rules(), *(PatternRule(rule, "", b"", b"") for rule in rules()))
    return [
        *(of_pattern(rule, usual=True) for rule in load_builtin()),
        *of_files(),
        *of_requests(),
        *of_keys(),
        *(of_pattern(rule, usual=False) for rule in off),
    ]


def rules_page() -> str:
    """docs/rules.md."""
    listed = all_rules()
    families: dict[str, list[Listed]] = {name: [] for name in _FAMILIES}
    for each in listed:
        families[each.rule.family].append(each)
    for several in families.values():
        several.sort(key=lambda each: (-each.rule.severity.rank, each.rule.id))
    controls = [known.control for known in load_known()]
    broken = {name: control for control in controls for name in control.rules}
    head = _RULES_HEAD.format(count=len(listed), detectors=len(families["detect-secrets"]))
    parts = [head]
    parts.append(_controls(controls))
    parts += [_family(name, several, broken) for name, several in families.items() if several]
    return "\n".join(parts)


def _controls(controls: Sequence[Control]) -> str:
    """What rules break: the lines of a verdict."""
    lines = [
        "## Controls",
        "",
        "`antkey check` gives its verdict by control. Those without a rule are",
    ]
    lines[-1] += " attested: no machine can see them. More: [the verdict](check.md)."
    lines += ["", "| control | severity | what holds | broken by |", "|---|---|---|---|"]
    for control in sorted(controls, key=lambda each: (-each.severity.rank, each.id)):
        rules = ", ".join(f"[`{rule}`](#{rule})" for rule in control.rules) or "attested"
        if control.id == "no-other-secret":
            rules = "[detectors of detect-secrets](#detectors-of-detect-secrets)"
        name, level = control.id, control.severity.value
        lines.append(f"| `{name}` | {level} | {_cell(control.title)} | {rules} |")
    return "\n".join([*lines, ""])


def _family(name: str, several: list[Listed], broken: dict[str, Control]) -> str:
    title, about = _FAMILIES[name]
    has_pages = name != "detect-secrets"
    lines = [f"## {title}", "", about, "", "| rule | severity | what it finds | requirements |"]
    lines.append("|---|---|---|---|")
    for each in several:
        rule = each.rule
        shown = f"[`{rule.id}`](#{rule.id})" if has_pages else f"`{rule.id}`"
        wanted = ", ".join(rule.requirements)
        lines.append(f"| {shown} | {rule.severity.value} | {_cell(rule.title)} | {wanted} |")
    sections = [_section(each, broken) for each in several] if has_pages else []
    return "\n".join([*lines, "", *sections])


def _section(listed: Listed, broken: dict[str, Control]) -> str:
    rule = listed.rule
    about = f"Severity {rule.severity.value}, confidence {rule.confidence.value}."
    lines = [f"### {rule.id}", "", f"**{rule.title}.** {about}", ""]
    if rule.id in broken:
        lines[-2] += f" Breaks the control `{broken[rule.id].id}`."
    lines += [*_paragraphs(listed.why), f"**What to do.** {_flat(rule.remedy)}", ""]
    if listed.policy:
        values = ", ".join(f"`{value}`" for value in listed.policy)
        lines += [f"**In the policy:** {values}.", ""]
    for word, matches in (("Found", True), ("Not found", False)):
        texts = [each.text.strip("\n") for each in rule.examples if each.matches is matches]
        if texts:
            lines += [f"{word}:", "", "```text", texts[0], "```", ""]
    if rule.frameworks:
        lines += [f"Frameworks: {', '.join(rule.frameworks)}.", ""]
    return "\n".join(lines)


def _paragraphs(text: str) -> list[str]:
    return [line for paragraph in text.split("\n\n") for line in (_flat(paragraph), "")]


def _flat(text: str) -> str:
    return textwrap.fill(" ".join(text.split()), 10_000).replace("<", "\\<")


PAGES = {
    "docs/comparison.md": comparison_page,
    "docs/policy.md": policy_page,
    "docs/policy.schema.json": schema_file,
    "docs/rules.md": rules_page,
}
"""What is made, by which function."""


if __name__ == "__main__":
    for name, make in PAGES.items():
        (CHECKOUT / name).write_text(make(), encoding="utf-8")
