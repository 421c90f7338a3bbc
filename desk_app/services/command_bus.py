"""The one door for writes: asks the gate again, applies, records, commits."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

from desk_app.domain.breach import GiveBreachReason
from desk_app.domain.changes import changes
from desk_app.domain.commands import (
    FIELD_ACTIONS,
    Assign,
    CloseTask,
    Command,
    Create,
    EditCustom,
    EditField,
    Link,
    Merge,
    Refer,
    Reopen,
    ReopenTask,
    Reply,
    Restore,
    Revert,
    SetStatus,
    Transfer,
    Unlink,
    Unrefer,
    apply,
    wrote,
)
from desk_app.domain.draft import Draft, DraftKey, DraftKind, combined, left_over
from desk_app.domain.entry import Change, Entry, EntryKind, Event
from desk_app.domain.errors import DeskError, NotFoundError
from desk_app.domain.failpoint import failpoint
from desk_app.domain.gate import Denial, Situation, asks_for_children, denial
from desk_app.domain.lifecycle import Action
from desk_app.domain.ticket import EntryId
from desk_app.domain.undo_gate import action_of, asked_again, redo_denial, undo_denial
from desk_app.services.merging import chain_of
from desk_app.services.outbox import as_if_seen, is_in_hand
from desk_app.services.undoing import Reach, UndoPlan, plan, reach, withdrawn

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from desk_app.domain.people import Agent
    from desk_app.domain.ticket import Ticket, TicketId
    from desk_app.ports.host import Clock, IdSource
    from desk_app.ports.unit_of_work import Changes, UnitOfWork, UnitsOfWork


class RefusedError(DeskError):
    """The gate said no when the command was carried out; `denial` says why."""

    code = "refused"

    def __init__(self, action: Action | str, denied: Denial) -> None:
        self.action = action
        self.denial = denied
        super().__init__(action=action, reason=denied.code)


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What carrying out a command led to."""

    event: Event
    changes: Changes
    draft: DraftKey | None = None
    """A draft that an undo filled again with the text it took back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Back:
    """An undo that may be done: from where to where."""

    command: Revert
    event: Event
    original: Event
    before: Ticket
    after: Ticket
    reach: Reach


class CommandBus:
    """Carries out commands on one desk, each in one transaction."""

    def __init__(self, units: UnitsOfWork, ids: IdSource, clock: Clock) -> None:
        self._units = units
        self._ids = ids
        self._clock = clock

    def handle(self, command: Command, *, closes: DraftKey | None = None) -> Done:
        """Carry out one command; with `closes`, that draft's text is what was sent.

        A command whose id was carried out before is not carried out again: the answer to a
        repeated call is an event without changes.

        Raises:
            RefusedError: the gate says no.
            NotFoundError: the ticket is gone.
        """
        with self._units() as unit:
            event = self._carry_out(unit, command)
            if closes is not None:
                unit.close_draft(closes, command.at)
            return Done(event=event, changes=unit.commit())

    def undo(self, event: Event, agent: str, *, partly: bool = False) -> Done:
        """Take an event back: fields as before, a written text back in its draft.

        To undo a redoing is to undo what was redone. Where words have left, the fields that went
        with them go back with `partly` alone: the agent was shown what stays.

        Raises:
            NothingToUndoError: see `undoing.reach` for the reasons.
            RefusedError: this agent may not do it, or it would leave a forbidden state.
            NotFoundError: there is no such agent.
        """
        with self._units() as unit:
            return self._undone(unit, event, agent, partly=partly)

    def plan_undo(self, event: Event, agent: str) -> UndoPlan | None:
        """What a server would be told of an undo; None: it has to be told nothing.

        Raises as `undo` does.
        """
        with self._units() as unit:
            return self._plan_in(unit, event, agent)

    def _undone(self, unit: UnitOfWork, event: Event, agent: str, *, partly: bool = False) -> Done:
        undone, draft = self._undo_in(unit, event, agent, partly=partly)
        failpoint("undo.before_commit")
        return Done(event=undone, changes=unit.commit(), draft=draft)

    def undo_or_plan(self, event: Event, agent: str) -> Done | UndoPlan:
        """Take an event back, unless a server has it: then say what it would be told.

        Raises as `undo` does.
        """
        with self._units() as unit:
            found = self._plan_in(unit, event, agent)
            return self._undone(unit, event, agent) if found is None else found

    def _undo_in(
        self, unit: UnitOfWork, event: Event, agent: str, *, partly: bool = False
    ) -> tuple[Event, DraftKey | None]:
        """Take an event back in a transaction; what is refused has written nothing."""
        back = self._look_back(unit, event, agent)
        if not partly:
            back.reach.check_whole()
        command, event, before = back.command, back.event, back.before
        undone = self._record(unit, command, before, back.after, undoes=event.id)
        unit.mark_undone(event.id)
        redo = event is not back.original
        if redo:
            unit.mark_undone(back.original.id, undone=False)
        draft, entry = self._take_back(unit, command.event, back.original, redo=redo)
        if not withdrawn(unit, event):
            unit.post(undone, entry if redo else None)
        return undone, draft

    def _plan_in(self, unit: UnitOfWork, event: Event, agent: str) -> UndoPlan | None:
        back = self._look_back(unit, event, agent)
        if not back.reach.is_told:
            return None
        return plan(unit, back.reach, back.event, back.original, back.before)

    def _look_back(self, unit: UnitOfWork, event: Event, agent: str) -> _Back:
        """Whether an event may be taken back, and what would be of it; writes nothing."""
        at = self._clock()
        event, original = _chain(unit, event)
        before = unit.ticket(event.ticket)
        found = reach(unit, event, before)
        back = found.back if found.is_told else as_if_seen(unit, found.back)
        number = self._ids.command(at)
        command = Revert(id=number, ticket=event.ticket, actor=agent, at=at, event=back)
        after = apply(before, command)
        self._ask_undo(unit, command, event, original, after)
        return _Back(
            command=command, event=event, original=original, before=before, after=after, reach=found
        )

    def _carry_out(self, unit: UnitOfWork, command: Command) -> Event:
        if unit.has_command(command.id):
            return _event(0, command, ())
        if isinstance(command, Create):
            start = command.start
            if start.number is None or unit.has_number(start.number):
                start = replace(start, number=unit.next_number())
            command = replace(command, start=start)
            unit.save(start, new=True)
            event = self._record(unit, command, start, start)
            unit.post(event, command.entry, start)
            return event
        before = unit.ticket(command.ticket)
        self._ask(unit, command, before)
        command = _behind_others(unit, command, before)
        event = self._record(unit, command, before, apply(before, command))
        unit.post(event, wrote(command))
        return event

    def _ask(self, unit: UnitOfWork, command: Command, ticket: Ticket) -> None:
        directory = unit.directory()
        agent = directory.agents.get(command.actor)
        if agent is None:
            return  # the requester or the program: no agent's right is asked
        asked = questions(command)
        family = any(asks_for_children(action, directory.lifecycle) for action, _ in asked)
        situation = self._situation(unit, ticket, agent, _others(unit, asked), family=family)
        bound_for = getattr(command, "bound_for", "")
        if bound_for:
            situation = replace(situation, bound_for=bound_for)
        for action, target in asked:
            denied = denial(action, situation, target)
            if denied is not None:
                raise RefusedError(action, denied)

    def _ask_undo(
        self, unit: UnitOfWork, command: Revert, event: Event, original: Event, after: Ticket
    ) -> None:
        agent = unit.directory().agents.get(command.actor)
        if agent is None:
            raise NotFoundError(kind="agent", name=command.actor)
        before = unit.ticket(event.ticket)
        if event is original:
            situation = self._situation(unit, before, agent, {})
            in_hand = is_in_hand(unit, original, agent, before)
            denied = undo_denial(original, situation, after, in_hand=in_hand)
        else:
            others = _others(unit, asked_again(original))
            situation = self._situation(unit, before, agent, others)
            denied = redo_denial(original, event, situation, after)
        if denied is not None:
            raise RefusedError(action_of(original), denied)

    def _situation(
        self,
        unit: UnitOfWork,
        ticket: Ticket,
        agent: Agent,
        others: Mapping[TicketId, Ticket],
        *,
        family: bool = True,
    ) -> Situation:
        return Situation(
            ticket=ticket,
            actor=agent,
            directory=unit.directory(),
            now=self._clock(),
            open_children=unit.open_children(ticket.id) if family else (),
            others=others,
            requester_email=unit.requester(ticket.requester).email,
        )

    def _record(
        self,
        unit: UnitOfWork,
        command: Command,
        before: Ticket,
        after: Ticket,
        *,
        undoes: int | None = None,
    ) -> Event:
        entry = wrote(command)
        if entry is not None:
            unit.add_entry(entry)
        if not isinstance(command, Create):
            unit.save(after)
        number = self._ids.number(command.at)
        if _is_clock_behind(command, before):
            number = max(number, unit.newest_in(command.ticket)[1] + 1)
        event = _event(number, command, changes(before, after), undoes)
        unit.record(command, event)
        return event

    def _take_back(
        self, unit: UnitOfWork, event: Event, original: Event, *, redo: bool
    ) -> tuple[DraftKey | None, Entry | None]:
        """An undone reply or note leaves the thread, and its words are a draft again."""
        if event.entry is None:
            return None, None
        entry = unit.withdraw_entry(event.entry, back=redo)
        if original.action == GiveBreachReason.name:
            return None, entry  # nobody wrote that note by hand
        key = DraftKey(ticket=entry.ticket, kind=_draft_kind(entry))
        typed, words = unit.draft(key), _draft(key, entry)
        draft = left_over(typed, words) if redo else combined(words, typed)
        unit.close_draft(key, self._clock())  # what was typed since stays as a version too
        if draft is not None:
            unit.save_draft(draft, self._clock())
        return key, entry


def _is_clock_behind(command: Command, before: Ticket) -> bool:
    """Whether the ticket has something of a later time than an agent's command.

    The clock was put back, or was wrong then or is now: what is done last is the last all the same.
    """
    return bool(command.actor) and command.at <= before.updated_at


def _behind_others(unit: UnitOfWork, command: Command, before: Ticket) -> Command:
    """The command, with its entry behind all that the thread has."""
    entry = wrote(command)
    if entry is None or not _is_clock_behind(command, before):
        return command
    newest = unit.newest_in(command.ticket)[0]
    if entry.id > newest:
        return command
    moved = replace(entry, id=EntryId(unit.free_number(newest + 1)))
    return replace(command, entry=moved)  # type: ignore[call-arg]  # it has one


def _chain(unit: UnitOfWork, event: Event) -> tuple[Event, Event]:
    """The event to take back, and what an agent once did: two events, where this is a redoing."""
    chain = [unit.event(event.id)]
    while (undoes := chain[-1].undoes) is not None:
        chain.append(unit.event(undoes))
    original = chain[-1]
    redo = len(chain) % 2 == 0
    return (chain[0] if redo else original), original


def questions(command: Command) -> list[tuple[Action, object]]:
    """What the gate is asked about a command: action and target."""
    if isinstance(command, EditField):
        return [(FIELD_ACTIONS[command.field], command.value)]
    if command.action is None:
        return []
    asked: list[tuple[Action, object]] = [(command.action, _target(command))]
    if isinstance(command, Reply) and command.status is not None:
        asked.append((Action.SET_STATUS, command.status))
    return asked


def _others(unit: UnitOfWork, asked: Sequence[tuple[Action, object]]) -> Mapping[TicketId, Ticket]:
    """What the gate must know of the ticket that another one shall go on in, or be linked to."""
    named = {Action.MERGE, Action.LINK}
    into = next((target for action, target in asked if action in named), None)
    return chain_of(cast("TicketId", into), unit.ticket) if into is not None else {}


_TARGETS: dict[type[Command], str] = {
    Assign: "to",
    Refer: "to",
    Unrefer: "to",
    Transfer: "department",
    SetStatus: "status",
    Reopen: "status",
    Restore: "status",
    Link: "other",
    Unlink: "other",
    Merge: "into",
    CloseTask: "task",
    ReopenTask: "task",
    EditCustom: "value",
    GiveBreachReason: "reason",
}


def _target(command: Command) -> object:
    name = _TARGETS.get(type(command))
    return None if name is None else getattr(command, name)


def _event(
    event_id: int, command: Command, found: tuple[Change, ...], undoes: int | None = None
) -> Event:
    entry = wrote(command)
    if isinstance(command, Revert):
        entry_id = command.event.entry
    else:
        entry_id = None if entry is None else entry.id
    return Event(
        id=event_id,
        ticket=command.ticket,
        command=command.id,
        action=command.name,
        actor=command.actor,
        at=command.at,
        changes=found,
        comment=command.comment,
        entry=entry_id,
        undoes=undoes,
    )


def _draft_kind(entry: Entry) -> DraftKind:
    return DraftKind.NOTE if entry.kind is EntryKind.NOTE else DraftKind.REPLY


def _draft(key: DraftKey, entry: Entry) -> Draft:
    return Draft(
        key=key, html=entry.html, text=entry.text, cc=entry.cc, attachments=entry.attachments
    )
