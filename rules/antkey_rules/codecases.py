"""Runs the examples of rules about source code: `PATH: TEXT`, or `PATH:` and the text below it."""

from __future__ import annotations

from antkey_scanner.code.rule import CodeRule
from antkey_scanner.code.search import search
from antkey_scanner.code.words import Vocabulary
from antkey_scanner.errors import RuleError


def check(rule: CodeRule) -> list[str]:
    """Run a rule's own examples, it alone. One sentence for each that fails."""
    failures = []
    for example in rule.rule.examples:
        path, colon, text = example.text.partition(":")
        if not colon:
            raise RuleError(
                f"{rule.rule.id}: {example.text!r} is no example; begin it with `PATH: `"
            )
        found = bool(list(search(path, text.lstrip(" ").encode(), (rule,), Vocabulary())))
        if found != example.matches:
            wanted = "must match and does not" if example.matches else "must not match and does"
            failures.append(f"{rule.rule.id}: example {example.text!r} {wanted}")
    return failures
