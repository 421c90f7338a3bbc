"""What the sync log shows of one request to a server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desk_app.ui.models.log_model import LogRow
from desk_app.ui.sync_texts import problem_text, why_text
from desk_app.ui.texts import tr

if TYPE_CHECKING:
    from desk_app.domain.asked import RequestLine

_OUTCOMES = {"answered": "answered", "moved": "sent on"}
_KB = 1000


def request_row(line: RequestLine) -> LogRow:
    """A request as texts: its number, and the command that it was made for."""
    code, _, why = line.outcome.partition(" ")
    words = tr(_OUTCOMES[code]) if code in _OUTCOMES else problem_text(code)
    status = f"{line.status} " if line.status else ""
    took = tr("{ms} ms, {sent} out, {got} in").format(
        ms=line.ms, sent=_size(line.sent), got=_size(line.got)
    )
    return LogRow(
        at=f"{line.at.astimezone():%m-%d %H:%M:%S}",
        ticket="",
        what=f"{line.method} {line.path}",
        outcome=f"{status}{words}",
        why=" ".join(filter(None, (why_text(why) or why, took))),
        before="",
        after="",
        request=f"r{line.id} {line.command}".strip(),
        is_request=True,
    )


def _size(number: int) -> str:
    return f"{number} B" if number < _KB else f"{number / _KB:.1f} kB"
