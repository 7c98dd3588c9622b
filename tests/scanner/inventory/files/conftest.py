"""Reading a text as an inventory, and the problems with which it is refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from antkey_scanner.errors import ExitCode, PolicyError
from antkey_scanner.inventory import files
from antkey_scanner.inventory.records import KeyRecord, Sheet


@pytest.fixture
def read() -> Callable[..., Sheet]:
    """Reads a text as the inventory `keys.<form>`, or as standard input."""

    def read(text: str | bytes, form: str | None = "toml") -> Sheet:
        data = text.encode() if isinstance(text, str) else text
        return files.read_sheet(data, f"keys.{form}", form and f".{form}")

    return read


@pytest.fixture
def only_key(read: Callable[..., Sheet]) -> Callable[..., KeyRecord]:
    """The one key of a text."""

    def only_key(text: str | bytes, form: str | None = "toml") -> KeyRecord:
        [key] = read(text, form).keys
        assert isinstance(key, KeyRecord)
        return key

    return only_key


@pytest.fixture
def refusal(read: Callable[..., Sheet]) -> Callable[..., list[str]]:
    """The problems with which a text is refused."""

    def refusal(text: str | bytes, form: str | None = "toml") -> list[str]:
        with pytest.raises(PolicyError) as caught:
            read(text, form)
        assert caught.value.exit_code == ExitCode.USAGE
        return list(caught.value.args)

    return refusal
