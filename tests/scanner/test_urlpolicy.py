"""Where a key may be sent: URLs that pass, in their normal form, and URLs that are refused."""

from __future__ import annotations

import itertools
import re

import pytest

from antkey_scanner.urlpolicy import Verdict, check_base_url

HOSTS = (
    *("api.anthropic.com", "gateway.example.com", "a.io", "1.example.com", "4chan.org"),
    *("10.0.0.1.example.com", "0xcafe.example.com", "localhost.example.com", "nip.io.example.org"),
    *("local.example.com", "internal.example.com", "test.com", "onion.com", "mylocalhost.com"),
    *(
        "notnip.io",
        "xn--bcher-kva.example.com",
        "xn--fsq.com",
        "a--b.example.com",
        "qa--x.netlify.app",
    ),
    *("claude.ai", "claude-gateway.example.com", "anthropic.gateway.example.com", "x.museum"),
    f"{'a' * 63}.com",
    f"{'a.' * 125}com",
)
PATHS = {
    "": "",
    "/": "",
    "/v1": "",
    "/v1/": "",
    "/v1/messages": "",
    "/v1/messages/": "",
    "/gateway/anthropic": "/gateway/anthropic",
    "/gateway/anthropic/": "/gateway/anthropic",
    "/gateway/anthropic/v1": "/gateway/anthropic",
    "/gateway/anthropic/v1/messages": "/gateway/anthropic",
    "/v1/0123abcd/my-gateway/anthropic": "/v1/0123abcd/my-gateway/anthropic",
    "/~me/a.b_c-d/...x": "/~me/a.b_c-d/...x",
    "/v1/v1": "/v1",
    "/v2": "/v2",
}


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("path", PATHS)
def test_public_https_passes_in_its_normal_form(host: str, path: str) -> None:
    normal = f"https://{host}{PATHS[path]}/v1/messages"
    for scheme, name, port in itertools.product(
        ("https", "HTTPS", "hTtPs"), (host, host.upper()), ("", ":443")
    ):
        assert check_base_url(f"{scheme}://{name}{port}{path}") == Verdict(True, normal, None)
    assert check_base_url(normal) == Verdict(True, normal, None)


