"""The same inventory in four formats is the same sheet."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from antkey_scanner.errors import PolicyError
from antkey_scanner.inventory.records import (
    Encryption,
    KeyRecord,
    Member,
    Mode,
    Place,
    Sheet,
    Spend,
    Tenant,
)
from antkey_scanner.inventory.times import DAY

HASH = "0123456789abcdef" * 4
APRIL = 20_568 * DAY  # 2026-04-25

TOML = f"""\
schema = 1

[[keys]]
name = "prod-chat-2026-04-25"
role = "platform"
provider = "anthropic"
environment = "prod"
service = "chat"
tenant = "acme"
workspace = "main"
status = "inactive"
created_at = 2026-04-25T02:00:00+02:00
rotated_at = "2026-04-26T00:00:00Z"
expires_at = 2026-04-27 00:00:00Z
last_used_at = 2026-04-28T00:00:00.000001Z
revoked_at = 2026-04-29T00:00:00Z
replaces = "prod-chat-2026-01-25"
created_by = "user_1"
principal = "none"
set_by_role = "owner"
hint = "sk-ant-api03-R2D...igAA"
fingerprint = "SHA256:{HASH.upper()}"
version = 3
validation_status = "valid"
encryption = {{ algorithm = "AES-256-GCM", nonce = "00112233445566778899aabb", kdf = "scrypt" }}
unknown = ["last_used_at"]
[keys.spend_limit]
daily_usd = 5
monthly_usd = 99.5
alerts_percent = [50, 75, 90]

[[members]]
id = "user_1"
email = "a@example.com"
name = "A"
status = "left"
kind = "service_account"
role = "admin"

[[tenants]]
name = "acme"
status = "deleted"
mode = "byo"
environments = ["prod", "dev"]
history = [{{ mode = "managed", from = 2026-04-25T00:00:00Z }}]
"""

YAML = f"""\
schema: 1
keys:
  - name: prod-chat-2026-04-25
    role: platform
    provider: anthropic
    environment: prod
    service: 'chat'
    tenant: "acme"
    workspace: main
    status: inactive
    created_at: 2026-04-25T02:00:00+02:00
    rotated_at: 2026-04-26t00:00:00z
    expires_at: 2026-04-27 00:00:00Z
    last_used_at: 2026-04-28T00:00:00.0000019Z
    revoked_at: "2026-04-29T00:00:00-00:00"
    replaces: prod-chat-2026-01-25
    created_by: user_1
    principal: null
    set_by_role: owner
    hint: sk-ant-api03-R2D…igAA
    fingerprint: {HASH}
    version: 3
    validation_status: valid
    encryption:
      algorithm: AES-256-GCM
      nonce: "00112233445566778899aabb"
      kdf: scrypt
    unknown: [last_used_at]
    spend_limit: {{daily_usd: 5, monthly_usd: 99.5, alerts_percent: [50, 75, 90]}}
members:
- {{id: user_1, email: a@example.com, name: A, status: left, kind: service_account, role: admin}}
tenants:
- name: acme
  status: deleted
  mode: byo
  environments:
  - prod
  - dev
  history:
  - mode: managed
    from: 2026-04-25T00:00:00Z
"""

JSON = f"""\
{{"schema": 1, "keys": [
{{"name": "prod-chat-2026-04-25", "role": "platform", "provider": "anthropic", "environment": "prod",
  "service": "chat", "tenant": "acme", "workspace": "main", "status": "inactive",
  "created_at": "2026-04-25T02:00:00+02:00", "rotated_at": "2026-04-26T00:00:00Z",
  "expires_at": "2026-04-27T00:00:00Z", "last_used_at": "2026-04-28T00:00:00.000001Z",
  "revoked_at": "2026-04-29T00:00:00Z", "replaces": "prod-chat-2026-01-25", "created_by": "user_1",
  "principal": null, "set_by_role": "owner", "hint": "sk-ant-api03-R2D\\u2026igAA",
  "fingerprint": "sha256:{HASH}", "version": 3, "validation_status": "valid",
  "encryption": {{"algorithm": "AES-256-GCM", "nonce": "00112233445566778899aabb", "kdf": "scrypt"}},
  "unknown": ["last_used_at"], "id": null,
  "spend_limit": {{"daily_usd": 5, "monthly_usd": 99.5, "alerts_percent": [50, 75, 90]}}}}],
 "members": [{{"id": "user_1", "email": "a@example.com", "name": "A", "status": "left",
               "kind": "service_account", "role": "admin"}}],
 "tenants": [{{"name": "acme", "status": "deleted", "mode": "byo", "environments": ["prod", "dev"],
               "history": [{{"mode": "managed", "from": "2026-04-25T00:00:00Z"}}]}}]}}
