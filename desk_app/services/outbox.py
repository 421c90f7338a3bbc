"""What an agent can do with what waits in the outbox."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from desk_app.domain.changes import value_of, with_value
from desk_app.domain.draft import Draft, DraftKey, DraftKind, combined, left_over
from desk_app.domain.entry import Change, EntryKind
from desk_app.domain.errors import DeskError
from desk_app.domain.mirror import project
from desk_app.domain.outbox import (
    FOLLOW_STATUS,
    Happening,
    NewTicket,
    OutboxItem,
    OutboxState,
    Post,
    can,
    discarded,
    is_sent,
    moved,
    restored,
    steps,
)
from desk_app.domain.ticket import State

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from desk_app.domain.directory import Directory
    from desk_app.domain.entry import Entry, Event
    from desk_app.domain.people import Agent
    from desk_app.domain.ticket import Ticket
    from desk_app.ports.host import Clock
    from desk_app.ports.sync import SyncUnit, SyncUnits
    from desk_app.ports.unit_of_work import Changes, UnitOfWork


class NotNowError(DeskError):
    """This cannot be done to an outbox item as it stands (`state`, `wanted`)."""

    code = "not_now"


class OutboxDesk:
    """Carries out what the agent decides about single items; each in one transaction.

    Every method raises NotFoundError if there is no such item, and NotNowError if it stands where
    this cannot be done: what may be on its way is neither held nor discarded.
    """

    def __init__(self, units: SyncUnits, clock: Clock) -> None:
        self._units = units
        self._clock = clock

    def hold(self, seq: int) -> Changes:
        """Keep it back until it is let go."""
        return self._simply(seq, Happening.HOLD)

    def let_go(self, seq: int) -> Changes:
        """Send it with the next round."""
        return self._simply(seq, Happening.LET_GO)

    def confirm(self, seq: int) -> Changes:
        """The agent looked on the server, and it is there."""
        return self._simply(seq, Happening.CONFIRM)

    def retry(self, seq: int) -> Changes:
        """Send it again, knowing what is known: in a conflict, mine instead of theirs.

        What waits for its next try is sent at once.
        """
        with self._units() as unit:
            item = unit.item(seq)
            if item.state is OutboxState.WAITING:
                unit.save_item(replace(item, next_try=None))
                return unit.commit()
            base = unit.base(item.ticket)
            if item.theirs:
                unit.change_event(_rebased(item))
            kept = _settled_or_no(item, Happening.RETRY)
            unit.save_item(replace(kept, seen=None if base is None else base.heard))
            return unit.commit()

    def decide(self, seq: int, results: Mapping[str, object]) -> Changes:
        """Settle a conflict field by field: what each one that collided is to be.

        Where the result is what the server has, nothing of mine is left of the field; where that
        is so of every field, the command is given up.
        """
        with self._units() as unit:
            item = unit.item(seq)
            if item.state is not OutboxState.CONFLICT:
                raise NotNowError(state=str(item.state), wanted="decide")
            event = _decided(item, results, unit.directory())
            entry = next((s.entry for s in item.steps if isinstance(s, Post)), None)
            if len(steps(event, entry)) <= item.done:
                self._discard(unit, item, seq)
            else:
                unit.change_event(event)
                base = unit.base(item.ticket)
                kept = _settled_or_no(unit.item(seq), Happening.RETRY)
                unit.save_item(replace(kept, seen=None if base is None else base.heard))
            self._show(unit, item)
            return unit.commit()

    def discard(self, seq: int) -> Changes:
        """Give it up: fields are what the server says, a text is a draft again.

        With a ticket that was never made, all that waits for it goes the same way.
        """
        return self.discard_all([seq])

    def discard_all(self, seqs: Sequence[int]) -> Changes:
        """Give up all of these, or none."""
        with self._units() as unit:
            for seq in seqs:
                self._discard_one(unit, seq)
            return unit.commit()

    def _discard_one(self, unit: SyncUnit, seq: int) -> None:
        item = unit.item(seq)
        if item.discarded_with in {one.seq for one in unit.beside(item)} - {seq}:
            return  # it went with its ticket just now
        made = item.event.action == "create"
        for one in unit.items(item.ticket) if made else [item]:
            self._discard(unit, one, seq)
        self._show(unit, item, deleted=made)

    def restore_all(self, seqs: Sequence[int]) -> Changes:
        """Have again what was discarded: each as it was and at its place, or none of them.

        Words that it gave back leave the draft, where they stand there as they were.

        Raises:
            NotNowError: `state` is `overtaken` where another command since changed the same field.
        """
        with self._units() as unit:
            for seq in seqs:
                self._restore_one(unit, unit.item(seq))
            return unit.commit()

    def _restore_one(self, unit: SyncUnit, item: OutboxItem) -> None:
        if item.state is not OutboxState.DISCARDED:
            if not item.is_open or item.discarded_with:
                raise NotNowError(state=str(item.state), wanted="restore")
            return  # it came with its ticket just now
        if item.discarded is None:
            raise NotNowError(state=str(item.state), wanted="restore")
        line = unit.beside(item)
        if _is_overtaken(item, line):
            raise NotNowError(state="overtaken", wanted="restore")
        for one in line:
            if one.discarded_with == item.discarded_with:
                unit.save_item(restored(one))
                _given_up(unit, one.event, undone=False)
                self._from_draft(unit, one)
        self._show(unit, item)

    def _show(self, unit: SyncUnit, item: OutboxItem, *, deleted: bool = False) -> None:
        """Write the ticket as it is with what is left in the outbox."""
        base = unit.base(item.ticket)
        if base is None:
            return
        ticket = project(base.ticket, unit.items(item.ticket))
        unit.ticket(item.ticket)
        if deleted:
            gone = unit.directory().lifecycle.first_in(State.DELETED)
            ticket = replace(ticket, status=gone.key, state=gone.state)
        unit.save(ticket)

    def _discard(self, unit: SyncUnit, item: OutboxItem, chosen: int) -> None:
        _may(item, Happening.DISCARD)
        unit.save_item(discarded(item, chosen))
        _given_up(unit, item.event)
        for entry, words in _words(item):
            unit.withdraw_entry(entry.id)
            unit.save_draft(combined(words, unit.draft(words.key)), self._clock())

    def _from_draft(self, unit: SyncUnit, item: OutboxItem) -> None:
        for entry, words in _words(item):
            unit.withdraw_entry(entry.id, back=True)
            typed = unit.draft(words.key)
            if typed is not None and typed.fields == words.fields:
                typed = replace(typed, fields=())
            left = left_over(typed, words)
            unit.close_draft(words.key, self._clock())
            if left is not None:
                unit.save_draft(left, self._clock())

    def _simply(self, seq: int, happening: Happening) -> Changes:
        with self._units() as unit:
            unit.save_item(_settled_or_no(unit.item(seq), happening))
            return unit.commit()


def _may(item: OutboxItem, happening: Happening) -> None:
    if not can(item.state, happening):
        raise NotNowError(state=str(item.state), wanted=str(happening))


def _settled_or_no(item: OutboxItem, happening: Happening) -> OutboxItem:
    _may(item, happening)
    return settled(item, happening)


def _words(item: OutboxItem) -> list[tuple[Entry, Draft]]:
    """What of an item is still to be written on the server, as the draft that it is without it."""
    found = []
    for step in item.steps[item.done :]:
        entry = getattr(step, "entry", None)
        if entry is None:
            continue
        kind = DraftKind.NOTE if entry.kind is EntryKind.NOTE else DraftKind.REPLY
        fields: tuple[tuple[str, str], ...] = ()
        if isinstance(step, NewTicket):
            kind, fields = DraftKind.NEW_TICKET, (("subject", step.ticket.subject),)
        words = Draft(
            key=DraftKey(ticket=entry.ticket, kind=kind),
            html=entry.html,
            text=entry.text,
            cc=entry.cc,
            attachments=entry.attachments,
            fields=fields,
        )
        found.append((entry, words))
    return found


def _is_overtaken(item: OutboxItem, line: Sequence[OutboxItem]) -> bool:
    """Whether a later command of its line decided one of its fields, or writes the same words."""
    later = (one for one in line if one.seq > item.seq)
    stands = (one for one in later if one.state is not OutboxState.DISCARDED)
    return any(_decides(item) & _decides(one) for one in stands)


def _decides(item: OutboxItem) -> set[object]:
    """Fields and entries; a text that was redone has the entry that it had before."""
    fields: set[object] = {change.field for change in item.event.changes if is_sent(change)}
    return fields | ({item.event.entry} - {None})


def _rebased(item: OutboxItem) -> Event:
    """The event as if the agent had seen what the server has now."""
    there = {change.field: change.new for change in item.theirs}
    changes = tuple(
        Change(field=c.field, old=there.get(c.field, c.old), new=c.new) for c in item.event.changes
    )
    return replace(item.event, changes=changes)


def _decided(item: OutboxItem, results: Mapping[str, object], directory: Directory) -> Event:
    """The event with what the agent decided, as if they had seen what the server has now."""
    there = {change.field: change.new for change in item.theirs}
    kept = []
    for change in item.event.changes:
        new = results.get(change.field, change.new)
        if change.field in there and new == there[change.field]:
            continue
        kept.append(Change(field=change.field, old=there.get(change.field, change.old), new=new))
    status = next((c.new for c in kept if c.field == "status"), None)
    if "status" in there:
        kept = [c for c in kept if c.field not in FOLLOW_STATUS]
        kept += _following(item, status, directory)
    return replace(item.event, changes=tuple(kept))


def _following(item: OutboxItem, status: object, directory: Directory) -> list[Change]:
    known = directory.lifecycle.statuses.get(str(status))
    if known is None:
        return []
    mine = {c.field: c for c in item.event.changes if c.field in FOLLOW_STATUS}
    state = mine.get("state")
    if state is None or state.new == known.state:
        return list(mine.values())
    return [replace(state, new=known.state)]


def _given_up(unit: UnitOfWork, event: Event, *, undone: bool = True) -> None:
    """Note that an event is undone (or stands again); what it had undone itself is the reverse."""
    number = event.id
    while True:
        unit.mark_undone(number, undone=undone)
        undoes = unit.event(number).undoes
        if undoes is None:
            return
        undone, number = not undone, undoes


def is_in_hand(unit: UnitOfWork, event: Event, agent: Agent, ticket: Ticket) -> bool:
    """Whether a ticket is seen, or what this agent did took it out of sight and can be called back.

    As long as the server was not told, or where there is none, while no other agent touched it.
    """
    if event.actor != agent.key:
        return False
    directory = unit.directory()
    if directory.sees(agent, ticket):
        return True
    item = unit.item_of(event.id)
    if item is not None and _is_here_alone(item):
        return True
    for done in unit.latest_by(agent.key, ticket.id):
        item = unit.item_of(done.id)
        if item is not None and not _is_here_alone(item):
            return False  # the server was told, and shows the ticket to those who see it there
        for change in done.changes:
            ticket = with_value(ticket, change.field, change.old)
        if directory.sees(agent, ticket):
            return True
    return False


def _is_here_alone(item: OutboxItem) -> bool:
    """Whether no server has heard of it, nor may have."""
    if item.state is OutboxState.DISCARDED:
        return True
    return not item.done and can(item.state, Happening.DISCARD)


def as_if_seen(unit: UnitOfWork, event: Event) -> Event:
    """The event as if the agent had seen what the server says now of what is not sent yet.

    Taken back, its fields are what the server has: somebody may have changed them meanwhile.
    """
    item = unit.standing(event)
    if item is None or not _is_here_alone(item) or not item.is_open:
        return event
    there = unit.without(item)
    if there is None:
        return event
    changes = tuple(replace(c, old=value_of(there, c.field)) for c in event.changes)
    return replace(event, changes=changes)


def settled(item: OutboxItem, happening: Happening, reason: str = "") -> OutboxItem:
    """The item after something happened to it; old reasons and times are gone."""
    return replace(
        item,
        state=moved(item.state, happening),
        reason=reason,
        words="",
        theirs=(),
        refused=(),
        next_try=None,
    )
