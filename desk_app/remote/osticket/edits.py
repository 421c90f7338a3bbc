"""Changes fields of a ticket: read, lock, write, read back. One dialog of the panel for each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desk_app.domain.ticket import Task
from desk_app.ports.remote import Gone, Receipt
from desk_app.ports.remote_errors import (
    NoAnswerError,
    NotReachedError,
    RefusedByServerError,
    ServerBusyError,
)
from desk_app.remote.osticket.answers import OK, check_done
from desk_app.remote.osticket.names import source_key
from desk_app.remote.osticket.page import Page, attribute
from desk_app.remote.osticket.persons import is_requester, takes_part
from desk_app.remote.osticket.posting import escaped, marked
from desk_app.remote.osticket.questions import Questions, is_answered
from desk_app.remote.osticket.thread_page import MARKER
from desk_app.remote.osticket.ties import Ties, is_merged, links_are, sendable
from desk_app.remote.osticket.told import plain

if TYPE_CHECKING:
    from collections.abc import Callable

    from desk_app.domain.entry import Change
    from desk_app.domain.outbox import Edit
    from desk_app.ports.remote import RemoteTicket, Sending
    from desk_app.remote.osticket.late import LateMark
    from desk_app.remote.osticket.locks import Locks
    from desk_app.remote.osticket.posting import Posting
    from desk_app.remote.osticket.session import Form, PanelSession
    from desk_app.remote.osticket.ticket_page import TicketPage
    from desk_app.remote.osticket.tickets import Seen, Tickets

_ORDER = (
    *("subject", "priority", "topic", "sla", "source", "due_at", "overdue_since"),
    *("custom", "task"),
    *("links", "referrals"),
    *("requester", "collaborators", "muted", "answered"),
    *("owner", "team", "status", "merged_into", "department"),
)
"""What may take the ticket out of the agent's hands comes last."""
_FOLLOWS = {"merged_into": "status", "due_at": "overdue_since"}
"""What the panel does of itself: a merge closes what is merged, a due time ends being late."""
_FIELDS_BEFORE = 12
"""So many fields before that of the priority are looked at for that of the subject."""


