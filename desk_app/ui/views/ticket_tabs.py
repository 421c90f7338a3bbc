"""The tickets that were opened, as tabs over the ticket; one that is only looked at has none."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QTabBar, QToolButton, QWidget

from desk_app.domain.calm_text import calm
from desk_app.domain.ticket import TicketId
from desk_app.ui.overriding import override
from desk_app.ui.texts import tr

_MOST = 20
_LONGEST = 24


class TicketTabs(QTabBar):
    """Hidden until a ticket is opened."""

    chosen = Signal(object)
    """Emits: ticket id."""
    all_closed = Signal()
    """The last tab was closed, and with it the ticket on screen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Open tickets"))
        self.setDocumentMode(True)
        self.setExpanding(False)
        self.setMovable(True)
        self.setUsesScrollButtons(True)
        self.tabBarClicked.connect(self._tell)
        self._looked_at: TicketId | None = None
        self.hide()

    @override
    def tabInserted(self, index: int) -> None:
        """Give it a sign to close it that does not shout: the style's own is red."""
        sign = QToolButton(self)
        sign.setText("✕")
        sign.setAutoRaise(True)
        sign.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # Ctrl+W is the key
        sign.setAccessibleName(tr("Close this tab"))
        sign.setToolTip(tr("Close this tab; what is typed stays a draft"))
        sign.clicked.connect(lambda: self._close_by(sign))
        self.setTabButton(index, QTabBar.ButtonPosition.RightSide, sign)

    def _close_by(self, sign: QToolButton) -> None:
        right = QTabBar.ButtonPosition.RightSide
        place = next((i for i in range(self.count()) if self.tabButton(i, right) is sign), -1)
        self.close_tab(place)

    def open_tab(self, ticket: TicketId, number: str, subject: str) -> None:
        """Give a ticket a tab that stays, or bring its tab forward."""
        place = self.place_of(ticket)
        if place is None:
            if self.count() >= _MOST:
                self.removeTab(0)
            place = self.addTab("")
            self.setTabData(place, ticket)
        if self._looked_at == ticket:
            self._looked_at = None
        self._name(place, number, subject)
        self.setCurrentIndex(place)
        self.show()

    def look_at(self, ticket: TicketId, number: str, subject: str) -> None:
        """Show which ticket is on screen: one without a tab takes the one for looking, last."""
        place = self.place_of(ticket)
        if place is None and self.count():
            place = None if self._looked_at is None else self.place_of(self._looked_at)
            place = self.addTab("") if place is None else place
            self.setTabData(place, ticket)
            self._looked_at = ticket
            self._name(place, number, subject)
        elif self._looked_at is not None and ticket != self._looked_at:
            self._forget_look()
            place = self.place_of(ticket)
        if place is not None:
            self.setCurrentIndex(place)

    def opened(self) -> list[TicketId]:
        """The tickets that were opened, in the order of their tabs."""
        tickets = [self.tabData(place) for place in range(self.count())]
        return [ticket for ticket in tickets if ticket != self._looked_at]

    def _name(self, place: int, number: str, subject: str) -> None:
        text = f"{number} {calm(subject, _LONGEST)}".replace("&", "&&")
        is_look = self.tabData(place) == self._looked_at
        self.setTabText(place, f"({text})" if is_look else text)
        words = tr("Ticket {number}, looked at") if is_look else tr("Ticket {number}")
        self.setTabToolTip(place, words.format(number=number))

    def _forget_look(self) -> None:
        looked_at, self._looked_at = self._looked_at, None
        place = None if looked_at is None else self.place_of(looked_at)
        if place is not None:
            self.removeTab(place)

    def place_of(self, ticket: TicketId) -> int | None:
        return next((i for i in range(self.count()) if self.tabData(i) == ticket), None)

    def step(self, by: int) -> None:
        """Go to the next or previous tab, round again at the end."""
        if self.count():
            self.setCurrentIndex((self.currentIndex() + by) % self.count())
            self._tell(self.currentIndex())

    def close_tab(self, place: int) -> None:
        """Take a tab away; what is typed on its ticket stays a draft."""
        if not 0 <= place < self.count():
            return
        was_shown = place == self.currentIndex()
        if self.tabData(place) == self._looked_at:
            self._looked_at = None
        self.removeTab(place)
        if not self.opened():
            self._forget_look()
        self.setVisible(self.count() > 0)
        if not self.count():
            self.all_closed.emit()
        elif was_shown:
            self._tell(self.currentIndex())

    def close_current(self) -> None:
        """Take away the tab that is on screen."""
        self.close_tab(self.currentIndex())

    def _tell(self, place: int) -> None:
        if place >= 0:
            self.chosen.emit(self.tabData(place))
