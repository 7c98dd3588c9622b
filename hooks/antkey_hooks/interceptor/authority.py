"""A certificate authority that lives as long as the interceptor, and the TLS contexts of its leaves.

Private keys stay in memory: what Python's ssl module wants to read from a file is read from an anonymous one.
Where a system has none, it is a file that only its owner can read and that is gone at once.
"""

from __future__ import annotations

import os
import ssl
import tempfile
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from antkey_hooks.interceptor.hosts import address_of

_KEPT = 256
"""Contexts kept: a client that asks for more hosts than this pays for making them again."""

_BEFORE, _AFTER = timedelta(days=2), timedelta(days=30)
"""Clocks differ; some clients refuse leaves that are valid for years."""

PROTOCOLS = ["h2", "http/1.1"]


class Named(ssl.SSLObject):
    """The server's side of one TLS connection, which remembers the name that the client asked for."""

    sni: str | None = None


class Authority:
    """Signs a leaf for whatever host a client asks for."""

    def __init__(self, now: datetime | None = None) -> None:
        self._now = now or datetime.now(UTC)
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._leaf_key = ec.generate_private_key(ec.SECP256R1())
        self._certificate = self._sign_itself()
        self._contexts: OrderedDict[str, ssl.SSLContext] = OrderedDict()
        self.ca_pem = self._certificate.public_bytes(serialization.Encoding.PEM)

    def context(self, host: str) -> ssl.SSLContext:
        """A server's context for a host. Raises ValueError for what no certificate can be made for."""
        known = self._contexts.get(host)
        if known is not None:
            self._contexts.move_to_end(host)
            return known
        made = self._context(host)
        self._contexts[host] = made
        if len(self._contexts) > _KEPT:
            self._contexts.popitem(last=False)
        return made

    def _context(self, host: str) -> ssl.SSLContext:
        pem = self._leaf(host) + self._leaf_key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.options |= ssl.OP_NO_RENEGOTIATION
        with _as_file(pem) as path:
            context.load_cert_chain(path)
        context.set_alpn_protocols(PROTOCOLS)
        context.sslobject_class = Named
        context.sni_callback = self._choose
        return context

    def _choose(self, connection: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> int | None:
        """Give the leaf that the client asked for by name; without a name the one chosen before stays."""
        if name is None:
            return None
        try:
            context = self.context(name.lower())
        except ValueError:
            return ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME
        connection.context = context
        if isinstance(connection, Named):
            connection.sni = name.lower()
        return None

    def _leaf(self, host: str) -> bytes:
        address = address_of(host)
        name: x509.GeneralName = (
            x509.DNSName(_ascii(host)) if address is None else x509.IPAddress(address)
        )
        public = self._leaf_key.public_key()
        leaf = (
            self._builder(host)
            .public_key(public)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(signs_certificates=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            # An empty subject makes the alternative name critical (RFC 5280, 4.2.1.6).
            .add_extension(x509.SubjectAlternativeName([name]), critical=len(host) > 64)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()),
                critical=False,
            )
            .sign(self._key, hashes.SHA256())
        )
        return leaf.public_bytes(serialization.Encoding.PEM)

    def _sign_itself(self) -> x509.Certificate:
        public = self._key.public_key()
        return (
            self._builder("antkey egress run, for this run only")
            .public_key(public)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(signs_certificates=True), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
            .sign(self._key, hashes.SHA256())
        )

    def _builder(self, subject: str) -> x509.CertificateBuilder:
        issuer = x509.Name(
            [x509.NameAttribute(NameOID.COMMON_NAME, "antkey egress run, for this run only")]
        )
        name = x509.NameAttribute(NameOID.COMMON_NAME, subject) if len(subject) <= 64 else None
        return (
            x509.CertificateBuilder()
            .subject_name(x509.Name([name] if name is not None else []))
            .issuer_name(issuer)
            .serial_number(x509.random_serial_number())
            .not_valid_before(self._now - _BEFORE)
            .not_valid_after(self._now + _AFTER)
        )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _ascii(host: str) -> str:
    """A name as certificates have it. Raises ValueError (of which encoding errors are one)."""
    return host if host.isascii() else host.encode("idna").decode("ascii")


@contextmanager
def _as_file(content: bytes) -> Iterator[str]:
    if hasattr(os, "memfd_create") and os.path.isdir("/proc/self/fd"):
        descriptor = os.memfd_create("antkey", os.MFD_CLOEXEC)
        try:
            os.write(descriptor, content)
            yield f"/proc/self/fd/{descriptor}"
        finally:
            os.close(descriptor)
        return
    with tempfile.TemporaryDirectory(prefix="antkey-") as folder:
        path = os.path.join(folder, "leaf.pem")
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.write(descriptor, content)
        finally:
            os.close(descriptor)
        yield path
