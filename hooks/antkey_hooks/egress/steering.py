"""Leads the wrapped command's clients to the interceptor: variables, and files that these name.

All files lie in one folder of the caller; nothing outside it is written.
"""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import resources
from typing import NamedTuple
from urllib.parse import urlsplit

from antkey_hooks.egress.trust import STORE_PASSWORD, certificates_in, java_store, roots

_PROXIES = ("http", "https", "all", "ftp", "socks", "socks5", "ws", "wss", "grpc", "rsync")
_REPLACED = re.compile(
    rf"(?i:(?:no|no_grpc|{'|'.join(_PROXIES)})_proxy|npm_config_(?:https?_?|no_?)?proxy)"
)
"""Names by which a caller's environment leads clients elsewhere, in both cases."""

_BASE_URLS = ("ANTHROPIC_BASE_URL", "ANTHROPIC_API_BASE", "ANTHROPIC_API_URL")
"""Anthropic's own SDKs; litellm; LangChain."""

_BUNDLES = (
    "SSL_CERT_FILE",  # OpenSSL: Python, Ruby, PHP, .NET; Go; Rust
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "AWS_CA_BUNDLE",
    "CARGO_HTTP_CAINFO",
    "GIT_SSL_CAINFO",
    "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH",
    "HTTPLIB2_CA_CERTS",
    "NIX_SSL_CERT_FILE",
    "PERL_LWP_SSL_CA_FILE",
    "SYSTEM_CERTIFICATE_PATH",  # Haskell
)
_ADDED_TO_ROOTS = ("NODE_EXTRA_CA_CERTS", "DENO_CERT")

_LOOPBACK = ("localhost", "127.0.0.1", "::1", "0.0.0.0", "127.0.0.0/8", ".localhost")  # noqa: S104

_JAVA = re.compile(
    r"(?:-D(?:https?\.(?:proxy(?:Host|Port|User|Password)|nonProxyHosts)|socksProxy(?:Host|Port)"
    r"|java\.net\.useSystemProxies|javax\.net\.ssl\.trustStore(?:Type|Password|Provider)?)"
    r"=(?:\"[^\"]*\"|'[^']*'|[^\s\"'])*)"
)
"""Options of Java that lead elsewhere."""


class Steering(NamedTuple):
    """environment: for the command; roots: the file with what it is to trust; files: all that were
    written for it."""

    environment: dict[str, str]
    roots: str
    files: tuple[str, ...]


def prepare(
    base_url: str,
    proxy_url: str,
    tls_port: int,
    ca_pem: bytes,
    hosts: Sequence[str],
    folder: str,
    environment: Mapping[str, str],
) -> Steering:
    """Make the command's environment from the caller's.

    hosts: whose requests the interceptor answers; folder: empty, the caller's alone, as long-lived as
    the command. Raises OSError when it cannot be written.
    """
    files = _Folder(folder)
    here = tuple(name for name in local_names() if name not in hosts)
    routes = _routes(base_url, tls_port, files.path("ca.pem"), hosts, here)
    files.write("ca.pem", ca_pem)
    trusted = [*roots(environment), ca_pem]
    bundle = files.write("roots.pem", b"".join(trusted))
    child = {name: value for name, value in environment.items() if not _REPLACED.fullmatch(name)}
    child.update(_proxies(proxy_url, (*_LOOPBACK, *here)))
    child.update(dict.fromkeys(_BASE_URLS, base_url))
    child["ANTHROPIC_CONFIG_DIR"] = files.folder("anthropic")
    child.update(dict.fromkeys(_BUNDLES, bundle))
    for variable in _ADDED_TO_ROOTS:
        own = certificates_in(environment.get(variable, ""))
        child[variable] = files.write(f"{variable.lower()}.pem", b"".join([*own, ca_pem]))
    child["WGETRC"] = files.write("wgetrc", _wgetrc(proxy_url, bundle))
    child["PHP_INI_SCAN_DIR"] = _php(files, bundle, environment.get("PHP_INI_SCAN_DIR", ""))
    child.update(_java(files, proxy_url, trusted, environment))
    child["PYTHONPATH"] = _python(files, routes, environment.get("PYTHONPATH", ""))
    child["NODE_OPTIONS"] = _node(files, routes, environment.get("NODE_OPTIONS", ""))
    return Steering(child, bundle, tuple(files.written))


