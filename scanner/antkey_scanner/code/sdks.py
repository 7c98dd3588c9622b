# ruff: noqa: SIM905 - lists of words are read as words
"""Knows the constructors of clients of Anthropic's API, and under which names they take a key and a URL.

What each does without a key is in docs/code-rules.md: nearly all read the environment.
"""

from __future__ import annotations

from collections.abc import Iterator

from antkey_scanner.code.terms import Term
from antkey_scanner.code.words import names
from antkey_scanner.late import late

_CLIENTS = frozenset(
    "Anthropic AsyncAnthropic AnthropicClient AnthropicOkHttpClient AnthropicOkHttpClientAsync ChatAnthropic"
    " ChatAnthropicMessages AnthropicProvider AnthropicModel AnthropicLLM AnthropicChat createAnthropic"
    " AnthropicChatGenerator AnthropicChatOptions AnthropicChatModel AnthropicStreamingChatModel AnthropicApi"
    " AnthropicLlm AnthropicAPI AnthropicClientAsync AnthropicLLMClient ClaudeClient".split()
)
_AFTER = frozenset(
    "builder new from_env fromEnv FromEnv default factory client messages beta completions with_options"
    " AsIChatClient".split()
)
_COPIES = frozenset("with_options withOptions with_overrides withOverrides copy".split())
_COMPLETIONS = frozenset("completion acompletion".split())
_MAKERS = _CLIENTS | _COMPLETIONS | {"NewClient", "RubyLLM"}
SPOKEN = (*sorted(_COPIES), *sorted(_MAKERS))
"""One of these stands wherever a client is made, whether from another or not."""

_SENDING = frozenset(
    "create stream messages complete generate count_tokens countTokens parse".split()
)
_KEYS = late(
    r"(?i)(?:with_?)?(?:set_?)?(?:anthropic_?|claude_?|llm_?)?(?:x[-_])?(?:api_?-?key|auth_?token|access_?token|authorization)\Z"
)
_URLS = late(
    r"(?i)(?:with_?)?(?:set_?)?(?:anthropic_?)?(?:base_?-?ur[li]|api_?base(?:_?url)?|api_?ur[li]|endpoint|base_?address|host)\Z"
)
_ONLY_OTHERS = late(r"(?i)bedrock|vertex|foundry|azure")
_ENVIRONMENT = frozenset({"fromEnv", "from_env", "FromEnv"})
_NEUTRAL = late(
    r"(?i)(?:with_?)?(?:timeout|max_?retries|base_?url|default_?headers|http_?client|headers|model\w*|temperature|max_?tokens"
    r"|dangerouslyAllowBrowser|name|fetch|logger|log_?level|top_?p|middleware|request_?options|stream(?:ing)?|cache\w*"
    r"|messages|system|tools|callbacks|verbose|beta\w*)\Z"
)


def may_make_client(called: list[str]) -> bool:
    """Whether names that something is called by may be those of a client, at a first look."""
    return not _MAKERS.isdisjoint(called)


def is_client(term: Term) -> bool:
    """Whether an expression makes a client of Anthropic's API, or a request of its own."""
    named = term.names
    if any(_ONLY_OTHERS.search(name) for name in named):
        return False
    if term.last in _COMPLETIONS and len(named) > 1 and named[-2] == "litellm":
        return term.called
    for at, name in enumerate(named):
        if name in _CLIENTS:
            after = named[at + 1 :]
            if name == "Anthropic" and after[:1] in (("Client",), ("ChatModel",)):
                return term.called or after[-1] == "new"
            if not after:
                return term.called
            return after[0] in _AFTER
    if term.last == "NewClient":
        return "anthropic" in named[-2:-1] or "anthropicsdk" in named[-2:-1]
    return named[:2] == ("RubyLLM", "context")


def may_copy(text: str) -> bool:
    """Whether a text may make clients from others, at a first look."""
    return any(f"{name}(" in text for name in _COPIES)


def is_copy(term: Term) -> bool:
    """Whether a client is made from another, whose key it keeps where it is given none."""
    return (
        term.called
        and len(term.names) > 1
        and term.last in _COPIES
        and any(_KEYS.match(arg.label) for arg in term.args)
    )


def is_bare(term: Term) -> bool:
    """Whether a client is made without a key, so that it reads the environment."""
    if not _ENVIRONMENT.isdisjoint(term.names):
        return not any(_KEYS.match(arg.label) for arg in _handed(term))
    if term.names[:2] == ("RubyLLM", "context") or _is_silent(term):
        return False
    after = {name for name in term.names[1:] if name in _SENDING}
    given = [arg for arg in _handed(term) if arg.label not in after]
    return all(
        _NEUTRAL.match(arg.label) and arg.label != "" and arg.label != arg_name(term)
        for arg in given
    )


def arg_name(term: Term) -> str:
    """The label that positional arguments get."""
    return term.last


def reads_environment(term: Term) -> bool:
    """Whether a client without a key takes one from the environment."""
    return not _is_silent(term) or not _ENVIRONMENT.isdisjoint(term.names)


def keys(term: Term) -> Iterator[Term]:
    """What a client is given as its key; whatever it is given, where nothing is named so."""
    given = list(_handed(term))
    named = [arg for arg in given if _KEYS.match(arg.label) or _KEYS.match(arg.last)]
    yield from named or [
        arg for arg in given if not _NEUTRAL.match(arg.label) and not _URLS.match(arg.label)
    ]


def urls(term: Term) -> Iterator[Term]:
    """What a client, or a call, is given as the URL of the API."""
    return (arg for arg in _handed(term) if _URLS.match(arg.label))


def is_key_label(label: str) -> bool:
    """Whether what is handed over under a name is a key."""
    return _KEYS.match(label) is not None


def is_url_label(label: str) -> bool:
    """Whether what is handed over under a name is a URL."""
    return _URLS.match(label) is not None


def is_key_name(text: str) -> bool:
    """Whether the last name of a target, such as `kwargs["api_key"]`, is that of a key."""
    found = names(text)
    return (
        bool(found)
        and _KEYS.match("_".join(found[-3:]) if text.count("-") else found[-1]) is not None
    )


def _is_silent(term: Term) -> bool:
    """Builders that read no environment unless they are told to."""
    return term.root.startswith("AnthropicOkHttpClient") or any(
        name in ("AnthropicChatModel", "AnthropicStreamingChatModel", "AnthropicApi")
        for name in term.names
    )


def _handed(term: Term) -> Iterator[Term]:
    """The arguments, and those of options among them."""
    for arg in term.args:
        if arg.called and (_KEYS.match(arg.last) or _URLS.match(arg.last)) and arg.args:
            yield from (inner._replace(label=arg.last) for inner in arg.args)
        else:
            yield arg
