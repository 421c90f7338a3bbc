"""Adding a server on one page: address, sign in, test, what to keep offline; or sample data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from desk_app.ui.announcing import announce
from desk_app.ui.overriding import override
from desk_app.ui.texts import tip, tr
from desk_app.ui.views.code_row import CodeRow
from desk_app.ui.views.session_choice import SessionChoice

if TYPE_CHECKING:
    from desk_app.ui.report_texts import ReportLine

DAYS, MEGABYTES = 90, 2
_WIDEST = 640


class AddServerView(QScrollArea):
    """One step opens the next; Enter goes on, Esc leaves."""

    address_given = Signal(str, str)
    """Emits: address, path of a file of further certificates ('' for none)."""
    sign_in_given = Signal(str, str)
    """Emits: name, password or token."""
    code_given = Signal(str)
    """Emits: the code of the second factor."""
    add_wanted = Signal()
    sample_wanted = Signal()
    stop_wanted = Signal()
    """What is asked of the network just now is not to be waited for any more."""
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameStyle(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._page = QWidget(self)
        self.address = self._line(tr("Address of the server"), "https://desk.example.com")
        self.certificates = self._line(
            tr("Further certificates"), tr("a file; only where your house signs its own")
        )
        self.look = self._button(tr("Find"), primary=True)
        self.found = self._label()
        self.user = self._line(tr("Name to sign in with"), "")
        self.secret = self._line(tr("Password or token"), "")
        self.secret.setEchoMode(QLineEdit.EchoMode.Password)
        self.session = SessionChoice(self.secret, self._page)
        self.code = CodeRow(self._page)
        self.where = self._label(dim=True)
        self.test = self._button(tr("Sign in and test"), primary=True)
        self.report = QListWidget(self._page)
        self.days = QSpinBox(self._page)
        self.megabytes = QSpinBox(self._page)
        self.departments: dict[str, QCheckBox] = {}
        self.name = self._line(tr("What you call it"), "")
        self.add = self._button(tr("Add this server"), primary=True)
        self.said = self._label()
        self.busy = QProgressBar(self._page)
        self.sample = self._button(tr("Try with sample data"))
        self.leave = self._button(tr("Not now"))
        self.steps: list[QWidget] = []
        self._lay_out()
        self._connect()
        self.begin()

    # --- parts -----------------------------------------------------------------------------

    def _line(self, name: str, hint: str) -> QLineEdit:
        line = QLineEdit(self._page)
        line.setAccessibleName(name)
        line.setPlaceholderText(hint)
        return line

    def _label(self, *, dim: bool = False) -> QLabel:
        label = QLabel(self._page)
        label.setTextFormat(Qt.TextFormat.PlainText)  # it names what strangers answered
        label.setWordWrap(True)
        if dim:
            label.setProperty("dim", "true")
        return label

    def _button(self, text: str, *, primary: bool = False) -> QPushButton:
        button = QPushButton(text, self._page)
        if primary:
            button.setProperty("primary", "true")
        return button

    def _lay_out(self) -> None:
        self.busy.setRange(0, 0)
        self.busy.setTextVisible(False)
        self.busy.setFixedHeight(3)
        self.report.setAccessibleName(tr("Report"))
        self.report.setWordWrap(True)
        self.report.setMinimumHeight(150)
        self.report.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        title = QLabel(tr("Add a server"), self._page)
        font = title.font()
        font.setPointSizeF(font.pointSizeF() * 1.3)
        font.setBold(True)
        title.setFont(font)
        self.steps = [self._address_step(), self._sign_in_step(), self._keep_step()]
        column = QVBoxLayout(self._page)
        column.setContentsMargins(24, 18, 24, 18)
        column.setSpacing(12)
        column.addWidget(title)
        for step in self.steps:
            step.setMaximumWidth(_WIDEST)
            column.addWidget(step)
        column.addWidget(self.busy)
        column.addWidget(self.said)
        ways = QHBoxLayout()
        ways.addWidget(self.sample)
        ways.addWidget(self.leave)
        ways.addStretch(1)
        column.addLayout(ways)
        column.addStretch(1)
        self.setWidget(self._page)

    def _step(self) -> tuple[QWidget, QFormLayout]:
        step = QWidget(self._page)
        form = QFormLayout(step)
        form.setContentsMargins(0, 0, 0, 0)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        return step, form

    def _address_step(self) -> QWidget:
        step, form = self._step()
        form.addRow(tr("&Address"), self.address)
        form.addRow(tr("&Certificates"), self.certificates)
        form.addRow("", _beside(self.look))
        form.addRow("", self.found)
        self.certificates.setToolTip(
            tip(tr("The path of a file with further certificate authorities, beside the system's"))
        )
        return step

    def _sign_in_step(self) -> QWidget:
        step, form = self._step()
        form.addRow(tr("&Name"), self.user)
        form.addRow(tr("&Password or token"), self.secret)
        form.addRow("", self.session)
        form.addRow("", self.where)
        form.addRow("", _beside(self.test))
        form.addRow(self.code)
        form.addRow(self.report)
        return step

    def _keep_step(self) -> QWidget:
        step, form = self._step()
        self.days.setRange(1, 3650)
        self.days.setSuffix(tr(" days"))
        self.days.setAccessibleName(tr("Keep closed tickets that changed within"))
        self.megabytes.setRange(0, 100)
        self.megabytes.setSuffix(tr(" MB"))
        self.megabytes.setAccessibleName(tr("Keep files up to"))
        self._queues = QVBoxLayout()
        queues = QWidget(step)
        queues.setLayout(self._queues)
        form.addRow(QLabel(tr("What is kept on this computer, to work offline:"), step))
        form.addRow(tr("Closed tickets &of the last"), self.days)
        form.addRow(tr("&Files up to"), self.megabytes)
        form.addRow(tr("Open tickets in"), queues)
        form.addRow(tr("&What you call it"), self.name)
        form.addRow("", _beside(self.add))
        return step

    def _connect(self) -> None:
        self.look.clicked.connect(self._give_address)
        self.address.returnPressed.connect(self._give_address)
        self.certificates.returnPressed.connect(self._give_address)
        self.address.textEdited.connect(lambda _: self._back_to(1))
        self.user.returnPressed.connect(self.secret.setFocus)
        self.secret.returnPressed.connect(self._give_sign_in)
        self.test.clicked.connect(self._give_sign_in)
        self.code.given.connect(self.code_given)
        self.add.clicked.connect(self.add_wanted)
        self.name.returnPressed.connect(self.add_wanted)
        self.sample.clicked.connect(self.sample_wanted)
        self.leave.clicked.connect(self._leave_or_stop)
        self.leaving = self.leave.text()
        """What the way out is called while nothing is asked."""

    # --- states ----------------------------------------------------------------------------

    def begin(self) -> None:
        """As at first: nothing is known but that an address is wanted."""
        for line in (self.address, self.certificates, self.user, self.name):
            line.clear()
        self.session.forget()
        self.days.setValue(DAYS)
        self.megabytes.setValue(MEGABYTES)
        self.found.setText("")
        self.said.setText("")
        self.report.clear()
        self.report.hide()
        self.rest()
        self._back_to(1)

    def work(self, words: str) -> None:
        """Something is asked of the network; all that was typed stands still."""
        self.said.setText(words)
        self.leaving = self.leave.text() if self.busy.isHidden() else self.leaving
        self.leave.setText(tr("Stop"))
        self.busy.show()
        for button in (self.look, self.test, self.add, self.sample):
            button.setEnabled(False)

    def ask_code(self, words: str) -> None:
        """The password was right, and a code is wanted too; all that was typed stays."""
        self.rest()
        self.said.setText("")
        self.report.hide()
        self._back_to(2)
        self.code.ask(words)
        self.code.code.setFocus()
        self.ensureWidgetVisible(self.code)

    def rest(self) -> None:
        if not self.busy.isHidden():
            self.leave.setText(self.leaving)
        self.busy.hide()
        self.code.rest()
        for button in (self.look, self.test, self.add, self.sample):
            button.setEnabled(True)

    def tell(self, words: str) -> None:
        """Say what came of it, beneath the step that it is about; read out too."""
        self.rest()
        self.said.setText(words)
        announce(self, words)

    def show_found(self, words: str, where: str, kind: str = "") -> None:
        """A server answered: sign in is next. `where` says where the password will be."""
        self.rest()
        self.session.show_for(kind)
        self.said.setText("")
        self.found.setText(words)
        self.where.setText(where)
        self._back_to(2)
        self.user.setFocus()
        announce(self, words)

    def show_report(
        self, lines: Sequence[ReportLine], departments: Mapping[str, str] | None
    ) -> None:
        """What the test found; with departments it went well, and the next step opens."""
        self.rest()
        self.code.end()
        self.said.setText("")
        self.report.clear()
        for line in lines:
            self.report.addItem(QListWidgetItem(f"{line.sign}  {line.text}"))
        self.report.show()
        announce(self, " ".join(line.text for line in lines if line.well is False))
        if departments is None:
            self._back_to(2)
            self.secret.selectAll()
            self.secret.setFocus()
            return
        self._list_departments(departments)
        self._back_to(3)
        self.add.setFocus()
        # What came into the page just now has its place when the event loop is back.
        QTimer.singleShot(0, self, lambda: self.ensureWidgetVisible(self.add))

    def chosen_departments(self) -> tuple[str, ...]:
        """Keys of those that were ticked; () where all of them are."""
        ticked = tuple(key for key, box in self.departments.items() if box.isChecked())
        return () if len(ticked) == len(self.departments) else ticked

    def _list_departments(self, departments: Mapping[str, str]) -> None:
        for box in self.departments.values():
            self._queues.removeWidget(box)
            box.deleteLater()
        self.departments = {}
        for key, name in departments.items():
            box = QCheckBox(name.replace("&", "&&"), self._page)
            box.setChecked(True)
            self._queues.addWidget(box)
            self.departments[key] = box

    def _back_to(self, steps: int) -> None:
        """Show so many steps: what was found out for another address counts for nothing."""
        for number, step in enumerate(self.steps):
            step.setVisible(number < steps)
        if steps == 1:
            self.found.setText("")
            self.code.end()

    # --- going on --------------------------------------------------------------------------

    def _give_address(self) -> None:
        address = self.address.text().strip()
        if address and self.look.isEnabled():
            self.address_given.emit(address, self.certificates.text().strip())
        elif not address:
            self.tell(tr("Type the address that you open in a browser to work there."))
            self.address.setFocus()

    def _give_sign_in(self) -> None:
        user, secret = self.user.text().strip(), self.session.given()
        if user and secret and self.test.isEnabled():
            self.sign_in_given.emit(user, secret)
        else:
            (self.secret if self.user.text().strip() else self.user).setFocus()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._leave_or_stop()
        else:
            super().keyPressEvent(event)

    def _leave_or_stop(self) -> None:
        (self.left if self.busy.isHidden() else self.stop_wanted).emit()


def _beside(button: QPushButton) -> QWidget:
    """A button as wide as its words, at the left."""
    row = QWidget()
    line = QHBoxLayout(row)
    line.setContentsMargins(0, 0, 0, 0)
    line.addWidget(button)
    line.addStretch(1)
    return row
