"""Messages and mailboxes made with `email` and `mailbox`, and broken ones."""

from __future__ import annotations

import base64
import binascii
import io
import mailbox
import random
import zipfile
from collections.abc import Callable
from email.header import Header
from email.message import EmailMessage
from email.mime.text import MIMEText
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antkey_scanner.containers import detect
from antkey_scanner.containers.budget import Limits

Opener = Callable[..., Any]
Maker = Callable[..., str]

HEADERS = b"From: a@example.com\r\nDate: Fri, 20 Nov 2026 12:00:00 +0000\r\nSubject: x\r\n"
SEPARATOR = b"From a@example.com Fri Nov 20 12:00:00 2026\n"


def letter(subject: str = "hello") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "a@example.com"
    message["To"] = "b@example.com"
    message["Subject"] = subject
    message["Message-ID"] = "<1@example.com>"
    message.set_content("The report is attached.\n")
    return message


def zip_with(name: str, text: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, text)
    return out.getvalue()


def uu(name: str, data: bytes) -> bytes:
    lines = [binascii.b2a_uu(data[n : n + 45]) for n in range(0, len(data), 45)]
    return b"begin 644 " + name.encode() + b"\n" + b"".join(lines) + b"`\nend\n"


def test_attachment_is_a_member_with_its_encoding_undone(opened: Opener, make_key: Maker) -> None:
    attached = zip_with("app.env", make_key())
    message = letter()
    message.add_attachment(attached, "application", "zip", filename="report.zip")
    found = opened(message.as_bytes(), name="mail")
    assert found.members["part-2/report.zip"] == attached
    assert found.members["part-1"] == b"The report is attached.\n"
    assert found.skips == []


@pytest.mark.parametrize("encoding", ["base64", "quoted-printable"])
@pytest.mark.parametrize("dripping", [False, True])
def test_key_is_seen_through_every_transfer_encoding(
    opened: Opener, make_key: Maker, encoding: str, dripping: bool
) -> None:
    key = make_key()
    message = letter()
    message.set_content(f"{'x' * 3000}=\n key {key} behind\n" * 40, cte=encoding)
    found = opened(message.as_bytes(), dripping=dripping)
    assert found.holding(key) == ["part-1"]
    assert found.members["part-1"].count(key.encode()) == 40
    assert found.skips == []


def test_nested_parts_are_numbered(opened: Opener, make_key: Maker) -> None:
    key = make_key()
    inner = letter("forwarded")
    inner.add_attachment(key.encode(), "application", "octet-stream", filename="app.env")
    outer = letter()
    outer.add_alternative("<p>hello</p>", subtype="html")
    outer.add_attachment(inner)
    found = opened(outer.as_bytes())
    assert found.holding(key) == ["part-2.2/app.env"]
    assert list(found.members) == ["part-1.1", "part-1.2", "part-2.1", "part-2.2/app.env"]


def test_key_in_an_encoded_header_is_seen(opened: Opener, make_key: Maker) -> None:
    key = make_key()
    message = MIMEText("body", "plain", "us-ascii")
    message["MIME-Version"] = "1.0"
    message["Subject"] = Header(f"Schlüssel {key}", "utf-8").encode()
    message["Message-ID"] = "<1@example.com>"
    assert b"=?utf-8?" in message.as_bytes()
    assert key.encode() not in message.as_bytes()
    assert opened(b"Message-ID: <1@example.com>\n" + message.as_bytes()).holding(key) == ["headers"]


def test_encoded_file_name_is_readable(opened: Opener) -> None:
    message = letter()
    message.add_attachment(b"x", "text", "csv", filename="bücher-übersicht.csv")
    assert "part-2/bücher-übersicht.csv" in opened(message.as_bytes()).members


def test_file_name_that_points_outside_is_reported(opened: Opener) -> None:
    message = letter()
    message.add_attachment(b"x", "text", "csv", filename="../../x.csv")
    found = opened(message.as_bytes())
    assert found.members["part-2/../../x.csv"] == b"x"
    assert found.reasons["part-2/../../x.csv"] == "name points outside the archive"


@pytest.mark.parametrize("dripping", [False, True])
def test_uuencoded_file_in_the_text_is_a_member(
    opened: Opener, make_key: Maker, dripping: bool
) -> None:
    key = make_key()
    content = b"K=" + key.encode() + random.Random(1).randbytes(5000)
    body = b"begin with this\n\n" + uu("app.env", content) + b"after " + key.encode() + b"\n"
    found = opened(HEADERS + b"\r\n" + body, dripping=dripping)
    assert found.members["part-1/app.env"] == content
    assert list(found.members) == ["part-1/app.env"]


def test_plain_text_of_a_whole_message_is_no_member_of_it(opened: Opener) -> None:
    # It is searched with the file's own bytes and so found on the file's own line.
    assert opened(letter().as_bytes()).members == {}


def test_uuencoded_file_without_an_end_is_a_skip(opened: Opener) -> None:
    found = opened(HEADERS + b"\r\n" + uu("a.bin", b"x" * 100).removesuffix(b"`\nend\n"))
    assert found.members["part-1/a.bin"] == b"x" * 100
    assert found.reasons["part-1/a.bin"] == "the uuencoded file has no end"


def test_base64_is_read_past_what_is_no_base64(opened: Opener, make_key: Maker) -> None:
    key = make_key().encode()
    first, second = base64.b64encode(b"first"), base64.encodebytes(key)
    body = first + b"\n!! comment !!\n" + second
    data = HEADERS + b"Content-Transfer-Encoding: base64\r\n\r\n" + body
    assert key in opened(data).members["part-1"] or first.endswith(b"=")
    assert opened(HEADERS + b"Content-Transfer-Encoding: base64\r\n\r\n" + first + second).holding(
        key
    ) == ["part-1"]


