"""What a container holds is one finding, wherever else its bytes show it."""

from __future__ import annotations

import base64
import io
import sqlite3
import zipfile
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

from antkey_rules.load import load_builtin
from antkey_scanner.engine import Settings, scan

Maker = Callable[..., str]


def _rows(path: Path) -> list[tuple[str, str]]:
    scanned = scan([str(path)], load_builtin(), Settings(), jobs=1)
    return [(finding.location.path, finding.rule.id) for finding in scanned.findings]


def test_a_packed_attachment_is_found_once(tmp_path: Path, make_key: Maker) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("app.env", make_key())
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "a@example.com", "b@example.com", "report"
    mail["Date"] = "Fri, 20 Nov 2026 10:00:00 +0000"
    mail["Message-ID"] = "<1@example.com>"
    mail.set_content("see below")
    mail.add_attachment(
        packed.getvalue(), maintype="application", subtype="zip", filename="report.zip"
    )
    (tmp_path / "m.eml").write_bytes(mail.as_bytes())
    ((path, rule),) = _rows(tmp_path)
    assert path.endswith("report.zip!/app.env")
    assert rule == "anthropic-api-key"


def test_a_key_that_a_database_has_cut_is_found_whole_and_once(
    tmp_path: Path, make_key: Maker
) -> None:
    database = sqlite3.connect(tmp_path / "x.db")
    database.execute("create table t (a)")
    for filler in range(4000, 4120, 10):
        database.execute("insert into t values (?)", ("z" * filler + make_key(),))
    database.commit()
    database.close()
    rows = _rows(tmp_path)
    assert len(rows) == 12
    assert {rule for _, rule in rows} == {"anthropic-api-key"}


def test_a_container_in_base64_is_opened(tmp_path: Path, make_key: Maker) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inner/app.env", f"A=1\nKEY={make_key()}")
    (tmp_path / "secret.yaml").write_text(f"data: {base64.b64encode(packed.getvalue()).decode()}\n")
    assert _rows(tmp_path) == [("secret.yaml!/inner/app.env", "anthropic-api-key")]
