"""Secret stores' own exports as inventories, so that no cloud SDK is needed. One module per store.

Known by their content, never by a file's name. *Changed is not rotated*: a key's age counts from the
creation of its version or its last rotation, else from the creation of the secret; a mere change counts
where nothing better is told, and `age_from` says so.
"""

from __future__ import annotations

from collections.abc import Callable

from antkey_scanner.errors import PolicyError
from antkey_scanner.inventory.records import Sheet
from antkey_scanner.inventory.stores import (
    aws_parameters,
    aws_secrets,
    azure,
    github,
    google,
    kubernetes,
    onepassword,
    sops,
    vault,
)
from antkey_scanner.inventory.stores.export import Export, LineOf

_READERS: tuple[Callable[[object, Export], Sheet | None], ...] = (
    kubernetes.read,
    sops.read,
    aws_secrets.read,
    aws_parameters.read,
    google.read,
    azure.read,
    vault.read,
    onepassword.read,
    github.read,
)
"""The surest first: what two of them would take is the first one's."""


def read(document: object, shown: str, line_of: LineOf) -> Sheet | None:
    """What a parsed JSON or YAML document says, None when it is no export that is known.

    A list may hold several exports of one store, such as the documents of a YAML stream. line_of: the
    1-based line of a path in the document. Raises PolicyError with all that is wrong.
    """
    export = Export(shown, line_of)
    for reader in _READERS:
        found = reader(document, export)
        if export.problems:
            raise PolicyError(*export.problems)
        if found is not None:
            return found
    return None
