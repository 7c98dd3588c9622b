"""Where results go: standard output as it is, report files whole or not at all."""

from __future__ import annotations

import json
import os
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.hooks.cli.conftest import Antkey

posix = pytest.mark.skipif(os.name != "posix", reason="POSIX files and pipes")


@pytest.fixture(autouse=True)
def leak(tmp_path: Path, make_key: Callable[..., str]) -> str:
    key = make_key()
    (tmp_path / "leak.env").write_text(f"KEY={key}\n")
    return key


def test_reports_are_written_beside_standard_output(antkey: Antkey, tmp_path: Path) -> None:
    done = antkey("scan", "--report", "json=out/deep/r.json", "--report=sarif=r.sarif", "leak.env")
    assert done.returncode == 1
    assert done.stdout.startswith(b"leak.env:1:5")
    assert json.loads((tmp_path / "out/deep/r.json").read_text())["exit_code"] == 1
    assert json.loads((tmp_path / "r.sarif").read_text())["version"] == "2.1.0"


@pytest.mark.parametrize("form", ["text", "json", "csv"])
def test_no_name_shows_a_piece_of_a_key_that_was_found(
    antkey: Antkey, tmp_path: Path, leak: str, form: str
) -> None:
    piece = leak[30:70]
    (tmp_path / piece).mkdir()
    (tmp_path / piece / "again.env").write_text(f"KEY={leak}\n")
    (tmp_path / f"copy-of-{piece}.zip").write_bytes(b"PK\x03\x04")  # broken, so it is skipped
    for number in range(60):  # so that workers are started
        (tmp_path / f"empty-{number}").touch()
    done = antkey("scan", "-f", form, ".")
    assert b"copy-of-" in done.stdout
    shown = (done.stdout + done.stderr).decode()
    assert not [at for at in range(30, 59) if leak[at : at + 12] in shown]


@posix
def test_a_report_that_cannot_be_written_loses_nothing_else(antkey: Antkey, tmp_path: Path) -> None:
    done = antkey(
        *("scan", "leak.env", "-f", "json"),
        *("--report", "json=leak.env/x.json", "--report", "json=good.json"),
    )
    assert done.returncode == 2
    assert done.stderr.startswith(b"antkey: leak.env/x.json: the report cannot be written (")
    assert json.loads(done.stdout)["exit_code"] == 2
    assert json.loads((tmp_path / "good.json").read_text())["findings"]


def test_a_folder_in_place_of_a_report_is_refused_before_the_scan(
    antkey: Antkey, tmp_path: Path
) -> None:
    (tmp_path / "folder").mkdir()
    done = antkey("scan", "--report", "json=folder")
    assert done.returncode == 2
    assert done.stdout == b""
    assert done.stderr == b"antkey: folder: is a folder; name a file in it\n"


def test_an_older_report_is_replaced_and_nothing_is_left_beside_it(
    antkey: Antkey, tmp_path: Path
) -> None:
    report = tmp_path / "out" / "r.json"
    report.parent.mkdir()
    report.write_text("exit 0: an older one\n")
    antkey("scan", "--report", "json=out/r.json")
    assert json.loads(report.read_text())
    assert os.listdir(report.parent) == ["r.json"]


@posix
def test_a_private_report_stays_private_and_a_link_stays_a_link(
    antkey: Antkey, tmp_path: Path
) -> None:
    real = tmp_path / "real.json"
    real.write_text("exit 0: an older one\n")
    real.chmod(0o600)
    (tmp_path / "link.json").symlink_to(real)
    antkey("scan", "leak.env", "--report", "json=link.json")
    assert (tmp_path / "link.json").is_symlink()
    assert json.loads(real.read_text())
    assert stat.S_IMODE(real.stat().st_mode) == 0o600


@posix
def test_a_device_is_written_to_and_not_replaced(antkey: Antkey) -> None:
    assert antkey("scan", "leak.env", "--report", "json=/dev/null").returncode == 1
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)


@posix
@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full on this system")
def test_a_full_disk_behind_standard_output_is_an_error(
    tmp_path: Path, command: list[str], environment: dict[str, str]
) -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [*command, "scan"],
            cwd=tmp_path,
            env=environment,
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr == b"antkey: standard output: no space left on device; nothing was kept\n"


