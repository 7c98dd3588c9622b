"""`antkey scan`: from options and policy to a result, reports and an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from antkey_hooks.cli import output
from antkey_hooks.cli.clock import Clock
from antkey_hooks.cli.render import deliver, get_ready
from antkey_hooks.cli.request import Request, baseline_path, prepare
from antkey_rules.load import load_controls, load_file_controls
from antkey_scanner import __version__, engine, system
from antkey_scanner.assess import assess, exit_code, is_complete
from antkey_scanner.errors import ExitCode, PolicyError
from antkey_scanner.model import Assessment, Control, Result, Rule, Run, Severity
from antkey_scanner.policy import Policy
from antkey_scanner.sourcecode import CodeSettings
from antkey_scanner.sources.files import GIT_OBJECTS, Own

if TYPE_CHECKING:
    from antkey_hooks.cli.inventory import Opened
    from antkey_hooks.cli.leaks import Joined
    from antkey_hooks.cli.options import Options
    from antkey_hooks.cli.progress import Bar
    from antkey_scanner.baseline.read import Baseline
    from antkey_scanner.code.rule import CodeRule
    from antkey_scanner.settings.rule import SettingsRule
    from antkey_scanner.sources.cache import Cache

_STANDARD_INPUT = 0
_REASONS_SHOWN = 3


def run(operands: Sequence[str], options: Options) -> ExitCode:
    """Scan and report. Raises PolicyError before anything is read when the request is wrong."""
    return deliver(judged(operands, options), options)


def judged(
    operands: Sequence[str],
    options: Options,
    inventory: Opened | None = None,
    *,
    compare: bool = True,
    thorough: bool = False,
    own: Own = (),
) -> Result:
    """Scan, without telling anybody yet. inventory: that of the policy, if it was read already; compare:
    whether it is asked about what was found; thorough: as for `prepare`; own: files of
    the run itself, which are left out. Raises as `run` does."""
    clock = Clock(options.now, os.environ)
    request = prepare(operands, options, clock.judged, thorough=thorough)
    if options.report:
        from antkey_hooks.cli.destinations import refuse_all

        refuse_all(options, request.policy, operands)
    baseline = _baseline(request, options)
    scanned = look(request, options, own)
    if request.policy.scan.code:
        scanned = _in_place(scanned, request)
    if baseline is not None:
        from antkey_hooks.cli import accepted

        scanned = accepted.accept(scanned, baseline, request)
    joined = _joined(scanned, request, options, clock, inventory) if compare else None
    result = _judge(scanned, joined, request, options, clock)
    if request.policy.waivers and not (thorough or operands or request.alone or options.quiet):
        _tell_idle(result, request)
    return result


def _tell_idle(result: Result, request: Request) -> None:
    """Tell of the waivers that cover nothing of all that the policy names, where all of it was read."""
    from antkey_hooks.cli.idle import idle, judged_rules

    if not result.run.complete:
        return
    rules = judged_rules(result).union(each.rule.id for each in request.rules)
    places = [path for path in request.targets if os.path.lexists(os.path.join(path, ".git"))]
    searched = request.history or not places
    output.say(*idle(request.policy, result.findings, rules, searched=searched))


def _in_place(scanned: engine.Scanned, request: Request) -> engine.Scanned:
    """With what only more than one file shows: one key in two environments, what git knows of them."""
    places = [path for path in request.targets if os.path.lexists(os.path.join(path, ".git"))]
    keys = [one.secret.sha256 for one in scanned.findings if one.secret is not None]
    has_two = len(set(keys)) < len(keys)
    if not has_two and (request.alone or not places):
        return scanned
    from antkey_hooks.cli.sourcecode import in_place

    return in_place(scanned, request.policy, () if request.alone else places, request.targets)


def _joined(
    scanned: engine.Scanned,
    request: Request,
    options: Options,
    clock: Clock,
    inventory: Opened | None,
) -> Joined | None:
    """What the inventory knows of what was found; None when the policy names none."""
    keys = request.policy.keys
    if keys is None or not (keys.files or keys.source):
        return None
    if not any(finding.secret is not None for finding in scanned.findings):
        return None
    from antkey_hooks.cli.leaks import join

    read = None if inventory is None else (inventory.keys_policy, inventory.loaded)
    return join(scanned.findings, request.policy, request.targets, clock, options, read)


def look(request: Request, options: Options, own: Own = ()) -> engine.Scanned:
    """Scan, and mark what the policy tolerates. Raises PolicyError when there is nothing to scan."""
    scanned = _scan(request, options, own)
    if request.source is None:
        _refuse_nothing(scanned, request.targets)
    policy = request.policy
    if not (policy.scan.accept or policy.waivers or policy.grades):
        return scanned
    from antkey_scanner.policy.anchor import root_below
    from antkey_scanner.suppress import accept_skips, weigh_findings

    below = root_below(policy.folder, request.targets)
    return scanned._replace(
        skips=accept_skips(scanned.skips, policy.scan.accept, below),
        findings=weigh_findings(scanned.findings, policy, below),
    )


def _baseline(request: Request, options: Options) -> Baseline | None:
    path = baseline_path(request.policy, options)
    if path is None:
        return None
    from antkey_hooks.cli import accepted

    return accepted.read(path, options)


def _scan(request: Request, options: Options, own: Own) -> engine.Scanned:
    policy, rules, targets, wanted, source, alone, *_ = request
    exclude = policy.scan.exclude
    if exclude:
        from antkey_scanner.policy.anchor import root_below, seen_from

        exclude = seen_from(exclude, root_below(policy.folder, targets))
    settings = engine.Settings(
        exclude=exclude + options.exclude,
        follow_gitignore=options.follow_gitignore,
        max_file_size=options.max_file_size,
        depth=options.depth,
        visible_key_characters=policy.scan.visible_key_characters,
        marks=() if options.no_config else _marks(policy),
        code=_code(policy),
        own=own,
    )
    cache: Cache | None = None
    if source is not None:
        source.leave_out(settings.exclude)
        if request.history:
            from antkey_hooks.cli.objects import remember

            cache = remember(source, rules, settings, options)
    jobs = options.jobs or system.cores()
    bar = make_bar(options)
    try:
        scanned = engine.scan(
            () if alone else targets,
            rules,
            settings,
            jobs=jobs,
            stdin=_STANDARD_INPUT if "-" in targets else None,
            progress=bar,
            source=source,
            meanwhile=partial(get_ready, options),
        )
        if wanted is None:
            return scanned
        from antkey_hooks.cli.others import search

        return search(scanned, targets, settings, wanted, jobs=jobs, source=source, alone=alone)
    finally:
        if bar is not None:
            bar.erase()
        if cache is not None and cache.troubles:
            from antkey_hooks.cli.objects import tell

            tell(cache, options)


def _code(policy: Policy) -> CodeSettings | None:
    """What source code is judged by."""
    if not policy.scan.code:
        return None
    is_never = policy.egress is None or policy.egress.fallback == "never"
    load = _code_rules if is_never else _code_rules_for_information
    rule_of = partial(_rule_of, informs=not is_never)
    names = (policy.scan.tenant_names, policy.scan.platform_names)
    return CodeSettings(_file_rules, load, _settings_rules, rule_of, *names)


def _file_rules() -> tuple[CodeRule, ...]:
    from antkey_hooks.cli.sourcecode import about_source

    return about_source()


def _code_rules() -> tuple[CodeRule, ...]:
    from antkey_hooks.cli.sourcecode import as_they_are

    return as_they_are()


def _code_rules_for_information() -> tuple[CodeRule, ...]:
    from antkey_hooks.cli.sourcecode import for_information

    return for_information()


def _settings_rules() -> tuple[SettingsRule, ...]:
    from antkey_hooks.cli.sourcecode import about_settings

    return about_settings()


def _rule_of(identity: str, *, informs: bool) -> Rule:
    from antkey_hooks.cli.sourcecode import rule_of

    return rule_of(identity, informs=informs)


def _marks(policy: Policy) -> tuple[str, ...]:
    """Whose marks beside a key count."""
    own = ("antkey",) if policy.scan.inline_ignores else ()
    return own + policy.scan.accept_marks


def make_bar(options: Options) -> Bar | None:
    """The progress bar, when it is wanted and somebody looks."""
    if options.quiet or options.no_progress or not output.is_terminal(sys.stderr):
        return None
    from antkey_hooks.cli.progress import Bar, wants_progress

    return Bar(sys.stderr) if wants_progress(sys.stderr, os.environ) else None


def _refuse_nothing(scanned: engine.Scanned, targets: Sequence[str]) -> None:
    """A scan that looked at nothing must not look like a clean one."""
    if scanned.findings or scanned.stats.files or any(skip.counts for skip in scanned.skips):
        return
    names = ", ".join(system.show(target) for target in targets)
    left_out = [f"{skip.path}: {skip.reason}" for skip in scanned.skips[:_REASONS_SHOWN]]
    because = f" ({'; '.join(left_out)})" if left_out else ""
    raise PolicyError(f"{names}: no file to scan{because}; check the path and what is excluded")


def _judge(
    scanned: engine.Scanned,
    joined: Joined | None,
    request: Request,
    options: Options,
    clock: Clock,
) -> Result:
    findings, skips = scanned.findings, scanned.skips
    stats, error = scanned.stats, ExitCode.OK
    about_keys: tuple[Assessment, ...] = ()
    if joined is not None:
        findings, about_keys, keys, error = joined
        stats = stats._replace(keys=keys)
    if request.policy.controls:
        from antkey_hooks.cli.switched import without_off

        findings = without_off(findings, request.policy)
    fail_on = options.fail_on or Severity.LOW
    code = exit_code(
        findings,
        skips,
        fail_on,
        exit_zero=options.exit_zero,
        allow_incomplete=options.allow_incomplete,
        error=error,
    )
    run = Run(
        command="scan",
        targets=tuple(map(system.show, request.targets)),
        policy=request.policy.ref,
        started_at=clock.started_at(),
        finished_at=clock.finished_at(),
        seconds=clock.seconds(),
        version=__version__,
        fail_on=fail_on,
        exit_code=code,
        complete=is_complete(skips),
        allow_incomplete=options.allow_incomplete,
    )
    assessed = assess(_controls(request), findings, skips)
    if request.alone and request.source is not None and not request.source.paths:
        assessed = tuple(
            each._replace(evidence=f"{each.evidence}; no file in scope changed")
            for each in assessed
        )
    if request.thorough or any(skip.reason == GIT_OBJECTS for skip in skips):
        from antkey_hooks.cli.unsearched import saying

        assessed = saying(assessed, request, skips)
    assessed += about_keys
    if request.policy.controls:
        from antkey_hooks.cli.switched import shown_off

        assessed = shown_off(assessed, request.policy)
    result = Result(run, findings, assessed, skips, stats)
    if request.source is None:
        return result
    from antkey_hooks.cli.scope import searched

    return result._replace(repositories=searched(request.source))


def _controls(request: Request) -> tuple[Control, ...]:
    """Those that something was looked for: a control that nobody checked must not pass."""
    policy = request.policy
    found = load_controls()
    if policy.scan.code and _sees_files(request):
        found += load_file_controls()
    if policy.scan.providers or policy.scan.detect_secrets:
        from antkey_hooks.cli.others import controls

        found += controls(policy.scan)
    return found


def _sees_files(request: Request) -> bool:
    """Whether source code and settings were looked at, or nothing of them changed: they are not in what
    comes through a pipe, and not in a bare repository."""
    if request.alone:
        return True
    folders = [target for target in request.targets if os.path.isdir(target)]
    if any(target != "-" and target not in folders for target in request.targets):
        return True
    from antkey_hooks.cli.outside_git import holds_files

    return any(map(holds_files, folders))
