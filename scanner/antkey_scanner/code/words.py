# ruff: noqa: SIM905 - lists of words are read as words
"""Whose a key is by what it is called. Pure.

Names are taken apart into words (`tenantApiKey` → tenant, api, key). What a policy adds goes beside what is
usual.
"""

from __future__ import annotations

from typing import NamedTuple

from antkey_scanner.late import late

TENANT_WORDS = frozenset(
    "tenant tenants customer customers workspace workspaces organization organizations organisation"
    " organisations org orgs site account accounts team byok byo company merchant shop agency brand subscriber"
    " clinic school practice household business businesses project partner installation guild realm seller reseller".split()
)
"""Whom a product works for."""

STRONG_WORDS = frozenset(
    "tenant workspace organization organisation org customer account team site project company merchant shop"
    " agency installation guild partner business".split()
)
"""Of these, the ones that make a parameter one of whom the product works for."""

OWN_WORDS = frozenset("user users profile own personal byok byo member creator owner".split())
"""What makes a key that of one who uses the product."""

PLATFORM_WORDS = frozenset(
    "platform shared default fallback system global internal our ours master server env environ environment"
    " house operator vendor hosted managed central app instance".split()
)
KEY_WORDS = frozenset(
    "key keys apikey apikeys token secret secrets credential credentials creds cred authorization"
    " bearer".split()
)
CLIENT_WORDS = frozenset("client clients anthropic claude llm sdk".split())

_OTHERS = frozenset(
    "openai gpt stripe google gemini vertex vertexai cohere mistral groq deepseek xai grok aws bedrock azure"
    " twilio sendgrid github gitlab slack discord pinecone supabase sentry datadog elevenlabs deepgram"
    " replicate huggingface perplexity tavily serper exa firecrawl resend mailgun postmark openrouter ollama"
    " voyage moonshot qwen dashscope zhipu jina serpapi langsmith langfuse helicone posthog mixpanel cloudflare"
    " vercel netlify ssh gpg stability bytedance doubao alibaba tencent baidu iflytek siliconflow cerebras fireworks"
    " together nvidia kimi zai".split()
)
"""Other providers."""

_CLOUDS = frozenset("bedrock vertex vertexai azure foundry".split())
"""Where Anthropic's models are had with other credentials."""

_OTHER_KEYS = frozenset(
    "jwt session csrf cookie encryption encrypt signing webhook redis postgres salt pepper nonce rsa hmac kms"
    " password database sql cache primary foreign public private refresh sort row partition idempotency"
    " lookup unique storage query group map dict object prompt setting section menu tab event feature flag locale"
    " route node item entity field property placeholder dummy fake mock empty example sample metadata baggage"
    " header".split()
)
"""Keys that are none of an API's."""

_OTHER_TOKENS = frozenset(
    "oauth oauth2 oidc saml sso mcp subject inbound upstream invite verification".split()
)
"""Tokens of people and of other services, but where Anthropic is named."""

_KINDS = frozenset(
    "name names id ids hint prefix suffix source sources status label type kind count limit limits at date"
    " version model models url uri base enabled valid exists masked mask last4 fingerprint hash mode provider"
    " providers length len set configured present error errors message required missing changed updated created"
    " expires expiry expired rotated validated path file field column header headers var variable index"
    " encrypted_at timeout temperature tokens prompt region tier plan state page form input button modal"
    " endpoint exchange profile policy alias aliases dict alg algorithm ttl seconds metadata params verdict fields"
    " upstream code codes builder spec specs".split()
)
"""What a name ends in that has a key in it and is something about one."""

_MEANT = frozenset("anthropic claude llm ai api apikey apikeys model provider".split())
"""What tells a key of an LLM's API from other secrets."""

_GENERAL = (
    _MEANT
    | KEY_WORDS
    | PLATFORM_WORDS
    | frozenset(
        "gateway litellm my main prod production live primary secondary base access chat the get read load org".split()
    )
)

