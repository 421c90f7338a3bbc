"""What an undo sends to a server, and what no undo takes back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desk_app.services.undoing import Stays
from desk_app.ui.field_titles import field_title
from desk_app.ui.outbox_texts import shown_value
from desk_app.ui.sync_texts import clock
from desk_app.ui.texts import event_name, field_name, tr
from desk_app.ui.thread_html import done_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from desk_app.domain.directory import Directory
    from desk_app.services.undoing import UndoPlan

_STAYS = {
    Stays.MAIL: "Cannot be undone: the mail left at {at}.",
    Stays.NOTE: "Cannot be undone: the note is on the server since {at}.",
    Stays.MERGE: "Cannot be undone: the tickets are merged on the server since {at}.",
    Stays.COMMENT: "Cannot be undone: the words that went with it, at {at}.",
}


def undo_title(plan: UndoPlan, server: str) -> str:
    """The question over the preview."""
    words = (
        tr("Do “{what}” again? {server} took the undo, so this goes out:")
        if plan.is_redo
        else tr("Undo “{what}”? {server} has it, so this goes out:")
    )
    return words.format(what=_what(plan), server=server)


def _what(plan: UndoPlan) -> str:
    """What the agent once did, by its fields where that says more than “Changed”."""
    if plan.is_redo and plan.action in {"edit", "edit_custom"}:
        return ", ".join(field_name(change.field) for change in plan.changes)
    return event_name(plan.action) if plan.is_redo else done_name(plan.event)


def undo_lines(plan: UndoPlan, directory: Directory | None) -> list[str]:
    """Field by field what goes out, then what stays, with reason and time."""
    line = tr("{field}: {old} → {new}")
    told = [
        line.format(
            field=field_title(change.field, directory),
            old=shown_value(change.field, change.old, directory, plan.named),
            new=shown_value(change.field, change.new, directory, plan.named),
        )
        for change in plan.changes
    ]
    told += [tr(_STAYS[stay.what]).format(at=clock(stay.at)) for stay in plan.stays]
    if plan.not_offered is not None:
        status = shown_value("status", plan.not_offered, directory)
        words = tr("The server did not offer “{status}” when it was read last: it may refuse.")
        told.append(words.format(status=status))
    return told


NAMED = 8
"""Tickets that are named one by one in a preview; of the rest, how many."""


def batch_title(plans: Sequence[UndoPlan], server: str, *, redo: bool) -> str:
    """The question over the preview of many."""
    words = (
        tr("Do it again on {n} tickets? This goes out to {server}:")
        if redo
        else tr("Undo it on {n} tickets? {server} has it, so this goes out:")
    )
    return words.format(n=len({plan.event.ticket for plan in plans}), server=server)


def batch_lines(plans: Sequence[UndoPlan], directory: Directory | None) -> list[str]:
    """One line an action, with its ticket's number."""
    line = tr("#{number}  {what}")
    told = [
        line.format(number=plan.number or tr("new"), what="; ".join(undo_lines(plan, directory)))
        for plan in plans[:NAMED]
    ]
    if len(plans) > NAMED:
        told.append(tr("and {n} more").format(n=len(plans) - NAMED))
    return told


def undo_later_text(*, online: bool) -> str:
    """What becomes of it once it is agreed to."""
    if online:
        return tr("It goes out at once. Who changes the same field meanwhile is not overwritten.")
    return tr("It waits in the outbox and goes out when online.")
