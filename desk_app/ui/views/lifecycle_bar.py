"""The four stages of a ticket, and the steps from here; one that is off says why."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from desk_app.domain.gate import Denial
from desk_app.domain.lifecycle import Status
from desk_app.domain.ticket import Stage
from desk_app.ui.overriding import override
from desk_app.ui.texts import denial_text, stage_name, tip, tr
from desk_app.ui.theme import colours

_TIP = 10


class StageStrip(QWidget):
    """Four arrows; the one that the ticket is in is filled and named to screen readers."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stage, self._is_old = Stage.INTAKE, False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def tell_checking(self) -> None:
        """Another ticket is being read: what stands here is of the one before."""
        self._is_old = True
        self.setAccessibleName(tr("The ticket is being read"))
        self.update()

    def show_stage(self, stage: Stage) -> None:
        self._stage, self._is_old = stage, False
        name = tr("Stage {n} of 4: {name}").format(n=stage + 1, name=stage_name(stage))
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(300, self.fontMetrics().height() + 10)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width = self.width() / len(Stage)
        for stage in Stage:
            self._paint_stage(
                painter, stage, QRectF(stage * width, 1, width - 3, self.height() - 2)
            )

    def _paint_stage(self, painter: QPainter, stage: Stage, box: QRectF) -> None:
        c = colours()
        here = stage is self._stage and not self._is_old
        is_passed = stage <= self._stage and not self._is_old
        painter.setPen(QColor(c.accent if is_passed else c.line))
        painter.setBrush(QColor(c.accent if here else c.message))
        middle = box.center().y()
        corners = [box.topLeft(), QPointF(box.right() - _TIP, box.top())]
        corners += [QPointF(box.right(), middle), QPointF(box.right() - _TIP, box.bottom())]
        corners += [box.bottomLeft(), QPointF(box.left() + (_TIP if stage else 0), middle)]
        painter.drawPolygon(QPolygonF(corners))
        quiet = c.dim if self._is_old else c.text
        painter.setPen(QColor(c.accent_text if here else quiet))
        inner = box.adjusted(_TIP + 2, 0, -_TIP, 0)
        done = "✓ " if stage < self._stage else ""
        text = painter.fontMetrics().elidedText(
            done + stage_name(stage), Qt.TextElideMode.ElideRight, int(inner.width())
        )
        painter.drawText(inner, int(Qt.AlignmentFlag.AlignCenter), text)


class LifecycleBar(QWidget):
    """Stage strip and step buttons."""

    step_requested = Signal(str)
    """A step that is allowed was chosen. Emits: status key."""
    refusal_shown = Signal(object)
    """A step that is off was chosen. Emits: Denial."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.strip = StageStrip(self)
        self.buttons: dict[str, QPushButton] = {}
        self._is_checking = False
        self.note = ""
        """Said of every step that is allowed."""
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.strip)
        self._row = QHBoxLayout()
        self._row.addStretch(1)
        column.addLayout(self._row)

    def show_steps(self, stage: Stage, steps: Sequence[tuple[Status, Denial | None]]) -> None:
        """Show where the ticket is and where it can go; what is off stays, can be focused."""
        self._is_checking = False
        self.strip.show_stage(stage)
        wanted = [status.key for status, _ in steps]
        if wanted != list(self.buttons):
            self._rebuild([status for status, _ in steps])
        for status, denied in steps:
            self._dress(self.buttons[status.key], status, denied)

    def tell_checking(self) -> None:
        """Grey, until the ticket that was chosen is here: a click would mean the one before."""
        self._is_checking = True
        self.strip.tell_checking()
        for button in self.buttons.values():
            button.setProperty("denied", "true")
            button.setToolTip(tr("The ticket is being read"))
            button.style().unpolish(button)
            button.style().polish(button)

    def _rebuild(self, statuses: Sequence[Status]) -> None:
        had_focus = any(button.hasFocus() for button in self.buttons.values())
        for button in self.buttons.values():
            self._row.removeWidget(button)
            button.clicked.disconnect()
            button.hide()  # it is deleted only when the event loop is back: no click until then
            button.deleteLater()
        self.buttons = {}
        for place, status in enumerate(statuses):
            button = QPushButton(status.name.replace("&", "&&"), self)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keyboard alone
            button.clicked.connect(lambda _=False, key=status.key: self._choose(key))
            self.buttons[status.key] = button
            self._row.insertWidget(place, button)
        if had_focus and self.buttons:
            first = next(iter(self.buttons.values()))
            first.show()  # until it is, it takes no focus
            first.setFocus()

    def _dress(self, button: QPushButton, status: Status, denied: Denial | None) -> None:
        why = self.note if denied is None else denial_text(denied)
        button.setProperty("denial", denied)
        button.setProperty("denied", "true" if denied else "false")
        button.setToolTip(tip(why))
        button.setAccessibleName(status.name)
        button.setAccessibleDescription(why)
        button.style().unpolish(button)
        button.style().polish(button)

    def _choose(self, key: str) -> None:
        denied = self.buttons[key].property("denial")
        if self._is_checking:
            return
        if denied is None:
            self.step_requested.emit(key)
        else:
            self.refusal_shown.emit(denied)
