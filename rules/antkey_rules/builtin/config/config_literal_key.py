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

import re
from collections.abc import Iterator

from antkey_scanner.code.rule import Hit
from antkey_scanner.model import Confidence, Example, Rule, Severity
from antkey_scanner.settings.names import is_key_name
from antkey_scanner.settings.places import is_environment_file, is_test
from antkey_scanner.settings.read import Entry, Settings
from antkey_scanner.settings.rule import FileRule
from antkey_scanner.settings.values import is_secret

_ENCRYPTED = re.compile(r"(?i)encrypted_?data|sops|sealed|externalsecret|remote_?ref")


def _check(settings: Settings) -> Iterator[Hit]:
    if is_environment_file(settings.path) or is_test(settings.path):
        return
    recorded = "api.anthropic.com" in settings.text
    for entry in settings.entries:
        if not (
            is_key_name(entry.name, entry.parents)
            or (recorded and entry.name.lower() == "x-api-key")
        ):
            continue
        if is_secret(entry.value) and not _is_encrypted(entry):
            yield Hit(
                entry.span, f"{entry.name} has its value written here, not a reference", entry.name
            )


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
