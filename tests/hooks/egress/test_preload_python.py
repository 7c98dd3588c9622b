"""A steered Python is the same Python: its own start-up hooks run, and nothing is imported for our sake."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from tests.hooks.egress.wrapped import API, clean_environment, python_with

from antkey_hooks.egress.steering import prepare
from antkey_hooks.interceptor.authority import Authority

ADDRESS = r"127\.77\.0\.\d+"


@pytest.fixture(scope="module")
def authority() -> bytes:
    return Authority().ca_pem


class Steered:
    """Runs Python programs under the preload, which leads to a port of the test's."""

    def __init__(self, folder: Path, authority: bytes, port: int = 1) -> None:
        folder.mkdir(mode=0o700)
        self.url = f"http://127.0.0.1:{port}"
        self._steer = lambda own: (
            prepare(
                self.url,
                self.url,
                port,
                authority,
                [API],
                str(folder),
                {**clean_environment(), **own},
            ).environment
        )

    def run(
        self, program: str, *options: str, python: str = sys.executable, **own: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [python, *options, "-c", program],
            env=self._steer(own),
            capture_output=True,
            text=True,
            check=False,
        )

    def out(self, program: str, *options: str, python: str = sys.executable, **own: str) -> str:
        done = self.run(program, *options, python=python, **own)
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
        return done.stdout.strip()


@pytest.fixture
def steered(tmp_path: Path, authority: bytes) -> Steered:
    return Steered(tmp_path / "files", authority)


def module(folder: Path, name: str, text: str) -> str:
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.py").write_text(text)
    return str(folder)


def test_sitecustomize_of_the_environment_is_loaded(steered: Steered, tmp_path: Path) -> None:
    own = module(tmp_path / "own", "sitecustomize", "import builtins; builtins.CUSTOM = __file__")
    program = "import sitecustomize; print(CUSTOM == sitecustomize.__file__)"
    assert steered.out(program, PYTHONPATH=own) == "True"


def test_sitecustomize_of_the_environment_sees_a_steered_process(
    steered: Steered, tmp_path: Path
) -> None:
    text = f"import socket, builtins; builtins.GOT = socket.gethostbyname({API!r})"
    own = module(tmp_path / "own", "sitecustomize", text)
    assert re.fullmatch(ADDRESS, steered.out("print(GOT)", PYTHONPATH=own))


def test_without_another_sitecustomize_ours_is_the_one(steered: Steered) -> None:
    assert steered.out("import sitecustomize; print(sitecustomize.__file__)").endswith(
        os.path.join("files", "python", "sitecustomize.py")
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("raise RuntimeError('own fault')", "own fault"),
        ("import not_there_at_all", "not_there_at_all"),
    ],
)
def test_fault_of_the_own_sitecustomize_is_told_and_steering_works_on(
    steered: Steered, tmp_path: Path, text: str, told: str
) -> None:
    own = module(tmp_path / "own", "sitecustomize", text)
    program = f"import socket; print(socket.gethostbyname({API!r}))"
    done = steered.run(program, PYTHONPATH=own)
    alone = subprocess.run(
        [sys.executable, "-c", "pass"],
        env={**clean_environment(), "PYTHONPATH": own},
        capture_output=True,
        text=True,
        check=False,
    )
    assert re.fullmatch(ADDRESS, done.stdout.strip())
    assert (told in done.stderr) == (told in alone.stderr)


def test_sitecustomize_that_loads_ours_in_turn_is_no_endless_loop(
    steered: Steered, tmp_path: Path
) -> None:
    text = """
import builtins, os, sys
builtins.TIMES = getattr(builtins, "TIMES", 0) + 1
here = os.path.dirname(os.path.abspath(__file__))
del sys.modules["sitecustomize"]
sys.path.remove(here)
import sitecustomize
sys.path.insert(0, here)
"""
    own = module(tmp_path / "own", "sitecustomize", text)
    assert steered.out("print(TIMES)", PYTHONPATH=own) == "1"


def test_usercustomize_is_loaded(steered: Steered, tmp_path: Path) -> None:
    base = tmp_path / "base"
    ask = "import site; print(site.getusersitepackages())"
    where = Path(steered.out(ask, PYTHONUSERBASE=str(base)))
    where.mkdir(parents=True)
    (where / "usercustomize.py").write_text("import builtins; builtins.USER = 1")
    system = getattr(sys, "_base_executable", sys.executable)  # a virtual environment has none
    done = steered.run("print(USER)", python=system, PYTHONUSERBASE=str(base))
    assert done.stdout.strip() == "1", done.stderr


