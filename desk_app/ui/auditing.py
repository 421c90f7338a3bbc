"""The list of reassignments of one window, and word of tickets that others took."""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QFileDialog

from desk_app.domain.move_record import Moved, MoveKind, MovesWanted
from desk_app.ui.jobs import Lane
from desk_app.ui.models.move_cells import cells, header
from desk_app.ui.models.move_model import MoveModel
from desk_app.ui.texts import error_text, tr
from desk_app.ui.views.moves_window import MovesWindow

if TYPE_CHECKING:
    from desk_app.ports.unit_of_work import Changes
    from desk_app.ui.main_window import MainWindow

MOST = 10_000
_LOOK_BACK = timedelta(days=1)
"""What a server tells late happened before one looked last."""


class Auditing(QObject):
    """Lists, filters, saves."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._session = window.session
        self._number = 0
        self.model = MoveModel(self)

    @cached_property
    def view(self) -> MovesWindow:
        """Made when it is first wanted."""
        view = MovesWindow(self.model, self._window)
        view.filtered.connect(self.read)
        view.save_wanted.connect(self._ask_where)
        view.ticket_wanted.connect(self._window.go_to)
        self._session.changed.connect(self._refresh)
        return view

    def open(self) -> None:
        """Show the list."""
        directory = self._session.directory
        if directory is None:
            return
        self.view.offer([(a.key, a.name) for a in directory.agents.values()])
        self.view.show()
        self.view.raise_()
        self.read()

    def read(self) -> None:
        """List what is asked for."""
        self._number += 1
        number, wanted = self._number, self.wanted()

        def take(found: list[Moved]) -> None:
            directory = self._session.directory
            if number == self._number and directory is not None:
                self.model.show(found, directory)
                words = tr("{n} reassignments")
                if len(found) == MOST:
                    words = tr("The newest {n} reassignments: choose less to see older ones")
                self.view.told.setText(words.format(n=len(found)))

        self._session.ask(
            Lane.LIST, lambda reader: reader.moves(wanted, limit=MOST), owner=self, done=take
        )

    def wanted(self) -> MovesWanted:
        """What the filters say."""
        view = self.view
        days, kind = view.days.currentData(), view.kind.currentData()
        now = self._session.desk.now()
        return MovesWanted(
            actor=view.actor.currentData() or None,
            person=view.person.currentData() or None,
            kind=MoveKind(kind) if kind else None,
            since=now - timedelta(days=days) if days else None,
            text=view.text.text(),
        )

    def _refresh(self, changes: Changes) -> None:
        if self.view.isVisible() and (changes.everything or changes.tickets):
            self.read()

    def _ask_where(self) -> None:
        box = QFileDialog(self.view, tr("Save as CSV"), "reassignments.csv")
        box.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.fileSelected.connect(self.save)
        box.open()

    def save(self, path: str) -> None:
        """Write what is listed as a CSV file."""
        directory, desk = self._session.directory, self._session.desk
        if directory is None:
            return
        moves = self.model.moves
        rows = [header(), *(cells(moved, directory) for moved in moves)]
        done = tr("Saved as {path}").format(path=path)
        self._session.jobs.run(
            Lane.FILES,
            partial(desk.write_table, Path(path), rows),
            owner=self,
            done=lambda _: self.view.told.setText(done),
            failed=lambda error: self.view.told.setText(error_text(error)),
        )


class TakenWatch(QObject):
    """Says who took or gave away what was this agent's."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._session = window.session
        self._seen: set[int] | None = None
        self._agent = ""
        self._session.changed.connect(self._refresh)
        self._session.directory_loaded.connect(self._look)
        self._look()

    def _refresh(self, changes: Changes) -> None:
        if changes.everything or changes.tickets:
            self._look()

    def _look(self) -> None:
        if self._session.directory is None:
            return
        agent = self._session.agent
        wanted = MovesWanted(person=agent, since=self._session.desk.now() - _LOOK_BACK)
        self._session.ask(
            Lane.LIST,
            lambda reader: reader.moves(wanted, limit=200),
            owner=self,
            done=partial(self._tell, agent),
        )

    def _tell(self, agent: str, found: list[Moved]) -> None:
        seen = self._seen if agent == self._agent else None
        self._seen, self._agent = {moved.event for moved in found}, agent
        directory = self._session.directory
        if seen is None or directory is None or agent != self._session.agent:
            return
        lost = [m for m in found if m.event not in seen and _lost(m, agent)]
        if not lost:
            return
        first = lost[0]
        taker = directory.agents.get(first.actor)
        owner = dict(first.steps)["owner"].new
        holder = directory.agents.get(owner or "")
        by = first.actor if taker is None else taker.name
        words = tr("{who} took #{number} from you.").format(who=by, number=first.number)
        if first.kind is not MoveKind.STEAL:
            to = tr("nobody") if holder is None else holder.name
            words = tr("{who} gave your #{number} to {to}.").format(
                who=by, number=first.number, to=to
            )
        if len(lost) > 1:
            words += " " + tr("(and {n} more)").format(n=len(lost) - 1)
        call = partial(self._window.go_to, first.ticket)
        self._window.notice.say(words, act=tr("Open it"), call=call)


def _lost(moved: Moved, agent: str) -> bool:
    """Whether somebody else took the ticket away from the agent."""
    owner = dict(moved.steps).get("owner")
    return owner is not None and owner.old == agent and moved.actor not in {agent, ""}
