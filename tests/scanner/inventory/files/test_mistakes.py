"""Every mistake in an inventory is told with its line, its problem and its cure, and all at once."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from antkey_scanner.inventory.records import Sheet
from antkey_scanner.inventory.shapes import KEY

KEY_FIELDS = ", ".join(KEY.fields)


def in_toml(field: str) -> str:
    return f'[[keys]]\nname = "a"\n{field}\n'


@pytest.mark.parametrize(
    ("field", "problem"),
    [
        ('nmae = "x"', 'unknown field nmae; did you mean "name"?'),
        ('createdAt = "x"', 'unknown field createdAt; did you mean "created_at"?'),
        ("zzz = 1", f"unknown field zzz; known here: {KEY_FIELDS}"),
        ("service = 3", "service is a number; write it as a string, in quotes"),
        ("service = true", "service is true or false; write it as a string, in quotes"),
        ("service = ['a']", "service is a list; write it as a string, in quotes"),
        ("service = 2026-04-25", "service is a date; write it as a string, in quotes"),
        ("service = 12:00:00", "service is a time; write it as a string, in quotes"),
        ("service = ''", "service is empty; write something or take the field out"),
        ('service = " \\t"', "service is empty; write something or take the field out"),
        ('service = "\\u0000"', "service holds a NUL character; take it out"),
        ('status = "actve"', 'status has an unknown value; did you mean "active"?'),
        (
            'status = "zzz"',
            "status has an unknown value; use one of: active, inactive, archived, expired",
        ),
        ("status = 1", "status is a number; write it as a string, in quotes"),
        ('role = "root"', "role has an unknown value; use one of: tenant, platform, admin"),
        ("created_at = 2026-04-25T00:00:00", "created_at has no UTC offset; add Z or +00:00"),
        ('created_at = "2026-04-25T00:00:00"', "created_at has no UTC offset; add Z or +00:00"),
        (
            "created_at = 2026-04-25",
            "created_at has no time and no UTC offset; write it like 2026-11-20T12:00:00Z",
        ),
        (
            "created_at = '2026-04-25'",
            "created_at has no time and no UTC offset; write it like 2026-11-20T12:00:00Z",
        ),
        (
            "created_at = 'yesterday'",
            "created_at is no RFC 3339 time; write it like 2026-11-20T12:00:00Z",
        ),
        (
            "created_at = 1777075200",
            "created_at is a number; write a time like 2026-11-20T12:00:00Z",
        ),
        ("created_at = 12:00:00", "created_at is a time; write a time like 2026-11-20T12:00:00Z"),
        (
            "created_at = '2026-02-30T00:00:00Z'",
            "created_at is on a day that does not exist; mend the date",
        ),
        (
            "created_at = '2026-02-03T25:00:00Z'",
            "created_at is at a time of day that does not exist; mend the time or the offset",
        ),
        (
            "created_at = 0001-01-01T00:00:00+14:00",
            "created_at is out of range; in UTC it is not in the years 0001 to 9999",
        ),
        (
            "fingerprint = 'sha256:abc'",
            "fingerprint is no SHA-256; write sha256: and 64 hex digits",
        ),
        ("version = 1.5", "version is a number; write it as a string, in quotes"),
        ("version = true", "version is true or false; write it as a string, in quotes"),
        ("encryption = 'AES'", "encryption is a string; it must be a table"),
        ("encryption = {}", "encryption is empty; fill it in or take it out"),
        (
            "encryption = { nonse = 'a' }",
            'unknown field encryption.nonse; did you mean "nonce"?',
        ),
        ("encryption.nonce = 7", "encryption.nonce is a number; write it as a string, in quotes"),
        (
            "spend_limit.daily_usd = '5'",
            "spend_limit.daily_usd is a string; write a number, without quotes",
        ),
        (
            "spend_limit.daily_usd = -1",
            "spend_limit.daily_usd is out of range; use a number from 0 up",
        ),
        (
            "spend_limit.daily_usd = inf",
            "spend_limit.daily_usd is out of range; use a number from 0 up",
        ),
        (
            "spend_limit.monthly_usd = nan",
            "spend_limit.monthly_usd is no number; write one, such as 50 or 99.5",
        ),
        (
            "spend_limit.alerts_percent = 80",
            "spend_limit.alerts_percent is a number; write a list in brackets",
        ),
        (
            "spend_limit.alerts_percent = [50, 0]",
            "spend_limit.alerts_percent[2] is out of range; use a number from 1 to 1000",
        ),
        (
            "unknown = ['last_used']",
            'unknown field unknown[1]; did you mean "last_used_at"?',
        ),
    ],
)
def test_a_mistake_in_a_key_is_told(
    refusal: Callable[..., list[str]], field: str, problem: str
) -> None:
    assert refusal(in_toml(field)) == [f"keys.toml:3: {problem}"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("keys = 3\n", "1: keys is a number; make it a list of tables"),
        ("\n[keys]\nname = 'a'\n", "2: keys is one table; make it a list of tables"),
        ("keys = [\n3]\n", "2: keys[1] is a number; it must be a table"),
        ("keys = [\n{}]\n", "2: keys[1] is empty; fill it in or take it out"),
        ("[[members]]\nname = 'a'\n", "1: members[1] has neither id nor email; add one"),
        (
            "[[members]]\nid = 'a'\n[[members]]\nid = 'a'\n",
            "3: id stands in line 1 too; give each one of its own",
        ),
        (
            "[[members]]\nid = 'a'\nkind = 'bot'\n",
            "3: kind has an unknown value; use one of: user, service_account",
        ),
        ("[[tenants]]\nmode = 'byo'\n", "1: name is missing; it is required here"),
        (
            "[[tenants]]\nname = 'a'\n[[tenants]]\nname = 'a'\n",
            "3: name stands in line 1 too; give each one of its own",
        ),
        (
            "[[tenants]]\nname = 'a'\nhistory = [{mode = 'byo'}]\n",
            "3: history[1].from is missing; it is required here",
        ),
        (
            "[[tenants]]\nname = 'a'\n[[tenants.history]]\nmode = 'byo'\nfrom = 2026-01-01T00:00:00\n",
            "5: history[1].from has no UTC offset; add Z or +00:00",
        ),
        (
            "[[tenants]]\nname = 'a'\nenvironments = 'prod'\n",
            "3: environments is a string; write a list in brackets",
        ),
        (
            "keys = []\nschema = 2\n",
            "2: schema is no version that this antkey knows; write 1, or update antkey",
        ),
        (
            "keys = []\nschema = true\n",
            "2: schema is no version that this antkey knows; write 1, or update antkey",
        ),
        ("keys = []\nsource = 'anthropic'\n", "2: source is a string; it must be a table"),
        ("keys = []\n[source]\nfoo = 1\n", None),
        (
            "keys = []\n[source]\nkind = 'aws'\n",
            "3: source.kind has an unknown value; use one of: anthropic",
        ),
        ("keys = []\nmembrs = []\n", '2: unknown field membrs; did you mean "members"?'),
        ("\nkyes = []\n", '2: unknown field kyes; did you mean "keys"?'),
    ],
)
def test_a_mistake_elsewhere_is_told(
    refusal: Callable[..., list[str]], text: str, problem: str | None
) -> None:
    told = refusal(text)
    if problem is None:
        assert told[0].startswith("keys.toml:3: unknown field source.foo; known here: ")
    else:
        assert told == [f"keys.toml:{problem}"]


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("toml", '[[keys]]\nname = "a"\n[[keys]]\nname = "a"\n'),
        ("toml", '[[keys]]\nname = "a"\n[[keys]]\nname = "a"\nservice = 3\n'),
        ("json", '{"keys": [{"name": "a"},\n\n{"name": "a"}]}'),
        ("yaml", "keys: [{name: a},\n\n{name: a}]"),
        ("csv", "name\n\na\na\n"),
    ],
)
def test_a_name_that_stands_twice_is_told_with_both_lines(
    refusal: Callable[..., list[str]], form: str, text: str
) -> None:
    first, second = (3, 4) if form == "csv" else (1, 3)
    assert refusal(text, form)[0] == (
        f"keys.{form}:{second}: name stands in line {first} too; give each one of its own"
    )


def test_an_id_that_stands_twice_is_told(refusal: Callable[..., list[str]]) -> None:
    text = '[[keys]]\nid = "apikey_1"\n[[keys]]\nid = "apikey_1"\n'
    assert refusal(text) == ["keys.toml:3: id stands in line 1 too; give each one of its own"]


@pytest.mark.parametrize(
    ("form", "text", "lines"),
    [
        ("toml", "[[keys]]\nstatus = 1\n\n[keys.encryption]\nnonce = 1\n", [2, 5]),
        ("yaml", "keys:\n- status: 1\n  encryption:\n\n    nonce: 1\n", [2, 5]),
        ("json", '{"keys": [{\n"status": 1,\n\n"encryption": {\n"nonce": 1}}]}', [2, 5]),
        (
            "json",
            '{"keys": [{"a\\"}{": [{}, [[]], "}"],\n"status": 1}, {\n\n"name": 1}]}',
            [1, 2, 4],
        ),
        ("csv", 'name,status\n"a\n",b\nc,d\n', [2, 4]),
    ],
)
def test_a_fields_mistake_is_told_with_its_own_line(
    refusal: Callable[..., list[str]], form: str, text: str, lines: list[int]
) -> None:
    told = refusal(text, form)
    assert [message.split(":")[1] for message in told] == [str(line) for line in lines]


@pytest.mark.parametrize("form", ["json", "yaml"])
def test_where_all_is_on_one_line_the_position_tells(
    refusal: Callable[..., list[str]], form: str
) -> None:
    assert refusal('{"keys": [{"name": "a"}, {"name": "b", "status": "x y"}]}\n', form) == [
        f"keys.{form}:1: keys[2].status has an unknown value;"
        " use one of: active, inactive, archived, expired"
    ]


@pytest.mark.parametrize(
    ("mistakes", "more"), [(20, None), (21, "1 more problem"), (500, "480 more problems")]
)
def test_the_first_twenty_problems_are_told(
    refusal: Callable[..., list[str]], mistakes: int, more: str | None
) -> None:
    keys = [{"name": str(number), "status": 1} for number in range(mistakes)]
    told = refusal(json.dumps({"keys": keys}, indent=0), "json")
    assert told[0] == "keys.json:5: status is a number; write it as a string, in quotes"
    assert told[20:] == ([] if more is None else [f"keys.json: {more}"])


def test_null_is_absent(read: Callable[..., Sheet]) -> None:
    text = '{"keys": [{"name": "a", "tenant": null, "created_at": null, "encryption": null}]}'
    assert read(text, "json").keys[0].encryption is None


def test_null_under_an_unknown_name_is_a_mistake(refusal: Callable[..., list[str]]) -> None:
    assert 'did you mean "tenant"?' in refusal('{"keys": [{"tennant": null}]}', "json")[0]
