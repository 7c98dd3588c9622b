"""Says how fast source files are parsed and judged, in one process: `python code_speed.py FOLDER`.

Run by the interpreter that antkey is installed in, so it imports nothing of the benchmarks. Prints JSON:
bytes, seconds of processor time to parse all files and to judge them by all rules (parsing with it), the
least of some rounds each, and how many violations were found.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

from antkey_rules.code import load_code_rules
from antkey_rules.configuration import load_code_parts
from antkey_scanner.code.search import has_anchor, is_wanted, judge, open_source
from antkey_scanner.code.words import Vocabulary

_ROUNDS = 5


def main() -> None:
    """Measure the files of a folder that speak of Anthropic."""
    paths = [path for path in sorted(Path(sys.argv[1]).rglob("*")) if path.is_file()]
    files = [(str(path), path.read_bytes()) for path in paths if is_wanted(str(path))]
    files = [(path, data) for path, data in files if has_anchor(data)]
    rules = (*load_code_parts(), *load_code_rules())
    words = Vocabulary()
    found = 0

    def parse() -> None:
        for path, data in files:
            source = open_source(path, data, words)
            if source is not None:
                source.module.functions  # noqa: B018 - read when asked for

    def judged() -> None:
        nonlocal found
        found = 0
        for path, data in files:
            source = open_source(path, data, words)
            if source is not None:
                found += sum(1 for _ in judge(source, rules))

    figures = {
        "files": len(files),
        "bytes": sum(len(data) for _, data in files),
        "parse": _least(parse),
        "judge": _least(judged),
        "found": found,
    }
    print(json.dumps(figures))


def _least(work: Callable[[], None]) -> float:
    times = []
    for _ in range(_ROUNDS):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return min(times)


if __name__ == "__main__":
    main()
