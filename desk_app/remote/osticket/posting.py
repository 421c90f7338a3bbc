"""Sends what is written: replies, notes, new tickets, with their files; each at most once."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

import msgspec

from desk_app.domain.entry import EntryKind
from desk_app.ports.remote import Gone, Receipt, RemotePerson
from desk_app.ports.remote_errors import (
    MovedOnError,
    NoAnswerError,
    NotReachedError,
    RefusedByServerError,
    ServerBusyError,
    UnreadableAnswerError,
)
from desk_app.remote.osticket.answers import MOVED, OK, refusal_words
from desk_app.remote.osticket.names import source_key
from desk_app.remote.osticket.page import Page, number_in
from desk_app.remote.osticket.thread_page import MARKER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from desk_app.domain.entry import Attachment, Entry
    from desk_app.domain.outbox import NewTicket
    from desk_app.domain.ticket import Ticket
    from desk_app.ports.remote import Sending
    from desk_app.ports.unit_of_work import AttachmentStore
    from desk_app.remote.http import Answer
    from desk_app.remote.osticket.locks import Locks
    from desk_app.remote.osticket.people import People
    from desk_app.remote.osticket.persons import Persons
    from desk_app.remote.osticket.session import Form, PanelSession
    from desk_app.remote.osticket.ticket_page import PageLock, TicketPage
    from desk_app.remote.osticket.tickets import Tickets

_CID = re.compile(r'src="cid:(?P<cid>[^"]+)"', re.IGNORECASE)


class _Uploaded(msgspec.Struct):
    id: int


class _Picture(msgspec.Struct):
    id: str
    url: str


class Posting:
    """Writes to threads."""

    def __init__(
        self,
        session: PanelSession,
        tickets: Tickets,
        locks: Locks,
        people: People,
        persons: Persons,
    ) -> None:
        self._session = session
        self._tickets = tickets
        self._locks = locks
        self.people = people
        self.persons = persons

    # --- replies and notes -----------------------------------------------------------------

    def post(
        self, sending: Sending, entry: Entry, page: TicketPage, files: AttachmentStore
    ) -> Receipt:
        """Write an entry; `page` is the ticket as it was just read, and as the agent knows it."""
        return self._write(
            sending, page, lambda lock: self._form(entry, page, lock, sending.command, files)
        )

    def remark(self, sending: Sending, page: TicketPage, words: str) -> Receipt:
        """Write plain words that belong to a command as a note."""
        html = marked(escaped(words), sending.command)
        return self._write(
            sending,
            page,
            lambda lock: (*_head(page, "postnote", lock), ("note", html), ("title", "")),
        )

    def _write(
        self, sending: Sending, page: TicketPage, form_of: Callable[[PageLock | None], Form]
    ) -> Receipt:
        """Once: an entry of this command that is there already is not written again."""
        there = self.written(sending, page)
        if there is not None:
            return there
        lock = self._locks.take(page)
        begun = self._session.begun
        try:
            form = form_of(lock)
            made_in = begun if _has_files(form) else None
            answer = self._session.change(f"tickets.php?id={page.id}", form, made_in=made_in)
        except (MovedOnError, RefusedByServerError):
            self._locks.give_back(lock)
            raise
        if answer.status != MOVED:
            self._refused(answer, sending, page, lock)
        return self._found(sending)  # the lock is spent: the server gave it back itself

    def written(self, sending: Sending, page: TicketPage) -> Receipt | None:
        """The receipt of an entry that is there already."""
        own = (entry for entry in page.entries if entry.command == sending.command)
        found = next(own, None)
        if found is None:
            return None
        seen = self._tickets.whole(page)
        return Receipt(
            ticket=page.id, number=page.number, entry=found.id, version=seen.ticket.version
        )

    def _found(self, sending: Sending) -> Receipt:
        """What the server made of it; it has taken it, so a failure to look is no refusal."""
        try:
            page = self._tickets.page(sending.ticket)
            if isinstance(page, Gone):  # a reply may close a ticket, or a filter hand it on
                return Receipt(ticket=sending.ticket)
            there = self.written(sending, page)
        except (NotReachedError, ServerBusyError):
            there = None
        if there is None:
            raise NoAnswerError(why="read_back")
        return there

    def _form(
        self,
        entry: Entry,
        page: TicketPage,
        lock: PageLock | None,
        command: str,
        files: AttachmentStore,
    ) -> Form:
        is_reply = entry.kind is EntryKind.REPLY
        what = "response" if is_reply else "note"
        place = f"ticket.{what}.{page.id}"
        html = marked(self._with_pictures(entry, place, files), command)
        form = [*_head(page, "reply" if is_reply else "postnote", lock), (what, html)]
        if is_reply:
            form += [("reply-to", "all"), ("signature", "none"), ("from_email_id", page.from_email)]
            form += [("ccs[]", person) for person in self._copied(entry, page)]
        else:
            form += [("title", entry.title)]
        return (*form, *self._attached(entry, f"attach:{what}[]", files))

    def _copied(self, entry: Entry, page: TicketPage) -> list[str]:
        """Collaborators who get the reply: those who do anyway, and whom the agent added.

        The panel stops writing to a collaborator whom a reply leaves out.
        """
        found = [person for person, active in page.collaborators if active]
        found += [self.persons.number(RemotePerson(name="", email=one)) for one in entry.cc]
        return list(dict.fromkeys(found))

    def _refused(
        self, answer: Answer, sending: Sending, page: TicketPage, lock: PageLock | None
    ) -> None:
        """The panel shows the ticket again instead of going on: find out why."""
        if answer.status != OK:
            raise UnreadableAnswerError(why="status", detail=f"post: {answer.status}")
        shown = Page(answer.body, "post")
        now = self._tickets.page(sending.ticket)
        if not isinstance(now, Gone) and lock is not None:
            if now.lock is None or now.lock.code != lock.code:
                raise MovedOnError()  # the lock ran out on the way: nothing was taken
            self._locks.give_back(now.lock)
        raise RefusedByServerError(words=refusal_words(shown))

    # --- files -----------------------------------------------------------------------------

    def _attached(self, entry: Entry, field: str, files: AttachmentStore) -> Form:
        plain = (file for file in entry.attachments if not _is_within(file, entry))
        return tuple(
            (field, f"{self._upload(file, files)},{file.name.replace(',', ' ')}") for file in plain
        )

    def _upload(self, file: Attachment, files: AttachmentStore) -> int:
        """The server's number of a file; the same bytes have the same one, so this may be lost."""
        data = (file.name, files.read(file), file.mime_type)
        answer = self._session.send_file("ajax.php/form/upload/attach", "upload[]", data)
        try:
            return msgspec.json.decode(answer.body, type=_Uploaded).id
        except msgspec.DecodeError:
            pass
        raise RefusedByServerError(words=_said(answer), file=file.name)

    def _with_pictures(self, entry: Entry, place: str, files: AttachmentStore) -> str:
        """The words with their pictures on the server."""
        within = {file.content_id: file for file in entry.attachments if _is_within(file, entry)}

        def shown(found: re.Match[str]) -> str:
            file = within.get(found["cid"])
            return found[0] if file is None else self._picture(file, place, files)

        return _CID.sub(shown, entry.html) if within else entry.html

    def _picture(self, file: Attachment, place: str, files: AttachmentStore) -> str:
        data = (file.name, files.read(file), file.mime_type)
        answer = self._session.send_file(f"ajax.php/draft/{place}/attach", "file[]", data)
        try:
            told = msgspec.json.decode(answer.body, type=dict[str, _Picture])
        except msgspec.DecodeError:
            told = {}
        for picture in told.values():
            return f'src="{picture.url.replace("&", "&amp;")}" data-cid="{picture.id}"'
        raise RefusedByServerError(words=_said(answer), file=file.name)

    # --- new tickets -----------------------------------------------------------------------

    def open(self, sending: Sending, step: NewTicket, files: AttachmentStore) -> Receipt:
        """Make a ticket; the marker in its first words tells it from all others."""
        person = sending.requester
        if person is None:
            raise RefusedByServerError(words="", why="no_address")
        ticket = step.ticket
        self._session.page("tickets.php?a=open", "new ticket")
        begun = self._session.begun
        form = self._new(ticket, self.persons.number(person))
        if step.entry is not None:
            html = self._with_pictures(step.entry, "ticket.staff", files)
            form += [("message", marked(html, sending.command))]
            form += self._attached(step.entry, "attach:response[]", files)
        form += self._answers(ticket)
        answer = self._session.change("tickets.php?a=open", tuple(form), made_in=begun)
        number = number_in(answer.headers.get("Location", ""), "id=")
        if answer.status == OK:
            raise RefusedByServerError(words=refusal_words(Page(answer.body, "new ticket")))
        if answer.status != MOVED or not number:
            raise NoAnswerError(why="status", status=answer.status)
        return self.receipt(sending, number)

    def receipt(self, sending: Sending, ticket: str) -> Receipt:
        """What is known of a ticket that was made; the agent may not be allowed to see it."""
        try:
            page = self._tickets.page(ticket)
        except (NotReachedError, ServerBusyError):
            raise NoAnswerError(why="read_back") from None
        there = None if isinstance(page, Gone) else self.written(sending, page)
        return there or Receipt(ticket=ticket)

    def _new(self, ticket: Ticket, person: str) -> list[tuple[str, str]]:
        assign = f"s{ticket.owner}" if ticket.owner else f"t{ticket.team}" if ticket.team else "0"
        form = [
            ("a", "open"),
            ("do", "create"),
            ("source", source_key(ticket.source)),
            ("topicId", ticket.topic or ""),
            ("uid", person),
            ("subject", ticket.subject),
            ("priority", ticket.priority),
            ("deptId", ticket.department),
            ("slaId", ticket.sla or "0"),
            ("assignId", assign),
            ("statusId", ticket.status),
            ("reply-to", "all"),
        ]
        if ticket.due_at is not None:
            form.append(("duedate", ticket.due_at.isoformat(timespec="seconds")))
        return form

    def _answers(self, ticket: Ticket) -> list[tuple[str, str]]:
        """The answers to the topic's questions, by the names that the form has this time.

        Nothing is asked for between this and the new ticket: a request for a page may give the
        session another id, and with that the fields other names.
        """
        answers = dict(ticket.custom)
        if not answers or not ticket.topic:
            return []
        self.people.field_key(ticket.topic, "")  # numbers are asked for once, so before the names
        return [
            (field.form_name, field.choices.get(answers[key], answers[key]))
            for field in self.people.form(ticket.topic)
            if (key := self.people.field_key(ticket.topic, field.label)) in answers
        ]


def _has_files(form: Iterable[tuple[str, str]]) -> bool:
    """Whether files go along that were brought on their own."""
    return any(name.startswith("attach:") for name, _ in form)


def _head(page: TicketPage, what: str, lock: PageLock | None) -> Form:
    return (("id", page.id), ("a", what), ("lockCode", "" if lock is None else lock.code))


def escaped(words: str) -> str:
    """Plain words as HTML."""
    return escape(words, quote=False).replace("\n", "<br>")


def marked(html: str, command: str) -> str:
    """The words with the command's id, which the server keeps and nobody sees."""
    return f'<div {MARKER}="{command}">{html}</div>'


def _is_within(file: Attachment, entry: Entry) -> bool:
    return file.content_id is not None and f"cid:{file.content_id}" in entry.html


def _said(answer: Answer) -> str:
    return refusal_words(Page(answer.body, "upload")) if answer.is_html else ""
