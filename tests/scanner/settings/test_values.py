"""What stands where a key belongs: secrets, references, placeholders."""

from __future__ import annotations

import base64
import random
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antkey_scanner.settings.values import is_reference, is_secret, is_something

RANDOM = random.Random(7)
ALPHABET = string.ascii_letters + string.digits + "-_"


def made(size: int) -> str:
    """A secret that nobody has."""
    return "".join(RANDOM.choices(ALPHABET, k=size))


@pytest.mark.parametrize("size", [24, 32, 48, 108])
def test_secrets_are_secrets(size: int) -> None:
    for _ in range(200):
        secret = "x" + made(size)
        assert is_secret(secret)
        assert is_secret(f"Bearer {secret}")
        assert is_secret("${ANTHROPIC_API_KEY:-" + secret + "}")


def test_a_secret_in_base64_is_one() -> None:
    assert is_secret(base64.b64encode(made(48).encode()).decode())


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "changeme",
            "your-api-key-here",
            "<your-key>",
            "sk-ant-...",
            "sk-ant-api03-" + 20 * "x",
        ),
        *(
            "${ANTHROPIC_API_KEY}",
            "$KEY",
            "${{ secrets.KEY }}",
            "{{ key }}",
            "%ANTHROPIC_API_KEY%",
            "!vault |",
        ),
        *(
            "op://dev/anthropic/key",
            "vault:secret/data/a#key",
            "var.anthropic_api_key",
            "ENC[AES256_GCM,data:x]",
        ),
        *(
            "arn:aws:secretsmanager:eu-west-1:123456789012:secret:anthropic-AbCdEf",
            "/run/secrets/anthropic_key_1",
        ),
        *(
            "process.env.ANTHROPIC_API_KEY_2",
            "os.environ/ANTHROPIC_API_KEY_2",
            "anthropic-api-key-production-v2",
        ),
        *(
            "credentials('anthropic-0123456789abcdef')",
            "ANTHROPIC_API_KEY_PRODUCTION_2",
            "00000000000000000000",
        ),
        *(
            "projects/a/secrets/anthropic/versions/12",
            "test-key-for-unit-tests-12345",
            "user_provided",
        ),
        base64.b64encode(b"your-api-key-goes-here").decode(),
    ],
)
def test_what_is_none_is_no_secret(text: str) -> None:
    assert not is_secret(text)


@pytest.mark.parametrize(
    "text", ["$A", "${A}", "op://a/b", "vault:a", "{{ a }}", "var.a", "!Ref A", "get('a')"]
)
def test_references_are_told(text: str) -> None:
    assert is_reference(text)
    assert is_something(text)


@pytest.mark.parametrize(
    "text", ["", "  ", "null", "None", "changeme", "short", "your-api-key-goes-here"]
)
def test_nothing_much_is_nothing(text: str) -> None:
    assert not is_something(text)


@given(st.text(max_size=500))
def test_any_text_is_judged(text: str) -> None:
    assert is_secret(text) in (True, False)
    assert is_something(text) in (True, False)
