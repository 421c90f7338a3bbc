"""A command of the outbox in sentences: what it does, why it stands there, what can be done."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from desk_app.domain.named import NOBODY
from desk_app.domain.outbox import IN_FLIGHT, Edit, Happening, NewTicket, OutboxState, Post, can
from desk_app.domain.rich_text import excerpt
from desk_app.ui.field_titles import field_title
from desk_app.ui.sync_texts import (
    clock,
    goes_on_text,
    item_state,
    reason_text,
    server_words,
    what_text,
)
from desk_app.ui.texts import number_text, tr
from desk_app.ui.thread_html import value_text

if TYPE_CHECKING:
    from datetime import datetime

    from desk_app.domain.directory import Directory
    from desk_app.domain.named import Named
    from desk_app.domain.outbox import OutboxItem, Step
    from desk_app.ports.outbox_reader import OutboxRow

EXCERPT = 80


class OutboxAction(StrEnum):
    """What an agent can do with a command that is not settled."""

    OPEN = "open"
    EDIT = "edit"
    HOLD = "hold"
    LET_GO = "let_go"
    RETRY = "retry"
    CONFIRM = "confirm"
    DISCARD = "discard"
    EXPLAIN = "explain"
    EXPORT = "export"


A, S = OutboxAction, OutboxState

ACTION_NAMES = {
    A.OPEN: "Go to ticket",
    A.EDIT: "Edit",
    A.HOLD: "Hold",
    A.LET_GO: "Let go",
    A.RETRY: "Try again",
    A.CONFIRM: "It arrived",
    A.DISCARD: "Discard",
    A.EXPLAIN: "Explain",
    A.EXPORT: "Export…",
}
ACTION_KEYS = {
    A.OPEN: "Return",
    A.EDIT: "E",
    A.HOLD: "H",
    A.LET_GO: "L",
    A.RETRY: "R",
    A.CONFIRM: "C",
    A.DISCARD: "Del",
    A.EXPLAIN: "I",
    A.EXPORT: "X",
}
_NEEDED = {
    A.EDIT: Happening.DISCARD,
    A.HOLD: Happening.HOLD,
    A.LET_GO: Happening.LET_GO,
    A.RETRY: Happening.RETRY,
    A.CONFIRM: Happening.CONFIRM,
    A.DISCARD: Happening.DISCARD,
}

_WHY = {
    S.WAITING: "It waits in the outbox until it can go out.",
    S.HELD: "It is held: it does not go out before it is let go.",
    S.SENDING: "It is going out just now.",
    S.UNCERTAIN: "It went out and no answer came, so it may have arrived. "
    "It is looked for on the server before it is sent again.",
    S.UNSURE: "It went out, no answer came, and the server cannot tell whether it arrived.",
    S.CONFLICT: "Somebody else changed the same field after you had read it.",
    S.STALE: "Somebody wrote in this ticket after you had read it, so your text may not fit.",
    S.REFUSED: "It was refused.",
    S.ACCEPTED: "The server has accepted it.",
    S.DISCARDED: "You discarded it.",
}
_TODO = {
    S.WAITING: "Nothing has to be done. You can edit, hold or discard it.",
    S.HELD: "Let it go, or discard it.",
    S.SENDING: "Wait a moment.",
    S.UNCERTAIN: "Nothing has to be done.",
    S.UNSURE: "Look at the ticket on the server. Is it there? Say “It arrived”. "
    "If it is not: “Try again”.",
    S.CONFLICT: "Decide for each field: yours, theirs or another value (Ctrl+Shift+C).",
    S.STALE: "Read what is new, then send it anyway, edit or discard it (Ctrl+Shift+C).",
    S.REFUSED: "Put right what it says, then try again; or edit or discard it.",
    S.ACCEPTED: "Nothing has to be done.",
    S.DISCARDED: "Its text is among the drafts.",
}
_SAID_BY_STATE = frozenset({"", "changed_meanwhile", "thread_moved_on"})
_NOT = {
    A.EDIT: "It cannot be edited now.",
    A.HOLD: "It cannot be held now.",
    A.LET_GO: "It is not held.",
    A.RETRY: "There is nothing to try again now.",
    A.CONFIRM: "That is asked only where the server cannot tell whether it arrived.",
    A.DISCARD: "It cannot be discarded now.",
}


def outbox_action_name(action: OutboxAction) -> str:
    return tr(ACTION_NAMES[action])


def refusal(action: OutboxAction, item: OutboxItem) -> str:
    """Why this cannot be done to a command where it stands; '' if it can."""
    needed = _NEEDED.get(action)
    if needed is None or can(item.state, needed):
        return ""
    if action is A.RETRY and item.state is S.WAITING:
        return ""
    why = tr(_NOT[action])
    if item.state in IN_FLIGHT:
        why += " " + tr("It may be on its way just now: wait until that is known.")
    return why


def ticket_text(row: OutboxRow) -> str:
    """The ticket's number, or that it has none yet."""
    return number_text(row.number)


