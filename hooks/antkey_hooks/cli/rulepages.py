"""The pages of `antkey rules show`: of a rule, and of a control that rules can break."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from antkey_reports.escape import terminal
from antkey_scanner.model import Control, PatternRule, Rule, Severity

_WIDTH = 80
_BOLD = "\x1b[1m"
_PLAIN = "\x1b[0m"


class Listed(NamedTuple):
    """A rule as people are told of it. pattern: "" where it is code; policy: the values of a policy that
    it takes; usual: whether it is on by default."""

    rule: Rule
    pattern: str = ""
    why: str = ""
    policy: tuple[str, ...] = ()
    usual: bool = True


def of_pattern(rule: PatternRule, *, usual: bool) -> Listed:
    """A rule that is searched for in bytes."""
    pattern = rule.pattern.decode("utf-8", "backslashreplace")
    return Listed(rule.rule, pattern, rule.rule.why.strip(), usual=usual)


def of_keys() -> tuple[Listed, ...]:
    """The rules about the key inventory."""
    from antkey_rules.keys import load_key_rules
    from antkey_rules.pyrules import page_of

    rules = (found.rule for found in load_key_rules())
    return tuple(Listed(rule, "", *page_of(rule)) for rule in rules)


def of_requests() -> tuple[Listed, ...]:
    """The rules about outgoing requests."""
    from antkey_rules.egress import load_egress_rules
    from antkey_rules.pyrules import page_of

    rules = (found.rule for found in load_egress_rules())
    return tuple(Listed(rule, "", *page_of(rule)) for rule in rules)


def of_files() -> tuple[Listed, ...]:
    """The rules about source code, settings and pages."""
    from antkey_rules.code import load_code_rules
    from antkey_rules.configuration import load_file_rules
    from antkey_rules.pyrules import page_of

    rules = [found.rule for found in load_code_rules()]
    rules += [found.rule for found in load_file_rules()]
    return tuple(Listed(rule, "", *page_of(rule)) for rule in rules)


def fields(listed: Listed) -> dict[str, object]:
    """A rule as JSON tells of it."""
    rule = listed.rule
    return {
        "id": rule.id,
        "title": rule.title,
        "family": rule.family,
        "on_by_default": listed.usual,
        "severity": rule.severity.value,
        "confidence": rule.confidence.value,
        "why": listed.why,
        "remedy": rule.remedy.strip(),
        "policy": list(listed.policy),
        "requirements": list(rule.requirements),
        "frameworks": list(rule.frameworks),
        "pattern": listed.pattern,
        "examples": [{"text": e.text, "matches": e.matches} for e in rule.examples],
    }


def control_fields(control: Control) -> dict[str, object]:
    """A control as JSON tells of it."""
    return {
        "id": control.id,
        "title": control.title,
        "severity": control.severity.value,
        "rules": list(control.rules),
        "requirements": list(control.requirements),
        "frameworks": list(control.frameworks),
    }


def page(listed: Listed, *, colour: bool) -> str:
    """A rule's page."""
    rule = listed.rule
    about = f"severity {rule.severity.value}, confidence {rule.confidence.value}"
    if rule.severity is Severity.INFO:
        about += " (shown, never fails)"
    if not listed.usual:
        about += "; off by default"
    sections = [
        ("Why", _paragraphs(listed.why)),
        ("What to do", _wrapped(rule.remedy)),
        ("Policy", [f"  {terminal(value)}" for value in listed.policy]),
        ("Found", _examples(e.text for e in rule.examples if e.matches)),
        ("Not found", _examples(e.text for e in rule.examples if not e.matches)),
        *_references(rule.requirements, rule.frameworks),
    ]
    return _page(f"{rule.title} ({rule.id})", about, sections, colour=colour)


def control_page(control: Control, titles: dict[str, str], *, colour: bool) -> str:
    """A control's page. titles: of rules, by id."""
    about = f"a control, severity {control.severity.value}"
    longest = max(map(len, control.rules), default=0)
    rules = [
        f"  {terminal(name):<{longest}}  {terminal(titles.get(name, ''))}".rstrip()
        for name in control.rules
    ]
    references = _references(control.requirements, control.frameworks)
    from antkey_rules.known import load_known

    known = next(one for one in load_known() if one.control.id == control.id)
    sections = [
        ("How", _wrapped(known.how)),
        ("Broken by", rules),
        ("When nothing was seen", _wrapped(known.missing)),
        *references,
    ]
    return _page(f"{control.title} ({control.id})", about, sections, colour=colour)


def _references(
    requirements: Sequence[str], frameworks: Sequence[str]
) -> tuple[tuple[str, list[str]], ...]:
    return (
        ("Requirements", _wrapped(", ".join(requirements))),
        ("Frameworks", _wrapped(", ".join(frameworks))),
    )


def _page(
    title: str, about: str, sections: Sequence[tuple[str, list[str]]], *, colour: bool
) -> str:
    lines = [_heading(terminal(title), colour=colour), about]
    for heading, body in sections:
        if body:
            lines += ["", _heading(heading, colour=colour), *body]
    return "\n".join(lines) + "\n"


def _heading(text: str, *, colour: bool) -> str:
    return f"{_BOLD}{text}{_PLAIN}" if colour else text


def _examples(texts: Iterable[str]) -> list[str]:
    """Each example as it is written; those of several lines stand apart."""
    lines: list[str] = []
    for text in texts:
        several = text.strip("\n").split("\n")
        if lines and len(several) > 1:
            lines.append("")
        lines += [f"  {terminal(line)}" for line in several]
    return lines


def _paragraphs(text: str) -> list[str]:
    lines: list[str] = []
    for paragraph in text.split("\n\n"):
        lines += ["", *_wrapped(paragraph)] if lines else _wrapped(paragraph)
    return lines


def _wrapped(text: str) -> list[str]:
    from textwrap import wrap

    return wrap(
        terminal(" ".join(text.split())),
        _WIDTH,
        initial_indent="  ",
        subsequent_indent="  ",
        break_on_hyphens=False,
    )
