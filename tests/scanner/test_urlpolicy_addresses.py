"""Which addresses a name may resolve to, and what is loopback."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antkey_scanner.urlpolicy import (
    Root,
    address_problem,
    check_base_url,
    is_loopback_address,
    root_of,
)
from antkey_scanner.urlpolicy.resolve import Vetted, by_system, vetted


@pytest.mark.parametrize(
    ("url", "root"),
    [
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://localhost", "http://localhost"),
        ("http://localhost:80/", "http://localhost"),
        ("http://[::1]:8080/gateway/v1", "http://[::1]:8080/gateway"),
        ("https://localhost:8443", "https://localhost:8443"),
    ],
)
def test_loopback_is_for_tests(url: str, root: str) -> None:
    found = root_of(url)
    assert isinstance(found, Root)
    assert (found.url, found.is_loopback) == (root, True)
    assert not check_base_url(url).ok


@pytest.mark.parametrize(
    "url",
    [
        *("http://127.0.0.2", "http://0x7f.1", "http://2130706433", "http://[::ffff:127.0.0.1]"),
        *("http://localhost@evil.example.com", "http://localhost.example.com", "http://0.0.0.0"),
        *("http://localhost:0", "http://localhost:99999", "http://127.0.0.1/?x", "http://10.0.0.1"),
        *("http://api.anthropic.com", "http://localhost.", "http://localhost:"),
        *("http://[::1%25lo]", "http://[::01]", "http://[0:0:0:0:0:0:0:1]"),
    ],
)
def test_what_only_looks_like_loopback_is_refused(url: str) -> None:
    assert isinstance(root_of(url), str)


def test_public_root_is_what_passes() -> None:
    assert root_of("https://gw.example.com/anthropic/v1/messages") == Root(
        "https", "gw.example.com", 443, "/anthropic", is_loopback=False
    )


@pytest.mark.parametrize(
    "address", ["160.79.104.10", "2607:6bc0::10", "8.8.8.8", "64:ff9b::808:808"]
)
def test_public_address_is_none_to_refuse(address: str) -> None:
    assert address_problem(address) is None


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255"),  # noqa: S104 - to refuse it
        *("192.168.0.1", "169.254.169.254", "100.64.0.1", "198.18.0.1", "192.0.2.1", "224.0.0.1"),
        *("240.0.0.1", "255.255.255.255", "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1"),
        *("fd00:ec2::254", "fec0::1", "ff02::1", "2001:db8::1", "::ffff:10.0.0.1", "::7f00:1"),
        *("::ffff:169.254.169.254", "64:ff9b::a00:1", "64:ff9b::7f00:1", "64:ff9b:1::1"),
        *("2002:7f00:1::", "2002:a00:1::", "", "a.example.com", "127.1", "0x7f.1", "2130706433"),
        *("168.63.129.16", "::ffff:168.63.129.16", "192.88.99.1", "192.0.0.192", "100.100.100.200"),
        *("3fff::1", "5f00::1", "100::1", "2001::1", "::ffff:0:7f00:1", "4000::1", "1.2.3.4.5"),
    ],
)
def test_address_that_is_not_public_is_refused(address: str) -> None:
    assert address_problem(address)


@pytest.mark.parametrize(
    ("address", "is_loopback"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("10.0.0.1", False),
        ("160.79.104.10", False),
        ("::ffff:10.0.0.1", False),
        ("localhost", False),
    ],
)
def test_loopback_addresses(address: str, is_loopback: bool) -> None:
    assert is_loopback_address(address) is is_loopback


@given(st.text(max_size=50) | st.ip_addresses().map(str))
def test_any_text_has_a_verdict_as_an_address(text: str) -> None:
    problem = address_problem(text)
    assert problem is None or problem.isascii()


def test_every_address_is_vetted() -> None:
    answer = ["160.79.104.10", "2607:6bc0::10", "160.79.104.10"]
    assert vetted("a.example.com", lambda _: answer) == Vetted(
        ("160.79.104.10", "2607:6bc0::10"), None
    )


def test_one_private_address_among_public_ones_refuses_all() -> None:
    answer = ["160.79.104.10", "10.0.0.1"]
    assert vetted("a.example.com", lambda _: answer).problem == "10.0.0.1 is not public"


def test_name_without_an_address_is_not_resolved() -> None:
    with pytest.raises(OSError, match="no address"):
        vetted("a.example.com", lambda _: [])


def test_system_resolves_the_names_of_this_machine() -> None:
    found = by_system("localhost")
    assert found
    assert all(map(is_loopback_address, found))


def test_system_says_by_oserror_that_a_name_cannot_be_resolved() -> None:
    with pytest.raises(OSError, match="name"):
        by_system("a" * 70)
