"""TLS as a layer of a connection: the server's side, for whatever host the client asks for."""

from __future__ import annotations

import ssl
from collections.abc import Callable

from antkey_hooks.interceptor.authority import Named
from antkey_hooks.interceptor.exchange import Trouble, TroubleKind
from antkey_hooks.interceptor.hosts import address_of
from antkey_hooks.interceptor.wire import Channel, Entry, Layer, Phase, Services

_READ = 1 << 16

_REFUSALS = ("UNKNOWN_CA", "CERTIFICATE", "UNKNOWN_AUTHORITY", "ACCESS_DENIED", "DECRYPT_ERROR")
"""Parts of the names of the alerts by which a client says that it does not trust a certificate."""

Above = Callable[[Channel, Entry, str | None], Layer]
"""Makes the layer above, given the protocol that both sides agreed on."""


class Tls:
    """Is the channel of the layer above it, too."""

    def __init__(self, channel: Channel, entry: Entry, services: Services, above: Above) -> None:
        self._channel = channel
        self._entry = entry
        self._services = services
        self._above = above
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._inner: Layer | None = None
        self._was_fed = self._is_over = False
        self._tls = self._start(entry.host or services.base_host)

    @property
    def phase(self) -> Phase:
        """What it waits for: the handshake is part of the head."""
        return Phase.HEAD if self._inner is None else self._inner.phase

    def feed(self, data: bytes) -> None:
        if self._is_over:
            return
        self._in.write(data)
        try:
            if self._inner is None and not self._shake_hands():
                return
            self._read()
        except ssl.SSLError as problem:
            self._failed(problem)
        finally:
            self._flush()

    def lost(self) -> None:
        if self._is_over:
            return
        self._is_over = True
        if self._inner is None:
            self._tell(TroubleKind.NO_HANDSHAKE, "the client left during the TLS handshake")
            return
        self._inner.lost()
        if not self._was_fed:
            detail = "the client left after the TLS handshake without a request"
            self._tell(TroubleKind.NO_REQUEST, detail)

    def send(self, data: bytes) -> None:
        """For the layer above."""
        if data and not self._is_over:
            try:
                self._tls.write(data)
            except ssl.SSLError as problem:
                self._failed(problem)
            self._flush()

    def finish(self) -> None:
        """For the layer above."""
        if not self._is_over:
            try:
                self._tls.unwrap()
            except ssl.SSLError:
                # The client's own goodbye is not waited for.
                pass
            self._flush()
        self._channel.finish()

    def reset(self) -> None:
        """For the layer above."""
        self._channel.reset()

    def pause(self, on: bool) -> None:
        """For the layer above."""
        self._channel.pause(on)

    def throttle(self, tell: Callable[[bool], None]) -> None:
        """For the layer above."""
        self._channel.throttle(tell)

    def _start(self, host: str) -> ssl.SSLObject:
        try:
            context = self._services.authority.context(host)
        except ValueError:
            context = self._services.authority.context(self._services.base_host)
        return context.wrap_bio(self._in, self._out, server_side=True)

    def _shake_hands(self) -> bool:
        try:
            self._tls.do_handshake()
        except ssl.SSLWantReadError:
            return False
        named = self._tls.sni if isinstance(self._tls, Named) else None
        host = self._entry.host
        if host is None or address_of(host) is not None:
            # Who goes to an address says by the name in the handshake whom it means.
            host = named or host
        entry = self._entry._replace(host=host, is_secure=True)
        self._inner = self._above(self, entry, self._tls.selected_alpn_protocol())
        return True

    def _read(self) -> None:
        assert self._inner is not None
        while not self._is_over:
            try:
                data = self._tls.read(_READ)
            except ssl.SSLWantReadError:
                return
            except ssl.SSLZeroReturnError:
                data = b""
            if not data:
                self.lost()
                self._channel.finish()
                return
            self._was_fed = True
            self._inner.feed(data)

    def _flush(self) -> None:
        if self._out.pending:
            self._channel.send(self._out.read())

    def _failed(self, problem: ssl.SSLError) -> None:
        reason = problem.reason or "unknown"
        shook_hands = self._inner is not None
        was_over, self._is_over = self._is_over, True
        if self._inner is not None:
            self._inner.lost()
        if not was_over and not (shook_hands and self._was_fed):
            is_refusal = "ALERT" in reason and any(part in reason for part in _REFUSALS)
            kind = TroubleKind.REFUSED_CERTIFICATE if is_refusal else TroubleKind.NO_HANDSHAKE
            self._tell(kind, f"TLS: {reason.lower().replace('_', ' ')}")
        self._flush()
        self._channel.finish()

    def _tell(self, kind: TroubleKind, detail: str) -> None:
        named = self._tls.sni if isinstance(self._tls, Named) else None
        host = self._entry.host or named
        self._services.desk.trouble(Trouble(kind, host, self._entry.transport, detail))
