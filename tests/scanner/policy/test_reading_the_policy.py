"""What a policy may say, and how it is told what is wrong: file, line, key, problem, cure."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from antkey_scanner.errors import PolicyError
from antkey_scanner.policy import Accept, Policy, Waiver, load_policy

NOW = 1_795_000_000.0  # 2026-11-18

CONTRACT_EXAMPLE = """\
profile = "strict-byok"

[scan]
paths = ["."]
exclude = ["tests/fixtures/**"]
history = true
detect_secrets = true
visible_key_characters = 6

[[scan.accept]]
path = "tests/data/locked.zip"
reason = "encrypted sample, no secrets inside"

[rotation]
max_age_days = 90
warn_days = 14
overlap_hours = 48
[rotation.environments.prod]
max_age_days = 30

[egress]
allowed_hosts = ["api.anthropic.com"]
fallback = "never"
grace_seconds = 60
surfaces = ["chat", "kb-drafts"]
platform_env = ["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"]
evidence = ["evidence/*.jsonl"]
allowed_models = ["claude-*"]
tenant_from = ["header:x-tenant-id", "field:tenant", "host:{tenant}.gateway.example.com"]
[egress.fields]
time = "ts"
key = "request.headers.x-api-key"

[inventory]
files = ["keys.toml"]
source = "anthropic"
base_url = "https://gateway.example.com"

[keys]
name_pattern = "^[a-z]+-[a-z-]+-[0-9-]{10}$"
max_active = 10
unused_days = 30
environments = ["dev", "staging", "prod"]
allowed_setter_roles = ["owner"]
require_spend_limit = true
alerts_percent = [50, 75, 90]

