"""One ticket: head, lifecycle bar, thread, composer, side tabs."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSplitter,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from desk_app.domain.draft import DraftKind
from desk_app.ui.announcing import Waiting, announce
from desk_app.ui.texts import tr
from desk_app.ui.views.composer import ComposerPage
from desk_app.ui.views.find_bar import FindBar
from desk_app.ui.views.lifecycle_bar import LifecycleBar
from desk_app.ui.views.low_scroll import LowScroll, stretches
from desk_app.ui.views.notice_bar import NoticeBar
from desk_app.ui.views.side_tabs import SideTabs
from desk_app.ui.views.thread_view import ThreadView
from desk_app.ui.views.ticket_tabs import TicketTabs
from desk_app.ui.views.undo_panel import UndoPanel

if TYPE_CHECKING:
    from collections.abc import Callable

    from desk_app.ui.session import Session


_LEAST_THREAD, _LEAST_COMPOSER = 46, 164
"""Points of height below which the pane scrolls rather than squash its parts."""


CHECKING_MS = 250
"""Who waits longer than this for another ticket sees that the steps are not its own."""


class PaneParts:
    """What a ticket's pane is made of that takes long to make: one part a step."""

    reply: ComposerPage
    note: ComposerPage
    side: SideTabs

    def __init__(self, session: Session) -> None:
        self._session = session

    def steps(self) -> tuple[Callable[[], None], ...]:
        """Each makes one part; all are wanted before the pane."""
        return (self._make_reply, self._make_note, self._make_side)

    @classmethod
    def made(cls, session: Session) -> PaneParts:
        """All of them at once."""
        parts = cls(session)
        for step in parts.steps():
            step()
        return parts

    def _make_reply(self) -> None:
        self.reply = ComposerPage(self._session, DraftKind.REPLY)

    def _make_note(self) -> None:
        self.note = ComposerPage(self._session, DraftKind.NOTE)

    def _make_side(self) -> None:
        self.side = SideTabs()


