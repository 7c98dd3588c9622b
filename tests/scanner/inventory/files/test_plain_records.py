"""TOML and YAML that are read many keys at a time say what they say to readers that take no short cut."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.scanner.inventory.files.comparing import quickly, slowly

from antkey_scanner.inventory.formats import Reader, Rows, yaml_blocks
from antkey_scanner.inventory.formats.toml import TomlReader
from antkey_scanner.inventory.formats.yaml import YamlReader
from antkey_scanner.inventory.records import Sheet

_HEX = "0123456789abcdef" * 4


@pytest.fixture(autouse=True, scope="module")
def _short_texts_too() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(yaml_blocks, "WORTH_IT", 0)
        yield


def by_tomllib(text: str) -> Sheet | tuple[str, ...]:
    """A text with a long string in it, or what looks like the start of one, is not cut."""
    return slowly(TomlReader(f'{text}\n# """'))


def rows_of(reader: Reader) -> tuple[int, int]:
    """How many keys come in rows, and how many come alone."""
    items = [item for items in reader.documents() for item in items if item.position is not None]
    many = [item.value for item in items if isinstance(item.value, Rows)]
    return sum(len(rows.lines) for rows in many), len(items) - len(many)


_TOML_VALUES = {
    "name": ['"n{}"', "'n{}'", '"n {}, é…"', '"n{}\\u0041"', '"""n{}"""'],
    "environment": ['"prod"', "'dev'", '""', "1"],
    "created_at": [
        *("2026-04-25T10:00:00Z", '"2026-04-25T10:00:00Z"', "2026-04-25 10:00:00.1234567+02:00"),
        *("2026-04-25T10:00:60Z", '"2016-12-31T23:59:60Z"', "2026-02-30T10:00:00Z", "2026-04-25"),
    ],
    "hint": ['"sk-ant-api03-R2D…igAA"', '"R2D...igAA"', "2026-04-25T10:00:00Z"],
    "fingerprint": [f'"sha256:{_HEX}"', f'"{_HEX}"'],
    "version": ["3", '"3"', "true", "1.5", "0x10", "03"],
    "unknown": ['["hint"]', "['hint']", '["hint", "role"]', "[]", '["hint",]', "[1]"],
    "encryption": [
        '{ algorithm = "AES-256-GCM", nonce = "00ff" }',
        '{algorithm="AES-256-GCM"}',
        '{ algorithm = "a = b", kdf = "}" }',
        '{ nonce = "1", nonce = "2" }',
        "{}",
    ],
    "spend_limit": ["{ daily_usd = 5, alerts_percent = [50, 75.5] }", "{ daily_usd = '5' }"],
    "spend_limit.monthly_usd": ["5", "5.25"],
    "naem": ['"x"'],
}
_YAML_VALUES = {
    "name": [
        "n{}",
        '"n{}"',
        "'n{}'",
        "n {} of: x",
        "n {} x",
        '"n\\u0041{}"',
        "|\n      n{}",
        "n{}\n      x",
    ],
    "environment": ["prod", '"dev"', "'dev'", '""', "null", "~", "", "1", "é", "*a"],
    "created_at": [
        "2026-04-25T10:00:00Z",
        '"2026-04-25T10:00:00Z"',
        "2026-04-25",
        "2026-04-25 10:00:00Z",
    ],
    "hint": ["sk-ant-api03-R2D…igAA", '"R2D...igAA"'],
    "fingerprint": [f"sha256:{_HEX}", f'"{_HEX}"'],
    "version": ["3", '"3"', "1.5", "true", "0x10", "1e3", "v3"],
    "unknown": [
        "[hint]",
        '["hint", role]',
        "[]",
        "[hint,role]",
        "\n      - hint",
        "[a: b]",
        "['hint']",
    ],
    "encryption": [
        "{algorithm: AES-256-GCM, nonce: '00ff'}",
        '{ algorithm: "a, b: c" }',
        "{nonce: a, nonce: b}",
        "{algorithm: a,nonce: b}",
        "{}",
        '\n      algorithm: AES-256-GCM\n      nonce: "00"',
        "\n      algorithm: AES-256-GCM\n       nonce: x",
        " # how\n      kdf: x",
    ],
    "spend_limit": ["{daily_usd: 5, alerts_percent: [50, 75.5]}", "\n      daily_usd: 5"],
    "naem": ["x"],
}
_ENDS = ["", "", "", " ", " # a comment", "#", " #\t"]
_BETWEEN = ["", "", "", "\n", "# a comment\n", "  # é\n\n"]


