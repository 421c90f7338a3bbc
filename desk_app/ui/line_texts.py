"""What went wrong, for a command line: there is no screen on which words are kept."""

from __future__ import annotations

from desk_app.domain.errors import DeskError
from desk_app.ui.texts import error_text, tr

_SENTENCES = {
    "desk_read_only": "The desk in {path} cannot be written. Nothing was done; make the folder "
    "writable and try again.",
    "disk_full": "There is no room left for {path}. Nothing was done; free some room and try "
    "again.",
    "desk_gone": "The desk in {path} was moved, deleted or replaced meanwhile. Put it back and "
    "try again.",
}


def line_error_text(error: DeskError) -> str:
    """What happened, what was kept, what to do; the same as on screen where that is true here."""
    words = _SENTENCES.get(error.code)
    return error_text(error) if words is None else tr(words).format(**error.facts)
