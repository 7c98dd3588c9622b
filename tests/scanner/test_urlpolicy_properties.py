"""Whatever passes means the same to every parser; whatever does not breaks nothing."""

from __future__ import annotations

import socket
import string
from ipaddress import ip_address
from urllib.parse import urlsplit

import httpx
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from antkey_scanner.urlpolicy import Root, check_base_url, root_of

LABEL = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?", fullmatch=True)
TOP = st.sampled_from(["com", "org", "io", "dev", "example.com", "xn--p1ai"])
HOST = st.builds("{}.{}".format, st.lists(LABEL, min_size=1, max_size=4).map(".".join), TOP)
PATH = st.lists(st.from_regex(r"[A-Za-z0-9._~-]{1,9}", fullmatch=True), max_size=4).map(
    lambda parts: "".join(f"/{part}" for part in parts)
)
GOOD = st.builds(
    "{}://{}{}{}{}".format,
    st.sampled_from(["https", "HTTPS"]),
    HOST,
    st.sampled_from(["", ":443"]),
    PATH,
    st.sampled_from(["", "/", "/v1", "/v1/messages"]),
)
ODD = st.one_of(
    st.characters(),
    st.sampled_from(
        "@:/?#[]%\\.&;,= \t\r\n\x00\x1b\u3002\uff0e\uff61\uff20\uff0f\u2044\u00ad\ufeff\u202e"
    ),
    st.characters(categories=["Nd", "No", "Cf", "Cc", "Zs"]),
    st.sampled_from(
        ["//", "..", "%2e", "%2F", "%00", "://", "xn--", "0x", "127.0.0.1", "localhost"]
    ),
)


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A good URL with some characters put in, taken out or replaced."""
    url = draw(GOOD)
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(url)))
        taken = draw(st.integers(0, 2))
        url = url[:at] + draw(ODD) + url[at + taken :]
    return url


ANY = st.one_of(
    st.text(max_size=80),
    st.text(string.printable, max_size=60).map("https://{}".format),
    st.text("0123456789abcdefx.:[]%-", max_size=40).map("https://{}".format),
    LABEL.map("https://xn--{}.com".format),
    GOOD,
    mutated(),
)


@given(ANY)
@example("https://[")
@example("https://a]b.example.com")
@example("https://a.example.com:" + "9" * 5000)
@example("https://" + "xn--a." * 40 + "com")
@example("https://" + "a-" * 200)
@example("https://a.example.com/" + "./" * 900)
def test_any_text_has_a_verdict(url: str) -> None:
    verdict = check_base_url(url)
    assert verdict.ok == (verdict.normal is not None) == (verdict.reason is None)
    if verdict.reason is not None:
        assert verdict.reason.isascii()
        assert verdict.reason.isprintable()
    if verdict.normal is not None:
        assert verdict.normal.startswith("https://")
        assert verdict.normal.endswith("/v1/messages")
        assert check_base_url(verdict.normal) == verdict


@given(st.one_of(GOOD, mutated(), LABEL.map("https://xn--{}.com".format)))
@example("https://xn--bcher-kva.de")
def test_what_passes_has_one_host_for_every_parser(url: str) -> None:
    assume(check_base_url(url).ok)
    root = root_of(url)
    assert isinstance(root, Root)
    for text in (url, check_base_url(url).normal or ""):
        split, parsed = urlsplit(text), httpx.URL(text)
        assert split.hostname == parsed.raw_host.decode("ascii") == root.host
        assert (split.scheme, parsed.scheme) == ("https", "https")
        assert split.port in (None, 443)
        assert parsed.port in (None, 443)
        assert (split.username, split.password, split.query, split.fragment) == (None, None, "", "")
        assert parsed.userinfo == parsed.query == b""
        assert split.path == parsed.path or not split.path
    with pytest.raises(ValueError, match="does not appear"):
        ip_address(root.host)
    with pytest.raises(OSError, match="illegal"):
        socket.inet_aton(root.host)


@given(GOOD)
def test_good_urls_pass_but_for_odd_paths_and_names(url: str) -> None:
    reason = check_base_url(url).reason
    assert reason is None or reason.startswith(
        (
            *("has dots alone", "has the path of another", "has a host that only looks"),
            *("has a host with an xn-- part", "has a host in letters", "has a host that mixes"),
        )
    )


@given(GOOD, ODD.filter(lambda odd: not odd.isascii() or odd in "@?#[]%\\;,= \t\r\n\x00\x1b"))
def test_one_odd_character_anywhere_is_refused(url: str, odd: str) -> None:
    for at in range(len(url) + 1):
        assert not check_base_url(url[:at] + odd + url[at:]).ok
