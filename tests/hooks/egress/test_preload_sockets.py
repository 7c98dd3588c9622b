"""Names and connections of a steered Python: which lead to the interceptor, and which stay as they are."""

from __future__ import annotations

import re
import socket
import threading
from pathlib import Path

import pytest
from tests.hooks.egress.steered import ADDRESS, Steered
from tests.hooks.egress.wrapped import API

from antkey_hooks.interceptor.authority import Authority


@pytest.mark.parametrize(
    "asking",
    [
        f"socket.getaddrinfo({API!r}, 443)[0][4][0]",
        f"socket.getaddrinfo({API!r}, 'https', type=socket.SOCK_STREAM)[0][4][0]",
        f"socket.getaddrinfo(host={API!r}, port=443, family=socket.AF_INET)[0][4][0]",
        f"socket.getaddrinfo({API!r}.encode(), 80)[0][4][0]",
        f"socket.getaddrinfo({API!r}.upper() + '.', None)[0][4][0]",
        f"socket.gethostbyname({API!r})",
        f"socket.gethostbyname_ex({API!r})[2][0]",
        "socket.getaddrinfo('elsewhere.example', 443)[0][4][0]",
    ],
)
def test_name_resolves_to_an_address_that_only_we_know(steered: Steered, asking: str) -> None:
    assert re.fullmatch(ADDRESS, steered.out(f"import socket; print({asking})"))


@pytest.mark.parametrize(
    ("asking", "answer"),
    [
        ("socket.getaddrinfo('localhost', 443, socket.AF_INET)[0][4]", "('127.0.0.1', 443)"),
        ("socket.getaddrinfo('127.0.0.1', 443)[0][4]", "('127.0.0.1', 443)"),
        ("socket.getaddrinfo('192.0.2.1', 443)[0][4]", "('192.0.2.1', 443)"),
        ("socket.getaddrinfo('::1', 443)[0][4][0]", "::1"),
        ("socket.getaddrinfo(None, 443, socket.AF_INET)[0][4][0]", "127.0.0.1"),
        ("socket.gethostbyname('localhost')", "127.0.0.1"),
    ],
)
def test_other_names_and_addresses_resolve_as_ever(
    steered: Steered, asking: str, answer: str
) -> None:
    assert steered.out(f"import socket; print({asking})") == answer


def test_the_api_has_no_ipv6_address(steered: Steered) -> None:
    program = f"""
import socket
try:
    socket.getaddrinfo({API!r}, 443, socket.AF_INET6)
except socket.gaierror as error:
    print(error.errno == socket.EAI_NONAME)
"""
    assert steered.out(program) == "True"


@pytest.mark.parametrize(
    "connecting",
    [
        f"socket.create_connection(({API!r}, 443))",
        f"socket.create_connection(({API!r}, 8443))",
        f"(lambda s: s.connect(({API!r}, 443)) or s)(socket.socket())",
        f"(lambda s: s.connect_ex((socket.gethostbyname({API!r}), 443)) and None or s)(socket.socket())",
        "socket.create_connection(('elsewhere.example', 443))",
        "socket.create_connection(('192.0.2.1', 443))",
    ],
)
def test_connection_reaches_the_interceptor(
    tmp_path: Path, authority: bytes, connecting: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        program = f"import socket; print({connecting}.getpeername()[1])"
        assert Steered(tmp_path / "files", authority, port).out(program) == str(port)


def test_connection_to_this_machine_goes_where_it_is_meant_to(steered: Steered) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        program = f"import socket; print(socket.create_connection(('localhost', {port})).getpeername()[1])"
        assert steered.out(program) == str(port)


def test_unix_and_datagram_sockets_work_as_ever(steered: Steered, tmp_path: Path) -> None:
    if not hasattr(socket, "AF_UNIX"):
        pytest.skip("no Unix sockets here")
    program = f"""
import socket
path = {str(tmp_path / "s")!r}
listening = socket.socket(socket.AF_UNIX); listening.bind(path); listening.listen()
asking = socket.socket(socket.AF_UNIX); asking.connect(path)
datagram = socket.socket(type=socket.SOCK_DGRAM); datagram.connect(("192.0.2.1", 443))
print(datagram.getpeername()[0])
"""
    done = steered.run(program)
    assert done.stdout.strip() == "192.0.2.1" or "unreachable" in done.stderr


def test_sockets_are_still_sockets(steered: Steered) -> None:
    program = """
import _socket, socket, ssl, pickle, selectors, multiprocessing.reduction
one = socket.socket()
assert isinstance(one, _socket.socket) and isinstance(one, socket.SocketType)
assert issubclass(ssl.SSLSocket, socket.socket)
a, b = socket.socketpair(); a.sendall(b"x"); assert b.recv(1) == b"x"
assert socket.socket(fileno=one.detach()).fileno() >= 0
try:
    one.anything = 1
except AttributeError:
    print("same")
"""
    assert steered.out(program) == "same"


def test_threads_get_the_same_address_for_a_name(steered: Steered) -> None:
    program = f"""
import socket
from concurrent.futures import ThreadPoolExecutor
with ThreadPoolExecutor(8) as pool:
    names = [f"host{{n % 300}}.example" for n in range(3000)]
    got = dict.fromkeys(zip(names, pool.map(lambda n: socket.getaddrinfo(n, 443)[0][4][0], names)))
assert len(got) == 300 == len({{address for _, address in got}})
print(socket.gethostbyname({API!r})[:7])
"""
    assert steered.out(program) == "127.77."


def test_interceptor_s_authority_is_trusted_beside_roots_that_a_program_names(
    tmp_path: Path,
) -> None:
    made = Authority()
    own = tmp_path / "own.pem"
    own.write_bytes(Authority().ca_pem)
    context = made.context(API)
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            for _ in range(2):
                opened, _ = listening.accept()
                try:
                    context.wrap_socket(opened, server_side=True).close()
                except OSError:
                    opened.close()

        threading.Thread(target=serve, daemon=True).start()
        program = f"""
import socket, ssl
for context in (ssl.create_default_context(cafile={str(own)!r}), ssl.create_default_context()):
    with socket.create_connection(({API!r}, 443)) as plain:
        context.wrap_socket(plain, server_hostname={API!r}).close()
print("trusted")
"""
        port = listening.getsockname()[1]
        assert Steered(tmp_path / "files", made.ca_pem, port).out(program) == "trusted"