class Edits:
    """Writes fields."""

    def __init__(
        self,
        session: PanelSession,
        tickets: Tickets,
        locks: Locks,
        posting: Posting,
        late: LateMark,
    ) -> None:
        self._late = late
        self._persons = persons = posting.persons
        self._people = people = posting.people
        self._posting = posting
        self._session = session
        self._tickets = tickets
        self._locks = locks
        self._subject_field = ""
        self._ties = Ties(session, tickets)
        self._questions = Questions(session, people)
        self._writers: dict[str, Callable[[Sending, Change, Seen, str], None]] = {
            "subject": self._subject,
            "status": self._status,
            "owner": self._owner,
            "team": self._team,
            "department": self._department,
            "priority": self._field,
            "topic": self._field,
            "sla": self._field,
            "source": self._source,
            "due_at": self._due,
            "overdue_since": late.write,
            "answered": self._answered,
            "custom": self._questions.answer,
            "task": self._task,
            "links": self._ties.link,
            "merged_into": self._ties.merge,
            "referrals": self._ties.refer,
            "requester": persons.requester,
            "collaborators": persons.collaborators,
            "muted": persons.muted,
        }

    def edit(self, sending: Sending, step: Edit, seen: Seen) -> Receipt:
        """Make the changes; `seen` is the ticket as it was just read, and as the agent knows it."""
        changes = sorted(step.changes, key=lambda change: _ORDER.index(_kind(change)))
        follows = {_FOLLOWS[change.field] for change in changes if change.field in _FOLLOWS}
        self._ties.said = self._persons.said = self._late.said = ""
        lock = self._locks.take(seen.page)
        try:
            for place, change in enumerate(changes):
                if change.field in follows:
                    continue
                comment = step.comment if place == len(changes) - 1 else ""
                words = marked(escaped(comment), sending.command) if comment else ""
                self._writers[_kind(change)](sending, change, seen, words)
        finally:
            self._locks.give_back(lock)
        return self._read_back(sending, step, seen)

    def is_overtaken(self, step: Edit, seen: Seen) -> bool:
        """Whether a due time is another one than the agent saw: no version tells that."""
        due = next((change for change in step.changes if change.field == "due_at"), None)
        if due is None:
            return False
        row = self._tickets.fresh_row(seen.page)
        told = self._tickets.whole(seen.page).ticket.due_at
        return row is not None and row.due is not None and told != due.old

    def arrived(self, sending: Sending, step: Edit, seen: Seen) -> Receipt | None:
        """The receipt of a change whose answer was lost; None if a field is not as it should be.

        Its comment may be missing all the same: a note of its own, where the dialog takes none. It
        is written now, once: one that is there bears the command's id. What was set for a moment
        only (`late`) goes now, too.
        """
        if not all(self._is_so(change, sending, seen) for change in step.changes):
            return None
        try:
            for change in (one for one in step.changes if one.field == "overdue_since"):
                self._late.finish(change, seen)
            seen = self._with_comment(sending, step, seen)
        except NoAnswerError:  # looked for at the next probe, like this time
            raise ServerBusyError(retry_after=None, why="read_back") from None
        page = seen.page
        return Receipt(ticket=page.id, number=page.number, version=seen.ticket.version)

    def _with_comment(self, sending: Sending, step: Edit, seen: Seen) -> Seen:
        """The ticket once the agent's comment is in it."""
        page = seen.page
        if not step.comment or page.is_merged or _is_said(page, sending.command):
            return seen
        return self._remark(sending, step) or seen

    # --- afterwards ------------------------------------------------------------------------

    def _read_back(self, sending: Sending, step: Edit, before: Seen) -> Receipt:
        """The panel says yes to some things that it does not do, and no to some that it does."""
        try:
            page = self._tickets.page(sending.ticket)
            if isinstance(page, Gone):  # handed on to where this agent does not look
                return Receipt(ticket=sending.ticket)
            if any(change.field == "due_at" for change in step.changes):
                self._tickets.fresh_row(page)
            seen = self._tickets.whole(page)
            refused = [c for c in step.changes if not self._is_so(c, sending, seen)]
        except (NotReachedError, ServerBusyError):
            raise NoAnswerError(why="read_back") from None
        if refused:
            names = tuple(change.field for change in refused)
            words = self._ties.said or self._persons.said or self._late.said
            raise RefusedByServerError(words=words, refused=names)
        self._tickets.note_own(before.page, page, step.changes)
        seen = self._with_comment(sending, step, seen)
        return Receipt(ticket=page.id, number=page.number, version=seen.ticket.version)

    def _remark(self, sending: Sending, step: Edit) -> Seen | None:
        """Write the agent's comment as a note, where the panel's own dialog takes none.

        What fails here leaves the change done: it is found so, and not made again; that the words
        were not taken is said.
        """
        with self._tickets.holding(sending.ticket):  # looking may take the lock that is wanted
            page = self._tickets.page(sending.ticket)
        if isinstance(page, Gone):
            return None
        try:
            self._posting.remark(sending, page, step.comment)
        except RefusedByServerError as error:
            words = str(error.facts.get("words", ""))
            raise RefusedByServerError(words=words, refused=("comment",)) from None
        now = self._tickets.page(page.id)
        return None if isinstance(now, Gone) else self._tickets.whole(now)

    def _is_so(self, change: Change, sending: Sending, seen: Seen) -> bool:
        checks: dict[str, Callable[[], bool]] = {
            "custom": lambda: is_answered(change, seen.ticket),
            "task": lambda: _task_is(change, seen.ticket),
            "links": lambda: links_are(change, sending, seen.ticket),
            "merged_into": lambda: is_merged(change, sending, seen.ticket),
            "referrals": lambda: self._ties.is_referred(change, seen.page),
            "requester": lambda: is_requester(change, sending, seen.ticket),
            "collaborators": lambda: takes_part(change, sending, seen.ticket),
            "muted": lambda: takes_part(change, sending, seen.ticket),
            "overdue_since": lambda: seen.page.is_overdue is (change.new is not None),
            "answered": lambda: seen.ticket.answered in {None, change.new},
            "subject": lambda: plain(seen.ticket.subject) == plain(str(change.new)),
            "due_at": lambda: self._due_is(change, seen.ticket),
        }
        kind = _kind(change)
        check = checks.get(kind)
        return check() if check is not None else bool(getattr(seen.ticket, kind) == change.new)

    def _due_is(self, change: Change, told: RemoteTicket) -> bool:
        """Without one of its own a ticket is due by its plan; the server keeps whole minutes."""
        row = self._tickets.rows.get(told.id)
        if change.new is None:
            return row is None or row.due is None
        wanted = change.new.replace(second=0, microsecond=0)  # type: ignore[attr-defined]
        return told.due_at is not None and told.due_at.replace(second=0) == wanted

    # --- one field each --------------------------------------------------------------------

    def _post(self, path: str, form: Form, what: str) -> None:
        check_done(self._session.change(f"ajax.php/{path}", form), what)

    def _edit(self, ticket: str, field: str, form: Form) -> None:
        self._post(f"tickets/{ticket}/field/{field}/edit", form, field)

    def _field(self, sending: Sending, change: Change, seen: Seen, words: str) -> None:
        value = sendable(change.new) if change.new is not None else ""
        self._edit(seen.page.id, change.field, ((change.field, value), ("comments", words)))

    def _source(self, sending: Sending, change: Change, seen: Seen, words: str) -> None:
        form = (("source", source_key(change.new)), ("comments", words))
        self._edit(seen.page.id, "source", form)

    def _subject(self, sending: Sending, change: Change, seen: Seen, words: str) -> None:
        number = self._subject_number(seen.page)
        self._edit(seen.page.id, number, (("subject", str(change.new)), ("comments", words)))

    def _subject_number(self, page: TicketPage) -> str:
        """The subject has a number like the other questions of its form, and no page shows it.

        It is the field whose dialog holds the present subject; it stands before the priority's.
        """
        last = int(page.priority_field or 0)
        for number in range(last - 1, max(0, last - _FIELDS_BEFORE), -1):
            if self._subject_field:
                break
            answer = self._session.get(f"ajax.php/tickets/{page.id}/field/{number}/edit")
            dialog = Page(answer.body, "subject")
            field = dialog.find('input[type="text"]')
            shown = "" if field is None else plain(attribute(field, "value"))
            if answer.status == OK and shown == plain(page.subject):
                self._subject_field = str(number)
        if not self._subject_field:
            raise RefusedByServerError(words="", why="no_subject_field")
        return self._subject_field

    def _due(self, sending: Sending, change: Change, seen: Seen, words: str) -> None:
        """The server keeps nonsense as no date at all, so only a date ever goes out."""
        value = ""
        if change.new is not None:
            value = change.new.isoformat(timespec="seconds")  # type: ignore[attr-defined]
        self._edit(seen.page.id, "duedate", (("duedate", value), ("comments", words)))

    def _answered(self, sending: Sending, change: Change, seen: Seen, words: str) -> None:
        mark = "answered" if change.new else "unanswered"
        # A form without any field would be taken for a question.
        self._post(f"tickets/{seen.page.id}/mark/{mark}", (("comments", words),), mark)

    def _status(self, sending: Sending, change: Change, seen: Seen, words: str) -> None:
        form = (("status_id", sendable(change.new)), ("comments", words))
        self._post(f"tickets/{seen.page.id}/status", form, "status")

    def _owner(self, sending: Sending, change: Change, seen: Seen, words: str) -> None:
        self._hand("s", "sid[]", change, seen, words)

    def _team(self, sending: Sending, change: Change, seen: Seen, words: str) -> None:
        self._hand("t", "tid[]", change, seen, words)

    def _hand(self, letter: str, field: str, change: Change, seen: Seen, words: str) -> None:
        ticket = seen.page.id
        if change.new is None:
            form = ((field, sendable(change.old)), ("comments", words))
            self._post(f"tickets/{ticket}/release", form, "release")
            return
        who = letter + sendable(change.new)
        if letter == "s" and change.new == self._people.me_key and "claim" in seen.page.doors:
            form = (("assignee", who), ("comments", words))
            self._post(f"tickets/{ticket}/claim", form, "claim")
            return
        form = (("assignee[]", who), ("comments", words))
        self._post(f"tickets/{ticket}/assign", form, "assign")

    def _department(self, sending: Sending, change: Change, seen: Seen, words: str) -> None:
        form = (("dept[]", sendable(change.new)), ("comments", words))
        self._post(f"tickets/{seen.page.id}/transfer", form, "transfer")

    def _task(self, sending: Sending, change: Change, seen: Seen, words: str) -> None:
        ticket, number = seen.page.id, int(change.field.partition(":")[2])
        if isinstance(change.new, Task) and change.old is None:
            self._add_task(change.new, seen)
            return
        rows = self._tickets.task_rows(ticket)
        row = next((r for r in rows if self._tickets.task_number(ticket, r) == number), None)
        if row is None or not isinstance(change.new, Task):
            raise RefusedByServerError(words="", why="no_such_task")
        way, status = ("reopen", "open") if change.new.is_open else ("close", "closed")
        form = (("status", status), ("comments", words))
        self._post(f"tasks/{row.id}/{way}", form, way)

    def _add_task(self, task: Task, seen: Seen) -> None:
        detail = f'<div {MARKER}="task:{task.id}">{escaped(task.detail or task.title)}</div>'
        form = [
            ("title", task.title),
            ("description", detail),
            ("dept_id", seen.ticket.department),
        ]
        if task.owner:
            form.append(("assignee[]", f"s{sendable(task.owner)}"))
        if task.due_at is not None:
            form.append(("duedate", task.due_at.isoformat(timespec="seconds")))
        self._post(f"tickets/{seen.page.id}/add-task", tuple(form), "task")


def _is_said(page: TicketPage, command: str) -> bool:
    return any(entry.command == command for entry in page.entries)


def _kind(change: Change) -> str:
    return change.field.partition(":")[0]


def _task_is(change: Change, told: RemoteTicket) -> bool:
    number = int(change.field.partition(":")[2])
    there = next((task for task in told.tasks if task.id == number), None)
    if not isinstance(change.new, Task):
        return there is None
    return there is not None and there.is_open == change.new.is_open
