"""Runs the examples of rules about files: `PATH: TEXT`, read as the scan reads such a file.

A rule has a few in its module, which its page shows, and many of every kind of file beside it, in
`RULE.cases`: below `=== bad PATH` stands what a file has to be found for, below `=== good PATH` what it must
not. Slots in the text are filled as in `examples`. The examples of a rule about what
git knows begin with `tracked`, `untracked` or `ignored`; those of a rule about one key in several files are
`same PATH PATH`.
"""

from __future__ import annotations

import os
import random
import re
from collections.abc import Iterator

from antkey_rules import builtin
from antkey_rules.configuration import code_parts, settings_parts
from antkey_rules.examples import fill
from antkey_rules.pyrules import module_of
from antkey_scanner.code import search as code
from antkey_scanner.code.search import Found
from antkey_scanner.code.words import Vocabulary
from antkey_scanner.errors import RuleError
from antkey_scanner.model import Confidence, Example, Finding, Location, Rule, SecretRef, Severity
from antkey_scanner.settings import search as settings
from antkey_scanner.settings import tracked
from antkey_scanner.settings.environments import SHARED, shared
from antkey_scanner.settings.rule import FileRule

_HEAD = re.compile(r"^=== (bad|good) (\S+)\n", re.MULTILINE)


def cases(rule: FileRule) -> Iterator[Example]:
    """The examples beside a rule's module."""
    folder = os.path.join(os.path.abspath(builtin.__path__[0]), rule.rule.family)
    path = os.path.join(folder, f"{module_of(rule.rule.id)}.cases")
    if not os.path.exists(path):
        return
    with open(path, encoding="utf-8") as file:
        parts = _HEAD.split(file.read())[1:]
    for label, name, text in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
        yield Example(f"{name}: {text}", matches=label == "bad")


def check(rule: FileRule, *, seed: str = "antkey") -> list[str]:
    """Run a rule's own examples, it alone. One sentence for each that fails, with its template."""
    failures = []
    for number, example in enumerate((*rule.rule.examples, *cases(rule))):
        generator = random.Random(f"{seed} {rule.rule.id} {number}")  # noqa: S311 - needs a seed
        found = _matches(rule, example.text, generator)
        if found != example.matches:
            wanted = "must match and does not" if example.matches else "must not match and does"
            failures.append(f"{rule.rule.id}: example {example.text!r} {wanted}")
    return failures


def _matches(rule: FileRule, example: str, generator: random.Random) -> bool:
    if rule.rule.id == SHARED:
        return bool(list(shared(map(_holding, example.split()[1:]), rule.rule)))
    path, colon, text = example.partition(": ")
    if not colon:
        raise RuleError(f"{rule.rule.id}: {example!r} is no example; begin it with `PATH: `")
    text = fill(text, generator)
    if rule.rule.id in (tracked.TRACKED, tracked.NOT_IGNORED):
        state, _, path = path.partition(" ")
        holds = tracked.is_meant(path) and tracked.key_in(path, text) is not None
        return holds and tracked.verdict(state == "tracked", state == "ignored") == rule.rule.id
    return bool(list(judged(rule, path, text)))


def _holding(path: str) -> Finding:
    """A key, always the same, found in a file."""
    rule = Rule("x", "", "", Severity.HIGH, Confidence.HIGH, "", "")
    return Finding(rule, Location(path, 1), "", "0" * 64, SecretRef("api03", "", "0" * 64))


def judged(rule: FileRule, path: str, text: str) -> Iterator[Found]:
    """What a rule has to say of a file."""
    data = text.encode()
    if code.is_wanted(path):
        if code.has_anchor(data):
            yield from code.search(path, data, code_parts([rule]), Vocabulary())
    elif settings.is_wanted(path) and settings.has_anchor(data):
        yield from settings.search(path, data, settings_parts([rule]), Vocabulary())
