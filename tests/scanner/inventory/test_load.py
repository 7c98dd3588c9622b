"""Files of an inventory become one: what each says counts, and what hides something is refused."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from antkey_scanner.errors import PolicyError
from antkey_scanner.inventory.load import File, Loaded, load
from antkey_scanner.inventory.times import DAY
from antkey_scanner.policy.keys import KeysPolicy

NOW = 20_777 * DAY  # 2026-11-20


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def loaded(folder: Path, *texts: str, **policy: tuple[str, ...]) -> Loaded:
    files = []
    for number, text in enumerate(texts):
        path = folder / f"{number}.toml"
        path.write_text(text)
        files.append(File(os.fspath(path), path.name))
    return load(files, KeysPolicy(**policy), NOW)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ("revoked_at = 2026-11-19T00:00:00Z", "inactive"),
        ("revoked_at = 2026-11-20T00:00:00Z", "inactive"),
        ("revoked_at = 2026-11-20T00:00:01Z", "active"),
        ('revoked_at = 2026-11-19T00:00:00Z\nstatus = "active"', "active"),
        ('revoked_at = 2026-11-19T00:00:00Z\nstatus = "archived"', "archived"),
        ("revoked_at = 2026-11-19T00:00:00Z\ncreated_at = 2026-11-19T00:00:00Z", "inactive"),
        ("revoked_at = 2026-11-19T00:00:00Z\ncreated_at = 2026-11-19T00:00:01Z", "active"),
    ],
)
def test_a_key_that_was_revoked_is_inactive_unless_that_cannot_be(
    folder: Path, fields: str, status: str
) -> None:
    (key,) = loaded(folder, f'[[keys]]\nname = "a"\n{fields}\n').inventory.keys
    assert key.status == status


def test_lists_of_several_files_are_one_list(folder: Path) -> None:
    one = '[[keys]]\nname = "a"\n[[members]]\nid = "user_1"\n[[tenants]]\nname = "acme"\n'
    other = '[[keys]]\nname = "b"\n[[members]]\nid = "user_2"\n[[tenants]]\nname = "globex"\n'
    inventory = loaded(folder, one, other).inventory
    assert [key.name for key in inventory.keys] == ["a", "b"]
    assert [member.id for member in inventory.members or ()] == ["user_1", "user_2"]
    assert [tenant.name for tenant in inventory.tenants or ()] == ["acme", "globex"]


def test_whoever_has_left_by_one_list_has_left(folder: Path) -> None:
    texts = [f'keys = []\n[[members]]\nid = "user_1"\n{more}' for more in ("", 'status = "left"')]
    for order in (texts, texts[::-1]):
        (member,) = loaded(folder, *order).inventory.members or ()
        assert member.status == "left"


def test_a_tenant_is_listed_once(folder: Path) -> None:
    text = 'keys = []\n[[tenants]]\nname = "acme"\n'
    with pytest.raises(PolicyError, match=r"1\.toml: a tenant is listed in 0\.toml too"):
        loaded(folder, text, text)


def test_problems_of_all_files_are_told_together(folder: Path) -> None:
    with pytest.raises(PolicyError) as refused:
        loaded(folder, '[[keys]]\nname = "a"\nx = 1\n', '[[keys]]\nname = ""\n')
    assert [str(problem).partition(": ")[0] for problem in refused.value.args] == [
        *("0.toml:3", "1.toml:2"),
    ]


SNAPSHOT = """\
[source]
kind = "anthropic"
[[keys]]
name = "Developer key"
id = "apikey_1"
created_at = 2026-11-01T00:00:00Z
"""


def test_people_s_file_may_name_a_key_by_its_id_at_anthropic(folder: Path) -> None:
    own = '[[keys]]\nname = "prod-api-2026-11-01"\nid = "apikey_1"\ntenant = "acme"\n'
    (key,) = loaded(folder, own, SNAPSHOT).inventory.keys
    assert (key.name, key.tenant, key.age_from) == (
        *("prod-api-2026-11-01", "acme", "created_at at Anthropic"),
    )


@pytest.mark.parametrize("text", [SNAPSHOT, '[[keys]]\nid = "apikey_1"\n'])
def test_two_files_of_one_kind_list_a_key_once(folder: Path, text: str) -> None:
    with pytest.raises(PolicyError, match=r"1\.toml:\d: the id stands in 0\.toml:\d too; keep one"):
        loaded(folder, text, text)


@pytest.mark.parametrize(
    ("one", "other", "refused"),
    [("", "", True), ('id = "apikey_1"', "", True), ('id = "apikey_1"', 'id = "apikey_2"', False)],
)
def test_a_name_stands_twice_only_for_keys_that_ids_tell_apart(
    folder: Path, one: str, other: str, refused: bool
) -> None:
    texts = [f'[[keys]]\nname = "a"\n{fields}\n' for fields in (one, other)]
    if not refused:
        assert len(loaded(folder, *texts).inventory.keys) == 2
        return
    with pytest.raises(PolicyError, match="the name stands in 0"):
        loaded(folder, *texts)
