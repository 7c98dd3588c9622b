"""What is tried with every recipe, whatever its language, and how its page is copied and run."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.messages_api import Api
from tests.pages import blocks

# What is sent, and whether it may be: (headers, host that is asked, expected).
CASES: dict[str, tuple[dict[str, str], str, str | None, bool]] = {
    "x-api-key": ({"x-api-key": "{key}"}, "api", "{key}", True),
    "bearer": ({"Authorization": "Bearer {key}"}, "api", "{key}", True),
    "both": ({"x-api-key": "{key}", "authorization": "bearer {key}"}, "api", "{key}", True),
    "other key": ({"x-api-key": "{other}"}, "api", "{key}", False),
    "other bearer": ({"authorization": "Bearer {other}"}, "api", "{key}", False),
    "two keys": (
        {"x-api-key": "{key}", "authorization": "Bearer {other}"},
        "api",
        "{key}",
        False,
    ),
    "another scheme": ({"authorization": "Basic {key}"}, "api", "{key}", False),
    "another header": ({"x-api-key": "{key}", "x-upstream": "{other}"}, "api", "{key}", False),
    "no key carried": ({}, "api", "{key}", False),
    "no tenant key": ({"x-api-key": "{other}"}, "api", None, False),
    "nothing at all": ({}, "api", None, True),
    "foreign host": ({"x-api-key": "{key}"}, "localhost", "{key}", False),
    "foreign host, other token": ({"authorization": "Bearer abc"}, "localhost", "{key}", True),
    "key in the URL": ({"x-api-key": "{key}"}, "api?key={key}", "{key}", False),
}


def asked(case: str, api: Api, texts: dict[str, str]) -> tuple[dict[str, str], str, str | None]:
    headers, where, expected, _ = CASES[case]
    where, _, query = where.partition("?")
    base = api.url if where == "api" else api.url.replace("127.0.0.1", where)
    url = f"{base}/v1/messages" + (f"?{query}".format(**texts) if query else "")
    filled = {name: text.format(**texts) for name, text in headers.items()}
    return filled, url, None if expected is None else expected.format(**texts)


def judged(
    done: subprocess.CompletedProcess[str], api: Api, case: str, keys: dict[str, str]
) -> None:
    passes = CASES[case][3]
    output = done.stdout + done.stderr
    assert done.stdout.startswith("sent" if passes else "was not sent"), output
    assert len(api.arrived) == int(passes)
    assert not any(key[20:40] in output for key in keys.values())


def copied(page: str, folder: Path) -> None:
    """Write the files of a page as a reader copies them."""
    for block in blocks(f"docs/recipes/{page}"):
        if block.name:
            (folder / block.name).write_text(block.text, encoding="utf-8")


def tool(name: str, oldest: str, asks: str = "") -> str:
    """A program of at least a version; a skip with the reason where there is none."""
    path = shutil.which(name)
    if path is None:
        pytest.skip(f"{name} is not installed")
    told = subprocess.run(
        [path, asks or ("-version" if "java" in name else "--version")],
        capture_output=True,
        text=True,
        check=False,
    )
    version = re.search(r"\d+", told.stdout + told.stderr)
    if version is None or int(version.group()) < int(oldest):
        pytest.skip(f"{name} is older than {oldest}")
    return path


def run(argv: list[str], folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        argv,
        cwd=folder,
        env={**kept, **variables},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
