"""The same command line as click commands, for what needs words: help, version, mistakes, completion.

Imported only then. Built from the table in `options`; whatever click understands becomes the same
`Invocation` that `parse` makes.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any

import click
from click.shell_completion import CompletionItem

from antkey_hooks.cli import values
from antkey_hooks.cli.commands import COMMANDS, GROUPS, Command, Invocation
from antkey_hooks.cli.options import OPTIONS, Option, Options
from antkey_hooks.cli.parse import make_options
from antkey_scanner.errors import ExitCode, PolicyError

_SHOWN = 40
"""So many characters of a wrong value are repeated."""

_CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 80}

_EXAMPLES = {
    "": """\
antkey scan                            look through the working folder
antkey rules list                      what is looked for
antkey report results.json -f html     render saved results again""",
    "scan": """\
antkey scan                            the working folder
kubectl logs deploy/api | antkey scan -
docker save app:1.4 | antkey scan -    every layer of an image
antkey scan -f sarif --report html=report.html --fail-on high src""",
    "check": """\
antkey check                           every control of antkey.toml
antkey check --report-dir out --fail-on high
antkey check --range auto --attest attestation.json""",
    "verify": """\
antkey verify --commit "$(git rev-parse HEAD)" --max-age 12h attestation.json""",
    "report": """\
antkey report results.json -f html > report.html
antkey report api.json web.json --report sarif=all.sarif""",
    "keys audit": """\
antkey keys audit                      the inventory that the policy names
antkey keys audit keys.toml antkey-keys.json --leaks results.json
aws secretsmanager list-secrets | antkey keys audit -""",
    "keys list": """\
antkey keys list --environment prod --sort=-age""",
    "keys calendar": """\
antkey keys calendar --days 30
antkey keys calendar -f ics > keys.ics""",
    "url": """\
antkey url https://gateway.example.com/anthropic
antkey url --resolve -f json - < urls.txt""",
    "egress run": """\
antkey egress run -- npm test
antkey egress run --tenant acme --tenant globex --scenario 429 -- pytest""",
    "baseline create": """\
antkey baseline create                 accept what is there today
antkey baseline create legacy          only what lies in one folder""",
}

_EXIT_CODES = """\
  0  complete, and nothing at or above --fail-on
  1  violations, whether or not the run was complete
  2  usage, policy, baseline or rule file wrong, or nothing to scan
  3  incomplete: something was not read to its end
  4  undecided: evidence is missing
 70  internal error
130  interrupted, 143 terminated"""

_JUDGING = ("scan", "check", "report", "keys audit", "egress run", "egress replay")
"""The commands that end with them."""

_VERIFY_CODES = """\
  0  the commit is attested, its verdict was a pass, and it is fresh
  1  its verdict was: violations
  2  cannot be believed: the signature, the file or the key is wrong
  3  its verdict was: incomplete
  4  its verdict was: undecided; or it attests something else, or is too old"""


def understand(arguments: Sequence[str]) -> Invocation | ExitCode:
    """What click makes of a command line; an exit code when it was a question that is answered.

    Raises PolicyError for a mistake, with the cure.
    """
    application = _application()
    try:
        with application.make_context("antkey", list(arguments)) as context:
            invocation: Invocation = application.invoke(context)
            return invocation
    except click.exceptions.Exit as done:
        return ExitCode(done.exit_code)
    except click.UsageError as error:
        raise PolicyError(_problem(error), f"see: {_path(arguments)} --help") from None


def complete(instruction: str) -> int:
    """Answer the shell's question that `_ANTKEY_COMPLETE` holds; the exit code."""
    from click.shell_completion import shell_complete

    return shell_complete(_application(), {}, "antkey", "_ANTKEY_COMPLETE", instruction)


