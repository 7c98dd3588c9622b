"""What is set by `ENV`, or given as a build argument, is written into the image: whoever can pull it reads
the key with `docker history`, also when a later layer unsets it, and every rebuild keeps it.

What counts is `ARG` with the name of an Anthropic key, `ENV` that takes such a key from an argument, and
`args:` or `--build-arg` that hand one over. Secrets that are mounted for one step (`RUN
--mount=type=secret`), and variables that are given when a container starts, leave nothing in the image.
"""

from __future__ import annotations

from collections.abc import Iterator

from antkey_scanner.code.rule import Hit
from antkey_scanner.late import late
from antkey_scanner.model import Confidence, Example, Rule, Severity
from antkey_scanner.settings.names import is_key_name
from antkey_scanner.settings.read import Settings
from antkey_scanner.settings.rule import FileRule
from antkey_scanner.settings.values import is_secret

_IMAGE = late(r"(?i)dockerfile|containerfile")
_COMPOSE = late(r"(?i)compose")
_HANDED = late(r"--build-arg[= \t]{1,10}[\"']?(?P<name>[A-Za-z_]\w{0,80})")


def _check(settings: Settings) -> Iterator[Hit]:
    if _IMAGE.search(settings.name):
        for entry in settings.entries:
            verb = entry.verb.upper()
            if verb not in ("ARG", "ENV") or not is_key_name(entry.name):
                continue
            given = verb == "ARG" and (not entry.value or is_secret(entry.value))
            if given or entry.value.startswith("$"):
                yield Hit(
                    entry.span,
                    f"{verb} {entry.name} stays in the image's history",
                    f"{verb} {entry.name}",
                )
    elif _COMPOSE.search(settings.name):
        for entry in settings.entries:
            if (
                entry.parents[-1:] == ("args",)
                and "build" in entry.parents
                and is_key_name(entry.name)
            ):
                yield Hit(
                    entry.span,
                    f"the build argument {entry.name} stays in the image's history",
                    entry.name,
                )
    for found in _HANDED.finditer(settings.text):
        if is_key_name(found["name"]) and not settings.is_comment(found.start()):
            span = settings.span(found.start(), found.end())
            yield Hit(
                span,
                f"the build argument {found['name']} stays in the image's history",
                found["name"],
            )


RULE = FileRule(
    Rule(
        id="config-key-in-image",
        title="Key given to the build of an image",
        family="config",
        severity=Severity.HIGH,
        confidence=Confidence.HIGH,
        why=__doc__,
        remedy=(
            "Give the key to the container when it starts, or mount it for the one step that "
            "needs it"
            " (RUN --mount=type=secret). Replace a key that an image was built with."
        ),
        requirements=("T7", "T11"),
        frameworks=("SOC2:CC6.1", "ISO27001:A.5.17", "CWE-538"),
        examples=(
            Example("Dockerfile: FROM a\nARG ANTHROPIC_API_KEY", matches=True),
            Example("Dockerfile: FROM a\nARG ANTHROPIC_API_KEY\nENV X=1", matches=True),
            Example(
                "docker/Dockerfile.prod: FROM a\nENV ANTHROPIC_API_KEY=$ANTHROPIC_API_KEY",
                matches=True,
            ),
            Example(
                "Dockerfile: FROM a\nENV A=b \\\n    ANTHROPIC_API_KEY=${ANTHROPIC_API_KEY}",
                matches=True,
            ),
            Example("Dockerfile: FROM a\nARG ANTHROPIC_API_KEY=build", matches=False),
            Example(
                "compose.yaml: services:\n  a:\n    build:\n      args:\n        "
                "ANTHROPIC_API_KEY: ${ANTHROPIC_API_KEY}",
                matches=True,
            ),
            Example(
                "docker-compose.yml: services:\n  a:\n    build:\n      args:\n        - "
                "CLAUDE_API_KEY=$KEY",
                matches=True,
            ),
            Example(
                "compose.yaml: services:\n  a:\n    build:\n      context: .\n      args:\n    "
                "    ANTHROPIC_AUTH_TOKEN: x",
                matches=True,
            ),
            Example(
                ".gitlab-ci.yml: a:\n  script:\n    - docker build --build-arg ANTHROPIC_API_KEY .",
                matches=True,
            ),
            Example(
                "build.sh: docker build --build-arg ANTHROPIC_API_KEY=$ANTHROPIC_API_KEY .",
                matches=True,
            ),
            Example(
                "Makefile: image:\n\tdocker build --build-arg=CLAUDE_API_KEY=$(KEY) .", matches=True
            ),
            Example(
                "Dockerfile: FROM a\nRUN --mount=type=secret,id=ANTHROPIC_API_KEY make",
                matches=False,
            ),
            Example("Dockerfile: FROM a\nARG ANTHROPIC_MODEL=claude-sonnet-4-5", matches=False),
            Example("Dockerfile: FROM a\n# ARG ANTHROPIC_API_KEY", matches=False),
            Example('Dockerfile: FROM a\nENV ANTHROPIC_API_KEY=""', matches=False),
            Example(
                "compose.yaml: services:\n  a:\n    environment:\n      ANTHROPIC_API_KEY: "
                "${ANTHROPIC_API_KEY}",
                matches=False,
            ),
            Example(
                "compose.yaml: services:\n  a:\n    build:\n      args:\n        "
                "CLAUDE_CODE_VERSION: latest",
                matches=False,
            ),
            Example(
                "compose.yaml: services:\n  a:\n    build:\n      secrets:\n        - "
                "ANTHROPIC_API_KEY",
                matches=False,
            ),
            Example("build.sh: docker build --secret id=ANTHROPIC_API_KEY .", matches=False),
            Example("build.sh: docker run -e ANTHROPIC_API_KEY image", matches=False),
            Example("build.sh: # docker build --build-arg ANTHROPIC_API_KEY .", matches=False),
        ),
    ),
    in_settings=_check,
)
