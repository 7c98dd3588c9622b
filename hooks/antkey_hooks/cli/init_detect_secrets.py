"""`antkey init --detect-secrets`: teaches detect-secrets about Anthropic's keys.

Writes a plugin beside its baseline, and into the baseline that the plugin is used. The path stands there
relative: detect-secrets itself writes absolute ones, which hold on one machine only.
"""

from __future__ import annotations

import json
import os
from typing import Any

from antkey_hooks.cli.detect_secrets_plugin import FIRST_LINE, source
from antkey_hooks.cli.output import replace_file
from antkey_rules.load import load_builtin
from antkey_scanner.bridge.baseline import FILE_NAME, OWN_PLUGIN, find_baseline, read_baseline
from antkey_scanner.errors import PolicyError
from antkey_scanner.system import show

PLUGIN_FILE = ".antkey/detect_secrets_plugin.py"
_URL = f"file://{PLUGIN_FILE}"


def set_up(folder: str) -> list[str]:
    """Write both files where they are not as they should be; one line on each. Raises PolicyError."""
    baseline = find_baseline(folder)
    if baseline is None:
        raise PolicyError(
            f"{FILE_NAME}: not found from here up to the repository's root; make one with"
            f" `detect-secrets scan > {FILE_NAME}`"
        )
    read_baseline(baseline)  # refuses what is none
    before, document = _load(baseline)
    plugin = os.path.join(os.path.dirname(baseline), *PLUGIN_FILE.split("/"))
    lines = [_write(plugin, _plugin_on_disk(plugin), source(load_builtin()))]
    _use_plugin(document)
    lines.append(_write(baseline, before, json.dumps(document, indent=2) + "\n", like=document))
    if any("wrote" in line for line in lines):
        where = _shown(os.path.dirname(baseline))
        lines.append(f"next, in {where}: detect-secrets scan --baseline {FILE_NAME}")
    return lines


def _load(path: str) -> tuple[str, dict[str, Any]]:
    with open(path, encoding="utf-8") as file:
        text = file.read()
    return text, json.loads(text)


def _plugin_on_disk(path: str) -> str | None:
    """What stands in the plugin's place. Raises PolicyError when somebody else wrote it."""
    if not os.path.lexists(path):
        return None
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read()
    except (OSError, UnicodeDecodeError):
        text = ""
    if not text.startswith(FIRST_LINE):
        raise PolicyError(
            f"{_shown(path)}: is there and was not written by antkey; move it away, then run this again"
        )
    return text


def _use_plugin(document: dict[str, Any]) -> None:
    """Name the plugin among those used, once, in the order that detect-secrets keeps."""
    used = document.setdefault("plugins_used", [])
    others = [entry for entry in used if entry["name"] != OWN_PLUGIN]
    wanted = {"name": OWN_PLUGIN, "path": _URL}
    if wanted not in used or len(others) + 1 != len(used):
        used[:] = sorted([*others, wanted], key=lambda entry: str(entry["name"]).lower())


def _write(path: str, before: str | None, text: str, like: object = None) -> str:
    """Write a file unless it says the same already. like: what it has to hold, however it is laid out."""
    same = before == text
    if like is not None and before is not None:
        same = json.loads(before) == like
    if same:
        return f"{_shown(path)}: is as it should be"
    try:
        replace_file(os.path.realpath(path), text.encode(), durable=True)
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise PolicyError(
            f"{_shown(path)}: cannot be written ({reason}); it is as it was"
        ) from None
    return f"{_shown(path)}: wrote it" if before is None else f"{_shown(path)}: wrote it anew"


def _shown(path: str) -> str:
    return show(os.path.relpath(path))
