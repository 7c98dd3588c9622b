"""Reads one file of an inventory, or what came on standard input: from bytes to a `Sheet`.

The text is searched for raw keys before anything else is made of it. No error holds any of it.
"""

from __future__ import annotations

import contextlib
import gc
import os
import stat
from collections.abc import Iterable, Iterator

from antkey_scanner.errors import PolicyError
from antkey_scanner.inventory.formats import TOO_DEEP, Broken, Reader
from antkey_scanner.inventory.formats.detect import format_of
from antkey_scanner.inventory.otherkeys import encoded_key_lines, other_key_lines
from antkey_scanner.inventory.problems import Problems
from antkey_scanner.inventory.records import Sheet
from antkey_scanner.inventory.sheet import sheet_of
from antkey_scanner.inventory.wrong import ENCODED_KEY, OTHER_RAW_KEY, RAW_KEY
from antkey_scanner.policy.rawkey import raw_key_lines

MOST_BYTES = 512 * 1024 * 1024

_OTHER_ENCODINGS = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16", b"\x00\x00\xfe\xff": "UTF-32"}


def read(path: str, shown: str) -> Sheet:
    """What a regular file says. shown: the path as messages print it.

    Raises PolicyError, with an argument for each problem.
    """
    return read_sheet(_bytes_of(path, shown), shown, os.path.splitext(path)[1])


def read_sheet(data: bytes, shown: str, ending: str | None = None) -> Sheet:
    """What a file's bytes say. ending: `.toml`; without a known one the content tells the format.

    Raises PolicyError, with an argument for each problem.
    """
    text = _decoded(data, shown)
    _refuse(raw_key_lines(text), RAW_KEY, shown)
    _refuse(other_key_lines(text, data), OTHER_RAW_KEY, shown)
    del data  # of a large file it would stay beside its text
    try:
        with _without_collector():
            sheet = _sheet(_reader(text, shown, ending), shown)
    except Broken as broken:
        problems = Problems(shown)
        for problem in broken.problems:
            problems.add(broken.line, problem)
        raise problems.error() from None
    except RecursionError:
        raise PolicyError(f"{shown}: {TOO_DEEP}") from None
    if not any(key.origin == "store" for key in sheet.keys):
        # Stores keep their secrets in base64, and only the hashes of these are read.
        _refuse(encoded_key_lines(text), ENCODED_KEY, shown)
    return sheet


def _sheet(reader: Reader, shown: str) -> Sheet:
    while True:
        try:
            return sheet_of(reader, shown)
        except Broken:
            whole = reader.whole()
            if whole is None:
                raise
        reader = whole


@contextlib.contextmanager
def _without_collector() -> Iterator[None]:
    """Records hold no cycles; looking for some in 100,000 of them takes a fifth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _bytes_of(path: str, shown: str) -> bytes:
    # Not blocking: opening a named pipe would wait for ever.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        with open(os.open(path, flags | getattr(os, "O_CLOEXEC", 0)), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise PolicyError(f"{shown}: is no regular file; name an inventory file")
            data = file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or "cannot be read").lower()
        raise PolicyError(
            f"{shown}: the inventory cannot be read ({reason}); check the path"
        ) from None
    if len(data) > MOST_BYTES:
        raise PolicyError(f"{shown}: is larger than 512 MiB; split it")
    return data


def _decoded(data: bytes, shown: str) -> str:
    for mark, encoding in _OTHER_ENCODINGS.items():
        if data.startswith(mark):
            raise PolicyError(f"{shown}: is {encoding}; save it as UTF-8")
    if b"\0" in data:
        line = data.count(b"\n", 0, data.index(b"\0")) + 1
        raise PolicyError(f"{shown}:{line}: holds a NUL byte; save it as a UTF-8 text")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise PolicyError(f"{shown}:{line}: is not UTF-8; save it as UTF-8") from None
    if not text or text.isspace():
        raise PolicyError(f"{shown}: is empty; list keys under keys")
    return text


def _refuse(lines: Iterable[int], problem: str, shown: str) -> None:
    problems = Problems(shown)
    for line in lines:
        problems.add(line, problem)
    if problems:
        raise problems.error()


def _reader(text: str, shown: str, ending: str | None) -> Reader:
    match format_of(text, ending):
        case "toml":
            from antkey_scanner.inventory.formats.toml import TomlReader

            return TomlReader(text, in_rows=True)
        case "yaml":
            from antkey_scanner.inventory.formats.yaml import YamlReader

            return YamlReader(text, in_rows=True)
        case "json":
            from antkey_scanner.inventory.formats.json import JsonReader

            return JsonReader(text, in_rows=True)
        case "csv":
            from antkey_scanner.inventory.columns import COLUMNS, unknown_column
            from antkey_scanner.inventory.formats.csv import CsvReader

            return CsvReader(text, COLUMNS, unknown_column, in_rows=True)
        case _:
            raise PolicyError(
                f"{shown}: its format cannot be told; name the file .toml, .yaml, .json or .csv"
            )
