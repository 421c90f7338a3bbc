"""One request to a server, as the sync log keeps it: what was asked, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestLine:
    """Never a secret, a cookie, a body, or what was searched for."""

    id: int = 0
    """The desk's own number of it; 0 before it is kept."""
    at: datetime
    method: str
    path: str
    """Below the server's address; of its query only numbers that name a ticket or a page."""
    status: int = 0
    """0: no answer came."""
    ms: int = 0
    """From the first byte to the last; waiting for a free line is not counted."""
    sent: int = 0
    """Bytes of the body that went out."""
    got: int = 0
    """Bytes of the answer's body, unpacked."""
    outcome: str = ""
    """`answered`, `moved`, or the code of an error and, after a space, why."""
    command: str = ""
    """Id of the command that it was made for; '' for what was only read."""
