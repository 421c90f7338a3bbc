"""Shows what taking many actions back would send to the server, before any of it is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desk_app.ui.texts import error_text, tr
from desk_app.ui.undo_texts import batch_lines, batch_title, undo_later_text
from desk_app.ui.views.undo_panel import UndoPanel

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from desk_app.domain.entry import Event
    from desk_app.services.undoing import UndoPlan
    from desk_app.ui.main_window import MainWindow


class UndoPreview(QObject):
    """One window's question above the table; a desk without a server is never asked."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._session = window.session
        self.panel = UndoPanel()
        window.middle.insert(self.panel)

    def ask(self, events: Sequence[Event], go: Callable[[], None], *, redo: bool = False) -> None:
        """Call `go` at once where no server has any of it, else once that was agreed to."""
        sync, agent = self._session.sync, self._session.agent
        if sync is None:
            go()
            return

        def show(plans: list[UndoPlan]) -> None:
            if not plans:
                go()
                return
            window = self._window
            window.sides.bring("list")
            window.notice.dismiss()
            online = sync.state is not None and sync.state.is_online
            self.panel.ask(
                batch_title(plans, sync.name, redo=redo),
                batch_lines(plans, self._session.directory),
                undo_later_text(online=online),
                name=tr("Do it &again") if redo else tr("&Undo it"),
                call=go,
            )

        self._session.write(
            lambda: self._session.desk.batches.plan_all(events, agent),
            owner=self,
            done=show,
            failed=lambda error: self._window.notice.say(error_text(error), kind="error"),
        )
