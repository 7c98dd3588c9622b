"""Where an attestation may be written: where nothing lies yet, or an older attestation, and nothing else."""

from __future__ import annotations

import base64
import json
import os
import stat
from collections.abc import Sequence

from antkey_hooks.ci.envelope import MOST_BYTES, PAYLOAD_TYPE
from antkey_hooks.ci.statement import PREDICATE
from antkey_hooks.cli.destinations import is_same
from antkey_scanner.errors import PolicyError
from antkey_scanner.policy import FILE_NAME, PROJECT_FILE_NAME
from antkey_scanner.system import show

_CURE = "name a file of its own for the attestation"


def claim(file: str, reports: Sequence[str], to_come: str | None = None) -> None:
    """Refuse a place that is something else's, and touch nothing there. reports: the paths of the reports;
    to_come: a folder that may be made later.

    Raises PolicyError.
    """
    if file == "-":
        raise PolicyError(
            "--attest -: it is not printed; name a file, such as --attest attestation.json"
        )
    if any(is_same(file, report) for report in reports):
        raise PolicyError(f"--attest {show(file)}: a report is written there; {_CURE}")
    folder = os.path.dirname(os.path.realpath(file))
    is_to_come = to_come is not None and folder == os.path.realpath(to_come)
    if not os.path.isdir(folder) and not is_to_come:
        raise PolicyError(f"--attest {show(file)}: there is no folder {show(folder)}; make it")
    is_named_so = os.path.basename(file) in (FILE_NAME, PROJECT_FILE_NAME)
    try:
        status = os.stat(file)
    except FileNotFoundError:
        if is_named_so:
            raise PolicyError(f"--attest {show(file)}: is a policy's name; {_CURE}") from None
        return
    except (OSError, ValueError) as error:
        raise _failed(file, "cannot be looked at", error) from None
    if not stat.S_ISREG(status.st_mode):
        raise PolicyError(f"--attest {show(file)}: is no regular file; {_CURE}")
    if is_named_so or (status.st_size and not _is_attestation(file)):
        raise PolicyError(
            f"--attest {show(file)}: holds something else than an attestation and is left alone; {_CURE}"
        )


def forget(file: str) -> None:
    """Take away what an earlier run attested: whatever happens, it must not be taken for this one's.

    Only what `claim` allowed, and what is empty attests nothing. Raises PolicyError.
    """
    try:
        if os.path.getsize(file):
            os.unlink(file)
    except FileNotFoundError:
        return
    except OSError as error:
        raise _failed(file, "cannot be replaced", error) from None


def _is_attestation(file: str) -> bool:
    """Whether a file is an envelope around a verdict of ours, whoever signed it."""
    try:
        with open(file, "rb") as opened:
            data = opened.read(MOST_BYTES + 1)
    except OSError as error:
        raise _failed(file, "cannot be read", error) from None
    if len(data) > MOST_BYTES:
        return False
    try:
        envelope = json.loads(data)
        payload = json.loads(base64.b64decode(envelope["payload"], validate=True))
        kinds = envelope["payloadType"], payload["predicateType"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return False
    return bool(kinds == (PAYLOAD_TYPE, PREDICATE))


def _failed(file: str, what: str, error: OSError | ValueError) -> PolicyError:
    reason = (getattr(error, "strerror", None) or type(error).__name__).lower()
    return PolicyError(f"--attest {show(file)}: {what} ({reason}); {_CURE}")
