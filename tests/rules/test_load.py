"""Rule files of users: read, refused with file, line, problem and cure, and compiled once."""

from __future__ import annotations

from pathlib import Path

import pytest

from antkey_rules import load
from antkey_rules.examples import check
from antkey_rules.load import load_files
from antkey_scanner.errors import PolicyError

GOOD = """\
id: acme-token
title: Acme token
severity: high
confidence: high
kind: acme
anchor: acme_
pattern: acme_[a-z0-9]{20}
why: It opens Acme.
remedy: Revoke it.
examples:
  match: ["x acme_{20*a}"]
  no_match: ["acme_short"]
"""


def _write(folder: Path, text: str, name: str = "acme_token.yaml") -> str:
    path = folder / name
    path.write_text(text)
    return str(path)


def test_a_rule_of_a_user_is_read_and_holds(tmp_path: Path) -> None:
    (rule,) = load_files([_write(tmp_path, GOOD)])
    assert rule.rule.id == "acme-token"
    assert check(rule) == []


def test_a_folder_gives_its_yaml_files(tmp_path: Path) -> None:
    _write(tmp_path, GOOD)
    (tmp_path / "notes.txt").write_text("no rule")
    assert len(load_files([str(tmp_path)])) == 1


@pytest.mark.parametrize(
    ("change", "line", "problem"),
    [
        (("severity: high", "severity: awful"), 3, "severity is 'awful'"),
        (("title: Acme token\n", ""), 1, "'title' is missing"),
        (("anchor: acme_", "anchor: a"), 6, "'anchor' is too short"),
        (("kind: acme", "kind: '{family}'"), 5, "names an unknown group"),
        (("{20}", "{20"), 7, None),
        (("[a-z0-9]{20}", "[a-z0-9]+"), 7, "may match more than"),
        (("[a-z0-9]{20}", "([a-z]{1,9}[a-z]{1,9}){1,9}"), 7, "may go back"),
        (("pattern: acme_[a-z0-9]{20}", "pattern: acme_([a-z"), 8, "no regular expression"),
        (("pattern: acme_[a-z0-9]{20}", "pattern: a{0,3}"), 7, "matches the empty text"),
        (("why: It", "wy: It"), 8, "unknown key 'wy'"),
        (("remedy: Revoke it.", "remedy: [Revoke"), 10, "is no YAML"),
        (("title: Acme token", "title: Acme token\ntitle: Two"), 3, "stands twice"),
        (('  no_match: ["acme_short"]\n', ""), 10, "no list 'no_match'"),
        (("id: acme-token", "id: other"), 1, "is not the file's name"),
        (("kind: acme", "kind: acme\nfilters: [magic]"), 6, "unknown filter 'magic'"),
        (("why: It opens Acme.", "why: 12"), 8, "must be text"),
    ],
)
def test_a_broken_rule_names_file_line_and_problem(
    tmp_path: Path, change: tuple[str, str], line: int, problem: str | None
) -> None:
    path = _write(tmp_path, GOOD.replace(*change))
    if problem is None:
        load_files([path])
        return
    with pytest.raises(PolicyError) as caught:
        load_files([path])
    assert str(caught.value).startswith(f"{path}:{line}: ")
    assert problem in str(caught.value)
    assert ";" in str(caught.value)


def test_what_is_no_rule_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="cannot be read"):
        load_files([str(tmp_path / "missing.yaml")])
    (tmp_path / "empty").mkdir()
    with pytest.raises(PolicyError, match=r"holds no \*\.yaml"):
        load_files([str(tmp_path / "empty")])
    binary = tmp_path / "binary.yaml"
    binary.write_bytes(b"\xff\xfe\0")
    with pytest.raises(PolicyError, match="not UTF-8"):
        load_files([str(binary)])


def test_two_rules_of_one_id_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    paths = [_write(tmp_path / "a", GOOD), _write(tmp_path / "b", GOOD)]
    with pytest.raises(PolicyError, match="is taken by"):
        load_files(paths)


def test_the_compiled_copy_is_as_good_as_its_sources(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load, "_COMPILED", str(tmp_path / "cache" / "rules"))
    parsed = load.load_builtin()
    assert (tmp_path / "cache" / "rules").exists()
    monkeypatch.setattr(load, "_parse", lambda _: pytest.fail("parsed again"))
    assert load.load_builtin() == parsed


@pytest.mark.parametrize("damage", [b"", b"junk", b"\xe9"])
def test_a_damaged_copy_is_parsed_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: bytes
) -> None:
    compiled = tmp_path / "rules"
    compiled.write_bytes(damage)
    monkeypatch.setattr(load, "_COMPILED", str(compiled))
    assert load.load_builtin()
