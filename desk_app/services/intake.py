"""Takes mail into the desk: threads it, makes requesters, never takes the same mail twice."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from desk_app.domain.commands import Command, Create, Receive
from desk_app.domain.entry import Attachment, Entry, EntryKind
from desk_app.domain.errors import DeskError
from desk_app.domain.mail import (
    BrokenMailError,
    BrokenReason,
    MailMessage,
    RawMail,
    SourceProblem,
    parent_ids,
)
from desk_app.domain.moment import whole_ms
from desk_app.domain.rich_text import html_to_text
from desk_app.domain.ticket import EntryId, Source, State, Ticket, TicketId
from desk_app.domain.trail import cleaned_mail, plain_mail
from desk_app.services.merging import chain_of
from desk_app.services.opening import find_or_make

if TYPE_CHECKING:
    from desk_app.domain.directory import Directory
    from desk_app.domain.people import Requester
    from desk_app.ports.reader import TicketReader
    from desk_app.services.desk import Desk


_MAILS = uuid.UUID("0b6f4a52-30b5-4d5e-8e49-6f4a1d0c9a21")
"""Makes commands' ids from Message-IDs, so that the bus itself knows a mail again."""


class Taken(StrEnum):
    """What became of one mail."""

    NEW_TICKET = "new_ticket"
    ADDED = "added"
    KNOWN = "known"
    KEPT_ASIDE = "kept_aside"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One mail's fate; `position` is where to go on after it."""

    origin: str
    taken: Taken
    position: str
    done_bytes: int
    ticket: TicketId | None = None
    reason: str = ""
    detail: str = ""


