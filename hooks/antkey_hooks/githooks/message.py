"""Reads what git will keep of the file in which a commit's message is written."""

from __future__ import annotations

import re

# What `git commit --verbose` puts below the message, and takes away again: a line of its own that
# no translation touches, comments, and the diff. The comment's sign can be any.
_SCISSORS = re.compile(
    rb"^(?P<sign>[^\w\s]{1,8}) -{24} >8 -{24}\r?\n(?:(?P=sign)[^\n]*\n){0,8}\s*(?:\Z|diff --)",
    re.MULTILINE,
)


def kept(message: bytes, *, edited: bool) -> bytes:
    """The message without the diff that `--verbose` shows below it; comments stay.

    The diff would alarm about what the index has, and about a key that the commit takes away. edited:
    whether an editor was open; without one git adds no diff, and what looks like one is kept.
    """
    if not edited:
        return message
    found = _SCISSORS.search(message)
    return message if found is None else message[: found.start()]
