"""TLS: strict clients are content, and those that are not are told of."""

from __future__ import annotations

import socket
import ssl
import tempfile
from collections.abc import Callable

import pytest
from cryptography import x509
from tests.hooks.interceptor.witness import Line, Witness, request, trusting

from antkey_hooks.interceptor.authority import Authority
from antkey_hooks.interceptor.exchange import TroubleKind
from antkey_hooks.interceptor.server import API

MakeKey = Callable[..., str]


@pytest.mark.parametrize(
    "name",
    [API, "a.b.example.org", "192.0.2.1", "2001:db8::1", "x" * 63 + ".example.com",
     ".".join(["y" * 40] * 5) + ".example", "under_score.example"],
)  # fmt: skip
def test_strict_clients_accept_every_name(witness: Witness, name: str) -> None:
    with witness.serve() as interceptor, Line(interceptor.tls_port) as line:
        host = f"[{name}]" if ":" in name else name
        line.send(f"CONNECT {host}:443 HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        line.socket.recv(1000)
        line.socket = trusting(interceptor).wrap_socket(line.socket, server_hostname=name)
        line.send(request())
        assert line.answer()[0] in (200, 502)
    shown = (witness.seen + witness.refused)[0]
    assert shown.host == name


@pytest.mark.parametrize(
    "version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=["1.2", "1.3"]
)
def test_a_mapped_name_is_answered(
    witness: Witness, make_key: MakeKey, version: ssl.TLSVersion
) -> None:
    with witness.serve() as interceptor:
        context = trusting(interceptor)
        context.minimum_version = context.maximum_version = version
        with Line(interceptor.tls_port, context) as line:
            line.send(request(headers={"x-api-key": make_key()}))
            assert line.answer()[0] == 200
    assert (witness.seen[0].transport, witness.seen[0].host) == ("tls", API)


def test_a_client_without_a_name_gets_the_api(witness: Witness) -> None:
    with witness.serve() as interceptor:
        context = trusting(interceptor)
        context.check_hostname = False
        plain = socket.create_connection(("127.0.0.1", interceptor.tls_port))
        with context.wrap_socket(plain) as there:
            assert ("DNS", API) in there.getpeercert()["subjectAltName"]


@pytest.mark.parametrize(
    ("offered", "chosen"), [(["h2", "http/1.1"], "h2"), (["http/1.1"], "http/1.1")]
)
def test_the_protocol_is_the_clients_best(
    witness: Witness, offered: list[str], chosen: str
) -> None:
    with (
        witness.serve() as interceptor,
        Line(interceptor.tls_port, trusting(interceptor, *offered)) as line,
    ):
        assert isinstance(line.socket, ssl.SSLSocket)
        assert line.socket.selected_alpn_protocol() == chosen


@pytest.mark.parametrize(
    "version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=["1.2", "1.3"]
)
def test_a_client_that_refuses_the_certificate_is_told_of(
    witness: Witness, version: ssl.TLSVersion
) -> None:
    context = ssl.create_default_context()
    context.maximum_version = version
    with (
        witness.serve() as interceptor,
        socket.create_connection(("127.0.0.1", interceptor.tls_port)) as plain,
        pytest.raises(ssl.SSLCertVerificationError),
    ):
        context.wrap_socket(plain, server_hostname=API)
    [trouble] = witness.troubles
    assert (trouble.kind, trouble.host) == (TroubleKind.REFUSED_CERTIFICATE, API)


def test_a_client_that_pins_another_certificate_is_told_of(witness: Witness) -> None:
    with witness.serve() as interceptor, Line(interceptor.tls_port, trusting(interceptor)):
        pass
    [trouble] = witness.troubles
    assert (trouble.kind, trouble.host) == (TroubleKind.NO_REQUEST, API)


@pytest.mark.parametrize("sent", [b"\x16\x03\x01", b"\x16\x03\x01\x00\x05hello", b"\x16" * 3000])
def test_a_handshake_that_comes_to_nothing_is_told_of(witness: Witness, sent: bytes) -> None:
    with witness.serve() as interceptor:
        with Line(interceptor.tls_port) as line:
            line.send(sent)
        with Line(interceptor.tls_port, trusting(interceptor)) as line:
            line.send(request())
            assert line.answer()[0] == 200
    assert [trouble.kind for trouble in witness.troubles] == [TroubleKind.NO_HANDSHAKE]


def test_an_ordinary_client_that_leaves_is_no_trouble(witness: Witness) -> None:
    with witness.serve() as interceptor, Line(interceptor.tls_port, trusting(interceptor)) as line:
        line.send(request())
        line.answer()
    assert witness.troubles == []


def test_connections_that_the_interceptor_ends_itself_are_no_trouble(witness: Witness) -> None:
    with witness.serve() as interceptor:
        line = Line(interceptor.tls_port, trusting(interceptor))
    line.socket.close()
    assert witness.troubles == []


def test_the_private_key_does_not_touch_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a file was about to be made")

    if not hasattr(__import__("os"), "memfd_create"):
        pytest.skip("this system has no anonymous files")
    monkeypatch.setattr(tempfile, "TemporaryDirectory", refuse)
    assert Authority().context(API)


def test_where_there_are_no_anonymous_files_nothing_stays_behind(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("temporary")
    monkeypatch.delattr("os.memfd_create", raising=False)
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    assert Authority().context(API)
    assert list(folder.iterdir()) == []


def test_contexts_are_kept_and_not_without_end() -> None:
    authority = Authority()
    first = authority.context(API)
    assert authority.context(API) is first
    for number in range(300):
        authority.context(f"{number}.example.com")
    assert len(authority._contexts) <= 256


def test_the_authority_may_sign_leaves_and_nothing_more() -> None:
    certificate = x509.load_pem_x509_certificate(Authority().ca_pem)
    constraints = certificate.extensions.get_extension_for_class(x509.BasicConstraints).value
    assert (constraints.ca, constraints.path_length) == (True, 0)
    assert Authority().ca_pem != Authority().ca_pem
