"""The iCalendar export: valid by RFC 5545, the same events in every run, no hostile name obeyed."""

from __future__ import annotations

import re
import secrets
import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from antkey_reports.escape import terminal
from antkey_reports.icalendar import _NAMESPACE, _PIECE, _folded, _uid, render
from antkey_scanner.inventory.calendar import calendar
from antkey_scanner.inventory.records import Inventory, KeyRecord, Place
from antkey_scanner.inventory.times import DAY, HOUR, Micros
from antkey_scanner.policy import Waiver
from antkey_scanner.policy.keys import KeysPolicy, Limits

NOW = 20_777 * DAY + 12 * HOUR
"""2026-11-20T12:00:00Z"""

KEY = KeyRecord(Place("keys.toml", 1), name="prod-api", created_at=NOW - 10 * DAY)


def ics(*keys: KeyRecord, now: Micros = NOW, policy: KeysPolicy | None = None) -> str:
    return render(calendar(Inventory(keys), policy or KeysPolicy(), now).events, now)


def events(text: str) -> list[Any]:
    return list(Calendar.from_ical(text).walk("VEVENT"))


def uids(text: str) -> list[str]:
    return [str(event["UID"]) for event in events(text)]


def unfolded(text: str) -> str:
    return text.replace("\r\n ", "")


def test_the_calendar_says_who_made_it_and_asks_for_nothing() -> None:
    found = Calendar.from_ical(ics(KEY))
    assert str(found["PRODID"]).startswith("-//antkey//")
    assert found["VERSION"] == "2.0"
    assert "METHOD" not in found


def test_an_event_is_a_whole_day_that_blocks_nobody() -> None:
    (event,) = events(ics(KEY))
    assert event["DTSTART"].dt == date(2027, 2, 8)
    assert event["DTSTAMP"].dt == datetime(2026, 11, 20, 12, tzinfo=UTC)
    assert event["TRANSP"] == "TRANSPARENT"
    assert event["SUMMARY"] == "Rotate API key prod-api"
    assert "Create a new key" in event["DESCRIPTION"]


def test_the_alarm_comes_when_the_policy_warns() -> None:
    (event,) = events(ics(KEY, policy=KeysPolicy(limits=Limits(30, 7))))
    (alarm,) = event.walk("VALARM")
    assert (alarm["TRIGGER"].dt, alarm["ACTION"]) == (timedelta(days=-7), "DISPLAY")


def test_the_kind_of_date_is_a_category() -> None:
    text = ics(KEY._replace(expires_at=NOW + DAY))
    assert re.findall(r"CATEGORIES:(.*)\r\n", text) == ["antkey,expiry", "antkey,rotation"]


def test_what_is_overdue_says_so_and_keeps_its_day() -> None:
    (event,) = events(ics(KEY._replace(created_at=NOW - 91 * DAY)))
    assert event["SUMMARY"] == "Overdue: Rotate API key prod-api"
    assert event["DTSTART"].dt == date(2026, 11, 19)


def test_the_same_input_gives_the_same_bytes() -> None:
    assert ics(KEY) == ics(KEY)


def test_an_event_that_moves_keeps_its_uid() -> None:
    before = ics(KEY, now=NOW)
    after = ics(KEY._replace(environment="x"), now=NOW + DAY, policy=KeysPolicy(limits=Limits(30)))
    assert uids(before) == uids(after)
    assert uuid.UUID(uids(before)[0])


def test_a_key_with_an_id_keeps_its_uid_under_another_name() -> None:
    key = KEY._replace(id="apikey_1")
    assert uids(ics(key)) == uids(ics(key._replace(name="renamed")))


def test_no_two_events_share_a_uid() -> None:
    twins = [KEY._replace(fingerprint="a" * 64, expires_at=NOW + DAY) for _ in range(3)]
    found = uids(ics(*twins, KEY._replace(name="another")))
    assert len(set(found)) == len(found) == 7


def test_a_uid_holds_nothing_of_the_key() -> None:
    key = KEY._replace(id="apikey_01Rj2N8SVvo6", fingerprint="ab" * 32)
    (found,) = uids(ics(key))
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", found)
    assert "abababab" not in found


def test_an_overlap_and_a_waiver_are_events() -> None:
    newer = KEY._replace(name="newer", replaces="prod-api", created_at=NOW - DAY)
    waiver = Waiver("key-past-rotation-age", "freeze", "2026-12-31", key="prod-api")
    found = calendar(Inventory((KEY, newer)), KeysPolicy(), NOW, [waiver])
    summaries = [str(event["SUMMARY"]) for event in events(render(found.events, NOW))]
    assert summaries[0] == "Deactivate API key prod-api"
    assert "Waiver for prod-api ends" in summaries


