"""Runs the examples of rules about files: `PATH: TEXT`, read as the scan reads such a file.

Slots in the text are filled as in `examples`. A rule about more than one file has examples of several
such files, each below a line `--- PATH`; they are judged together, see `placecases`.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

from antkey_rules.configuration import code_parts, settings_parts
from antkey_rules.examples import fill
from antkey_scanner.code import search as code
from antkey_scanner.code.search import Found
from antkey_scanner.code.words import Vocabulary
from antkey_scanner.errors import RuleError
from antkey_scanner.settings import search as settings
from antkey_scanner.settings.rule import FileRule


def check(rule: FileRule, *, seed: str = "antkey") -> list[str]:
    """Run a rule's own examples, it alone. One sentence for each that fails, with its template."""
    failures = []
    for number, example in enumerate(rule.rule.examples):
        generator = random.Random(f"{seed} {rule.rule.id} {number}")  # noqa: S311 - needs a seed
        path, colon, text = example.text.partition(": ")
        if not colon:
            raise RuleError(f"{rule.rule.id}: {example.text!r} is no example; begin it with `PATH: `")
        found = bool(list(judged(rule, path, fill(text, generator))))
        if found != example.matches:
            wanted = "must match and does not" if example.matches else "must not match and does"
            failures.append(f"{rule.rule.id}: example {example.text!r} {wanted}")
    return failures


def judged(rule: FileRule, path: str, text: str) -> Iterator[Found]:
    """What a rule has to say of a file."""
    data = text.encode()
    if code.is_wanted(path):
        if code.has_anchor(data):
            yield from code.search(path, data, code_parts([rule]), Vocabulary())
    elif settings.is_wanted(path) and settings.has_anchor(data):
        yield from settings.search(path, data, settings_parts([rule]), Vocabulary())
