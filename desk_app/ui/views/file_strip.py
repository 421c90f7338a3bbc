"""The files that will go with a text: a button each, which takes the file away."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from desk_app.domain.entry import Attachment
from desk_app.ui.texts import size_text, tip, tr


class FileStrip(QWidget):
    """Hidden while there is no file."""

    removed = Signal(object)
    """A file was taken away. Emits: Attachment."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addStretch(1)
        self.buttons: list[QPushButton] = []
        self.hide()

    def show_files(self, files: Sequence[Attachment]) -> None:
        """Show these files, pictures in the text left out."""
        for button in self.buttons:
            self._row.removeWidget(button)
            button.deleteLater()
        self.buttons = []
        shown = [file for file in files if not file.inline]
        for place, file in enumerate(shown):
            button = QPushButton(f"❏ {file.name}  {size_text(file.size)}  ✕", self)
            name = tr("Take {name} away again").format(name=file.name)
            button.setToolTip(tip(name))
            button.setAccessibleName(name)
            button.clicked.connect(lambda _=False, file=file: self.removed.emit(file))
            self._row.insertWidget(place, button)
            self.buttons.append(button)
        self.setVisible(bool(shown))
