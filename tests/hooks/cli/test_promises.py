"""The policies in examples/: a product that keeps the promise passes, one that breaks it does not."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.hooks.cli.conftest import Antkey
from tests.hooks.cli.dated import date
from tests.hooks.cli.promises import Key, MakeKey, app, inventory, page, recorded, request
from tests.scanner.git.conftest import Git

NOW = "2026-11-20T12:00:00Z"
FAULTS = ("401", "403", "429", "529", "timeout", "cut-stream")
MASKED = "<p>Your key: sk-ant-…igAA</p>"
SET_BY = 'created_by = "maya@example.com"\nset_by_role = "super-admin"\n'
LIMIT = "spend_limit = {monthly_usd = 200, alerts_percent = [50, 75, 80, 90, 100]}\n"
MEMBERS = '[[members]]\nemail = "maya@example.com"\n'
TENANTS = '[[tenants]]\nname = "acme"\n[[tenants]]\nname = "globex"\n'


class World:
    """A product with one of the policies."""

    def __init__(self, folder: Path, antkey: Antkey, make_key: MakeKey) -> None:
        self.folder, self.make_key, self._antkey = folder, make_key, antkey
        self.found: list[tuple[str, str, int]] = []

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def change(self, name: str, old: str, new: str) -> None:
        text = (self.folder / name).read_text()
        assert old in text
        self.write(name, text.replace(old, new))

    def key(self, name: str, created: str = "2026-11-01T00:00:00Z", fields: str = "") -> Key:
        return Key(name, self.make_key(), created, fields)

    def play(self, *scenarios: str, tenants: tuple[str, ...] = ("acme", "globex")) -> None:
        """Write evidence of a run of the application."""
        (self.folder / "evidence").mkdir(exist_ok=True)
        options = [part for tenant in tenants for part in ("--tenant", tenant)]
        options += [part for scenario in scenarios for part in ("--scenario", scenario)]
        self._antkey(
            *("egress", "run", "-q", "--exit-zero", "--evidence", "evidence/run.jsonl"),
            *(*options, "--", sys.executable, "app.py"),
        )
        date(self.folder / "evidence/run.jsonl", "2026-11-19T12:00:00Z")

    def check(self) -> tuple[int, dict[str, Any]]:
        """The exit code, and the controls by id."""
        git = Git(self.folder)
        git("add", "-A")
        git("commit", "-q", "-m", "as it is")
        report = self.folder.parent / f"{self.folder.name}-report"
        done = self._antkey(
            "check", "-q", "--now", NOW, "--no-history", "--report-dir", str(report)
        )
        document = json.loads((report / "results.json").read_text())
        assert document["exit_code"] == done.returncode
        self.found = [
            (one["rule"], one["location"]["path"], one["location"]["line"])
            for one in document["findings"]
            if one["status"] == "open" and one["severity"] != "info"
        ]
        return done.returncode, {one["id"]: one for one in document["controls"]}

    def broken(self) -> set[str]:
        """The controls that fail in a run that fails."""
        code, controls = self.check()
        assert code == 1
        return {name for name, one in controls.items() if one["status"] == "fail"}


Build = Callable[[str], World]


@pytest.fixture
def build(tmp_path: Path, antkey: Antkey, make_key: MakeKey, checkout: Path) -> Build:
    """Makes the product that keeps the promise of an example."""

    def made(name: str) -> World:
        Git(tmp_path).init()
        shutil.copyfile(checkout / "examples" / name / "antkey.toml", tmp_path / "antkey.toml")
        world = World(tmp_path, antkey, make_key)
        MAKERS[name](world)
        return world

    return made


def without_fallback(world: World) -> None:
    world.write("app.py", app(["acme", "globex"], ["chat", "articles"]))
    world.play("ok", "no-key", "401", "429", "rotate")
    page(world.folder, MASKED)
    old = world.key(
        "prod-acme-2026-08-20",
        "2026-08-20T00:00:00Z",
        SET_BY + 'tenant = "acme"\nstatus = "archived"\nrevoked_at = 2026-11-02T00:00:00Z\n',
    )
    new = world.key(
        "prod-acme-2026-11-01",
        fields=SET_BY + LIMIT + f'tenant = "acme"\nreplaces = "{old.name}"\n',
    )
    other = world.key(
        "prod-globex-2026-10-01", "2026-10-01T00:00:00Z", SET_BY + LIMIT + 'tenant = "globex"\n'
    )
    inventory(world.folder, [old, new, other], MEMBERS + TENANTS)


def with_an_optional_key(world: World) -> None:
    world.write("app.py", app(["acme"], ["chat", "drafts"], shared=True))
    world.play("ok", "no-key", "429", "rotate", tenants=("acme",))


def managed_or_own(world: World) -> None:
    valid = 'validation_status = "valid"\n'
    ours = world.key(
        "prod-platform-2026-10-01", "2026-10-01T00:00:00Z", valid + 'role = "platform"\n'
    )
    theirs = world.key("prod-acme-2026-11-05", "2026-11-05T00:00:00Z", valid + 'tenant = "acme"\n')
    more = (
        '[[tenants]]\nname = "acme"\nmode = "byo"\n'
        'history = [{mode = "managed", from = 2026-10-01T00:00:00Z},'
        ' {mode = "byo", from = 2026-11-05T00:00:00Z}]\n[[tenants]]\nname = "globex"\nmode = "managed"\n'
    )
    inventory(world.folder, [ours, theirs], more)
    world.write("settings.toml", '[gateway]\nanthropic_base_url = "https://api.anthropic.com"\n')
    recorded(
        world.folder,
        [
            request("2026-10-20T09:00:00Z", "acme", ours),
            request("2026-11-10T09:00:00Z", "globex", ours),
            request("2026-11-10T09:00:01Z", "acme", theirs),
        ],
    )


def one_for_each_workspace(world: World) -> None:
    world.write("app.py", app(["acme", "globex"], ["chat"]))
    world.play("ok", "no-key", *FAULTS, "rotate")
    page(world.folder, MASKED)
    keys = [
        world.key(
            f"prod-{name}-2026-11-01",
            fields=f'tenant = "{name}"\nencryption = {{algorithm = "AES-256-GCM", nonce = "{nonce * 12}",'
            ' kdf = "scrypt"}\n',
        )
        for name, nonce in (("acme", "0a"), ("globex", "0b"))
    ]
    inventory(world.folder, keys, TENANTS)
    world.write("logs/today.log", "12:00:01 key sk-ant-api03-Ab… answered 200\n")


def kept_well(world: World) -> None:
    used = "last_used_at = 2026-11-19T00:00:00Z\n"
    old = world.key(
        "prod-search-2026-08-20",
        "2026-08-20T00:00:00Z",
        'service = "search"\nenvironment = "prod"\nstatus = "archived"\nrevoked_at = 2026-11-02T12:00:00Z\n',
    )
    new = world.key(
        "prod-search-2026-11-01",
        fields=f'{used}{LIMIT}service = "search"\nenvironment = "prod"\nreplaces = "{old.name}"\n',
    )
    others = [
        world.key(
            f"{place}-search-2026-10-01",
            "2026-10-01T00:00:00Z",
            f'{used}{LIMIT}service = "search"\nenvironment = "{place}"\n',
        )
        for place in ("dev", "staging")
    ]
    inventory(world.folder, [old, new, *others])
    world.write(".gitignore", ".env\n")
    world.write("app.py", 'import os\n\nKEY = os.environ["ANTHROPIC_API_KEY"]\n')


MAKERS = {
    "no-fallback": without_fallback,
    "optional-key": with_an_optional_key,
    "managed-or-own-key": managed_or_own,
    "workspace-keys": one_for_each_workspace,
    "well-kept-keys": kept_well,
}


@pytest.mark.parametrize("name", MAKERS)
def test_a_product_that_keeps_the_promise_passes(build: Build, name: str) -> None:
    world = build(name)
    code, controls = world.check()
    unseen = [one["evidence"] for one in controls.values() if one["status"] == "not-assessed"]
    assert (code, world.found) == (0, []), unseen


def test_without_proof_no_promise_is_kept(build: Build) -> None:
    world = build("no-fallback")
    (world.folder / "evidence" / "run.jsonl").unlink()
    code, controls = world.check()
    assert code == 4
    assert controls["no-requests-without-a-key"]["status"] == "not-assessed"


def test_a_second_try_on_the_platform_s_key_breaks_the_first(build: Build) -> None:
    world = build("no-fallback")
    pause = 'return f"paused: {error}"'
    world.change("app.py", pause, 'return ask(os.environ["ANTHROPIC_API_KEY"])')
    world.play("429")
    assert "no-fallback-on-errors" in world.broken()


def test_requests_without_a_key_break_the_first(build: Build) -> None:
    world = build("no-fallback")
    world.change("app.py", 'return "off"', 'return ask(os.environ["ANTHROPIC_API_KEY"])')
    world.play("no-key")
    assert "no-requests-without-a-key" in world.broken()


def test_the_platform_s_key_for_a_customer_with_one_breaks_the_second(build: Build) -> None:
    world = build("optional-key")
    world.change(
        "app.py",
        "    key = customer_key(customer)\n",
        '    key = os.environ["ANTHROPIC_API_KEY"]\n',
    )
    world.play("ok", tenants=("acme",))
    assert "requests-carry-the-tenants-key" in world.broken()


def test_a_surface_that_was_never_seen_leaves_the_second_open(build: Build) -> None:
    world = build("optional-key")
    world.change("antkey.toml", '"drafts"]', '"drafts", "seo"]')
    code, controls = world.check()
    assert (code, controls["every-surface-was-seen"]["status"]) == (4, "not-assessed")


def test_our_key_after_the_change_of_mode_breaks_the_third(build: Build) -> None:
    world = build("managed-or-own-key")
    lines = (world.folder / "traffic" / "gateway.jsonl").read_text().splitlines()
    late = json.loads(lines[0]) | {"time": "2026-11-12T09:00:00Z"}
    recorded(world.folder, [*map(json.loads, lines), late])
    assert "requests-carry-the-tenants-key" in world.broken()


def test_a_base_url_inside_breaks_the_third(build: Build) -> None:
    world = build("managed-or-own-key")
    world.change("settings.toml", "https://api.anthropic.com", "https://169.254.169.254")
    assert world.broken() == {"base-urls-are-public-and-encrypted"}


def test_a_nonce_that_is_used_twice_breaks_the_fourth(build: Build) -> None:
    world = build("workspace-keys")
    world.change("keys.toml", "0b" * 12, "0a" * 12)
    assert world.broken() == {"keys-are-encrypted-at-rest"}


def test_a_key_on_a_page_breaks_the_fourth(build: Build) -> None:
    world = build("workspace-keys")
    page(world.folder, f"<p>Your key: {world.make_key()}</p>")
    assert {"keys-stay-on-the-server", "no-leaked-key"} <= world.broken()


def test_another_workspace_s_key_breaks_the_fourth(build: Build) -> None:
    world = build("workspace-keys")
    world.change("app.py", "customer_key(customer)\n", 'customer_key("acme")\n')
    world.play("ok")
    assert "requests-carry-the-tenants-key" in world.broken()


def test_an_overdue_key_breaks_the_fifth(build: Build) -> None:
    world = build("well-kept-keys")
    world.change("keys.toml", "dev-search-2026-10-01", "dev-search-2026-08-01")
    world.change("keys.toml", "created_at = 2026-10-01", "created_at = 2026-08-01")
    assert "keys-are-rotated" in world.broken()


def test_a_committed_key_breaks_the_fifth(build: Build) -> None:
    world = build("well-kept-keys")
    world.write("app.py", f'client = make(api_key="{world.make_key()}")\n')
    world.check()
    world.write("app.py", "client = make()\n")
    assert "no-leaked-key" in world.broken()  # it is in the history


def test_one_key_in_two_environments_breaks_the_fifth(build: Build) -> None:
    world = build("well-kept-keys")
    text = (world.folder / "keys.toml").read_text()
    *_, one, two = [line for line in text.splitlines() if line.startswith("fingerprint")]
    world.change("keys.toml", one, two)
    assert "one-key-per-environment" in world.broken()
