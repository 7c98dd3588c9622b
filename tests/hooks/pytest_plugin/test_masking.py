"""No report of pytest holds twelve characters of a made-up key, whatever a test does with it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.hooks.pytest_plugin.conftest import Ran

SHOWN = 12
OPTIONS = {
    "long": (),
    "locals": ("-l", "-vv"),
    "short": ("--tb=short", "-vv"),
    "native": ("--tb=native",),
    "line": ("--tb=line",),
    "logs": ("--log-cli-level=INFO", "--log-file=log.txt", "--log-file-level=INFO"),
    "processes": ("-n", "2", "-l"),
}


def keys_of(ran: Ran) -> list[str]:
    (file,) = (ran.folder / "base").rglob("keys.txt")
    keys = [line.replace(".", "") for line in file.read_text().splitlines()]
    file.unlink()
    return keys


@pytest.mark.parametrize("how", OPTIONS)
def test_no_report_holds_a_key(run_suite: Callable[..., Ran], how: str) -> None:
    plugins = ("xdist.plugin",) if how == "processes" else ()
    ran = run_suite(
        "telling", "--antkey", "--basetemp=base", "-W", "default", *OPTIONS[how], plugins=plugins
    )
    keys = keys_of(ran)
    assert len(keys) == 2, ran.output
    assert len(ran.outcomes) >= 14, ran.output
    written = ran.everything()
    for key in keys:
        random = key.split("-", 3)[3]
        pieces = {random[at : at + SHOWN] for at in range(len(random) - SHOWN + 1)}
        found = [piece[:3] for piece in pieces if piece in written]
        assert found == [], f"{how}: {len(found)} pieces"
    assert "sk-ant-api03-" + keys[0][13:16] + "…" in written


def test_environment_is_as_it_was(
    run_suite: Callable[..., Ran], make_key: Callable[..., str]
) -> None:
    own = make_key()
    ran = run_suite("lent", "--antkey", ANTHROPIC_API_KEY=own, MY_PLATFORM_KEY="mine")
    assert set(ran.outcomes.values()) == {"passed"}, ran.output