def _application() -> click.Group:
    application = _Group(
        "antkey",
        help="Finds Anthropic API keys in files, logs, archives and images, says what to do, and judges the"
        " keys that you have.",
        params=[_version_option()],
    )
    groups = {name: _Group(name, help=about) for name, about in GROUPS.items()}
    for command in COMMANDS:
        group, _, name = command.name.rpartition(" ")
        (groups[group] if group else application).add_command(_command(name, command))
    for group_command in groups.values():
        application.add_command(group_command)
    return application


def _version_option() -> click.Option:
    def show(context: click.Context, _: click.Parameter, wanted: bool) -> None:
        if wanted and not context.resilient_parsing:
            from antkey_hooks.cli.version import version_line

            click.echo(version_line())
            context.exit()

    return click.Option(
        ["--version"],
        is_flag=True,
        expose_value=False,
        is_eager=True,
        callback=show,
        help="Show the version and exit.",
    )


def _command(name: str, command: Command) -> click.Command:
    own = [option for option in OPTIONS if option.name in command.options]

    def callback(operands: tuple[str, ...], **written: Any) -> Invocation:
        _check_count(command, operands)
        return Invocation(command.name, operands, _options(own, written))

    params: list[click.Parameter] = [
        click.Argument(
            ["operands"],
            nargs=-1,
            metavar=command.operand or "",
            type=click.UNPROCESSED,
            shell_complete=_completer("file"),
        ),
        *map(_option, own),
    ]
    return _Command(
        name,
        params=params,
        callback=callback,
        help=f"{command.summary}\n\n{command.about}",
        short_help=command.summary,
        context_settings=_CONTEXT,
    )


def _option(option: Option) -> click.Option:
    """All values as written, in order: what they mean is decided where `parse` decides it."""
    declaration = [*option.flags, option.name]
    about = option.help.replace("{formats}", _formats())
    if option.metavar is None:
        return click.Option(declaration, count=True, help=about)
    return click.Option(
        declaration,
        multiple=True,
        metavar=option.metavar,
        type=click.UNPROCESSED,
        help=about,
        shell_complete=_completer(option.completes),
    )


def _formats() -> str:
    from antkey_reports.registry import names

    return ", ".join(sorted(names(), key=lambda name: (name != "text", name)))


def _completer(what: str) -> Callable[[click.Context, click.Parameter, str], list[CompletionItem]]:
    def complete(_: click.Context, __: click.Parameter, typed: str) -> list[CompletionItem]:
        if what == "file":
            return [CompletionItem(typed, type="file")]
        words = {
            "format": _formats().split(", "),
            "table": ["text", "csv", "json"],
            "calendar": ["text", "ics", "json"],
            "verdicts": ["text", "json"],
            "scenario": [
                *("ok", "no-key", "401", "403", "429", "529", "timeout", "cut-stream", "rotate")
            ],
            "level": ["critical", "high", "medium", "low"],
            "profile": ["strict-byok", "optional-byok", "managed-or-byo", "key-hygiene"],
            "service": ["github", "gitlab", "none"],
        }
        return [CompletionItem(word) for word in words.get(what, []) if word.startswith(typed)]

    return complete


def _options(own: Sequence[Option], written: dict[str, Any]) -> Options:
    texts = [(option, _texts(written[option.name])) for option in own if written[option.name]]
    for option, words in texts:
        for word in words if option.kind == "many" else words[-1:]:
            try:
                make_options([(option, [word])])
            except ValueError as error:
                raise click.UsageError(
                    f"{option.flags[-1]}: {error}{_given(option, word)}"
                ) from None
    return make_options(texts)


def _given(option: Option, word: str) -> str:
    """The value that is wrong. Where a descriptor belongs, somebody may have written the secret itself."""
    from antkey_reports.escape import visible
    from antkey_reports.mask import mask

    shown = visible(mask(word)).strip()
    if not shown or option.metavar is None or option.convert is values.descriptor:
        return ""
    return f" (given: {shown if len(shown) <= _SHOWN else shown[:_SHOWN] + '…'})"


