"""Anthropic's own client libraries understand the answers, in the versions that are in use.

They are looked for in the folder that ANTKEY_CLIENTS names (default `.clients`): environments with the
package `anthropic`, and folders with `@anthropic-ai/sdk`; and beside the Python that runs the tests.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.hooks.interceptor.witness import Witness

from antkey_hooks.interceptor.answers.messages import TEXT
from antkey_hooks.interceptor.exchange import Answer

MakeKey = Callable[..., str]
CLIENTS = Path(__file__).parent / "clients"
INSTALLED = Path(os.environ.get("ANTKEY_CLIENTS") or Path(__file__).parents[3] / ".clients")
SECONDS = 120
pytestmark = pytest.mark.slow


def pythons() -> list[Path]:
    packages = INSTALLED.glob("*/lib/python*/site-packages/anthropic/__init__.py")
    found = sorted({path.parents[4] / "bin/python" for path in packages})
    if importlib.util.find_spec("anthropic") is not None:
        found.append(Path(sys.executable))
    return found


def nodes() -> list[Path]:
    found = INSTALLED.glob("*/node_modules/@anthropic-ai/sdk/package.json")
    return sorted(path.parents[3] for path in found)


NO_PYTHON = pytest.mark.skip("no Python with the package anthropic in $ANTKEY_CLIENTS")
NO_NODE = pytest.mark.skip("no folder with @anthropic-ai/sdk in $ANTKEY_CLIENTS")
PYTHONS = [pytest.param(path, id=path.parts[-3]) for path in pythons()] or [
    pytest.param(Path(), marks=NO_PYTHON)
]
NODES = [pytest.param(path, id=path.name) for path in nodes()] or [
    pytest.param(Path(), marks=NO_NODE)
]


def run(witness: Witness, *command: str, **options: Any) -> dict[str, Any]:
    """Run a client against an interceptor (`{url}` is where it is): what it printed."""
    with witness.serve(**options) as interceptor:
        done = subprocess.run(
            [part.replace("{url}", interceptor.base_url) for part in command],
            env={"PATH": os.environ["PATH"], "ANTHROPIC_LOG": ""},
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    assert done.returncode == 0, done.stderr.decode()
    assert witness.troubles == []
    said = json.loads(done.stdout)
    assert isinstance(said, dict)
    return said


@pytest.mark.parametrize("python", PYTHONS)
def test_the_python_sdk_understands_every_answer(
    witness: Witness, make_key: MakeKey, python: Path
) -> None:
    said = run(witness, str(python), str(CLIENTS / "sdk_sync.py"), "{url}", make_key())
    assert said["text"] == said["streamed"] == said["final"] == TEXT
    assert said["tool"] == ["weather", {"city": "sample", "days": 3}, "tool_use"]
    assert said["streamed_tool"] == {"city": "sample", "days": 3}
    assert said["request_id"].startswith("req_")
    assert said["batch"] == ["in_progress", "ended"]
    assert said["results"] == [["first", "succeeded", TEXT]]
    assert said["not_found"] == "not_found_error"
    assert len(said["models"]) > 1
    # Older versions send x-api-key, newer ones a bearer token.
    carriers = {one.carrier for shown in witness.seen for one in shown.credentials}
    assert len(carriers & {"x-api-key", "authorization"}) == 1
    assert all(shown.credentials for shown in witness.seen)


@pytest.mark.parametrize("python", PYTHONS)
def test_the_asynchronous_python_sdk_is_answered_many_times_at_once(
    witness: Witness, make_key: MakeKey, python: Path
) -> None:
    said = run(witness, str(python), str(CLIENTS / "sdk_async.py"), "{url}", make_key())
    assert said["texts"] == [TEXT] * 20
    assert said["streamed"] == TEXT
    assert said["events"][0] == "message_start"
    assert len(witness.seen) == 22


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize(
    ("answer", "name", "tries"),
    [
        (Answer.UNAUTHORIZED, "AuthenticationError", 1),
        (Answer.FORBIDDEN, "PermissionDeniedError", 1),
        (Answer.RATE_LIMITED, "RateLimitError", 2),
        (Answer.OVERLOADED, "OverloadedError", 2),
    ],
)
def test_the_python_sdk_takes_an_error_for_what_it_is(
    witness: Witness, make_key: MakeKey, python: Path, answer: Answer, name: str, tries: int
) -> None:
    witness.answer = answer
    said = run(witness, str(python), str(CLIENTS / "sdk_faults.py"), "{url}", make_key())
    assert [said["whole"][0], said["stream"][0]] == [name, name]
    # It tries again where that may help, on the same key.
    assert len(witness.seen) == 2 * tries
    assert len({shown.credentials for shown in witness.seen}) == 1


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("answer", [Answer.TIMEOUT, Answer.CUT_STREAM])
def test_the_python_sdk_sees_a_connection_that_fails(
    witness: Witness, make_key: MakeKey, python: Path, answer: Answer
) -> None:
    witness.answer = answer
    said = run(witness, str(python), str(CLIENTS / "sdk_faults.py"), "{url}", make_key())
    assert said["whole"] in ("APITimeoutError", "APIConnectionError")
    assert said["stream"] != "nothing"
    assert said.get("began", False) is (answer is Answer.CUT_STREAM)


@pytest.mark.parametrize("folder", NODES)
def test_the_node_sdk_understands_every_answer(
    witness: Witness, make_key: MakeKey, folder: Path
) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("no node")
    said = run(witness, node, str(CLIENTS / "sdk.mjs"), "{url}", make_key(), str(folder))
    assert said["text"] == said["streamed"] == TEXT
    assert said["tool"] == {"city": "sample"}
    assert said["results"] == ["succeeded"]
    assert said["notFound"] == ["NotFoundError", "not_found_error"]
    assert all(shown.credentials for shown in witness.seen)