def test_a_calendar_of_nothing_has_a_component_nevertheless() -> None:
    found = Calendar.from_ical(ics())
    assert [one.name for one in found.subcomponents] == ["VTIMEZONE"]


@pytest.mark.parametrize(
    "name",
    [
        "a,b;c:d",
        "back\\slash",
        "line\r\nBEGIN:VALARM\r\nend",
        "\x1b[31m\x00\x07",
        "\u202eevil",
        "::error::x" * 20,
        "钥匙" * 60,
        "e\u0301" * 90,
        "😀" * 40,
    ],
)
def test_a_hostile_name_changes_nothing_around_it(name: str) -> None:
    text = ics(KEY._replace(name=name))
    (event,) = events(text)
    assert [one.name for one in event.walk()] == ["VEVENT", "VALARM"]
    assert str(event["SUMMARY"]).isprintable()
    assert_valid(text)


@settings(max_examples=60)
@given(st.text(max_size=120), st.text(max_size=60))
def test_any_text_makes_a_valid_file(name: str, owner: str) -> None:
    assert_valid(ics(KEY._replace(name=name or "x", created_by=owner)))


@given(
    st.text(st.sampled_from("ab,;:\\nN é…😀"), max_size=200), st.sampled_from(["\\", "x\\,", "\\;"])
)
def test_another_program_reads_what_was_meant(name: str, more: str) -> None:
    """Escaped and folded, a text is again what it was to a library that knows nothing of ours."""
    name = f"x{name}{more}"
    (event,) = events(ics(KEY._replace(name=name, created_by=f"o{more * 40}")))
    inert = terminal(name).replace("::", ":\\x3a")
    shown = inert if len(inert) <= 200 else inert[:199] + "…"
    assert str(event["SUMMARY"]) == f"Rotate API key {shown}"
    assert str(event["DESCRIPTION"]).split("\n")[0].startswith(f"{inert}: created on ")
    assert f"Owner: o{more * 40}" in str(event["DESCRIPTION"]).split("\n")
    assert event.to_ical()


@given(st.text(st.characters(exclude_categories=("C", "Z")), max_size=300))
def test_no_fold_parts_a_character(name: str) -> None:
    inert = terminal(f"x{name}").replace("::", ":\\x3a")
    (event,) = events(ics(KEY._replace(name=f"x{name}")))
    assert inert[:150] in str(event["DESCRIPTION"])


@given(st.text(st.sampled_from("ab\\é😀"), max_size=300))
def test_pieces_that_are_cut_by_counting_are_those_of_the_rule(line: str) -> None:
    long = f"{line}{'a' * 76}{line}"
    assert _folded(long).encode().split(b"\r\n ") == _PIECE.findall(long.encode())


@given(st.text(st.characters(exclude_categories=("C",)), max_size=20), st.integers(0, 2))
def test_a_uid_is_what_the_library_makes(identity: str, number: int) -> None:
    text = f"antkey\n{identity}\n{number}" if number else f"antkey\n{identity}"
    assert _uid(identity, number) == str(uuid.uuid5(uuid.UUID(bytes=_NAMESPACE), text))


def test_an_event_among_many_is_written_as_it_is_alone() -> None:
    names = ["::error::", "a;b", "é" * 80, "##", *(f"key-{number}" for number in range(1_500))]
    keys = [KEY._replace(name=name) for name in names]
    alone = [ics(key) for key in keys[:5]]
    head, _, rest = alone[0].partition("BEGIN:VEVENT")
    end = rest.partition("END:VEVENT")[2]
    text = ics(*keys)
    assert all(one.removeprefix(head).removesuffix(end) in text for one in alone)
    assert len(uids(text)) == len(set(uids(text))) == len(names)


def assert_valid(text: str) -> None:
    assert text.endswith("END:VCALENDAR\r\n")
    lines = text.split("\r\n")[:-1]
    assert max(len(line.encode()) for line in lines) <= 75
    assert all(line.isprintable() for line in lines)
    assert not any(line.lstrip().startswith("::") for line in lines)
    assert "##" not in text
    begins = re.findall(r"^BEGIN:(\w+)\r$", unfolded(text), re.MULTILINE)
    ends = re.findall(r"^END:(\w+)\r$", unfolded(text), re.MULTILINE)
    assert sorted(begins) == sorted(ends)


def test_a_name_that_is_a_key_is_masked() -> None:
    random_part = secrets.token_urlsafe(80)[:93] + "AA"
    text = unfolded(ics(KEY._replace(name=f"sk-ant-api03-{random_part}")))
    assert not any(random_part[at : at + 12] in text for at in range(len(random_part) - 11))
