"""Who is at the shown ticket on the server; and, where that is wanted, holding it while one types.

Nothing of this is waited for and nothing fails by it: where the server is away, one types on, and a
lock that cannot be given back ends there by itself.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from desk_app.ui.session import nothing
from desk_app.ui.texts import tr

if TYPE_CHECKING:
    from collections.abc import Callable

    from desk_app.domain.ticket import TicketId
    from desk_app.ports.holding import Holding
    from desk_app.ports.reader import TicketPage
    from desk_app.ui.session import Session
    from desk_app.ui.sync_scheduler import SyncScheduler
    from desk_app.ui.ticket_controller import TicketController
    from desk_app.ui.views.ticket_pane import TicketPane

REST_MS = 500
"""A ticket that is left sooner than this is not asked about: who walks through a queue reads on."""
LOOK_MS = 30_000
"""How often it is looked whether somebody who was at the ticket has left."""
_SHARE = 0.5
"""Of the time that a hold lasts, after which it is renewed, or given back where nobody types."""
_MS = 1000


class TicketHolding(QObject):
    """Made for every pane; it asks nothing where the desk has no server, or is not online."""

    def __init__(self, session: Session, pane: TicketPane, ticket: TicketController) -> None:
        super().__init__(pane)
        self._session = session
        self._pane = pane
        self._ticket = ticket
        self._looked: TicketId | None = None
        """Of which ticket it is known who is at it."""
        self._held: TicketId | None = None
        """The ticket that is held, or asked for."""
        self._typed = False
        """Whether anything was typed since the hold was renewed."""
        self._asked_typing: TicketId | None = None
        """In which ticket typing has begun since it is shown."""
        self._blocked: tuple[int, int] | None = None
        """The command that a lock kept back last, and at which try."""
        self._soon = self._timer(self._look)
        self._soon.setInterval(REST_MS)
        self._look_again = self._timer(self._look)
        self._look_again.setInterval(LOOK_MS)
        self._renew = self._timer(self._go_on)
        ticket.chosen.connect(self._leave)
        ticket.shown.connect(self._see)
        for page in (pane.reply, pane.note):
            page.area.touched.connect(self._hear_typing)
            page.sent.connect(self._release)
        session.linked.connect(self._begin)
        session.ending.connect(self._stop)
        if session.sync is not None:
            self._begin()

    def _timer(self, call: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.timeout.connect(call)
        return timer

    def _begin(self) -> None:
        if self._session.sync is not None:
            self._session.sync.state_changed.connect(self._hear_of_server)
            self._see(self._ticket.page)

    def _hear_of_server(self) -> None:
        if self._online is None:
            self._forget_who()
        else:
            self._see(self._ticket.page)

    @property
    def _online(self) -> SyncScheduler | None:
        sync = self._session.sync
        is_online = sync is not None and sync.state is not None and sync.state.is_online
        return sync if is_online and self._session.is_open else None

    @property
    def _shown(self) -> TicketId | None:
        page = self._ticket.page
        return None if page is None else page.ticket.id

    # --- who is there ----------------------------------------------------------------------

    def _leave(self, ticket: TicketId | None) -> None:
        """Another ticket is wanted: who is at the one before is not said of it."""
        if ticket != self._held:
            self._release()
        self._asked_typing = None
        self._forget_who()

    def _forget_who(self) -> None:
        self._looked = None
        self._soon.stop()
        self._look_again.stop()
        self._tell("")

    def _see(self, page: TicketPage | None) -> None:
        """A ticket came on screen, or its server came into reach: look once."""
        if page is None or self._online is None:
            return
        items = (item for item in self._ticket.unsettled if item.reason == "locked")
        blocked = next(((item.seq, item.tries) for item in items), None)
        if page.ticket.id != self._looked or (blocked and blocked != self._blocked):
            self._blocked = blocked
            self._soon.start()

    def _look(self) -> None:
        ticket, sync = self._shown, self._online
        if ticket is None or sync is None:
            return
        self._looked = ticket
        sync.ask(
            partial(sync.syncing.holder, ticket),
            owner=self,
            done=partial(self._take, ticket),
            failed=nothing,  # the next round says what is wrong with the server
        )

    def _take(self, ticket: TicketId, who: str) -> None:
        if ticket != self._shown:
            return
        self._tell(who)
        if who:
            self._look_again.start()

    def _tell(self, who: str) -> None:
        self._pane.tell_holder(who)
        words = tr("{who} is at this ticket: what you send waits until it is free.")
        for page in (self._pane.reply, self._pane.note):
            page.fate.tell_instead(words.format(who=who) if who else "")

    # --- holding it ------------------------------------------------------------------------

    def _hear_typing(self) -> None:
        ticket = self._shown
        if ticket is None:
            return
        if not self._session.hold_while_typing:
            if self._asked_typing != ticket:
                self._asked_typing = ticket
                self._look()
            return
        self._typed = True
        if self._held != ticket:
            self._hold(ticket)

    def _hold(self, ticket: TicketId) -> None:
        sync = self._online
        if sync is None:
            return
        self._held, self._typed = ticket, False
        sync.ask(
            partial(sync.syncing.hold, ticket),
            owner=self,
            done=partial(self._held_or_not, ticket),
            failed=lambda _: self._forget(ticket),
        )

    def _held_or_not(self, ticket: TicketId, holding: Holding) -> None:
        if ticket != self._held:
            return
        if holding.held:
            self._renew.start(int(holding.seconds * _SHARE * _MS))
            if ticket == self._shown:
                self._tell("")
        else:
            self._forget(ticket)
            self._take(ticket, holding.by)

    def _go_on(self) -> None:
        """Half its time is over: renew it, or give it back where nobody has typed since."""
        if self._held is not None and self._typed and self._held == self._shown:
            self._hold(self._held)
        else:
            self._release()

    def _forget(self, ticket: TicketId) -> None:
        if ticket == self._held:
            self._held = None
            self._renew.stop()

    def _release(self) -> None:
        ticket, sync = self._held, self._session.sync
        if ticket is None or sync is None:
            return
        self._forget(ticket)
        sync.ask(partial(sync.syncing.release, ticket), owner=self, done=nothing, failed=nothing)

    def _stop(self) -> None:
        """The window closes; if it is the last one, the server's thread gives all back."""
        for timer in (self._soon, self._look_again, self._renew):
            timer.stop()
        self._release()
