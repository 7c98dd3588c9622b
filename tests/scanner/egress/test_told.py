"""How messages name a request and a key."""

from __future__ import annotations

import pytest
from tests.traffic import ACME, PLATFORM, carried, hint, life, sent

from antkey_scanner.egress import told
from antkey_scanner.egress.book import KeyLife
from antkey_scanner.egress.records import Request
from antkey_scanner.egress.rule import Carried, View
from antkey_scanner.policy.egress import EgressPolicy


def view(request: Request) -> View:
    return View(
        request,
        (),
        (),
        request.tenant,
        has_key=True,
        since=None,
        policy=EgressPolicy(),
        is_allowed_host=True,
    )


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        (sent(), "POST api.anthropic.com/v1/messages for acme"),
        (sent(tenant=None), "POST api.anthropic.com/v1/messages"),
        (
            sent(surface="chat", scenario="429"),
            "POST api.anthropic.com/v1/messages for acme (surface chat, scenario 429)",
        ),
        (sent(surface="chat"), "POST api.anthropic.com/v1/messages for acme (surface chat)"),
    ],
)
def test_a_request_is_named_by_what_is_known_of_it(request_: Request, words: str) -> None:
    assert told.request(view(request_)) == words


@pytest.mark.parametrize(
    ("carrier", "life_", "words"),
    [
        ("x-api-key", ACME, f"acme's key acme-1 in x-api-key ({hint('k')})"),
        ("url", PLATFORM, f"the platform's key platform in the URL ({hint('k')})"),
        ("body", life("a", role="admin"), f"the admin's key a in its body ({hint('k')})"),
        ("response", None, f"a key that nobody knows in the answer ({hint('k')})"),
        ("authorization", life("s", role="tenant"), f"the key s in authorization ({hint('k')})"),
        ("x", life(hint("k"), "acme"), f"acme's key {hint('k')} in x"),
    ],
)
def test_a_key_is_named_by_its_owner_its_name_its_place_and_its_hint(
    carrier: str, life_: KeyLife | None, words: str
) -> None:
    assert told.key(Carried(carried("k", carrier), life_)) == words


def test_a_key_without_a_hint_is_named_by_its_hash_or_as_not_recorded() -> None:
    assert told.hint(carried("k", hint="")).startswith("sha256:")
    assert told.hint(carried("k", hint="", sha256=None)) == "not recorded"


def test_a_name_without_end_is_cut_in_the_middle() -> None:
    assert len(told.short("a" * 1_000 + "z")) == 121
    assert told.short("a" * 120) == "a" * 120
