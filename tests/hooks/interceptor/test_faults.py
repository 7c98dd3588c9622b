"""Faults are those of the API: documented errors, silence, and answers that break off."""

from __future__ import annotations

import http.client
import json

import pytest
from tests.hooks.interceptor.witness import ASKED, Line, Witness, request

from antkey_hooks.interceptor.exchange import Answer

ERRORS = [
    (Answer.UNAUTHORIZED, 401, "authentication_error"),
    (Answer.FORBIDDEN, 403, "permission_error"),
    (Answer.RATE_LIMITED, 429, "rate_limit_error"),
    (Answer.OVERLOADED, 529, "overloaded_error"),
]


@pytest.mark.parametrize(("answer", "status", "kind"), ERRORS)
def test_an_error_is_the_documented_one(
    witness: Witness, answer: Answer, status: int, kind: str
) -> None:
    witness.answer = answer
    with witness.serve() as interceptor, Line(interceptor.tls_port) as line:
        line.send(request())
        given, headers, body = line.answer()
    said = json.loads(body)
    assert (given, said["type"], said["error"]["type"]) == (status, "error", kind)
    assert said["request_id"] == headers["request-id"]
    assert witness.answered == [status]


@pytest.mark.parametrize(("answer", "status", "kind"), ERRORS)
def test_nobody_is_told_to_wait_long(
    witness: Witness, answer: Answer, status: int, kind: str
) -> None:
    witness.answer = answer
    with witness.serve() as interceptor, Line(interceptor.tls_port) as line:
        line.send(request())
        _, headers, _ = line.answer()
    assert float(headers.get("retry-after", 0)) <= 1
    left = headers["anthropic-ratelimit-requests-remaining"]
    assert (left == "0") is (answer is Answer.RATE_LIMITED)


def test_silence_ends_with_the_client(witness: Witness) -> None:
    witness.answer = Answer.TIMEOUT
    with witness.serve() as interceptor, Line(interceptor.tls_port) as line:
        line.send(request())
        line.socket.settimeout(0.1)
        with pytest.raises(TimeoutError):
            line.socket.recv(1)
    assert len(witness.seen) == 1
    assert witness.answered == [0]


def test_silence_ends_by_itself(witness: Witness) -> None:
    witness.answer = Answer.TIMEOUT
    with witness.serve(hold=0.05) as interceptor, Line(interceptor.tls_port) as line:
        line.send(request())
        # What comes behind the request that is left without an answer is not taken for a new one.
        line.send(request())
        assert line.rest() == b""
    assert len(witness.seen) == 1


def test_a_stream_begins_and_breaks_off(witness: Witness) -> None:
    witness.answer = Answer.CUT_STREAM
    with witness.serve() as interceptor, Line(interceptor.tls_port) as line:
        line.send(request(body=json.dumps(ASKED | {"stream": True}).encode()))
        got = line.rest()
    assert b"event: content_block_delta" in got
    assert b"event: message_stop" not in got
    assert not got.endswith(b"0\r\n\r\n")


def test_a_whole_answer_breaks_off_before_its_end(witness: Witness) -> None:
    witness.answer = Answer.CUT_STREAM
    with witness.serve() as interceptor, Line(interceptor.tls_port) as line:
        line.send(request())
        with pytest.raises((http.client.IncompleteRead, ConnectionResetError)):
            line.answer()


def test_a_break_is_a_reset_and_no_goodbye(witness: Witness) -> None:
    witness.answer = Answer.CUT_STREAM
    with witness.serve() as interceptor, Line(interceptor.tls_port) as line:
        line.send(request())
        line.socket.recv(65536)
        with pytest.raises(ConnectionResetError):
            line.socket.recv(65536)


def test_a_fault_hits_what_it_is_meant_for(witness: Witness) -> None:
    with witness.serve() as interceptor, Line(interceptor.tls_port) as line:
        statuses = []
        for answer in (Answer.NORMAL, Answer.UNAUTHORIZED, Answer.NORMAL):
            witness.answer = answer
            line.send(request())
            statuses.append(line.answer()[0])
    assert statuses == [200, 401, 200]
