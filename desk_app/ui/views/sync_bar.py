"""How a desk stands with its server, in the status bar: words that can be pressed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from desk_app.domain.mirror import AccountState
from desk_app.ui.announcing import announce
from desk_app.ui.desk_texts import badge_tip
from desk_app.ui.sync_texts import account_line, needs_you_text, waiting_text
from desk_app.ui.texts import tip, tr

if TYPE_CHECKING:
    from collections.abc import Callable, Set

    from desk_app.ui.sync_scheduler import SyncState

_LEAST = 40
_WAITS_FOR_SIGN_IN = frozenset({"no_secret", "sign_in"})


class SyncBar(QWidget):
    """Text, not only a sign; what a press does is in each button's tip."""

    log_wanted = Signal()
    outbox_wanted = Signal()
    conflicts_wanted = Signal()
    sign_in_wanted = Signal()
    pause_wanted = Signal(bool)
    """Emits: whether the first sync is to rest."""
    offline_wanted = Signal(bool)
    """Emits: whether the agent wants to work offline."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._paused = False
        self._told = ""
        self.link = self._button(tr("Show what was asked and answered last"))
        self.waiting = self._button(tr("Show what waits for the server"))
        self.needs_you = self._button(tr("Show what needs your decision"))
        self.sign_in = self._button("")
        self.sign_in.setText(tr("Sign in again"))
        self.pause = self._button(tr("Tickets that are here can be used meanwhile"))
        self.offline = self._button(tr("Try nothing until you say so; all you do waits here"))
        self.offline.setText(tr("Work offline"))
        self.offline.setCheckable(True)
        self.link.clicked.connect(self.log_wanted)
        self.waiting.clicked.connect(self.outbox_wanted)
        self.needs_you.clicked.connect(self.conflicts_wanted)
        self.sign_in.clicked.connect(self.sign_in_wanted)
        self.pause.clicked.connect(lambda: self.pause_wanted.emit(not self._paused))
        self.offline.clicked.connect(self.offline_wanted)
        row = self._row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        parts = (self.link, self.pause, self.sign_in, self.waiting, self.needs_you, self.offline)
        for button in parts:
            row.addWidget(button)
            button.setMinimumWidth(_LEAST)  # in a narrow window they give way, not the window
        for button in parts[1:5]:
            button.hide()
        self.others: dict[str, QPushButton] = {}

    def _button(self, hint: str) -> QPushButton:
        button = QPushButton(self)
        button.setFlat(True)
        button.setProperty("bar", "true")
        button.setToolTip(tip(hint))
        return button

    def show_state(self, state: SyncState, name: str) -> None:
        """Write it all anew; what is another state, not another time, is read out."""
        account, counts = state.status.account, state.status.counts
        line = account_line(state, name)
        hint = tr("Show what was asked and answered last")
        self.link.setToolTip(tip(hint + "\n\n" + badge_tip(account)))
        self._write(self.link, line + (" …" if state.busy else ""), line)
        self._write(self.waiting, waiting_text(counts.waiting), there=counts.waiting > 0)
        self._write(self.needs_you, needs_you_text(counts.needs_you), there=counts.needs_you > 0)
        signed_out = account.state is AccountState.SIGNED_OUT
        self.sign_in.setVisible(signed_out or state.problem in _WAITS_FOR_SIGN_IN)
        first = account.page is not None and account.state is AccountState.ON
        self._paused = state.paused
        self._write(self.pause, tr("Go on") if state.paused else tr("Pause"), there=first)
        self.offline.setChecked(account.state is AccountState.OFFLINE)
        self._announce(state, line)

    def show_other(self, name: str, words: str, facts: str, call: Callable[[], None]) -> None:
        """How another of this person's desks stands; a press goes there, `facts` are its tip's."""
        button = self.others.get(name)
        if button is None:
            button = self.others[name] = self._button("")
            button.setMinimumWidth(_LEAST)
            button.clicked.connect(lambda _=False: call())
            self._row.insertWidget(len(self.others) - 1, button)
        line = tr("{server}: {state}").format(server=name, state=words)
        self._write(button, line)
        button.setToolTip(tip(tr("Go to this desk") + "\n\n" + facts))

    def keep_others(self, names: Set[str]) -> None:
        """Desks that are off the list, or have another name now, are shown no longer."""
        for name in [name for name in self.others if name not in names]:
            button = self.others.pop(name)
            self._row.removeWidget(button)
            button.deleteLater()

    def _write(
        self, button: QPushButton, text: str, spoken: str = "", *, there: bool = True
    ) -> None:
        button.setText(text.replace("&", "&&"))
        button.setAccessibleName(spoken or text)
        button.setVisible(there)

    def _announce(self, state: SyncState, line: str) -> None:
        account = state.status.account
        told = f"{account.state} {state.problem} {state.status.counts.needs_you}"
        if told != self._told and self._told:
            needs = state.status.counts.needs_you
            announce(self, f"{line}. {needs_you_text(needs)}" if needs else line)
        self._told = told

    @property
    def text(self) -> str:
        """All of it on one line, as it is read."""
        parts = (self.link, self.waiting, self.needs_you)
        return " | ".join(part.text() for part in parts if not part.isHidden())
