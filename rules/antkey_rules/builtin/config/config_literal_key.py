"""Files that set up containers, clusters, pipelines, editors and machines are shared, copied and kept: with
everyone who may read the repository, the image, the state or the backup. A key belongs in them as a
reference to a store of secrets.

What counts is a value of the shape of a secret at a place named after an Anthropic key: `ENV` of an image,
`environment` of compose, `value` of a manifest, a variable of a pipeline, Terraform's and its state, an
ansible variable outside a vault, a shell profile, settings of editors, MCP servers and Claude, a notebook,
a recorded request. References are right: `${{ secrets.X }}`, `valueFrom`, `vault:`, `op://`, SOPS, `$VAR`,
`!vault`, functions. Names, masks and placeholders are none. `.env` files are judged by whether git knows
them.
"""

from __future__ import annotations

from collections.abc import Iterator

from antkey_scanner.code.rule import Hit
from antkey_scanner.late import late
from antkey_scanner.model import Confidence, Example, Rule, Severity
from antkey_scanner.settings.names import is_key_name, words
from antkey_scanner.settings.places import is_environment_file, is_test
from antkey_scanner.settings.read import Entry, Settings
from antkey_scanner.settings.rule import FileRule
from antkey_scanner.settings.siblings import is_anthropics
from antkey_scanner.settings.values import is_secret

_ENCRYPTED = late(r"(?i)encrypted_?data|sops|sealed|externalsecret|remote_?ref")
_RECORDED = ("x-api-key", "authorization")
_ADDRESS = "api.anthropic.com"
_HANDED = late(
    r"""(["'])-{0,2}(?P<name>[A-Za-z][\w-]{2,80})\1\s{0,20},\s{0,20}(["'])(?P<value>[\w.+/=~-]{20,400})\3"""
)
_BY_PROVIDER = late(r"(?i)api-?key[\s:=-]{1,20}[\"']?anthropic=(?P<value>[\w-]{20,400})")
_MADE = late(r"(?i)(?:anthropic|claude)\w{0,40}\([^()\n]{0,200}\Z")
_STATE = late(r"(?i)\.tfstate(?:\.\w{1,20})?\Z")
_IN_STATE = frozenset(("secret_string", "value", "string_value", "plaintext", "secret_data"))


def _check(settings: Settings) -> Iterator[Hit]:
    if is_environment_file(settings.path):
        return
    if is_test(settings.path):
        yield from _recorded(settings)
        return
    for at, entry in enumerate(settings.entries):
        if not is_secret(entry.value) or _is_encrypted(entry):
            continue
        if is_anthropics(settings, at) or _is_own(settings, entry):
            yield _hit(settings, entry.name, entry.span.start, entry.span.end)
    yield from _recorded(settings)
    yield from _handed(settings)
    if _STATE.search(settings.path):
        yield from _in_state(settings)


def _is_own(settings: Settings, entry: Entry) -> bool:
    """Whether a key is Claude's own, or given to a client on the same line, as notebooks do."""
    if settings.name == ".claude.json":
        return entry.name == "primaryApiKey"
    line = settings.starts[entry.span.line - 1]
    begun = settings.text[max(line, entry.span.start - 300) : entry.span.start]
    return words(entry.name) in (["api", "key"], ["apikey"]) and _MADE.search(begun) is not None


def _recorded(settings: Settings) -> Iterator[Hit]:
    """What recordings of requests keep of them: tests have these too."""
    if _ADDRESS not in settings.text:
        return
    for entry in settings.entries:
        if entry.name.lower() in _RECORDED and is_secret(entry.value):
            yield _hit(settings, entry.name, entry.span.start, entry.span.end)


def _handed(settings: Settings) -> Iterator[Hit]:
    """A name and its value as two arguments, and a key that stands behind its provider's name."""
    for found in _HANDED.finditer(settings.text):
        if is_key_name(found["name"]) and is_secret(found["value"]):
            yield _hit(settings, found["name"], found.start(), found.end())
    for found in _BY_PROVIDER.finditer(settings.text):
        if is_secret(found["value"]):
            yield _hit(settings, "api-key anthropic", found.start(), found.end())