_HOLDERS = (
    _GENERAL
    | TENANT_WORDS
    | OWN_WORDS
    | frozenset(
        "value plain decrypted raw string str by for from of id data config settings resolve find fetch decrypt lookup current existing"
        " any first result provider response row record parse unwrap or else expect into as default owned bytes".split()
    )
)
"""What the last name of an expression is made of that a key stands behind: `keys.anthropic`, `secrets.get`."""

_BROUGHT = frozenset(("byok", "byo"))

_WORD = late(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[0-9]+")
_IDENTIFIER = late(r"[A-Za-z_][A-Za-z0-9_]*")

_ENVIRONMENT = late(
    r"""(?x)
    (?: \bos\.environ | \bgetenv | process\.env | import\.meta\.env | import\.env | (?:Deno|Bun)\.env
      | \bENV\b | System\.(?:getenv|getProperty) | GetEnvironmentVariable | os\.(?:Getenv|LookupEnv)
      | \$_ENV | \$_SERVER | \benv(?:\.|::|!)?var | std\.env | \benv\b | \benviron\b | \$env\b
      | \bgetEnv\w* | \bget_env\w* | \bENV_\w+ | \benv(?:[A-Z]\w*)?(?:Key|Token|Secret)\b | \bEnv\b )
    """
)
_CONFIGURED = late(
    r"""(?x)
    (?: \b_?(?:get_?)?[sS]ettings? \b | \bgetSetting \b | \b_?config(?:Service|Repository|Provider)? \b | \bConfig \b | _?[cC]onfiguration \b | \bcfg \b | \bviper \b
      | \bcredentials\.(?:dig|anthropic|fetch) | \bapp\.config | \bsecrets \b | \b_?(?:options|settings)\.Value | @Value
      | \bconf \b | \bappSettings \b | \bsecretsmanager \b | \bserverConfig \b | \bGlobalConfig \b
      | \bget_?(?:[sS]erver)?[cC]onfig \b | \bINSTANCE\w* )
    """
)
_CONSTANT = late(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")


_SERVERS = late(r"(?<![a-zA-Z_])_?(?:server|SERVER)_?(?:[A-Z]|[a-z])")
_BUILT = frozenset(
    "name names description url email text type database db service repository store manager client"
    " controller module".split()
)
"""What a name ends in that has a tenant in it and is no tenant."""


class Vocabulary(NamedTuple):
    """The words by which names tell whose they are, in lower case."""

    tenant: frozenset[str] = TENANT_WORDS
    platform: frozenset[str] = PLATFORM_WORDS

    def is_tenant_name(self, text: str) -> bool:
        """Whether a name, or any part of an expression, speaks of a tenant."""
        return not self.tenant.isdisjoint(words(text))

    def is_platform_name(self, text: str) -> bool:
        """Whether a name speaks of whoever runs the product. A server alone is any server."""
        spoken = words(text) & self.platform
        return bool(spoken) and (spoken != {"server"} or _SERVERS.search(text) is not None)

    def is_own_name(self, text: str) -> bool:
        """Whether a name speaks of one who uses the product."""
        return not OWN_WORDS.isdisjoint(words(text))

    def names_tenant(self, head: str) -> bool:
        """Whether the head of a function names whom it works for: `tenant`, `org_id`, `Current.account`."""
        wanted = STRONG_WORDS | (self.tenant - TENANT_WORDS)
        for name in _IDENTIFIER.findall(head):
            parts = parts_of(name)
            if not parts or parts[-1] in _BUILT:
                continue
            if not wanted.isdisjoint(parts):
                return True
        return False


def words(text: str) -> frozenset[str]:
    """The words of all names in a text, in lower case."""
    return frozenset(
        word.lower() for name in _IDENTIFIER.findall(text) for word in _WORD.findall(name)
    )


def parts_of(name: str) -> list[str]:
    """The words of a name in order, in lower case."""
    return [word.lower() for word in _WORD.findall(name)]


def names(text: str) -> list[str]:
    """The names in a text, in order."""
    return _IDENTIFIER.findall(text)


def is_of_others(spoken: frozenset[str], last: str) -> bool:
    """Whether words speak of another provider, or of a key that is none of an API's. last: the name that
    they end in."""
    named = words(last)
    if not _OTHER_KEYS.isdisjoint(named) or _names_model(parts_of(last)):
        return True
    is_anthropics = not spoken.isdisjoint({"anthropic", "claude"})
    if not _CLOUDS.isdisjoint(named):
        return True
    return not is_anthropics and not (
        _OTHERS.isdisjoint(spoken) and _OTHER_TOKENS.isdisjoint(named)
    )


def _names_model(parts: list[str]) -> bool:
    """`fallback_llm_key`: the key under which a list of models has one."""
    return parts[-2:] == ["llm", "key"] and (TENANT_WORDS | OWN_WORDS).isdisjoint(parts)


def is_of_provider(spoken: frozenset[str]) -> bool:
    """Whether words name another provider and not Anthropic."""
    return not _OTHERS.isdisjoint(spoken) and spoken.isdisjoint({"anthropic", "claude"})


def is_meant(spoken: frozenset[str]) -> bool:
    """Whether words may speak of an LLM's API, where a key alone says nothing."""
    return not _MEANT.isdisjoint(spoken)


def is_ours(last: str) -> bool:
    """Whether the name of a variable or a constant is that of a key of Anthropic's, or of no provider's in
    particular: `ACME_ANTHROPIC_KEY` and `LLM_API_KEY`, but not `ACME_API_KEY`."""
    spoken = words(last)
    return not {"anthropic", "claude"}.isdisjoint(spoken) or spoken <= _GENERAL


def is_key(spoken: frozenset[str], last: str) -> bool:
    """Whether words speak of a key. last: the name that they end in, which may make it something about
    one (`key_id`), or something else that is kept with keys (`credentials.audience`)."""
    if KEY_WORDS.isdisjoint(spoken):
        return not _BROUGHT.isdisjoint(spoken) and _is_brought(last)
    if is_about(last):
        return False
    named = words(last)
    return not KEY_WORDS.isdisjoint(named) or named <= _HOLDERS


def _is_brought(last: str) -> bool:
    """`byok.anthropic` is the key that somebody brought."""
    named = words(last)
    if named <= _BROUGHT:
        return True
    return not _MEANT.isdisjoint(named) and named <= _HOLDERS and not is_about(last)


def is_client(spoken: frozenset[str], last: str) -> bool:
    """Whether words speak of a client of the API."""
    ends = parts_of(last)[-1:]
    return bool(ends) and ends[0] in CLIENT_WORDS and not CLIENT_WORDS.isdisjoint(spoken)


def is_about(last: str) -> bool:
    """Whether a name is of something about a thing, as `key_id` is."""
    parts = parts_of(last)
    for at, part in enumerate(parts[1:], 1):
        if part in ("for", "by", "from", "of"):  # `get_key_for_provider` is asked for a key
            parts = parts[:at]
            break
    if parts[-2:] in (["model", "key"], ["model", "keys"]):
        return True
    if _names_model(parts):
        return True
    return bool(parts) and (
        parts[-1] in _KINDS or parts[0] in ("has", "is", "should", "num", "max")
    )


def reads_environment(text: str) -> bool:
    """Whether an expression reads a variable of the process's environment."""
    return _ENVIRONMENT.search(text) is not None


def reads_settings(text: str) -> bool:
    """Whether an expression reads what whoever runs the product has set."""
    return _CONFIGURED.search(text) is not None


def is_constant(name: str) -> bool:
    """Whether a name is written as constants are."""
    return _CONSTANT.fullmatch(name) is not None