def change_text(row: OutboxRow, directory: Directory | None) -> str:
    """What it changes, on one line."""
    return "; ".join(_step_text(step, directory, row.named) for step in row.item.steps)


def _step_text(step: Step, directory: Directory | None, named: Named) -> str:
    if isinstance(step, NewTicket):
        return step.ticket.subject
    if isinstance(step, Post):
        return excerpt(step.entry.text, EXCERPT) or tr("(files only)")
    return ", ".join(diff_lines(step, directory, named))


def diff_lines(step: Edit, directory: Directory | None, named: Named) -> list[str]:
    """Each field, before and after."""
    line = tr("{field}: {old} → {new}")
    return [
        line.format(
            field=field_title(change.field, directory),
            old=shown_value(change.field, change.old, directory, named),
            new=shown_value(change.field, change.new, directory, named),
        )
        for change in step.changes
    ]


def shown_value(
    field: str, value: object, directory: Directory | None, named: Named = NOBODY
) -> str:
    if directory is None:
        return str(value)
    return value_text(field, value, directory, named)


def next_text(item: OutboxItem) -> str:
    """When it is tried next; '' where nothing is to be waited for."""
    return "" if item.next_try is None else f"{item.next_try.astimezone():%H:%M:%S}"


def waits_text(row: OutboxRow, before: OutboxItem | None, account: str) -> str:
    """What it waits for: another command, a time, the agent, the server."""
    item = row.item
    if item.needs_you:
        return tr("you")
    if before is not None:
        return tr("“{what}” of the same ticket").format(what=what_text(before))
    if item.state is S.HELD:
        return tr("you") if item.next_try is None else tr("the seconds to undo it")
    if item.state in IN_FLIGHT:
        return tr("the server's answer")
    return account or reason_text(item.reason) or tr("the next round")


def explain(
    row: OutboxRow,
    before: OutboxItem | None,
    *,
    server: str,
    account: str,
    now: datetime,
    directory: Directory | None = None,
) -> list[str]:
    """Sentences: where it stands and why, what was kept, what can be done."""
    item = row.item
    told = [f"{item_state(item, server, now)}. {tr(_WHY[item.state])}"]
    if item.reason not in _SAID_BY_STATE:
        told.append(tr("Why: {reason}.").format(reason=reason_text(item.reason)))
    if item.words and item.reason == "server":
        told.append(tr("The server's words: “{words}”").format(words=server_words(item.words)))
    told += [line for line in (goes_on_text(item),) if line]
    told += partly_refused(item, server, directory)
    if item.words and item.reason == "locked":
        told.append(tr("{who} is at the ticket there.").format(who=item.words))
    if before is not None and not item.needs_you:
        words = tr("It goes out after “{what}” of the same ticket, which comes first.")
        told.append(words.format(what=what_text(before)))
    if account and item.state is S.WAITING:
        told.append(tr("Nothing goes out now: {why}.").format(why=account))
    told += _progress(item)
    kept = tr("All of it is saved here, on this disk, since {at}; nothing expires.")
    told.append(kept.format(at=clock(item.event.at)))
    told.append(tr(_TODO[item.state]))
    return told


def partly_refused(item: OutboxItem, server: str, directory: Directory | None) -> list[str]:
    """Which fields were taken and which were not, where the server took some of them."""
    fields = [c.field for s in item.steps if isinstance(s, Edit) for c in s.changes]
    taken = [field_title(name, directory) for name in fields if name not in item.refused]
    if not item.refused or not taken:
        return []
    words = tr("{server} took: {taken}. It did not take: {refused}.")
    refused = ", ".join(field_title(name, directory) for name in item.refused)
    return [words.format(server=server, taken=", ".join(taken), refused=refused)]


def _progress(item: OutboxItem) -> list[str]:
    """How often it was tried, when it is next, what of it is accepted."""
    told = []
    if item.tries:
        told.append(tr("It was tried {n} times.").format(n=item.tries))
    if item.next_try is not None:
        told.append(tr("Next: {at}.").format(at=next_text(item)))
    if item.done:
        words = tr("{done} of its {all} parts were accepted already.")
        told.append(words.format(done=item.done, all=len(item.steps)))
    return told


def whole_text(row: OutboxRow, directory: Directory | None) -> str:
    """What it does, in full: fields before and after, and every word that was written."""
    parts = []
    for step in row.item.steps:
        if isinstance(step, Edit):
            parts += diff_lines(step, directory, row.named)
            continue
        if isinstance(step, NewTicket):
            parts.append(step.ticket.subject)
        if step.entry is not None:
            parts.append(step.entry.text)
            parts += [tr("File: {name}").format(name=f.name) for f in step.entry.attachments]
    return "\n".join(parts)
