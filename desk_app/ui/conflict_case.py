"""One command that needs the agent, with what there is to decide it by; read on a worker."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from desk_app.domain.errors import NotFoundError
from desk_app.domain.gate import Situation, denial
from desk_app.domain.named import NOBODY
from desk_app.domain.outbox import OutboxState
from desk_app.domain.undo_gate import asked_again
from desk_app.ui.outbox_texts import change_text, partly_refused, whole_text
from desk_app.ui.sync_texts import clock, goes_on_text, reason_text, server_words, what_text
from desk_app.ui.texts import denial_text, tr
from desk_app.ui.thread_html import event_line

if TYPE_CHECKING:
    from datetime import datetime

    from desk_app.domain.directory import Directory
    from desk_app.domain.entry import Entry, Event
    from desk_app.domain.gate import Denial
    from desk_app.domain.mirror import Base
    from desk_app.domain.named import Named
    from desk_app.domain.outbox import OutboxItem
    from desk_app.ports.outbox_reader import OutboxRow
    from desk_app.ports.reader import TicketPage, TicketReader

_ALL = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What is known of one decision."""

    row: OutboxRow
    base: Base | None
    new: tuple[Entry, ...] = ()
    """What was written since, newest last."""
    since: tuple[Event, ...] = ()
    """What others did that the desk did not know yet when the agent acted, newest last."""
    others: tuple[Event, ...] = ()
    """All that others did, newest last."""
    named: Named = NOBODY
    """How people and tickets are called in what others did."""
    denied: Denial | None = None
    """Why the rules say no, by what the server said last."""

    @property
    def item(self) -> OutboxItem:
        return self.row.item


def read_case(reader: TicketReader, row: OutboxRow, directory: Directory, now: datetime) -> Case:
    """Everything about one command that needs the agent."""
    item = row.item
    base = reader.base(item.ticket)
    try:
        page = reader.page(item.ticket, agent=item.event.actor, entries=_ALL)
    except NotFoundError:
        return Case(row=row, base=base)
    return Case(
        row=row,
        base=base,
        new=_new(page, item, base),
        since=_since(page, item),
        others=tuple(e for e in page.events if e.actor != item.event.actor),
        named=page.named,
        denied=_denied(page, item, base, directory, now),
    )


def _new(page: TicketPage, item: OutboxItem, base: Base | None) -> tuple[Entry, ...]:
    """The entries that the agent had not seen: so many as the desk heard since."""
    others = [e for e in page.entries if e.agent != item.event.actor]
    if item.state is OutboxState.UNSURE:
        return page.entries[-3:]
    if base is None or item.seen is None:
        return tuple(others)
    heard = base.heard - item.seen
    return tuple(others[-heard:]) if heard > 0 else ()


def _since(page: TicketPage, item: OutboxItem) -> tuple[Event, ...]:
    """By the order in which the server told it: its clock and this one need not agree."""
    told = [event for event in page.events if event.command.startswith("v:")]
    start = len(told) if item.told is None else item.told
    return tuple(event for event in told[start:] if event.actor != item.event.actor)


def _denied(
    page: TicketPage, item: OutboxItem, base: Base | None, directory: Directory, now: datetime
) -> Denial | None:
    actor = directory.agents.get(item.event.actor)
    if item.reason not in {"gate", "gate_alone"} or base is None or actor is None:
        return None
    situation = Situation(
        ticket=base.ticket,
        actor=actor,
        directory=directory,
        now=now,
        open_children=page.open_children,
        others={},
        requester_email=page.requester.email,
    )
    asked = (denial(action, situation, target) for action, target in asked_again(item.event))
    return next((found for found in asked if found is not None), None)


# --- in words ----------------------------------------------------------------------------------


def heading(case: Case, directory: Directory) -> str:
    """What the agent did and when, before what stands against it."""
    item = case.item
    words = tr("{when}: you did “{what}”: {change}")
    what = what_text(item)
    change = change_text(case.row, directory).removeprefix(f"{what}: ")
    return words.format(when=clock(item.event.at), what=what, change=change)


def against(case: Case, directory: Directory, server: str) -> str:
    """What stands against it: what is new, what the server said, why the rules say no."""
    item, parts = case.item, []
    if item.state is OutboxState.REFUSED:
        parts += [_refusal(case, server), *partly_refused(item, server, directory)]
    elif item.state is OutboxState.UNSURE:
        parts.append(_evidence(case, server))
    if item.state is not OutboxState.REFUSED and case.new:
        label = tr("The newest in the thread:")
        parts.append(tr("Written since:") if item.state is OutboxState.STALE else label)
        parts += [f"{e.author_name}, {clock(e.at)}\n{e.text}" for e in case.new]
    if case.since:
        parts.append(tr("Since then:"))
        parts += [event_line(event, directory, case.named) for event in case.since]
    return "\n\n".join(parts)


def _refusal(case: Case, server: str) -> str:
    item = case.item
    if item.reason == "server" and not item.words:
        return tr("{server} said no, and not why.").format(server=server)
    if item.reason == "server":
        return tr("{server} said: “{words}”").format(server=server, words=server_words(item.words))
    if case.denied is not None:
        words = tr("You did it by what was known here. By what {server} says now: {reason}")
        return words.format(server=server, reason=denial_text(case.denied))
    return f"{reason_text(item.reason)}. {goes_on_text(item)}".strip()


def _evidence(case: Case, server: str) -> str:
    words = tr(
        "It went out ({n} tries) and no answer came, and {server} cannot tell whether it arrived. "
        "Compare the thread there with your text. The ticket was last read at {at}."
    )
    at = "-" if case.base is None else clock(case.base.ticket.updated_at)
    return words.format(n=case.item.tries, server=server, at=at)


def mine_text(case: Case, directory: Directory) -> str:
    return whole_text(case.row, directory)


def who_changed(case: Case, field: str, directory: Directory) -> str:
    """Who gave a field the value that the server has, and when; '' where that is not known."""
    theirs = next((c.new for c in case.item.theirs if c.field == field), None)
    for event in reversed(case.others):  # by the value, not by a clock
        if any(c.field == field and c.new == theirs for c in event.changes):
            agent = directory.agents.get(event.actor)
            name = agent.name if agent else tr("Requester")
            return tr("{name}, {at}").format(name=name, at=clock(event.at))
    return ""
