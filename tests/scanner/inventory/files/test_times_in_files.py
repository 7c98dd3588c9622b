"""Which times are read, and as which moment."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antkey_scanner.inventory import files
from antkey_scanner.inventory.records import KeyRecord
from antkey_scanner.inventory.times import DAY, HOUR, SECOND, micros, rfc3339

NOON = 20_777 * DAY + 12 * HOUR  # 2026-11-20T12:00:00Z


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026-11-20T12:00:00Z", NOON),
        ("2026-11-20t12:00:00z", NOON),
        ("2026-11-20 12:00:00+00:00", NOON),
        ("2026-11-20T12:00:00-00:00", NOON),
        ("2026-11-20T14:00:00+02:00", NOON),
        ("2026-11-21T11:59:00+23:59", NOON),
        ("2026-11-20T06:30:00-05:30", NOON),
        ("2026-11-20T12:00:00.1Z", NOON + SECOND // 10),
        ("2026-11-20T12:00:00.000001Z", NOON + 1),
        ("2026-11-20T12:00:00.0000019Z", NOON + 1),
        ("2026-11-20T12:00:00." + "9" * 500 + "Z", NOON + SECOND - 1),
        ("1970-01-01T00:00:00Z", 0),
        ("1969-12-31T23:59:59Z", -SECOND),
        ("0001-01-01T00:00:00Z", -719_162 * DAY),
        ("9999-12-31T23:59:59.999999Z", 2_932_897 * DAY - 1),
        ("2024-02-29T00:00:00Z", 19_782 * DAY),
        ("2016-12-31T23:59:60Z", 17_167 * DAY),
        ("2017-01-01T01:59:60+02:00", 17_167 * DAY),
        ("2016-12-31T23:59:60.5z", 17_167 * DAY),
    ],
)
@pytest.mark.parametrize("form", ["toml", "json", "csv", "yaml"])
def test_a_time_is_the_moment_it_names(
    only_key: Callable[..., KeyRecord], form: str, written: str, moment: int
) -> None:
    texts = {
        "toml": f'[[keys]]\ncreated_at = "{written}"\n',
        "json": f'{{"keys": [{{"created_at": "{written}"}}]}}',
        "csv": f"created_at\n{written}\n",
        "yaml": f"keys:\n- created_at: {written}\n",
    }
    assert only_key(texts[form], form).created_at == moment


@pytest.mark.parametrize(
    "written",
    [
        "2026-11-20T12:00:00",
        "2026-11-20 12:00:00.5",
        "2026-11-20",
        "2026-11-20T12:00Z",
        "2026-11-20T12:00:00+0000",
        "2026-11-20T12:00:00+00",
        "2026-11-20T12:00:00+24:00",
        "2026-11-20T12:00:00+01:60",
        "2026-11-20T12:00:00,5Z",
        "2026-11-20T12:00:00.Z",
        "2026-11-20T24:00:00Z",
        "2026-11-20T12:60:00Z",
        "2026-11-20T12:00:60Z",
        "2016-12-31T23:59:61Z",
        "2016-12-31T23:58:60Z",
        "2026-11-31T12:00:00Z",
        "2026-02-29T12:00:00Z",
        "2026-00-01T12:00:00Z",
        "2026-13-01T12:00:00Z",
        "2026-W47-5T12:00:00Z",
        "2026-324T12:00:00Z",
        "20261120T120000Z",
        "0000-01-01T00:00:00Z",
        "9999-12-31T23:59:60Z",
        "9999-12-31T23:59:59-00:01",
        "12026-11-20T12:00:00Z",
        "-2026-11-20T12:00:00Z",
        "2026-11-20T12:00:00 Z",
        " 2026-11-20T12:00:00Z",
        "2026-11-20T12:00:00Z\\n",
        "2026-11-20T12:00:00Z[UTC]",
        "٢٠٢٦-11-20T12:00:00Z",
        "1763640000",
        "now",
    ],
)
@pytest.mark.parametrize("form", ["toml", "json"])
def test_what_is_no_moment_is_refused(
    refusal: Callable[..., list[str]], form: str, written: str
) -> None:
    texts = {
        "toml": f'[[keys]]\nname = "a"\ncreated_at = "{written}"\n',
        "json": f'{{"keys": [{{"name": "a",\n\n"created_at": "{written}"}}]}}',
    }
    [told] = refusal(texts[form], form)
    assert told.startswith(f"keys.{form}:3: created_at ")


@pytest.mark.parametrize("name", ["a", "\\u0061"], ids=["plain record", "other record"])
@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026-11-20T12:00:00Z", NOON),
        ("2026-11-20 14:00:00.000001+02:00", NOON + 1),
        ("2026-11-20T12:00:00.123456789Z", NOON + 123_456),
    ],
)
def test_tomls_own_times_are_read(
    only_key: Callable[..., KeyRecord], name: str, written: str, moment: int
) -> None:
    assert only_key(f'[[keys]]\nname = "{name}"\ncreated_at = {written}\n').created_at == moment


@given(st.datetimes(timezones=st.timezones() | st.just(datetime.UTC)))
def test_every_time_that_is_written_is_read_as_it_was(moment: datetime.datetime) -> None:
    try:
        expected = micros(moment.astimezone(datetime.UTC))
    except OverflowError:
        return  # its moment in UTC is in no year that has four digits
    for written in (rfc3339(expected), moment.astimezone(datetime.UTC).isoformat()):
        text = f'[[keys]]\nname = "a"\ncreated_at = {written}\nrotated_at = "{written}"\n'
        [key] = files.read_sheet(text.encode(), "keys.toml", ".toml").keys
        assert (key.created_at, key.rotated_at) == (expected, expected)
