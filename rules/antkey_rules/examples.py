"""Fills the examples of rules, so that no key-shaped text is ever written down, and runs them.

`{N}` in a template becomes N random base64url characters, `{N:hex}` N random ones of another alphabet,
`{N*TEXT}` N times TEXT.
"""

from __future__ import annotations

import random
import re
import string

from antkey_scanner.model import PatternRule
from antkey_scanner.search import Searcher

_ALPHABETS = {
    None: string.ascii_letters + string.digits + "-_",
    "alnum": string.ascii_letters + string.digits,
    "base64": string.ascii_letters + string.digits + "+/",
    "hex": "0123456789abcdef",
}
_SLOT = re.compile(
    r"\{(?P<count>\d{1,4})"
    r"(?::(?P<alphabet>alnum|base64|hex)|\*(?P<text>\{\d*\}|\{|[^{}]{1,80}))?\}"
)
_VISIBLE = 7


def fill(template: str, generator: random.Random) -> str:
    """The template with its slots filled from `generator`."""

    def slot(match: re.Match[str]) -> str:
        count = int(match["count"])
        if match["text"] is not None:
            return match["text"] * count
        return "".join(generator.choices(_ALPHABETS[match["alphabet"]], k=count))

    return _SLOT.sub(slot, template)


def check(rule: PatternRule, *, seed: str = "antkey") -> list[str]:
    """Run a rule's own examples, it alone. One sentence for each that fails, with its template."""
    searcher = Searcher([rule], visible=_VISIBLE)
    failures = []
    for number, example in enumerate(rule.rule.examples):
        generator = random.Random(f"{seed} {rule.rule.id} {number}")  # noqa: S311 - needs a seed
        text = fill(example.text, generator)
        found = bool(searcher.search(text.encode()).matches)
        if found != example.matches:
            wanted = "must match and does not" if example.matches else "must not match and does"
            failures.append(f"{rule.rule.id}: example {example.text!r} {wanted}")
    return failures
