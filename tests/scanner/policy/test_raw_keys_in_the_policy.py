"""A policy that holds a key is refused by the key's place, and the key is never shown."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from antkey_scanner.policy import Policy


def escaped(key: str) -> str:
    return "".join(f"\\u{ord(char):04x}" for char in key)


@pytest.mark.parametrize(
    ("shape", "line"),
    [
        ("\n# an old one: {key}\n", 2),
        ("[scan]\npaths = ['{key}']\n", 2),
        ('[[waiver]]\nrule = "a"\nkey = "{escaped}"\n', 3),
        ('"{escaped}" = 1\n', 1),
        ("{key} = 1\n", 1),
        ("\n\n# {escaped}\n", 3),
        ('x = """\n\n{half}\\\n   {rest}"""\n', 3),
        ("= broken, and {key}\n", 1),
        ('x = "\\U0000{upper}k-ant-{tail}"\n', 1),
    ],
)
def test_a_raw_key_is_refused_by_its_place_and_never_shown(
    refusal: Callable[..., str], make_key: Callable[..., str], shape: str, line: int
) -> None:
    key = make_key()
    text = shape.format(
        key=key,
        escaped=escaped(key),
        half=key[:30],
        rest=key[30:],
        upper=f"{ord('s'):04X}",
        tail=key.removeprefix("sk-ant-"),
    )
    message = refusal(text)
    assert message.startswith(f"antkey.toml:{line}: holds a raw API key; ")
    assert not any(key[13:][at : at + 6] in message for at in range(90))


@pytest.mark.parametrize(
    "family", ["api03", "admin01", "oat01", "ort01", "sid01", "usr", "future9"]
)
def test_raw_keys_of_all_families_are_refused(
    refusal: Callable[..., str], make_key: Callable[..., str], family: str
) -> None:
    assert "holds a raw API key" in refusal(f"# {make_key(family)}\n")


@pytest.mark.parametrize(
    "text",
    ["# keys look like sk-ant-api03-" + "x" * 95, "# sk-ant-api03-…", "# sk-ant-api03-R2D...igAA"],
)
def test_a_masked_key_is_no_raw_key(read: Callable[..., Policy], text: str) -> None:
    assert read(text).ref.path == "antkey.toml"


def test_a_key_elsewhere_in_pyproject_toml_is_for_the_scan_to_find(
    read: Callable[..., Policy], refusal: Callable[..., str], make_key: Callable[..., str]
) -> None:
    elsewhere = f'[project]\nname = "{make_key()}"\n'
    ours = '[tool.antkey]\nprofile = "strict-byok"\n'
    assert read(elsewhere + ours, name="pyproject.toml").ref.profile == "strict-byok"
    message = refusal(f"{elsewhere}{ours}# {make_key()}\n[tool.other]\n", name="pyproject.toml")
    assert message.startswith("pyproject.toml:5: holds a raw API key; ")


def test_an_inline_table_in_pyproject_toml_is_ours_as_well(
    refusal: Callable[..., str], make_key: Callable[..., str]
) -> None:
    text = f'[tool]\nantkey = {{ profile = "{escaped(make_key())}" }}\n'
    message = refusal(text, name="pyproject.toml")
    assert message.startswith("pyproject.toml:2: holds a raw API key; ")