class Intake:
    """Takes mails in one at a time, so that stopping between two loses nothing."""

    def __init__(self, desk: Desk, parse: Callable[[bytes, datetime], MailMessage]) -> None:
        self._desk = desk
        self._parse = parse

    def take_all(self, mails: Iterable[RawMail | SourceProblem]) -> Iterator[Outcome]:
        """Take mails in as they come; a broken one is kept aside and the rest goes on."""
        reader = self._desk.reader()
        try:
            directory = reader.directory()
            for mail in mails:
                yield self._take_or_keep(reader, directory, mail)
        finally:
            reader.close()

    def _take_or_keep(
        self, reader: TicketReader, directory: Directory, mail: RawMail | SourceProblem
    ) -> Outcome:
        if isinstance(mail, SourceProblem):
            return self._aside(mail, str(mail.reason), mail.detail, None)
        try:
            message = self._parse(mail.data, self._desk.now())
            return self._take(reader, directory, mail, message)
        except BrokenMailError as error:
            return self._aside(mail, str(error.reason), error.detail, mail.data)
        except DeskError:
            raise  # the desk, not the mail: the next one would fare no better
        except Exception as error:  # noqa: BLE001 - listed with its name, never swallowed
            reason = str(BrokenReason.UNEXPECTED)
            return self._aside(mail, reason, type(error).__name__, mail.data)

    def _take(
        self, reader: TicketReader, directory: Directory, mail: RawMail, message: MailMessage
    ) -> Outcome:
        at = {"origin": mail.origin, "position": mail.position, "done_bytes": mail.done_bytes}
        known = reader.known_message([message.message_id])
        if known is not None:
            return Outcome(**at, taken=Taken.KNOWN, ticket=known)  # type: ignore[arg-type]
        requester = self._requester(message)
        ticket = self._thread(reader, message, requester)
        command = (
            self._create(directory, message, requester)
            if ticket is None
            else self._receive(directory, message, requester, ticket)
        )
        done = self._desk.bus.handle(command)
        taken = Taken.NEW_TICKET if ticket is None else Taken.ADDED
        if done.event.id == 0:  # another process took the same mail in just now
            return Outcome(**at, taken=Taken.KNOWN)  # type: ignore[arg-type]
        return Outcome(**at, taken=taken, ticket=command.ticket)  # type: ignore[arg-type]

    def _thread(
        self, reader: TicketReader, message: MailMessage, requester: Requester
    ) -> Ticket | None:
        """The ticket that a mail belongs to: by what it answers, else by `[#number]`.

        A number alone is no proof (anybody can write one): it counts for the ticket's own people.
        """
        found = reader.known_message(list(parent_ids(message)))
        if found is not None:
            return _whole(reader, found)
        if message.number_hint is None:
            return None
        by_number = reader.find_ticket(message.number_hint)
        if by_number is None:
            return None
        ticket = _whole(reader, by_number)
        theirs = {ticket.requester, *ticket.collaborators}
        return ticket if requester.id in theirs else None

    def _requester(self, message: MailMessage) -> Requester:
        who = message.sender
        name, email = ("", "") if who is None else (who.name, who.email)
        return find_or_make(self._desk, name, email)

    def _create(self, directory: Directory, message: MailMessage, requester: Requester) -> Command:
        at = self._at(message)
        ticket = TicketId(self._desk.ids.number(at))
        start = Ticket(
            id=ticket,
            subject=message.subject,
            requester=requester.id,
            department=next(iter(directory.departments)),
            status=directory.lifecycle.initial,
            source=Source.EMAIL,
            created_at=at,
            updated_at=at,
            last_message_at=None if message.auto else at,
        )
        entry = self._entry(message, requester, ticket, at)
        return Create(
            id=_command_id(message), ticket=ticket, actor="", at=at, start=start, entry=entry
        )

    def _receive(
        self, directory: Directory, message: MailMessage, requester: Requester, ticket: Ticket
    ) -> Command:
        at = self._at(message)
        status = directory.lifecycle.statuses[ticket.status]
        reopens = status.reopens_to if ticket.state is not State.OPEN else None
        return Receive(
            id=_command_id(message),
            ticket=ticket.id,
            actor="",
            at=at,
            entry=self._entry(message, requester, ticket.id, at),
            status=reopens,
        )

    def _entry(
        self, message: MailMessage, requester: Requester, ticket: TicketId, at: datetime
    ) -> Entry:
        html = (
            cleaned_mail(message.html, self._desk.clean_html)
            if message.html
            else plain_mail(message.text)
        )
        return Entry(
            id=EntryId(self._desk.ids.number(at)),
            ticket=ticket,
            kind=EntryKind.MESSAGE,
            at=at,
            author_name=requester.name,
            author_email=requester.email,
            requester=requester.id,
            html=html,
            text=message.text if not message.html else html_to_text(html),
            to=tuple(who.email for who in message.to),
            cc=tuple(who.email for who in message.cc),
            message_id=message.message_id,
            automatic=message.auto is not None,
            attachments=tuple(self._attachments(message)),
        )

    def _attachments(self, message: MailMessage) -> Iterator[Attachment]:
        for part in message.parts:
            kept = self._desk.files.add(part.data, name=part.name, mime_type=part.mime_type)
            yield replace(kept, content_id=part.content_id, inline=part.inline)

    def _aside(
        self, mail: RawMail | SourceProblem, reason: str, detail: str, data: bytes | None
    ) -> Outcome:
        kept = None
        if data is not None:
            kept = self._desk.files.add(data, name="mail.eml", mime_type="message/rfc822").sha256
        with self._desk.unit() as unit:
            unit.keep_aside(mail.origin, reason, detail, kept)
            unit.commit()
        return Outcome(
            origin=mail.origin,
            taken=Taken.KEPT_ASIDE,
            position=mail.position,
            done_bytes=mail.done_bytes,
            reason=reason,
            detail=detail,
        )

    def _at(self, message: MailMessage) -> datetime:
        """The mail's own date where it has a sound one that is not ahead of the clock."""
        now = self._desk.now()
        return whole_ms(min(message.sent_at or now, now))


def _command_id(message: MailMessage) -> str:
    return str(uuid.uuid5(_MAILS, message.message_id))


def _whole(reader: TicketReader, ticket: TicketId) -> Ticket:
    """The ticket, or the one that it goes on in."""
    *_, last = chain_of(ticket, reader.ticket).values()
    return last
