"""Makes the example company: `python examples/company/build.py FOLDER [--now TIME] [--past]`.

Acorn Ledger has two customers, birch and cedar, each on an Anthropic key of its own. FOLDER becomes its git
repository with an inventory of keys, as old as they are on the day TIME (default: today), and with the
evidence of a run of its tests under `antkey egress run`. Four things are wrong: a key stands in the
history and is still active, another is overdue, and a customer's limit is met with the platform's key,
which the code shows and the requests prove. All keys are random characters that are made here.
"""

from __future__ import annotations

import argparse
import base64
import datetime
import hashlib
import os
import random
import shutil
import string
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent
ANTKEY = (sys.executable, "-m", "antkey_hooks.cli")
_BASE64URL = string.ascii_letters + string.digits + "-_"
_FALLBACK = """\
        if error.code == 429:
            return send(PLATFORM_KEY, question)
"""


class Key(NamedTuple):
    """A key of the company. ended: days ago that it was revoked; follows: the name of the older one."""

    environment: str
    service: str
    tenant: str | None
    age: int
    version: int = 1
    ended: int | None = None
    follows: int | None = None


LEAKED = Key("prod", "ledger", "birch", 45, 3)
KEYS = (
    LEAKED,
    Key("prod", "ledger", "cedar", 137),
    Key("prod", "reports", "birch", 82, 2),
    Key("prod", "reports", "cedar", 12, 2, follows=70),
    Key("prod", "reports", "cedar", 70, ended=11),
    Key("staging", "ledger", None, 30),
    Key("dev", "ledger", None, 25),
)


def build(folder: Path, now: datetime.datetime, *, past: bool) -> None:
    """Make the whole of it in `folder`, which must not exist yet. past: check it as it goes, so that its
    history of runs tells when what was found."""
    dice = random.Random("acorn")  # noqa: S311 - made-up keys, the same each time
    texts = {key: "sk-ant-api03-" + "".join(dice.choices(_BASE64URL, k=93)) + "AA" for key in KEYS}
    nonces = {key: f"{dice.getrandbits(96):024x}" for key in KEYS}
    folder.mkdir(parents=True)
    _git(folder, now, "init", "-q", "-b", "main")
    days = (
        (50, "Begin with the assistant", _application),
        (20, "Deploy the ledger", lambda folder: _leak(folder, texts[LEAKED])),
        (19, "Take the key out again", lambda folder: shutil.rmtree(folder / "deploy")),
        (3, "Answer also when a limit is reached", _bug),
        (1, "List the new keys", lambda _: None),
    )
    for ago, message, change in days:
        moment = now - datetime.timedelta(days=ago)
        change(folder)
        (folder / "antkey.toml").write_text(_policy(now), encoding="utf-8")
        inventory = _inventory(texts, nonces, now, ago)
        (folder / "keys.toml").write_text(inventory, encoding="utf-8")
        _git(folder, moment, "add", "-A")
        _git(folder, moment, "commit", "-q", "-m", message)
        if past and ago > 1:
            _check(folder, moment + datetime.timedelta(hours=1))
    (folder / "evidence").mkdir()


def _application(folder: Path) -> None:
    shutil.copytree(HERE / "app", folder / "app", ignore=shutil.ignore_patterns("__pycache__"))
    assistant = folder / "app/assistant.py"
    assistant.write_text(assistant.read_text().replace(_FALLBACK, ""))
    (folder / ".gitignore").write_text("__pycache__/\n.env\nantkey-report/\n")
    (folder / "README.md").write_text(
        "# Acorn Ledger\n\nBooks for small firms, with an assistant.\n"
    )


def _policy(now: datetime.datetime) -> str:
    """antkey.toml, with what somebody has vouched for lately."""
    policy = (HERE / "antkey.toml").read_text(encoding="utf-8")
    return f"""{policy}
[[attestation]]
control = "incidents-are-answered-in-time"
statement = "The plan was rehearsed: revoked and replaced within 4 minutes, usage reviewed within the hour."
owner = "maya@acorn.example"
on = {_day(now, 60)}
expires = {_day(now, -120)}
"""


def _leak(folder: Path, key: str) -> None:
    deploy = folder / "deploy"
    deploy.mkdir()
    (deploy / "ledger.env").write_text(f"MODE=production\nANTHROPIC_API_KEY={key}\n")
    encoded = base64.b64encode(key.encode()).decode()
    (deploy / "secret.yaml").write_text(
        f"kind: Secret\nmetadata:\n  name: ledger\ndata:\n  api-key: {encoded}\n"
    )


