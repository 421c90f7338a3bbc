"""One action for every selected ticket of the queue, with one way back for all of it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from desk_app.domain.commands import FIELD_ACTIONS
from desk_app.domain.lifecycle import Action
from desk_app.domain.ticket import TicketId
from desk_app.services.many import do_all, undo_all
from desk_app.ui.jobs import Lane
from desk_app.ui.texts import action_name, error_text, event_name, field_name, tr
from desk_app.ui.thread_html import value_text
from desk_app.ui.views.chooser import Choice

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from desk_app.domain.commands import Command
    from desk_app.domain.directory import Directory
    from desk_app.domain.entry import Event
    from desk_app.services.many import Outcome
    from desk_app.services.writing import Writing
    from desk_app.ui.bulk import Bulk
    from desk_app.ui.main_window import MainWindow
    from desk_app.ui.undo_preview import UndoPreview

MOST = 500
"""Tickets that one action may change: more would hold up every other save for too long."""
_NAMED = 2
"""Refusals that are told in full; the others are counted."""
_FIELDS = {action: field for field, action in FIELD_ACTIONS.items()}
_SAID = {"status", "owner", "team", "department", "priority", "sla", "topic"}
_PLAIN = {
    Action.REOPEN,
    Action.MARK_ANSWERED,
    Action.MARK_UNANSWERED,
    Action.DELETE,
    Action.RESTORE,
}


class Many(QObject):
    """Takes an action from the single ticket while several are selected in the table.

    What hands tickets over is rehearsed and taken back by `Bulk`; this is for the rest.
    """

    def __init__(self, window: MainWindow, bulk: Bulk, preview: UndoPreview) -> None:
        super().__init__(window)
        self._window = window
        self._preview = preview
        self._bulk = bulk
        self._session = window.session
        self._last: tuple[Event, ...] = ()
        window.queue.selectionModel().selectionChanged.connect(lambda *_: self._tell_selected())

    # --- which tickets ---------------------------------------------------------------------

    def takes(self, name: str) -> bool:
        """Whether several tickets are chosen and this action is for all of them."""
        if name not in _NAMES or not self._bulk.is_wanted():
            return False
        action, chosen = Action(name), self._bulk.chosen()
        if len(chosen) > MOST:
            words = tr("{n} tickets are selected; one action changes {most} at most.")
            self._window.notice.say(words.format(n=len(chosen), most=MOST), kind="refusal")
            return True
        tickets = [TicketId(ticket) for ticket in chosen]
        if action in _PLAIN:
            self._do(action, tickets, None)
        else:
            self._offer(action, tickets)
        return True

    def _tell_selected(self) -> None:
        bar, count = self._window.statusBar(), self._window.queue.count_selected()
        if count > 1:
            words = tr("{n} tickets selected: actions are for all of them. Esc: for one only")
            bar.showMessage(words.format(n=count))
        else:
            bar.clearMessage()

    # --- what is done ----------------------------------------------------------------------

    def _offer(self, action: Action, tickets: list[TicketId]) -> None:
        directory = self._session.directory
        if directory is None:
            return
        prompt = tr("{action} for {n} tickets")
        self._window.chooser.open_with(
            prompt.format(action=action_name(action).rstrip("…"), n=len(tickets)),
            [
                Choice(text=name, call=partial(self._do, action, tickets, target))
                for target, name in _CHOICES[action](directory)
            ],
        )

    def _do(self, action: Action, tickets: list[TicketId], target: Any) -> None:
        directory, me = self._session.directory, self._session.me
        if directory is None or me is None:
            return

        def make(writing: Writing) -> Command:
            field = _FIELDS.get(action)
            return writing.plain(action, target) if field is None else writing.edit(field, target)

        self._session.write(
            lambda: do_all(self._session.desk, directory, me, tickets, make),
            owner=self,
            done=self._tell_done,
            failed=self._tell_failure,
        )

    def undo(self) -> None:
        """Take all of it back."""
        events = self._last
        if not events:
            return

        def go() -> None:
            self._last = ()
            self._session.write(
                lambda: undo_all(self._session.desk, self._session.agent, events),
                owner=self,
                done=self._tell_undone,
                failed=self._tell_failure,
            )

        self._preview.ask(events, go)

    def undo_or(self, otherwise: Callable[[], object]) -> None:
        """Take all of it back if the agent did nothing since, else do what is done otherwise.

        What others did, and what a server said, is nothing that the agent did.
        """
        if not self._last:
            otherwise()
            return
        newest, agent = max(event.id for event in self._last), self._session.agent

        def decide(found: int | None) -> None:
            if found == newest:
                self.undo()
            else:
                self._last = ()  # that is undone first
                otherwise()

        self._session.ask(
            Lane.ROWS, lambda reader: reader.newest_event(agent), owner=self, done=decide
        )

    # --- what is said ----------------------------------------------------------------------

    def _tell_done(self, outcome: Outcome) -> None:
        self._last = outcome.done
        what = self._what(outcome.done[0]) if outcome.done else ""
        words = tr("{n} tickets: {what}.").format(n=len(outcome.done), what=what)
        self._say(words, outcome, act=tr("Undo (Ctrl+Z)"), call=self.undo)

    def _what(self, event: Event) -> str:
        """What was done to each, with the new value where all have the same."""
        directory = self._session.directory
        change = next((one for one in event.changes if one.field in _SAID), None)
        if directory is None or change is None or change.new is None:
            return event_name(event.action)
        value = value_text(change.field, change.new, directory)
        return f"{field_name(change.field)} → {value}"

    def _tell_undone(self, outcome: Outcome) -> None:
        words = tr("{n} tickets are as they were.").format(n=len(outcome.done))
        self._say(words, outcome)

    def _say(
        self,
        words: str,
        outcome: Outcome,
        *,
        act: str = "",
        call: Callable[[], object] | None = None,
    ) -> None:
        parts = [words] if outcome.done else []
        if outcome.refused:
            count = len(outcome.refused)
            parts.append(tr("{n} stayed as they were:").format(n=count))
            parts += [f"#{one.number}: {error_text(one.error)}" for one in outcome.refused[:_NAMED]]
            if count > _NAMED:
                parts.append(tr("and {n} more").format(n=count - _NAMED))
        kind = "refusal" if outcome.refused else "info"
        if not outcome.done:
            act, call = "", None
        self._window.notice.say(" ".join(parts), kind=kind, act=act, call=call)

    def _tell_failure(self, error: Exception) -> None:
        self._window.notice.say(error_text(error), kind="error")


def _named(things: Iterable[Any]) -> list[tuple[Any, str]]:
    return [(thing.key, thing.name) for thing in things]


_CHOICES: dict[Action, Callable[[Directory], list[tuple[Any, str]]]] = {
    Action.EDIT_SLA: lambda d: _named(d.slas.values()),
    Action.EDIT_TOPIC: lambda d: _named(d.topics.values()),
}
_NAMES = frozenset(map(str, {*_PLAIN, *_CHOICES}))