def _usual(values: list[str]) -> st.SearchStrategy[str]:
    """Mostly the first one: records that are all different are never read together."""
    return st.sampled_from([values[0]] * 12 + values)


def _records(
    values: dict[str, list[str]],
) -> st.SearchStrategy[list[tuple[dict[str, str], str, bool]]]:
    """Fields, what stands between a record and the next one, and whether the fields are turned round."""
    optional = {name: _usual(of) for name, of in values.items() if name not in ("name", "naem")}
    fields = st.fixed_dictionaries({"name": _usual(values["name"])}, optional=optional)
    odd = st.sampled_from([*[False] * 20, True])
    return st.lists(st.tuples(fields, st.sampled_from(_BETWEEN), odd), min_size=1, max_size=8)


@settings(max_examples=300, deadline=None)
@given(
    _records(_TOML_VALUES),
    st.sampled_from(_ENDS),
    st.sampled_from([" = ", "=", "  =\t"]),
    st.sampled_from(["\n", "\n", "\r\n"]),
    st.booleans(),
)
def test_toml_is_read_the_same(
    records: list[tuple[dict[str, str], str, bool]], end: str, sign: str, line: str, nested: bool
) -> None:
    text = ""
    for number, (fields, between, is_turned) in enumerate(records):
        pairs = sorted(fields.items(), reverse=is_turned)
        lines = [
            f"{name}{sign}{value.format(number) if name == 'name' else value}"
            for name, value in pairs
        ]
        if nested and "encryption" not in fields:
            lines += ["[keys.encryption]", 'algorithm = "x"']
        text += "[[keys]]\n" + "".join(f"{one}{end}\n" for one in lines) + between
    text = text.replace("\n", line)
    found = quickly(text, ".toml")
    assert found == slowly(TomlReader(text))
    if isinstance(found, Sheet):
        assert found == by_tomllib(text)


@settings(max_examples=300, deadline=None)
@given(
    _records(_YAML_VALUES),
    st.sampled_from(_ENDS),
    st.sampled_from(["- ", "  - ", " -   "]),
    st.sampled_from(["\n", "\n", "\r\n"]),
    st.sampled_from(["", "", "source: {kind: anthropic}\n"]),
)
def test_yaml_is_read_the_same(
    records: list[tuple[dict[str, str], str, bool]], end: str, dash: str, line: str, behind: str
) -> None:
    text = "keys:\n"
    for number, (fields, between, is_turned) in enumerate(records):
        lead = dash
        for name, value in sorted(fields.items(), reverse=is_turned):
            shown = value.replace("{}", str(number)) if name == "name" else value
            text += f"{lead}{name}:{'' if shown[:1] in ('', chr(10)) else ' '}{shown}{end}\n"
            lead = " " * len(dash)
        text += between
    text = (text + behind).replace("\n", line)
    assert quickly(text, ".yaml") == slowly(YamlReader(text, is_whole=True))


TOML = """\
[[keys]]
name = "a"
created_at = 2026-04-25T10:00:00Z
tenant = "t"            # theirs
encryption = { algorithm = "AES-256-GCM", nonce = "00" }

[[keys]]
name = "b"
unknown = ["hint"]
spend_limit.daily_usd = 5

# the last ones
[[keys]]
name = "c"
created_at = "2026-04-25T10:00:00Z"
service = 's'
"""
YAML = """\
keys:
  - name: a
    created_at: 2026-04-25T10:00:00Z
    tenant: t o         # theirs
    encryption: {algorithm: AES-256-GCM, nonce: "00"}

  - name: b
    unknown: [hint]
    spend_limit:
      daily_usd: 5
  # the last one
  - name: 'c'
    created_at: "2026-04-25T10:00:00Z"
"""


@pytest.mark.parametrize(
    ("text", "reader"), [(TOML, TomlReader), (YAML, YamlReader)], ids=["toml", "yaml"]
)
def test_what_was_learned_is_read_in_rows(text: str, reader: Callable[..., Reader]) -> None:
    begin = "keys:\n" if reader is YamlReader else ""
    many = begin + text.removeprefix(begin) * 50
    in_rows, alone = rows_of(reader(many, in_rows=True))
    assert in_rows + alone == 150
    assert alone <= 3


