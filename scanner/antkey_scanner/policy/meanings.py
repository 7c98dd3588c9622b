"""What each key of a policy means: the one text for editors, the reference and the policy that is written.

Data only, beside `policy.schema`, which says what a value may be. A test fails when a key has no meaning.
"""

from __future__ import annotations

from typing import NamedTuple


class Meaning(NamedTuple):
    """What a key is for, in one or two sentences.

    example: a value as TOML that is valid as it stands, "" for a table, whose keys have theirs; usual:
    what holds without the key, as TOML, or in words where no value says it.
    """

    text: str
    example: str = ""
    usual: str = ""


MEANINGS = {
    "profile": Meaning(
        "What is promised, as a named set of controls and values that every other key may change."
        " strict-byok: no request on the platform's key, ever; optional-byok and managed-or-byo: only for"
        " tenants without a key of their own; key-hygiene: no tenants, keys are kept well.",
        '"strict-byok"',
        '"key-hygiene"',
    ),
    "scan": Meaning("Where leaked keys and unsafe code and settings are looked for."),
    "scan.paths": Meaning(
        "What is scanned when the command names nothing, relative to the policy's folder.",
        '["."]',
        "the working folder",
    ),
    "scan.exclude": Meaning(
        "Globs, as in .gitignore, of what is left out.", '["node_modules/**"]', "[]"
    ),
    "scan.history": Meaning(
        "Also search every object of the git repositories found: all that was ever committed, stashed or"
        " staged. With false, antkey check judges by files alone, and its evidence says so.",
        "true",
        "antkey check searches it where there is one, antkey scan does not",
    ),
    "scan.accept": Meaning(
        "An omission that everybody knows about, such as an encrypted archive: listed in the report, does"
        " not make the run incomplete."
    ),
    "scan.accept.path": Meaning(
        "A glob over the paths of what was not read.", '"tests/data/locked.zip"', "required"
    ),
    "scan.accept.reason": Meaning(
        "Why that is all right.", '"encrypted sample, no secrets inside"', "required"
    ),
    "scan.visible_key_characters": Meaning(
        "How many characters of a key's random part a masked key may show; Anthropic's Console shows"
        " three and the last four.",
        "7",
        "7",
    ),
    "scan.providers": Meaning(
        "Also look for the keys of other providers of models: OpenRouter, OpenAI, Google and others.",
        "true",
        "false",
    ),
    "scan.detect_secrets": Meaning(
        "Also run the detectors of detect-secrets, and honour its baseline.", "true", "false"
    ),
    "scan.detect_secrets_plugins": Meaning(
        "Exactly these detectors of detect-secrets, by their names there.",
        '["AWSKeyDetector"]',
        "those of its baseline, else those that seldom err",
    ),
    "scan.inline_ignores": Meaning(
        "Whether a mark beside a key (antkey: ignore[RULE] REASON) waives a finding.",
        "false",
        "true",
    ),
    "scan.code": Meaning("Judge source code and settings too.", "false", "true"),
    "scan.accept_marks": Meaning(
        "Other scanners whose marks count as antkey's own do.",
        '["detect-secrets", "gitleaks"]',
        "[]",
    ),
    "rotation": Meaning(
        "How old keys may become. Ages count from created_at in exact UTC seconds."
    ),
    "rotation.max_age_days": Meaning(
        "A key that is older than this many days of 86,400 s is overdue.", "90", "90"
    ),
    "rotation.warn_days": Meaning(
        "How many days before that a key is shown as due soon; that never fails.", "14", "14"
    ),
    "rotation.overlap_hours": Meaning(
        "How long a replaced key may stay active beside its successor.", "48", "48"
    ),
    "rotation.environments": Meaning(
        "Other limits for the keys of one environment, by its name: [rotation.environments.prod]."
    ),
    "egress": Meaning("What outgoing requests are judged by, live and recorded."),
    "egress.allowed_hosts": Meaning(
        "The hosts that a key may be sent to.", '["api.anthropic.com"]', '["api.anthropic.com"]'
    ),
    "egress.fallback": Meaning(
        "When a tenant's request may carry the platform's key.",
        '"never"',
        "what the profile promises",
    ),
    "egress.grace_seconds": Meaning(
        "How long after a key change the old key may still be seen, the last second included.",
        "60",
        "60",
    ),
    "egress.surfaces": Meaning(
        "The parts of the application that call Claude; each must be seen for every tenant, or it is not"
        " assessed.",
        '["chat"]',
        "[]",
    ),
    "egress.platform_env": Meaning(
        "The environment variables that hold the platform's own key.",
        '["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"]',
        '["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"]',
    ),
    "egress.evidence": Meaning(
        "Globs of recorded requests that antkey check judges: what antkey egress run --evidence wrote,"
        " HAR files, JSON lines of a gateway and others.",
        '["evidence/*.jsonl"]',
        "[]",
    ),
    "egress.max_age_days": Meaning(
        "How many days old evidence may be that a control passes by. What is wrong in older evidence"
        " counts all the same.",
        "30",
        "30",
    ),
    "egress.allowed_models": Meaning(
        "Globs over the models that may be asked for; without one, any.", '["claude-*"]', "[]"
    ),
    "egress.tenant_from": Meaning(
        "Where a request says for whom it was made, tried in order: header:NAME, field:NAME or"
        " host:{tenant}.example.com.",
        '["header:x-tenant-id", "field:tenant"]',
        "the fields of the evidence",
    ),
    "egress.fields": Meaning(
        "Names in recorded JSON lines that differ from those of antkey's own evidence; dots lead into"
        " objects."
    ),
    "egress.fields.time": Meaning("When the request started.", '"ts"', '"time"'),
    "egress.fields.tenant": Meaning("For whom it was.", '"customer"', '"tenant"'),
    "egress.fields.surface": Meaning("The part of the application.", '"feature"', '"surface"'),
    "egress.fields.scenario": Meaning("The scenario it ran in.", '"case"', '"scenario"'),
    "egress.fields.host": Meaning("The host that was asked.", '"request.host"', '"host"'),
    "egress.fields.method": Meaning("The HTTP method.", '"request.method"', '"method"'),
    "egress.fields.path": Meaning("The path of the URL.", '"request.path"', '"path"'),
    "egress.fields.header": Meaning("The header the key was in.", '"auth_header"', '"header"'),
    "egress.fields.source": Meaning("Whose key it was.", '"key_owner"', '"source"'),
    "egress.fields.key": Meaning(
        "The raw key, which is hashed as it is read and kept nowhere.",
        '"request.headers.x-api-key"',
        '"key"',
    ),
    "egress.fields.key_sha256": Meaning("SHA-256 of the key.", '"key_hash"', '"sha256"'),
    "egress.fields.key_hint": Meaning("The hint of the key.", '"key_masked"', '"hint"'),
    "egress.fields.model": Meaning("The model that was asked for.", '"request.model"', '"model"'),
    "egress.fields.status": Meaning("The status of the answer.", '"response.status"', '"status"'),
    "code": Meaning(
        "By which words source code tells whose a key is, beside those that antkey knows."
    ),
    "code.tenant_names": Meaning(
        "Single words that stand for a customer in names.", '["site", "studio"]', "[]"
    ),
    "code.platform_names": Meaning(
        "Single words that stand for the platform in names.", '["house"]', "[]"
    ),
    "inventory": Meaning("Where the list of keys is. It holds no key."),
    "inventory.files": Meaning(
        "Inventories and exports of secret stores (TOML, YAML, JSON or CSV), relative to the policy's"
        " folder.",
        '["keys.toml"]',
        "none",
    ),
    "inventory.source": Meaning(
        "Also what antkey keys sync has read from Anthropic's Admin API.", '"anthropic"', "none"
    ),
    "inventory.base_url": Meaning(
        "A gateway through which the Admin API is asked; HTTPS, or loopback.",
        '"https://gateway.example.com"',
        "Anthropic itself",
    ),
    "inventory.names": Meaning(
        "Globs over the names of what a secret store exports, where it holds other secrets too.",
        '["*anthropic*"]',
        "every name",
    ),
    "keys": Meaning("What else is asked of the keys in the inventory."),
    "keys.name_pattern": Meaning(
        "A regular expression that the whole name of a key matches; the groups environment, service and"
        " date say which part is which.",
        "'(?P<environment>[a-z]+)-(?P<service>[a-z-]+)-(?P<date>[0-9-]{10})'",
        "environment-service-date, such as prod-api-gateway-2026-04-25",
    ),
    "keys.max_active": Meaning("How many keys may be active at once.", "10", "any number"),
    "keys.unused_days": Meaning(
        "An active key that was not used for this many days is reported.", "30", "not asked for"
    ),
    "keys.environments": Meaning(
        "Environments of which each needs keys of its own.", '["dev", "staging", "prod"]', "[]"
    ),
    "keys.allowed_setter_roles": Meaning(
        "The roles that may save a tenant's key.", '["owner", "security"]', "not asked for"
    ),
    "keys.require_spend_limit": Meaning("Each active key needs a spend limit.", "true", "false"),
    "keys.alerts_percent": Meaning(
        "Thresholds that each spend limit must alert at.", "[50, 75, 90]", "[]"
    ),
    "controls": Meaning(
        "Which controls must hold, by their ids: [controls.keys-are-rotated]. A required one of which"
        " nothing was seen makes exit code 4."
    ),
    "controls.is": Meaning(
        "required: without evidence the run is undecided; optional: judged where there is evidence; off:"
        " a promise that is not made, shown as waived.",
        '"required"',
        "required",
    ),
    "controls.reason": Meaning(
        "Why; needed for optional and off.", '"no tenant has a key of its own yet"', "none"
    ),
    "controls.owner": Meaning("Who answers for it.", '"security@example.com"', "nobody"),
    "rules": Meaning(
        "How bad what a rule finds is, by the rule's id: [rules.key-name-off-convention]."
    ),
    "rules.severity": Meaning(
        "critical, high, medium, low, or info, which is shown and never fails.",
        '"info"',
        "required",
    ),
    "rules.reason": Meaning(
        "Why; needed where it is less than the rule is by itself.",
        '"names are agreed on next quarter"',
        "none",
    ),
    "attestation": Meaning(
        "What somebody vouches for, since no machine can see it. The control passes by it, shown as their"
        " word. One that has expired is an error that names itself."
    ),
    "attestation.control": Meaning(
        "The control's id; antkey rules list --requirements names them.",
        '"incidents-are-answered-in-time"',
        "required",
    ),
    "attestation.statement": Meaning(
        "What is so, in one sentence.",
        '"The runbook was rehearsed: revoked and replaced within 4 minutes."',
        "required",
    ),
    "attestation.owner": Meaning("Who says so.", '"security@example.com"', "required"),
    "attestation.on": Meaning(
        "The day on which it was said, without quotes.", "2026-10-01", "required"
    ),
    "attestation.expires": Meaning(
        "The last day it holds, in UTC, without quotes: at most two years (731 days) after on.",
        "2027-09-30",
        "required",
    ),
    "waiver": Meaning(
        "Findings that are tolerated until a day; shown with reason and owner, not counted. One that has"
        " expired is an error that names itself. path, key or both are needed."
    ),
    "waiver.rule": Meaning("The rule's id.", '"key-past-rotation-age"', "required"),
    "waiver.path": Meaning("A glob over the paths of findings.", '"docs/**"', "any path"),
    "waiver.key": Meaning(
        "A key: its name in the inventory, its hint or its SHA-256.",
        '"prod-api-gateway-2026-04-25"',
        "any key",
    ),
    "waiver.reason": Meaning("Why that is tolerated.", '"vendor freeze"', "required"),
    "waiver.owner": Meaning("Who answers for it.", '"security@example.com"', "nobody"),
    "waiver.expires": Meaning(
        "The last day it holds, in UTC, without quotes.", "2026-12-31", "required"
    ),
}
"""By dotted path. The keys of arrays' tables and of tables with names of your own stand below the array or
table; those below `rotation.environments` are those of `rotation`."""


def meaning(path: tuple[str, ...]) -> Meaning:
    """What the key at a path means, names that a user chooses left out. KeyError: nobody has said."""
    if path[:2] == ("rotation", "environments") and len(path) > 2:
        path = ("rotation", path[2])
    return MEANINGS[".".join(path)]
