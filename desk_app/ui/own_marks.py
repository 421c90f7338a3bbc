"""What an agent keeps of a ticket for themselves: put off until later, or followed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from desk_app.domain.moment import on_the_wall, read_moment, whole_ms
from desk_app.ports.unit_of_work import Changes
from desk_app.ui.jobs import Lane
from desk_app.ui.texts import error_text, tr
from desk_app.ui.views.chooser import Choice

if TYPE_CHECKING:
    from collections.abc import Callable

    from desk_app.domain.ticket import Ticket, TicketId
    from desk_app.ports.reader import TicketPage
    from desk_app.ports.unit_of_work import AgentsOwn
    from desk_app.ui.main_window import MainWindow
    from desk_app.ui.session import Session
    from desk_app.ui.ticket_controller import TicketController
    from desk_app.ui.views.chooser import Chooser
    from desk_app.ui.views.ticket_pane import TicketPane

MORNING = 9
"""The hour of a day that a ticket is put off to."""
WAKE_MS = 60_000
"""How often it is looked what woke."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """One thing that was done, and the way back."""

    ticket: TicketId
    newest: int
    """The ticket's newest event then: what was done to the ticket since is undone first."""
    words: str
    do: Callable[[AgentsOwn], None]
    back: Callable[[AgentsOwn], None]


class OwnMarks(QObject):
    """Snoozes and follows the shown ticket; the last of it can be undone like an action."""

    def __init__(
        self, session: Session, pane: TicketPane, ticket: TicketController, chooser: Chooser
    ) -> None:
        super().__init__(pane)
        self._session = session
        self._pane = pane
        self._ticket = ticket
        self._chooser = chooser
        self._step: _Step | None = None
        self._is_undone = False

    def snooze(self) -> None:
        """Ask until when; a ticket that is put off can be taken back."""
        page = self._ticket.page
        if page is None:
            return
        now = self._session.desk.now()
        listed = [
            Choice(text=f"{name} ({at:%a %d %b %H:%M})", call=partial(self._snooze, at))
            for name, at in snooze_times(now.astimezone())
        ]
        if _is_snoozed(page, now):
            listed.insert(0, Choice(text=tr("No longer: back now"), call=self._wake))
        prompt = tr("Snooze until: +3h, 14:30, 2026-12-01, 1.12. 14:30")
        self._chooser.open_with(prompt, listed, free=self._typed)

    def follow(self) -> None:
        """Follow the ticket, or no longer."""
        page = self._ticket.page
        if page is None:
            return
        ticket, agent, on = page.ticket.id, self._session.agent, not page.followed
        now = whole_ms(self._session.desk.now())

        def mark(unit: AgentsOwn, *, on: bool) -> None:
            unit.follow(agent, ticket, now, on=on)

        words = tr("You follow this ticket.") if on else tr("You no longer follow this ticket.")
        self._begin(page, words, partial(mark, on=on), partial(mark, on=not on))

    def undo(self, *, redo: bool = False) -> None:
        """Take back the last step, unless the ticket's last action came after it."""
        page, step = self._ticket.page, self._step
        if step is None or page is None or self._is_undone is not redo:
            self._ticket.undo(redo=redo)
        elif (page.ticket.id, _newest(page)) == (step.ticket, step.newest):
            self._take(step, back=not redo)
        else:
            self._ticket.undo(redo=redo)

    def _typed(self, text: str) -> list[Choice]:
        now = self._session.desk.now().astimezone()
        at = read_moment(text, now, hour=MORNING)
        if at is None or at <= now:
            return []
        at = on_the_wall(at)
        label = tr("Snooze until {at}").format(at=f"{at:%a %d %b %Y %H:%M}")
        return [Choice(text=label, call=partial(self._snooze, at))]

    def _snooze(self, until: datetime) -> None:
        words = tr("Snoozed until {at}, or until the requester writes.")
        self._put_off(until.astimezone(UTC), words.format(at=f"{until:%a %d %b %H:%M}"))

    def _wake(self) -> None:
        self._put_off(None, tr("No longer snoozed."))

    def _put_off(self, until: datetime | None, words: str) -> None:
        page = self._ticket.page
        if page is None:
            return
        ticket, agent = page.ticket.id, self._session.agent
        now = whole_ms(self._session.desk.now())
        before = page.snoozed_until if _is_snoozed(page, now) else None

        def mark(unit: AgentsOwn, until: datetime | None) -> None:
            unit.snooze(agent, ticket, until, now)

        self._begin(page, words, partial(mark, until=until), partial(mark, until=before))

    def _begin(
        self,
        page: TicketPage,
        words: str,
        do: Callable[[AgentsOwn], None],
        back: Callable[[AgentsOwn], None],
    ) -> None:
        newest = _newest(page)
        self._step = _Step(ticket=page.ticket.id, newest=newest, words=words, do=do, back=back)
        self._take(self._step, back=False)

    def _take(self, step: _Step, *, back: bool) -> None:
        change = step.back if back else step.do

        def work() -> Changes:
            with self._session.desk.unit() as unit:
                change(unit)
                return unit.commit()

        def tell(_: Changes) -> None:
            self._is_undone = back
            if back:
                self._pane.notice.say(tr("Undone: {what}").format(what=step.words))
                return
            self._pane.notice.say(
                step.words, act=tr("Undo (Ctrl+Z)"), call=partial(self._take, step, back=True)
            )

        def complain(error: Exception) -> None:
            self._pane.notice.say(error_text(error), kind="error")

        self._session.write(work, owner=self, done=tell, failed=complain)


class Waking(QObject):
    """Looks every minute what is no longer snoozed, lists it again and says so."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._looked = window.session.desk.now()
        self._timer = QTimer(self)
        self._timer.setInterval(WAKE_MS)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    def _look(self) -> None:
        session, after, now = self._window.session, self._looked, self._window.session.desk.now()
        agent = session.agent
        self._looked = now
        session.ask(
            Lane.ROWS,
            lambda reader: reader.woken(agent, after=after, until=now),
            owner=self,
            done=self._tell,
        )

    def _tell(self, tickets: list[Ticket]) -> None:
        if not tickets:
            return
        window, first = self._window, tickets[0]
        window.session.changed.emit(Changes(tickets=frozenset(t.id for t in tickets)))
        words = tr("You snoozed #{number} until now: {subject}").format(
            number=first.number, subject=first.subject
        )
        if len(tickets) > 1:
            words += " " + tr("(and {n} more)").format(n=len(tickets) - 1)
        window.notice.say(words, act=tr("Open it"), call=partial(window.go_to, first.id))


def snooze_times(now: datetime) -> list[tuple[str, datetime]]:
    """What is offered at a moment of this machine's zone, in order and each moment once."""
    morning = now.replace(hour=MORNING, minute=0, second=0, microsecond=0)
    named = [
        (tr("In three hours"), now + timedelta(hours=3)),
        (tr("Tomorrow, 9:00"), on_the_wall(morning + timedelta(days=1))),
        (tr("Monday, 9:00"), on_the_wall(morning + timedelta(days=7 - now.weekday()))),
    ]
    first = {at: name for name, at in reversed(named)}
    return sorted(((name, at) for at, name in first.items()), key=lambda found: found[1])


def _is_snoozed(page: TicketPage, now: datetime) -> bool:
    return page.snoozed_until is not None and page.snoozed_until > now


def _newest(page: TicketPage | None) -> int:
    return page.events[-1].id if page is not None and page.events else 0
