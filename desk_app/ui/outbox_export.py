"""Commands of the outbox as a file of the agent's own: JSON for machines, text for people."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from desk_app.domain.errors import FileUnwritableError
from desk_app.ui.outbox_texts import ticket_text, whole_text
from desk_app.ui.sync_texts import item_state, reason_text, what_text
from desk_app.ui.texts import tr

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from desk_app.domain.directory import Directory
    from desk_app.ports.outbox_reader import OutboxRow


def as_json(rows: Sequence[OutboxRow]) -> str:
    """Everything that is known of each command, its words too."""
    found = [
        {
            "ticket": row.number,
            "subject": row.subject,
            "seq": row.item.seq,
            "action": row.item.event.action,
            "command": row.item.event.command,
            "at": row.item.event.at,
            "state": str(row.item.state),
            "reason": row.item.reason,
            "server_words": row.item.words,
            "refused": list(row.item.refused),
            "tries": row.item.tries,
            "next_try": row.item.next_try,
            "accepted_parts": row.item.done,
            "steps": [{"kind": type(step).__name__} | asdict(step) for step in row.item.steps],
            "theirs": [asdict(change) for change in row.item.theirs],
        }
        for row in rows
    ]
    return json.dumps(found, default=str, ensure_ascii=False, indent=2) + "\n"


def as_text(
    rows: Sequence[OutboxRow], directory: Directory | None, server: str, now: datetime
) -> str:
    """The same for people."""
    parts = []
    for row in rows:
        state = item_state(row.item, server, now)
        why = reason_text(row.item.reason)
        parts.append(
            f"{ticket_text(row)} {row.subject}\n"
            f"{what_text(row.item)} · {row.item.event.at.astimezone():%Y-%m-%d %H:%M}\n"
            f"{tr('State: {state}').format(state=state)}{f' ({why})' if why else ''}\n\n"
            f"{whole_text(row, directory)}\n"
        )
    return "\n———\n\n".join(parts)


def write_text(path: str, text: str) -> None:
    """Write a file that the agent named; raise FileUnwritableError where that cannot be."""
    try:
        Path(path).write_text(text, encoding="utf-8")
    except OSError as error:
        raise FileUnwritableError(path=path, detail=error.strerror or "") from error
