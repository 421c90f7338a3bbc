"""From an action's name to the action: asks for what it needs, or says why it is off."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from desk_app.domain.draft import DraftKind
from desk_app.domain.lifecycle import Action
from desk_app.ui.choices import Choices
from desk_app.ui.pickers import Pickers
from desk_app.ui.texts import action_name, tr

if TYPE_CHECKING:
    from desk_app.domain.directory import Directory
    from desk_app.ui.main_window import MainWindow
    from desk_app.ui.ticket_controller import TicketController
    from desk_app.ui.ticket_window import TicketWindow
    from desk_app.ui.views.chooser import Choice

_WRITTEN = {Action.REPLY: DraftKind.REPLY, Action.NOTE: DraftKind.NOTE}


class Asking(QObject):
    """Carries out what menus, keys, the palette and fields name."""

    def __init__(self, window: MainWindow | TicketWindow, ticket: TicketController) -> None:
        super().__init__(window)
        self._window = window
        self._ticket = ticket
        self._pickers = Pickers(window.session, ticket, window.chooser)
        self.many: Callable[[str], bool] = lambda _: False
        """Does an action to all chosen tickets instead, where more than one is chosen."""
        ticket.action_wanted.connect(self.choose)

    def choose(self, name: Any) -> None:
        """Do an action, or open what must be chosen for it; `custom:KEY` names an extra field."""
        directory = self._window.session.directory
        custom = isinstance(name, str) and name.startswith("custom:")
        action = Action.EDIT_CUSTOM if custom else Action(name)
        if directory is None:
            if not self._ticket.is_there:  # a quick hand, while the window comes up
                self._ticket.held.when_shown(partial(self.choose, name))
            return
        if self.many(str(name)):
            return
        if action in _WRITTEN and not self._ticket.is_there:
            # Whether it may go is asked when it goes.
            self._ticket.when_on_screen(partial(self._window.pane.write, _WRITTEN[action]))
        elif self._ticket.page is not None:
            self._ask(action, name if custom else "", directory)

    def _ask(self, action: Action, field: str, directory: Directory) -> None:
        denied = self._ticket.gate.denial(action)
        if denied is not None:
            self._ticket.show_refusal(denied)
        elif action in _WRITTEN:
            self._window.pane.write(_WRITTEN[action])
        elif not self._pickers.open(action):
            self._offer(action, Choices(self._ticket, directory), field)

    def resolve(self) -> None:
        """Set the first status that closes, or say what is missing."""
        resolved = self._ticket.gate.first_closing()
        if resolved is None:
            return
        if not self.many("resolve") and self._ticket.page is not None:
            self._ticket.set_status(resolved)

    def _offer(self, action: Action, choices: Choices, field: str) -> None:
        prompt, listed, free = self._question(action, choices, field)
        if listed or free is not None:
            self._window.chooser.open_with(prompt, listed, free=free)
        else:
            self._ticket.do(action)

    def _question(
        self, action: Action, choices: Choices, field: str
    ) -> tuple[str, list[Choice], Callable[[str], list[Choice]] | None]:
        """What to ask, what can be chosen, and what typing offers."""
        if field:
            answers = choices.answers(field)
            typed = None if answers else partial(choices.typed, field)
            return tr("New text"), answers, typed
        free: dict[Action, Callable[[str], list[Choice]]] = {
            Action.EDIT_SUBJECT: partial(choices.typed, "subject"),
            Action.ADD_TASK: choices.task,
            Action.EDIT_DUE: choices.due_typed,
            Action.BREACH_REASON: choices.breach_typed,
        }
        prompts = {
            Action.EDIT_SUBJECT: tr("New subject"),
            Action.ADD_TASK: tr("What is to be done?"),
            Action.BREACH_REASON: tr("Why is it late? Choose, or type your own words"),
            Action.EDIT_DUE: tr("Due date: +3h, 14:30, 2026-12-01 14:30"),
        }
        listed = choices.of(action)
        if action is Action.EDIT_CUSTOM:
            listed = choices.custom_fields(self.choose)
        return prompts.get(action, action_name(action)), listed, free.get(action)
