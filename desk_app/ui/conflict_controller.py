"""Fills the conflict view and carries out what the agent decides there."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from desk_app.domain.moment import read_moment
from desk_app.domain.outbox import OutboxState
from desk_app.ui.conflict_case import Case, against, heading, mine_text, read_case, who_changed
from desk_app.ui.field_titles import field_title
from desk_app.ui.jobs import Lane
from desk_app.ui.outbox_texts import shown_value, ticket_text
from desk_app.ui.sync_texts import state_text, what_text
from desk_app.ui.texts import tr
from desk_app.ui.views.chooser import Choice
from desk_app.ui.views.conflict_view import ConflictLine, ConflictShown, ConflictView, FieldChoice

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from desk_app.domain.directory import Directory
    from desk_app.ports.outbox_reader import OutboxRow
    from desk_app.ports.unit_of_work import Changes
    from desk_app.services.outbox import OutboxDesk
    from desk_app.ui.main_window import MainWindow
    from desk_app.ui.outbox_controller import OutboxController

_WAYS = {
    OutboxState.STALE: ("send", "edit", "discard"),
    OutboxState.REFUSED: ("send", "edit", "discard"),
    OutboxState.UNSURE: ("arrived", "send", "discard"),
}


class ConflictController(QObject):
    """Connects one `ConflictView` with the desk; writes by way of the outbox."""

    emptied = Signal()
    """Nothing needs the agent any more."""

    def __init__(self, window: MainWindow, outbox: OutboxController) -> None:
        super().__init__(window)
        self._window = window
        self._session = window.session
        self._outbox = outbox
        self._rows: dict[int, OutboxRow] = {}
        self._wanted: int | None = None
        self.case: Case | None = None
        self.view = ConflictView()
        self.view.chosen.connect(self._read_case)
        self.view.applied.connect(self.apply)
        self.view.way_chosen.connect(self._go)
        self.view.other_wanted.connect(self._ask_other)
        outbox.listed.connect(self._take_rows)

    def go_to(self, seq: int | None) -> None:
        """Make this command the current one as soon as it is listed."""
        self._wanted = seq

    # --- showing ---------------------------------------------------------------------------

    def _take_rows(self, rows: list[OutboxRow]) -> None:
        before = len(self._rows)
        self._rows = {row.item.seq: row for row in rows if row.item.needs_you}
        lines = [ConflictLine(seq=seq, text=self._line(row)) for seq, row in self._rows.items()]
        self.view.show_lines(lines, self._wanted)
        self._wanted = None
        if before and not lines:
            self.emptied.emit()

    def _line(self, row: OutboxRow) -> str:
        state = state_text(row.item.state, self._outbox.model.server)
        return f"{ticket_text(row)} · {state} · {what_text(row.item)} · {row.subject}"

    def _read_case(self, seq: int) -> None:
        row, directory = self._rows.get(seq), self._session.directory
        if row is None or directory is None:
            return
        now = self._session.desk.now()
        self._session.ask(
            Lane.ROWS,
            lambda reader: read_case(reader, row, directory, now),
            owner=self,
            done=partial(self._show, directory),
        )

    def _show(self, directory: Directory, case: Case) -> None:
        if case.item.seq != self.view.current:
            return
        if self.case is not None and case == self.case:
            return  # what was picked already stays
        self.case = case
        item = case.item
        if item.state is OutboxState.CONFLICT:
            fields = tuple(self._choice(case, c.field, directory) for c in item.theirs)
            self.view.show_case(ConflictShown(heading=heading(case, directory), fields=fields))
            return
        shown = ConflictShown(
            heading=heading(case, directory),
            against=against(case, directory, self._outbox.model.server),
            mine=mine_text(case, directory),
            ways=_WAYS[item.state],
        )
        self.view.show_case(shown)
        words = tr("Send anyway") if item.state is OutboxState.STALE else tr("Try again")
        self.view.buttons["send"].setText(words)

    def _choice(self, case: Case, field: str, directory: Directory) -> FieldChoice:
        theirs = next(c for c in case.item.theirs if c.field == field)
        mine = next(c.new for c in case.item.event.changes if c.field == field)
        named = case.row.named
        text = shown_value(field, mine, directory, named)
        return FieldChoice(
            field=field,
            name=field_title(field, directory),
            base=shown_value(field, theirs.old, directory, named),
            mine=text,
            theirs=shown_value(field, theirs.new, directory, named),
            who=who_changed(case, field, directory),
            values=(mine, theirs.new),
            result=mine,
            result_text=text,
        )

    # --- deciding --------------------------------------------------------------------------

    def apply(self, seq: int, results: Mapping[str, object]) -> None:
        """Settle a conflict field by field."""
        self._write(seq, lambda box: box.decide(seq, results))

    def _go(self, seq: int, way: str) -> None:
        row = self._rows.get(seq)
        if row is None:
            return
        if way == "edit":
            self._outbox.edit(row)
            return
        if way == "discard":
            self._outbox.discard([row])
            return
        decisions: dict[str, Callable[[OutboxDesk], Changes]] = {
            "send": lambda box: box.retry(seq),
            "arrived": lambda box: box.confirm(seq),
        }
        words = {
            "arrived": "Noted: it arrived, and does not go out again.",
        }
        self._write(seq, decisions[way], words.get(way, ""))

    def _write(self, seq: int, decision: Callable[[OutboxDesk], Changes], words: str = "") -> None:
        row, sync = self._rows.get(seq), self._session.sync
        if row is None or sync is None or sync.state is None:
            return
        online = sync.state.is_online
        said = "Decided. It goes out now." if online else "Decided. It goes out when online."
        self._outbox.write(decision, row, words or said)

    # --- another value ---------------------------------------------------------------------

    def _ask_other(self, seq: int, choice: FieldChoice) -> None:
        directory, chooser = self._session.directory, self._window.chooser
        if directory is None:
            return
        take = partial(self.view.take_other, choice.field)
        listed = [
            Choice(text=name, call=partial(take, value, name))
            for value, name in values_of(choice.field, directory)
        ]
        free = None
        if choice.field == "subject" or choice.field.startswith("custom:"):
            free = partial(_typed, take)
        elif choice.field == "due_at":
            free = partial(_typed_date, take, self._session.desk.now().astimezone())
        if not listed and free is None:
            words = tr("Another value cannot be given here: choose mine or theirs.")
            self._outbox.view.refused.emit(words)
            return
        chooser.open_with(tr("{field}: another value").format(field=choice.name), listed, free=free)


def values_of(field: str, directory: Directory) -> list[tuple[str, str]]:
    """The values that a field can take, with their names; nothing where one types it."""
    things: Mapping[str, object] = {
        "status": directory.lifecycle.statuses,
        "priority": directory.priorities,
        "department": directory.departments,
        "topic": directory.topics,
        "sla": directory.slas,
        "owner": directory.agents,
        "team": directory.teams,
    }.get(field, {})
    return [(key, str(getattr(thing, "name", key))) for key, thing in things.items()]


def _typed(take: Callable[[object, str], None], text: str) -> list[Choice]:
    return [Choice(text=text, call=partial(take, text, text))]


def _typed_date(take: Callable[[object, str], None], now: object, text: str) -> list[Choice]:
    at = read_moment(text, now, hour=9)  # type: ignore[arg-type]
    if at is None:
        return []
    words = f"{at.astimezone():%a %d %b %Y %H:%M}"
    return [Choice(text=words, call=partial(take, at, words))]
