"""The admin key: where it comes from, what it must look like, and the only place that writes it out."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

from antkey_scanner.errors import PolicyError

VARIABLE = "ANTHROPIC_ADMIN_KEY"

_SHAPE = re.compile(r"sk-ant-(?:admin|oat)[0-9]{2}-[A-Za-z0-9_-]{20,500}")
_MOST_BYTES = 4096

_VISIBLE_RUN = 11
"""So many characters of a key may stand together in a message, and no more."""


class AdminKey:
    """An admin key, or an OAuth token with the scope `org:admin`. Shows itself to nobody but `headers`."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return "AdminKey()"

    def __reduce__(self) -> str:
        raise TypeError("an admin key is not written anywhere")

    @property
    def is_token(self) -> bool:
        return self._text.startswith("sk-ant-oat")

    def headers(self) -> dict[str, str]:
        """The header that authenticates: admin keys are documented for x-api-key, tokens for Bearer."""
        if self.is_token:
            return {"authorization": f"Bearer {self._text}"}
        return {"x-api-key": self._text}

    def redacted(self, text: str) -> str:
        """A text that a server chose, without any longer part of the key."""
        for start in range(len(self._text) - _VISIBLE_RUN):
            if self._text[start : start + _VISIBLE_RUN + 1] in text:
                return "[masked]"
        return text


def read_admin_key(environment: Mapping[str, str], descriptor: int | None = None) -> AdminKey:
    """The key from an open file descriptor, else from the environment. Raises PolicyError."""
    if descriptor is None:
        source, text = VARIABLE, environment.get(VARIABLE, "").strip()
    else:
        source, text = "--admin-key-fd", _read(descriptor)
    problem = _problem(text)
    if problem is None:
        return AdminKey(text)
    del text, environment  # a traceback shows the values of its frames to some programs
    raise PolicyError(f"{source}: {problem}")


def _read(descriptor: int) -> str:
    """The first line, so that a writer need not close its end."""
    data = b""
    try:
        while b"\n" not in data and len(data) <= _MOST_BYTES:
            piece = os.read(descriptor, _MOST_BYTES)
            if not piece:
                break
            data += piece
    except (OSError, OverflowError):
        raise PolicyError(
            f"--admin-key-fd: {descriptor} is not open for reading; pass a descriptor such as 3, with"
            " 3<FILE"
        ) from None
    return data.partition(b"\n")[0].decode("ascii", "replace").strip()


def _problem(text: str) -> str | None:
    if not text:
        return (
            "holds no admin key; create one in Anthropic's Console under Settings, Admin keys, and pass"
            f" it in {VARIABLE} or by --admin-key-fd"
        )
    if _SHAPE.fullmatch(text):
        return None
    if text.startswith("sk-ant-api"):
        return "is an API key; it takes an admin key, which starts with sk-ant-admin"
    return (
        "is no admin key; it takes one that starts with sk-ant-admin, whole and without quotes, or an"
        " OAuth token with the scope org:admin"
    )
