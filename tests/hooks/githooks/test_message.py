"""What git keeps of a message file: all but the diff that a verbose commit shows below it."""

from __future__ import annotations

import pytest

from antkey_hooks.githooks.message import kept

CUT = b"# ------------------------ >8 ------------------------\n"
NOTES = b"# Do not modify or remove the line above.\n# Everything below it will be ignored.\n"
DIFF = b"diff --git a/a b/a\n+secret\n"


@pytest.mark.parametrize("diff", [DIFF, b"diff --cc a\n", b"", b"\n"])
def test_the_diff_of_a_verbose_commit_is_left_out(diff: bytes) -> None:
    assert kept(b"words\n" + CUT + NOTES + diff, edited=True) == b"words\n"


@pytest.mark.parametrize("sign", [b";", b"//", b"\xc2\xa7"])
def test_the_sign_of_a_comment_may_be_any(sign: bytes) -> None:
    message = b"words\n" + (CUT + NOTES).replace(b"#", sign) + DIFF
    assert kept(message, edited=True) == b"words\n"


def test_notes_may_be_in_any_language() -> None:
    notes = "# Ändern oder entfernen Sie nicht die obige Zeile.\n# Alles …\n".encode()
    assert kept(b"words\n" + CUT + notes + DIFF, edited=True) == b"words\n"


def test_lines_may_end_as_on_windows() -> None:
    message = (b"words\n" + CUT + NOTES + DIFF).replace(b"\n", b"\r\n")
    assert kept(message, edited=True) == b"words\r\n"


def test_without_an_editor_git_adds_no_diff() -> None:
    message = b"words\n" + CUT + NOTES + DIFF
    assert kept(message, edited=False) == message


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"words\n# a comment\n",
        b"words\n" + CUT + b"more words\n",
        b"words\n" + CUT + NOTES + b"more words\n" + DIFF,
        b"words ------------------------ >8 ------------------------\n" + DIFF,
    ],
)
def test_everything_else_is_kept(message: bytes) -> None:
    assert kept(message, edited=True) == message
