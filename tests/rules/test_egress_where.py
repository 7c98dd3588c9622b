"""Rules about where keys go and what is asked: hosts, URLs, browsers, answers, models."""

from __future__ import annotations

import pytest
from tests.traffic import KEYS, carried, hint, judge, sent, told

from antkey_scanner.egress.records import Credential
from antkey_scanner.policy.egress import EgressPolicy

LOCAL = ["localhost", "app.localhost", "127.0.0.1", "127.8.9.1", "::1", "[::1]", "0.0.0.0"]  # noqa: S104
FOREIGN = [
    *("api.anthropic.example", "example.com", "10.0.0.1", "169.254.169.254", "localhost.example"),
    *("127.0.0.1.example.com", "api.anthropic.com.example", "xapi.anthropic.com", "::2", ""),
]


@pytest.mark.parametrize("host", FOREIGN)
@pytest.mark.parametrize("carrier", ["x-api-key", "url", "body", "sentry-trace"])
def test_a_key_to_another_host_has_left_the_house(host: str, carrier: str) -> None:
    assert "foreign-host" in told(judge(), sent(carried("acme-1", carrier), host=host))


@pytest.mark.parametrize("host", LOCAL)
def test_the_machine_itself_is_no_foreign_host(host: str) -> None:
    assert told(judge(), sent("acme-1", host=host)) == []


@pytest.mark.parametrize(
    ("credential", "found"),
    [
        (
            Credential("authorization", "bearer", "bearer credential of 40 characters", "ab" * 32),
            False,
        ),
        (Credential("authorization", "oat01", hint("x"), None), True),
        (carried("acme-1", hint=""), True),
    ],
)
def test_only_keys_shaped_like_anthropic_s_or_known_are_our_business(
    credential: Credential, found: bool
) -> None:
    assert told(judge(), sent(credential, host="example.com")) == ["foreign-host"] * found


def test_a_request_to_another_host_without_a_key_is_no_business_of_ours() -> None:
    judged = judge()
    assert told(judged, sent(host="example.com", tenant=None)) == []
    assert (judged.requests, judged.calls, dict(judged.seen), dict(judged.unjudged)) == (
        1,
        0,
        {},
        {},
    )


@pytest.mark.parametrize(
    ("allowed", "tenant_from", "host", "found"),
    [
        (("gateway.example.com",), (), "gateway.example.com", False),
        (("Gateway.Example.com.",), (), "gateway.example.com", False),
        (("gateway.example.com",), (), "gateway.example.com.", False),
        (("*.example.com",), (), "eu.example.com", False),
        (("*.example.com",), (), "example.com", True),
        (("*.example.com",), (), "evilexample.com", True),
        ((), ("host:{tenant}.gw.example.com",), "acme.gw.example.com", False),
        ((), ("host:{tenant}.gw.example.com",), "a.b.gw.example.com", True),
        ((), ("host:{tenant}.gw.example.com",), "acmexgw.example.com", True),
        ((), ("header:x-tenant",), "acme.gw.example.com", True),
    ],
)
def test_allowed_is_what_the_policy_names(
    allowed: tuple[str, ...], tenant_from: tuple[str, ...], host: str, found: bool
) -> None:
    policy = EgressPolicy(allowed_hosts=allowed, tenant_from=tenant_from)
    assert told(judge(KEYS, policy), sent("acme-1", host=host)) == ["foreign-host"] * found


@pytest.mark.parametrize("host", ["api.anthropic.com", "localhost"])
def test_a_key_in_a_url_is_told_whatever_the_host(host: str) -> None:
    assert told(judge(), sent(carried("acme-1", "url"), host=host)) == ["key-in-url"]


@pytest.mark.parametrize(
    ("credential", "host", "found"),
    [
        (carried("acme-1"), "api.anthropic.com", True),
        (carried("acme-1"), "localhost", True),
        (carried("acme-1", "body"), "localhost", False),
        (Credential("authorization", "bearer", "bearer credential", "ab" * 32), "localhost", False),
        (
            Credential("authorization", "bearer", "bearer credential", "ab" * 32),
            "api.anthropic.com",
            True,
        ),
    ],
)
def test_what_a_page_sends_every_visitor_can_read(
    credential: Credential, host: str, found: bool
) -> None:
    assert ("key-in-browser" in told(judge(), sent(credential, host=host, browser=True))) is found
    assert "key-in-browser" not in told(judge(), sent(credential, host=host))


@pytest.mark.parametrize("host", ["api.anthropic.com", "app.example.com", "localhost"])
@pytest.mark.parametrize("key", ["acme-1", "nobody's"])
def test_a_key_in_an_answer_is_told_whosever_it_is(host: str, key: str) -> None:
    answered = sent(carried(key, "response"), host=host, tenant=None, complete=False)
    assert told(judge(), answered) == ["key-in-response"]


@pytest.mark.parametrize(
    ("allowed", "model", "found"),
    [
        ((), "claude-opus-5", False),
        (("claude-*",), "claude-opus-5", False),
        (("claude-sonnet-*", "claude-opus-?"), "claude-opus-5", False),
        (("claude-opus",), "claude-opus-5", True),
        (("opus*",), "claude-opus-5", True),
        (("claude-[45]",), "claude-6", True),
        (("CLAUDE-*",), "claude-opus-5", True),
        (("claude-*",), None, False),
        (("claude-*",), "", True),
    ],
)
def test_a_model_has_to_fit_a_pattern_whole(
    allowed: tuple[str, ...], model: str | None, found: bool
) -> None:
    policy = EgressPolicy(allowed_models=allowed)
    for live in (False, True):
        judged = judge(KEYS, policy, live=live)
        assert told(judged, sent("acme-1", model=model)) == ["model-not-allowed"] * found
    assert told(judge(KEYS, policy), sent(host="example.com", model=model)) == []


@pytest.mark.parametrize("rule", ["key-in-url", "key-in-browser", "model-not-allowed"])
def test_what_is_wrong_with_a_request_does_not_settle_whose_key_it_was(rule: str) -> None:
    judged = judge(KEYS, EgressPolicy(allowed_models=("none",)))
    carrier = "url" if rule == "key-in-url" else "x-api-key"
    request = sent(
        carried("acme-1", carrier), tenant=None, browser=rule == "key-in-browser", model="m"
    )
    assert rule in told(judged, request)
    assert dict(judged.unjudged) == {"nothing says for which tenant it was made": 1}