def _texts(value: int | tuple[str, ...]) -> list[str]:
    return [""] * value if isinstance(value, int) else list(value)


def _check_count(command: Command, operands: tuple[str, ...]) -> None:
    most = command.most if command.operand else 0
    if len(operands) < command.least:
        raise click.UsageError(f"{str(command.operand).rstrip('.')}: is missing; name one")
    if most is not None and len(operands) > most:
        problem = f"one {command.operand} is enough" if most else "it takes none"
        raise click.UsageError(f"{operands[most]}: is one operand too many; {problem}")


class _Helpful(click.Command):
    """Help with the options under headings, examples and the exit codes."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        sections = {option.name: option.section for option in OPTIONS}
        records: dict[str, list[tuple[str, str]]] = {}
        for param in self.get_params(ctx):
            record = param.get_help_record(ctx)
            if record is not None and not isinstance(param, click.Argument):
                section = sections.get(param.name or "", "Help")
                records.setdefault(section, []).append(record)
        for heading, rows in records.items():
            with formatter.section(heading):
                formatter.write_dl(rows)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        name = ctx.command_path.removeprefix("antkey").strip()
        if name in _EXAMPLES:
            with formatter.section("Examples"):
                formatter.write_text("\b\n" + _EXAMPLES[name])
        codes = _VERIFY_CODES if name == "verify" else _EXIT_CODES if name in _JUDGING else None
        if codes is not None:
            with formatter.section("Exit codes"):
                formatter.write_text("\b\n" + codes)


class _Command(_Helpful):
    """A command that does something."""


class _Group(_Helpful, click.Group):
    """A command that holds others and says which ones when it is given none or an unknown one."""

    def __init__(self, name: str, **attributes: Any) -> None:
        super().__init__(name, no_args_is_help=False, context_settings=_CONTEXT, **attributes)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(self.commands)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args and not ctx.resilient_parsing:
            click.echo(ctx.get_help(), err=True)
            ctx.exit(ExitCode.USAGE)
        return super().parse_args(ctx, args)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        _Helpful.format_options(self, ctx, formatter)
        self.format_commands(ctx, formatter)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if not ctx.resilient_parsing and self.get_command(ctx, args[0]) is None:
            raise click.UsageError(self._unknown(ctx, args[0]), ctx)
        return super().resolve_command(ctx, args)

    def _unknown(self, ctx: click.Context, name: str) -> str:
        if ctx.parent is None and os.path.lexists(name):
            return f"{name}: no such command; to scan it: antkey scan {name}"
        return f"{name}: no such command; {values.suggestion(name, tuple(self.list_commands(ctx)))}"


def _path(arguments: Sequence[str]) -> str:
    """The command that a command line is about; click does not always say."""
    known = {*GROUPS, *(command.name for command in COMMANDS)}
    names = (" ".join(arguments[:count]) for count in (2, 1))
    return " ".join(["antkey", *(name for name in names if name in known)][:2])


def _problem(error: click.UsageError) -> str:
    match error:
        case click.NoSuchOption():
            return f"{error.option_name}: no such option{_cure(error)}"
        case click.BadOptionUsage():
            option = next((o for o in OPTIONS if error.option_name in o.flags), None)
            if option is None or option.metavar is None:
                return f"{error.option_name}: takes no value; write it alone"
            return f"{error.option_name}: needs a value; write {error.option_name} {option.metavar}"
        case _:
            return error.format_message()


def _cure(error: click.NoSuchOption) -> str:
    others = {option.name for option in OPTIONS if error.option_name in option.flags}
    if others and (error.ctx is None or isinstance(error.ctx.command, click.Group)):
        return "; options stand behind the command"
    if others:
        taking = [one.name for one in COMMANDS if not others.isdisjoint(one.options)]
        return f" here; it belongs to: {', '.join(taking)}"
    if error.possibilities:
        return f"; did you mean {error.possibilities[0]}?"
    return "; the help lists those that there are"
