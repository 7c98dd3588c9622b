"""Tells apart what the ids in the cache depend on: the rules, the settings and the program itself."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator, Sequence

from antkey_scanner import __version__
from antkey_scanner.model import PatternRule
from antkey_scanner.worker import Settings


def rules_key(rules: Sequence[PatternRule], settings: Settings) -> bytes:
    """A hash over all that decides whether something is found in an object.

    What decides only what is done about it does not count: severities, texts, globs and marks; nor does what
    judges source code, which is not asked about objects of a history.
    """
    digest = hashlib.sha256(repr((__version__, sys.version)).encode())
    for rule in sorted(rules, key=lambda each: each.rule.id):
        digest.update(repr((rule.rule.id, *rule[1:])).encode())
    plain = settings._replace(exclude=(), follow_gitignore=False, marks=(), code=None, own=())
    digest.update(repr(plain).encode())
    for line in _modules():
        digest.update(line)
    return digest.digest()


def _modules() -> Iterator[bytes]:
    """The scanner's own modules: those who work on it do not change the version each time."""
    top = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    for folder, folders, names in os.walk(top):
        folders.sort()
        for name in sorted(names):
            if name.endswith(".py"):
                status = os.stat(os.path.join(folder, name))
                yield repr((folder[len(top) :], name, status.st_size, status.st_mtime_ns)).encode()
