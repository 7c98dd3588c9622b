"""An inventory that holds a key of another provider, or one in base64, is refused by its place."""

from __future__ import annotations

import base64
import random
import string
from collections.abc import Callable

import pytest

from antkey_scanner.errors import PolicyError
from antkey_scanner.inventory.files import read_sheet

LETTERS = string.ascii_letters + string.digits


def drawn(count: int, alphabet: str = LETTERS) -> str:
    return "".join(random.Random(count).choices(alphabet, k=count))


OTHERS = [
    *(f"sk-{family}-{drawn(74)}T3BlbkFJ{drawn(74)}" for family in ("proj", "svcacct", "admin")),
    f"sk-{drawn(20)}T3BlbkFJ{drawn(20)}",
    f"sk-or-v1-{drawn(64, '0123456789abcdef')}",
    f"AIza{drawn(35)}",
    f"gsk_{drawn(52)}",
    f"xai-{drawn(80)}",
    f"ABSK{drawn(120)}",
]


def refused(text: str) -> str:
    with pytest.raises(PolicyError) as found:
        read_sheet(text.encode(), "keys.toml", ".toml")
    (message,) = found.value.args
    return str(message)


@pytest.mark.parametrize("key", OTHERS, ids=lambda key: key[:7])
@pytest.mark.parametrize("line", ['version = "{}"', "# {}", 'name = "a {}"', '"{}" = 1'])
def test_a_key_of_another_provider_is_refused_by_its_place(key: str, line: str) -> None:
    message = refused(f"[[keys]]\n{line.format(key)}\n")
    assert message.startswith("keys.toml:2: holds a raw API key of another provider; ")
    assert key[8:20] not in message


@pytest.mark.parametrize(
    "text", ["sk-proj-" + "x" * 60, "sk-or-v1-...", "AIza", "gsk_" + drawn(51), drawn(9) + "xai-1"]
)
def test_what_only_looks_like_one_is_none(text: str) -> None:
    (key,) = read_sheet(f'[[keys]]\nname = "{text}"\n'.encode(), "keys.toml").keys
    assert key.name == text


def test_a_key_in_base64_is_refused_by_its_place(make_key: Callable[..., str]) -> None:
    encoded = base64.b64encode(make_key().encode()).decode()
    for line in (f'version = "{encoded}"', f"# {encoded.rstrip('=')}"):
        message = refused(f'[[keys]]\nname = "a"\n{line}\n')
        assert message.startswith("keys.toml:3: holds a raw API key in base64; ")
        assert encoded[20:32] not in message


def test_base64_of_something_else_is_none() -> None:
    text = base64.b64encode(b"sk-ant-" + b"x" * 60).decode()
    assert read_sheet(f'[[keys]]\nname = "{text}"\n'.encode(), "keys.toml").keys


def test_a_store_s_export_may_keep_its_keys_in_base64(make_key: Callable[..., str]) -> None:
    encoded = base64.b64encode(make_key().encode()).decode()
    manifest = (
        "apiVersion: v1\nkind: Secret\nmetadata:\n  name: anthropic\n"
        f"  creationTimestamp: '2026-11-01T00:00:00Z'\ndata:\n  key: {encoded}\n"
    )
    (key,) = read_sheet(manifest.encode(), "secret.yaml").keys
    assert key.fingerprint is not None
