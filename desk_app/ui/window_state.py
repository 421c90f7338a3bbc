"""What a window looked like, kept for the next start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer

from desk_app.domain.filters import Column, QueueFilter, QueueKind, SortKey
from desk_app.domain.server_queue import ServerQueue
from desk_app.domain.state import TicketId
from desk_app.ui.jobs import Lane
from desk_app.ui.queue_controller import Shown

if TYPE_CHECKING:
    from PySide6.QtCore import QSettings

    from desk_app.domain.filters import QueueRow
    from desk_app.ports.reader import TicketReader
    from desk_app.ui.main_window import MainWindow
    from desk_app.ui.session import Session


def restore_queue(window: MainWindow, settings: QSettings) -> None:
    """What the table showed and in which order; before anything is read."""
    kinds, columns = {str(kind): kind for kind in QueueKind}, {str(c): c for c in Column}
    kind = kinds.get(str(settings.value("queue/kind")), QueueKind.OPEN)
    text, narrowed = (str(settings.value(f"queue/{n}", "")) for n in ("text", "narrowed"))
    queue, name = (str(settings.value(f"queue/{n}", "")) for n in ("server", "server_name"))
    server = ServerQueue(id=queue, name=name or queue) if queue else None
    window.queues.shown = Shown(kind=kind, text=text, narrowed=narrowed, server=server)
    column = columns.get(str(settings.value("queue/sort")), Column.UPDATED)
    descending = str(settings.value("queue/descending", "true")) == "true"
    window.queues.order = SortKey(column=column, descending=descending)
    window.queue.columns.show_sort(window.queues.order)


def restore_look(window: MainWindow, settings: QSettings) -> None:
    """Size, panes and columns."""
    for name, restore in (
        ("window", window.restoreGeometry),
        ("panes", window.panes.restoreState),
        ("work", window.pane.work.restoreState),
        ("thread", window.pane.parts.restoreState),
        ("columns", window.queue.columns.restore),
    ):
        state = settings.value(name)
        if state is not None:
            restore(state)
    window.queue.columns.show_sort(window.queues.order)
    if not window.queues.shown.text:
        window.navigator.mark(window.queues.shown.place)


def restore_ticket(window: MainWindow, settings: QSettings) -> None:
    """The ticket that was open, where it was scrolled to."""
    ticket, place = str(settings.value("ticket", "")), str(settings.value("scroll", ""))
    if not ticket.isdigit() or window.ticket is None:
        return
    controller, wanted = window.ticket, TicketId(int(ticket))

    def scroll(page: object) -> None:
        if page is None or window.session.directory is None:
            return  # it is shown once the directory is here
        controller.shown.disconnect(scroll)
        row = window.model.row_of(wanted)  # the list may have come before the ticket
        if row is not None:
            window.queue.mark(row)
        bar = window.pane.talk.verticalScrollBar()
        if place.isdigit():
            QTimer.singleShot(0, bar, lambda: bar.setValue(int(place)))

    controller.shown.connect(scroll)
    controller.show_ticket(wanted)


def restore_tabs(window: MainWindow, settings: QSettings) -> None:
    """The tickets that were open beside each other; those that are gone stay away."""
    wanted = [TicketId(int(t)) for t in str(settings.value("tabs", "")).split() if t.isdigit()]
    if not wanted or window.ticket is None:
        return
    controller, session = window.ticket, window.session

    def question(reader: TicketReader) -> list[QueueRow]:
        """Those that the agent may see: another one may have sat here before."""
        rows = reader.rows(wanted, agent=session.agent)
        return [rows[t] for t in wanted if t in rows and _may_see(reader, rows[t], session)]

    def show(found: list[QueueRow]) -> None:
        tabs = window.pane.tabs
        for row in found:
            tabs.open_tab(TicketId(row.id), row.number or "", row.subject)
        if controller.page is not None:
            ticket = controller.page.ticket
            tabs.look_at(ticket.id, ticket.number or "", ticket.subject)

    def ask() -> None:
        session.ask(Lane.ROWS, question, owner=window, done=show)

    if session.directory is not None:
        ask()
    else:  # it says what the agent may see
        once = Qt.ConnectionType.SingleShotConnection
        session.directory_loaded.connect(ask, once)


def _may_see(reader: TicketReader, row: QueueRow, session: Session) -> bool:
    wanted = QueueFilter(number=row.number, scope=session.scope())
    return bool(reader.queue_head(wanted, SortKey(), agent=session.agent, limit=1))


def keep(window: MainWindow, settings: QSettings) -> None:
    """Write down everything that the next start restores."""
    shown, order = window.queues.shown, window.queues.order
    page = None if window.ticket is None else window.ticket.page
    values = {
        "window": window.saveGeometry(),
        "panes": window.panes.saveState(),
        "columns": window.queue.horizontalHeader().saveState(),
        "queue/kind": str(shown.kind),
        "queue/server": "" if shown.server is None else shown.server.id,
        "queue/server_name": "" if shown.server is None else shown.server.name,
        "queue/text": shown.text,
        "queue/narrowed": shown.narrowed,
        "queue/sort": str(order.column),
        "queue/descending": "true" if order.descending else "false",
        "ticket": "" if page is None else str(page.ticket.id),
        "tabs": "",
    }
    if window.ticket is not None:
        values["work"] = window.pane.work.saveState()
        values["thread"] = window.pane.parts.saveState()
        values["tabs"] = " ".join(str(ticket) for ticket in window.pane.tabs.opened())
        values["scroll"] = str(window.pane.talk.verticalScrollBar().value())
    for name, value in values.items():
        settings.setValue(name, value)
