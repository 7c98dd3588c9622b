"""pytest's hooks of a run with `--antkey`: from a test's set-up to its teardown, and its failure."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import pytest

from antkey_hooks.egress.evidence import Evidence
from antkey_hooks.observe.patching import Patches
from antkey_hooks.observe.watch import Watch
from antkey_hooks.pytest_plugin.acting import Acting, World
from antkey_hooks.pytest_plugin.environment import Environment
from antkey_hooks.pytest_plugin.later import may_act_later
from antkey_hooks.pytest_plugin.marker import Mark, mark_of
from antkey_hooks.pytest_plugin.marking import tell
from antkey_hooks.pytest_plugin.masked import Masked
from antkey_hooks.pytest_plugin.trial import EgressViolation, Trial
from antkey_scanner.egress.rule import NO_KEY_SCENARIO
from antkey_scanner.inventory.records import Place
from antkey_scanner.model import Rule
from antkey_scanner.policy.egress import PLATFORM_ENV

_FIXTURE = "antkey_egress"
_CONVICTED = pytest.StashKey[list[str]]()


class EgressPlugin:
    """One process's part of a run.

    world: what all tests have in common; control_url: of `antkey egress run`, None outside of it.
    """

    def __init__(
        self,
        world: World,
        watch: Watch,
        patches: Patches,
        environment: Environment,
        evidence: Evidence,
        seed: str,
        control_url: str | None,
        not_seen: Rule,
        unexpected: Rule,
    ) -> None:
        self._world = world
        self._watch = watch
        self._patches = patches
        self._environment = environment
        self._evidence = evidence
        self._seed = seed
        self._control_url = control_url
        self._unexpected = unexpected
        self._masked = Masked(world.ring.masker)
        self._item: pytest.Item | None = None
        self._trial: Trial | None = None
        self._scopes: list[str] = []
        self.not_seen = not_seen

    def acting(self) -> Acting:
        """The current test. Begins to observe it if it was not to be, as when it asks for the fixture
        while it runs."""
        if self._trial is None:
            if self._item is None:
                raise RuntimeError("antkey_egress: no test is running")
            self._begin(self._item, None)
        assert self._trial is not None
        return self._trial.acting

    @property
    def platform_key(self) -> str:
        """The key in the first credential variable of the platform."""
        return self._world.ring.platform(PLATFORM_ENV[0])

    def tenant_key(self, name: str) -> str:
        """A tenant's key. Asked for by a fixture that outlives the test, it is the tenant's from then on."""
        if self._control_url is not None and self._world.scenario == NO_KEY_SCENARIO:
            pytest.skip(f"{name} has no key in scenario {NO_KEY_SCENARIO}")
        if any(scope != "function" for scope in self._scopes):
            self._world.ring.keep(name)
        if self._item is None:
            return self._world.ring.tenant(name)
        return self.acting().ask(name)

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Hand the seed of the keys to a process of pytest-xdist."""
        node.workerinput["antkey_seed"] = self._seed

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Generator[None, object, object]:
        """Begin before the first fixture is set up."""
        self._item = item
        mark: Mark | None = None
        wrong: pytest.UsageError | None = None
        try:
            mark = mark_of(item)
        except pytest.UsageError as error:
            wrong = error
        if mark is not None or _FIXTURE in getattr(item, "fixturenames", ()):
            self._begin(item, mark)
        result = yield from self._told_with_failure()
        if wrong is not None:
            # Only now: what other plugins take down after the test they must have set up.
            raise wrong
        return result

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, object, object]:
        """Fail the test for what its requests were."""
        result = yield from self._told_with_failure()
        trial = self._trial
        if trial is not None:
            trial.has_run = True
            kept = getattr(item, "_excinfo", None)
            if kept:
                self._told_with_kept(kept, trial)
            else:
                self._fail(trial.verdict(waits=may_act_later(item)))
        return result

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Generator[None, object, object]:
        """Go on until the last fixture is torn down."""
        del item
        try:
            result = yield from self._told_with_failure()
            if self._trial is not None:
                self._fail(self._trial.verdict(waits=False))
            return result
        finally:
            self._end()

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(
        self, fixturedef: pytest.FixtureDef[Any]
    ) -> Generator[None, object, object]:
        """Know how long what asks for a key will live."""
        self._scopes.append(fixturedef.scope)
        try:
            return (yield)
        finally:
            self._scopes.pop()

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(
        self,
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Mask the keys in what is reported."""
        report = yield
        self._masked.report(report)
        return report

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Mask what others have added to a report since."""
        self._masked.report(report)

    @pytest.hookimpl(tryfirst=True)
    def pytest_warning_recorded(self, warning_message: Any) -> None:
        """Mask the keys in warnings."""
        if isinstance(warning_message.message, Warning):
            self._masked.warning(warning_message.message)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Mask the keys in logs, and start to observe."""
        logs = session.config.pluginmanager.getplugin("logging-plugin")
        for name in ("log_cli_handler", "log_file_handler"):
            handler = getattr(logs, name, None)
            if handler is not None:
                self._masked.handler(handler)
        self._patches.start()

    def pytest_unconfigure(self) -> None:
        """Leave everything as it was."""
        self._patches.stop()
        self._environment.close()
        self._evidence.close()

    def _begin(self, item: pytest.Item, mark: Mark | None) -> None:
        if self._control_url is not None and mark is not None:
            tell(self._control_url, {"tenant": mark.tenant, "surface": mark.surface})
        path, line, _ = item.location
        place = Place(path.replace("\\", "/"), None if line is None else line + 1)
        acting = Acting(self._world, mark, item.nodeid, place)
        convicted = item.stash.setdefault(_CONVICTED, [])
        self._trial = Trial(acting, self.not_seen, self._unexpected, convicted)
        self._environment.lend()
        self._patches.renew()
        self._watch.listener = acting

    def _end(self) -> None:
        trial, self._trial, self._item = self._trial, None, None
        self._watch.listener = None
        self._environment.restore()
        if trial is None or trial.acting.mark is None:
            return
        for seen in trial.acting.seen:
            self._evidence.write(seen.request, seen.lives)
        if self._control_url is not None:
            tell(self._control_url, {})

    def _told_with_failure(self) -> Generator[None, object, object]:
        """Run what is wrapped; if it fails, its failure says what was wrong with the requests too."""
        try:
            return (yield)
        except pytest.skip.Exception:
            if self._trial is not None:
                self._trial.is_over = True
                self._fail(self._trial.verdict(waits=False))
            raise
        except (KeyboardInterrupt, pytest.exit.Exception):
            raise
        except BaseException as error:
            if self._trial is not None:
                self._trial.is_over = True
                text = self._trial.verdict(waits=False)
                if not isinstance(error, EgressViolation):
                    _add(error, text)
            raise

    def _told_with_kept(self, kept: list[Any], trial: Trial) -> None:
        """As above for unittest, which keeps the failure for itself instead of raising it."""
        trial.is_over = True
        text, error = trial.verdict(waits=False), kept[-1].value
        if text is not None and isinstance(error, pytest.skip.Exception):
            kept.clear()
            self._fail(text)
        elif not isinstance(error, EgressViolation):
            _add(error, text)

    def _fail(self, text: str | None) -> None:
        if text is not None:
            if self._trial is not None:
                self._trial.is_over = True
            pytest.fail(text, pytrace=False)


def _add(error: BaseException, text: str | None) -> None:
    """Have a failure say more."""
    if text is None:
        return
    if isinstance(error, pytest.fail.Exception) and not error.pytrace:
        error.msg = f"{error.msg}\n\n{text}"
    else:
        error.add_note(text)
