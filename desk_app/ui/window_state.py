"""What a window looked like, kept for the next start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

from desk_app.domain.filters import Column, QueueKind, SortKey
from desk_app.domain.state import TicketId
from desk_app.ui.queue_controller import Shown

if TYPE_CHECKING:
    from PySide6.QtCore import QSettings

    from desk_app.ui.main_window import MainWindow


def restore_queue(window: MainWindow, settings: QSettings) -> None:
    """What the table showed and in which order; before anything is read."""
    kinds, columns = {str(kind): kind for kind in QueueKind}, {str(c): c for c in Column}
    kind = kinds.get(str(settings.value("queue/kind")), QueueKind.OPEN)
    text, narrowed = (str(settings.value(f"queue/{n}", "")) for n in ("text", "narrowed"))
    window.queues.shown = Shown(kind=kind, text=text, narrowed=narrowed)
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
        window.navigator.mark(window.queues.shown.kind)


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
        bar = window.pane.talk.verticalScrollBar()
        if place.isdigit():
            QTimer.singleShot(0, bar, lambda: bar.setValue(int(place)))

    controller.shown.connect(scroll)
    controller.show_ticket(wanted)


def keep(window: MainWindow, settings: QSettings) -> None:
    """Write down everything that the next start restores."""
    shown, order = window.queues.shown, window.queues.order
    page = None if window.ticket is None else window.ticket.page
    values = {
        "window": window.saveGeometry(),
        "panes": window.panes.saveState(),
        "columns": window.queue.horizontalHeader().saveState(),
        "queue/kind": str(shown.kind),
        "queue/text": shown.text,
        "queue/narrowed": shown.narrowed,
        "queue/sort": str(order.column),
        "queue/descending": "true" if order.descending else "false",
        "ticket": "" if page is None else str(page.ticket.id),
    }
    if window.ticket is not None:
        values["work"] = window.pane.work.saveState()
        values["thread"] = window.pane.parts.saveState()
        values["scroll"] = str(window.pane.talk.verticalScrollBar().value())
    for name, value in values.items():
        settings.setValue(name, value)
