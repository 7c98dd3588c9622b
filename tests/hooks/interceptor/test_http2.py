"""HTTP/2: many requests at a time, windows, and what clients do in the middle of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import h2.connection
import h2.errors
import h2.events
import h2.settings
import pytest
from tests.hooks.interceptor.witness import ASKED, Line, Witness, trusting

from antkey_hooks.interceptor.exchange import Answer, TroubleKind
from antkey_hooks.interceptor.server import API, Interceptor

MakeKey = Callable[..., str]


class Talk:
    """A client of HTTP/2 that does as it is told, step by step."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self.http = h2.connection.H2Connection()
        self.http.initiate_connection()
        self.status: dict[int, str] = {}
        self.body: dict[int, bytes] = {}
        self.ended: set[int] = set()
        self.broken: dict[int, int] = {}
        self.flush()

    def flush(self) -> None:
        self.line.send(self.http.data_to_send())

    def ask(
        self,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
        *,
        method: str = "POST",
        path: str = "/v1/messages",
        ends: bool = True,
    ) -> int:
        number = self.http.get_next_available_stream_id()
        head = [(":method", method), (":scheme", "https"), (":authority", API), (":path", path)]
        body = json.dumps(ASKED).encode() if body is None and method == "POST" else body or b""
        self.http.send_headers(number, head + list((headers or {}).items()), not body and ends)
        if body:
            self.http.send_data(number, body, end_stream=ends)
        return number

    def hear(self) -> bool:
        """Take what comes next; whether anything came."""
        try:
            data = self.line.socket.recv(65536)
        except ConnectionError:
            return False
        for event in self.http.receive_data(data) if data else ():
            match event:
                case h2.events.ResponseReceived():
                    self.status[event.stream_id] = dict(event.headers)[b":status"].decode()
                case h2.events.DataReceived():
                    self.body[event.stream_id] = self.body.get(event.stream_id, b"") + event.data
                    self.http.acknowledge_received_data(
                        event.flow_controlled_length, event.stream_id
                    )
                case h2.events.StreamEnded():
                    self.ended.add(event.stream_id)
                case h2.events.StreamReset():
                    self.broken[event.stream_id] = int(event.error_code)
        self.flush()
        return bool(data)

    def until(self, is_so: Callable[[], bool]) -> None:
        self.flush()
        while not is_so():
            assert self.hear(), "the interceptor closed the connection"


@contextmanager
def talking(witness: Witness, **options: object) -> Iterator[tuple[Talk, Interceptor]]:
    with (
        witness.serve(**options) as interceptor,
        Line(interceptor.tls_port, trusting(interceptor, "h2")) as line,
    ):
        yield Talk(line), interceptor


def test_many_requests_at_a_time_are_each_answered(witness: Witness, make_key: MakeKey) -> None:
    with talking(witness) as (talk, _):
        talk.until(lambda: talk.http.remote_settings.max_concurrent_streams < 1000)
        keys = {talk.ask(headers={"x-api-key": (key := make_key())}): key for _ in range(100)}
        talk.until(lambda: talk.ended >= set(keys))
    assert set(talk.status.values()) == {"200"}
    assert {json.loads(body)["type"] for body in talk.body.values()} == {"message"}
    assert len({shown.credentials for shown in witness.seen}) == 100
    assert {shown.version for shown in witness.seen} == {"2"}


def test_an_upload_larger_than_all_windows_arrives(witness: Witness) -> None:
    left = json.dumps(ASKED | {"pad": "x" * (20 << 20)}).encode()
    with talking(witness) as (talk, _):
        number = talk.ask(b" ", ends=False)
        while left:
            room = min(
                talk.http.local_flow_control_window(number), talk.http.max_outbound_frame_size
            )
            if room == 0:
                talk.flush()
                assert talk.hear()
                continue
            talk.http.send_data(number, left[:room])
            left = left[room:]
            talk.flush()
        talk.http.end_stream(number)
        talk.until(lambda: number in talk.ended)
    assert witness.seen[0].model == ASKED["model"]


def test_an_answer_fits_through_the_smallest_window(witness: Witness) -> None:
    with talking(witness) as (talk, _):
        talk.http.update_settings({h2.settings.SettingCodes.INITIAL_WINDOW_SIZE: 7})
        number = talk.ask(json.dumps(ASKED | {"stream": True}).encode())
        talk.until(lambda: number in talk.ended)
    assert talk.body[number].endswith(b'data: {"type": "message_stop"}\n\n')


