# ruff: noqa: SIM905 - lists of words are read as words
"""Whose a key is by what it is called. Pure.

Names are taken apart into words (`tenantApiKey` → tenant, api, key). What a policy adds goes before what is
usual.
"""

from __future__ import annotations

import re
from typing import NamedTuple

TENANT_WORDS = frozenset(
    "tenant tenants customer customers workspace organization organisation org site account team byok byo"
    " company merchant shop agency brand subscriber clinic school store practice household".split()
)
"""Whom a product works for."""

GIVEN_WORDS = frozenset(
    "user users own personal custom provided supplied stored saved decrypted".split()
)
"""What makes a key somebody else's, though not whose."""

PLATFORM_WORDS = frozenset(
    "platform shared default fallback system global internal our ours master server env environ environment"
    " settings house operator vendor hosted managed".split()
)
KEY_WORDS = frozenset("key keys apikey token secret credential credentials creds auth".split())
CLIENT_WORDS = frozenset("client clients anthropic claude llm sdk".split())

_OTHERS = frozenset(
    "openai gpt stripe google gemini vertex cohere mistral groq deepseek xai grok aws bedrock azure twilio"
    " sendgrid github gitlab slack discord pinecone supabase sentry datadog elevenlabs deepgram replicate"
    " huggingface perplexity tavily serper exa firecrawl resend mailgun postmark jwt session csrf cookie"
    " encryption signing webhook redis postgres cache".split()
)
"""Other providers, and keys that are none of an API's."""

_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[0-9]+")
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

_ENVIRONMENT = re.compile(
    r"""(?x)
    (?: os\.environ | os\.getenv | getenv | process\.env | import\.meta\.env | Deno\.env | Bun\.env
      | ENV (?=[\[.]) | System\.getenv | GetEnvironmentVariable | os\.Getenv | os\.LookupEnv
      | \$_ENV | \$_SERVER | env::var | std::env | \b env \( | \b environ \b )
    """
)
_CONFIGURED = re.compile(
    r"""(?x)
    (?: \b settings [.\[(] | \b config [.\[(] | \b Config [.:\[(] | configuration \[ | Configuration \[
      | \b cfg [.\[] | viper\. | credentials \. (?:dig|anthropic|fetch) | app\.config | secrets \[
      | \b options \. Value | getProperty \( | @Value )
    """
)
_CONSTANT = re.compile(r"\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b")


class Vocabulary(NamedTuple):
    """The words by which names tell whose they are."""

    tenant: frozenset[str] = TENANT_WORDS
    platform: frozenset[str] = PLATFORM_WORDS

    def is_tenant_name(self, text: str) -> bool:
        """Whether a name, or any part of an expression, speaks of a tenant."""
        return not self.tenant.isdisjoint(words(text))

    def is_platform(self, text: str) -> bool:
        """Whether an expression is a key, or a client with one, of whoever runs the product."""
        named = words(text)
        if not _OTHERS.isdisjoint(named):
            return False
        has_key = not KEY_WORDS.isdisjoint(named)
        if _ENVIRONMENT.search(text):
            return has_key
        if self.is_tenant_name(text):
            return False
        if not self.platform.isdisjoint(named) or _CONFIGURED.search(text):
            return has_key or not CLIENT_WORDS.isdisjoint(named)
        constant = _CONSTANT.search(text)
        return constant is not None and not KEY_WORDS.isdisjoint(words(constant.group()))

    def is_tenant_key(self, text: str) -> bool:
        """Whether an expression is a tenant's key, or a client with one."""
        named = words(text)
        if not _OTHERS.isdisjoint(named) or _ENVIRONMENT.search(text):
            return False
        if KEY_WORDS.isdisjoint(named) and CLIENT_WORDS.isdisjoint(named):
            return False
        return self.is_tenant_name(text) or not {"byok", "byo"}.isdisjoint(named)

    def is_given_key(self, text: str) -> bool:
        """Whether an expression is a key that somebody gave, without saying whose."""
        named = words(text)
        return (
            not KEY_WORDS.isdisjoint(named)
            and _OTHERS.isdisjoint(named)
            and not _ENVIRONMENT.search(text)
        )


def words(text: str) -> frozenset[str]:
    """The words of all names in a text, in lower case."""
    return frozenset(
        word.lower() for name in _IDENTIFIER.findall(text) for word in _WORD.findall(name)
    )


def names(text: str) -> list[str]:
    """The names in a text, in order."""
    return _IDENTIFIER.findall(text)


def reads_environment(text: str) -> bool:
    """Whether an expression reads a variable of the process's environment."""
    return _ENVIRONMENT.search(text) is not None
