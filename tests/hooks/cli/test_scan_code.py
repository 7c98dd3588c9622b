"""`antkey scan` judges source code, where a file speaks of Anthropic."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.hooks.cli.conftest import Antkey
from tests.scanner.git.conftest import Git

BAD = """import os
from anthropic import Anthropic

def client_for(tenant):
    return Anthropic(api_key=tenant.api_key or os.environ["ANTHROPIC_API_KEY"])
"""
GOOD = BAD.replace(' or os.environ["ANTHROPIC_API_KEY"]', "")
RULE = "tenant-key-or-platform-key"
IN_TEXT = "not parsed but read statement by statement: "


def findings(antkey: Antkey, *arguments: str) -> list[dict[str, Any]]:
    done = antkey("scan", "-f", "json", *arguments)
    document: dict[str, Any] = json.loads(done.stdout)
    assert document["exit_code"] == done.returncode
    return [one for one in document["findings"] if one["rule"] == RULE]


def test_a_fallback_is_told_with_its_place_and_no_secret(antkey: Antkey, tmp_path: Path) -> None:
    (tmp_path / "llm.py").write_text(BAD)
    (finding,) = findings(antkey, "llm.py")
    assert (finding["location"]["line"], finding["location"]["column"]) == (5, 30)
    assert finding["secret"] is None
    assert finding["severity"] == "high"


def test_code_without_a_fallback_is_clean(antkey: Antkey, tmp_path: Path) -> None:
    (tmp_path / "llm.py").write_text(GOOD)
    assert antkey("scan", "llm.py").returncode == 0


@pytest.mark.parametrize("path", ["tests/test_llm.py", "notes.txt", "llm.spec.ts"])
def test_tests_and_texts_are_not_judged(antkey: Antkey, tmp_path: Path, path: str) -> None:
    (tmp_path / path).parent.mkdir(exist_ok=True)
    (tmp_path / path).write_text(BAD)
    assert findings(antkey, ".") == []


def skipped(antkey: Antkey) -> dict[str, str]:
    document = json.loads(antkey("scan", "-f", "json", ".").stdout)
    return {one["path"]: one["reason"] for one in document["skipped"]}


@pytest.mark.parametrize("comments", [0, 20_000, 30_000])
def test_a_file_that_is_read_in_pieces_for_keys_is_judged(
    antkey: Antkey, tmp_path: Path, comments: int
) -> None:
    (tmp_path / "llm.py").write_text(BAD + "# what was generated above stays as it is\n" * comments)
    assert len(findings(antkey, ".")) == 1
    assert skipped(antkey) == {}


def test_source_code_beyond_what_people_write_is_told(antkey: Antkey, tmp_path: Path) -> None:
    (tmp_path / "bundle.js").write_text("var a = 1;\n" * 200_000 + "// @anthropic-ai/sdk\n")
    (tmp_path / "other.js").write_text("var a = 1;\n" * 200_000)
    assert skipped(antkey) == {"bundle.js": IN_TEXT + "it is larger than 2 MiB"}
    assert antkey("scan", ".").returncode == 0


@pytest.mark.parametrize("comments", [20_000, 60_000])
def test_large_settings_are_judged(antkey: Antkey, tmp_path: Path, comments: int) -> None:
    text = (
        "# nobody reads this line of thirty\n" * comments + "ANTHROPIC_BASE_URL=http://10.0.0.1\n"
    )
    (tmp_path / "prod.env").write_text(text)
    document = json.loads(antkey("scan", "-f", "json", ".").stdout)
    (finding,) = document["findings"]
    assert (finding["rule"], finding["location"]["line"]) == ("url-base-url-refused", comments + 1)


def test_settings_of_a_size_that_nobody_writes_are_told(antkey: Antkey, tmp_path: Path) -> None:
    for name, text in (("all.json", "anthropic"), ("other.json", "nobody")):
        with open(tmp_path / name, "wb") as file:
            file.truncate(5 << 20)
            file.write(text.encode())
    assert skipped(antkey) == {"all.json": "not judged as settings: larger than 4 MiB"}
    assert antkey("scan", ".").returncode == 0


def test_source_code_that_nobody_looks_at_makes_the_run_incomplete(
    antkey: Antkey, tmp_path: Path
) -> None:
    with open(tmp_path / "bundle.js", "wb") as file:
        file.truncate(65 << 20)
        file.write(b"// nothing")
    with open(tmp_path / "dump.js", "wb") as file:
        file.seek(65 << 20)
        file.write(b"// @anthropic-ai/sdk")
    assert skipped(antkey) == {"dump.js": "not judged as source code: it is larger than 64 MiB"}
    assert antkey("scan", ".").returncode == 3
    (tmp_path / ".git").mkdir()
    (tmp_path / "antkey.toml").write_text('[[scan.accept]]\npath = "dump.js"\nreason = "a dump"\n')
    assert antkey("scan", ".").returncode == 0


def test_no_control_passes_beside_source_code_that_nobody_looks_at(
    antkey: Antkey, tmp_path: Path
) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "src").mkdir()
    (tmp_path / "antkey.toml").write_text('profile = "strict-byok"\n')
    with open(tmp_path / "src" / "dump.js", "wb") as file:
        file.seek(65 << 20)
        file.write(b"// @anthropic-ai/sdk")
    done = antkey("check", "src", "--no-history", "-f", "json")
    controls = {one["id"]: one["status"] for one in json.loads(done.stdout)["controls"]}
    assert done.returncode == 3
    assert controls["no-fallback-in-code"] == "not-assessed"


def test_staged_source_code_beyond_what_people_write_is_told(
    antkey: Antkey, git: Git, tmp_path: Path
) -> None:
    (tmp_path / "repo" / "bundle.js").write_text(
        "var a = 1;\n" * 200_000 + "// @anthropic-ai/sdk\n"
    )
    (tmp_path / "repo" / "llm.py").write_text(BAD + "# what stands below stays as it is\n" * 40_000)
    git("add", ".")
    where = {"GIT_DIR": "repo/.git", "GIT_WORK_TREE": "repo"}
    done = antkey("scan", "-f", "json", "--staged", "repo/llm.py", "repo/bundle.js", **where)
    document = json.loads(done.stdout)
    assert [one["rule"] for one in document["findings"]] == [RULE]
    assert [(one["path"], one["reason"]) for one in document["skipped"]] == [
        ("bundle.js", IN_TEXT + "it is larger than 2 MiB")
    ]


def test_what_is_minified_is_judged_and_told(antkey: Antkey, tmp_path: Path) -> None:
    line = (
        "import Anthropic from'@anthropic-ai/sdk';k=tenant.apiKey||process.env.ANTHROPIC_API_KEY;"
    )
    (tmp_path / "bundle.js").write_text(line * 1000)
    assert len(findings(antkey, ".")) == 1
    assert skipped(antkey) == {"bundle.js": IN_TEXT + "it is minified"}


def test_what_cannot_be_parsed_is_told_and_still_judged(antkey: Antkey, tmp_path: Path) -> None:
    (tmp_path / "llm.py").write_text(BAD + "x = " + "(" * 20_000)
    assert len(findings(antkey, ".")) == 1
    assert skipped(antkey)["llm.py"].startswith("not parsed but read statement by statement")


def test_a_key_for_claude_is_enough_to_be_looked_at(antkey: Antkey, tmp_path: Path) -> None:
    (tmp_path / "llm.py").write_text('key = tenant.claude_key or os.environ["CLAUDE_API_KEY"]\n')
    assert len(findings(antkey, ".")) == 1


def test_a_fingerprint_survives_a_move_down_the_file(antkey: Antkey, tmp_path: Path) -> None:
    (tmp_path / "llm.py").write_text(BAD)
    (before,) = findings(antkey, "llm.py")
    (tmp_path / "llm.py").write_text("# more\n\n" + BAD)
    (after,) = findings(antkey, "llm.py")
    assert before["fingerprint"] == after["fingerprint"]
    assert after["location"]["line"] == 7


def test_a_mark_beside_it_waives_it(antkey: Antkey, tmp_path: Path) -> None:
    marked = BAD.replace(
        "    return", f"    # antkey: ignore[{RULE}] demo tenants only\n    return"
    )
    (tmp_path / "llm.py").write_text(marked)
    (finding,) = findings(antkey, "llm.py")
    assert finding["status"] == "waived"
    assert finding["accepted"]["reason"] == "demo tenants only"
    (strict,) = findings(antkey, "llm.py", "--no-config")
    assert strict["status"] == "open"


def test_where_the_policy_allows_the_platform_s_key_it_is_information(
    antkey: Antkey, tmp_path: Path
) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "llm.py").write_text(BAD)
    (tmp_path / "antkey.toml").write_text('profile = "optional-byok"\n')
    (finding,) = findings(antkey, "llm.py")
    assert finding["severity"] == "info"
    assert "antkey egress run" in finding["remedy"]
    assert antkey("scan", "llm.py").returncode == 0


def test_the_policy_teaches_words_and_turns_it_off(antkey: Antkey, tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "llm.py").write_text(BAD.replace("tenant", "zorp"))
    assert findings(antkey, "llm.py") == []
    (tmp_path / "antkey.toml").write_text('[code]\ntenant_names = ["zorp"]\n')
    assert len(findings(antkey, "llm.py")) == 1
    (tmp_path / "antkey.toml").write_text('[scan]\ncode = false\n[code]\ntenant_names = ["zorp"]\n')
    assert findings(antkey, "llm.py") == []


def test_what_is_staged_is_judged_as_it_is_staged(antkey: Antkey, git: Git, tmp_path: Path) -> None:
    (tmp_path / "repo" / "llm.py").write_text(BAD)
    git("add", "llm.py")
    (tmp_path / "repo" / "llm.py").write_text(GOOD)
    done = antkey(
        "scan", "-f", "json", "--staged", "repo/llm.py", GIT_DIR="repo/.git", GIT_WORK_TREE="repo"
    )
    (finding,) = json.loads(done.stdout)["findings"]
    assert (finding["rule"], finding["location"]["path"]) == (RULE, "llm.py")


def test_where_no_file_is_looked_at_no_control_about_code_passes(antkey: Antkey, git: Git) -> None:
    for number in range(2):
        git.write("llm.py", GOOD + f"# {number}\n")
        git("add", "llm.py")
        git("commit", "-qm", "Add")

    def judged(*arguments: str) -> bool:
        done = antkey(
            "scan", "-f", "json", *arguments, stdin=b"x", GIT_DIR="repo/.git", GIT_WORK_TREE="repo"
        )
        return "no-fallback-in-code" in {one["id"] for one in json.loads(done.stdout)["controls"]}

    assert judged("repo")
    assert judged("--staged")
    assert judged("--range", "HEAD~1..HEAD")
    assert not judged("-")


def test_many_files_are_judged_by_workers_too(antkey: Antkey, tmp_path: Path) -> None:
    for number in range(400):
        (tmp_path / f"m{number}.py").write_text(BAD if number % 100 == 7 else "x = 1\n" * 50)
    assert len(findings(antkey, ".", "-j2")) == 4
    assert len(findings(antkey, ".", "-j1")) == 4


def test_an_environment_file_that_git_knows_is_told(
    antkey: Antkey, git: Git, tmp_path: Path, make_key: Callable[..., str]
) -> None:
    (tmp_path / "repo" / ".env").write_text(f"ANTHROPIC_API_KEY={make_key()}\n")
    git("add", "-f", ".env")
    document = json.loads(antkey("scan", "-f", "json", "repo").stdout)
    (finding,) = [one for one in document["findings"] if one["rule"] == "config-env-tracked"]
    assert finding["location"]["path"] == ".env"


def test_one_key_in_two_environments_is_told(
    antkey: Antkey, tmp_path: Path, make_key: Callable[..., str]
) -> None:
    key = make_key()
    (tmp_path / ".env.staging").write_text(f"ANTHROPIC_API_KEY={key}\n")
    (tmp_path / ".env.production").write_text(f"ANTHROPIC_API_KEY={key}\n")
    document = json.loads(antkey("scan", "-f", "json", ".").stdout)
    assert "config-key-in-two-environments" in {one["rule"] for one in document["findings"]}
