"""Writing: a reply and a note are two pages with two drafts, each saved as one types."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desk_app.domain.draft import Draft, DraftKey, DraftKind
from desk_app.ui.draft_keeper import DraftKeeper
from desk_app.ui.overriding import override
from desk_app.ui.texts import tr
from desk_app.ui.views.fate_label import FateLabel
from desk_app.ui.views.rich_tools import RichTools
from desk_app.ui.views.writing_area import WritingArea, not_all_here

if TYPE_CHECKING:
    from collections.abc import Callable

    from desk_app.ui.session import Session

_FOOT_GAPS = 40
"""Margins and gaps of the lowest line."""
_LOW, _LOW_NARROW = 130, 170
"""Below this height there is no room for the tools at all, and for them above the send button."""
_ADDRESS = re.compile(r"[^@\s<>,;\"]+@[^@\s<>,;\"]+")


class ComposerPage(QWidget):
    """One draft of one kind: its text, its saving, its send button."""

    send_requested = Signal(str)
    """The agent wants this to go. Emits: status to set with it ('' for none)."""
    close_requested = Signal()
    """The agent wants this to go and the ticket to be resolved with it."""
    status_menu_wanted = Signal()
    switch_requested = Signal()
    """The other composer is wanted (Ctrl+Shift+M)."""
    canned_wanted = Signal()
    link_wanted = Signal()
    versions_wanted = Signal()
    mail_wanted = Signal()
    """The text is wanted in the mail program."""
    left = Signal()
    """Esc: the draft stays, the focus goes."""
    unsaved = Signal(str)
    """What was typed is not on the disk. Emits: the sentence."""
    saved_again = Signal()
    """It is now."""
    sent = Signal()
    """The shown text went on its way, or was thrown away."""
    said = Signal(str)
    """Something did not work; everything typed is still here. Emits: the sentence."""

    def __init__(self, session: Session, kind: DraftKind, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kind = kind
        self.setObjectName("note_page" if kind is DraftKind.NOTE else "reply_page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.area = WritingArea(session, self)
        self.edit = self.area.edit
        self.edit.installEventFilter(self)
        self.keeper = DraftKeeper(session, self.draft, self)
        self.area.touched.connect(self.keeper.touch)
        self.area.coming.connect(self.keeper.expect)
        self.area.came.connect(self.keeper.came)
        self.area.refused.connect(self.said)
        self.who = QLabel(self)
        self.who.setTextFormat(Qt.TextFormat.PlainText)  # it names a stranger
        self.cc = QLineEdit(self)
        self.cc.installEventFilter(self)
        self.cc.textEdited.connect(lambda _: self.keeper.touch())
        self.saved = QLabel(self)
        self.saved.setProperty("dim", "true")
        self.send = QPushButton(self)
        self.send.setProperty("primary", "true")
        self.send.clicked.connect(lambda: self.request_send(""))
        self.more = QToolButton(self)
        self.fate = FateLabel(self.send, self)
        self.tools = RichTools(self.edit, self)
        self.foot = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._sending: set[DraftKey] = set()
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 6, 10, 6)
        column.setSpacing(4)
        head = QHBoxLayout()
        self.who.setMinimumWidth(60)
        head.addWidget(self.who, 1)
        head.addWidget(self.saved)
        column.addLayout(head)
        if self.kind is DraftKind.REPLY:
            column.addLayout(self._copies_line())
        else:
            self.cc.hide()
        column.addWidget(self.area, 1)
        self.foot.addWidget(self.tools)
        self.foot.addStretch(1)
        ways = QHBoxLayout()
        ways.addStretch(1)
        ways.addWidget(self.send)
        ways.addWidget(self.more)
        self.foot.addLayout(ways)
        column.addLayout(self.foot)
        column.addWidget(self.fate)
        self.more.setText("▾")
        chain = [self.cc, self.edit, *self.tools.buttons.values(), self.send, self.more]
        for one, following in pairwise(chain):
            QWidget.setTabOrder(one, following)
        name = tr("More ways to send")
        self.more.setToolTip(name)
        self.more.setAccessibleName(name)

    def _copies_line(self) -> QHBoxLayout:
        self.cc.setPlaceholderText(tr("nobody else"))
        self.cc.setAccessibleName(tr("Copies to"))
        label = QLabel(tr("C&c"), self)
        label.setBuddy(self.cc)
        line = QHBoxLayout()
        line.addWidget(label)
        line.addWidget(self.cc, 1)
        return line

    def _connect(self) -> None:
        self.keeper.loaded.connect(self._take)
        self.keeper.told.connect(self.saved.setText)
        self.keeper.failed.connect(self.unsaved)
        self.keeper.recovered.connect(self.saved_again)
        self.keeper.changed_elsewhere.connect(self._tell_elsewhere)
        self.tools.link_wanted.connect(self.link_wanted)
        self.tools.files_wanted.connect(self.area.choose_files)
        self.tools.canned_wanted.connect(self.canned_wanted)
        self.tools.versions_wanted.connect(self.versions_wanted)
        self.more.clicked.connect(self.status_menu_wanted)

    # --- what is shown ---------------------------------------------------------------------

    def show_ticket(self, key: DraftKey | None, who: str, send: str, hint: str) -> None:
        """Save what is here, then show the draft of another ticket."""
        if key != self.keeper.key:
            self.save()
            self._empty()
            self.area.key = key
            self.keeper.open(key)
            self._stand_still(still=key in self._sending)
        self.who.setText(who)
        self.send.setText(send)
        _place_tools(self)
        self.edit.setPlaceholderText(hint)
        self.edit.setAccessibleName(who)

    def reload(self) -> None:
        """Read the draft anew: an undo gave a text back."""
        self.keeper.reload()

    @property
    def key(self) -> DraftKey | None:
        return self.keeper.key

    def strip_buttons(self) -> list[QPushButton]:
        """A button for each file that goes with the text."""
        return self.area.strip.buttons

    @property
    def copies(self) -> tuple[str, ...]:
        """The addresses in the copies line, each once."""
        return tuple(dict.fromkeys(_ADDRESS.findall(self.cc.text())))

    def add_copies(self, addresses: tuple[str, ...]) -> None:
        """Put people into the copies line, those who are there already left as they are."""
        missing = [address for address in addresses if address not in self.copies]
        if missing:
            self.cc.setText(", ".join([*self.copies, *missing]))
            self.keeper.touch()

    def draft(self, key: DraftKey) -> Draft:
        """What is in the editor now."""
        return Draft(
            key=key,
            html=self.area.html(),
            text=self.edit.toPlainText() if not self.edit.is_blank else "",
            cc=self.copies,
            attachments=self.area.attachments,
        )

    def replace_with(self, draft: Draft) -> None:
        """Put an earlier version here; what was here stays as a version."""
        self.save()
        self._show(draft)
        self.keeper.touch()

    def _take(self, draft: Draft | None) -> None:
        if draft is None:
            self._empty()
        else:
            self._show(draft)

    def _show(self, draft: Draft) -> None:
        self.area.take(draft)
        self.cc.setText(", ".join(draft.cc))

    def _empty(self) -> None:
        self.area.fill("")
        self.cc.clear()

    def _tell_elsewhere(self, draft: Draft | None) -> None:
        """Another window sent this text, or wrote on: never two of it, and none is lost."""
        if draft is None:
            self.keeper.forget(self.key)
            self._empty()
            self.said.emit(
                tr("This text left the composer in another window; it is in the versions ⟲.")
            )
        elif not self.edit.hasFocus():
            self._show(draft)
        else:
            self.said.emit(
                tr("Another window wrote this text too. Yours stays here, theirs is in ⟲.")
            )

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is no room for both, the tools go above the send button.

        Where there is none above it either, some go into a menu; how to send has to be seen.
        """
        super().resizeEvent(event)
        _place_tools(self)

    # --- sending ---------------------------------------------------------------------------

    def request_send(self, status: str) -> None:
        """Ask for the text to go, once."""
        if self.keeper.expects(self.key):
            self.said.emit(not_all_here())
        elif (
            not self.area.is_blank and self.key not in self._sending and not self._misread_copies()
        ):
            self.send_requested.emit(status)

    def begin_sending(self) -> None:
        """From now until the answer the text stands still and is not asked for again."""
        self.save()
        if self.key is not None:
            self._sending.add(self.key)
        self._stand_still(still=True)

    def end_sending(self, key: DraftKey, *, sent: bool) -> None:
        """The answer is here; a text that did not go stays. Another ticket may be shown by now."""
        self._sending.discard(key)
        if sent:
            self.keeper.forget(key)
        if key == self.key:
            self._stand_still(still=False)
            if sent:
                self._empty()
                self.sent.emit()

    def _stand_still(self, *, still: bool) -> None:
        self.keeper.hold(held=still)
        self.edit.setReadOnly(still)
        self.send.setEnabled(not still)

    def _misread_copies(self) -> bool:
        """Whether the copies line holds something that is no address; then it is said."""
        parts = (part.strip() for part in re.split("[,;]", self.cc.text()))
        wrong = [part for part in parts if part and not _ADDRESS.search(part)]
        if wrong:
            words = tr("“{text}” is no e-mail address. Nothing was sent.")
            self.said.emit(words.format(text=wrong[0]))
            self.cc.setFocus()
        return bool(wrong)

    def save(self) -> None:
        """Put the text on the disk now, on a worker."""
        self.keeper.save()

    # --- keys ------------------------------------------------------------------------------

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusOut:
            self.save()
        if event.type() in {QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride} and isinstance(
            event, QKeyEvent
        ):
            return self._key_pressed(event)
        return super().eventFilter(watched, event)

    def _key_pressed(self, event: QKeyEvent) -> bool:
        keys: dict[str, Callable[[], None]] = {
            "Ctrl+Return": lambda: self.request_send(""),
            "Ctrl+Enter": lambda: self.request_send(""),
            "Ctrl+Shift+Return": self.close_requested.emit,
            "Ctrl+Shift+M": self.switch_requested.emit,
            "Ctrl+Shift+A": self.area.choose_files,
            "Ctrl+;": self.canned_wanted.emit,
            "Esc": self.left.emit,
        }
        pressed = QKeySequence(event.keyCombination())
        call = next((call for key, call in keys.items() if pressed == QKeySequence(key)), None)
        if call is None:
            return False
        event.accept()
        if event.type() == QEvent.Type.KeyPress:
            call()
        return True


def _place_tools(page: ComposerPage) -> None:
    room = page.width() - _FOOT_GAPS
    beside = room - page.send.sizeHint().width() - page.more.sizeHint().width()
    is_above = page.tools.whole_width() > beside and page.height() >= _LOW_NARROW
    page.tools.fit(room if is_above else beside)
    page.tools.setVisible(page.height() >= _LOW)
    ways = QBoxLayout.Direction
    page.foot.setDirection(ways.TopToBottom if is_above else ways.LeftToRight)
