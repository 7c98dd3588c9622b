"""Files that SOPS encrypted: each encrypted value is a secret, by the name that leads to it.

The file says when it was changed as a whole, and nothing of single values.
https://getsops.io/docs/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from antkey_scanner.inventory.records import KeyRecord, Sheet
from antkey_scanner.inventory.stores.export import UNTOLD, Export, Fields, Path, changed, sheet
from antkey_scanner.inventory.stores.manifest import full_name, is_object, labelled

_ENCRYPTED = "ENC["
_UNKNOWN = (*UNTOLD, "created_by", "last_used_at", "rotated_at")


def read(document: object, export: Export) -> Sheet | None:
    """What such a file says, None when it is none."""
    if not isinstance(document, dict) or not is_encrypted(document):
        return None
    return sheet(keys(Fields(export, document)))


def is_encrypted(document: Mapping[Any, Any]) -> bool:
    """Whether a document was encrypted by SOPS."""
    about = document.get("sops")
    return isinstance(about, dict) and not {"lastmodified", "mac"}.isdisjoint(about)


def keys(document: Fields) -> list[KeyRecord]:
    """One for each encrypted value. In a Kubernetes Secret they are named `NAMESPACE/NAME/ENTRY`."""
    time = document.table("sops").time("lastmodified")
    of_kubernetes = is_object(document.value)
    prefix = full_name(document) + "/" if of_kubernetes else ""
    found = []
    for path in _encrypted(document):
        parts = path[1:] if of_kubernetes and path[0] in ("data", "stringData") else path
        name = prefix + ".".join(map(str, parts))
        created, age_from = changed(time, "lastmodified of the whole file", name)
        record = KeyRecord(
            place=document.export.place((*document.path, *path)),
            origin="store",
            name=name,
            created_at=created,
            age_from=age_from,
            unknown=_UNKNOWN,
        )
        found.append(record._replace(**labelled(document)) if of_kubernetes else record)
    return found


def _encrypted(document: Fields) -> Iterator[Path]:
    """The paths of all encrypted values but those of SOPS itself, in the order of the file."""
    pending: list[tuple[Path, object]] = []
    for name in reversed(document.value):
        if name != "sops":
            pending.append(((name,), document.value[name]))
    while pending:
        path, value = pending.pop()
        if isinstance(value, dict):
            pending += [((*path, name), inner) for name, inner in value.items()][::-1]
        elif isinstance(value, list):
            pending += [((*path, at), inner) for at, inner in enumerate(value)][::-1]
        elif isinstance(value, str) and value.startswith(_ENCRYPTED):
            yield path
