"""What a command line asks to be scanned, for what and by which policy."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from antkey_hooks.cli import output
from antkey_rules.catalogue import catalogue_with
from antkey_rules.load import load_builtin, load_files
from antkey_scanner import system
from antkey_scanner.errors import PolicyError
from antkey_scanner.model import PatternRule, Skip
from antkey_scanner.named import NamedTuple
from antkey_scanner.policy import Policy, find_baseline, load_policy

if TYPE_CHECKING:
    from antkey_hooks.cli.options import Options
    from antkey_scanner.bridge.plan import Plan
    from antkey_scanner.sources.objects import Source


AUTO = "auto"
"""The value of `--range` for what the CI service asks for."""


class Request(NamedTuple):
    """What is to be scanned, for what and by which policy. targets: what findings' paths are relative
    to; detect_secrets: what that shall do, None when it is off; source: git objects to search, which
    with `alone` are all there is to search; history: whether those are whole histories; thorough: as
    for `prepare`."""

    policy: Policy
    rules: tuple[PatternRule, ...]
    targets: tuple[str, ...]
    detect_secrets: Plan | None = None
    source: Source | None = None
    alone: bool = False
    history: bool = False
    thorough: bool = False


def prepare(
    operands: Sequence[str], options: Options, now: float, *, thorough: bool = False
) -> Request:
    """What a command line asks for. now: seconds since 1970; thorough: whether the histories that there
    are belong to it where neither options nor the policy say. Raises PolicyError."""
    policy = _policy(options, now)
    others = policy.scan.providers or policy.scan.detect_secrets
    rules = load_rules(options.rules, providers=others)
    request = Request(policy, rules, tuple(operands) or targets_of(policy), thorough=thorough)
    if options.staged or options.range or options.history or policy.scan.history:
        request = _with_objects(request, operands, options)
    elif thorough and policy.scan.history is None:
        from antkey_hooks.cli.objects import histories_there

        found = histories_there(request.targets)
        request = request._replace(source=found, history=found is not None)
    if policy.scan.detect_secrets:
        from antkey_hooks.cli.others import plan

        trusted = not options.no_config
        wanted = plan(policy.scan, rules, _working_folder(), trusted=trusted)
        request = request._replace(detect_secrets=wanted)
    if options.verbose:
        _explain(options, request)
    return request


def _with_objects(request: Request, operands: Sequence[str], options: Options) -> Request:
    """The request with the git objects that options or the policy ask for."""
    from antkey_hooks.cli import objects

    if options.range == (AUTO,) and not options.staged and not options.history:
        return _in_ci(request, operands, options)
    if not options.staged and not options.range:
        history = objects.history_of(
            request.targets, asked=options.history, narrowed=bool(operands)
        )
        return request._replace(source=history, history=history is not None)
    source, top = objects.source_of(operands, options, _working_folder())
    return request._replace(source=source, alone=True, targets=(shorter(top),))


def _in_ci(request: Request, operands: Sequence[str], options: Options) -> Request:
    """The request with what a CI service asks for, besides the files as they are."""
    from antkey_hooks.ci.scope import detected
    from antkey_hooks.cli import objects

    scope = detected(
        operands,
        os.environ,
        _working_folder(),
        trusts_tree=not options.no_config,
    )
    if not options.quiet:
        output.say(scope.told)
    targets = (shorter(scope.top),)
    if scope.range is None:
        history = objects.history_of(targets, asked=True)
        if history is not None and scope.missing is not None:
            history.skips.append(Skip(".", scope.missing))
        return request._replace(targets=targets, source=history, history=True)
    given = options._replace(range=(scope.range,), history=False)
    source, _ = objects.source_of((scope.top,), given, scope.top)
    return request._replace(targets=targets, source=source)


def load_rules(own: Sequence[str], *, providers: bool = False) -> tuple[PatternRule, ...]:
    """The built-in rules, those for other providers' keys if wanted, and the user's. Raises
    PolicyError."""
    rules = load_builtin()
    if providers:
        from antkey_hooks.cli.others import provider_rules

        rules += provider_rules()
    if not own:
        return rules
    taken = {rule.rule.id for rule in rules}
    added = load_files(own)
    for rule in added:
        if rule.rule.id in taken:
            raise PolicyError(
                f"{rule.rule.source}: id {rule.rule.id} is that of a built-in rule; choose another"
            )
    return rules + added


def _policy(options: Options, now: float) -> Policy:
    if options.policy is None and options.no_config:
        return Policy()
    return load_policy(options.policy, _working_folder(), now, catalogue_with(options.rules))


def _working_folder() -> str:
    try:
        return os.getcwd()
    except OSError:  # it is gone: nothing can be found from it
        return os.curdir


def baseline_path(policy: Policy, options: Options) -> str | None:
    """The baseline that is named, else the one that is there."""
    if options.baseline is not None:
        return options.baseline
    if options.no_config:
        return None
    path = find_baseline(policy, _working_folder())
    return None if path is None else shorter(path)


def targets_of(policy: Policy) -> tuple[str, ...]:
    """What the policy names, relative to the folder it lies in; else the working folder."""
    if policy.scan.paths is None or policy.folder is None:
        return (os.curdir,)
    return tuple(
        shorter(os.path.normpath(os.path.join(policy.folder, path))) for path in policy.scan.paths
    )


def shorter(path: str) -> str:
    """A path as people would write it from the working folder."""
    try:
        return min(os.path.relpath(path), path, key=len)
    except (ValueError, OSError):
        return path


def _explain(options: Options, request: Request) -> None:
    policy = request.policy
    origin = policy.ref.path or "none found, the defaults hold"
    output.say(
        f"policy: {origin} (profile {policy.ref.profile})",
        f"rules: {len(request.rules)}",
        f"targets: {', '.join(map(system.show, request.targets))}",
        f"workers: at most {options.jobs or system.cores()}",
    )
    if request.detect_secrets is not None:
        from antkey_hooks.cli.others import explanation

        output.say(explanation(request.detect_secrets))
