"""Tests of an application with two tenants, right and wrong ones; run by `test_judging.py`."""

from __future__ import annotations

import os
import threading
import unittest
from collections.abc import Iterator

import httpx
import pytest

URL = "https://api.anthropic.com/v1/messages"


def answer(request: httpx.Request) -> httpx.Response:
    status = int(request.headers.get("x-status", "200"))
    return httpx.Response(status, json={})


def send(key: str | None, url: str = URL, header: str = "x-api-key", status: int = 200) -> None:
    headers = {"x-status": str(status)} | ({header: key} if key is not None else {})
    with httpx.Client(transport=httpx.MockTransport(answer)) as client:
        client.post(url, headers=headers, json={"model": "claude-opus-5", "max_tokens": 1})


acme = pytest.mark.antkey(tenant="acme", surface="chat")


@acme
def test_right_key(antkey_egress):
    send(antkey_egress.tenant_key("acme"))
    antkey_egress.assert_tenant_key()


@acme
def test_bearer(antkey_egress):
    send(f"Bearer {antkey_egress.tenant_key()}", header="Authorization")


@acme
def test_platform_key(antkey_egress):
    send(os.environ["ANTHROPIC_API_KEY"])


@acme
def test_platform_token():
    send(f"Bearer {os.environ['ANTHROPIC_AUTH_TOKEN']}", header="authorization")


@acme
def test_other_tenant(antkey_egress):
    send(antkey_egress.tenant_key("globex"))


@acme
def test_unknown_key():
    send("made-up")


@acme
def test_no_key():
    send(None)


@acme
def test_foreign_host(antkey_egress):
    send(antkey_egress.tenant_key("acme"), url="https://example.com/v1/messages")


@acme
def test_key_in_url(antkey_egress):
    send(None, url=f"{URL}?key={antkey_egress.tenant_key('acme')}")


@acme
def test_fallback_on_error(antkey_egress):
    send(antkey_egress.tenant_key("acme"), status=429)
    send(antkey_egress.platform_key)


@acme
def test_not_seen():
    pass


@acme
def test_elsewhere_without_key():
    send(None, url="https://example.com/")


@pytest.mark.antkey(tenant="acme", requests=0)
def test_silent():
    pass


@pytest.mark.antkey(tenant="acme", requests=0)
def test_not_silent(antkey_egress):
    send(antkey_egress.tenant_key("acme"))


@acme
def test_thread(antkey_egress):
    key = antkey_egress.platform_key
    thread = threading.Thread(target=send, args=(key,))
    thread.start()
    thread.join()


@pytest.fixture
def sends_in_setup():
    send(os.environ["ANTHROPIC_API_KEY"])


@acme
@pytest.mark.usefixtures("sends_in_setup")
def test_setup():
    pass


@pytest.fixture
def sends_in_teardown() -> Iterator[None]:
    yield
    send(os.environ["ANTHROPIC_API_KEY"])


@acme
@pytest.mark.usefixtures("sends_in_teardown")
def test_teardown():
    pass


@pytest.fixture
def sends_rightly_in_teardown(antkey_egress) -> Iterator[None]:
    yield
    send(antkey_egress.tenant_key("acme"))


@acme
@pytest.mark.usefixtures("sends_rightly_in_teardown")
def test_right_in_teardown():
    pass


@acme
def test_fails_anyway():
    send(os.environ["ANTHROPIC_API_KEY"])
    assert str(1) == "2"


@acme
def test_skips_itself():
    pytest.skip("not today")


@acme
def test_skips_too_late():
    send(os.environ["ANTHROPIC_API_KEY"])
    pytest.skip("not today")


@acme
@pytest.mark.skip(reason="never")
def test_skipped():
    pass


def test_unmarked():
    send(os.environ.get("ANTHROPIC_API_KEY", "nothing"))


def test_only_fixture(antkey_egress):
    send(antkey_egress.tenant_key("globex"))
    antkey_egress.assert_tenant_key()
    assert antkey_egress.requests[0].tenant is None


def test_only_fixture_wrong(antkey_egress):
    antkey_egress.tenant_key("globex")
    send(antkey_egress.platform_key)
    with pytest.raises(AssertionError, match="egress-platform-key"):
        antkey_egress.assert_tenant_key()


def test_asserts_without_request(antkey_egress):
    with pytest.raises(AssertionError, match="egress-not-seen"):
        antkey_egress.assert_tenant_key("acme")


@acme
def test_requests(antkey_egress):
    send(antkey_egress.tenant_key("acme"), status=403)
    (seen,) = antkey_egress.requests
    assert (seen.method, seen.host, seen.path) == ("POST", "api.anthropic.com", "/v1/messages")
    assert (seen.tenant, seen.surface, seen.header) == ("acme", "chat", "x-api-key")
    assert (seen.source, seen.model, seen.status) == ("key of acme", "claude-opus-5", 403)
    assert seen.hint == "{}…{}".format(
        antkey_egress.tenant_key("acme")[:16], antkey_egress.tenant_key("acme")[-4:]
    )
    assert seen.site.endswith(" in send")


@acme
def test_loopback_stand_in(antkey_egress):
    send(antkey_egress.platform_key, url="http://127.0.0.1:8080/v1/messages")


@acme
def test_stores_key_on_loopback(antkey_egress):
    send(antkey_egress.tenant_key("acme"), url="http://127.0.0.1:8080/settings")


class TestInAClass:
    pytestmark = pytest.mark.antkey(tenant="acme")

    @pytest.mark.antkey(surface="drafts")
    def test_markers_add_up(self, antkey_egress):
        send(antkey_egress.tenant_key("acme"))
        (seen,) = antkey_egress.requests
        assert (seen.tenant, seen.surface) == ("acme", "drafts")


@pytest.mark.antkey(tenant="acme")
class Case(unittest.TestCase):
    def test_unittest(self):
        send(os.environ["ANTHROPIC_API_KEY"])

    def test_unittest_fails_anyway(self):
        send(os.environ["ANTHROPIC_API_KEY"])
        self.fail("for another reason")

    def test_unittest_skips_too_late(self):
        send(os.environ["ANTHROPIC_API_KEY"])
        self.skipTest("not today")


@pytest.mark.xfail(strict=True)
@acme
def test_expected_to_fail():
    send(os.environ["ANTHROPIC_API_KEY"])
