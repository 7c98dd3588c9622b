"""What to do about a leaked key: within five minutes, within the hour, within the week. Not escaped."""

from __future__ import annotations

from typing import NamedTuple

from antkey_reports import commands
from antkey_reports.circumstances import key_of, since
from antkey_reports.incidents import Incident


class Step(NamedTuple):
    """One thing to do. command: what does it, None where nobody can type it."""

    text: str
    command: str | None = None


def stop(incident: Incident) -> tuple[Step, ...]:
    """Switch it off and replace it."""
    key = key_of(incident)
    used = " in ".join(part for part in (key.service, key.environment) if part) if key else ""
    there = f" where the old one served ({used})" if used else ""
    owner = f"Tell {key.owner}, who owns it" if key and key.owner else "Find out who uses it"
    return (
        Step(incident.rule.remedy, commands.deactivate(key)),
        Step(f"Deploy the new key{there}, and see a request succeed on it."),
        Step("Send a request with the old key and see it refused with status 401."),
        Step(f"{owner}, and note when each of these steps was done."),
    )


def review(incident: Incident) -> tuple[Step, ...]:
    """See what was done with it, and who could."""
    leaked = since(incident.findings, None)
    begin = f"since {leaked}" if leaked else "since it was created"
    return (
        Step(f"Look at its usage and cost {begin}: models, hours and amounts that are not yours."),
        Step("Find every other place that holds it.", commands.find_everywhere()),
        Step("List who could read these places: forks, clones, caches, build logs, backups."),
        Step("Decide whether tenants, customers or a regulator have to be told, and by when."),
    )


def prevent(incident: Incident) -> tuple[Step, ...]:
    """See to it that it does not happen again."""
    again = commands.scan_again(incident.findings[0].location)
    return (
        Step("Remove the text from each place, and see that it is gone.", again),
        Step(
            "Stop the next one before it is committed, in each checkout.", "antkey init --git-hooks"
        ),
        Step("Put the check into CI, where it blocks the deploy.", "antkey check"),
        Step("Record both keys in the inventory, and judge it again.", "antkey keys audit"),
        Step("Write down what happened, what it cost, and what was changed."),
    )
