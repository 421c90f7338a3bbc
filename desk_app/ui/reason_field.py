"""Asks which of the server's own fields says why a ticket was late."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desk_app.domain.breach import reason_fields
from desk_app.ui.texts import error_text, tr
from desk_app.ui.views.chooser import Choice

if TYPE_CHECKING:
    from desk_app.domain.directory import Directory
    from desk_app.ports.unit_of_work import Changes
    from desk_app.ui.main_window import MainWindow


class ReasonField(QObject):
    """One window's question; without an answer an internal note carries a reason, as before."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window

    def ask(self) -> None:
        """Offer the server's extra fields by name."""
        session, directory = self._window.session, self._window.session.directory
        if session.sync is None or directory is None:
            words = tr("This desk has no server: a reason is kept with the ticket.")
            self._window.notice.say(words, kind="refusal")
            return
        names = _names(directory)
        if not names:
            words = tr("The server has no extra field: an internal note carries a reason.")
            self._window.notice.say(words, kind="refusal")
            return
        now = reason_fields(directory)
        listed = [
            Choice(
                text=name,
                detail=tr("as it is now") if name in now else "",
                call=partial(self._map, name),
            )
            for name in names
        ]
        listed.append(
            Choice(text=tr("No field: an internal note carries it"), call=partial(self._map, ""))
        )
        self._window.chooser.open_with(tr("Field that says why a ticket was late"), listed)

    def _map(self, name: str) -> None:
        window = self._window
        sync = window.session.sync
        if sync is None:
            return

        def tell(_: Changes) -> None:
            window.session.load_directory()
            words = (
                tr("“{name}” says why a ticket was late, from now on.").format(name=name)
                if name
                else tr("An internal note says why a ticket was late, from now on.")
            )
            window.notice.say(words)

        window.session.write(
            lambda: sync.syncing.map_reason(name),
            owner=self,
            done=tell,
            failed=lambda error: window.notice.say(error_text(error), kind="error"),
        )


def _names(directory: Directory) -> list[str]:
    found = {field.name for topic in directory.topics.values() for field in topic.fields}
    return sorted(found, key=str.casefold)
