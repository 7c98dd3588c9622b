"""`antkey keys calendar`: what is due when, for people, programs and calendars."""

from __future__ import annotations

import json

import pytest
from icalendar import Calendar
from tests.hooks.cli.conftest import Antkey

from antkey_hooks.cli import keys_calendar
from antkey_hooks.cli.options import Options
from antkey_scanner.errors import ExitCode, PolicyError
from antkey_scanner.inventory.records import Inventory, KeyRecord, Place
from antkey_scanner.inventory.times import DAY
from antkey_scanner.policy import Waiver
from antkey_scanner.policy.keys import KeysPolicy

NOW = 20_777 * DAY
"""2026-11-20T00:00:00Z"""


def key(name: str, age: int | None, **fields: object) -> KeyRecord:
    record = KeyRecord(Place("keys.toml", 1), name=name)
    created = None if age is None else NOW - age * DAY
    return record._replace(created_at=created, **fields)  # type: ignore[arg-type]


KEYS = (
    key("late", 100, environment="prod"),
    key("soon", 80, environment="dev"),
    key("far", 1, environment="dev"),
    key("undated", None, environment="prod"),
)
WAIVER = Waiver("key-past-rotation-age", "freeze", "2026-12-31", key="late")


class Shown:
    """Runs the command and gives back what it wrote."""

    def __init__(self, capture: pytest.CaptureFixture[bytes]) -> None:
        self._capture = capture

    def __call__(
        self,
        keys: tuple[KeyRecord, ...] = KEYS,
        waivers: tuple[Waiver, ...] = (),
        **options: object,
    ) -> str:
        made = Options()._replace(**options)  # type: ignore[arg-type]
        code = keys_calendar.run(Inventory(keys), KeysPolicy(), NOW, made, waivers)
        assert code is ExitCode.OK
        return self._capture.readouterr().out.decode()


@pytest.fixture
def shown(capsysbinary: pytest.CaptureFixture[bytes]) -> Shown:
    return Shown(capsysbinary)


def events(text: str) -> list[tuple[str, str]]:
    return [(event["key"], event["kind"]) for event in json.loads(text)["events"]]


def test_the_agenda_begins_with_what_is_overdue_and_ends_with_the_counts(shown: Shown) -> None:
    lines = shown().splitlines()
    assert lines[0] == "Overdue"
    assert lines[-3:] == [
        "  undated: its age is not known; record created_at",
        "",
        "4 dates: 1 overdue, 3 to come; 1 not known",
    ]


def test_days_limit_what_is_to_come(shown: Shown) -> None:
    assert events(shown(format="json", days=10)) == [("late", "rotation"), ("soon", "rotation")]
    assert events(shown(format="json", days=9)) == [("late", "rotation")]
    assert events(shown(format="json", days=75))[-1] == ("far", "warning")


def test_only_keys_that_are_asked_for_are_shown(shown: Shown) -> None:
    text = shown(format="json", environment=("prod",))
    assert events(text) == [("late", "rotation")]
    assert [one["key"] for one in json.loads(text)["unknown"]] == ["undated"]


def test_the_successor_of_a_key_counts_although_it_is_another_tenant_s(shown: Shown) -> None:
    older = key("older", 10, tenant="acme")
    newer = key("newer", 1, tenant="globex", replaces="older")
    text = shown((older, newer), format="json", tenant=("acme",))
    assert ("older", "overlap") in events(text)


def test_waivers_are_shown_unless_keys_are_chosen(shown: Shown) -> None:
    assert ("late", "waiver") in events(shown(waivers=(WAIVER,), format="json"))
    chosen = shown(waivers=(WAIVER,), format="json", environment=("prod",))
    assert ("late", "waiver") not in events(chosen)


def test_nothing_to_come_is_said(shown: Shown) -> None:
    assert shown((key("far", 1),), days=3) == "Nothing is due in the next 3 days\n"
    assert shown((key("off", 1, status="inactive"),)) == "Nothing is due\n"


def test_an_empty_inventory_says_so(shown: Shown) -> None:
    assert shown(()) == "The inventory holds no keys.\n"


def test_keys_that_nobody_has_are_no_empty_calendar(shown: Shown) -> None:
    text = shown(environment=("production",))
    assert text.startswith("None of the inventory's 4 keys is what was asked for.\n")


def test_another_format_is_refused(shown: Shown) -> None:
    with pytest.raises(PolicyError, match="printed as text, json or ics"):
        shown(format="csv")


INVENTORY = """\
[[keys]]
name = "prod-api-2026-04-25"
environment = "prod"
created_at = 2026-04-25T00:00:00Z

[[keys]]
name = "prod-api-2026-11-01"
environment = "prod"
created_at = 2026-11-01T00:00:00Z
replaces = "prod-api-2026-04-25"
"""


@pytest.fixture
def inventory(antkey: Antkey) -> str:
    with open("keys.toml", "w", encoding="utf-8") as file:
        file.write(INVENTORY)
    return "keys.toml"


def test_the_command_exports_a_calendar_that_is_the_same_at_the_same_time(
    antkey: Antkey, inventory: str
) -> None:
    argv = ("keys", "calendar", inventory, "-f", "ics", "--now", "2026-11-20T12:00:00Z")
    first, second = antkey(*argv), antkey(*argv)
    assert (first.returncode, first.stderr) == (0, b"")
    assert first.stdout == second.stdout
    found = [str(event["SUMMARY"]) for event in Calendar.from_ical(first.stdout).walk("VEVENT")]
    assert found == [
        "Overdue: Rotate API key prod-api-2026-04-25",
        "Overdue: Deactivate API key prod-api-2026-04-25",
        "Rotate API key prod-api-2026-11-01",
    ]


@pytest.mark.parametrize("form", ["csv", "sarif"])
def test_the_command_refuses_formats_of_other_commands(
    antkey: Antkey, inventory: str, form: str
) -> None:
    done = antkey("keys", "calendar", inventory, "-f", form)
    assert done.returncode == ExitCode.USAGE
    assert b"--format: no such format here" in done.stderr