def test_a_request_with_trailers_is_answered(witness: Witness) -> None:
    with talking(witness) as (talk, _):
        number = talk.ask(ends=False)
        talk.http.send_headers(number, [("x-trailer", "yes")], end_stream=True)
        talk.until(lambda: number in talk.ended)
    assert talk.status[number] == "200"


def test_head_has_no_body(witness: Witness) -> None:
    with talking(witness) as (talk, _):
        number = talk.ask(method="HEAD", path="/v1/models")
        talk.until(lambda: number in talk.ended)
    assert (talk.status[number], talk.body) == ("200", {})


def test_a_request_taken_back_in_the_middle_is_shown(witness: Witness, make_key: MakeKey) -> None:
    with talking(witness) as (talk, _):
        taken_back = talk.ask(headers={"x-api-key": make_key()}, ends=False)
        talk.http.reset_stream(taken_back)
        other = talk.ask()
        talk.until(lambda: other in talk.ended)
    assert [(one.is_complete, len(one.credentials)) for one in witness.seen] == [
        (False, 1), (True, 0),
    ]  # fmt: skip


def test_a_request_taken_back_in_the_same_breath_does_no_harm(witness: Witness) -> None:
    with talking(witness) as (talk, _):
        taken_back = talk.ask()
        talk.http.reset_stream(taken_back)
        other = talk.ask()
        talk.until(lambda: other in talk.ended)
    assert len(witness.seen) == 2


def test_a_connection_lost_in_the_middle_of_a_body_has_shown_the_key(
    witness: Witness, make_key: MakeKey
) -> None:
    with talking(witness) as (talk, _):
        talk.ask(headers={"x-api-key": make_key()}, ends=False)
        talk.flush()
    assert [(one.is_complete, len(one.credentials)) for one in witness.seen] == [(False, 1)]


def test_who_leaves_without_reading_anything_has_shown_the_key(
    witness: Witness, make_key: MakeKey
) -> None:
    with witness.serve() as interceptor:
        context = trusting(interceptor, "h2")
        for _ in range(50):
            with Line(interceptor.tls_port, context) as line:
                talk = Talk(line)
                talk.ask(headers={"x-api-key": make_key()})
                talk.flush()
    assert len(witness.seen) == 50


def test_a_client_that_says_goodbye_is_let_go(witness: Witness) -> None:
    with talking(witness) as (talk, _):
        number = talk.ask()
        talk.until(lambda: number in talk.ended)
        talk.http.close_connection()
        talk.flush()
        while talk.hear():
            pass
    assert witness.troubles == []


def test_a_cut_breaks_one_stream_and_no_other(witness: Witness) -> None:
    with talking(witness) as (talk, _):
        witness.answer = Answer.CUT_STREAM
        number = talk.ask(json.dumps(ASKED | {"stream": True}).encode())
        talk.until(lambda: number in talk.broken)
        witness.answer = Answer.NORMAL
        other = talk.ask()
        talk.until(lambda: other in talk.ended)
    assert b"message_start" in talk.body[number]
    assert b"message_stop" not in talk.body[number]
    assert talk.broken[number] == h2.errors.ErrorCodes.INTERNAL_ERROR


def test_a_timeout_holds_one_stream_and_no_other(witness: Witness) -> None:
    with talking(witness, hold=0.2) as (talk, _):
        witness.answer = Answer.TIMEOUT
        held = talk.ask()
        talk.flush()
        talk.until(lambda: bool(talk.http.remote_settings))
        witness.answer = Answer.TIMEOUT
        talk.until(lambda: held in talk.broken)
    assert held not in talk.status


@pytest.mark.parametrize(
    ("sent", "kind"),
    [
        (b"\x00" * 100, TroubleKind.UNREADABLE),
        # These begin like frames of which most is still to come.
        (b"\xff" * 100, TroubleKind.NO_REQUEST),
        (b"GET / HTTP/1.1\r\n\r\n" * 5, TroubleKind.NO_REQUEST),
    ],
)
def test_garbage_is_told(witness: Witness, sent: bytes, kind: TroubleKind) -> None:
    with talking(witness) as (talk, _):
        talk.line.send(sent)
    assert [trouble.kind for trouble in witness.troubles] == [kind]


def test_it_is_spoken_without_tls_by_who_knows_it(witness: Witness) -> None:
    with witness.serve() as interceptor, Line(interceptor.tls_port) as line:
        talk = Talk(line)
        number = talk.ask()
        talk.until(lambda: number in talk.ended)
    assert talk.status[number] == "200"
