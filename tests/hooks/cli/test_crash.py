"""A fault of our own: one line with an id, and nothing of what was being scanned."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from antkey_hooks.cli import dispatch, main
from antkey_hooks.cli.crash import crash_line
from antkey_scanner.errors import EvidenceError, SourceError


def _crash(data: str) -> None:
    raise KeyError(data)


def test_a_crash_is_one_line_without_data(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    make_key: Callable[..., str],
) -> None:
    key = make_key()
    monkeypatch.setattr(dispatch, "parse", lambda _: _crash(key))
    assert main(["scan", key]) == 70
    out, err = capsys.readouterr()
    assert out == ""
    assert re.fullmatch(
        r"antkey: internal error [0-9a-f]{12} \(KeyError at antkey_hooks/cli/dispatch\.py:\d+,"
        r" version [\d.]+\); this is a fault of antkey: please report the line\n",
        err,
    )
    assert key[13:25] not in err


def test_the_id_is_that_of_the_place_and_not_of_the_data() -> None:
    lines = []
    for data in ("one", "other"):
        try:
            _crash(data)
        except KeyError as error:
            lines.append(crash_line(error))
    assert len({line.split("(")[0] for line in lines}) == 1


@pytest.mark.parametrize(("error", "code"), [(SourceError("x"), 3), (EvidenceError("x"), 4)])
def test_our_own_errors_have_their_own_codes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: Exception, code: int
) -> None:
    def fail(_: object) -> None:
        raise error

    monkeypatch.setattr(dispatch, "parse", fail)
    assert main([]) == code
    assert capsys.readouterr().err == "antkey: x\n"
