"""The form for a ticket that somebody asks for in person or by phone: a draft from the start."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QStringListModel, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QCompleter,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desk_app.domain.draft import Draft, DraftKey
from desk_app.ui.closing import UNSAVED
from desk_app.ui.draft_keeper import DraftKeeper
from desk_app.ui.overriding import override
from desk_app.ui.texts import tr
from desk_app.ui.views.low_scroll import LowScroll, stretches
from desk_app.ui.views.notice_bar import NoticeBar
from desk_app.ui.views.rich_tools import RichTools
from desk_app.ui.views.topic_questions import TopicQuestions
from desk_app.ui.views.writing_area import WritingArea

if TYPE_CHECKING:
    from desk_app.ui.session import Session

_MINE = "mine"


_ASKED = "custom:"
"""Before the key of a topic's question, in a draft."""
_LEAST_TEXT = 80
"""Points of height below which the form scrolls rather than squash its parts."""


class NewTicketForm(QWidget):
    """Who asks, about what, in which words; `NewTicketController` makes the ticket."""

    create_requested = Signal()
    left = Signal()
    """Esc: the draft stays."""
    discard_requested = Signal()
    link_wanted = Signal()
    requester_typed = Signal(str)
    """Emits: what was typed, to look people up by."""
    topic_chosen = Signal(str)
    """Emits: help topic key, '' for none."""
    questions_wanted = Signal(str)
    """What this help topic asks is to be shown. Emits: its key."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.notice = NoticeBar(self)
        self.requester = QLineEdit(self)
        self.subject = QLineEdit(self)
        self.combos = {name: QComboBox(self) for name in ("topic", "department", "priority")}
        self.combos["source"] = QComboBox(self)
        self.questions = TopicQuestions(self)
        self.mine = QCheckBox(tr("&Claim it for me"), self)
        self.area = WritingArea(session, self)
        self.tools = RichTools(self.area.edit, self)
        self.create_button = QPushButton(tr("Create ticket"), self)
        self.saved = QLabel(self)
        self.saved.setProperty("dim", "true")
        self._people = QStringListModel(self)
        self.keeper = DraftKeeper(session, self.draft, self)
        self._loading = False
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        page = QWidget()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(LowScroll(page, self))
        column = QVBoxLayout(page)
        column.setContentsMargins(12, 8, 12, 8)
        column.addLayout(self._head())
        column.addWidget(self.notice)
        column.addLayout(self._fields())
        self.area.edit.setPlaceholderText(tr("What they said. Ctrl+Enter creates the ticket."))
        self.area.edit.setAccessibleName(tr("What the requester said"))
        stretches(self.area, _LEAST_TEXT)
        column.addWidget(self.area, 1)
        column.addLayout(self._foot())

    def _head(self) -> QHBoxLayout:
        head = QHBoxLayout()
        title = QLabel(tr("New ticket"), self)
        font = title.font()
        font.setPointSizeF(font.pointSizeF() * 1.25)
        font.setBold(True)
        title.setFont(font)
        head.addWidget(title, 1)
        head.addWidget(self.saved)
        return head

    def _fields(self) -> QFormLayout:
        form = QFormLayout()
        self.requester.setPlaceholderText(tr("Name <address>, or type to find somebody"))
        names = {"topic": tr("&Help topic"), "department": tr("&Department")}
        names |= {"priority": tr("&Priority"), "source": tr("Came in b&y")}
        form.addRow(tr("&Requester"), self.requester)
        form.addRow(tr("&Subject"), self.subject)
        for name, combo in self.combos.items():
            combo.setAccessibleName(names[name].replace("&", ""))
            form.addRow(names[name], combo)
        form.addRow(self.questions)
        self.requester.setAccessibleName(tr("Requester"))
        self.subject.setAccessibleName(tr("Subject"))
        return form

    def _foot(self) -> QHBoxLayout:
        for name in ("canned", "versions"):
            self.tools.buttons[name].hide()
        row = QHBoxLayout()
        row.addWidget(self.tools)
        row.addStretch(1)
        row.addWidget(self.mine)
        throw = QPushButton(tr("Throw away"), self)
        throw.clicked.connect(self.discard_requested)
        self.create_button.setProperty("primary", "true")
        row.addWidget(throw)
        row.addWidget(self.create_button)
        tools = self.tools.buttons.values()
        ways = [self.mine, throw, self.create_button]
        chain = [*self.combos.values(), self.area.edit, *tools, *ways]
        for one, following in pairwise(chain):
            QWidget.setTabOrder(one, following)
        return row

    def _connect(self) -> None:
        completer = QCompleter(self._people, self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self.requester.setCompleter(completer)
        self.requester.textEdited.connect(self.requester_typed)
        for line in (self.requester, self.subject):
            line.textChanged.connect(self._touch)
            line.installEventFilter(self)
        for name, combo in self.combos.items():
            combo.activated.connect(self._touch)
            if name == "topic":
                combo.activated.connect(lambda _: self.topic_chosen.emit(self.chosen("topic")))
        self.questions.answered.connect(self._touch)
        self.mine.toggled.connect(self._touch)
        self.area.touched.connect(self._touch)
        self.area.refused.connect(lambda text: self.notice.say(text, kind="error"))
        self.area.edit.installEventFilter(self)
        self.tools.files_wanted.connect(self.area.choose_files)
        self.tools.link_wanted.connect(self.link_wanted)
        self.create_button.clicked.connect(self.create_requested)
        self.keeper.loaded.connect(self.take)
        self.keeper.told.connect(self.saved.setText)
        self.keeper.failed.connect(lambda text: self.notice.say(text, kind="error", source=UNSAVED))
        self.keeper.recovered.connect(lambda: self.notice.withdraw(UNSAVED))
        self.area.coming.connect(self.keeper.expect)
        self.area.came.connect(self.keeper.came)

    def open(self, key: DraftKey | None) -> None:
        """Go to another draft."""
        self.area.key = key
        self.keeper.open(key)

    def stand_still(self, *, still: bool) -> None:
        """While the ticket is made nothing more is typed: it would go nowhere."""
        self.keeper.hold(held=still)
        for line in (self.requester, self.subject, self.area.edit):
            line.setReadOnly(still)
        self.questions.stand_still(still=still)
        self.create_button.setEnabled(not still)

    # --- values ----------------------------------------------------------------------------

    def offer(self, name: str, things: Iterable[tuple[str, str]]) -> None:
        """Fill a combo box with (key, name); what was chosen stays where it is still there."""
        combo, chosen = self.combos[name], self.chosen(name)
        combo.clear()
        for key, text in things:
            combo.addItem(text, key)
        self.choose(name, chosen)

    def choose(self, name: str, key: str) -> None:
        combo = self.combos[name]
        combo.setCurrentIndex(max(0, combo.findData(key)))

    def chosen(self, name: str) -> str:
        return str(self.combos[name].currentData() or "")

    def show_people(self, people: Sequence[str]) -> None:
        """People that what was typed may mean."""
        self._people.setStringList(list(people))

    def draft(self, key: DraftKey) -> Draft:
        """What is in the form now."""
        fields = [("requester", self.requester.text()), ("subject", self.subject.text())]
        if any(text.strip() for _, text in fields) or not self.area.is_blank:
            fields += [(name, self.chosen(name)) for name in self.combos]
            fields += [(f"{_ASKED}{key}", text) for key, text in self.questions.answers().items()]
            fields.append((_MINE, _MINE if self.mine.isChecked() else ""))
        return Draft(
            key=key,
            html=self.area.html(),
            text=self.area.edit.toPlainText(),
            attachments=self.area.attachments,
            fields=tuple(fields),
        )

    def take(self, draft: Draft | None) -> None:
        """Show a draft, or nothing written: what is chosen stays as it is then."""
        self._loading = True
        values = {} if draft is None else dict(draft.fields)
        self.requester.setText(values.get("requester", ""))
        self.subject.setText(values.get("subject", ""))
        for name in self.combos:
            if name in values:
                self.choose(name, values[name])
        asked = {n.removeprefix(_ASKED): v for n, v in values.items() if n.startswith(_ASKED)}
        self.questions.take(asked)
        self.questions_wanted.emit(self.chosen("topic"))
        self.mine.setChecked(bool(values.get(_MINE)))
        self.area.take(draft)
        self._loading = False

    def _touch(self) -> None:
        if not self._loading:
            self.keeper.touch()

    # --- keys ------------------------------------------------------------------------------

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusOut:
            self.keeper.save()
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            pressed = QKeySequence(event.keyCombination())
            calls = {
                "Ctrl+Return": self.create_requested,
                "Ctrl+Enter": self.create_requested,
                "Ctrl+Shift+A": None,
                "Esc": self.left,
            }
            for key, signal in calls.items():
                if pressed == QKeySequence(key):
                    self.area.choose_files() if signal is None else signal.emit()
                    return True
        return super().eventFilter(watched, event)
