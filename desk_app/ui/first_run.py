"""The very first start: a server is added, or sample data is made, on one screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QMainWindow

from desk_app.ui.adding_server import AddingServer
from desk_app.ui.app import application
from desk_app.ui.desk_windows import open_desk
from desk_app.ui.overriding import override
from desk_app.ui.sync_texts import sign_in_text
from desk_app.ui.texts import tr
from desk_app.ui.theme import apply_theme
from desk_app.ui.views.add_server_view import AddServerView

if TYPE_CHECKING:
    from collections.abc import Callable

    from desk_app.domain.errors import DeskError
    from desk_app.ports.desks import DeskPlace
    from desk_app.services.desks import Desks
    from desk_app.ui.main_window import MainWindow

_TITLE_BAR = 40


class FirstRun(QMainWindow):
    """Shown where this person has no desk yet; goes when there is one."""

    def __init__(self, make: Callable[[], Desks]) -> None:
        super().__init__()
        self._make = make
        self._desks = make()
        self.view = AddServerView(self)
        self.view.leave.setText(tr("Quit"))
        self.view.left.connect(self.close)
        self.adding = AddingServer(self._desks, self.view)
        self.adding.added.connect(self._go_on)
        self.opened: MainWindow | None = None
        self.setCentralWidget(self.view)
        self.setWindowTitle(tr("Desk"))
        room = self.screen().availableSize()
        self.resize(QSize(760, 720).boundedTo(room - QSize(0, _TITLE_BAR)))
        self.view.address.setFocus()

    def _go_on(self, place: DeskPlace) -> None:
        from desk_app.domain.errors import DeskError

        try:
            desk, agent = self._desks.open(place.folder)
            self.opened = open_desk(desk, agent, self._make)
        except DeskError as error:
            self._tell(error)
            return
        self.close()

    def _tell(self, error: DeskError) -> None:
        self.view.tell(sign_in_text(error))

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        self.adding.close()
        super().closeEvent(event)


def run_first(make: Callable[[], Desks], *, theme: str = "") -> int:
    """Show the first screen, then the desk that was made, until all is closed."""
    app = application()
    apply_theme(app, theme)
    first = FirstRun(make)
    first.show()
    code = app.exec()
    del first
    return code
