"""Container images in a tar, as `docker save` and OCI tools write them: entries named by image and layer.

A layer is called `IMAGE:TAG!/layer-NUMBER-DIGEST` and the image's configuration `IMAGE:TAG!/config.json`,
so that a finding's path leads to the image, the layer and the file. The layers themselves are tars
like any other. Naming needs a look at the whole archive first; in a stream the plain names stay.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from antkey_scanner.containers import Member
from antkey_scanner.containers.budget import Budget
from antkey_scanner.containers.streams import SeekableStream, Window
from antkey_scanner.containers.tar_entries import entries
from antkey_scanner.model import Skip

Read = Callable[[str], bytes | None]
"""The content of the file with this name; None when there is none, or it is too big for JSON."""

_MOST_ENTRIES = 5000
_LARGEST_JSON = 4 << 20
_DEEPEST_INDEX = 4
_DIGITS_SHOWN = 12
_DIGEST = re.compile(r"[0-9a-f]{64}")
_FIRST_NAME = re.compile(
    r"(?:blobs|oci-layout|index\.json|manifest\.json|repositories|[0-9a-f]{64})(?:[/.]|$)"
)
_NAME_ANNOTATIONS = ("io.containerd.image.name", "org.opencontainers.image.ref.name")


def members(file: SeekableStream, budget: Budget) -> Iterator[Member | Skip]:
    """The entries of a tar, renamed when it is an image. Raises BudgetExceeded."""
    names = _names_in(file, budget)
    for entry in entries(file, budget):
        shown = names.get(entry.path)
        yield entry if shown is None else entry._replace(path=shown)


def image_names(read: Read) -> dict[str, str]:
    """What the layers and configurations of an image are to be called, by their names in it."""
    names: dict[str, str] = {}
    for image in _objects(_json(read("manifest.json"))):
        _name_saved(image, names)
    _Layout(read, names).index(_json(read("index.json")), "", 0)
    return names


def _names_in(file: SeekableStream, budget: Budget) -> dict[str, str]:
    files: dict[str, Window] = {}
    walk = entries(file, Budget(budget.limits, 0))
    for entry in islice(walk, _MOST_ENTRIES):
        if isinstance(entry, Member) and entry.path and isinstance(entry.stream, Window):
            if not files and not _FIRST_NAME.match(entry.path):
                return {}
            files[entry.path] = entry.stream

    def read(name: str) -> bytes | None:
        window = files.get(name)
        if window is None or window.size > _LARGEST_JSON:
            return None
        try:
            return window.readall()
        except (OSError, ValueError, EOFError):
            return None  # whoever scans the entry finds out, and says so

    return image_names(read)


def _name_saved(image: dict[str, Any], names: dict[str, str]) -> None:
    """One image of a `docker save` archive, whose manifest.json lists files."""
    config = _text(image.get("Config"))
    tags = image.get("RepoTags")
    tag = _text(tags[0]) if isinstance(tags, list) and tags else ""
    _name(names, tag or _short(config), config, _texts(image.get("Layers")))


class _Layout:
    """The images of an OCI layout, whose index.json leads to blobs, each looked at once."""

    def __init__(self, read: Read, names: dict[str, str]) -> None:
        self._read = read
        self._names = names
        self._seen: set[str] = set()

    def index(self, index: object, parent: str, depth: int) -> None:
        """Name what the manifests of an index refer to. parent: the name of the index itself."""
        if not isinstance(index, dict) or depth > _DEEPEST_INDEX:
            return
        for entry in _objects(index.get("manifests")):
            blob = _blob(entry)
            if blob in self._seen:
                continue
            self._seen.add(blob)
            manifest = _json(self._read(blob))
            if isinstance(manifest, dict):
                name = _image_name(entry, parent) or _short(blob)
                self.index(manifest, name, depth + 1)
                layers = [_blob(layer) for layer in _objects(manifest.get("layers"))]
                config = manifest.get("config")
                _name(self._names, name, _blob(config) if isinstance(config, dict) else "", layers)


def _image_name(entry: dict[str, Any], parent: str) -> str:
    annotations = entry.get("annotations")
    if isinstance(annotations, dict):
        for key in _NAME_ANNOTATIONS:
            if name := _text(annotations.get(key)):
                return name
    platform = entry.get("platform")
    if not parent or not isinstance(platform, dict):
        return parent
    parts = (_text(platform.get(key)) for key in ("os", "architecture", "variant"))
    return f"{parent} ({'/'.join(part for part in parts if part)})"


def _name(names: dict[str, str], image: str, config: str, layers: list[str]) -> None:
    """What several images share is called by the first of them."""
    if config:
        names.setdefault(config, f"{image}!/config.json")
    for number, layer in enumerate(layers, 1):
        names.setdefault(layer, f"{image}!/layer-{number}-{_short(layer)}")


def _short(name: str) -> str:
    """The digest in a file's name, as short as tools print it; the name itself without one."""
    digest = _DIGEST.search(name)
    return digest[0][:_DIGITS_SHOWN] if digest else name.replace("/", "-")


def _blob(descriptor: dict[str, Any]) -> str:
    algorithm, _, digest = _text(descriptor.get("digest")).partition(":")
    return f"blobs/{algorithm}/{digest}"


def _json(data: bytes | None) -> object:
    try:
        parsed: object = json.loads(data or b"null")
    except (ValueError, RecursionError):
        return None
    return parsed


def _objects(value: object) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _texts(value: object) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
