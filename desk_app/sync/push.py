"""Sends the head of each ticket's line, once; looks for what went out without an answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from desk_app.domain.failpoint import failpoint
from desk_app.domain.gate import Situation
from desk_app.domain.mirror import Base, with_changes
from desk_app.domain.outbox import (
    Edit,
    Happening,
    NewTicket,
    OutboxItem,
    OutboxState,
    Post,
    moved,
)
from desk_app.domain.ticket import TicketId
from desk_app.ports.asked import asking_for
from desk_app.ports.remote import Gone, Receipt, Sending
from desk_app.ports.remote_errors import (
    MovedOnError,
    NoAnswerError,
    RefusedByServerError,
    RemoteError,
    ServerBusyError,
    UnreadableAnswerError,
)
from desk_app.sync.foresight import differing
from desk_app.sync.mirroring import Mirror
from desk_app.sync.named import named, people_of, person_of
from desk_app.sync.partly import take_rest
from desk_app.sync.standing import Standing, decided_meanwhile
from desk_app.sync.verdict import Verdict, judge, with_difference

if TYPE_CHECKING:
    from collections.abc import Callable

    from desk_app.domain.outbox import Step
    from desk_app.domain.ticket import Ticket
    from desk_app.ports.remote import RemoteServer, RemoteTicket
    from desk_app.ports.sync import SyncUnit
    from desk_app.sync.desk import MirroredDesk
    from desk_app.sync.log import SyncLog
    from desk_app.sync.pace import Pace

_COLLISIONS = 3
"""How often a ticket that moves on just before a write is read again in one round."""
_LONGEST_WORDS = 500
_NOT_YET = "not_there_yet"
"""It was looked for while the server could still be at work on it."""


class Push:
    """One round of sending. Raises what stops the whole account; everything else is a state."""

    def __init__(
        self,
        desk: MirroredDesk,
        server: RemoteServer,
        log: SyncLog,
        *,
        read_thread: Callable[[Base], Base],
        pace: Pace,
    ) -> None:
        self._desk = desk
        self._server = server
        self._log = log
        self._read_thread = read_thread
        self._pace = pace
        self._standing = Standing(desk, log)

    def recover(self) -> None:
        """After a start: what was being sent when the program ended may have arrived."""
        with self._desk.sync_unit() as unit:
            for item in unit.items():
                if item.state is OutboxState.SENDING:
                    self._pace.lose(item)
                    self._standing.move(unit, item, Happening.CRASH, reason="crashed")
            unit.commit()

    def run(self, *, probe_only: bool = False) -> int:
        """Send what can be sent; how many commands were settled.

        Raises:
            NotReachedError, SignInError: nothing more can be sent to this server now.
        """
        settled = 0
        with self._desk.sync_unit() as unit:
            line = unit.heads()
        for head in line:
            item = self._head(head.ticket)  # the agent may have decided otherwise by now
            if probe_only and item is not None and not _is_lost(item):
                continue
            while item is not None and self._handled(item):
                settled += 1
                item = None if probe_only else self._head(head.ticket)
        return settled

    def _head(self, ticket: TicketId) -> OutboxItem | None:
        with self._desk.sync_unit() as unit:
            return next(iter(unit.heads(ticket)), None)

    def _handled(self, item: OutboxItem) -> bool:
        with asking_for(item.event.command):
            return self._handle(item)

    def _handle(self, item: OutboxItem) -> bool:
        """Bring one item as far as it goes; whether it is settled."""
        if item.state is OutboxState.HELD and item.next_try is not None and self._is_due(item):
            item = self._standing.keep(item, Happening.LET_GO)
        if item.state is OutboxState.UNCERTAIN and (item.reason == _NOT_YET or self._is_due(item)):
            item = self._probe(item)
        collisions = 0
        while item.state is OutboxState.WAITING and self._is_due(item):
            done = item.done
            item = self._send(item)
            if item.done == done and item.state is OutboxState.WAITING:
                collisions += 1
                if collisions == _COLLISIONS:
                    break
        return not item.is_open

    def _is_due(self, item: OutboxItem) -> bool:
        return self._pace.is_due(item, self._desk.now())

    # --- sending ---------------------------------------------------------------------------

    def _send(self, item: OutboxItem) -> OutboxItem:
        try:
            base, verdict = self._look(item)
        except UnreadableAnswerError as error:  # this ticket's trouble; the others go on
            return self._wait(item, error.code, None)
        if verdict.happening is not Happening.SEND:
            return self._park(item, base, verdict)
        sending = self._sending(item, base, verdict)
        if sending is None:
            return self._wait(item, "other_first", None)
        asked = replace(item, floor=sending.version, tries=item.tries + 1, refused=())
        item = self._standing.keep(asked, Happening.SEND)
        if item.state is not OutboxState.SENDING:
            return item
        failpoint("outbox.before_send")
        try:
            receipt = self._server.send(sending, self._desk.files)
        except RemoteError as error:
            return self._not_accepted(item, error, sending.step)
        failpoint("outbox.after_send_before_mark")
        return self._accept(item, receipt, Happening.ACCEPT)

    def _not_accepted(self, item: OutboxItem, error: RemoteError, step: Step) -> OutboxItem:
        """Where a command goes once sending it has failed."""
        if isinstance(error, (NoAnswerError, UnreadableAnswerError)):
            self._pace.lose(item)
            return self._standing.keep(item, Happening.LOSE, reason=error.code)
        if isinstance(error, MovedOnError) and isinstance(step, Post):
            # It may be this very post that moved it on: on the way, a request can be doubled.
            return self._probe(self._standing.keep(item, Happening.LOSE, reason=error.code))
        if isinstance(error, RefusedByServerError):
            # Where the server has no words, the adapter's code says why.
            words = str(error.facts.get("words") or error.facts.get("why", ""))[:_LONGEST_WORDS]
            with self._desk.sync_unit() as unit:
                self._log.refused(unit, item)
                unit.commit()
            refused = error.facts.get("refused")
            if isinstance(step, Edit) and isinstance(refused, tuple):
                item = take_rest(self._desk, item, step, refused)
            return self._standing.keep(item, Happening.REFUSE, reason="server", words=words)
        item = self._standing.keep(item, Happening.NOT_SENT, reason=error.code)
        if isinstance(error, ServerBusyError):
            item = replace(item, words=str(error.facts.get("who", "")))
            return self._wait(item, error.code, _seconds(error))
        if isinstance(error, MovedOnError):
            return item
        raise error  # the whole account stops; this one surely was not sent

    def _look(self, item: OutboxItem) -> tuple[Base, Verdict]:
        """Read the ticket as it is on the server now, and judge by that."""
        with self._desk.sync_unit() as unit:
            base = unit.base(item.ticket)
        if base is None or not base.remote:
            made = isinstance(item.step, NewTicket) and base is not None
            found = base or Base(ticket=self._local(item))
            if made:
                return found, judge(item, found, None)
            return found, Verdict(happening=Happening.REFUSE, reason="no_ticket")
        told = self._server.ticket(base.remote)
        with self._desk.sync_unit() as unit:
            taken = Mirror(self._desk, unit).take([told])
            unit.commit()
        base = taken[0] if taken else base
        if isinstance(told, Gone):
            why, into = f"gone_{told.why}", self._number_of(told.into)
            return base, Verdict(happening=Happening.REFUSE, reason=why, words=into)
        if isinstance(item.step, Post) and item.step.is_public and base.is_stale:
            base = self._read_thread(base)
        return base, self._judged(item, base, told)

    def _number_of(self, remote: str | None) -> str:
        """Of the ticket that one was merged into; '' where the desk does not have it."""
        with self._desk.sync_unit() as unit:
            found = unit.bases([remote]) if remote else {}
        return next((base.ticket.number or "" for base in found.values()), "")

    def _judged(self, item: OutboxItem, base: Base, told: RemoteTicket) -> Verdict:
        """By the rules and by what the server shows; where those differ, the log says so."""
        with self._desk.sync_unit() as unit:
            situation = self._situation(unit, item, base)
            verdict = judge(item, base, situation)
            if situation is None or item.done:
                return verdict
            found = differing(item.event, told, situation)
            for one in found:
                self._log.differs(unit, item, one)
            unit.commit()
        return with_difference(verdict, found)

    def _local(self, item: OutboxItem) -> Ticket:
        with self._desk.sync_unit() as unit:
            return unit.ticket(item.ticket)

    def _situation(self, unit: SyncUnit, item: OutboxItem, base: Base) -> Situation | None:
        directory = unit.directory()
        agent = directory.agents.get(item.event.actor)
        if agent is None:
            return None
        return Situation(
            ticket=base.ticket,
            actor=agent,
            directory=directory,
            now=self._desk.now(),
            open_children=unit.open_children(base.ticket.id),
            others=self._others_of(unit, item),
            requester_email=unit.requester(base.ticket.requester).email,
        )

    def _others_of(self, unit: SyncUnit, item: OutboxItem) -> dict[TicketId, Ticket]:
        from desk_app.services.merging import chain_of

        into = next((c.new for c in item.event.changes if c.field == "merged_into"), None)
        return {} if into is None else dict(chain_of(TicketId(int(str(into))), unit.ticket))

    def _sending(self, item: OutboxItem, base: Base, verdict: Verdict) -> Sending | None:
        """What goes out; None if another ticket that it names has to be made first."""
        step = verdict.step or item.step
        others: dict[int, str] = {}
        with self._desk.sync_unit() as unit:
            for number in named(step):
                other = unit.base(TicketId(number))
                if other is None or not other.remote:
                    return None
                others[number] = other.remote
            people = {number: person_of(unit, number) for number in people_of(step)}
            requester = None
            if isinstance(step, NewTicket):
                requester = person_of(unit, step.ticket.requester)
        return Sending(
            command=item.event.command,
            step=step,
            ticket=base.remote,
            version=base.version if base.remote else self._server.newest(),
            requester=requester,
            others=others,
            people=people,
        )

    # --- looking for what may have arrived -------------------------------------------------

    def _probe(self, item: OutboxItem) -> OutboxItem:
        with self._desk.sync_unit() as unit:
            base = unit.base(item.ticket) or Base(ticket=unit.ticket(item.ticket))
        sending = self._sending(item, base, Verdict(happening=Happening.SEND))
        if sending is None:
            return item
        try:
            receipt = self._server.probe(replace(sending, version=item.floor))
        except (NoAnswerError, UnreadableAnswerError) as error:
            return self._standing.keep(item, Happening.DOUBT, reason=error.code)
        except (RefusedByServerError, ServerBusyError) as error:
            return self._not_found_out(item, error, sending.step)
        if receipt is None:
            return self._missed(item)
        return self._accept(item, receipt, Happening.FIND)

    def _not_found_out(self, item: OutboxItem, error: RemoteError, step: Step) -> OutboxItem:
        """The server took a part of it, or would not look: then it stands where it stood."""
        if isinstance(error, RefusedByServerError):
            return self._not_accepted(item, error, step)
        return self._wait(item, error.code, _seconds(error))

    def _missed(self, item: OutboxItem) -> OutboxItem:
        """It is not there; while the server may be at work on it, that is no answer yet."""
        left = self._pace.at_work_s(item)
        if left:
            return self._standing.keep_until(
                item, self._desk.now() + timedelta(seconds=left), _NOT_YET
            )
        return self._standing.keep(item, Happening.MISS, reason="not_there")

    # --- outcomes --------------------------------------------------------------------------

    def _accept(
        self, item: OutboxItem, receipt: Receipt, happening: Happening, *, had: bool = False
    ) -> OutboxItem:
        """Note what the server has now; the next step goes on from there.

        `had`: it had these values already, and was just read with all that follows from them.
        """
        before = item
        step, last = item.step, item.done + 1 == len(item.steps)
        state = moved(item.state, happening) if last else OutboxState.WAITING
        item = replace(item, done=item.done + 1, state=state, next_try=None)
        item = replace(item, reason="", words="", theirs=(), refused=())
        with self._desk.sync_unit() as unit:
            decided = decided_meanwhile(unit, before)
            if decided is not None:
                return decided
            base = unit.base(item.ticket) or Base(ticket=unit.ticket(item.ticket))
            ticket = with_changes(base.ticket, item) if last and not had else base.ticket
            if receipt.number:
                ticket = replace(ticket, number=receipt.number)
            base = replace(base, ticket=ticket, remote=receipt.ticket, version=receipt.version)
            entry = getattr(step, "entry", None)
            if entry is not None and receipt.entry:
                unit.know(f"e:{receipt.entry}", entry.id)
            unit.save_item(item)
            Mirror(self._desk, unit).show(base)
            self._log.write(unit, item, "send", str(happening))
            unit.commit()
        failpoint("outbox.after_mark")
        return item

    def _park(self, item: OutboxItem, base: Base, verdict: Verdict) -> OutboxItem:
        if verdict.happening is Happening.FIND:
            return self._take_found(item, base, verdict)
        parked = replace(item, theirs=verdict.theirs)
        return self._standing.keep(
            parked, verdict.happening, reason=verdict.reason, words=verdict.words
        )

    def _take_found(self, item: OutboxItem, base: Base, verdict: Verdict) -> OutboxItem:
        """The server has these values already; perhaps not the words that go with them."""
        receipt = None
        sending = self._sending(item, base, verdict) if _says(item.step) else None
        if sending is not None:
            try:
                receipt = self._server.probe(sending)
            except RefusedByServerError as error:
                return self._not_accepted(item, error, sending.step)
            except (NoAnswerError, ServerBusyError, UnreadableAnswerError) as error:
                return self._wait(item, error.code, None)  # words are kept until that is known
        receipt = receipt or Receipt(ticket=base.remote, version=base.version)
        return self._accept(item, receipt, Happening.FIND, had=True)

    def _wait(self, item: OutboxItem, reason: str, seconds: float | None) -> OutboxItem:
        until = self._pace.next_try(item, self._desk.now(), seconds)
        return self._standing.keep_until(item, until, reason)


def _seconds(error: RemoteError) -> float | None:
    """For how long a busy server wants to be left alone; None if it did not say."""
    after = error.facts.get("retry_after")
    return None if after is None else float(str(after))


def _is_lost(item: OutboxItem) -> bool:
    """It went out in this round, or its end did, and it was not looked for yet."""
    return item.state is OutboxState.UNCERTAIN and item.reason != _NOT_YET


def _says(step: Step) -> bool:
    return isinstance(step, Edit) and bool(step.comment)
