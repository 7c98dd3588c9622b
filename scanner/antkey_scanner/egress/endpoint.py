"""A path without what changes from call to call, so that calls of one endpoint are told as one."""

from __future__ import annotations

import re

from antkey_scanner.egress.credentials import redacted

_ID = re.compile(
    r"""
    (?<=/) (?:
        [a-z]+_[A-Za-z0-9]{8,}              # msgbatch_01HkcTjaV5uDC8jWR4ZsDV8d
      | [0-9]+
      | [0-9a-fA-F]{8}-[0-9a-fA-F-]{27}     # a UUID
      | [0-9a-f]{16,}
    ) (?= / | $ )
    """,
    re.VERBOSE,
)
_MOST = 200


def endpoint(path: str) -> str:
    """`/v1/messages/batches/*/results`, with keys shortened to their hints."""
    return _ID.sub("*", redacted(path))[:_MOST]
