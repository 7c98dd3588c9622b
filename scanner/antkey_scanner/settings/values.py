"""What stands where a key belongs: a secret, a reference to one, or nothing much. Pure."""

from __future__ import annotations

import base64
import binascii

from antkey_scanner.late import late
from antkey_scanner.plausible import is_placeholder

_REFERENCE = late(
    r"""(?ix)
    [$%@!<{\[(/~.*]                         # variables, templates, tags, calls, paths, masks
    | [a-z][a-z0-9+.-]{1,30}:(?!\Z)         # op://, vault:, sm://, arn:, env:, ref+vault:
    | (?:var|local|data|module|each|env|secrets?|config|params|process|os|vars|self|settings|values)[.(\[]
    | (?:vault|secret|projects|user_provided|enc|none|null|true|false|undefined|kv|ssm|secrets)(?:[/\[]|\Z)
    | [a-z_][a-z0-9_.]{0,60}\(              # a call
    """
)
_DEFAULT = late(r"\$\{[A-Za-z_][A-Za-z0-9_]{0,80}:?-(?P<value>[^${}]{1,400})\}")
_SECRET = late(r"[A-Za-z0-9_+/=.~-]{20,400}")
_NAME = late(r"[A-Z][A-Z0-9_]*|[a-z][a-z0-9]*(?:[._-][a-z]+){2,}|[a-z]+(?:[A-Z][a-z]+)+")
_PREFIX = late(r"(?i)\A(?:bearer\s+)?(?:sk-(?:ant-)?(?:[a-z]{3,6}[0-9]{0,2}-)?)?")
_LEAST_BITS = 3.2


def is_reference(value: str) -> bool:
    """Whether a value only says where a secret is."""
    return _REFERENCE.match(value) is not None


def is_secret(value: str) -> bool:
    """Whether a value has the shape of a secret, and is no reference, placeholder or name."""
    fallback = _DEFAULT.fullmatch(value)
    if fallback is not None:
        value = fallback["value"]
    value = value.strip().removeprefix("Bearer ").strip()
    if is_reference(value) or _SECRET.fullmatch(value) is None or _NAME.fullmatch(value):
        return False
    if _is_made_up(value):
        return False
    inner = _decoded(value)
    return inner is None or not (is_reference(inner) or len(inner) < 16 or _is_made_up(inner))


def is_something(value: str) -> bool:
    """Whether a value is one at all: no blank, placeholder, or word for none."""
    plain = value.strip()
    if not plain or plain.lower() in (
        "none",
        "null",
        "undefined",
        "''",
        '""',
        "changeme",
        "xxx",
        "todo",
    ):
        return False
    if is_reference(plain):
        return not plain.startswith(("<", "[", "...", "*"))
    return len(plain) >= 16 and not _is_made_up(plain)


def _is_made_up(value: str) -> bool:
    rest = _PREFIX.sub("", value)
    if len(rest) < 16 or rest.isdigit() or (not any(map(str.isdigit, rest)) and rest.islower()):
        return True
    return _bits(rest) < _LEAST_BITS or is_placeholder(rest.encode())


def _bits(text: str) -> float:
    """Shannon's entropy, in bits a character."""
    from math import log2

    counts = [text.count(character) for character in set(text)]
    return -sum(count / len(text) * log2(count / len(text)) for count in counts)


def _decoded(value: str) -> str | None:
    """What base64, as in a Secret's `data`, stands for; None where that is no text."""
    if len(value) % 4:
        return None
    try:
        text = base64.b64decode(value, validate=True).decode("ascii").strip()
    except (binascii.Error, ValueError):
        return None
    return text if text.isprintable() else None