[[waiver]]
rule = "key-past-rotation-age"
key = "prod-api-gateway-2026-04-25"
reason = "vendor freeze"
owner = "security@example.com"
expires = 2026-12-31
"""


def test_everything_that_the_contract_shows_is_accepted(read: Callable[..., Policy]) -> None:
    policy = read(CONTRACT_EXAMPLE)
    assert policy.ref.path == "antkey.toml"
    assert policy.ref.profile == "strict-byok"
    assert policy.ref.sha256 == hashlib.sha256(CONTRACT_EXAMPLE.encode()).hexdigest()
    assert policy.scan.paths == (".",)
    assert policy.scan.exclude == ("tests/fixtures/**",)
    assert policy.scan.history is True
    assert policy.scan.detect_secrets is True
    assert policy.scan.visible_key_characters == 6
    assert policy.scan.accept == (
        Accept("tests/data/locked.zip", "encrypted sample, no secrets inside"),
    )
    assert policy.waivers == (
        Waiver(
            rule="key-past-rotation-age",
            key="prod-api-gateway-2026-04-25",
            reason="vendor freeze",
            owner="security@example.com",
            expires="2026-12-31",
        ),
    )


def test_the_same_policy_holds_in_pyproject_toml(read: Callable[..., Policy]) -> None:
    moved = re.sub(r"^(\[+)", r"\1tool.antkey.", CONTRACT_EXAMPLE, flags=re.MULTILINE)
    policy = read("[tool.antkey]\n" + moved, name="pyproject.toml")
    assert policy.scan == read(CONTRACT_EXAMPLE).scan


def test_an_empty_policy_is_the_defaults(read: Callable[..., Policy]) -> None:
    assert read("").scan == Policy().scan


@pytest.mark.parametrize("text", ['tenant_from = "header:x-tenant"', "tenant_from = ['field:t']"])
def test_the_only_source_of_tenants_may_stand_alone(read: Callable[..., Policy], text: str) -> None:
    assert read(f"[egress]\n{text}\n").waivers == ()


def test_a_byte_order_mark_and_windows_line_ends_are_fine(read: Callable[..., Policy]) -> None:
    assert read("\ufeff" + CONTRACT_EXAMPLE.replace("\n", "\r\n")).scan.history is True


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("profil = 1", 'antkey.toml:1: profil: unknown key; did you mean "profile"?'),
        ("[scam]", 'antkey.toml:1: scam: unknown key; did you mean "scan"?'),
        (
            "\n[scan]\nexclud = []",
            'antkey.toml:3: scan.exclud: unknown key; did you mean "exclude"?',
        ),
        (
            "[scan]\nfollow-links = true",
            "antkey.toml:2: scan.follow-links: unknown key; known here: ",
        ),
        ("scan.max-age = 1", "antkey.toml:1: scan.max-age: unknown key; "),
        ("[rotation]\nmax-age-days = 1", 'unknown key; did you mean "max_age_days"?'),
        ("profile = 'strict'", "antkey.toml:1: profile: unknown value; "),
        ("profile = 'strict-byokk'", 'unknown value; did you mean "strict-byok"?'),
        ("profile = ['strict-byok']", "profile: is a list; write it as a string, in quotes"),
        ("profile = ''", "profile: is empty; write something or take the line out"),
        ("[scan]\npaths = '.'", "antkey.toml:2: scan.paths: is a string; write a list in brackets"),
        ("[scan]\npaths = []", "scan.paths: is an empty list; name at least one"),
        (
            "[scan]\npaths = [\n'.',\n 3]",
            "antkey.toml:4: scan.paths[2]: is a number; write it as a",
        ),
        ("[scan]\nexclude = ['a\\b']", "scan.exclude[1]: has a backslash; write /"),
        ("[scan]\nhistory = 'yes'", "scan.history: is a string; write true or false"),
        ("[scan]\nvisible_key_characters = -1", "out of range; use a number from 0 to 80"),
        ("[scan]\nvisible_key_characters = true", "is true or false; write a number"),
        ("scan = 3", "antkey.toml:1: scan: is a number; it must be a table"),
        ("[[scan]]", "antkey.toml:1: scan: is a list; it must be a table"),
        ("[scan.accept]\npath = 'x'", "scan.accept: is one table; write [[scan.accept]]"),
        ("[[scan.accept]]\npath = 'x'", "antkey.toml:1: scan.accept[1].reason: is missing"),
        (
            "[[scan.accept]]\npath='a'\nreason='  '",
            "antkey.toml:3: scan.accept[1].reason: is empty",
        ),
        (
            "[rotation]\nmax_age_days = 0",
            "rotation.max_age_days: is out of range; use a number from 1",
        ),
        ("[rotation]\nmax_age_days = 1.5", "rotation.max_age_days: has a fraction"),
        ("[rotation]\noverlap_hours = nan", "rotation.overlap_hours: is out of range"),
        ("[rotation]\noverlap_hours = inf", "rotation.overlap_hours: is out of range"),
        ("[rotation]\nmax_age_days = 1" + "0" * 400, "rotation.max_age_days: is out of range"),
        (
            "[rotation]\nmax_age_days = 9\nwarn_days = 9",
            "antkey.toml:1: rotation: warn_days is not b",
        ),
        (
            "[rotation.environments]\nprod = 3",
            "antkey.toml:2: rotation.environments.prod: is a numb",
        ),
        (
            "[rotation.environments.prod]\nage = 3",
            "antkey.toml:2: rotation.environments.prod.age: u",
        ),
        (
            "rotation.environments.'p.q'.warn_days = -1",
            "rotation.environments.p.q.warn_days: is out",
        ),
        (
            "[egress]\nfallback = 'always'",
            "egress.fallback: unknown value; use one of: never, when-n",
        ),
        (
            "[egress]\nallowed_hosts = ['https://x.example']",
            "egress.allowed_hosts[1]: is no host nam",
        ),
        ("[egress]\nplatform_env = ['A-B']", "is no environment variable's name"),
        ("[egress]\ntenant_from = ['cookie:x']", "egress.tenant_from[1]: is no source of a tenant"),
        (
            "[egress]\ntenant_from = 'host:x.example'",
            "egress.tenant_from: does not say where the te",
        ),
        ("[egress.fields]\nwhen = 'ts'", "egress.fields.when: unknown key"),
        ("[inventory]\nsource = 'aws'", "inventory.source: unknown value"),
        ("[inventory]\nbase_url = 'http://x.example'", "inventory.base_url: is no base URL"),
        ("[keys]\nname_pattern = '('", "keys.name_pattern: is no regular expression"),
        ("[keys]\nalerts_percent = [50, 101]", "keys.alerts_percent[2]: is out of range"),
        ("waiver = {rule = 'a'}", "antkey.toml:1: waiver: is one table; write [[waiver]]"),
        (
            "[[waiver]]\nrule='a'\nreason='b'\nkey='c'",
            "antkey.toml:1: waiver[1].expires: is missing",
        ),
        (
            "[[waiver]]\nrule='a'\nreason='b'\nexpires=2027-01-01",
            "antkey.toml:1: waiver[1]: waives everything the rule will ever find; add path or key",
        ),
        (
            "[[waiver]]\nrule='A b'\nreason='b'\nkey='c'\nexpires=2027-01-01",
            "antkey.toml:2: waiver[1].rule: is no rule's id",
        ),
        (
            "[[waiver]]\nrule='a'\nreason='b'\nkey='c'\nexpires='2027-01-01'",
            "antkey.toml:5: waiver[1].expires: is a string; write a date without quotes",
        ),
        (
            "[[waiver]]\nrule='a'\nreason='b'\nkey='c'\nexpires=2027-01-01T00:00:00Z",
            "antkey.toml:5: waiver[1].expires: is a date with a time; write a date without quotes",
        ),
    ],
)
def test_each_mistake_is_named_with_its_place_and_its_cure(
    refusal: Callable[..., str], text: str, message: str
) -> None:
    assert message in refusal(text)


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file(
    refusal: Callable[..., str],
) -> None:
    lines = refusal("[scan]\nhistory = 1\nbogus = 2\n[keys]\nmax_active = 0\n").splitlines()
    assert [line.split(": ")[0] for line in lines] == [f"antkey.toml:{n}" for n in (2, 3, 5)]


def test_a_hundred_mistakes_are_cut_with_a_notice(refusal: Callable[..., str]) -> None:
    lines = refusal("".join(f"key{n} = 1\n" for n in range(100))).splitlines()
    assert len(lines) == 21
    assert lines[-1] == "antkey.toml: 80 more problems"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a = \n", "antkey.toml:1: broken TOML"),
        ("\n\n[scan\n", "antkey.toml:3: broken TOML (expected ']' at the end of a table decl"),
        (
            "profile 3\n",
            "antkey.toml:1: broken TOML (expected '=' after a key in a key/value pair, col",
        ),
        ("[scan]\n[scan]\n", "antkey.toml:2: broken TOML"),
        ('profile = "strict', "antkey.toml:1: broken TOML"),
        ('\nprofile = """strict\n\n', "antkey.toml:2: broken TOML"),
        ("a = 2026-13-45\n", "antkey.toml:1: broken TOML"),
        ("a = " + "1" * 5000, "antkey.toml: broken TOML"),
        ("a = " + "[" * 5000, "antkey.toml: "),
        ("a = {x = 1, x = 2}", "antkey.toml:1: broken TOML (duplicate inline table key, column"),
    ],
)
def test_broken_toml_is_placed(refusal: Callable[..., str], text: str, place: str) -> None:
    assert refusal(text).startswith(place)


