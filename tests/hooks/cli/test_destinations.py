"""`--report` writes over nothing that the run goes by, and no two reports into one file."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from antkey_hooks.cli.earlier import may_be_replaced
from antkey_reports.registry import names

if TYPE_CHECKING:
    from tests.hooks.cli.conftest import Antkey

GOLDEN = Path(__file__).parents[2] / "reports" / "golden"
_POLICY = 'profile = "key-hygiene"\n[inventory]\nfiles = ["keys.json"]\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    keys = {"schema": 1, "complete": True, "keys": []}
    for name, text in (("antkey.toml", _POLICY), ("keys.json", json.dumps(keys)), ("a.txt", "a\n")):
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.mark.parametrize("verb", ["scan", "check"])
@pytest.mark.parametrize(
    ("name", "what"), [("antkey.toml", "the policy"), ("./keys.json", "the inventory")]
)
def test_what_is_in_use_is_not_overwritten(
    antkey: Antkey, folder: Path, verb: str, name: str, what: str
) -> None:
    before = (folder / name).read_bytes()
    done = antkey(verb, "--report", f"html={name}")
    assert (done.returncode, (folder / name).read_bytes()) == (2, before)
    assert f"is {what} that is in use".encode() in done.stderr


def test_a_baseline_that_is_named_is_not_overwritten(antkey: Antkey, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a\n")
    assert antkey("baseline", "create", "--baseline", "known.json").returncode == 0
    before = (tmp_path / "known.json").read_bytes()
    done = antkey("scan", "--baseline", "known.json", "--report", "json=known.json")
    assert (done.returncode, (tmp_path / "known.json").read_bytes()) == (2, before)
    assert b"is the baseline that is in use" in done.stderr


def test_two_reports_in_one_file_are_refused(antkey: Antkey, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a\n")
    (tmp_path / "out").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "out", target_is_directory=True)
    done = antkey("scan", "--report", "html=out/r", "--report", "json=link/r")
    assert (done.returncode, (tmp_path / "out/r").exists()) == (2, False)
    assert b"two reports (html and json) would be written to it" in done.stderr
    done = antkey("check", "--report", "csv=antkey-report/results.json")
    assert done.returncode == 2
    assert b"two reports (json and csv)" in done.stderr


def test_a_device_takes_many(antkey: Antkey, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a\n")
    assert antkey("scan", "--report", "html=/dev/null", "--report", "csv=/dev/null").returncode == 0


_RUNS = {
    "scan": ("scan", "a.txt"),
    "check": ("check",),
    "keys audit": ("keys", "audit", "keys.json"),
    "egress replay": ("egress", "replay", "seen.jsonl"),
    "egress run": ("egress", "run"),
    "report": ("report", "saved.json"),
}


@pytest.fixture
def many(folder: Path, antkey: Antkey) -> Path:
    """A folder with all that a run may read, and the work of others."""
    line = '{"antkey":1,"time":"2026-11-20T12:00:00Z","host":"api.anthropic.com"}\n'
    (folder / "seen.jsonl").write_text(line)
    (folder / "main.py").write_text("print('the work of weeks')\n")
    (folder / "package.json").write_text('{"name": "antkey-web", "version": "1.0.0"}\n')
    assert antkey("scan", "a.txt", "--report", "json=saved.json", "-q").returncode == 0
    return folder


def _contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def _with(verb: str, *options: str) -> list[str]:
    trace = "open('it-ran', 'w')"
    command = ["--", sys.executable, "-c", trace] if verb == "egress run" else []
    return [*_RUNS[verb], *options, *command]


@pytest.mark.parametrize("verb", _RUNS)
@pytest.mark.parametrize(
    "name", ["antkey.toml", "keys.json", "seen.jsonl", "main.py", "package.json"]
)
def test_no_command_writes_over_what_is_not_its_own(
    antkey: Antkey, many: Path, verb: str, name: str
) -> None:
    before = _contents(many)
    done = antkey(*_with(verb, "--report", f"html={name}", "--report", "csv=new.csv"))
    assert (done.returncode, _contents(many), done.stdout) == (2, before, b"")
    assert name.encode() in done.stderr
    assert b"name another file by --report" in done.stderr
    assert not (many / "antkey-report").exists()


@pytest.mark.parametrize("verb", _RUNS)
def test_no_command_makes_a_policy_of_a_report(antkey: Antkey, many: Path, verb: str) -> None:
    before = _contents(many)
    done = antkey(*_with(verb, "--report", "text=pyproject.toml"))
    assert (done.returncode, _contents(many)) == (2, before)


def test_results_are_not_written_over_while_they_are_read(antkey: Antkey, many: Path) -> None:
    before = _contents(many)
    done = antkey("report", "saved.json", "--report", "json=saved.json")
    assert (done.returncode, _contents(many)) == (2, before)
    done = antkey("report", "saved.json", "--compare", "saved.json", "--report", "html=saved.json")
    assert (done.returncode, _contents(many)) == (2, before)
    assert b"is a file that is in use" in done.stderr


def test_leaks_are_not_written_over(antkey: Antkey, many: Path) -> None:
    before = _contents(many)
    done = antkey(
        "keys", "audit", "keys.json", "--leaks", "saved.json", "--report", "json=saved.json"
    )
    assert (done.returncode, _contents(many)) == (2, before)


@pytest.mark.parametrize("name", ["antkey.toml", "keys.json", "main.py", "saved.json", "gone.html"])
def test_evidence_is_appended_to_evidence_only(antkey: Antkey, many: Path, name: str) -> None:
    before = _contents(many)
    options = ("--evidence", name, "--report", "html=gone.html")
    done = antkey(*_with("egress run", *options))
    assert (done.returncode, _contents(many)) == (2, before)
    assert b"--evidence" in done.stderr


def test_evidence_goes_on_where_there_is_some(antkey: Antkey, many: Path) -> None:
    before = (many / "seen.jsonl").read_bytes()
    antkey(*_with("egress run", "--scenario", "no-key", "--evidence", "seen.jsonl"))
    assert (many / "seen.jsonl").read_bytes().startswith(before)
    assert (many / "it-ran").exists()


def test_a_page_of_somebody_else_stays(antkey: Antkey, many: Path) -> None:
    (many / "docs").mkdir()
    (many / "docs" / "index.html").write_text("<!DOCTYPE html>\n<title>Ours</title>\n")
    done = antkey("check", "--report-dir", "docs")
    assert done.returncode == 2
    assert [path.name for path in (many / "docs").iterdir()] == ["index.html"]
    assert b"or another folder by --report-dir" in done.stderr


def test_nothing_is_made_where_an_attestation_is_refused(antkey: Antkey, many: Path) -> None:
    before = _contents(many)
    done = antkey("check", "--attest", "main.py")
    assert (done.returncode, _contents(many)) == (2, before)
    assert not (many / "antkey-report").exists()


@pytest.mark.parametrize("name", names())
def test_an_earlier_report_of_any_format_is_written_over(
    antkey: Antkey, many: Path, name: str
) -> None:
    for _ in range(2):
        assert antkey("scan", "a.txt", "-q", "--report", f"{name}=out").returncode == 0
    assert antkey("scan", "a.txt", "-q", "--report", "html=out").returncode == 0


@pytest.mark.parametrize("name", sorted(path.name for path in GOLDEN.iterdir()))
def test_every_report_is_known_again(name: str) -> None:
    is_for_a_terminal = name.endswith("narrow.text") or name == "color.text"
    assert may_be_replaced(str(GOLDEN / name)) or is_for_a_terminal


@pytest.mark.parametrize(
    "text",
    [
        '{"keys": []}',
        '{"schema": 1, "tool": {"name": "another"}}',
        "# antkey\n\nexit 1: is what it says\n\nand more\n",
        "[1]",
        '<?xml version="1.0"?>\n<testsuites name="pytest"/>\n',
    ],
)
def test_what_others_write_is_no_report(tmp_path: Path, text: str) -> None:
    (tmp_path / "file").write_text(text)
    assert not may_be_replaced(str(tmp_path / "file"))


def test_an_inventory_is_written_over_an_inventory_only(antkey: Antkey, many: Path) -> None:
    before = _contents(many)
    for name in ("antkey.toml", "package.json", "pyproject.toml"):
        done = antkey(
            "keys", "sync", "--output", name, ANTHROPIC_ADMIN_KEY="sk-ant-admin01-" + "a" * 93
        )
        assert (done.returncode, _contents(many)) == (2, before)
        assert b"is no inventory" in done.stderr
