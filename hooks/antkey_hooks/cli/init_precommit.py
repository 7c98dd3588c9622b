"""`antkey init`: has pre-commit or prek start antkey's hooks, by an entry in their configuration.

An entry is added behind those that are there. Where another manager of hooks is at work, it says what to
add there instead.
"""

from __future__ import annotations

import re

from antkey_hooks.cli.init_place import Place, Step
from antkey_hooks.cli.init_source import Source
from antkey_hooks.cli.init_yaml import with_item

CONFIGURATION = ".pre-commit-config.yaml"
_STAGES = "[pre-commit, commit-msg, pre-push]"
_INSTALL = "pre-commit install -t pre-commit -t commit-msg -t pre-push"
_RUNS_ANTKEY = re.compile(r"^[^#\n]*\bid:[ ]*['\"]?antkey\b|^[^#\n]*\bantkey[ ]+hook\b", re.M)

_FETCHED = """\
- repo: {url}
  rev: {commit}
  hooks:
    - id: antkey
    - id: antkey-commit-msg
    - id: antkey-pre-push
"""

_LOCAL = """\
- repo: local  # runs the antkey that is installed
  hooks:
    - id: antkey
      name: antkey (staged content)
      entry: antkey hook pre-commit
      language: system
      stages: [pre-commit, pre-merge-commit]
      always_run: true
      require_serial: true
    - id: antkey-commit-msg
      name: antkey (commit message)
      entry: antkey hook commit-msg
      language: system
      stages: [commit-msg]
      always_run: true
      require_serial: true
    - id: antkey-pre-push
      name: antkey (commits to push)
      entry: antkey hook pre-push
      language: system
      stages: [pre-push]
      always_run: true
      pass_filenames: false
      require_serial: true
"""

_OTHERS = {
    "lefthook.yml": "its pre-commit, commit-msg and pre-push",
    "lefthook.yaml": "its pre-commit, commit-msg and pre-push",
    ".lefthook.yml": "its pre-commit, commit-msg and pre-push",
    ".husky": "its files pre-commit, commit-msg and pre-push",
    "prek.toml": "its hooks",
}
"""Other managers of hooks, by what lies in a repository, and where the lines go."""

_LINES = 'antkey hook pre-commit "$@"\nantkey hook commit-msg "$1"\nantkey hook pre-push "$@"\n'


def entry(source: Source) -> str:
    """The entry of pre-commit's list of repositories."""
    if source.url is None:
        return _LOCAL
    return _FETCHED.format(url=source.url, commit=source.commit)


def set_up(place: Place, source: Source) -> list[Step]:
    """Add the entry; nothing where it stands already."""
    if not place.has(CONFIGURATION):
        for name, where in _OTHERS.items():
            if place.has(name):
                return [_other(place, name, where)]
        text = f"default_install_hook_types: {_STAGES}\nrepos:\n{_indented(entry(source))}"
        return [place.create(CONFIGURATION, text), Step("next", "pre-commit install")]
    standing = place.read(CONFIGURATION)
    if standing is None:
        return [_cannot("is no regular text file", source)]
    if _RUNS_ANTKEY.search(standing):
        return [Step(CONFIGURATION, "runs antkey already; left as it is")]
    new = with_item(standing, "repos", entry(source))
    if new is None:
        return [_cannot("has no list of repos that lines can be added to", source)]
    step = place.replace(CONFIGURATION, new, "antkey's hooks at the end of repos", entry(source))
    return [step, Step("next", _INSTALL)]


def _other(place: Place, name: str, where: str) -> Step:
    standing = place.read(name) or ""
    if name == ".husky":
        standing = "".join(place.read(f".husky/{each}") or "" for each in place.names(".husky"))
    if "antkey hook" in standing:
        return Step(name, "runs antkey already; left as it is")
    return Step(name, f"manages the hooks here; left as it is, add to {where}:", _LINES)


def _cannot(reason: str, source: Source) -> Step:
    return Step(
        CONFIGURATION, f"{reason}; left as it is, add under repos:", entry(source), well=False
    )


def _indented(text: str) -> str:
    return "".join(f"  {line}\n" for line in text.splitlines())
