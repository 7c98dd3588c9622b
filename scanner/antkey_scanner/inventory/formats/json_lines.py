"""Where each value of a JSON text stands: `json` gives values, this gives their lines.

Walks a value that `json` has accepted, so it need not check anything.
"""

from __future__ import annotations

import json
import re

from antkey_scanner.inventory.formats import Path

_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\],:]|[^\s{}\[\],:"]+', re.DOTALL)


def lines_of_values(text: str, start: int) -> dict[Path, int]:
    """The lines of all fields and elements of the value at `start`, 0-based from there."""
    lines: dict[Path, int] = {}
    path: list[str | int] = []
    is_name = False
    line, counted_to = 0, start
    for token in _TOKEN.finditer(text, start):
        first = text[token.start()]
        line += text.count("\n", counted_to, token.start())
        counted_to = token.start()
        if first in "}]":
            path.pop()
            if not path:
                break
        elif first == ",":
            if isinstance(path[-1], int):
                path[-1] += 1
            is_name = not isinstance(path[-1], int)
        elif first == ":":
            is_name = False
        elif is_name:
            path[-1] = str(json.loads(token[0]))
            lines[tuple(path)] = line
        else:
            lines.setdefault(tuple(path), line)
            if first == "{":
                path.append("")
            elif first == "[":
                path.append(0)
            elif not path:
                break
            is_name = first == "{"
    return lines
