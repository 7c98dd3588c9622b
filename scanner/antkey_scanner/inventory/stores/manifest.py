"""What all objects of Kubernetes have in common: kind, name, labels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from antkey_scanner.inventory.stores.attributes import Attributes, attributes
from antkey_scanner.inventory.stores.export import Fields


def is_object(value: object) -> bool:
    """Whether something is an object of Kubernetes, or a list of them."""
    return (
        isinstance(value, dict)
        and isinstance(value.get("apiVersion"), str)
        and isinstance(value.get("kind"), str)
    )


def is_of(value: Mapping[Any, Any], kind: str, group: str) -> bool:
    """Whether an object is of a kind in an API group, `""` for the core, of whatever version."""
    found, slash, _ = str(value.get("apiVersion")).rpartition("/")
    return value.get("kind") == kind and found == group and bool(slash) == bool(group)


def full_name(entry: Fields) -> str:
    """`NAMESPACE/NAME`; the name alone where a manifest leaves the namespace to who applies it."""
    metadata = entry.table("metadata")
    name = metadata.text("name") or metadata.text("generateName")
    if name is None:
        metadata.wrong("name", "is missing; name the object")
    namespace = metadata.text("namespace")
    return f"{namespace}/{name}" if namespace else str(name)


def labelled(entry: Fields) -> Attributes:
    """Whose the object is, by its labels and annotations."""
    metadata = entry.table("metadata")
    return attributes(metadata.table("labels").value, metadata.table("annotations").value)