"""

CSV = f"""\
name,role,provider,environment,service,tenant,workspace,status,created_at,rotated_at,expires_at,\
last_used_at,revoked_at,replaces,created_by,principal,set_by_role,hint,fingerprint,version,\
validation_status,encryption.algorithm,encryption.nonce,encryption.kdf,unknown,spend_limit.daily_usd,\
spend_limit.monthly_usd,spend_limit.alerts_percent
prod-chat-2026-04-25,platform,anthropic,prod,chat,acme,main,inactive,2026-04-25T02:00:00+02:00,\
2026-04-26T00:00:00Z,2026-04-27T00:00:00Z,2026-04-28T00:00:00.000001Z,2026-04-29T00:00:00Z,\
prod-chat-2026-01-25,user_1,none,owner,sk-ant-api03-R2D...igAA,sha256:{HASH},3,valid,AES-256-GCM,\
00112233445566778899aabb,scrypt,last_used_at,5,99.5,50;75; 90
"""

KEY = KeyRecord(
    place=Place("here", 1),
    name="prod-chat-2026-04-25",
    role="platform",
    provider="anthropic",
    environment="prod",
    service="chat",
    tenant="acme",
    workspace="main",
    status="inactive",
    created_at=APRIL,
    rotated_at=APRIL + DAY,
    expires_at=APRIL + 2 * DAY,
    last_used_at=APRIL + 3 * DAY + 1,
    revoked_at=APRIL + 4 * DAY,
    replaces="prod-chat-2026-01-25",
    created_by="user_1",
    principal="",
    set_by_role="owner",
    hint="sk-ant-api03-R2D…igAA",
    fingerprint=HASH,
    version="3",
    validation_status="valid",
    encryption=Encryption("AES-256-GCM", "00112233445566778899aabb", "scrypt"),
    spend_limit=Spend(5, 99.5, (50, 75, 90)),
    unknown=("last_used_at",),
)
MEMBER = Member("user_1", "a@example.com", "A", "left", "service_account", "admin")
TENANT = Tenant("acme", "deleted", "byo", ("prod", "dev"), (Mode("managed", APRIL),))

FORMS = {"toml": TOML, "yaml": YAML, "json": JSON, "csv": CSV}


@pytest.mark.parametrize("form", FORMS)
def test_every_field_is_read_in_every_format(read: Callable[..., Sheet], form: str) -> None:
    sheet = read(FORMS[form], form)
    [key] = sheet.keys
    assert key._replace(place=KEY.place) == KEY
    assert isinstance(key, KeyRecord)
    assert isinstance(key.place, Place)
    if form != "csv":
        assert (sheet.members, sheet.tenants) == ((MEMBER,), (TENANT,))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("ending", ["its own", None])
def test_marks_line_ends_and_missing_file_names_change_nothing(
    read: Callable[..., Sheet], form: str, mark: str, ends: str, ending: str | None
) -> None:
    text = mark + FORMS[form].replace("\n", ends)
    [key] = read(text.encode(), form if ending else None).keys
    assert key._replace(place=KEY.place) == KEY


@pytest.mark.parametrize(
    ("form", "line"), [("toml", 3), ("yaml", 3), ("json", 2), ("csv", 2)], ids=str
)
def test_each_record_knows_its_line(read: Callable[..., Sheet], form: str, line: int) -> None:
    assert read(FORMS[form], form).keys[0].place == Place(f"keys.{form}", line)


@pytest.mark.parametrize(
    ("form", "text", "lines"),
    [
        (
            "toml",
            "[[keys]]\nname = 'a'\n\n# b\n[[keys]]\nname = 'b'\n[[keys]]\nid = \"c\"\n",
            [1, 5, 7],
        ),
        ("toml", 'keys = [\n  {name = "a"},\n\n  {name = "b"}, {name = "c"}]\n', [2, 4, 4]),
        (
            "toml",
            '[[keys]]\nname = """a\n[[keys]]\n"""\n[[ keys ]]\nid = "b"\n[[keys]]\nid = "c"\n',
            [1, 5, 7],
        ),
        (
            "toml",
            '[[keys]]\nname = "a"\n[[members]]\nid = "m"\n[[keys]]\nid = "b"\n["keys".x]\n',
            None,
        ),
        ("json", '{"keys":\n[{"id": "a"},\n\n\n {"id": "b"}, {"id":\n"c"}\n]}', [2, 5, 5]),
        ("yaml", "keys:\n- id: a\n\n- {id: b}\n-\n  id: c\n", [2, 4, 6]),
        ("csv", 'id,name\n\na,"x\ny"\n\nb,\nc,\n', [3, 6, 7]),
    ],
)
def test_lines_are_those_of_the_file(
    read: Callable[..., Sheet], form: str, text: str, lines: list[int] | None
) -> None:
    if lines is None:
        with pytest.raises(PolicyError, match=r"keys\.toml:7: unknown field x; "):
            read(text, form)
    else:
        assert [key.place.line for key in read(text, form).keys] == lines


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("# keys\n\n[source]\nkind = 'anthropic'\n[[keys]]\nname = 'a'\n", None),
        ('keys = [{name = "a"}]\n', None),
        ("[[keys]]\nname = 'a'\n", None),
        ("---\nkeys: [{name: a}]\n", None),
        ("# mine\nkeys:\n- name: a\n", None),
        ("{keys: [{name: a}]}\n", None),
        ('  {"keys": [{"name": "a"}]}', None),
        ("name\na\n", None),
        ('"name",status\na,active\n', None),
        ('{"keys": [{"name": "a"}]}', "yaml"),
        ("name\na\n", "CSV"),
        ("keys:\n- name: a\n", "yml"),
        ('{"keys": [{"name": "a"}]}', "txt"),
    ],
)
def test_the_ending_tells_the_format_else_the_content(
    read: Callable[..., Sheet], text: str, form: str | None
) -> None:
    assert [key.name for key in read(text, form).keys] == ["a"]


@pytest.mark.parametrize("form", ["toml", "json"])
def test_an_empty_list_is_a_list(read: Callable[..., Sheet], form: str) -> None:
    texts = {"toml": "keys = []\nmembers = []\n", "json": '{"keys": [], "members": []}'}
    assert read(texts[form], form) == Sheet(keys=(), members=(), tenants=None)


def test_a_header_alone_is_an_inventory_without_keys(read: Callable[..., Sheet]) -> None:
    assert read("name,status\n", "csv") == Sheet()


@pytest.mark.parametrize(
    "text",
    [
        '[source]\nkind = "anthropic"\n[[keys]]\nname = "a"\n',
        '[[keys]]\nname = "a"\n[source]\nkind = "anthropic"\nfetched_at = 2026-11-20T12:00:00Z\n',
        '[[keys]]\nname = "a"\nid = "apikey_01"\nunknown = ["encryption"]\n',
    ],
)
def test_keys_of_a_snapshot_are_anthropics(only_key: Callable[..., KeyRecord], text: str) -> None:
    assert only_key(text).origin == "anthropic"


@pytest.mark.parametrize("identity", ["arn:aws:1", "apikey_01"])
def test_an_id_alone_makes_no_snapshot_of_people_s_file(
    only_key: Callable[..., KeyRecord], identity: str
) -> None:
    assert only_key(f'[[keys]]\nid = "{identity}"\n').origin == "file"


def test_two_keys_at_anthropic_may_have_one_name(read: Callable[..., Sheet]) -> None:
    text = '[[keys]]\nname = "a"\nid = "apikey_1"\n[[keys]]\nname = "a"\nid = "apikey_2"\n'
    assert len(read(text).keys) == 2


def test_a_snapshots_keys_need_no_names_of_their_own(read: Callable[..., Sheet]) -> None:
    text = '[[keys]]\nname = "a"\n[[keys]]\nname = "a"\n[source]\nkind = "anthropic"\n'
    assert len(read(text).keys) == 2


def test_documents_of_a_yaml_stream_are_joined(read: Callable[..., Sheet]) -> None:
    sheet = read(
        "---\nkeys: [{name: a}]\n---\nmembers: [{id: m}]\n---\n---\nkeys: [{name: b}]\n", "yaml"
    )
    assert [key.name for key in sheet.keys] == ["a", "b"]
    assert sheet.members == (Member("m"),)


def test_documents_that_hold_no_keys_are_named(read: Callable[..., Sheet]) -> None:
    assert read("keys: [{name: a}]\n---\n3\n---\nfoo: 1\n", "yaml").notes == (
        "documents that hold no keys: 2, 3",
    )


def test_yaml_words_stay_words(read: Callable[..., Sheet]) -> None:
    text = (
        "keys:\n- {name: no, tenant: on, service: 1.2.3, version: 012, environment: 2026-04-25}\n"
    )
    [key] = read(text, "yaml").keys
    said = (key.name, key.tenant, key.service, key.version, key.environment)
    assert said == ("no", "on", "1.2.3", "012", "2026-04-25")


def test_a_formula_in_a_cell_is_only_text(read: Callable[..., Sheet]) -> None:
    text = "name,service\n\"=cmd|' /C calc'!A0\",'+1\n"
    [key] = read(text, "csv").keys
    assert (key.name, key.service) == ("=cmd|' /C calc'!A0", "+1")
