"""Where a request went, by what a record says of it. Pure."""

from __future__ import annotations

from urllib.parse import urlsplit


def where(
    host: str | None, url: str | None, path: str | None, allowed: tuple[str, ...]
) -> tuple[str, str, str]:
    """Host, path and what may hold a key. A gateway that names no host speaks of requests to the API."""
    for text in (url, path):
        if text is not None and "://" in text[:10]:
            found = host_and_path(text)
            if found is not None:
                return (*found, text)
    plain = path or url or ""
    name = (allowed[0] if allowed else "") if host is None else without_port(host.strip().lower())
    return name, plain.partition("?")[0], plain


def host_and_path(url: str) -> tuple[str, str] | None:
    """Host, lower case and without a port, and path of a URL; None for what is none."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return None
    return (host.lower(), parts.path or "/") if host else None


def without_port(host: str) -> str:
    """A host's name out of `name:443`."""
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdigit() and ("]" in name or ":" not in name) else host