@pytest.mark.parametrize("ending", [".toml", ".yaml"])
def test_lines_are_those_of_the_records(ending: str) -> None:
    text = TOML if ending == ".toml" else YAML
    dashes = ("[[keys]]", "  - ")
    starts = [at for at, line in enumerate(text.split("\n"), 1) if line.startswith(dashes)]
    sheet = quickly(text, ending)
    assert isinstance(sheet, Sheet)
    assert [key.place.line for key in sheet.keys] == starts


@pytest.mark.parametrize(
    "odd",
    [
        "name = 2026-04-25T10:00:00Z",
        'name = "x"\nname = "x"',
        'name = "x"\n[keys.encryption]',
        'name = "x"\n[keys.encryption]\nkdf = "a"\n[keys.encryption]\nnonce = "b"',
        'name = "x"\nencryption.kdf = "a"\n[keys.encryption]\nnonce = "b"',
        'name = "x"\nencryption = { kdf = "a" }\nencryption.nonce = "b"',
        'name = "x"\n[members.encryption]\nkdf = "a"',
        'name = "x"\n[[members]]\nid = "m"\n[keys.encryption]\nkdf = "a"',
        'name = "x"\n[[members]]\nid = "m"\n[[keys]]\nname = "y"',
        'name = """\n[[keys]]\nname = "z"\n"""',
        "name = '''\n[[keys]]\n'''",
        'name = "x',
        "",
        "# nothing but this",
        'name = "x"\n' + "\n" * 200,
    ],
)
def test_what_is_odd_in_toml_is_what_it_is_alone(odd: str) -> None:
    usual = "".join(
        f'[[keys]]\nname = "u{n}"\n[keys.encryption]\nkdf = "a"\nnonce = "{n}"\n' for n in range(3)
    )
    text = f"{usual}[[keys]]\n{odd}\n{usual.replace('u', 'v')}"
    found, alone = quickly(text, ".toml"), slowly(TomlReader(text))
    assert found == alone
    if isinstance(found, Sheet):
        assert found == by_tomllib(text)


def test_a_mistake_behind_long_strings_is_told_as_without_short_cuts() -> None:
    sound = "".join(f'[[keys]]\nname = """u{n}"""\n' for n in range(5))
    text = f'{sound}[[members]]\nid = 1\n[[keys]]\nname = "x"\nnaem = 1\n'
    assert quickly(text, ".toml") == slowly(TomlReader(text)) == by_tomllib(text)


def test_long_strings_do_not_keep_records_from_being_read_in_rows() -> None:
    usual = "".join(f'[[keys]]\nname = "u{n}"\n' for n in range(50))
    in_rows, alone = rows_of(TomlReader(f'{usual}[[keys]]\nname = """x"""\n', in_rows=True))
    assert (in_rows, alone) == (49, 2)


def test_yaml_with_line_ends_of_windows_is_cut_too() -> None:
    text = "keys:\r\n" + "".join(f"- name: u{n}\r\n" for n in range(50))
    assert rows_of(YamlReader(text, in_rows=True)) == (49, 1)
    assert quickly(text, ".yaml") == slowly(YamlReader(text, is_whole=True))


def test_records_without_any_order_end_the_learning() -> None:
    names = [f"f{chr(97 + n)}{chr(97 + m)}" for n in range(20) for m in range(5)]
    text = "".join(f'[[keys]]\nname = "u{n}"\n{name} = "x"\n' for n, name in enumerate(names))
    items = [item for items in TomlReader(text, in_rows=True).documents() for item in items]
    assert len([item for item in items if item.position is not None]) == len(names)


def test_an_order_is_found_whatever_is_missing_in_the_first_records() -> None:
    orders = [
        ("name", "hint"),
        ("name", "tenant", "hint"),
        ("name", "id", "hint"),
        ("id", "tenant"),
    ]
    text = "".join(
        "[[keys]]\n" + "".join(f'{field} = "{field[0]}{n}"\n' for field in orders[n % 4])
        for n in range(80)
    )
    in_rows, alone = rows_of(TomlReader(text, in_rows=True))
    assert (in_rows + alone, alone <= 8) == (80, True)
