"""Addresses of servers. Pure."""

from __future__ import annotations

import contextlib
from typing import Any
from urllib.parse import urlsplit


def checked_address(url: str) -> str:
    """The address of a server without a slash at its end.

    Raises:
        ValueError: no http or https, no host, or a user, a query or an anchor in it.
    """
    parts = urlsplit(url.strip())
    with contextlib.suppress(ValueError):
        odd = parts.query or parts.fragment or "@" in parts.netloc or (parts.port or 1) < 1
        if parts.scheme in {"http", "https"} and parts.hostname and not odd:
            return url.strip().rstrip("/")
    raise ValueError("not the address of a server")


def origin(url: str) -> str:
    """Scheme, host and port: what may be told a credential that is for one of its addresses."""
    parts: Any = urlsplit(url)
    port = parts.port or {"https": 443, "http": 80}.get(parts.scheme, 0)
    return f"{parts.scheme}://{parts.hostname}:{port}"
