"""One action for every selected ticket of the queue, with one way back for all of it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from desk_app.domain.commands import FIELD_ACTIONS
from desk_app.domain.lifecycle import Action
from desk_app.domain.ticket import TicketId
from desk_app.services.many import do_all
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
    from desk_app.ui.reassigning import Reassigning

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
    Action.MARK_OVERDUE,
    Action.DELETE,
    Action.RESTORE,
}


class Many(QObject):
    """Takes an action from the single ticket while several are selected in the table.

    What hands tickets over is rehearsed by `Bulk`; this is for the rest.
    """

    def __init__(self, window: MainWindow, bulk: Bulk, reassigning: Reassigning) -> None:
        super().__init__(window)
        self._window = window
        self._bulk = bulk
        self._reassigning = reassigning
        self._session = window.session
        self._is_told = False
        window.queue.selectionModel().selectionChanged.connect(lambda *_: self._tell_selected())
        window.queues.listed.connect(lambda _: self._tell_selected())  # some may have left

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
            self._is_told = True
        elif self._is_told:
            bar.clearMessage()
            self._is_told = False

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

        self._reassigning.at_once.carry_out(
            lambda: do_all(self._session.desk, directory, me, tickets, make),
            self._tell_done,
        )

    # --- what is said ----------------------------------------------------------------------

    def _tell_done(self, outcome: Outcome) -> None:
        """What was done to how many, and why the others stayed; one undo takes all of it back."""
        events, refused = outcome.done.events, outcome.done.refused
        parts = []
        if events:
            words = tr("{n} tickets: {what}.")
            parts.append(words.format(n=len(events), what=self._what(events[0])))
        if refused:
            parts.append(tr("{n} stayed as they were:").format(n=len(refused)))
            for ticket, error in refused[:_NAMED]:
                parts.append(f"#{outcome.numbers[ticket]}: {error_text(error)}")
            if len(refused) > _NAMED:
                parts.append(tr("and {n} more").format(n=len(refused) - _NAMED))
        kind = "refusal" if refused else "info"
        self._reassigning.at_once.tell_done(" ".join(parts), outcome.done, kind=kind)

    def _what(self, event: Event) -> str:
        """What was done to each, with the new value where all have the same."""
        directory = self._session.directory
        change = next((one for one in event.changes if one.field in _SAID), None)
        if directory is None or change is None or change.new is None:
            return event_name(event.action)
        value = value_text(change.field, change.new, directory)
        return f"{field_name(change.field)} → {value}"


def _named(things: Iterable[Any]) -> list[tuple[Any, str]]:
    return [(thing.key, thing.name) for thing in things]


_CHOICES: dict[Action, Callable[[Directory], list[tuple[Any, str]]]] = {
    Action.EDIT_SLA: lambda d: _named(d.slas.values()),
    Action.EDIT_TOPIC: lambda d: _named(d.topics.values()),
}
_NAMES = frozenset(map(str, {*_PLAIN, *_CHOICES}))
