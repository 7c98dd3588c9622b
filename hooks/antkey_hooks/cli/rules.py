"""`antkey rules`: what is checked, why, how to mend it; and the rules' own examples."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from antkey_hooks.cli import output, rulepages
from antkey_hooks.cli.request import load_rules
from antkey_hooks.cli.rulepages import Listed
from antkey_hooks.cli.values import suggestion
from antkey_reports.escape import terminal
from antkey_scanner.errors import ExitCode, PolicyError
from antkey_scanner.model import Control, PatternRule

if TYPE_CHECKING:
    from collections.abc import Sequence

    from antkey_hooks.cli.options import Options


def list_rules(options: Options) -> ExitCode:
    """Every rule in one line, the worst first; or what rules are for, where that is asked."""
    if options.requirements or options.frameworks or options.profiles:
        return _list_catalogue(options)
    usual, off, about_keys = _usual(options), _off_by_default(), rulepages.of_keys()
    about_requests, about_files = rulepages.of_requests(), rulepages.of_files()
    if _is_json(options):
        by_code = (*about_files, *about_requests, *about_keys)
        rows = map(rulepages.fields, (*usual, *by_code, *off))
        output.write_out(_json({"rules": list(rows)}))
        return ExitCode.OK
    lines = _list(usual)
    if not options.quiet:
        lines.append(f"\n{_rules(len(usual))}; antkey rules show ID tells more\n")
    lines.append(
        "\nAbout source code and settings; [scan] code = false in the policy turns them off\n\n"
    )
    lines += _list(about_files)
    lines.append(
        "\nOff by default; [scan] providers or detect_secrets in the policy turns them on\n\n"
    )
    lines += _list(off)
    lines.append(
        "\nAbout outgoing requests; antkey egress run and antkey egress replay judge by them\n\n"
    )
    lines += _list(about_requests)
    lines.append("\nAbout the keys of the inventory; antkey keys audit judges by them\n\n")
    lines += _list(about_keys)
    output.write_out("".join(lines))
    return ExitCode.OK


def _list_catalogue(options: Options) -> ExitCode:
    if options.requirements + options.frameworks + options.profiles > 1:
        raise PolicyError(
            "--requirements, --frameworks and --profiles do not go together; choose one"
        )
    from antkey_hooks.cli import catalogues

    if options.requirements:
        fields, text = catalogues.requirements_fields, catalogues.requirements_text
    elif options.frameworks:
        fields, text = catalogues.frameworks_fields, catalogues.frameworks_text
    else:
        fields, text = catalogues.profiles_fields, catalogues.profiles_text
    output.write_out(_json(fields()) if _is_json(options) else text())
    return ExitCode.OK


def _list(rules: Sequence[Listed]) -> list[str]:
    worst_first = sorted(rules, key=lambda listed: (-listed.rule.severity.rank, listed.rule.id))
    longest = max(len(listed.rule.id) for listed in rules)
    return [
        f"{listed.rule.severity.value:<8}  {terminal(listed.rule.id):<{longest}}"
        f"  {terminal(listed.rule.title)}\n"
        for listed in worst_first
    ]


def _usual(options: Options) -> tuple[Listed, ...]:
    """What every scan looks for."""
    return tuple(rulepages.of_pattern(rule, usual=True) for rule in load_rules(options.rules))


def _off_by_default() -> tuple[Listed, ...]:
    """The rules for other providers' keys, and what detect-secrets does in the shape of rules."""
    from antkey_hooks.cli.others import provider_rules
    from antkey_scanner.bridge.detectors import rules

    patterns = (*provider_rules(), *(PatternRule(rule, "", b"", b"") for rule in rules()))
    return tuple(rulepages.of_pattern(rule, usual=False) for rule in patterns)


