"""Envelopes: what was signed comes out again, and nothing else does."""

from __future__ import annotations

import base64
import json
import os

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from hypothesis import given
from hypothesis import strategies as st

from antkey_hooks.ci.envelope import PAYLOAD_TYPE, Refused, seal, unseal
from antkey_hooks.ci.signing import Key, read_key
from antkey_hooks.ci.statement import Statement, read, write
from antkey_scanner.errors import ExitCode, PolicyError

SECRET = "only for this test, and not a secret at all"
PRIVATE = Ed25519PrivateKey.generate()
PRIVATE_PEM = PRIVATE.private_bytes(
    serialization.Encoding.PEM,
    serialization.PrivateFormat.PKCS8,
    serialization.NoEncryption(),
).decode()
PUBLIC_PEM = (
    PRIVATE.public_key()
    .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    .decode()
)
SAID = Statement(
    commit="1" * 40,
    tree="2" * 40,
    exit_code=ExitCode.OK,
    complete=True,
    at="2026-11-20T12:00:00Z",
    started_at="2026-11-20T11:59:58Z",
    finished_at="2026-11-20T11:59:59Z",
    version="0.1.0",
    policy="antkey.toml",
    policy_sha256="3" * 64,
    profile="key-hygiene",
    baseline=None,
    fail_on="low",
    allow_incomplete=None,
    findings={"critical": 0, "info": 2},
    controls={"pass": 10},
    skipped=0,
    results="4" * 64,
)


def key(text: str) -> Key:
    return read_key({"ANTKEY_ATTEST_KEY": text})


PAIRS = [(SECRET, SECRET), (PRIVATE_PEM, PUBLIC_PEM), (PRIVATE_PEM, PRIVATE_PEM)]
PAIRS_NAMED = pytest.mark.parametrize(
    ("signing", "verifying"), PAIRS, ids=["secret", "public", "private"]
)


@PAIRS_NAMED
def test_what_was_sealed_comes_out(signing: str, verifying: str) -> None:
    assert read(unseal(seal(write(SAID), key(signing)), key(verifying))) == SAID


@PAIRS_NAMED
@given(st.data())
def test_every_flipped_byte_is_refused(signing: str, verifying: str, data: st.DataObject) -> None:
    sealed = bytearray(seal(write(SAID), key(signing)))
    at = data.draw(st.integers(0, len(sealed) - 1))
    sealed[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(Refused):
        unseal(bytes(sealed), key(verifying))


def test_every_bit_of_an_envelope_counts() -> None:
    whole = seal(write(SAID), key(SECRET))
    for at in range(len(whole)):
        for bit in (1, 32):
            sealed = bytearray(whole)
            sealed[at] ^= bit
            with pytest.raises(Refused):
                unseal(bytes(sealed), key(SECRET))


@given(st.binary(max_size=300))
def test_nothing_else_is_an_envelope(data: bytes) -> None:
    with pytest.raises(Refused):
        unseal(data, key(SECRET))


@pytest.mark.parametrize(
    "data", [b"[" * 100_000, b"{}", b'{"signatures": []}', b"null", b"7", b'"\\ud800"']
)
def test_json_of_another_shape_is_no_envelope(data: bytes) -> None:
    with pytest.raises(Refused):
        unseal(data, key(SECRET))


def test_a_cut_or_longer_envelope_is_refused() -> None:
    sealed = seal(write(SAID), key(SECRET))
    for other in (sealed[:-1], sealed + b"\n", b" " + sealed, sealed + sealed):
        with pytest.raises(Refused):
            unseal(other, key(SECRET))


@given(st.text(min_size=32).filter(lambda text: len(text.strip().encode()) >= 32))
def test_another_secret_does_not_verify(secret: str) -> None:
    if secret.strip() == SECRET:
        return
    with pytest.raises(Refused, match="another key"):
        unseal(seal(write(SAID), key(SECRET)), key(secret))


def test_a_public_key_is_never_taken_for_a_secret() -> None:
    """Or whoever knows it could sign."""
    with pytest.raises(PolicyError, match="is a public key"):
        seal(write(SAID), key(PUBLIC_PEM))


def test_the_name_of_a_key_shows_nothing_of_it() -> None:
    assert SECRET not in repr(seal(write(SAID), key(SECRET)))
    assert key(SECRET).id.startswith("hmac-sha256:")
    assert key(PRIVATE_PEM).id == key(PUBLIC_PEM).id


def test_a_key_may_have_lost_its_lines() -> None:
    assert key(PUBLIC_PEM.replace("\n", "\\n")).id == key(PUBLIC_PEM).id


def test_a_key_may_come_from_a_descriptor() -> None:
    reading, writing = os.pipe()
    os.write(writing, SECRET.encode() + b"\n")
    os.close(writing)
    assert read_key({"ANTKEY_ATTEST_KEY": "x" * 40}, reading).id == key(SECRET).id
    os.close(reading)


RSA = (
    generate_private_key(65537, 2048)
    .private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    .decode()
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "holds no key"),
        ("  \n", "holds no key"),
        ("x" * 31, "shorter than 32 bytes"),
        ("-----BEGIN PRIVATE KEY-----\nnonsense\n-----END PRIVATE KEY-----", "is no PEM key"),
        ("-----BEGIN CERTIFICATE-----", "is no PEM key"),
        (RSA, "is no Ed25519 key"),
    ],
    ids=["none", "blank", "short", "broken", "cut", "rsa"],
)
def test_what_is_no_key_says_how_to_make_one(text: str, words: str) -> None:
    with pytest.raises(PolicyError, match=words) as error:
        key(text)
    assert "openssl" in str(error.value)
    assert text.strip() == "" or text not in str(error.value)


