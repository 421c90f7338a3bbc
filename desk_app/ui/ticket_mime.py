"""Tickets on their way from one place to another, in this window or the next.

What comes in was written by any program at all: it names tickets and nothing else, and the gate
is asked about each of them as if they had been chosen here.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QByteArray, QMimeData

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

MIME = "application/x-desk-app-tickets"
MOST_TICKETS = 20_000
_MOST_BYTES = 1 << 20
_VERSION = 1
_MOST_ID = (1 << 63) - 1


def desk_identity(path: Path) -> str:
    """Which desk: the same for every program on this machine that has it open."""
    return hashlib.sha256(str(path.absolute()).encode()).hexdigest()[:32]


def encoded(desk: str, tickets: Sequence[int]) -> QMimeData:
    """What is dragged, or put on the clipboard."""
    doc = {"version": _VERSION, "desk": desk, "tickets": list(tickets[:MOST_TICKETS])}
    data = QMimeData()
    data.setData(MIME, QByteArray(json.dumps(doc).encode()))
    return data


def decoded(data: QMimeData | None, desk: str) -> tuple[int, ...] | None:
    """The tickets, each once; None where these are none of this desk's."""
    if data is None or not data.hasFormat(MIME):
        return None
    raw = bytes(data.data(MIME).data())
    if len(raw) > _MOST_BYTES:
        return None
    try:
        doc = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return _tickets(doc, desk)


def _tickets(doc: Any, desk: str) -> tuple[int, ...] | None:
    if not isinstance(doc, dict) or doc.get("version") != _VERSION or doc.get("desk") != desk:
        return None
    found = doc.get("tickets")
    if not isinstance(found, list) or not 0 < len(found) <= MOST_TICKETS:
        return None
    if not all(type(one) is int and 0 < one <= _MOST_ID for one in found):
        return None
    return tuple(dict.fromkeys(found))
