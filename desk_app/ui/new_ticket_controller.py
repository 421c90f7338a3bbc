"""Opens tickets by hand: fills the form, keeps its draft, makes the ticket once."""

from __future__ import annotations

from email.utils import parseaddr
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from desk_app.domain.draft import Draft, DraftKey, DraftKind
from desk_app.domain.rich_text import excerpt
from desk_app.domain.ticket import Source, TicketId
from desk_app.services.opening import NewTicket, open_ticket, opening_denial, usual_priority
from desk_app.ui.jobs import Lane
from desk_app.ui.texts import denial_text, error_text, source_name, tr
from desk_app.ui.views.chooser import Choice
from desk_app.ui.views.writing_area import not_all_here

if TYPE_CHECKING:
    from desk_app.domain.people import Requester
    from desk_app.ui.session import Session
    from desk_app.ui.views.chooser import Chooser
    from desk_app.ui.views.new_ticket_form import NewTicketForm

_EXCERPT = 70
"""Characters of a subject that tell an unfinished ticket from the next."""
_PEOPLE = 12
"""People offered while a name is typed."""


class NewTicketController(QObject):
    """Connects one `NewTicketForm` with the desk."""

    opened = Signal()
    """The form is wanted on screen."""
    left = Signal()
    """The form can go; its draft stays."""
    created = Signal(object)
    """A ticket was made. Emits: ticket id."""

    def __init__(self, session: Session, form: NewTicketForm, chooser: Chooser) -> None:
        super().__init__(form)
        self._session = session
        self.form = form
        self._chooser = chooser
        self._making = False
        form.create_requested.connect(self.create)
        form.left.connect(self.leave)
        form.discard_requested.connect(self.discard)
        form.requester_typed.connect(self._look_up)
        form.topic_chosen.connect(self._take_topic)
        form.questions_wanted.connect(self._ask_questions)
        form.link_wanted.connect(self._ask_link)

    def open(self, draft: Draft | None = None) -> None:
        """Show the form: with an earlier draft, or empty (unfinished ones are offered)."""
        self._fill_choices()
        if draft is not None:
            self.form.open(draft.key)
        elif self.form.keeper.key is None:
            number = TicketId(self._session.desk.ids.number(self._session.desk.now()))
            self.form.open(DraftKey(ticket=number, kind=DraftKind.NEW_TICKET))
            self._session.ask(Lane.ROWS, lambda r: r.drafts(), owner=self, done=self._offer_earlier)
        self.opened.emit()
        self.form.requester.setFocus()

    def leave(self) -> None:
        """Put the form away; what is in it stays a draft."""
        self.form.keeper.save()
        self.left.emit()

    def discard(self) -> None:
        """Empty the form; what was in it stays among the versions for 30 days."""
        key = self.form.keeper.key
        if key is None:
            return
        self.form.keeper.save()
        self._session.write(
            partial(self._session.desk.drafts.discard, key),
            owner=self,
            done=lambda _: self._finish(),
            failed=self._tell_failure,
        )

    def create(self) -> None:
        """Make the ticket, once, or say what is missing."""
        form, directory, me = self.form, self._session.directory, self._session.me
        key = form.keeper.key
        if self._making or directory is None or me is None or key is None:
            return
        name, address = parseaddr(form.requester.text())
        missing = self._missing(name, address)
        if missing:
            form.notice.say(missing, kind="refusal")
            return
        new = NewTicket(
            name=name,
            email=address,
            subject=form.subject.text().strip(),
            html=form.area.html(),
            topic=form.chosen("topic") or None,
            department=form.chosen("department") or None,
            priority=form.chosen("priority") or None,
            source=Source(form.chosen("source") or Source.PHONE),
            owner=me.key if form.mine.isChecked() else None,
            attachments=form.area.sent_attachments(),
            custom=tuple(form.questions.answers().items()),
            ticket=key.ticket,
        )
        denied = opening_denial(me, new.department or me.department, directory)
        if denied is not None:
            form.notice.say(denial_text(denied), kind="refusal")
            return
        form.keeper.save()
        self._making = True
        form.stand_still(still=True)
        self._session.write(
            lambda: open_ticket(self._session.desk, directory, me, new),
            owner=self,
            done=lambda made: self._made(made.ticket),
            failed=self._tell_failure,
        )

    def _missing(self, name: str, address: str) -> str:
        if not (name or address):
            self.form.requester.setFocus()
            return tr("Who asks? A name or an address is needed.")
        if not self.form.subject.text().strip():
            self.form.subject.setFocus()
            return tr("The subject is missing.")
        return not_all_here() if self.form.keeper.expects(self.form.keeper.key) else ""

    def _made(self, ticket: TicketId) -> None:
        self._finish()
        self.created.emit(ticket)

    def _finish(self) -> None:
        self._making = False
        self.form.stand_still(still=False)
        self.form.keeper.forget(self.form.keeper.key)
        self.form.open(None)
        self.form.take(None)
        self.form.notice.hide()
        self.left.emit()

    def _tell_failure(self, error: Exception) -> None:
        self._making = False
        self.form.stand_still(still=False)
        self.form.notice.say(error_text(error), kind="error")

    # --- choices ---------------------------------------------------------------------------

    def _fill_choices(self) -> None:
        directory, me = self._session.directory, self._session.me
        if directory is None or me is None:
            return
        topics = [("", tr("(none)")), *((t.key, t.name) for t in directory.topics.values())]
        self.form.offer("topic", topics)
        self.form.offer("department", [(d.key, d.name) for d in directory.departments.values()])
        self.form.offer("priority", [(p.key, p.name) for p in directory.priorities.values()])
        self.form.offer("source", [(s, source_name(s)) for s in Source])
        if self.form.keeper.key is None:
            self.form.choose("topic", "")
            self.form.choose("department", me.department)
            self.form.choose("priority", usual_priority(directory))
            self.form.choose("source", Source.PHONE)

    def _take_topic(self, key: str) -> None:
        """A help topic brings its department, its priority and its questions."""
        self._ask_questions(key)
        directory = self._session.directory
        topic = None if directory is None else directory.topics.get(key)
        if topic is not None and topic.department:
            self.form.choose("department", topic.department)
        if topic is not None and topic.priority:
            self.form.choose("priority", topic.priority)

    def _ask_questions(self, key: str) -> None:
        directory = self._session.directory
        topic = None if directory is None else directory.topics.get(key)
        self.form.questions.ask(() if topic is None else topic.fields)

    def _look_up(self, text: str) -> None:
        if not text.strip():
            return
        self._session.ask(
            Lane.ROWS,
            lambda reader: reader.find_requesters(text.strip(), limit=_PEOPLE),
            owner=self,
            done=self._show_people,
        )

    def _show_people(self, people: list[Requester]) -> None:
        self.form.show_people([f"{p.name} <{p.email}>" for p in people])

    def _offer_earlier(self, drafts: list[Draft]) -> None:
        found = [d for d in drafts if d.key.kind is DraftKind.NEW_TICKET]
        if found and not self.form.keeper.is_touched:
            typed = excerpt(dict(found[0].fields).get("subject", ""), _EXCERPT)
            subject = typed or tr("(no subject)")
            words = tr("A new ticket is unfinished: “{subject}”").format(subject=subject)
            self.form.notice.say(words, act=tr("Go on with it"), call=partial(self.open, found[0]))

    def _ask_link(self) -> None:
        def offer(text: str) -> list[Choice]:
            label = tr("Link to {address}").format(address=text)
            return [Choice(text=label, call=lambda: self._set_link(text))]

        self._chooser.open_with(tr("Address: https://…"), [], free=offer)

    def _set_link(self, address: str) -> None:
        if not self.form.area.edit.set_link(address):
            words = tr("“{address}” is no address that can be opened.").format(address=address)
            self.form.notice.say(words, kind="refusal")
