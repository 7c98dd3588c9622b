"""Evidence that is of another day than the one on which the test runs."""

from __future__ import annotations

import datetime
import json
import re
from pathlib import Path

_TIME = re.compile(r'"(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?)Z"')


def date(file: Path, newest: str) -> None:
    """Move all times of evidence, so that the newest request is of that time."""
    text = file.read_text()
    times = [json.loads(line)["time"] for line in text.splitlines()]
    by = _moment(newest) - max(map(_moment, times))
    file.write_text(_TIME.sub(lambda found: f'"{_text(_moment(found[1]) + by)}"', text))


def _moment(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text.removesuffix("Z"))


def _text(moment: datetime.datetime) -> str:
    return moment.isoformat(timespec="microseconds") + "Z"