def _bug(folder: Path) -> None:
    shutil.copy(HERE / "app/assistant.py", folder / "app")


def _inventory(
    texts: dict[Key, str], nonces: dict[Key, str], now: datetime.datetime, ago: int
) -> str:
    """keys.toml as it was some days ago: whose each key is and how old; no key text."""
    lines = ["# Acorn Ledger's keys. No key text, only what is needed to tell keys apart."]
    for key, text in texts.items():
        if key.age < ago:
            continue
        lines += ["", "[[keys]]", f'name = "{_name(key, now)}"']
        lines.append(f'environment = "{key.environment}"')
        lines += [f'service = "{key.service}"', f"created_at = {_day(now, key.age)}T09:00:00Z"]
        lines.append(f'tenant = "{key.tenant}"' if key.tenant else 'role = "platform"')
        if key.follows is not None:
            lines.append(f'replaces = "{_name(key._replace(age=key.follows), now)}"')
        if key.ended is not None and key.ended >= ago:
            lines += ['status = "inactive"', f"revoked_at = {_day(now, key.ended)}T09:00:00Z"]
        else:
            lines.append(f"last_used_at = {_day(now, ago)}T08:00:00Z")
        owner = "maya" if key.environment == "prod" else "tom"
        digest = hashlib.sha256(text.encode()).hexdigest()
        lines += [
            f'created_by = "{owner}@acorn.example"',
            f'hint = "{text[:16]}...{text[-4:]}"',
            f'fingerprint = "sha256:{digest}"',
            f'version = "{key.version}"',
            'validation_status = "valid"',
            'set_by_role = "security"',
            f'encryption = {{ algorithm = "AES-256-GCM", nonce = "{nonces[key]}", kdf = "scrypt" }}',
            "spend_limit = { daily_usd = 40, monthly_usd = 900, alerts_percent = [50, 75, 90] }",
        ]
    for name in ("maya", "tom"):
        lines += ["", "[[members]]", f'email = "{name}@acorn.example"', 'status = "active"']
    for name in ("birch", "cedar"):
        lines += ["", "[[tenants]]", f'name = "{name}"', 'status = "active"', 'mode = "byo"']
    return "\n".join(lines) + "\n"


def _name(key: Key, now: datetime.datetime) -> str:
    return f"{key.environment}-{key.service}-{_day(now, key.age)}"


def _day(now: datetime.datetime, ago: int) -> str:
    return (now - datetime.timedelta(days=ago)).date().isoformat()


def _git(folder: Path, moment: datetime.datetime, *arguments: str) -> None:
    """git with a made-up author and nobody's configuration."""
    who = {
        f"GIT_{role}_{what}": value
        for role in ("AUTHOR", "COMMITTER")
        for what, value in (
            ("NAME", "Tom"),
            ("EMAIL", "tom@acorn.example"),
            ("DATE", moment.isoformat()),
        )
    }
    alone = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    subprocess.run(["git", *arguments], cwd=folder, env=kept | alone | who, check=True)


def _check(folder: Path, moment: datetime.datetime) -> None:
    """antkey check as of a day; what it says goes into its history of runs alone."""
    with tempfile.TemporaryDirectory() as reports:
        subprocess.run(
            [*ANTKEY, "check", "-q", "--now", moment.isoformat(), "--report-dir", reports],
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )


def prove(folder: Path, now: datetime.datetime) -> None:
    """Run the tests of the assistant under antkey, which writes down whose key each request carried."""
    tenants = [word for name in ("birch", "cedar") for word in ("--tenant", name)]
    scenarios = [word for name in ("ok", "no-key", "429") for word in ("--scenario", name)]
    subprocess.run(
        [
            *(*ANTKEY, "egress", "run", *tenants, *scenarios),
            *("--evidence", "evidence/tests.jsonl", "-q", "--now", now.isoformat()),
            *("--", sys.executable, "app/test_assistant.py"),
        ],
        cwd=folder,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    if not (folder / "evidence/tests.jsonl").is_file():
        sys.exit("antkey egress run wrote no evidence; run it by hand to see why")


def main() -> None:
    """Make the company, unless its folder is there."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--now", type=datetime.datetime.fromisoformat)
    parser.add_argument("--past", action="store_true", help="check it on earlier days too")
    arguments = parser.parse_args()
    if arguments.folder.exists():
        sys.exit(f"{arguments.folder}: is there; remove it or name another folder")
    now = arguments.now or datetime.datetime.now(datetime.UTC).replace(microsecond=0)
    build(arguments.folder, now, past=arguments.past)
    prove(arguments.folder, now)


if __name__ == "__main__":
    main()
