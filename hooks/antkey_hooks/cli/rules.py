"""`antkey rules`: what is checked, why, how to mend it; and the rules' own examples."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from antkey_hooks.cli import output
from antkey_hooks.cli.request import load_rules
from antkey_hooks.cli.values import suggestion
from antkey_reports.escape import terminal
from antkey_scanner.errors import ExitCode, PolicyError
from antkey_scanner.model import PatternRule, Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from antkey_hooks.cli.options import Options

_WIDTH = 80
_BOLD = "\x1b[1m"
_PLAIN = "\x1b[0m"


def list_rules(options: Options) -> ExitCode:
    """Every rule in one line, the worst first."""
    rules = load_rules(options.rules)
    off = _off_by_default()
    if _is_json(options):
        rows = [_fields(rule, usual=True) for rule in rules]
        rows += [_fields(rule, usual=False) for rule in off]
        output.write_out(_json({"rules": rows}))
        return ExitCode.OK
    lines = _list(rules)
    if not options.quiet:
        lines.append(f"\n{_count(rules)}; antkey rules show ID tells more\n")
    lines += [
        "\nOff by default; [scan] providers or detect_secrets in the policy turns them on\n\n"
    ]
    lines += _list(off)
    output.write_out("".join(lines))
    return ExitCode.OK


def _list(rules: Sequence[PatternRule]) -> list[str]:
    worst_first = sorted(rules, key=lambda rule: (-rule.rule.severity.rank, rule.rule.id))
    longest = max(len(rule.rule.id) for rule in rules)
    return [
        f"{rule.rule.severity.value:<8}  {terminal(rule.rule.id):<{longest}}"
        f"  {terminal(rule.rule.title)}\n"
        for rule in worst_first
    ]


def _off_by_default() -> tuple[PatternRule, ...]:
    """The rules for other providers' keys, and what detect-secrets does in the shape of rules."""
    from antkey_hooks.cli.others import provider_rules
    from antkey_scanner.bridge.detectors import rules

    return (*provider_rules(), *(PatternRule(rule, "", b"", b"") for rule in rules()))


def show_rule(name: str, options: Options) -> ExitCode:
    """A rule's page."""
    usual = load_rules(options.rules)
    rules = {rule.rule.id: rule for rule in (*usual, *_off_by_default())}
    rule = rules.get(name) or rules.get(name.replace("_", "-").lower())
    if rule is None:
        raise PolicyError(f"{name}: no such rule; {suggestion(name, tuple(rules))}")
    if _is_json(options):
        output.write_out(_json(_fields(rule, usual=rule in usual)))
    else:
        colour = not options.no_color and output.wants_colour(sys.stdout, os.environ)
        output.write_out(_page(rule, usual=rule in usual, colour=colour))
    return ExitCode.OK


def run_examples(options: Options) -> ExitCode:
    """Run the rules' examples; a broken rule of the user's is USAGE, one of ours INTERNAL."""
    from antkey_rules.examples import check
    from antkey_rules.load import load_builtin, load_files, load_providers

    rules = load_files(options.rules) if options.rules else load_builtin() + load_providers()[0]
    failures = [failure for rule in rules for failure in check(rule)]
    examples = sum(len(rule.rule.examples) for rule in rules)
    lines = [f"{terminal(failure)}\n" for failure in failures]
    if failures or not options.quiet:
        lines.append(f"{_count(rules)}, {examples} examples, {len(failures)} failed\n")
    output.write_out("".join(lines))
    if not failures:
        return ExitCode.OK
    return ExitCode.USAGE if options.rules else ExitCode.INTERNAL


def _is_json(options: Options) -> bool:
    if options.format not in ("text", "json"):
        raise PolicyError("--format: rules are printed as text or json; use one of them")
    return options.format == "json"


def _json(document: object) -> str:
    import json

    from antkey_reports.escape import json_document

    return json_document(json.dumps(document, indent=2)) + "\n"


def _fields(pattern_rule: PatternRule, *, usual: bool) -> dict[str, object]:
    rule = pattern_rule.rule
    return {
        "id": rule.id,
        "title": rule.title,
        "family": rule.family,
        "on_by_default": usual,
        "severity": rule.severity.value,
        "confidence": rule.confidence.value,
        "why": rule.why.strip(),
        "remedy": rule.remedy.strip(),
        "requirements": list(rule.requirements),
        "frameworks": list(rule.frameworks),
        "pattern": pattern_rule.pattern.decode("utf-8", "backslashreplace"),
        "examples": [{"text": e.text, "matches": e.matches} for e in rule.examples],
    }


def _page(pattern_rule: PatternRule, *, usual: bool, colour: bool) -> str:
    rule = pattern_rule.rule
    heads = [
        f"{terminal(rule.title)} ({terminal(rule.id)})",
        f"severity {rule.severity.value}, confidence {rule.confidence.value}",
    ]
    fails = "shown, never fails" if rule.severity is Severity.INFO else ""
    if fails:
        heads[1] += f" ({fails})"
    if not usual:
        heads[1] += "; off by default"
    sections = [
        ("Why", _wrapped(rule.why)),
        ("What to do", _wrapped(rule.remedy)),
        ("Found", [f"  {terminal(e.text)}" for e in rule.examples if e.matches]),
        ("Not found", [f"  {terminal(e.text)}" for e in rule.examples if not e.matches]),
        ("Requirements", _wrapped(", ".join(rule.requirements))),
        ("Frameworks", _wrapped(", ".join(rule.frameworks))),
    ]
    lines = [_heading(heads[0], colour=colour), heads[1]]
    for heading, body in sections:
        if body:
            lines += ["", _heading(heading, colour=colour), *body]
    return "\n".join(lines) + "\n"


def _heading(text: str, *, colour: bool) -> str:
    return f"{_BOLD}{text}{_PLAIN}" if colour else text


def _wrapped(text: str) -> list[str]:
    from textwrap import wrap

    return wrap(
        terminal(" ".join(text.split())),
        _WIDTH,
        initial_indent="  ",
        subsequent_indent="  ",
        break_on_hyphens=False,
    )


def _count(rules: Sequence[PatternRule]) -> str:
    return "1 rule" if len(rules) == 1 else f"{len(rules)} rules"
