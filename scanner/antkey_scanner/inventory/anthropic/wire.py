"""One request on the wire: a GET and its whole reply, or what went wrong. No retries, no judgement.

The only module that imports httpx. No proxy, .netrc or certificate from the environment is used, so that
nobody but the host sees the admin key; no redirect is followed; TLS is verified.
"""

from __future__ import annotations

import logging
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from threading import Thread
from typing import NamedTuple

import httpx

from antkey_scanner import __version__
from antkey_scanner.inventory.anthropic.addresses import Refused, addresses_of
from antkey_scanner.inventory.anthropic.credential import AdminKey
from antkey_scanner.urlpolicy import Root

MOST_BYTES = 16 * 1024 * 1024
"""A page of 1,000 keys is half a megabyte."""

_CONNECT_SECONDS = 10.0

_LOGGERS = ("httpx", "httpcore.connection", "httpcore.http11", "httpcore.proxy")


class Reply(NamedTuple):
    """headers: names in lower case. It does not show what the server chose to say."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def __repr__(self) -> str:
        return f"Reply({self.status})"


class Fault(NamedTuple):
    """No whole reply. what: as in `the server …`; final: whether trying again is of no use."""

    what: str
    final: bool = False


@contextmanager
def connected(root: Root, key: AdminKey, verify: ssl.SSLContext | bool = True) -> Iterator[Wire]:
    """Connections to one host, ended at the end, those of abandoned requests too.

    verify: what TLS trusts, as httpx takes it.
    """
    with (
        _silent(),
        httpx.Client(trust_env=False, follow_redirects=False, verify=verify) as client,
    ):
        yield Wire(root, key, client)


class Wire:
    """Asks one host; `connected` makes one."""

    def __init__(self, root: Root, key: AdminKey, client: httpx.Client) -> None:
        self._root = root
        self._key = key
        self._client = client

    def get(
        self, path: str, params: Mapping[str, str], version: str, pause: float, most: float
    ) -> Reply | Fault:
        """pause: seconds without a byte after which the server counts as gone; most: seconds in all."""
        answer = _within(most, lambda: self._get(path, params, version, pause))
        return Fault("does not answer in time") if answer is None else answer

    def _get(
        self, path: str, params: Mapping[str, str], version: str, pause: float
    ) -> Reply | Fault:
        try:
            addresses = addresses_of(self._root)
        except Refused as error:
            return Fault(str(error), final=True)
        except (OSError, UnicodeError):
            return Fault("has a name that cannot be resolved")
        fault = Fault("has no address")
        for address in addresses:
            try:
                return self._ask(address, path, params, version, pause)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                fault = _unconnected(error)
            except httpx.TimeoutException:
                return Fault("does not answer in time")
            except (httpx.HTTPError, OSError):
                return Fault("cuts its answer short")
        return fault

    def _ask(
        self, address: str, path: str, params: Mapping[str, str], version: str, pause: float
    ) -> Reply | Fault:
        root = self._root
        url = f"{root.scheme}://{address}:{root.port}{root.base}{path}"
        headers = {
            "host": root.authority,
            "anthropic-version": version,
            "accept": "application/json",
            "accept-encoding": "identity",  # what unpacks itself is no longer bounded
            "user-agent": f"antkey/{__version__}",
            **self._key.headers(),
        }
        timeout = httpx.Timeout(pause, connect=min(pause, _CONNECT_SECONDS))
        # The certificate is that of the name, whatever address was dialled.
        extensions = {"sni_hostname": root.host.strip("[]")}
        with self._client.stream(
            "GET", url, params=params, headers=headers, timeout=timeout, extensions=extensions
        ) as response:
            return _whole(response)


def _whole(response: httpx.Response) -> Reply | Fault:
    if response.headers.get("content-encoding", "identity").lower() != "identity":
        return Fault("packs its answer, which was not asked for")
    body = bytearray()
    for piece in response.iter_raw():
        body += piece
        if len(body) > MOST_BYTES:
            return Fault(f"sends more than {MOST_BYTES // 1024**2} MiB at once")
    names = {name.lower(): value for name, value in response.headers.items()}
    return Reply(response.status_code, names, bytes(body))


def _unconnected(error: httpx.ConnectError | httpx.ConnectTimeout) -> Fault:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return Fault("has a certificate that is not trusted for its name", final=True)
        cause = cause.__cause__ or cause.__context__
    return Fault("cannot be reached")


def _within(seconds: float, work: Callable[[], Reply | Fault]) -> Reply | Fault | None:
    """What the work gives, None when it takes too long: it is then left behind.

    Looking up a name has no limit on time, and a server that sends a byte now and then never reaches
    one, so the work runs in a thread that nobody has to wait for.
    """
    answers: SimpleQueue[Reply | Fault | BaseException] = SimpleQueue()

    def run() -> None:
        try:
            answers.put(work())
        except BaseException as error:  # noqa: BLE001 - raised again by whoever waits
            answers.put(error)

    Thread(target=run, name="antkey-request", daemon=True).start()
    try:
        answer = answers.get(timeout=max(seconds, 0.0))
    except Empty:
        return None
    if isinstance(answer, BaseException):
        raise answer
    return answer


@contextmanager
def _silent() -> Iterator[None]:
    """Keep httpx from logging: at the level of debugging it writes headers, where a key may be echoed."""
    loggers = [logging.getLogger(name) for name in _LOGGERS]
    before = [logger.disabled for logger in loggers]
    for logger in loggers:
        logger.disabled = True
    try:
        yield
    finally:
        for logger, was in zip(loggers, before, strict=True):
            logger.disabled = was
