"""Says beneath the composers what becomes of a text: it hangs on how the desk's server stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desk_app.ui.sync_texts import fate_text

if TYPE_CHECKING:
    from desk_app.ui.session import Session
    from desk_app.ui.ticket_controller import TicketController
    from desk_app.ui.views.ticket_pane import TicketPane


class Fate(QObject):
    """Keeps both labels true; silent on a desk without a server."""

    def __init__(self, session: Session, pane: TicketPane, ticket: TicketController) -> None:
        super().__init__(pane)
        self._session = session
        self._pane = pane
        self._ticket = ticket
        ticket.shown.connect(lambda _: self._tell())
        session.linked.connect(self._begin)
        if session.sync is not None:
            self._begin()

    def _begin(self) -> None:
        if self._session.sync is not None:
            self._session.sync.state_changed.connect(self._tell)
            self._tell()

    def _tell(self) -> None:
        sync, page = self._session.sync, self._ticket.page
        if sync is None or sync.state is None or page is None:
            return
        name = page.requester.name
        self._pane.reply.fate.tell(fate_text(sync.state, public=True, name=name))
        self._pane.note.fate.tell(fate_text(sync.state, public=False, name=name))
