"""The interceptor as a proxy: it ends what goes to the API, refuses what leaves, lets through what stays."""

from __future__ import annotations

import http.server
import json
import shutil
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from tests.hooks.interceptor.witness import ASKED, Line, Witness, request, trusting

from antkey_hooks.interceptor.exchange import TroubleKind
from antkey_hooks.interceptor.server import API, Interceptor

MakeKey = Callable[..., str]
URL = f"https://{API}/v1/messages"


class Local(http.server.BaseHTTPRequestHandler):
    """A service of the machine itself."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        said = {"path": self.path, "body": body.decode(), "proxy": self.headers["proxy-connection"]}
        answer = json.dumps(said).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def do_GET(self) -> None:
        self.do_POST()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def local() -> Iterator[int]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Local) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


def client(interceptor: Interceptor, *, http2: bool = False) -> httpx.Client:
    return httpx.Client(
        proxy=interceptor.proxy_url, verify=trusting(interceptor), http2=http2, trust_env=False
    )


@pytest.mark.parametrize(("http2", "version"), [(False, "1.1"), (True, "2")])
def test_httpx_is_answered_through_the_proxy(
    witness: Witness, make_key: MakeKey, http2: bool, version: str
) -> None:
    headers = {"authorization": f"Bearer {make_key()}"}
    with witness.serve() as interceptor, client(interceptor, http2=http2) as through:
        for _ in range(3):
            response = through.post(URL, json=ASKED, headers=headers)
            assert response.json()["type"] == "message"
    assert {(one.host, one.transport, one.version) for one in witness.seen} == {
        (API, "proxy", version)
    }
    assert len(witness.seen) == 3


def test_requests_is_answered_through_the_proxy(
    witness: Witness, make_key: MakeKey, tmp_path: Path
) -> None:
    requests = pytest.importorskip("requests")
    bundle = tmp_path / "ca.pem"
    with witness.serve() as interceptor:
        bundle.write_bytes(interceptor.ca_pem)
        with requests.Session() as session:
            session.trust_env = False
            response = session.post(
                URL,
                json=ASKED,
                headers={"x-api-key": make_key()},
                proxies={"https": interceptor.proxy_url},
                verify=str(bundle),
            )
    assert response.json()["type"] == "message"
    assert len(witness.seen[0].credentials) == 1


def test_curl_is_answered_through_the_proxy(witness: Witness, tmp_path: Path) -> None:
    if shutil.which("curl") is None:
        pytest.skip("no curl")
    bundle = tmp_path / "ca.pem"
    with witness.serve() as interceptor:
        bundle.write_bytes(interceptor.ca_pem)
        done = subprocess.run(
            [
                "curl",
                "-sS",
                "--proxy",
                interceptor.proxy_url,
                "--noproxy",
                "",
                "--cacert",
                bundle,
                "--max-time",
                "20",
                URL,
                "--data",
                json.dumps(ASKED),
            ],
            capture_output=True,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["model"] == ASKED["model"]


def test_a_key_to_a_foreign_host_is_seen_and_goes_nowhere(
    witness: Witness, make_key: MakeKey
) -> None:
    headers = {"x-api-key": make_key()}
    with witness.serve() as interceptor, client(interceptor, http2=True) as through:
        response = through.get("https://logs.example.com/collect", headers=headers)
        plain = through.get("http://logs.example.com/collect", headers=headers)
        body = through.post("https://logs.example.com/collect", content=f"key={make_key()}")
    assert [one.status_code for one in (response, plain, body)] == [502] * 3
    assert witness.seen == []
    assert {one.host for one in witness.refused} == {"logs.example.com"}
    assert [one.credentials[0].carrier for one in witness.refused] == [
        "x-api-key", "x-api-key", "body",
    ]  # fmt: skip
    assert witness.answered == [502] * 3


def test_other_tokens_to_foreign_hosts_are_no_business_of_ours(witness: Witness) -> None:
    with witness.serve() as interceptor, client(interceptor) as through:
        through.get("https://pypi.example.org/simple", headers={"authorization": "Bearer abc"})
    assert witness.refused[0].credentials == ()


def test_hosts_that_are_allowed_are_answered(witness: Witness, make_key: MakeKey) -> None:
    hosts = [API, "Gateway.example.com"]
    with witness.serve(allowed_hosts=hosts) as interceptor, client(interceptor) as through:
        answer = through.post(
            "https://gateway.example.com/v1/messages",
            json=ASKED,
            headers={"authorization": "Bearer opaque"},
        )
    assert answer.status_code == 200
    assert witness.seen[0].host == "gateway.example.com"
    assert len(witness.seen[0].credentials) == 1


def test_no_name_is_ever_looked_up(witness: Witness, monkeypatch: pytest.MonkeyPatch) -> None:
    looked_up = []
    real = socket.getaddrinfo

    def spy(host: str, *rest: object, **more: object) -> object:
        looked_up.append(host)
        return real("127.0.0.1", *rest, **more)

    with witness.serve() as interceptor:
        monkeypatch.setattr(socket, "getaddrinfo", spy)
        with client(interceptor) as through:
            through.get("https://somewhere.example.com/")
            through.get("http://elsewhere.example.com/")
            through.get("http://localhost:1/")
    assert set(looked_up) <= {"127.0.0.1"}


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "app.localhost"])
def test_a_service_of_this_machine_is_reached_through_the_proxy(
    witness: Witness, local: int, name: str
) -> None:
    with witness.serve() as interceptor, client(interceptor) as through:
        said = through.post(f"http://{name}:{local}/a/b?c=d", content="x" * 100_000).json()
        again = through.get(f"http://{name}:{local}").json()
    assert (said["path"], len(said["body"]), said["proxy"]) == ("/a/b?c=d", 100_000, None)
    assert again["path"] == "/"
    assert witness.seen == witness.refused == []


def test_a_tunnel_to_this_machine_is_a_real_one(witness: Witness, local: int) -> None:
    with witness.serve() as interceptor, Line(interceptor.tls_port) as line:
        # The first bytes for the service come together with the request for the tunnel.
        inside = request("POST", "/in", b"hello", {"Host": "x", "Connection": "close"})
        line.send(f"CONNECT localhost:{local} HTTP/1.1\r\nHost: x\r\n\r\n".encode() + inside)
        got = line.rest()
    assert got.startswith(b"HTTP/1.1 200 ")
    assert b'"path": "/in"' in got
    assert witness.seen == witness.refused == []


def test_a_large_answer_comes_whole_through_a_tunnel(witness: Witness) -> None:
    size = 20 << 20
    with socket.create_server(("127.0.0.1", 0)) as service:

        def serve() -> None:
            there, _ = service.accept()
            with there:
                there.recv(10)
                there.sendall(b"z" * size)

        thread = threading.Thread(target=serve)
        thread.start()
        with witness.serve() as interceptor, Line(interceptor.tls_port) as line:
            port = service.getsockname()[1]
            line.send(f"CONNECT 127.0.0.1:{port} HTTP/1.1\r\nHost: x\r\n\r\ngo".encode())
            got = line.rest()
        thread.join()
    assert len(got.partition(b"\r\n\r\n")[2]) == size


def test_a_tunnel_to_where_nobody_listens_is_502(witness: Witness) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with witness.serve() as interceptor, Line(interceptor.tls_port) as line:
        line.send(f"CONNECT localhost:{port} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        assert line.rest().startswith(b"HTTP/1.1 502 ")


@pytest.mark.parametrize("way", ["tunnel", "absolute"])
def test_the_base_url_through_the_proxy_is_the_base_url(witness: Witness, way: str) -> None:
    with witness.serve() as interceptor, Line(interceptor.tls_port) as line:
        port = interceptor.tls_port
        if way == "tunnel":
            line.send(f"CONNECT 127.0.0.1:{port} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            assert line.socket.recv(1000).startswith(b"HTTP/1.1 200 ")
            line.send(request(headers={"Host": f"127.0.0.1:{port}"}))
        else:
            line.send(request(target=f"http://127.0.0.1:{port}/v1/messages"))
        assert line.answer()[0] == 200
    assert (witness.seen[0].host, witness.seen[0].transport) == (API, "base-url")


def test_the_control_url_is_reached_through_the_proxy(witness: Witness) -> None:
    with witness.serve() as interceptor, client(interceptor) as through:
        said = through.post(f"{interceptor.control_url}/mark", json={"tenant": "acme"})
    assert said.json() == {"understood": True}
    assert [path for path, _ in witness.told] == ["/mark"]


def test_whom_a_tunnel_was_opened_to_counts_more_than_what_is_said_in_it(
    witness: Witness, make_key: MakeKey
) -> None:
    with witness.serve() as interceptor, Line(interceptor.tls_port) as line:
        line.send(b"CONNECT evil.example.com:443 HTTP/1.1\r\nHost: x\r\n\r\n")
        line.socket.recv(1000)
        line.send(request(headers={"Host": API, "x-api-key": make_key()}))
        assert line.answer()[0] == 502
    assert witness.refused[0].host == "evil.example.com"


def test_who_opens_a_tunnel_to_an_address_says_by_name_whom_it_means(witness: Witness) -> None:
    with witness.serve() as interceptor, Line(interceptor.tls_port) as line:
        line.send(b"CONNECT 192.0.2.7:443 HTTP/1.1\r\nHost: x\r\n\r\n")
        line.socket.recv(1000)
        line.socket = trusting(interceptor).wrap_socket(line.socket, server_hostname=API)
        line.send(request())
        assert line.answer()[0] == 200
    assert witness.seen[0].host == API


@pytest.mark.parametrize("target", ["nowhere", "a:b", ":443", "a:99999", "x y:1", "[::1:443"])
def test_odd_tunnels_do_no_harm(witness: Witness, target: str) -> None:
    with witness.serve() as interceptor:
        with Line(interceptor.tls_port) as line:
            line.send(f"CONNECT {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            assert line.socket.recv(12)[:9] == b"HTTP/1.1 "
        with Line(interceptor.tls_port) as line:
            line.send(request())
            assert line.answer()[0] == 200


def test_what_is_no_http_in_a_tunnel_is_told(witness: Witness) -> None:
    with witness.serve() as interceptor, Line(interceptor.tls_port) as line:
        line.send(b"CONNECT db.example.com:5432 HTTP/1.1\r\nHost: x\r\n\r\n")
        line.socket.recv(1000)
        line.send(b"\x00\x00\x00\x08\x04\xd2\x16\x2f\r\n\r\n")
        line.rest()
    [trouble] = witness.troubles
    assert (trouble.kind, trouble.host) == (TroubleKind.UNREADABLE, "db.example.com")
