"""What a help topic asks besides subject and words: a line or a list for each question."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QFormLayout, QLineEdit, QWidget

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from desk_app.domain.directory import CustomField


class TopicQuestions(QWidget):
    """Hidden where the topic asks nothing; an answer is kept while other topics are looked at."""

    answered = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.inputs: dict[str, QLineEdit | QComboBox] = {}
        self._kept: dict[str, str] = {}
        self._form = QFormLayout(self)
        self._form.setContentsMargins(0, 0, 0, 0)
        self.hide()

    def ask(self, fields: Sequence[CustomField]) -> None:
        """Show these questions in the place of those before."""
        self._kept |= self.answers()
        while self._form.rowCount():
            self._form.removeRow(0)
        self.inputs = {}
        for field in fields:
            made = self._input(field)
            made.setAccessibleName(field.name)
            self.inputs[field.key] = made
            self._form.addRow(field.name.replace("&", "&&"), made)
        self.setVisible(bool(fields))
        self.take(self._kept)

    def answers(self) -> dict[str, str]:
        """What was answered, by the fields' keys; the empty ones are left out."""
        texts = {
            key: one.text().strip() if isinstance(one, QLineEdit) else str(one.currentData() or "")
            for key, one in self.inputs.items()
        }
        return {key: text for key, text in texts.items() if text}

    def take(self, answers: Mapping[str, str]) -> None:
        """Show these answers."""
        self._kept = dict(answers)
        for key, one in self.inputs.items():
            text = answers.get(key, "")
            if isinstance(one, QLineEdit):
                one.setText(text)
            else:
                one.setCurrentIndex(max(0, one.findData(text)))

    def stand_still(self, *, still: bool) -> None:
        for one in self.inputs.values():
            one.setEnabled(not still)

    def _input(self, field: CustomField) -> QLineEdit | QComboBox:
        if not field.choices:
            line = QLineEdit(self)
            line.textEdited.connect(self.answered)
            return line
        combo = QComboBox(self)
        combo.addItem("-", "")
        for choice in field.choices:
            combo.addItem(choice, choice)
        combo.activated.connect(self.answered)
        return combo
