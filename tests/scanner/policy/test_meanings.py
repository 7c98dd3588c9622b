"""Every key of a policy is explained, with an example that is valid and a default that is true."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator

import pytest

from antkey_scanner.policy import Policy
from antkey_scanner.policy.kinds import Kind, Many, Named, Table
from antkey_scanner.policy.meanings import MEANINGS, meaning
from antkey_scanner.policy.schema import POLICY

IN_WORDS = ("required", "")


def keys(kind: Kind, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Kind]]:
    """All keys below a table."""
    inner = kind.of if isinstance(kind, Many | Named) else kind
    if isinstance(inner, Table):
        for name, element in inner.keys.items():
            yield (*path, name), element
            yield from keys(element, (*path, name))


KEYS = dict(keys(POLICY))


def is_table(kind: Kind) -> bool:
    return isinstance(kind.of if isinstance(kind, Many | Named) else kind, Table)


@pytest.mark.parametrize("path", KEYS, ids=".".join)
def test_every_key_has_a_meaning_with_an_example(path: tuple[str, ...]) -> None:
    about = meaning(path)
    assert about.text.endswith(".")
    assert bool(about.example) != is_table(KEYS[path])


def test_no_meaning_is_left_over() -> None:
    assert set(MEANINGS) <= {".".join(path) for path in KEYS}


VALUES = [path for path, kind in KEYS.items() if not is_table(kind)]


def alone(path: tuple[str, ...], value: str) -> str:
    """A policy with this key, and in its table what is required."""
    lines, kind = [], POLICY
    header: list[str] = []
    is_list = False
    for part in path[:-1]:
        found = kind.keys[part]
        header.append(part)
        if isinstance(found, Named):
            header.append("prod")
        is_list = isinstance(found, Many)
        inner = found.of if isinstance(found, Many | Named) else found
        assert isinstance(inner, Table)
        kind = inner
    if header:
        lines.append(f"[[{'.'.join(header)}]]" if is_list else f"[{'.'.join(header)}]")
    wanted = dict.fromkeys(kind.required)
    if path[:1] == ("waiver",):
        wanted["key"] = None
    lines += [f"{name} = {meaning((*path[:-1], name)).example}" for name in wanted]
    lines = [line for line in lines if not line.startswith(f"{path[-1]} = ")]
    return "\n".join([*lines, f"{path[-1]} = {value}", ""])


@pytest.mark.parametrize("path", VALUES, ids=".".join)
def test_every_example_is_valid(path: tuple[str, ...], read: Callable[..., Policy]) -> None:
    read(alone(path, meaning(path).example))


@pytest.mark.parametrize("path", VALUES, ids=".".join)
def test_every_default_that_is_a_value_is_the_real_one(
    path: tuple[str, ...], read: Callable[..., Policy]
) -> None:
    usual = meaning(path).usual
    try:
        tomllib.loads(f"x = {usual}")
    except tomllib.TOMLDecodeError:
        return  # in words
    if path[:2] == ("egress", "fields"):
        return  # names that are tried, not names that are set
    text = alone(path, usual)
    without = text.replace(f"{path[-1]} = {usual}\n", "")
    if path[:1] == ("waiver",) or path[:2] == ("scan", "accept"):
        return
    with_it, plain = read(text), read(without)
    assert with_it._replace(ref=plain.ref) == plain
