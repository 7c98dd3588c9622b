"""The text of the plugin that makes detect-secrets find Anthropic's keys, made from antkey's rules.

The plugin stands alone: it runs in whatever environment detect-secrets has, without antkey, on any
Python 3.8 or newer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from antkey_scanner.bridge.baseline import OWN_PLUGIN
from antkey_scanner.model import Confidence, PatternRule

FIRST_LINE = "# Written by `antkey init --detect-secrets`; run that again to renew it.\n"

_POSSESSIVE = re.compile(r"(\{\d+,\d*\}|[*+?])\+")
_ANCHOR = b"sk-ant-"

_BODY = '''\
"""Finds Anthropic credentials. detect-secrets has no detector for them."""

import re

from detect_secrets.plugins.base import BasePlugin

_KIND = "Anthropic Credential"
_PREFIX = "sk-ant-"
_EXPRESSIONS = [
    re.compile(expression, re.VERBOSE)
    for expression in (
%(expressions)s
    )
]


class %(name)s(BasePlugin):
    """Scans for Anthropic credentials."""

    secret_type = _KIND

    def analyze_string(self, string, **kwargs):
        at = string.find(_PREFIX)
        while at >= 0:
            found = (expression.match(string, at) for expression in _EXPRESSIONS)
            for match in filter(None, found):
                if not _is_made_up(match.group()[len(_PREFIX) :]):
                    yield match.group()
                    break
            at = string.find(_PREFIX, at + 1)


def _is_made_up(text):
    return len(set(text)) * 4 <= len(text)
'''


def source(rules: Sequence[PatternRule]) -> str:
    """The plugin for those of the rules that are sure of what they find."""
    expressions = [
        f'        r"""\n{_portable(rule.pattern)}\n        """,  # {rule.rule.id}'
        for rule in rules
        if rule.anchor == _ANCHOR
        and rule.rule.confidence is not Confidence.LOW
        and "visible" not in rule.filters
    ]
    return FIRST_LINE + _BODY % {"expressions": "\n".join(expressions), "name": OWN_PLUGIN}


def _portable(pattern: bytes) -> str:
    """Without possessive repeats, which Python has from 3.11 on; they make no difference to what is
    found."""
    lines = _POSSESSIVE.sub(r"\1", pattern.decode("ascii")).splitlines()
    return "\n".join(f"        {line}".rstrip() for line in lines)