def local_names(hosts_file: str = "/etc/hosts") -> tuple[str, ...]:
    """Names of this machine, by its hosts file and its own name. Nothing is asked of a network."""
    names = {socket.gethostname().lower()}
    try:
        with open(hosts_file, encoding="utf-8", errors="replace") as file:
            lines = file.read(1 << 20).splitlines()
    except OSError:
        lines = []
    for line in lines:
        address, *called = line.partition("#")[0].split() or [""]
        if address.startswith("127.") or address == "::1":
            names.update(name.lower() for name in called)
    return tuple(sorted(name for name in names if re.fullmatch(r"[a-z0-9._-]+", name)))


class _Folder:
    def __init__(self, path: str) -> None:
        self._path = os.path.abspath(path)
        self.written: list[str] = []

    def path(self, name: str) -> str:
        return os.path.join(self._path, *name.split("/"))

    def folder(self, name: str) -> str:
        path = self.path(name)
        os.makedirs(path, mode=0o700, exist_ok=True)
        return path

    def write(self, name: str, content: bytes) -> str:
        path = self.path(name)
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        self.written.append(path)
        return path

    def copy(self, name: str, into: str) -> str:
        source = resources.files("antkey_hooks.egress.preload").joinpath(name)
        return self.write(f"{into}/{name}", source.read_bytes())


def _routes(
    base_url: str, tls_port: int, authority: str, hosts: Sequence[str], here: Sequence[str]
) -> bytes:
    """What the preloads read: one `key value` on each line."""
    lines = [f"tls {tls_port}", f"plain {urlsplit(base_url).port or 80}", f"authority {authority}"]
    lines += [f"host {host.lower().rstrip('.')}" for host in hosts]
    lines += [f"local {name}" for name in here]
    return "\n".join(lines).encode() + b"\n"


def _proxies(proxy_url: str, direct: Iterable[str]) -> Iterator[tuple[str, str]]:
    both = [("no_proxy", ",".join(direct))]
    both += [(f"{scheme}_proxy", proxy_url) for scheme in ("http", "https", "all")]
    for name, value in both:
        yield name.upper(), value
        if os.name != "nt":  # where case makes no difference
            yield name, value


def _wgetrc(proxy_url: str, bundle: str) -> bytes:
    """What wget reads instead of the user's own, which may name another proxy."""
    lines = [f"{name}_proxy = {proxy_url}" for name in ("http", "https")]
    return "\n".join([*lines, "use_proxy = on", f"ca_certificate = {bundle}", ""]).encode()


def _php(files: _Folder, bundle: str, before: str) -> str:
    ini = f'curl.cainfo = "{bundle}"\nopenssl.cafile = "{bundle}"\n'
    path = files.write("php/antkey.ini", ini.encode())
    # An empty entry is the folder that PHP was built with, which must still be read.
    return os.pathsep.join((before, os.path.dirname(path)))


def _java(
    files: _Folder, proxy_url: str, trusted: Iterable[bytes], environment: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    proxy = urlsplit(proxy_url)
    store = files.write("java.p12", java_store(trusted))
    options = [
        f"-D{scheme}.proxy{name}={value}"
        for scheme in ("http", "https")
        for name, value in (("Host", proxy.hostname), ("Port", proxy.port))
    ]
    options += [
        "-Dhttp.nonProxyHosts=localhost|127.*|[::1]|*.localhost",
        f'-Djavax.net.ssl.trustStore="{store}"',
        "-Djavax.net.ssl.trustStoreType=PKCS12",
        f"-Djavax.net.ssl.trustStorePassword={STORE_PASSWORD}",
    ]
    for name in ("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"):
        own = _JAVA.sub("", environment.get(name, "")).strip()
        if name == "JAVA_TOOL_OPTIONS":
            own = " ".join(filter(None, (own, *options)))
        if own or name in environment:
            yield name, own


def _python(files: _Folder, routes: bytes, before: str) -> str:
    files.write("python/routes", routes)
    files.copy("antkey_steering.py", "python")
    path = files.copy("sitecustomize.py", "python")
    return os.pathsep.join(filter(None, (os.path.dirname(path), before)))


def _node(files: _Folder, routes: bytes, before: str) -> str:
    files.write("node/routes", routes)
    path = files.copy("node_preload.cjs", "node").replace("\\", "\\\\").replace('"', '\\"')
    # First of all: what the caller loads may open connections.
    return " ".join(filter(None, (f'--require "{path}"', before)))