def test_a_closed_descriptor_is_told() -> None:
    with pytest.raises(PolicyError, match="not open for reading"):
        read_key({}, 1 << 19)


@pytest.mark.parametrize(
    "change",
    [
        {"_type": "https://in-toto.io/Statement/v0.1"},
        {"predicateType": "https://slsa.dev/provenance/v1"},
        {"subject": []},
        {"subject": [{"digest": {"gitCommit": "main", "gitTree": "2" * 40}}]},
        {"predicate": {}},
        {"more": 1},
    ],
    ids=str,
)
def test_a_signed_statement_of_another_kind_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(Refused, match="is signed"):
        read(json.dumps(json.loads(write(SAID)) | change).encode())


@pytest.mark.parametrize(
    "change",
    [
        {"verdict": "pass", "exitCode": 1},
        {"verdict": "fail"},
        {"exitCode": 0.0},
        {"exitCode": True},
        {"exitCode": 2},
        {"complete": 1},
        {"complete": "true"},
        {"attestedOn": "2026-11-20"},
        {"findings": []},
        {"resultsSha256": None},
        {"policy": None},
        {"more": 1},
    ],
    ids=str,
)
def test_a_verdict_that_contradicts_itself_is_refused(change: dict[str, object]) -> None:
    document = json.loads(write(SAID))
    document["predicate"].update(change)
    with pytest.raises(Refused, match="is signed"):
        read(json.dumps(document).encode())


def test_the_envelope_is_what_dsse_says() -> None:
    """The pre-authentication encoding, from the specification's own words."""
    sealed = json.loads(seal(b"hello world", key(PRIVATE_PEM)))
    assert sealed["payloadType"] == PAYLOAD_TYPE
    signature = base64.b64decode(sealed["signatures"][0]["sig"])
    PRIVATE.public_key().verify(signature, b"DSSEv1 28 application/vnd.in-toto+json 11 hello world")


def test_other_tools_read_and_verify_it() -> None:
    dsse = pytest.importorskip("securesystemslib.dsse", reason="pip install securesystemslib")
    signers = pytest.importorskip("securesystemslib.signer")
    public = PRIVATE.public_key().public_bytes_raw().hex()
    sealed = json.loads(seal(write(SAID), key(PRIVATE_PEM)))
    envelope = dsse.Envelope.from_dict(sealed)
    theirs = signers.SSlibKey(key(PUBLIC_PEM).id, "ed25519", "ed25519", {"public": public})
    assert envelope.verify([theirs], 1)


def test_it_is_a_statement_of_in_toto() -> None:
    statements = pytest.importorskip(
        "in_toto_attestation.v1.statement", reason="pip install in-toto-attestation"
    )
    resources = pytest.importorskip("in_toto_attestation.v1.resource_descriptor")
    document = json.loads(write(SAID))
    subjects = [resources.ResourceDescriptor(**each) for each in document["subject"]]
    for subject in subjects:
        subject.validate()
    made = statements.Statement(
        [subject.pb for subject in subjects], document["predicateType"], document["predicate"]
    )
    made.validate()
    assert made.pb.type == document["_type"]
