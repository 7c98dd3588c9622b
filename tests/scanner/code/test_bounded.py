"""Judging goes on whatever becomes of the process that judges."""

from __future__ import annotations

import os
import signal

import pytest

from antkey_scanner import system
from antkey_scanner.code.bounded import Answer, Bounded
from antkey_scanner.code.rule import Parsing
from antkey_scanner.code.search import Found

pytestmark = pytest.mark.skipif(not system.can_fork(), reason="this system forks no process")

ONE = Found("a-rule", 3, 1, 40, "what is wrong", "0" * 64)


def judge(path: str, data: bytes, parsing: str, _: list[int]) -> Answer:
    parsed = parsing == Parsing.BY_PARSER.value
    if path == "dies.py" and parsed:
        os.kill(os.getpid(), signal.SIGKILL)
    while path == "hangs.py" and parsed:
        pass
    while path == "always-hangs.py":
        pass
    return Answer((ONE._replace(message=f"{data!r} {os.getpid()}"),))


def test_answers_come_from_another_process() -> None:
    (found,) = Bounded(judge).judge("a.py", b"x", []).found
    said, process = found.message.split()
    assert said == "b'x'"
    assert int(process) != os.getpid()
    assert found._replace(message="") == ONE._replace(message="")


def test_one_process_answers_for_many_files() -> None:
    bounded = Bounded(judge)
    assert len({bounded.judge("a.py", b"x", []).found for _ in range(3)}) == 1


@pytest.mark.parametrize("path", ["dies.py", "hangs.py"])
def test_what_the_parser_fails_at_is_read_without_it(path: str) -> None:
    answer = Bounded(judge, seconds=0).judge(path, b"", [])
    assert len(answer.found) == 1
    assert answer.trouble == "parsing it takes too long"


def test_what_takes_too_long_either_way_is_told() -> None:
    bounded = Bounded(judge, seconds=0)
    assert bounded.judge("always-hangs.py", b"", []).failure == "it takes too long"
    assert bounded.judge("a.py", b"", []).failure == ""


def test_what_is_large_goes_through() -> None:
    (found,) = Bounded(judge).judge("a.py", b"x" * 3_000_000, []).found
    assert len(found.message) > 3_000_000


def test_a_process_that_was_forked_meanwhile_asks_one_of_its_own() -> None:
    bounded = Bounded(judge)
    first = bounded.judge("a.py", b"x", []).found
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        same = bounded.judge("a.py", b"x", []).found == first
        os.write(writer, b"same" if same else b"other")
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(reader, 9) == b"other"
    os.close(reader)
    os.close(writer)
    assert bounded.judge("a.py", b"x", []).found == first
