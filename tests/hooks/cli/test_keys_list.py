"""`antkey keys list`: what is shown, in which order, and how."""

from __future__ import annotations

import csv
import io
import json

import pytest
from tests.hooks.cli.conftest import Antkey

from antkey_hooks.cli import keys_list, output
from antkey_hooks.cli.options import Options
from antkey_scanner.errors import ExitCode, PolicyError
from antkey_scanner.inventory.records import Inventory, KeyRecord, Member, Place
from antkey_scanner.inventory.times import DAY, Micros
from antkey_scanner.policy.keys import KeysPolicy

NOW = 20_777 * DAY
"""2026-11-20T00:00:00Z"""


def key(name: str, age: float | None = None, **fields: object) -> KeyRecord:
    created: Micros | None = None if age is None else NOW - round(age * DAY)
    record = KeyRecord(Place("keys.toml", 1), name=name, created_at=created)
    return record._replace(**fields)  # type: ignore[arg-type]


KEYS = (
    key("b", 10, environment="prod", tenant="acme"),
    key("a", 100, environment="dev"),
    key("d", environment="prod"),
    key("c", 80, status="inactive", environment="dev", tenant="globex"),
    key("e", 80, environment="staging"),
)


class Shown:
    """Runs the command and gives back what it wrote."""

    def __init__(self, capture: pytest.CaptureFixture[bytes]) -> None:
        self._capture = capture

    def __call__(
        self,
        keys: tuple[KeyRecord, ...] = KEYS,
        members: tuple[Member, ...] = (),
        **options: object,
    ) -> str:
        made = Options()._replace(**options)  # type: ignore[arg-type]
        inventory = Inventory(keys, members)
        assert keys_list.run(inventory, KeysPolicy(), NOW, made) is ExitCode.OK
        return self._capture.readouterr().out.decode()


@pytest.fixture
def shown(capsysbinary: pytest.CaptureFixture[bytes]) -> Shown:
    return Shown(capsysbinary)


def names(text: str) -> list[str]:
    """The names in a table, from its heading to the empty line."""
    return [line.split()[0] for line in text.partition("\n\n")[0].splitlines()[1:]]


def test_what_is_due_first_comes_first_and_what_is_not_known_last(shown: Shown) -> None:
    assert names(shown()) == ["a", "e", "b", "c", "d"]


@pytest.mark.parametrize(
    ("column", "order"),
    [
        ("name", "abcde"),
        ("-name", "edcba"),
        ("age", "bcead"),
        ("-age", "acebd"),
        ("-due", "beacd"),
        ("environment", "acbde"),
        ("env", "acbde"),
        ("status", "abdec"),
        ("tenant", "bcade"),
        ("-tenant", "cbade"),
        ("CREATED_AT", "acebd"),
    ],
)
def test_keys_are_sorted_by_a_column_with_the_unknown_last(
    shown: Shown, column: str, order: str
) -> None:
    assert "".join(names(shown(sort=column))) == order


def test_a_column_that_is_none_is_told_with_a_suggestion(shown: Shown) -> None:
    with pytest.raises(PolicyError, match=r"^--sort: no such column; did you mean tenant\?$"):
        shown(sort="-tennant")


def test_only_keys_that_are_asked_for_are_shown(shown: Shown) -> None:
    assert names(shown(environment=("prod", "staging"))) == ["e", "b", "d"]
    assert names(shown(tenant=("acme",))) == ["b"]
    assert names(shown(status=("active",), environment=("dev",))) == ["a"]
    assert "1 of 5 keys: 1 active" in shown(tenant=("acme",))


def test_a_status_that_no_key_can_have_is_refused(shown: Shown) -> None:
    with pytest.raises(PolicyError, match=r"^--status: no such status; did you mean active\?$"):
        shown(status=("activ",))


def test_an_environment_that_no_key_has_is_no_empty_inventory(shown: Shown) -> None:
    assert shown(environment=("production",)) == (
        "None of the inventory's 5 keys is what was asked for.\n"
        "Its environments: dev, prod, staging\n"
    )


