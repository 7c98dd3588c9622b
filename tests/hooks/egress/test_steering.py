"""Every variable by which a client finds its way or its trust, as the wrapped command sees it."""

from __future__ import annotations

import os
import shutil
import ssl
import stat
import subprocess
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from tests.hooks.egress.wrapped import API, run_wrapped

from antkey_hooks.egress.steering import Steering, local_names, prepare
from antkey_hooks.egress.trust import STORE_PASSWORD, certificates_in
from antkey_hooks.interceptor.authority import Authority

BASE, PROXY, PORT = "http://127.0.0.1:4001", "http://127.0.0.1:4002", 4003
PROXIES = ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
BUNDLES = (
    "SSL_CERT_FILE",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "AWS_CA_BUNDLE",
    "GIT_SSL_CAINFO",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "antkey files"  # a blank, as in macOS's and Windows' own temporary folders
    made.mkdir(mode=0o700)
    return made


def steer(folder: Path, authority: bytes, environment: Mapping[str, str], **more: str) -> Steering:
    hosts = (API, *more.values())
    return prepare(BASE, PROXY, PORT, authority, hosts, str(folder), environment)


@pytest.mark.parametrize("name", PROXIES)
def test_proxy_of_the_caller_is_replaced(folder: Path, authority: bytes, name: str) -> None:
    assert steer(folder, authority, {name: "http://corp:8080"}).environment[name] == PROXY


@pytest.mark.parametrize(
    "name", ["FTP_PROXY", "socks_proxy", "wss_proxy", "npm_config_https_proxy", "NO_GRPC_PROXY"]
)
def test_proxy_that_leads_elsewhere_is_taken_away(
    folder: Path, authority: bytes, name: str
) -> None:
    assert name not in steer(folder, authority, {name: "http://corp:8080"}).environment


@pytest.mark.parametrize("name", ["REVERSE_PROXY", "PROXY", "MY_HTTPS_PROXY_IMAGE", "HOME"])
def test_what_only_sounds_like_a_proxy_stays(folder: Path, authority: bytes, name: str) -> None:
    assert steer(folder, authority, {name: "nginx"}).environment[name] == "nginx"


@pytest.mark.parametrize("name", ["NO_PROXY", "no_proxy"])
def test_loopback_stays_direct_and_the_api_does_not(
    folder: Path, authority: bytes, name: str
) -> None:
    direct = steer(folder, authority, {name: f"*,{API},.anthropic.com"}).environment[name]
    assert {"localhost", "127.0.0.1", "::1"} <= set(direct.split(","))
    assert "anthropic" not in direct
    assert "*" not in direct


def test_host_that_the_hosts_file_calls_local_is_still_steered(
    folder: Path, authority: bytes
) -> None:
    (name, *_) = local_names()
    direct = steer(folder, authority, {}, also=name).environment["NO_PROXY"].split(",")
    assert name == "localhost" or name not in direct


@pytest.mark.parametrize("name", ["ANTHROPIC_BASE_URL", "ANTHROPIC_API_BASE", "ANTHROPIC_API_URL"])
def test_base_url_of_the_caller_is_replaced(folder: Path, authority: bytes, name: str) -> None:
    assert steer(folder, authority, {name: "https://corp/"}).environment[name] == BASE


def test_no_profile_on_disk_serves_as_a_key(folder: Path, authority: bytes) -> None:
    environment = steer(folder, authority, {"ANTHROPIC_CONFIG_DIR": "/home/me/.config"}).environment
    assert os.listdir(environment["ANTHROPIC_CONFIG_DIR"]) == []


def test_variables_of_claude_code_are_left_alone(folder: Path, authority: bytes) -> None:
    own = {"CLAUDE_CODE_USE_BEDROCK": "1", "CLAUDE_CODE_MAX_OUTPUT_TOKENS": "8"}
    assert own.items() <= steer(folder, authority, own).environment.items()


@pytest.mark.parametrize("name", BUNDLES)
def test_bundle_holds_the_system_s_roots_and_ours(
    folder: Path, authority: bytes, name: str
) -> None:
    bundle = steer(folder, authority, {}).environment[name]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(bundle)
    names = [str(one["subject"]) for one in context.get_ca_certs()]
    assert any("antkey" in name for name in names)
    if any(True for _ in certificates_in("/etc/ssl/certs/ca-certificates.crt")):
        assert len(names) > 50


@pytest.mark.parametrize("name", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"])
def test_roots_of_the_caller_are_kept_without_keys_that_lie_beside_them(
    folder: Path, authority: bytes, tmp_path: Path, name: str
) -> None:
    own = Authority().ca_pem
    (tmp_path / "own.pem").write_bytes(b"-----BEGIN PRIVATE KEY-----\nAAAA\n" + own)
    made = steer(folder, authority, {name: str(tmp_path / "own.pem")})
    bundle = Path(made.environment[name]).read_bytes()
    assert own in bundle
    assert authority in bundle
    assert b"PRIVATE" not in bundle


def test_node_loads_only_what_it_has_not_built_in(folder: Path, authority: bytes) -> None:
    added = Path(steer(folder, authority, {}).environment["NODE_EXTRA_CA_CERTS"])
    assert added.read_bytes() == authority


def test_python_s_own_search_path_is_kept_behind_ours(folder: Path, authority: bytes) -> None:
    before = os.pathsep.join(["src", "lib"])
    path = steer(folder, authority, {"PYTHONPATH": before}).environment["PYTHONPATH"]
    first, *rest = path.split(os.pathsep)
    assert (Path(first) / "sitecustomize.py").is_file()
    assert rest == ["src", "lib"]


def test_empty_search_path_does_not_become_the_working_folder(
    folder: Path, authority: bytes
) -> None:
    path = steer(folder, authority, {"PYTHONPATH": ""}).environment["PYTHONPATH"]
    assert "" not in path.split(os.pathsep)


def test_node_s_own_options_are_kept_behind_ours(folder: Path, authority: bytes) -> None:
    own = "--max-old-space-size=4096 --require ./own.js"
    options = steer(folder, authority, {"NODE_OPTIONS": own}).environment["NODE_OPTIONS"]
    assert options.startswith("--require ")
    assert options.endswith(f" {own}")


def test_java_s_own_options_are_kept_but_for_those_that_lead_elsewhere(
    folder: Path, authority: bytes
) -> None:
    own = {
        "JAVA_TOOL_OPTIONS": '-Xmx1g -Dhttps.proxyHost=corp -Dhttp.nonProxyHosts="*" -Dmine="a b"',
        "_JAVA_OPTIONS": "-Djavax.net.ssl.trustStore=/own -Dhttps.proxyPort=1 -Xss1m",
    }
    environment = steer(folder, authority, own).environment
    assert environment["_JAVA_OPTIONS"].split() == ["-Xss1m"]
    options = environment["JAVA_TOOL_OPTIONS"]
    assert "-Xmx1g  " in options
    assert '-Dmine="a b"' in options
    assert "corp" not in options
    assert "-Dhttps.proxyHost=127.0.0.1 -Dhttps.proxyPort=4002" in options


def test_php_still_reads_the_folder_it_was_built_with(folder: Path, authority: bytes) -> None:
    ours = Path(
        steer(folder, authority, {}).environment["PHP_INI_SCAN_DIR"].removeprefix(os.pathsep)
    )
    assert "curl.cainfo" in (ours / "antkey.ini").read_text()
    both = steer(folder, authority, {"PHP_INI_SCAN_DIR": "/own"}).environment["PHP_INI_SCAN_DIR"]
    assert both == os.pathsep.join(["/own", str(ours)])


def test_everything_that_is_written_is_the_callers_alone(folder: Path, authority: bytes) -> None:
    made = steer(folder, authority, {})
    written = {path for path in folder.rglob("*") if path.is_file()}
    assert {Path(path) for path in made.files} == written
    for path in written:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_nothing_but_public_certificates_and_ways_is_written(
    folder: Path, authority: bytes
) -> None:
    key = "sk-ant-api03-" + "x" * 95
    steer(folder, authority, {"ANTHROPIC_API_KEY": key, "JAVA_TOOL_OPTIONS": f"-Dkey={key}"})
    for path in folder.rglob("*"):
        assert path.is_dir() or (
            b"PRIVATE" not in (read := path.read_bytes()) and b"xxxx" not in read
        )


def test_names_in_the_hosts_file_s_loopback_lines_are_this_machine(tmp_path: Path) -> None:
    hosts = tmp_path / "hosts"
    hosts.write_text(
        "127.0.0.1 localhost App.Local # comment\n::1 ip6\n10.0.0.1 other\n\n127.0.1.1\n"
    )
    names = local_names(str(hosts))
    assert {"localhost", "app.local", "ip6"} <= set(names)
    assert "other" not in names
    assert "comment" not in names


def test_hosts_file_that_is_missing_is_no_error(tmp_path: Path) -> None:
    assert local_names(str(tmp_path / "none"))


@pytest.mark.skipif(shutil.which("keytool") is None, reason="no Java here")
def test_java_reads_its_store(folder: Path, authority: bytes) -> None:
    steer(folder, authority, {})
    argv = ["keytool", "-list", "-storepass", STORE_PASSWORD, "-keystore", str(folder / "java.p12")]
    listed = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
    assert listed.count("trustedCertEntry") > 0


class _Here(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:  # type: ignore[override]
        pass


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
@pytest.mark.parametrize(
    "program",
    [
        "python3 -c 'import sys, urllib.request; urllib.request.urlopen(sys.argv[1])'",
        "curl -sSf",
        "wget -q -O -",
        "node -e 'fetch(process.argv[1]).catch(() => process.exit(1))'",
    ],
)
def test_servers_on_this_machine_are_reached_directly(
    tmp_path: Path, program: str, host: str
) -> None:
    if shutil.which(program.split(maxsplit=1)[0]) is None:
        pytest.skip(f"no {program.split(maxsplit=1)[0]} here")
    with HTTPServer(("127.0.0.1", 0), _Here) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://{host}:{server.server_port}/"
        seen = run_wrapped(["sh", "-c", f"{program} {url}"], tmp_path / "files")
        server.shutdown()
    assert seen.ended.code == 0, seen.output
    assert seen.answered == seen.refused == []
