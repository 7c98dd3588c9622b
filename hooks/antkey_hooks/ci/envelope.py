"""Signed payloads: DSSE envelopes (Dead Simple Signing Envelope, version 1) with one signature.

Written in one form only, and read in that form only: a byte that is another is another envelope, also
where DSSE itself would not mind (a space, the name of a key, base64 that decodes to the same).
"""

from __future__ import annotations

import base64
import json

from antkey_hooks.ci.signing import Key, signer

PAYLOAD_TYPE = "application/vnd.in-toto+json"
MOST_BYTES = 1 << 20


class Refused(Exception):
    """Why an envelope is not believed."""


def seal(payload: bytes, key: Key) -> bytes:
    """An envelope around a payload. Raises PolicyError when the key cannot sign."""
    return _written(payload, key.id, signer(key)(_signed(payload)))


def unseal(data: bytes, key: Key) -> bytes:
    """The payload of an envelope that was signed with a key. Raises Refused."""
    try:
        envelope = json.loads(data)
        (signature,) = envelope["signatures"]
        payload = base64.b64decode(envelope["payload"], validate=True)
        signed = base64.b64decode(signature["sig"], validate=True)
        name = signature["keyid"]
        kind = envelope["payloadType"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise Refused("is no attestation, or was changed") from None
    if kind != PAYLOAD_TYPE:
        raise Refused("is no attestation in the form of in-toto, or was changed")
    if not isinstance(name, str) or name != key.id:
        raise Refused("was signed with another key, or changed")
    if not key.holds(signed, _signed(payload)):
        raise Refused("its signature does not hold: it was changed after it was signed")
    if _written(payload, name, signed) != data:
        raise Refused("was changed after it was signed, in a place that nobody signs")
    return payload


def _written(payload: bytes, name: str, signature: bytes) -> bytes:
    envelope = {
        "payloadType": PAYLOAD_TYPE,
        "payload": base64.b64encode(payload).decode(),
        "signatures": [{"keyid": name, "sig": base64.b64encode(signature).decode()}],
    }
    return json.dumps(envelope).encode() + b"\n"


def _signed(payload: bytes) -> bytes:
    """What is signed, as DSSE's pre-authentication encoding has it."""
    kind = PAYLOAD_TYPE.encode()
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)
