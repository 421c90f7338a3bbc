"""What menus and keys do to many chosen tickets: listed with what each choice would do."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from desk_app.domain.lifecycle import Action
from desk_app.domain.reassignment import Handing, Place, Target, statuses_of, to_choose
from desk_app.domain.state import Stage, State
from desk_app.services.reassigning import Verdict, take_up
from desk_app.ui.choices import told_reasons
from desk_app.ui.jobs import Lane
from desk_app.ui.reassign_texts import summary, target_name, verdict_text
from desk_app.ui.texts import tr
from desk_app.ui.views.chooser import Choice

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from desk_app.domain.directory import Directory
    from desk_app.ports.reader import TicketReader
    from desk_app.ui.boarding import Boarding
    from desk_app.ui.main_window import MainWindow
    from desk_app.ui.reassigning import Reassigning

RESOLVE = "resolve"
_AT_ONCE = {
    Action.CLAIM: Target(kind=Place.ME),
    Action.RELEASE: Target(kind=Place.AGENT),
}
_CHOSEN = {Action.ASSIGN, Action.TRANSFER, Action.SET_STATUS, Action.EDIT_PRIORITY}
NAMES = frozenset({*map(str, {*_AT_ONCE, *_CHOSEN, Action.BREACH_REASON}), RESOLVE})
"""Actions that can be done to many at once."""


class Bulk(QObject):
    """Acts on what is chosen in the table or on the board."""

    def __init__(self, window: MainWindow, reassigning: Reassigning, boarding: Boarding) -> None:
        super().__init__(window)
        self._window = window
        self._session = window.session
        self._reassigning = reassigning
        self._boarding = boarding
        self.share: Callable[[tuple[int, ...]], None] = lambda _: None
        """Shares tickets out among the team."""
        reassigning.choice_wanted.connect(self._offer_ways)

    def chosen(self) -> list[int]:
        """The tickets that are chosen, in their order."""
        if self._boarding.is_open:
            return self._boarding.view.selected_tickets()
        return self._window.queue.selected_tickets()

    def is_wanted(self) -> bool:
        """Whether what is chosen is meant: the keyboard is not in the ticket beside it."""
        focus = QApplication.focusWidget()
        in_ticket = focus is not None and self._window.right.isAncestorOf(focus)
        return not in_ticket and len(self.chosen()) >= (1 if self._boarding.is_open else 2)

    def takes(self, name: str) -> bool:
        """Do an action to all that is chosen; False where it is about the shown ticket alone."""
        directory = self._session.directory
        if name not in NAMES or directory is None or not self.is_wanted():
            return False
        tickets = tuple(self.chosen())
        if name == RESOLVE:
            last = directory.lifecycle.first_in(State.CLOSED).key
            self._hand(tickets, Handing(target=Target(kind=Place.STATUS, key=last)))
        elif name == Action.BREACH_REASON:
            self._offer_reasons(tickets, directory)
        elif Action(name) in _AT_ONCE:
            self._hand(tickets, Handing(target=_AT_ONCE[Action(name)]))
        else:
            self.offer(Action(name), tickets)
        return True

    def _offer_ways(self, tickets: tuple[int, ...], target: Target, noted: bool) -> None:  # noqa: FBT001 - a signal's
        """They were dropped where several ways lead to: ask which."""
        directory = self._session.directory
        action = None if directory is None else to_choose(target, directory)
        if directory is not None and action is not None:
            stage = Stage(int(target.key))
            among = statuses_of(stage, directory) if action is Action.SET_STATUS else None
            self.offer(action, tickets, noted=noted, among=among)

    def offer(
        self,
        action: Action,
        tickets: tuple[int, ...],
        *,
        noted: bool = False,
        among: Sequence[str] | None = None,
    ) -> None:
        """List where they can go, each with its dry run; `among` names the only places."""
        judge, directory = self._reassigning.judge(), self._session.directory
        if judge is None or directory is None:
            return
        handings = [
            handing
            for handing in self._handings(action, directory)
            if among is None or handing.target.key in among
        ]

        def question(reader: TicketReader) -> list[Verdict]:
            held = take_up(reader, tickets)
            return [judge.verdict(held, handing) for handing in handings]

        def show(verdicts: list[Verdict]) -> None:
            choices = [self._choice(tickets, v, directory, noted=noted) for v in useful(verdicts)]
            if not noted:
                again = partial(self.offer, action, tickets, noted=True, among=among)
                choices.append(Choice(text=tr("With an internal note…"), call=again))
            if action is Action.ASSIGN and not noted:
                share = partial(self.share, tickets)
                choices.append(Choice(text=tr("Share out among the team…"), call=share))
            self._window.chooser.open_with(_prompt(action, len(tickets)), choices)

        self._session.ask(Lane.ROWS, question, owner=self, done=show)

    def _offer_reasons(self, tickets: tuple[int, ...], directory: Directory) -> None:
        """Ask why these are late; the same reason for all."""

        def choice(reason: str) -> Choice:
            handing = Handing(target=Target(kind=Place.AS_IT_IS), breach_reason=reason)
            text = reason or tr("No reason")
            return Choice(text=text, call=partial(self._hand, tickets, handing))

        self._window.chooser.open_with(
            tr("Why are these {n} late? Choose, or type your own words").format(n=len(tickets)),
            [choice(reason) for reason in (*directory.lifecycle.breach_reasons, "")],
            free=lambda text: [choice(reason) for reason in told_reasons(text, directory)],
        )

    def _handings(self, action: Action, directory: Directory) -> list[Handing]:
        if action is Action.ASSIGN:
            agents = [Target(kind=Place.AGENT, key=a.key) for a in self._session.team()]
            teams = [Target(kind=Place.TEAM, key=key) for key in directory.teams]
            plain = [Handing(target=target) for target in [*agents, *teams]]
            return plain + [Handing(target=target, transfer=True) for target in agents]
        kind, things = {
            Action.TRANSFER: (Place.DEPARTMENT, list(directory.departments)),
            Action.SET_STATUS: (Place.STATUS, list(directory.lifecycle.statuses)),
            Action.EDIT_PRIORITY: (Place.PRIORITY, list(directory.priorities)),
        }[action]
        return [Handing(target=Target(kind=kind, key=key)) for key in things]

    def _choice(
        self, tickets: tuple[int, ...], verdict: Verdict, directory: Directory, *, noted: bool
    ) -> Choice:
        handing = verdict.rehearsal.handing
        name = place_name(handing, directory)
        whole, *load = verdict_text(verdict, directory).split("\n")
        is_plain = load and not verdict.rehearsal.refused and not verdict.rehearsal.leaving
        line = " · ".join(load if is_plain else [whole, *load])  # the name stands before it
        if not verdict.rehearsal.is_possible:
            reason = summary(verdict.rehearsal, directory)
            return Choice(text=name, call=lambda: None, reason=reason)
        return Choice(
            text=name, detail=line, call=partial(self._hand, tickets, handing, noted=noted)
        )

    def _hand(self, tickets: tuple[int, ...], handing: Handing, *, noted: bool = False) -> None:
        if noted:
            self._reassigning.ask_note(tickets, handing)
        else:
            self._reassigning.hand([(tickets, handing)])


def place_name(handing: Handing, directory: Directory) -> str:
    """Where tickets would go, the transfer named with it."""
    name = target_name(handing.target, directory)
    if not handing.transfer:
        return name
    home = directory.agents[handing.target.key].department
    department = directory.departments.get(home)
    words = tr("{name}, and transfer to {department}")
    return words.format(name=name, department=home if department is None else department.name)


def useful(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """With the transfer only where it would bring more along."""
    plain = {
        v.rehearsal.handing.target: len(v.rehearsal.moves)
        for v in verdicts
        if not v.rehearsal.handing.transfer
    }
    return [
        v
        for v in verdicts
        if not v.rehearsal.handing.transfer
        or len(v.rehearsal.moves) > plain[v.rehearsal.handing.target]
    ]


def _prompt(action: Action, count: int) -> str:
    words = {
        Action.ASSIGN: tr("Assign {n} to…"),
        Action.TRANSFER: tr("Transfer {n} to…"),
        Action.SET_STATUS: tr("Status of {n}…"),
        Action.EDIT_PRIORITY: tr("Priority of {n}…"),
    }[action]
    return words.format(n=count)