def test_an_empty_inventory_says_so(shown: Shown) -> None:
    assert shown(()) == "The inventory holds no keys.\n"


def test_the_closing_lines_count(shown: Shown) -> None:
    _, _, closing = shown().partition("\n\n")
    assert closing == (
        "5 keys: 4 active, 1 inactive\n1 overdue for rotation, 1 due soon, 1 of unknown age\n"
    )


def test_quiet_leaves_the_closing_lines_out(shown: Shown) -> None:
    assert "\n\n" not in shown(quiet=True)


def test_an_age_that_is_not_recorded_is_marked_and_explained(shown: Shown) -> None:
    told = (key("b", 4), key("c", 5, age_from="created_at at Anthropic"))
    text = shown((key("a", 3, age_from="the date in its name"), *told))
    assert "3*" in text
    assert "4*" not in text
    assert "5*" not in text
    assert text.endswith("* age from the date in its name (1)\n")


@pytest.mark.parametrize(
    ("age", "said"), [(90, "soon"), (90 + 1e-9, "overdue"), (76, "soon"), (75.999, "")]
)
def test_a_key_is_overdue_after_its_last_moment(shown: Shown, age: float, said: str) -> None:
    (line,) = shown((key("a", age),), quiet=True).splitlines()[1:]
    assert line.split()[4:] == ([said] if said else [])


def test_owners_are_called_by_their_mail_address(shown: Shown) -> None:
    member = Member("user_1", "alice@example.com")
    text = shown((key("a", 3, created_by="user_1"), key("b", 3, principal="svac_2")), (member,))
    assert "alice@example.com" in text
    assert "svac_2" in text
    assert "user_1" not in text


def test_a_terminal_sets_the_width_and_the_colours(
    shown: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(output, "width", lambda _: 30)
    monkeypatch.setattr(output, "wants_colour", lambda _stream, _environment: True)
    text = shown((key("a" * 50, 100, environment="prod"),))
    assert "\x1b[1;31m2026-11-10 overdue\x1b[0m" in text
    assert "No room for env, status, age;\na wider terminal, or -f csv,\nhas all of it\n" in text
    assert "\x1b" not in shown(no_color=True)


def test_another_format_is_refused(shown: Shown) -> None:
    with pytest.raises(PolicyError, match="listed as text, json or csv"):
        shown(format="sarif")


def test_json_and_csv_hold_the_same_keys_in_the_same_order(shown: Shown) -> None:
    objects = json.loads(shown(format="json", sort="name"))["keys"]
    rows = list(csv.DictReader(io.StringIO(shown(format="csv", sort="name"))))
    assert [one["name"] for one in objects] == [one["name"] for one in rows] == list("abcde")
    assert [str(one.get("age_days", "")) for one in objects] == [one["age_days"] for one in rows]
    assert "due_at" not in objects[2]


INVENTORY = """\
[[keys]]
name = "prod-api-2026-04-25"
environment = "prod"
created_at = 2026-04-25T00:00:00Z

[[keys]]
name = "\\u001b[31mred"
status = "inactive"
"""


def test_the_command_reads_a_file_and_prints_no_escape_of_it(antkey: Antkey) -> None:
    with open("keys.toml", "w", encoding="utf-8") as file:
        file.write(INVENTORY)
    done = antkey("keys", "list", "keys.toml", "--now", "2026-11-20T12:00:00Z")
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"209  2026-07-24 overdue" in done.stdout
    assert b"\\x1b[31mred" in done.stdout
    assert b"\x1b" not in done.stdout


@pytest.mark.parametrize("form", ["sarif", "ics"])
def test_the_command_refuses_formats_of_other_commands(antkey: Antkey, form: str) -> None:
    with open("keys.toml", "w", encoding="utf-8") as file:
        file.write(INVENTORY)
    done = antkey("keys", "list", "keys.toml", "-f", form)
    assert done.returncode == ExitCode.USAGE
    assert b"--format: no such format here" in done.stderr
