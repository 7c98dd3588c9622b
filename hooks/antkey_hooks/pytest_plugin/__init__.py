"""The pytest plugin: `pytest --antkey` proves whose key the requests of a test carry.

pytest imports this in every run, asked for or not, so it only declares; all else is imported on demand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from antkey_hooks.pytest_plugin.fixture import Egress

PLUGIN = "antkey-egress"

_MARKER = (
    "antkey(tenant, surface, requests): for which tenant the test acts, and on which surface; with"
    " `pytest --antkey` every request has to carry that tenant's key. requests=0: there must be none."
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options."""
    group = parser.getgroup("antkey", "whose key requests carry")
    group.addoption(
        "--antkey",
        action="store_true",
        help="observe the requests of marked tests, and fail those that do not carry their tenant's key",
    )
    group.addoption(
        "--antkey-evidence",
        metavar="FILE",
        help="append a line for each observed request, for antkey check and antkey egress replay",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker, and start to work when asked to."""
    config.addinivalue_line("markers", _MARKER)
    if config.getoption("antkey"):
        from antkey_hooks.pytest_plugin.starting import started

        config.pluginmanager.register(started(config), PLUGIN)
    elif config.getoption("antkey_evidence"):
        raise pytest.UsageError("--antkey-evidence: nothing is observed; add --antkey")
    else:
        import os

        if os.environ.get("ANTKEY_CONTROL_URL"):
            from antkey_hooks.pytest_plugin.marking import Marking

            config.pluginmanager.register(Marking(os.environ["ANTKEY_CONTROL_URL"]), PLUGIN)


# One object for the whole run, so that fixtures of every scope can ask it for keys.
@pytest.fixture(scope="session")
def antkey_egress(request: pytest.FixtureRequest) -> Egress:
    """Made-up keys, and the requests of the current test: `tenant_key("acme")`, `platform_key`,
    `requests`, `assert_tenant_key()`."""
    if not request.config.getoption("antkey"):
        pytest.skip("needs pytest --antkey")
    from antkey_hooks.pytest_plugin.fixture import Egress
    from antkey_hooks.pytest_plugin.session import EgressPlugin

    plugin = request.config.pluginmanager.getplugin(PLUGIN)
    assert isinstance(plugin, EgressPlugin)
    return Egress(plugin)
