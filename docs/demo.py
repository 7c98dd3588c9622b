"""Writes a folder of made-up leaks to try antkey on: `python docs/demo.py FOLDER`.

The keys are random characters in the real format. The same ones each time, so that the
documentation can show what antkey says about them; never in a file of the project.
"""

from __future__ import annotations

import base64
import gzip
import io
import random
import string
import sys
import tarfile
from pathlib import Path

_BASE64URL = string.ascii_letters + string.digits + "-_"


def write_demo(folder: Path) -> None:
    """Fill `folder`, which must not exist yet."""
    dice = random.Random("antkey")  # noqa: S311 - made-up keys, the same each time

    def key(family: str) -> str:
        return f"sk-ant-{family}-" + "".join(dice.choices(_BASE64URL, k=93)) + "AA"

    chat, admin, backup = key("api03"), key("admin01"), key("api03")
    folder.mkdir(parents=True)
    (folder / "app.py").write_text("import os\n\nKEY = os.environ['ANTHROPIC_API_KEY']\n")
    (folder / "app.log").write_text(
        f"12:00:01 INFO started\n12:00:02 DEBUG headers: {{'x-api-key': '{chat}'}}\n"
    )
    secret = base64.b64encode(admin.encode()).decode()
    (folder / "secret.yaml").write_text(
        f"kind: Secret\nmetadata:\n  name: claude\ndata:\n  admin-key: {secret}\n"
    )
    _write_backup(folder / "backup.tar.gz", {"etc/app.env": f"MODE=prod\nCLAUDE_KEY={backup}\n"})


def _write_backup(path: Path, members: dict[str, str]) -> None:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name, text in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text.encode()))
    path.write_bytes(gzip.compress(packed.getvalue(), mtime=0))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python docs/demo.py FOLDER")
    write_demo(Path(sys.argv[1]))
