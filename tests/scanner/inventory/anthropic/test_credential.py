"""Where the admin key comes from, and that it goes nowhere else."""

from __future__ import annotations

import copy
import json
import logging
import os
import pickle
import traceback
from collections.abc import Callable, Iterator
from types import TracebackType

import pytest
from tests.admin_api import AdminApi, Fault, error
from tests.scanner.inventory.anthropic.conftest import Reader

from antkey_scanner.errors import AntkeyError, EvidenceError, PolicyError
from antkey_scanner.inventory.anthropic.credential import VARIABLE, AdminKey, read_admin_key


def pipe(text: bytes) -> int:
    end, start = os.pipe()
    os.write(start, text)
    os.close(start)
    return end


def holds(text: str, key: str) -> bool:
    """Whether a text has twelve characters of a key's random part."""
    secret = key.split("-", 3)[3]
    return any(secret[at : at + 12] in text for at in range(len(secret) - 11))


def rendered(raised: BaseException) -> str:
    """All that a traceback can show: messages, what led to them, and the values in every frame of ours."""
    trace = raised.__traceback__
    # The tests' own frames know the key, to look for it.
    while trace is not None and "/tests/" in trace.tb_frame.f_code.co_filename:
        trace = trace.tb_next
    told = traceback.TracebackException(type(raised), raised, trace, capture_locals=True)
    return "".join((*told.format(), *_locals(trace)))


def _locals(trace: TracebackType | None) -> Iterator[str]:
    while trace is not None:
        yield repr(trace.tb_frame.f_locals)
        trace = trace.tb_next


@pytest.mark.parametrize("family", ["admin01", "oat01", "admin02"])
@pytest.mark.parametrize("around", ["{}", "{}\n", " {} \n"])
def test_key_is_read_from_the_environment(
    make_key: Callable[..., str], family: str, around: str
) -> None:
    key = make_key(family)
    headers = read_admin_key({VARIABLE: around.format(key)}).headers()
    assert key in next(iter(headers.values()))


@pytest.mark.parametrize("ending", [b"", b"\n", b"\r\n", b"\nrest"])
def test_key_is_read_from_a_descriptor(make_key: Callable[..., str], ending: bytes) -> None:
    key = make_key("admin01")
    descriptor = pipe(key.encode() + ending)
    try:
        assert read_admin_key({}, descriptor).headers() == {"x-api-key": key}
    finally:
        os.close(descriptor)


def test_descriptor_need_not_be_closed_at_the_other_end(make_key: Callable[..., str]) -> None:
    key = make_key("admin01")
    end, start = os.pipe()
    try:
        os.write(start, key.encode() + b"\n")
        assert read_admin_key({}, end).headers() == {"x-api-key": key}
    finally:
        os.close(start)
        os.close(end)


def test_descriptor_goes_before_the_environment(make_key: Callable[..., str]) -> None:
    one, other = make_key("admin01"), make_key("admin01")
    descriptor = pipe(one.encode())
    try:
        assert read_admin_key({VARIABLE: other}, descriptor).headers() == {"x-api-key": one}
    finally:
        os.close(descriptor)


@pytest.mark.parametrize("environment", [{}, {VARIABLE: ""}, {VARIABLE: " \n"}])
def test_missing_key_is_told_with_its_cure(environment: dict[str, str]) -> None:
    with pytest.raises(PolicyError, match="ANTHROPIC_ADMIN_KEY: holds no admin key; create one"):
        read_admin_key(environment)


def test_closed_descriptor_is_told() -> None:
    end, start = os.pipe()
    os.close(start)
    os.close(end)
    with pytest.raises(PolicyError, match=f"--admin-key-fd: {end} is not open for reading"):
        read_admin_key({}, end)


def test_empty_descriptor_is_told() -> None:
    descriptor = pipe(b"")
    try:
        with pytest.raises(PolicyError, match="--admin-key-fd: holds no admin key"):
            read_admin_key({}, descriptor)
    finally:
        os.close(descriptor)


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (lambda key: key.replace("admin01", "api03"), "is an API key; it takes an admin key"),
        (lambda key: key.replace("sk-ant-", "sk-"), "is no admin key"),
        (lambda key: f'"{key}"', "is no admin key"),
        (lambda key: key[:60] + " " + key[60:], "is no admin key"),
        (lambda key: key[:60] + "\r\nx-evil: 1" + key[60:], "is no admin key"),
        (lambda key: key + "\u2026", "is no admin key"),
        (lambda key: key * 9, "is no admin key"),
        (lambda key: key[:25], "is no admin key"),
    ],
)
def test_other_keys_are_refused_and_not_repeated(
    make_key: Callable[..., str], make: Callable[[str], str], problem: str
) -> None:
    key = make_key("admin01")
    with pytest.raises(PolicyError, match=problem) as raised:
        read_admin_key({VARIABLE: make(key)})
    assert not holds(rendered(raised.value), key)


def test_endless_descriptor_is_not_read_to_its_end() -> None:
    descriptor = os.open("/dev/zero", os.O_RDONLY)
    try:
        with pytest.raises(PolicyError, match="is no admin key"):
            read_admin_key({}, descriptor)
    finally:
        os.close(descriptor)


def test_key_shows_itself_to_nobody(make_key: Callable[..., str]) -> None:
    text = make_key("admin01")
    key = AdminKey(text)
    assert not holds(f"{key} {key!r} {[key]}", text)
    with pytest.raises(TypeError):
        pickle.dumps(key)
    with pytest.raises(TypeError):
        copy.copy(key)


@pytest.mark.parametrize(
    "fault",
    [
        lambda key: error(403, key),
        lambda key: error(403, key.split("-", 3)[3][:40]),
        lambda key: error(403, "permission_error", request_id=key),
        lambda key: Fault(403, json.dumps({"request_id": f"req_{key}"}).encode()),
        lambda key: Fault(403, b"", {"request-id": key[-30:]}),
        lambda key: Fault(302, b"", {"location": f"http://127.0.0.1:1/{key}"}),
        lambda key: Fault(200, json.dumps({"data": key}).encode()),
        lambda key: Fault(200, key.encode()),
    ],
)
def test_error_never_holds_the_key_whatever_the_server_echoes(
    api: AdminApi, reading: Reader, fault: Callable[[str], Fault]
) -> None:
    api.play("/me", *[fault(api.secret)] * 5)
    with pytest.raises(EvidenceError) as raised:
        reading()
    assert not holds(rendered(raised.value), api.secret)


def test_nothing_that_led_to_an_error_hangs_on_it(api: AdminApi, reading: Reader) -> None:
    api.play("/me", error(401, "authentication_error"))
    with pytest.raises(AntkeyError) as raised:
        reading()
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__ or raised.value.__context__ is None


def test_key_is_not_logged_at_any_level(
    api: AdminApi, reading: Reader, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    echo = {"x-echo": api.secret, "request-id": api.secret}
    api.play("/me", Fault(500, api.secret.encode(), echo))
    reading()
    assert not holds(caplog.text, api.secret)
    assert not logging.getLogger("httpx").disabled
