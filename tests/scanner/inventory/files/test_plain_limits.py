"""Hostile TOML and YAML that are read many keys at a time: neither time nor memory runs away."""

from __future__ import annotations

import tracemalloc

import pytest
from tests.scanner.inventory.files.comparing import quickly
from tests.scanner.inventory.files.test_plain_records import rows_of

from antkey_scanner.inventory.formats import Broken, Reader
from antkey_scanner.inventory.formats.toml import TomlReader
from antkey_scanner.inventory.formats.yaml import YamlReader


@pytest.mark.parametrize("ending", [".toml", ".yaml"])
def test_records_that_are_known_but_for_their_end_are_given_up_soon(ending: str) -> None:
    """A pattern that could match their ends in two ways would go on for ever."""
    fields = [f"f{chr(97 + n // 8)}{chr(97 + n % 8)}" for n in range(60)]
    if ending == ".toml":
        sound = "[[keys]]\n" + "".join(f'{field} = "x"  # y\n' for field in fields)
        text = sound + (sound + "= 1\n") * 200
        reader: Reader = TomlReader(text, in_rows=True)
    else:
        lines = "\n    ".join(f"{field}: x y  # z" for field in fields)
        text = "keys:\n" + f"  - {lines}\n" + f"  - {lines}\n    &\n" * 200
        reader = YamlReader(text, in_rows=True)
    with pytest.raises(Broken):
        rows_of(reader)


@pytest.mark.parametrize(
    ("ending", "text"),
    [
        (".toml", '[[keys]]\nname = "a"\n' + "\n" * 1_000_000),
        (".toml", '[[keys]]\nname = "a"\n' + "# x\n" * 100_000),
        (".yaml", "keys:\n- name: a\n- name: b\n" + "\n" * 1_000_000),
        (".yaml", "keys:\n- name: a\n- name: " + "a " * 500_000 + "\n"),
    ],
)
def test_lines_that_say_nothing_take_no_memory(ending: str, text: str) -> None:
    tracemalloc.start()
    try:
        quickly(text, ending)
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()
