"""A key goes to addresses that were judged, and to no other."""

from __future__ import annotations

import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import which
from typing import Any

import pytest
from tests.admin_api import AdminApi, serving
from tests.scanner.inventory.anthropic.conftest import Reader, Time

from antkey_scanner.errors import EvidenceError
from antkey_scanner.inventory.anthropic.addresses import Refused, addresses_of
from antkey_scanner.inventory.anthropic.credential import AdminKey
from antkey_scanner.inventory.anthropic.wire import Fault, Reply, connected
from antkey_scanner.urlpolicy import Root, root_of

PUBLIC = "https://gateway.example.com"


def names(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> list[str]:
    """Let every name resolve to these addresses. The names that were asked for are in the list."""
    asked: list[str] = []
    real = socket.getaddrinfo

    def resolve(host: str, port: int, *rest: Any, **more: Any) -> list[Any]:
        if host[0].isdigit():
            return real(host, port, *rest, **more)
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return asked


def root(url: str) -> Root:
    found = root_of(url)
    assert isinstance(found, Root)
    return found


def test_public_addresses_are_tried_in_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    names(monkeypatch, "160.79.104.10", "2607:6bc0::10", "160.79.104.10")
    assert addresses_of(root(PUBLIC)) == ["160.79.104.10", "[2607:6bc0::10]"]


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "fe80::1%eth0", "::ffff:10.0.0.1"],
)
def test_public_name_of_a_private_address_is_refused(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    names(monkeypatch, "160.79.104.10", address)
    with pytest.raises(Refused):
        addresses_of(root(PUBLIC))


@pytest.mark.parametrize("address", ["10.0.0.1", "160.79.104.10", "2607:6bc0::10"])
def test_localhost_elsewhere_is_refused(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    names(monkeypatch, address)
    with pytest.raises(Refused):
        addresses_of(root("http://localhost:8080"))


def test_nothing_is_sent_to_a_refused_address(
    api: AdminApi, reading: Reader, monkeypatch: pytest.MonkeyPatch, time: Time
) -> None:
    names(monkeypatch, "127.0.0.1")
    with pytest.raises(EvidenceError, match="leads to an address that is this machine; check"):
        reading(url=PUBLIC)
    assert api.requests == []
    assert time.slept == []


def test_name_that_does_not_resolve_is_told(
    reading: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with pytest.raises(EvidenceError, match="has a name that cannot be resolved, 5 times"):
        reading(url=PUBLIC)


def test_next_address_is_tried_when_one_is_down(
    api: AdminApi, reading: Reader, monkeypatch: pytest.MonkeyPatch, time: Time
) -> None:
    asked = names(monkeypatch, "127.0.0.9", "127.0.0.1")
    port = api.url.rpartition(":")[2]
    assert len(reading(url=f"http://localhost:{port}").sheet.keys) == 1
    assert {request.headers["host"] for request in api.requests} == {f"localhost:{port}"}
    assert asked == ["localhost"] * len(api.requests)  # once each, never again to connect
    assert time.slept == []


def test_proxy_of_the_environment_is_not_used(
    api: AdminApi, reading: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert len(reading().sheet.keys) == 1


def test_netrc_of_the_user_is_not_read(
    api: AdminApi, reading: Reader, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password it\n")
    monkeypatch.setenv("NETRC", str(netrc))
    reading()
    assert not any("authorization" in request.headers for request in api.requests)


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for localhost that nobody has signed but itself, with its key."""
    if which("openssl") is None:
        pytest.skip("openssl is not installed")
    folder = tmp_path_factory.mktemp("certificate")
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
            *("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"),
            *("-keyout", folder / "both.pem", "-out", folder / "cert.pem"),
        ],
        check=True,
        capture_output=True,
    )
    with open(folder / "both.pem", "a") as both:
        both.write((folder / "cert.pem").read_text())
    return folder


@pytest.fixture
def encrypted(admin_key: str, certificate: Path) -> Iterator[AdminApi]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "both.pem")

    def wrap(listening: socket.socket) -> socket.socket:
        return context.wrap_socket(listening, server_side=True)

    with serving(AdminApi(admin_key), wrap) as served:
        served.url = served.url.replace("http://127.0.0.1", "https://localhost")
        yield served


def ask(api: AdminApi, url: str, trusted: ssl.SSLContext | bool = True) -> Reply | Fault:
    with connected(root(url), AdminKey(api.secret), trusted) as wire:
        return wire.get("/v1/organizations/me", {}, "2026-10-21", 5.0, 5.0)


def test_certificate_that_nobody_trusts_is_refused_before_anything_is_sent(
    encrypted: AdminApi, time: Time
) -> None:
    with pytest.raises(EvidenceError, match="has a certificate that is not trusted for its name"):
        Reader(encrypted, time)()
    assert encrypted.requests == []
    assert time.slept == []


def test_certificate_is_that_of_the_name_whatever_address_is_dialled(
    encrypted: AdminApi, certificate: Path
) -> None:
    trusted = ssl.create_default_context(cafile=str(certificate / "cert.pem"))
    answer = ask(encrypted, encrypted.url, trusted)
    assert isinstance(answer, Reply)
    assert answer.status == 200
    other = ask(encrypted, encrypted.url.replace("localhost", "127.0.0.1"), trusted)
    assert isinstance(other, Fault)
    assert other.final


def test_request_that_takes_too_long_is_left_behind(
    api: AdminApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object, **__: object) -> list[tuple[object, ...]]:
        api.released.wait(30)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", never)
    with connected(root(api.url), AdminKey(api.secret)) as wire:
        answer = wire.get("/v1/organizations/me", {}, "2026-10-21", 5.0, 0.05)
    assert answer == Fault("does not answer in time")


def test_fault_of_our_own_is_raised(
    api: AdminApi, reading: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wrong(*_: object, **__: Callable[[], None]) -> None:
        raise KeyError("our fault")

    monkeypatch.setattr(socket, "getaddrinfo", wrong)
    with pytest.raises(KeyError):
        reading()
