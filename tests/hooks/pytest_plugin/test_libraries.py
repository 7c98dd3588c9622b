"""Every HTTP library is observed, once for each request, with the user's own mock library in place."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.hooks.pytest_plugin.conftest import Ran

CASES = {
    "test_respx": ("respx.plugin",),
    "test_pytest_httpx": ("pytest_httpx",),
    "test_requests_mock": ("requests_mock.contrib._pytest_plugin",),
    "test_pytest_asyncio": ("pytest_asyncio.plugin", "respx.plugin"),
    "test_tasks": ("respx.plugin",),
    "test_responses": (),
    "test_aioresponses": (),
    "test_pook_httpx": (),
    "test_pook_urllib3": (),
    "test_pook_urllib": (),
    "test_vcrpy": (),
    "test_httpx_server": (),
    "test_httpx2_server": (),
    "test_requests_server": (),
    "test_urllib3_server": (),
    "test_urllib_server": (),
    "test_http_client_server": (),
    "test_http_client_by_hand": (),
    "test_aiohttp_server": (),
    "test_asgi_application": (),
    "test_sdk_retries": (),
}
NEEDED = {
    "test_responses": ("requests", "responses"),
    "test_requests_mock": ("requests",),
    "test_aioresponses": ("aiohttp", "aioresponses"),
    "test_pook_httpx": ("pook",),
    "test_pook_urllib3": ("pook", "urllib3"),
    "test_pook_urllib": ("pook",),
    "test_vcrpy": ("vcr", "requests"),
    "test_httpx2_server": ("httpx2",),
    "test_requests_server": ("requests",),
    "test_urllib3_server": ("urllib3",),
    "test_aiohttp_server": ("aiohttp",),
    "test_sdk_retries": ("anthropic", "httpx2"),
}


@pytest.mark.parametrize("case", CASES)
def test_library_is_observed(run_suite: Callable[..., Ran], case: str) -> None:
    ran = run_suite(
        "mocked",
        "--antkey",
        f"test_mocked.py::{case}",
        plugins=CASES[case],
        modules=NEEDED.get(case, ()),
    )
    if ran.outcomes == {case: "skipped"}:
        pytest.skip(ran.told[case].splitlines()[0])
    assert ran.outcomes == {case: "passed"}, ran.output
