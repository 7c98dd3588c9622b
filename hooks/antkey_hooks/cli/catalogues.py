"""What `antkey rules list` prints besides rules: requirements, frameworks, profiles."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence

from antkey_hooks.cli import output
from antkey_rules.framework import Entry, Framework, load_frameworks
from antkey_rules.known import Known, load_known
from antkey_rules.profile import Profile, load_profile
from antkey_rules.requirement import Requirement, load_requirements, load_sources
from antkey_scanner.policy import PROFILES

_INDENT = " " * 5


def requirements_fields() -> dict[str, object]:
    """The table of promises, as JSON tells of it."""
    return {
        "requirements": [
            {
                "id": one.id,
                "source": load_sources()[one.id[0]],
                "promise": one.promise,
                "controls": list(one.controls),
                "how": list(one.how),
                "not_shown": one.not_shown or None,
            }
            for one in load_requirements(load_known())
        ]
    }


def requirements_text() -> str:
    """The table of promises, as people read it."""
    width = output.width(sys.stdout) if output.is_terminal(sys.stdout) else 100
    sources = load_sources()
    lines: list[str] = []
    last = ""
    for one in load_requirements(load_known()):
        if one.id[0] != last:
            last = one.id[0]
            lines += (
                ["", f"{last}: {sources[last]}", ""] if lines else [f"{last}: {sources[last]}", ""]
            )
        lines += _requirement(one, width)
    return "\n".join(lines) + "\n"


def frameworks_fields() -> dict[str, object]:
    """The frameworks, as JSON tells of them."""
    controls = load_known()
    return {
        "frameworks": [
            {
                "id": framework.id,
                "title": framework.title,
                "source": framework.source,
                "limits": framework.limits,
                "entries": [
                    {
                        "id": entry.id,
                        "title": entry.title,
                        "controls": list(_shown_by(entry, controls)),
                        "shows": entry.shows,
                        "does_not_show": entry.does_not_show,
                    }
                    for entry in framework.entries
                ],
            }
            for framework in load_frameworks()
        ]
    }


def frameworks_text() -> str:
    """The frameworks, as people read them."""
    width = output.width(sys.stdout) if output.is_terminal(sys.stdout) else 100
    controls = load_known()
    lines: list[str] = []
    for framework in load_frameworks():
        lines += [*([""] if lines else []), *_framework(framework, controls, width)]
    return "\n".join(lines) + "\n"


def profiles_fields() -> dict[str, object]:
    """The profiles, as JSON tells of them."""
    return {
        "profiles": [
            {
                "name": one.name,
                "title": one.title,
                "about": one.about.strip(),
                "required": list(one.required),
                "optional": list(one.optional),
                "values": dict(one.values),
            }
            for one in map(load_profile, PROFILES)
        ]
    }


def profiles_text() -> str:
    """The profiles, as people read them."""
    width = output.width(sys.stdout) if output.is_terminal(sys.stdout) else 100
    lines: list[str] = []
    for one in map(load_profile, PROFILES):
        lines += [*([""] if lines else []), *_profile(one, width)]
    return "\n".join(lines) + "\n"


def _requirement(one: Requirement, width: int) -> Iterator[str]:
    yield from _wrapped(one.promise, width, f"{one.id:<5}", _INDENT)
    yield from _wrapped(", ".join(one.controls), width, _INDENT, _INDENT)
    yield from _wrapped(f"{'; '.join(one.how)}", width, f"{_INDENT}how: ", f"{_INDENT}     ")
    if one.not_shown:
        yield from _wrapped(one.not_shown, width, f"{_INDENT}not shown: ", f"{_INDENT}     ")


def _framework(framework: Framework, controls: Sequence[Known], width: int) -> Iterator[str]:
    yield f"{framework.title} ({framework.id})"
    yield from _wrapped(f"Source: {framework.source}.", width, "  ", "  ")
    yield from _wrapped(framework.limits, width, "  ", "  ")
    for entry in framework.entries:
        yield ""
        yield f"  {entry.id}  {entry.title}"
        by = ", ".join(_shown_by(entry, controls)) or "rules alone"
        yield from _wrapped(by, width, "    by: ", "        ")
        yield from _wrapped(entry.shows, width, "    shows: ", "        ")
        yield from _wrapped(entry.does_not_show, width, "    does not show: ", "        ")


def _profile(one: Profile, width: int) -> Iterator[str]:
    yield f"{one.title} ({one.name})"
    yield from _wrapped(one.about, width, "  ", "  ")
    yield from _wrapped(", ".join(one.required), width, "  required: ", "    ")
    yield from _wrapped(", ".join(one.optional), width, "  optional: ", "    ")


def _shown_by(entry: Entry, controls: Iterable[Known]) -> Iterator[str]:
    return (known.control.id for known in controls if entry.id in known.control.frameworks)


def _wrapped(text: str, width: int, first: str, rest: str) -> list[str]:
    from textwrap import wrap

    return wrap(
        " ".join(text.split()),
        min(width, 110),
        initial_indent=first,
        subsequent_indent=rest,
        break_on_hyphens=False,
    )