def show_rule(name: str, options: Options) -> ExitCode:
    """A rule's page, or that of a control."""
    by_code = (*rulepages.of_files(), *rulepages.of_requests(), *rulepages.of_keys())
    listed = (*_usual(options), *by_code, *_off_by_default())
    rules = {each.rule.id: each for each in listed}
    controls = {control.id: control for control in _controls()}
    wanted = name if name in rules or name in controls else name.replace("_", "-").lower()
    colour = not options.no_color and output.wants_colour(sys.stdout, os.environ)
    if wanted in rules:
        rule = rules[wanted]
        told = rulepages.fields(rule) if _is_json(options) else rulepages.page(rule, colour=colour)
    elif wanted in controls:
        control = controls[wanted]
        titles = {each.rule.id: each.rule.title for each in listed}
        told = (
            rulepages.control_fields(control)
            if _is_json(options)
            else rulepages.control_page(control, titles, colour=colour)
        )
    else:
        raise PolicyError(_unknown(name, wanted, (*rules, *controls)))
    output.write_out(told if isinstance(told, str) else _json(told))
    return ExitCode.OK


def _unknown(name: str, wanted: str, known: tuple[str, ...]) -> str:
    """What else it names: requirements and frameworks have lists of their own."""
    from antkey_rules.known import load_known
    from antkey_rules.requirement import load_requirements

    controls, asked = load_known(), name.upper()
    if asked in {one.id for one in load_requirements(controls)}:
        return f"{name}: is a requirement and no rule; antkey rules list --requirements tells of it"
    frameworks = {entry.upper() for one in controls for entry in one.control.frameworks}
    if asked in frameworks | {entry.partition(":")[0] for entry in frameworks}:
        return f"{name}: is of a framework and no rule; antkey rules list --frameworks tells of it"
    return f"{name}: no such rule; {_cure(wanted, known)}"


def _cure(name: str, known: tuple[str, ...]) -> str:
    """The rule that was meant, as far as one can tell; there are too many to name all."""
    begun = [each for each in known if each.startswith(name)]
    if len(begun) == 1:
        return f"did you mean {begun[0]}?"
    cure = suggestion(name, known)
    return cure if cure.startswith("did you") else "antkey rules list names all"


def _controls() -> tuple[Control, ...]:
    from antkey_rules.known import load_known

    return tuple(known.control for known in load_known())


def run_examples(options: Options) -> ExitCode:
    """Run the rules' examples; a broken rule of the user's is USAGE, one of ours INTERNAL."""
    rules, examples, failures = _tried(options)
    lines = [f"{terminal(failure)}\n" for failure in failures]
    if failures or not options.quiet:
        lines.append(f"{_rules(rules)}, {examples} examples, {len(failures)} failed\n")
    output.write_out("".join(lines))
    if not failures:
        return ExitCode.OK
    return ExitCode.USAGE if options.rules else ExitCode.INTERNAL


def _tried(options: Options) -> tuple[int, int, list[str]]:
    """How many rules and examples there are, and what failed. A user's own rules are tried alone."""
    from antkey_rules.examples import check
    from antkey_rules.load import load_builtin, load_files, load_providers

    patterns = load_files(options.rules) if options.rules else load_builtin() + load_providers()[0]
    failures = [failure for rule in patterns for failure in check(rule)]
    examples = sum(len(rule.rule.examples) for rule in patterns)
    if options.rules:
        return len(patterns), examples, failures
    from antkey_rules import codecases, egresscases, filecases, keycases
    from antkey_rules.code import load_code_rules
    from antkey_rules.configuration import load_file_rules
    from antkey_rules.egress import load_egress_rules
    from antkey_rules.keys import load_key_rules

    about_keys, about_requests = load_key_rules(), load_egress_rules()
    failures += [failure for rule in about_keys for failure in keycases.check(rule)]
    failures += [failure for rule in about_requests for failure in egresscases.check(rule)]
    about_code, about_files = load_code_rules(), load_file_rules()
    failures += [failure for rule in about_code for failure in codecases.check(rule)]
    failures += [failure for rule in about_files for failure in filecases.check(rule)]
    by_code = [
        *(each.rule for each in about_keys),
        *(each.rule for each in about_requests),
        *(each.rule for each in about_code),
        *(each.rule for each in about_files),
    ]
    examples += sum(len(rule.examples) for rule in by_code)
    return len(patterns) + len(by_code), examples, failures


def _is_json(options: Options) -> bool:
    return options.format == "json"


def _json(document: object) -> str:
    import json

    from antkey_reports.escape import json_document

    return json_document(json.dumps(document, indent=2)) + "\n"


def _rules(count: int) -> str:
    return "1 rule" if count == 1 else f"{count} rules"
