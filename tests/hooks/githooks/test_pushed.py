"""What is new in a push, from what git and the frameworks say to hooks."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from antkey_hooks.githooks.pushed import BrokenLine, announced, pushed, received

A, B, C = "a" * 40, "b" * 40, "c" * 40
LONG = "d" * 64
ZEROS = "0" * 40


def here(oids: Sequence[str]) -> list[str]:
    return list(oids)


def away(_: Sequence[str]) -> list[str]:
    return []


def same(revision: str) -> str:
    return revision


@pytest.mark.parametrize(
    ("line", "remote", "expected"),
    [
        (f"refs/heads/x {B} refs/heads/x {A}", "origin", f"{B} --not {A} --remotes=origin"),
        (f"refs/heads/x {B} refs/heads/x {ZEROS}", "origin", f"{B} --not --remotes=origin"),
        (f"(delete) {ZEROS} refs/heads/x {A}", "origin", None),
        (f"main~1 {B} refs/heads/x {ZEROS}", "a/b.c-d", f"{B} --not --remotes=a/b.c-d"),
        (f"refs/heads/x {B} refs/heads/x {ZEROS}", "https://host/x.git", f"{B} --not"),
        (f"refs/heads/x {B} refs/heads/x {A}", "../x.git", f"{B} --not {A}"),
        (f"refs/heads/x {B} refs/heads/x {ZEROS}", "--all", f"{B} --not"),
        (f"refs/heads/x {B} refs/heads/x {ZEROS}", None, f"{B} --not --remotes"),
        (f"x {LONG} y {'0' * 64}", "origin", f"{LONG} --not --remotes=origin"),
        (f"HEAD@{{1 week ago}} {B} y {ZEROS}", "origin", f"{B} --not --remotes=origin"),
    ],
)
def test_lines_of_pre_push(line: str, remote: str | None, expected: str | None) -> None:
    assert pushed([line.encode()], remote, here) == expected


def test_every_ref_of_a_push_counts() -> None:
    lines = [f"refs/heads/{new} {new} refs/heads/{new} {ZEROS}".encode() for new in (A, B, A)]
    assert pushed(lines, "origin", here) == f"{A} {B} --not --remotes=origin"


def test_what_others_forced_and_is_not_here_excludes_nothing() -> None:
    line = f"refs/heads/x {B} refs/heads/x {A}".encode()
    assert pushed([line], "origin", away) == f"{B} --not --remotes=origin"


def test_lines_of_pre_receive() -> None:
    lines = [
        f"{ZEROS} {A} refs/heads/a".encode(),
        f"{A} {B} refs/heads/b".encode(),
        f"{A} {ZEROS} refs/heads/gone".encode(),
        f"{B} {A} refs/heads/same".encode(),
    ]
    assert received(lines) == f"{A} {B} --not --all"


@pytest.mark.parametrize("line", [b"", b"x", b"x y z w", f"x {A} y main".encode(), A.encode()])
def test_what_git_does_not_write_is_no_push(line: bytes) -> None:
    with pytest.raises(BrokenLine):
        pushed([line], "origin", here)
    with pytest.raises(BrokenLine):
        received([line])


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, None),
        ({"TO_REF": B, "FROM_REF": A}, f"{B} --not {A} --remotes"),
        (
            {"TO_REF": B, "FROM_REF": A, "LOCAL_BRANCH": "refs/heads/x", "REMOTE_NAME": "origin"},
            f"{B} --not {A} --remotes=origin",
        ),
        ({"LOCAL_BRANCH": C, "REMOTE_NAME": "origin"}, f"{C} --not --remotes=origin"),
        ({"REMOTE_NAME": "origin"}, None),
    ],
)
def test_variables_of_the_frameworks(variables: dict[str, str], expected: str | None) -> None:
    environment = {f"PRE_COMMIT_{name}": value for name, value in variables.items()}
    assert announced(environment, same, here) == expected