def test_a_file_that_is_not_utf_8_is_placed(tmp_path: Path) -> None:
    (tmp_path / "antkey.toml").write_bytes(b"# fine\n# caf\xe9\n")
    with pytest.raises(PolicyError, match=r"antkey\.toml:2: is not UTF-8"):
        load_policy(None, str(tmp_path), NOW)


def test_names_in_messages_move_no_cursor(refusal: Callable[..., str]) -> None:
    message = refusal('"\\u001b[2J\\u000a" = 1\n')
    assert message.isprintable()
    assert "\\x1b[2J\\n: unknown key" in message


def test_long_names_are_not_echoed_in_full(
    refusal: Callable[..., str], make_key: Callable[..., str]
) -> None:
    secret = make_key().removeprefix("sk-ant-api03-")
    assert secret[:12] not in refusal(f"{secret} = 1\n")


def test_a_waiver_holds_to_the_end_of_its_day(read: Callable[..., Policy]) -> None:
    assert read(CONTRACT_EXAMPLE, now=1_798_761_599.0).waivers  # 2026-12-31T23:59:59Z


def test_an_expired_waiver_names_itself(refusal: Callable[..., str]) -> None:
    message = refusal(CONTRACT_EXAMPLE, now=1_798_761_600.0)
    assert message.startswith("antkey.toml:48: waiver[1]: the waiver of key-past-rotation-age")
    for part in ("prod-api-gateway-2026-04-25", "2026-12-31", "vendor freeze", "security@example"):
        assert part in message


def test_the_lines_of_a_nested_policy_are_those_of_the_file(refusal: Callable[..., str]) -> None:
    text = "[project]\nname = 'x'\n\n[tool.antkey.scan]\nhistry = true\n"
    message = refusal(text, name="pyproject.toml")
    assert (
        message == 'pyproject.toml:5: tool.antkey.scan.histry: unknown key; did you mean "history"?'
    )


def test_the_contract_s_example_is_toml() -> None:
    assert tomllib.loads(CONTRACT_EXAMPLE)["waiver"][0]["rule"] == "key-past-rotation-age"
