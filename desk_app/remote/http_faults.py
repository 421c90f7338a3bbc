"""What a failure on the way means, and what a server says about time. Pure."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from requests.exceptions import ProxyError, SSLError

if TYPE_CHECKING:
    from collections.abc import Iterator

_LONGEST_DETAIL = 200
_LONGEST_WAIT_S = 86_400.0
"""Whatever a server says: longer ones are mistakes, or meant to shut somebody out."""
_TUNNEL = "Tunnel connection"
"""How the standard library begins what a proxy answered."""


def why_not_sent(error: BaseException) -> str:
    """Why a request never left: `proxy`, `certificate` or `offline`."""
    if isinstance(error, ProxyError):
        return "proxy"
    if isinstance(error, SSLError) or any(isinstance(one, ssl.SSLError) for one in _chain(error)):
        return "certificate"
    return "offline"


def detail_of(error: BaseException) -> str:
    """What the system or the TLS library says in a few words, without addresses or headers."""
    for one in _chain(error):
        if isinstance(one, ssl.SSLCertVerificationError) and one.verify_message:
            return str(one.verify_message)[:_LONGEST_DETAIL]
        if isinstance(one, ssl.SSLError):
            return str(one.reason or "TLS").replace("_", " ").lower()[:_LONGEST_DETAIL]
        if isinstance(one, TimeoutError):
            return "timed out"
        if isinstance(one, OSError) and one.errno is not None and one.strerror:
            return one.strerror[:_LONGEST_DETAIL]
        if isinstance(one, OSError) and str(one).startswith(_TUNNEL):
            return str(one)[:_LONGEST_DETAIL]
    return ""


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error, then what it was made of, the innermost last; requests nests three deep."""
    seen: set[int] = set()
    todo: list[object] = [error]
    while todo:
        one = todo.pop()
        if not isinstance(one, BaseException) or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        todo += [one.__cause__, getattr(one, "original_error", None)]
        todo += [getattr(one, "reason", None), *one.args]


def retry_after(text: str, date: str) -> float | None:
    """Seconds to wait by a Retry-After header, a day at most; None if it says nothing.

    A date is compared with the server's own clock (`date`, its Date header): this machine's may
    be wrong.
    """
    text = text.strip()
    if text.isascii() and text.isdigit():
        return min(float(text), _LONGEST_WAIT_S)
    until = _date(text)
    if until is None:
        return None
    now = _date(date) or datetime.now(UTC)
    return min(max(0.0, (until - now).total_seconds()), _LONGEST_WAIT_S)


def clock_skew(date: str, start: float, end: float) -> float | None:
    """Seconds that a server's clock is ahead; `start`, `end`: of the request, s since 1970."""
    there = _date(date)
    return None if there is None else there.timestamp() - (start + end) / 2


def _date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
