"""Commands to copy do what they say, whatever the place is called."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antkey_reports import commands
from antkey_scanner.model import Location

if TYPE_CHECKING:
    from tests.reports.conftest import Maker


@pytest.mark.parametrize(
    ("location", "command"),
    [
        (Location("deploy/app.env", 3), "antkey scan -- deploy/app.env"),
        (Location("deploy/backup.tar.gz!/etc/app.env"), "antkey scan -- deploy/backup.tar.gz"),
        (Location("app.env", commit="ab" * 20), "antkey scan --history -- ."),
        (Location("app.env", blob="ab" * 20), "antkey scan --history -- ."),
        (Location("two words.env"), "antkey scan -- ."),
        (Location("$(id).env"), "antkey scan -- ."),
        (Location("a%PATH%b"), "antkey scan -- ."),
        (Location("caf\\xe9"), "antkey scan -- ."),
        (Location("-rf"), "antkey scan -- ."),
        (Location("../../etc/passwd"), "antkey scan -- ."),
        (Location("/etc/passwd"), "antkey scan -- ."),
        (Location("été.env"), "antkey scan -- ."),
        (Location(""), "antkey scan -- ."),
    ],
)
def test_a_place_is_scanned_again_by_its_name_where_no_shell_reads_more_into_it(
    location: Location, command: str
) -> None:
    assert commands.scan_again(location) == command


@given(st.text(max_size=60))
def test_no_path_makes_more_than_one_argument(path: str) -> None:
    words = shlex.split(commands.scan_again(Location(path)))
    assert words[:3] == ["antkey", "scan", "--"]
    assert len(words) == 4


def test_a_key_is_switched_off_by_its_id(make: Maker) -> None:
    command = commands.deactivate(make.key(id="apikey_01Rj2N8SVvo6BePZj99NhmiT"))
    assert command is not None
    words = shlex.split(command)
    assert (
        "https://api.anthropic.com/v1/organizations/api_keys/apikey_01Rj2N8SVvo6BePZj99NhmiT"
        in words
    )
    assert words[-2:] == ["-d", '{"status": "inactive"}']


@pytest.mark.parametrize(
    "name", [None, "", "apikey_", "apikey_1;id", "../x", "key\n1", "projects/a/b"]
)
def test_without_an_id_of_anthropic_there_is_no_such_command(make: Maker, name: str | None) -> None:
    assert commands.deactivate(make.key(id=name)) is None


def test_without_a_key_there_is_no_such_command() -> None:
    assert commands.deactivate(None) is None
