"""Anthropic's Admin API: reads which keys an organisation has, and who may use them. Only ever reads.

Imported by `antkey keys sync` alone; every other command works on the file that it writes.
"""

BASE_URL = "https://api.anthropic.com"

VERSIONS = ("2026-10-21", "2023-06-01")
"""Values of `anthropic-version`, the one to try first before the one to fall back to."""
