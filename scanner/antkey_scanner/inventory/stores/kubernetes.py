"""Kubernetes: Secrets, SealedSecrets, ExternalSecrets, as manifests or from `kubectl get -o json|yaml`.

Keys in readable data are hashed at once; their text is kept nowhere. `creationTimestamp` is that of the
object and is not moved by edits, so that a key may be younger; `managedFields` tell changes of any kind.
https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/secret-v1/
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator

from antkey_scanner.inventory.hashes import keys_in
from antkey_scanner.inventory.records import KeyRecord, Sheet
from antkey_scanner.inventory.stores import sops
from antkey_scanner.inventory.stores.export import (
    INCOMPLETE,
    UNTOLD,
    Export,
    Fields,
    Path,
    changed,
    sheet,
)
from antkey_scanner.inventory.stores.manifest import full_name, is_object, is_of, labelled
from antkey_scanner.inventory.times import Micros

_UNKNOWN = (*UNTOLD, "last_used_at", "rotated_at")
_NAMED = 5


_LISTS = ("List", "SecretList", "SealedSecretList", "ExternalSecretList")


def read(document: object, export: Export) -> Sheet | None:
    """What such an export says, None when it holds no kind of Secret."""
    documents = document if isinstance(document, list) else [document]
    if not documents or not all(map(is_object, documents)):
        return None
    paths: list[Path] = [(at,) if document is documents else () for at in range(len(documents))]
    tops = [Fields(export, each, path) for each, path in zip(documents, paths, strict=True)]
    objects = [one for top in tops for one in _objects(top)]
    secrets = [each for each in objects if _is_secret(each)]
    if not secrets and (objects or tops[0].value["kind"] not in _LISTS):
        return None
    return _sheet(secrets, [note for top in tops for note in _truncated(top)])


def _objects(top: Fields) -> Iterator[Fields]:
    """An object, or those in a list of any kind; the server's own lists leave out what they are of."""
    kind = top.value["kind"]
    if not kind.endswith("List") or not isinstance(top.value.get("items"), list):
        yield top
        return
    named = {"apiVersion": top.value["apiVersion"], "kind": kind.removesuffix("List")}
    for item in top.tables("items"):
        yield item if is_object(item.value) else item._replace(value=named | dict(item.value))


def _is_secret(entry: Fields) -> bool:
    value = entry.value
    return (
        is_of(value, "Secret", "")
        or is_of(value, "SealedSecret", "bitnami.com")
        or is_of(value, "ExternalSecret", "external-secrets.io")
        or sops.is_encrypted(value)
    )


def _truncated(top: Fields) -> list[str]:
    if not top.table("metadata").value.get("continue"):
        return []
    return [f"{INCOMPLETE}is one page of a list; list the rest too"]


def _sheet(secrets: list[Fields], notes: list[str]) -> Sheet:
    keys: list[KeyRecord] = []
    without: list[str] = []
    for entry in secrets:
        found = _keys(entry)
        keys += found
        if not found:
            without.append(full_name(entry))
    if without:
        shown = ", ".join(without[:_NAMED])
        more = f" and {len(without) - _NAMED} others" if len(without) > _NAMED else ""
        count = "1 Secret holds" if len(without) == 1 else f"{len(without)} Secrets hold"
        notes.append(f"{count} no Anthropic key: {shown}{more}")
    return sheet(keys, notes)


def _keys(entry: Fields) -> list[KeyRecord]:
    """The keys in one object, the object itself where what it holds cannot be read."""
    if sops.is_encrypted(entry.value):
        return sops.keys(entry)
    kind = entry.value["kind"]
    if kind == "ExternalSecret":  # its own times say nothing of a key that lives elsewhere
        return [_record(entry)]
    created, age_from = _created(entry)
    whole = _record(entry)._replace(created_at=created, age_from=age_from)
    if kind == "SealedSecret":
        return [whole]
    return _in_data(entry, whole)


def _record(entry: Fields) -> KeyRecord:
    gone = entry.table("metadata").time("deletionTimestamp") is not None
    return KeyRecord(
        place=entry.place,
        origin="store",
        name=full_name(entry),
        status="archived" if gone else "active",
        unknown=_UNKNOWN,
        **labelled(entry),
    )


def _created(entry: Fields) -> tuple[Micros | None, str]:
    metadata = entry.table("metadata")
    created = metadata.time("creationTimestamp")
    if created is not None:
        return created, f"creationTimestamp of the {entry.value['kind']}"
    times = [each.time("time") for each in metadata.tables("managedFields")]
    oldest = min((time for time in times if time is not None), default=None)
    if oldest is None:
        return None, "created_at"
    return changed(oldest, "managedFields", full_name(entry))


def _in_data(entry: Fields, whole: KeyRecord) -> list[KeyRecord]:
    """The keys in a Secret's data; besides them the Secret itself if it has data that cannot be read."""
    data, plain = entry.table("data"), entry.table("stringData")
    for name, value in plain.value.items():
        if isinstance(value, str) and keys_in(value.encode("utf-8", "replace")):
            plain.wrong(
                str(name), "is a raw key; replace that key, and store the new one encrypted"
            )
    found = []
    unread = not data.value and not plain.value
    for name, value in data.value.items():
        content = _decoded(value)
        if content is None:
            unread = True
            continue
        for key in keys_in(content):
            place = entry.export.place((*data.path, name))
            found.append(
                whole._replace(
                    place=place,
                    name=f"{whole.name}/{name}",
                    fingerprint=key.fingerprint,
                    hint=key.hint,
                )
            )
    return [*found, whole] if unread else found


def _decoded(value: object) -> bytes | None:
    """What an entry holds; None for what is no base64, such as a mask or a template."""
    if value is None:
        return b""
    if not isinstance(value, str):
        return None
    try:
        return base64.b64decode("".join(value.split()), validate=True)
    except (binascii.Error, ValueError):
        return None
