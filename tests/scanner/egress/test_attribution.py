"""For whom a request was made: by header, field and host, in the policy's order."""

from __future__ import annotations

import pytest

from antkey_scanner.egress.attribution import body_fields, is_tenant_host, tenant_of

WAYS = ("header:X-Tenant", "field:metadata.tenant", "host:{tenant}.gw.example.com")


def test_the_first_way_that_tells_one_counts() -> None:
    headers, fields, host = {"x-tenant": "a"}, {"metadata.tenant": "b"}, "c.gw.example.com"
    assert tenant_of(WAYS, headers, fields, host) == "a"
    assert tenant_of(WAYS, {}, fields, host) == "b"
    assert tenant_of(WAYS, {}, {}, host) == "c"
    assert tenant_of(WAYS, {}, {}, "example.com") is None
    assert tenant_of(tuple(reversed(WAYS)), headers, fields, host) == "c"
    assert tenant_of((), headers, fields, host) is None


@pytest.mark.parametrize("value", ["", " ", "-", "a\nb", "x" * 300, "sk-ant-api03-abc", "\x1b[2J"])
def test_what_can_be_no_name_tells_nothing(value: str) -> None:
    assert tenant_of(WAYS, {"x-tenant": value}, {"metadata.tenant": "b"}, "") == "b"


def test_blanks_around_a_name_do_not_count() -> None:
    assert tenant_of(WAYS, {"x-tenant": " acme "}, {}, "") == "acme"


@pytest.mark.parametrize(
    ("pattern", "host", "tenant"),
    [
        ("{tenant}.example.com", "acme.example.com", "acme"),
        ("{tenant}.Example.com", "acme.example.com", "acme"),
        ("claude-{tenant}.example.com", "claude-acme.example.com", "acme"),
        ("{tenant}.example.com", ".example.com", None),
        ("{tenant}.example.com", "a.b.example.com", None),
        ("{tenant}.example.com", "acme.example.com.evil.net", None),
        ("{tenant}.example.com", "example.com", None),
        ("claude-{tenant}.example.com", "acme.example.com", None),
    ],
)
def test_a_host_tells_one_label(pattern: str, host: str, tenant: str | None) -> None:
    assert tenant_of((f"host:{pattern}",), {}, {}, host) == tenant
    assert is_tenant_host((f"host:{pattern}",), host) is (tenant is not None)


def test_the_fields_of_a_body_are_told() -> None:
    assert body_fields(WAYS) == ("metadata.tenant",)
