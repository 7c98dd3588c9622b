"""The error that says that a request was stopped, without the text of any key."""

from __future__ import annotations

import sys
from typing import Any

from antkey_scanner.errors import AntkeyError


class PlatformKeyBlocked(AntkeyError):
    """A request carried a credential that is not its tenant's; no byte of it was sent.

    reason: what was wrong with it; header: what carried the credential, in lower case, `url` for the
    URL, None where none was carried; hint: how the key is told from others; all without its text.
    """

    def __init__(
        self,
        reason: str,
        *,
        method: str = "",
        host: str = "",
        path: str = "",
        header: str | None = None,
        hint: str | None = None,
    ) -> None:
        self.reason, self.method, self.host, self.path = reason, method, host, path
        self.header, self.hint = header, hint
        key = f" (key {hint})" if hint else ""
        super().__init__(f"{method} {host}{path} was not sent: {reason}{key}")

    def __reduce__(self) -> tuple[Any, ...]:
        # By its fields, because the class may be the one that is made below.
        fields = ("method", "host", "path", "header", "hint")
        return _rebuilt, (self.reason, {name: getattr(self, name) for name in fields})


def blocked(reason: str, **fields: str | None) -> PlatformKeyBlocked:
    """The error, which in a program that uses Anthropic's SDK is one of the SDK's own too.

    The SDK hands its own errors on at once (1.0 and later), and takes all others for a lost connection: it
    would try again, and again be refused.
    """
    sdk_error = getattr(sys.modules.get("anthropic"), "AnthropicError", None)
    kind: Any = PlatformKeyBlocked
    if isinstance(sdk_error, type) and issubclass(sdk_error, Exception):
        names = {"__module__": PlatformKeyBlocked.__module__, "__doc__": PlatformKeyBlocked.__doc__}
        kind = type(PlatformKeyBlocked.__name__, (PlatformKeyBlocked, sdk_error), names)
    made: PlatformKeyBlocked = kind(reason, **fields)
    return made


def _rebuilt(reason: str, fields: dict[str, str | None]) -> PlatformKeyBlocked:
    return blocked(reason, **fields)