def test_unknown_transfer_encoding_is_a_skip_and_searched_as_it_is(
    opened: Opener, make_key: Maker
) -> None:
    key = make_key()
    data = HEADERS + b"Content-Transfer-Encoding: x-secret\r\n\r\n" + key.encode()
    found = opened(data)
    assert found.holding(key) == ["part-1"]
    assert found.reasons["part-1"] == "transfer encoding x-secret is not supported"


def test_message_cut_short_is_a_skip(opened: Opener, make_key: Maker) -> None:
    key = make_key()
    message = letter()
    message.add_attachment(key.encode() + b"x" * 9000, "a", "b", filename="app.env")
    found = opened(message.as_bytes()[:-3000])
    assert found.holding(key) == ["part-2/app.env"]
    assert found.reasons == {"": "the closing delimiter is missing, may be cut short"}


@pytest.mark.parametrize("dripping", [False, True])
def test_every_message_of_a_mailbox_is_a_member(
    tmp_path: Path, opened: Opener, make_key: Maker, dripping: bool
) -> None:
    key = make_key()
    box = mailbox.mbox(tmp_path / "box")
    for number in range(30):
        message = letter(f"number {number}")
        message.set_content("From the start\n\nFrom here on\n" * 99 + (key if number == 17 else ""))
        box.add(message)
    box.close()
    found = opened((tmp_path / "box").read_bytes(), name="mbox", dripping=dripping)
    assert list(found.members) == [*(f"message-{n}" for n in range(1, 31)), ""]
    inner = {path: opened(data, name="mail") for path, data in found.members.items() if path}
    assert [path for path, mail in inner.items() if mail.holding(key)] == ["message-18"]


@pytest.mark.parametrize("size", range(262_144 - 30, 262_144 + 10, 3))
def test_separator_over_the_edge_of_a_piece_is_seen(opened: Opener, size: int) -> None:
    first = HEADERS + b"\n" + b"x" * (size - len(HEADERS) - 1 - len(SEPARATOR)) + b"\n\n"
    found = opened(SEPARATOR + first + SEPARATOR + HEADERS + b"\nsecond\n")
    assert found.members["message-1"] == first
    assert found.members["message-2"] == HEADERS + b"\nsecond\n"


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (HEADERS + b"\r\nbody", "mail"),
        (b"Received: by x\r\nSubject: y\r\n\r\n", "mail"),
        (b"return-path: <a>\ndelivered-to: b\n folded\n\nbody", "mail"),
        (SEPARATOR + HEADERS, "mbox"),
        (b"From 0123abcd Mon Sep 17 00:00:00 2001\n" + HEADERS, None),
        (b"From the start: 12:00\nthere was no header\n", None),
        (b"From: a\nTo: b\n\nDear b,", None),
        (b"Subject: minutes\nDate: today\n\nWe met.", None),
        (b"Received: 12 boxes\n\nMIME-Version: 1.0\n", None),
        (b"Date: Fri\nSubject: x\nThis is a note\nFrom: a\n\n", None),
        (b"Message-ID: 1\n\n", None),
        (b"From: postgres:16\nRUN: x\n", None),
        (b"Deployment notes without any colon", None),
    ],
)
def test_only_mail_is_taken_for_mail(head: bytes, name: str | None) -> None:
    form = detect(head)
    assert (form.name if form else None) == name


def test_nesting_beyond_the_limit_is_a_skip(opened: Opener, make_key: Maker) -> None:
    key = make_key()
    data = HEADERS
    for level in range(40):
        data += b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (level, level)
    found = opened(data + b"\r\n" + key.encode(), Limits(depth=5))
    assert "parts nested more than 5 deep" in found.reasons.values()
    assert len(found.holding(key)) == 1


def test_parts_beyond_the_limit_are_a_skip(opened: Opener) -> None:
    data = HEADERS + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 50
    assert "more than 20 members" in opened(data, Limits(members=20)).reasons.values()


def test_hostile_headers_take_no_time(opened: Opener) -> None:
    quotes = b'Content-Type: multipart/mixed; boundary="' + b";" * 500_000 + b"\r\n"
    words = b"Subject: " + b"=?x?q?" * 100_000 + b"\r\n"
    names = b"Content-Disposition: attachment; " + b"filename*0*=a;" * 50_000 + b"\r\n"
    opened(HEADERS + quotes + words + names + b"\r\nbody")


def test_separator_among_the_headers_is_stepped_over(opened: Opener, make_key: Maker) -> None:
    key = make_key()
    data = b">From x\n" + HEADERS + b"Content-Transfer-Encoding: base64\n\n"
    data += base64.encodebytes(key.encode())
    assert opened(data, name="mail", damaged=True).holding(key) == ["part-1"]


def test_long_line_costs_no_memory_of_its_own(opened: Opener) -> None:
    head = HEADERS + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    found = opened(head + b"=41" * 300_000)
    assert found.members["part-1"] == b"A" * 300_000


def valid() -> bytes:
    message = letter("Grüße")
    message.add_attachment(b"attached", "application", "zip", filename="a.zip")
    message.add_attachment(letter("inner"))
    return message.as_bytes() + b"\n" + uu("x", b"data")


@given(data=st.data())
def test_no_damage_raises(data: st.DataObject, opened: Opener) -> None:
    whole = valid()
    broken = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(60, len(whole) - 1))
        broken[at] = data.draw(st.sampled_from(b"\n\r -=:;\"'?*%\0\xff/A"))
    cut = bytes(broken[: data.draw(st.integers(1, len(whole)))])
    opened(cut, name="mail", damaged=True)
    opened(SEPARATOR + cut + b"\n\n" + SEPARATOR + cut, name="mbox", damaged=True)