@posix
@pytest.mark.parametrize("arguments", [["scan"], ["scan", "--help"], ["rules", "list"]])
def test_a_reader_that_has_gone_away_is_no_error(
    tmp_path: Path, command: list[str], environment: dict[str, str], arguments: list[str]
) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            [*command, *arguments],
            cwd=tmp_path,
            env=environment,
            stdout=writing,
            stderr=subprocess.PIPE,
            check=False,
        )
    finally:
        os.close(writing)
    assert done.returncode == (1 if arguments == ["scan"] else 0)
    assert done.stderr == b""


@posix
def test_a_closed_standard_output_is_an_error(
    tmp_path: Path, command: list[str], environment: dict[str, str]
) -> None:
    done = subprocess.run(
        ["sh", "-c", 'exec "$@" >&-', "sh", *command, "scan"],
        cwd=tmp_path,
        env=environment,
        stderr=subprocess.PIPE,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith(b"antkey: standard output: ")


@posix
def test_a_closed_standard_error_changes_nothing(
    tmp_path: Path, command: list[str], environment: dict[str, str]
) -> None:
    done = subprocess.run(
        ["sh", "-c", 'exec "$@" 2>&-', "sh", *command, "scan", "-v"],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        check=False,
    )
    assert done.returncode == 1
    assert done.stdout.startswith(b"leak.env:1:5")


def test_programs_get_utf_8_whatever_the_locale(antkey: Antkey) -> None:
    done = antkey("scan", PYTHONIOENCODING="ascii", LC_ALL="C", PYTHONUTF8="0")
    assert "…" in done.stdout.decode("utf-8")


def test_with_a_fixed_clock_reports_are_identical(antkey: Antkey) -> None:
    fixed = ("scan", "-f", "json", "--now", "2026-11-20T13:00:00+01:00")
    first, second = antkey(*fixed), antkey(*fixed)
    assert first.stdout == second.stdout
    document = json.loads(first.stdout)
    assert document["started_at"] == document["finished_at"] == "2026-11-20T12:00:00Z"
    assert document["seconds"] == 0


def test_source_date_epoch_fixes_what_is_printed(antkey: Antkey) -> None:
    done = antkey("scan", "-f", "json", SOURCE_DATE_EPOCH="86400")
    assert json.loads(done.stdout)["started_at"] == "1970-01-02T00:00:00Z"
    assert antkey("scan", SOURCE_DATE_EPOCH="soon").returncode == 2


def test_what_people_read_goes_by_now_where_it_is_given(antkey: Antkey) -> None:
    now = ("--now", "2026-11-20T12:00:00Z")
    done = antkey("scan", "-f", "json", *now, SOURCE_DATE_EPOCH="0")
    assert json.loads(done.stdout)["started_at"] == "2026-11-20T12:00:00Z"
    assert done.stdout == antkey("scan", "-f", "json", *now, SOURCE_DATE_EPOCH="86400").stdout
    assert b"1970-" not in antkey("scan", "-f", "html", *now, SOURCE_DATE_EPOCH="0").stdout


def test_source_date_epoch_does_not_turn_back_the_clock_that_judges(
    antkey: Antkey, tmp_path: Path
) -> None:
    (tmp_path / "antkey.toml").write_text(
        "[[waiver]]\nrule = 'anthropic-admin-key'\npath = 'b'\nreason = 'c'\nexpires = 1999-12-31\n"
    )
    assert antkey("scan", SOURCE_DATE_EPOCH="86400").returncode == 2
    assert antkey("scan", "--now", "1999-12-31T23:59:59Z").returncode == 1


def test_quiet_says_nothing_when_there_is_nothing_to_say(antkey: Antkey, tmp_path: Path) -> None:
    (tmp_path / "clean.txt").write_text("fine")
    assert antkey("scan", "-q", "clean.txt").stdout == b""
    assert b"anthropic-api-key" in antkey("scan", "-q").stdout
    assert json.loads(antkey("scan", "-qfjson", "clean.txt").stdout)["exit_code"] == 0


def test_verbose_says_with_what_it_works(antkey: Antkey) -> None:
    err = antkey("scan", "-v").stderr
    assert b"antkey: policy: none found, the defaults hold (profile key-hygiene)\n" in err
    assert b"antkey: targets: .\n" in err


def test_no_key_is_printed_by_any_command(antkey: Antkey, leak: str) -> None:
    random_part = leak.removeprefix("sk-ant-api03-")
    done = antkey("scan", "-v", "--report", "html=r.html", "--report", "json=r.json")
    texts = [done.stdout, done.stderr, Path("r.html").read_bytes(), Path("r.json").read_bytes()]
    for text in texts:
        assert not any(random_part[at : at + 12].encode() in text for at in range(84))
