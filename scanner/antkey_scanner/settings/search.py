# ruff: noqa: SIM905 - lists of words are read as words
"""Searches one file that is no source code by rules. Nothing in it is run or obeyed, and whatever it
holds, this ends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from antkey_scanner.code.languages import language_of
from antkey_scanner.code.search import Found
from antkey_scanner.code.words import Vocabulary
from antkey_scanner.late import late
from antkey_scanner.settings.read import read
from antkey_scanner.settings.rule import SettingsRule
from antkey_scanner.sha import sha256

MOST_BYTES = 4 << 20
"""A file beyond this is no settings that people write; an image's or a model's, by their names."""

ANCHORS = (
    *(b"nthropic", b"NTHROPIC", b"claude", b"CLAUDE", b"Claude"),
    *(b"byok_only", b"cf-aig-no-wholesale", b"forward_llm_provider_auth_headers"),
)
"""A file without any of these has nothing to do with Anthropic."""

_ENDINGS = frozenset(
    "yml yaml json jsonc json5 toml ini cfg conf properties env tf tfvars tfstate hcl bicep tpl sh bash zsh"
    " fish ps1 psm1 bat cmd xml plist xcconfig gradle config ipynb vue svelte astro html htm swift dart m mm"
    " dockerfile jenkinsfile groovy nomad service strings j2 template mk tfbackend jsonnet libsonnet cue nix"
    " backup bak local har http rest".split()
)
_NAMES = late(
    r"""(?ix)
    (?: .*(?:dockerfile|containerfile|jenkinsfile|makefile|procfile|justfile|vagrantfile|caddyfile).*
      | \.?env(?:rc)?(?:[._-].+)? | .+\.env(?:\.[\w-]+)?
      | \.(?:bashrc|bash_profile|bash_aliases|profile|zshrc|zshenv|zprofile|kshrc|cshrc|npmrc|netrc|pypirc)
      | \.?vars | [\w-]+\.tfvars(?:\..+)? | .+\.tfstate(?:\..+)? )
    """
)
_PROSE = ("package-lock.json", "composer.lock", "pnpm-lock.yaml", "openapi.json")


def is_wanted(path: str) -> bool:
    """Whether a path is that of settings, a page, or an app's source that is read line by line."""
    name = path.rpartition("/")[2].lower()
    if language_of(path) is not None or name in _PROSE:
        return False
    return name.rpartition(".")[2] in _ENDINGS or _NAMES.fullmatch(name) is not None


def has_anchor(data: bytes | memoryview) -> bool:
    """Whether a file's bytes speak of Anthropic, or of what gateways do with its keys."""
    text = bytes(data)
    return any(anchor in text for anchor in ANCHORS)


def search(
    path: str,
    data: bytes,
    rules: Sequence[SettingsRule],
    vocabulary: Vocabulary,  # noqa: ARG001 - the same for all searches
) -> Iterator[Found]:
    """What is wrong in a file. Raises ValueError for a text that is too large to be settings."""
    if len(data) > MOST_BYTES:
        raise ValueError("settings of more than 4 MiB are not read")
    settings = read(path, data.decode("utf-8", "replace"))
    seen: set[tuple[str, int]] = set()
    for rule in rules:
        for hit in rule.check(settings):
            if (rule.rule.id, hit.span.line) in seen:
                continue
            seen.add((rule.rule.id, hit.span.line))
            anchor = sha256("".join(hit.text.split()).encode("utf-8", "replace")).hexdigest()
            yield Found(
                rule.rule.id, hit.span.line, hit.span.column, hit.span.start, hit.message, anchor
            )