def _in_state(settings: Settings) -> Iterator[Hit]:
    """What Terraform keeps of a resource that is named after a key."""
    named = ""
    for entry in settings.entries:
        if entry.name == "name":
            named = entry.value
        elif entry.name in _IN_STATE and is_key_name(named) and is_secret(entry.value):
            yield _hit(settings, named, entry.span.start, entry.span.end)


def _hit(settings: Settings, name: str, start: int, end: int) -> Hit:
    message = f"{name} has its value written here, not a reference"
    return Hit(settings.span(start, end), message, name)


def _is_encrypted(entry: Entry) -> bool:
    return any(_ENCRYPTED.search(parent) for parent in entry.parents)


RULE = FileRule(
    Rule(
        id="config-literal-key",
        title="Key written out in configuration",
        family="config",
        severity=Severity.HIGH,
        confidence=Confidence.MEDIUM,
        why=__doc__,
        remedy=(
            "Store the key with the platform's secrets and refer to it from here; then "
            "deactivate the key that"
            " was written out, since the file's history keeps it."
        ),
        requirements=("T2", "T7", "T8"),
        frameworks=("SOC2:CC6.1", "ISO27001:A.5.17", "NIST800-53:IA-5", "CWE-798", "CWE-260"),
        examples=(
            Example("Dockerfile: FROM a\nENV ANTHROPIC_API_KEY={48}", matches=True),
            Example("Dockerfile: FROM a\nENV ANTHROPIC_API_KEY {48}", matches=True),
            Example("Dockerfile: FROM a\nARG ANTHROPIC_API_KEY={48}", matches=True),
            Example(
                "compose.yaml: services:\n  a:\n    environment:\n      ANTHROPIC_API_KEY: {48}",
                matches=True,
            ),
            Example(
                "compose.yaml: services:\n  a:\n    environment:\n      - ANTHROPIC_API_KEY={48}",
                matches=True,
            ),
            Example(
                "compose.yaml: a:\n  - ANTHROPIC_API_KEY=${ANTHROPIC_API_KEY:-{48}}", matches=True
            ),
            Example(
                'k8s/app.yaml: env:\n  - name: ANTHROPIC_API_KEY\n    value: "{48}"', matches=True
            ),
            Example("values-prod.yaml: anthropic:\n  apiKey: {48}", matches=True),
            Example(
                "secret.yaml: kind: Secret\ndata:\n  anthropic-api-key: {64:alnum}", matches=True
            ),
            Example('main.tf: variable "anthropic_api_key" {\n  default = "{48}"\n}', matches=True),
            Example('prod.tfvars: anthropic_api_key = "{48}"', matches=True),
            Example(
                'terraform.tfstate: {\n  "outputs": {\n    "anthropic_api_key": {\n      '
                '"value": "{48}"\n    }\n  }\n}',
                matches=True,
            ),
            Example(".github/workflows/ci.yml: env:\n  ANTHROPIC_API_KEY: {48}", matches=True),
            Example(
                ".gitlab-ci.yml: a:\n  script:\n    - ANTHROPIC_API_KEY={48} make test",
                matches=True,
            ),
            Example(
                "Jenkinsfile: environment {\n  ANTHROPIC_API_KEY = '{48}' // anthropic\n}",
                matches=True,
            ),
            Example("group_vars/all.yml: anthropic_api_key: {48}", matches=True),
            Example(".zshrc: export ANTHROPIC_API_KEY={48}", matches=True),
            Example("set.ps1: $env:ANTHROPIC_API_KEY = '{48}'", matches=True),
            Example("config.fish: set -gx ANTHROPIC_API_KEY {48}", matches=True),
            Example(
                '.mcp.json: {"mcpServers": {"a": {"env": {"ANTHROPIC_API_KEY": "{48}"}}}}',
                matches=True,
            ),
            Example(
                '.claude/settings.json: {\n "env": {\n  "ANTHROPIC_AUTH_TOKEN": "{48}"\n }\n}',
                matches=True,
            ),
            Example(
                'appsettings.json: {\n  "Anthropic": {\n    "ApiKey": "{48}"\n  }\n}', matches=True
            ),
            Example(
                'a.ipynb: {"source": ["os.environ[\\"ANTHROPIC_API_KEY\\"] = \\"{48}\\"\\n"]}',
                matches=True,
            ),
            Example(
                "tapes/a.yaml: request:\n  uri: https://api.anthropic.com/v1/messages\n  "
                "headers:\n    x-api-key:\n    - {48}",
                matches=True,
            ),
            Example(
                'workspace.xml: <envs><env name="ANTHROPIC_API_KEY" value="{48}" /></envs>',
                matches=True,
            ),
            Example("Dockerfile: FROM a\nENV ANTHROPIC_API_KEY=changeme", matches=False),
            Example('Dockerfile: FROM a\nENV ANTHROPIC_API_KEY=""', matches=False),
            Example(
                "Dockerfile: FROM a\nRUN --mount=type=secret,id=ANTHROPIC_API_KEY make",
                matches=False,
            ),
            Example(
                "compose.yaml: environment:\n  ANTHROPIC_API_KEY: ${ANTHROPIC_API_KEY}",
                matches=False,
            ),
            Example("compose.yaml: environment:\n  - ANTHROPIC_API_KEY", matches=False),
            Example(
                "compose.yaml: environment:\n  ANTHROPIC_API_KEY_FILE: "
                "/run/secrets/anthropic_api_key_v2",
                matches=False,
            ),
            Example(
                "k8s/app.yaml: env:\n  - name: ANTHROPIC_API_KEY\n    valueFrom:\n      "
                "secretKeyRef:\n        name: anthropic\n        key: api-key",
                matches=False,
            ),
            Example(
                "values.yaml: anthropic:\n  apiKey: vault:secret/data/anthropic#key", matches=False
            ),
            Example(
                "secret.yaml: kind: SealedSecret\nspec:\n  encryptedData:\n    "
                "anthropic-api-key: {80:alnum}",
                matches=False,
            ),
            Example(
                'main.tf: variable "anthropic_api_key" {\n  sensitive = true\n}\nx = '
                "var.anthropic_api_key",
                matches=False,
            ),
            Example('prod.tfvars: anthropic_api_key_secret_id = "{48}"', matches=False),
            Example(
                "main.tf: anthropic_api_key = "
                "data.aws_secretsmanager_secret_version.a.secret_string",
                matches=False,
            ),
            Example(
                ".github/workflows/ci.yml: env:\n  ANTHROPIC_API_KEY: ${{ "
                "secrets.ANTHROPIC_API_KEY }}",
                matches=False,
            ),
            Example(
                ".gitlab-ci.yml: variables:\n  ANTHROPIC_API_KEY: $ANTHROPIC_KEY_FOR_CI_1234567890",
                matches=False,
            ),
            Example(
                "Jenkinsfile: environment {\n  ANTHROPIC_API_KEY = "
                "credentials('anthropic-api-key-0123456789')\n}",
                matches=False,
            ),
            Example(
                "group_vars/all.yml: anthropic_api_key: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n"
                "  {64:hex}",
                matches=False,
            ),
            Example(
                '.zshrc: export ANTHROPIC_API_KEY="$(op read op://dev/anthropic/key)"',
                matches=False,
            ),
            Example("set.ps1: $env:ANTHROPIC_API_KEY = Get-Secret Anthropic", matches=False),
            Example(
                '.mcp.json: {"env": {"ANTHROPIC_API_KEY": "${ANTHROPIC_API_KEY}"}}', matches=False
            ),
            Example(
                '.claude/settings.json: {"apiKeyHelper": "~/.claude/anthropic_key.sh", "env": '
                '{"ANTHROPIC_API_KEY": "your-api-key-here"}}',
                matches=False,
            ),
            Example(
                'appsettings.json: {\n  "Anthropic": {\n    "ApiKey": "",\n    "Model": '
                '"claude-sonnet-4-5-20250929"\n  }\n}',
                matches=False,
            ),
            Example(
                'a.ipynb: {"source": ["os.environ[\\"ANTHROPIC_API_KEY\\"] = '
                'getpass.getpass()\\n"]}',
                matches=False,
            ),
            Example(
                "tapes/a.yaml: request:\n  uri: https://api.anthropic.com/v1/messages\n  "
                "headers:\n    x-api-key:\n    - REDACTED",
                matches=False,
            ),
            Example("web/.env: ANTHROPIC_API_KEY={48}", matches=False),
            Example(
                'workspace.xml: <env name="ANTHROPIC_API_KEY" value="$ANTHROPIC_API_KEY$" />',
                matches=False,
            ),
        ),
    ),
    in_settings=_check,
)
