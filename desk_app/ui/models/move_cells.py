"""A reassignment as texts: for the list, the CSV file and the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from desk_app.domain.calm_text import calm
from desk_app.ui.reassign_texts import move_name
from desk_app.ui.texts import field_name, tr

if TYPE_CHECKING:
    from desk_app.domain.directory import Directory
    from desk_app.domain.move_record import Moved

LONGEST = 200
"""Letters of a subject."""


def header() -> list[str]:
    return [
        *(tr("When"), tr("Who"), tr("What"), tr("Ticket")),
        *(tr("Subject"), tr("From"), tr("To"), tr("Comment")),
    ]


def cells(moved: Moved, directory: Directory) -> list[str]:
    """One reassignment as the texts of a line."""
    what = move_name(moved.kind)
    if moved.undone:
        what = tr("{what} (undone)").format(what=what)
    steps = [(name, _named(name, step.old, directory), _named(name, step.new, directory))
             for name, step in moved.steps]  # fmt: skip
    several = len(steps) > 1
    olds, news = (
        ", ".join(
            f"{field_name(step[0])}: {step[side]}" if several else step[side] for step in steps
        )
        for side in (1, 2)
    )
    return [
        f"{moved.at.astimezone():%Y-%m-%d %H:%M}",
        _named("owner", moved.actor or None, directory),
        what,
        moved.number,
        calm(moved.subject, LONGEST),
        olds,
        news,
        moved.comment,
    ]


def _named(field: str, key: str | None, directory: Directory) -> str:
    if key is None:
        return "-"
    things: Any = {
        "owner": directory.agents,
        "team": directory.teams,
        "department": directory.departments,
    }.get(field, {})
    found = things.get(key)
    return key if found is None else str(found.name)