class TicketPane(QWidget):
    """Lays the parts out; `TicketController` fills them."""

    retry_wanted = Signal()
    """The ticket that could not be read is to be read again."""

    def __init__(self, parts: PaneParts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # Each part is made where it stays: to move it is to dress all that is in it once more.
        self._body = LowScroll(QWidget(), self)
        page = self._body.page
        self.work = QSplitter(Qt.Orientation.Horizontal, page)
        self.parts = QSplitter(Qt.Orientation.Vertical, self.work)
        self.subject = self._subject_label()
        self.badges = self._badges_label()
        self.holder = self._holder_label()
        self.back = self._back_button()
        self.tabs = TicketTabs(page)
        self.bar = LifecycleBar(page)
        self.notice = NoticeBar(page)
        self.undo_panel = UndoPanel(page)
        self._thread = QWidget(self.parts)
        self.talk = ThreadView(self._thread)
        self.find_bar = FindBar(self._thread)
        self.reply, self.note = parts.reply, parts.note
        self.composers = QTabWidget(self.parts)
        self.composers.setAccessibleName(tr("Composer"))
        self.composers.addTab(self.reply, tr("Reply"))
        self.composers.addTab(self.note, tr("Internal note"))
        for page in (self.reply, self.note):
            page.edit.textChanged.connect(partial(_mark_written, self.composers, page))
        self.side = parts.side
        self.empty = self._empty_label()
        self.retry = self._retry_button()
        self._waiting = Waiting(self, tr("The ticket is being read"))
        self._checking = _once(self, self.bar.tell_checking)
        self._lay_out()
        self.show_nothing()

    def _badges_label(self) -> QLabel:
        label = QLabel(self._body.page)
        label.setTextFormat(Qt.TextFormat.PlainText)  # it names a stranger
        label.setProperty("dim", "true")
        return label

    def _empty_label(self) -> QLabel:
        label = QLabel(self)
        label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        return label

    def _back_button(self) -> QPushButton:
        """The way back where the window is too narrow for list and ticket."""
        button = QPushButton("← " + tr("List"), self._body.page)
        button.setToolTip(tr("Back to the list (Esc)"))
        button.setAccessibleName(tr("Back to the list"))
        button.hide()
        return button

    def _holder_label(self) -> QLabel:
        """Who else is at the ticket; hidden where nobody is."""
        label = QLabel(self._body.page)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setProperty("warning", "true")
        label.hide()
        return label

    def tell_holder(self, who: str) -> None:
        """Say who else is at the ticket on the server; '' for nobody."""
        words = tr("{who} is at this ticket on the server").format(who=who) if who else ""
        if words and words != self.holder.text():
            announce(self, words)
        self.holder.setText(words)
        self.holder.setVisible(bool(words))

    def _retry_button(self) -> QPushButton:
        button = QPushButton(tr("Retry"), self)
        button.clicked.connect(self.retry_wanted)
        return button

    def _subject_label(self) -> QLabel:
        label = QLabel(self._body.page)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        font = label.font()
        font.setPointSizeF(font.pointSizeF() * 1.25)
        font.setBold(True)
        label.setFont(font)
        return label

    def show_nothing(self) -> None:
        self._body.hide()
        self.retry.hide()
        self.empty.setText(tr("Choose a ticket in the queue: arrow keys, then Enter"))
        self.empty.show()

    def show_trouble(self, words: str) -> None:
        """Say why there is no ticket here, and offer to try again."""
        self.show_nothing()
        self.empty.setText(words)
        self.retry.show()
        self._waiting.end(words)

    def tell_reading(self, *, another: bool = False) -> None:
        """A ticket is being read; what was shown before stays until it is here.

        Where it is `another` one and takes long, the steps of the one before are greyed.
        """
        self._waiting.begin()
        if another:
            self._checking.start(CHECKING_MS)

    def show_body(self, said: str = "") -> None:
        """Show a ticket; `said` is read out, as that there are no messages yet."""
        self._waiting.end(said)
        self._checking.stop()
        self.empty.hide()
        self.retry.hide()
        self._body.show()

    def write(self, kind: DraftKind) -> None:
        """Bring the composer of this kind to the front and the cursor into it."""
        page = self.note if kind is DraftKind.NOTE else self.reply
        self.composers.setCurrentWidget(page)
        page.edit.setFocus()
        # What came into the pane just now has its place when the event loop is back.
        QTimer.singleShot(0, self, lambda: self._body.ensureWidgetVisible(page.send))

    def _lay_out(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.empty, 1)
        outer.addWidget(self.retry, 0, Qt.AlignmentFlag.AlignHCenter)
        outer.addWidget(self._body, 1)
        column = QVBoxLayout(self._body.page)
        column.setContentsMargins(10, 8, 0, 0)
        head = QHBoxLayout()
        head.addWidget(self.back)
        head.addWidget(self.subject, 1)
        column.addWidget(self.tabs)
        column.addLayout(head)
        column.addWidget(self.badges)
        column.addWidget(self.holder)
        column.addWidget(self.bar)
        column.addWidget(self.notice)
        column.addWidget(self.undo_panel)
        self._lay_out_work()
        stretches(self.work, _LEAST_THREAD + _LEAST_COMPOSER)
        column.addWidget(self.work, 1)

    def _lay_out_work(self) -> None:
        column = QVBoxLayout(self._thread)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.talk, 1)
        column.addWidget(self.find_bar)
        self._thread.setMinimumHeight(_LEAST_THREAD)
        self.composers.setMinimumHeight(_LEAST_COMPOSER)
        self.side.setMinimumHeight(_LEAST_COMPOSER)  # its tabs scroll by themselves
        self.parts.addWidget(self._thread)
        self.parts.addWidget(self.composers)
        self.parts.setStretchFactor(0, 3)
        self.parts.setStretchFactor(1, 2)
        self.parts.setChildrenCollapsible(False)
        self.parts.setSizes([400, 250])
        self.work.addWidget(self.parts)
        self.work.addWidget(self.side)
        self.work.setStretchFactor(0, 1)
        self.work.setSizes([460, 250])


def _mark_written(pages: QTabWidget, page: ComposerPage) -> None:
    """Show on its tab that something is typed there: the other page may be in front."""
    place = pages.indexOf(page)
    name = tr("Internal note") if page.kind is DraftKind.NOTE else tr("Reply")
    sign = "" if page.edit.is_blank else " ✎"
    if pages.tabText(place) != name + sign:
        pages.setTabText(place, name + sign)
        pages.setTabToolTip(place, tr("Something is typed here and not sent") if sign else "")


def _once(parent: QObject, call: Callable[[], None]) -> QTimer:
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.timeout.connect(call)
    return timer
