"""Where a key may be sent."""

from __future__ import annotations

import string

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from antkey_scanner.urlpolicy import (
    Root,
    Verdict,
    address_problem,
    is_loopback_address,
    judge,
    root_of,
)


@pytest.mark.parametrize(
    ("url", "normal"),
    [
        ("https://api.anthropic.com", "https://api.anthropic.com/v1/messages"),
        ("https://api.anthropic.com/", "https://api.anthropic.com/v1/messages"),
        ("https://api.anthropic.com/v1", "https://api.anthropic.com/v1/messages"),
        ("https://api.anthropic.com/v1/", "https://api.anthropic.com/v1/messages"),
        ("https://api.anthropic.com/v1/messages", "https://api.anthropic.com/v1/messages"),
        ("https://api.anthropic.com/v1/messages/", "https://api.anthropic.com/v1/messages"),
        ("https://api.anthropic.com:443", "https://api.anthropic.com/v1/messages"),
        ("https://api.anthropic.com:", "https://api.anthropic.com/v1/messages"),
        ("HTTPS://API.Anthropic.COM", "https://api.anthropic.com/v1/messages"),
        ("https://api.anthropic.com.", "https://api.anthropic.com/v1/messages"),
        ("https://gw.example.com/anthropic", "https://gw.example.com/anthropic/v1/messages"),
        ("https://gw.example.com/a/b/v1", "https://gw.example.com/a/b/v1/messages"),
        ("https://xn--bcher-kva.example", "https://xn--bcher-kva.example/v1/messages"),
        ("https://1.example.com", "https://1.example.com/v1/messages"),
        ("https://10.0.0.1.example.com", "https://10.0.0.1.example.com/v1/messages"),
        ("https://0xcafe.example.com", "https://0xcafe.example.com/v1/messages"),
        ("https://localhost.example.com", "https://localhost.example.com/v1/messages"),
    ],
)
def test_public_https_passes_in_its_normal_form(url: str, normal: str) -> None:
    assert judge(url) == Verdict(True, normal, None)
    assert judge(normal) == Verdict(True, normal, None)


