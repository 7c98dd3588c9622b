"""What the wrapped command's clients trust: the roots they would trust anyway, and our authority."""

from __future__ import annotations

import os
import re
import ssl
from collections.abc import Iterable, Iterator, Mapping

STORE_PASSWORD = "changeit"
"""Java's own, for a store of public certificates. It takes a store without a password for a damaged one."""

_CERTIFICATE = re.compile(
    rb"-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]{1,65536}-----END CERTIFICATE-----"
)
_MOST_BYTES = 16_000_000

_SYSTEM = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, Alpine, Arch
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  # Fedora, RHEL
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",  # openSUSE
    "/etc/ssl/cert.pem",  # macOS, BSD
)
_NAMED = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")
"""Variables by which a caller adds roots, of a test server of its own perhaps."""


def roots(environment: Mapping[str, str]) -> list[bytes]:
    """The system's certificates and those that the caller's variables name, each once, in PEM."""
    found = dict.fromkeys(_system())
    for variable in _NAMED:
        found.update(dict.fromkeys(certificates_in(environment.get(variable, ""))))
    return list(found)


def certificates_in(path: str) -> Iterator[bytes]:
    """The certificates in a file, in PEM; none where there is no such file. Keys beside them are left."""
    try:
        with open(path, "rb") as file:
            content = file.read(_MOST_BYTES)
    except (OSError, ValueError):
        return
    for found in _CERTIFICATE.finditer(content):
        yield found.group().replace(b"\r", b"") + b"\n"


def bundle_paths() -> tuple[str, ...]:
    """Where this system's clients look for roots, whichever of these there are; no links."""
    paths = (*_SYSTEM, ssl.get_default_verify_paths().openssl_cafile)
    return tuple(dict.fromkeys(os.path.realpath(path) for path in paths if os.path.isfile(path)))


def java_store(certificates: Iterable[bytes]) -> bytes:
    """A trust store (PKCS#12) that Java reads with `STORE_PASSWORD`. What cannot be parsed is left out."""
    import warnings

    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12

    entries = []
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore"
        )  # some old roots have serial numbers that are no longer allowed
        for number, pem in enumerate(certificates):
            try:
                certificate = x509.load_pem_x509_certificate(pem)
            except ValueError:
                continue
            entries.append(pkcs12.PKCS12Certificate(certificate, b"root-%d" % number))
    protection = BestAvailableEncryption(STORE_PASSWORD.encode())
    return pkcs12.serialize_java_truststore(entries, protection)


def _system() -> Iterator[bytes]:
    openssl = ssl.get_default_verify_paths().openssl_cafile
    for path in (*_SYSTEM, openssl):
        found = list(certificates_in(path))
        if found:
            yield from found
            return
    try:
        from certifi import where
    except ImportError:
        return
    yield from certificates_in(os.fspath(where()))