A = "https://a.example.com"
REFUSED = {
    "is not HTTPS": (
        *("http://api.anthropic.com", "ftp://api.anthropic.com", "ws://api.anthropic.com"),
        *("file:///etc/passwd", "http://api.anthropic.com:443", "HTTP://api.anthropic.com"),
        *(
            "a.example.com://",
            "javascript://api.anthropic.com/%0aalert(1)",
            "gopher://a.example.com",
            "httpss://a.b.com",
        ),
    ),
    "is no URL": (
        *("", "api.anthropic.com", "//api.anthropic.com", "https:api.anthropic.com"),
        *("https:/a.example.com", "https", "https:", "://a.example.com", "/v1"),
        *("jar:https://a.example.com", "url:https://a.example.com", "1https://a.example.com"),
    ),
    "has no host": ("https://", "https:///v1", "https://:443", "https://?", "https://:"),
    "has a port": (
        *("https://api.anthropic.com:80", "https://api.anthropic.com:8443", f"{A}:", f"{A}:/v1"),
        *(
            "https://api.anthropic.com:0",
            "https://api.anthropic.com:0443",
            f"{A}:+443",
            f"{A}:443a",
        ),
        *(f"{A}:4%343", f"{A}:-1", f"{A}:4430"),
    ),
    "has no valid port": (f"{A}:65979", f"{A}:99999"),
    "has a user name or password": (
        *("https://me@a.example.com", "https://me:it@a.example.com", "https://@a.example.com"),
        *(
            "https://api.anthropic.com@evil.example.com",
            "https://api.anthropic.com:443@a.example.com",
        ),
        *("https://:@a.example.com", "https://a.example.com@", "https://a@b@c.example.com"),
        *("https://api.anthropic.com%2f@a.example.com", "https://[::1]@a.example.com"),
    ),
    "has a query": (f"{A}?", f"{A}/?x=1", f"{A}/v1?", f"{A}/v1/messages?beta=true", f"{A}/?a@b"),
    "has a fragment": (f"{A}#", f"{A}/#x", f"{A}#@b.example.com", f"{A}/v1#", f"{A}/?x#y"),
    "has an address": (
        *("https://[::]", "https://[::1", "https://::1", "https://::1]", "https://fe80::1"),
        *("https://1", "https://1.2.3.4.5", "https://999.999.999.999", "https://example.0x"),
        *("https://a.example.1", "https://a.example.0x7f", "https://[a.example.com]", "https://[]"),
        *("https://[v1.a]", "https://[fe80::1%25eth0]", f"{A}:443:443"),
    ),
    "has the name of a machine nearby": (
        *("https://localhost", "https://LOCALHOST", "https://LocalHost:443", "https://a.localhost"),
        *("https://localhost.localdomain", "https://a.b.c.localhost/v1", "https://a.local"),
        *(
            "https://metadata.google.internal",
            "https://instance-data.ec2.internal",
            "https://internal",
        ),
        *("https://router.home.arpa", "https://1.0.0.127.in-addr.arpa", "https://a.ip6.arpa"),
        *(
            "https://a.onion",
            "https://a.test",
            "https://a.example",
            "https://a.invalid",
            "https://a.alt",
        ),
        *(
            "https://a.corp",
            "https://a.home",
            "https://a.mail",
            "https://a.lan",
            "https://a.intranet",
        ),
        *(
            "https://a.private",
            "https://kubernetes.default.svc",
            "https://a.default.svc.cluster.local",
        ),
        *(
            "https://host.docker.internal",
            "https://llm.service.consul",
            "https://xn--bcher-kva.example",
        ),
    ),
    "has a host name without a dot": (
        "https://gateway",
        "https://metadata",
        "https://com",
        "https://a-b",
    ),
    "has a host that ends in no top-level domain": (
        *("https://a.b-c", "https://a.x", "https://localhost4.localdomain4", "https://a.a1"),
    ),
    "has a dot at the end": (f"{A}.", f"{A}./v1", f"{A}..", "https://.", "https://localhost."),
    "has no valid host name": (
        *("https://a..example.com", "https://.example.com", "https://-a.example.com"),
        *("https://a-.example.com", "https://a,b.example.com", "https://a_b.example.com"),
        *(
            "https://$x.example.com",
            "https://a.example.com,b.example.com",
            "https://a.example.com;/",
        ),
        *(f"https://{'a' * 64}.example.com", f"https://{'a.' * 126}com", "https://a.example.com&x"),
    ),
    "has a host that is percent-encoded": (
        *("https://a%2eexample.com", "https://127.0.0.1%2f.example.com", "https://%61.example.com"),
        *("https://a.example.com%00", "https://a.example.com%0d%0a", "https://%31%32%37.0.0.1"),
    ),
    "has blanks, backslashes or control characters": (
        *("https://api.anthropic.com\\@evil.example.com", "https:\\\\api.anthropic.com"),
        *(
            f" {A}",
            f"{A} ",
            f"{A}\n",
            f"{A}\r\n",
            f"{A}\x00",
            f"{A}\x7f",
            f"{A}/\t",
            "\t" + A,
        ),
        *(
            "https://api.anthropic\t.com",
            "ht\ntps://a.example.com",
            f"{A}/\\..\\x",
            f"{A}/v1 /messages",
        ),
        *(f"{A}\x1b[31m", f"{A}\x0b", f"{A}/\x1f"),
    ),
    "has characters that are not ASCII": (
        *(
            "https://\uff11\uff12\uff17.0.0.1",
            "https://\u2460.example.com",
            "https://b\u00fccher.de",
        ),
        *("https://api\u3002anthropic.com", "https://a.example.com\u2044v1", f"{A}\ud800"),
        *("http\u017f://a.example.com", "https://\u212aa.example.com", f"{A}:\u0664\u0664\u0663"),
        *(
            "https\uff1a//a.example.com",
            "https://me\uff20a.example.com",
            f"{A}\u2028",
            f"{A}/\u202e",
        ),
        *(
            f"\ufeff{A}",
            f"{A}\u00ad",
            "https://a\u200d.example.com",
            f"{A}\u0085",
            f"{A}/caf\u00e9",
        ),
    ),
    "has dots alone": (
        *(
            f"{A}/../v1",
            f"{A}/./v1",
            f"{A}/..",
            f"{A}/.",
            f"{A}/a/../..",
            f"{A}/.../v1",
            f"{A}/a/./",
        ),
        *(f"{A}/v1/../messages", f"{A}/..//v1"),
    ),
    "has an empty part": (
        f"{A}//",
        f"{A}/a//b",
        f"{A}//v1",
        f"{A}/v1//messages",
        f"{A}/v1/messages//",
    ),
    "has a path that is percent-encoded": (
        *(
            f"{A}/%2e%2e/v1",
            f"{A}/a%2fb",
            f"{A}/%2E",
            f"{A}/a%5cb",
            f"{A}/%00",
            f"{A}/%",
            f"{A}/v1%20",
        ),
    ),
    "has a path that is not plain": (
        *(
            f"{A}/a;b",
            f"{A}/a:b",
            f"{A}/a@b",
            f"{A}/$v1",
            f"{A}/{{tenant}}",
            f"{A}/a,b",
            f"{A}/a+b",
        ),
        *(f"{A}/<x>", f"{A}/*", f"{A}/a=b", f"{A}/a&b", f'{A}/"', f"{A}/'", f"{A}/a|b", f"{A}/[a]"),
    ),
    "has the path of another endpoint": (
        *(
            f"{A}/v1/chat/completions",
            f"{A}/v1/messages/count_tokens",
            f"{A}/v1/messages/batches/x",
        ),
        *(
            f"{A}/v1/complete",
            f"{A}/v1/models",
            f"{A}/v1/messages/v1/messages",
            f"{A}/v1/messages/v1",
        ),
        *(f"{A}/x/v1/responses", f"{A}/v1/models/v1", f"{A}/v1/organizations/api_keys"),
    ),
    "stands for any address": (
        *(
            "https://nip.io",
            "https://10.0.0.1.nip.io",
            "https://a-127-0-0-1.nip.io",
            "https://7f000001.nip.io",
        ),
        *("https://sslip.io", "https://a--1.sslip.io", "https://169-254-169-254.sslip.io"),
        *(
            "https://127.0.0.1.xip.io",
            "https://localtest.me",
            "https://a.b.localtest.me",
            "https://lvh.me",
        ),
        *(
            "https://vcap.me",
            "https://lacolhost.com",
            "https://x.traefik.me",
            "https://a.ddev.site",
        ),
        *(
            "https://x.lndo.site",
            "https://10-0-0-1.my.local-ip.co",
            "https://a.local.sisteminha.com",
        ),
        *("https://7f000001.c0a80001.rbndr.us", "https://127-0-0-1.org.uk", "https://X.NIP.IO"),
        *(
            "https://10-0-0-2.abc.plex.direct",
            "https://0--1.backname.io",
            "https://make-1.2.3.4-rr.1u.ms",
        ),
    ),
    "metadata service": (
        *("https://metadata.goog", "https://x.metadata.goog", "https://metadata.tencentyun.com"),
        *("https://metadata.packet.net", "https://metadata.platformequinix.com"),
    ),
    "may be a key": (f"{A}/sk-ant-x", f"{A}/SK-ANT-x/v1", "https://sk-ant-x.example.com"),
    "is longer than": (f"{A}/{'x' * 3000}", "x" * 2001, f"https://{'a.' * 5000}com"),
}


@pytest.mark.parametrize(
    ("reason", "url"),
    [(reason, url) for reason, urls in REFUSED.items() for url in urls],
    ids=lambda text: ascii(text)[:60],
)
def test_all_else_is_refused_with_its_reason(reason: str, url: str) -> None:
    verdict = check_base_url(url)
    assert not verdict.ok
    assert verdict.normal is None
    assert verdict.reason is not None
    assert reason in verdict.reason


def test_every_reason_says_the_problem_and_the_cure() -> None:
    for url in (url for urls in REFUSED.values() for url in urls):
        assert re.fullmatch(r"(?:is|has|holds) [^;\n]+; [^;\n]+", str(check_base_url(url).reason))


def test_reason_repeats_nothing_of_the_url() -> None:
    assert "hunter2" not in str(check_base_url("https://me:hunter2@a.example.com"))


def test_longest_url_passes() -> None:
    url = "https://a.example.com/".ljust(2000, "x")
    assert check_base_url(url).ok
    assert not check_base_url(url + "x").ok