REFUSED = {
    "not HTTPS": (
        *("http://api.anthropic.com", "ftp://api.anthropic.com", "ws://api.anthropic.com"),
        *("file:///etc/passwd", "javascript://api.anthropic.com/%0aalert(1)"),
    ),
    "no URL": ("api.anthropic.com", "//api.anthropic.com", "https:api.anthropic.com", "https:/a.b"),
    "no host": ("", "https://", "https:///v1", "https://:443", "https://."),
    "no port but 443": (
        *("https://api.anthropic.com:80", "https://api.anthropic.com:8443"),
        *("https://api.anthropic.com:0", "https://api.anthropic.com:65979"),
        *("https://api.anthropic.com:443:443", "https://api.anthropic.com:4 43"),
        "https://api.anthropic.com:\u0664\u0664\u0663",
    ),
    "no user": (
        *(
            "https://me@api.anthropic.com",
            "https://me:it@api.anthropic.com",
            "https://@a.example.com",
        ),
        *(
            "https://api.anthropic.com@evil.example.com",
            "https://api.anthropic.com:443@a.example.com",
        ),
    ),
    "no query": (
        "https://a.example.com?",
        "https://a.example.com/?x=1",
        "https://a.example.com/v1?",
    ),
    "no fragment": (
        "https://a.example.com#",
        "https://a.example.com/#x",
        "https://a.example.com#@b.com",
    ),
    "not localhost": (
        *("https://localhost", "https://LOCALHOST", "https://localhost.", "https://a.localhost"),
        *("https://localhost.localdomain", "https://localhost:443"),
    ),
    "no address": (
        *("https://127.0.0.1", "https://10.0.0.1", "https://192.168.1.1", "https://172.16.0.1"),
        *("https://169.254.169.254", "https://8.8.8.8", "https://0.0.0.0", "https://127.0.0.1."),
        *("https://2130706433", "https://0x7f000001", "https://0X7F.1", "https://017700000001"),
        *("https://127.1", "https://0177.0.0.1", "https://0x7f.0.0.1", "https://127.0.0x1"),
        *(
            "https://[::1]",
            "https://[::ffff:127.0.0.1]",
            "https://[2607:6bc0::10]",
            "https://[fe80::1]",
        ),
        *("https://[::]", "https://[0:0:0:0:0:ffff:7f00:1]", "https://[fe80::1%25eth0]"),
        *("https://999.999.999.999", "https://1.2.3.4.5", "https://example.0x", "https://1"),
    ),
    "no machine nearby": (
        *(
            "https://metadata.google.internal",
            "https://metadata",
            "https://gateway",
            "https://a.local",
        ),
        *(
            "https://router.home.arpa",
            "https://printer.lan",
            "https://a.intranet",
            "https://a.corp",
        ),
    ),
    "no host name": (
        *("https://a..example.com", "https://.example.com", "https://-a.example.com"),
        *("https://a%2eexample.com", "https://127.0.0.1%2f.example.com", "https://a,b.example.com"),
        *(
            "https://[api.anthropic.com]",
            f"https://{'a' * 64}.example.com",
            "https://a.example.com..",
        ),
        f"https://{'a.' * 130}com",
    ),
    "no trick": (
        *("https://api.anthropic.com\\@evil.example.com", "https:\\\\api.anthropic.com"),
        *(
            " https://api.anthropic.com",
            "https://api.anthropic.com\n",
            "https://api.anthropic\t.com",
        ),
        *(
            "https://api.anthropic.com/ ",
            "https://api.anthropic.com\x00",
            "https://api.anthropic.com\x7f",
        ),
        *(
            "https://\uff11\uff12\uff17.0.0.1",
            "https://\u2460.example.com",
            "https://b\u00fccher.example",
        ),
        *(
            "https://api\u3002anthropic.com",
            "https://example.com\u2044v1",
            "https://a.example.com\ud800",
        ),
        f"https://a.example.com/{'x' * 3000}",
    ),
    "no other path": (
        *(
            "https://a.example.com/../v1",
            "https://a.example.com/./v1",
            "https://a.example.com/a//b",
        ),
        *(
            "https://a.example.com/%2e%2e/v1",
            "https://a.example.com/a%2fb",
            "https://a.example.com/a;b",
        ),
        *(
            "https://a.example.com/v1/chat/completions",
            "https://a.example.com/v1/messages/count_tokens",
        ),
        "https://a.example.com/v1/complete",
    ),
}


@pytest.mark.parametrize(
    "url", [url for urls in REFUSED.values() for url in urls], ids=lambda url: ascii(url)[:50]
)
def test_all_else_is_refused_with_problem_and_cure(url: str) -> None:
    verdict = judge(url)
    assert not verdict.ok
    assert verdict.normal is None
    assert verdict.reason
    assert verdict.reason.isascii()


def test_reason_repeats_nothing_of_the_url() -> None:
    assert "hunter2" not in str(judge("https://me:hunter2@a.example.com"))


@given(st.text(max_size=60) | st.text(string.printable, max_size=60).map("https://{}".format))
@example("https://[")
@example("https://a]b.example.com")
@example("https://a.example.com:" + "9" * 5000)
def test_no_text_breaks_it_and_what_passes_is_plain(url: str) -> None:
    verdict = judge(url)
    if verdict.normal is not None:
        assert verdict.ok
        assert verdict.normal.startswith("https://")
        assert verdict.normal.endswith("/v1/messages")
        assert judge(verdict.normal) == verdict


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
    assert not judge(url).ok


@pytest.mark.parametrize(
    "url",
    [
        *("http://127.0.0.2", "http://0x7f.1", "http://2130706433", "http://[::ffff:127.0.0.1]"),
        *("http://localhost@evil.example.com", "http://localhost.example.com", "http://0.0.0.0"),
        *("http://localhost:0", "http://localhost:99999", "http://127.0.0.1/?x", "http://10.0.0.1"),
        "http://api.anthropic.com",
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
        *("2002:7f00:1::", "2002:a00:1::", "", "a.example.com"),
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