def test_virtual_environment_keeps_its_own_packages(steered: Steered, tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv"], check=True)
    python = str(tmp_path / "venv" / ("Scripts" if os.name == "nt" else "bin") / "python")
    site = Path(steered.out("import site; print(site.getsitepackages()[0])", python=python))
    (site / "sitecustomize.py").write_text("import builtins; builtins.VENV = 1")
    assert steered.out("print(VENV)", python=python) == "1"


def test_search_path_is_the_same_but_for_our_folder(steered: Steered, tmp_path: Path) -> None:
    ask = "import sys; print(*[p for p in sys.path if 'files' not in p], sep='\\n')"
    alone = subprocess.run(
        [sys.executable, "-c", ask],
        env=clean_environment(),
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert steered.out(ask) == alone.strip()


def test_nothing_is_imported_that_the_program_does_not_import(steered: Steered) -> None:
    ask = "import sys; print(*sorted(sys.modules))"
    alone = subprocess.run(
        [sys.executable, "-c", ask],
        env=clean_environment(),
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    more = set(steered.out(ask).split()) - set(alone.split())
    # The future statement is a module of three lines.
    assert more <= {"sitecustomize", "antkey_steering", "_socket", "__future__"}


def test_modules_that_are_changed_look_as_they_did(steered: Steered) -> None:
    program = """
import importlib.util, ssl
assert ssl.__spec__.loader is ssl.__loader__
assert type(ssl.__loader__).__module__.endswith("importlib_external"), type(ssl.__loader__)
assert ssl.__spec__.origin == ssl.__file__
assert importlib.util.find_spec("ssl") is ssl.__spec__
import inspect
assert inspect.getsource(ssl)
print("same")
"""
    assert steered.out(program) == "same"


@pytest.mark.parametrize("options", [["-I"], ["-E"], ["-S"]])
def test_python_that_takes_no_hooks_is_left_alone(steered: Steered, options: list[str]) -> None:
    assert steered.out("import sys; print('antkey_steering' in sys.modules)", *options) == "False"


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


def test_program_that_spawns_keeps_its_children_steered(steered: Steered, tmp_path: Path) -> None:
    program = f"""
import multiprocessing, socket
def ask(): return socket.gethostbyname({API!r})
if __name__ == "__main__":
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        print(pool.apply(ask))
"""
    script = tmp_path / "script.py"
    script.write_text(program)
    done = steered.run(
        f"import subprocess, sys; subprocess.run([sys.executable, {str(script)!r}], check=True)"
    )
    assert re.fullmatch(ADDRESS, done.stdout.strip()), done.stderr


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


@pytest.mark.slow
def test_coverage_of_subprocesses_is_still_measured(steered: Steered, tmp_path: Path) -> None:
    python = python_with("import coverage")
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "covered.py").write_text("x = 1\n")
    data = tmp_path / "run" / ".coverage"
    (tmp_path / "run" / ".coveragerc").write_text(f"[run]\nparallel = true\ndata_file = {data}\n")
    own = module(tmp_path / "own", "sitecustomize", "import coverage; coverage.process_startup()")
    program = f"import os, runpy; os.chdir({str(tmp_path / 'run')!r}); runpy.run_path('covered.py')"
    settings = str(tmp_path / "run" / ".coveragerc")
    done = steered.run(program, python=python, PYTHONPATH=own, COVERAGE_PROCESS_START=settings)
    assert done.returncode == 0, done.stderr
    assert list((tmp_path / "run").glob(".coverage.*"))


def _pythons() -> list[str]:
    found = {name: shutil.which(name) for name in (f"python3.{minor}" for minor in range(6, 16))}
    return [name for name, path in found.items() if path]


@pytest.mark.parametrize("python", _pythons())
def test_other_pythons_start_without_a_word(steered: Steered, python: str) -> None:
    if subprocess.run([python, "-c", "pass"], capture_output=True, check=False).returncode:
        pytest.skip(f"{python} does not start here")
    program = f"import socket; print(socket.gethostbyname({API!r}))"
    version = steered.out("import sys; print(sys.version_info >= (3, 7))", python=python)
    if version == "True":
        assert re.fullmatch(ADDRESS, steered.out(program, python=python))


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
