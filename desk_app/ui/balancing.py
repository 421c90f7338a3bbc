"""Sharing out, handing over at the end of a shift, and moving all that somebody has."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from desk_app.domain.balance import Proposed, ShareBy, Sharing, handings, share
from desk_app.domain.filters import Column, QueueFilter, SortKey
from desk_app.domain.lifecycle import Action
from desk_app.domain.moment import to_ms
from desk_app.domain.state import State
from desk_app.ui.jobs import Lane
from desk_app.ui.models.proposal_model import ProposalModel
from desk_app.ui.texts import tr
from desk_app.ui.views.chooser import Choice
from desk_app.ui.views.proposal_window import ProposalWindow

if TYPE_CHECKING:
    from collections.abc import Mapping

    from desk_app.domain.people import Agent
    from desk_app.domain.ticket import Ticket
    from desk_app.ports.reader import TicketReader
    from desk_app.services.reassigning import Judge
    from desk_app.ui.bulk import Bulk
    from desk_app.ui.main_window import MainWindow
    from desk_app.ui.reassigning import Reassigning

MOST = 2000
"""Tickets of one proposal at most: more are not looked through line by line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a proposal is about."""

    title: str
    tickets: tuple[int, ...]
    """As they were chosen; empty where `owner` says which."""
    owner: str | None = None
    stays: bool = False
    """Everything stays until something else is chosen: a hand-over list."""
    among: str | None = None
    """One agent who is to take all; None: the colleagues."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A proposal, and what may be chosen instead."""

    lines: tuple[Proposed, ...]
    may: Mapping[tuple[int, str], bool]
    left_out: int = 0
    """Tickets beyond the first `MOST`."""


_CHOOSE = "share_out"
"""Source of the notice that something has to be chosen first."""


def whose(agent: Agent, count: int, one: str, more: str) -> str:
    which = one if count == 1 else more.format(n=count)
    return tr("{name}: {which}").format(name=agent.name, which=which)


class Balancing(QObject):
    """Makes proposals in windows of their own; what is confirmed is one drop with one undo."""

    def __init__(self, window: MainWindow, reassigning: Reassigning, bulk: Bulk) -> None:
        super().__init__(window)
        self._window = window
        self._session = window.session
        self._reassigning = reassigning
        self._bulk = bulk
        bulk.share = lambda tickets: self._propose(Asked(title=tr("Share out"), tickets=tickets))
        self.shown: ProposalWindow | None = None
        """The newest proposal that is open."""

    # --- what can be asked for -------------------------------------------------------------

    def share(self) -> None:
        """Share what is chosen among the team."""
        tickets = tuple(self._bulk.chosen())
        if tickets:
            self._propose(Asked(title=tr("Share out"), tickets=tickets))
        else:
            words = tr("Choose the tickets that are to be shared out first.")
            self._window.notice.say(words, source=_CHOOSE)

    def hand_over(self) -> None:
        """The list at the end of a shift: all that is mine, to be given on or kept."""
        me, workload = self._session.me, self._reassigning.workload
        if me is None or workload is None:
            return
        stand_in = workload.substitute(me)
        asked = Asked(
            title=tr("Hand over what is mine"),
            tickets=(),
            owner=me.key,
            stays=stand_in is None,
            among=stand_in,
        )
        self._propose(asked)

    def cover(self, agent: Agent, substitute: str | None) -> None:
        """All that somebody who is away has, to the substitute or the team."""
        title = tr("What {name} has").format(name=agent.name)
        self._propose(Asked(title=title, tickets=(), owner=agent.key, among=substitute))

    def reassign_all(self) -> None:
        """Choose whose tickets, then where all of them go."""
        workload = self._reassigning.workload
        if workload is None:
            return
        choices = []
        for agent in self._session.team():
            load = workload.load("agent", agent.key)
            if load.overdue:
                words = whose(agent, load.overdue, tr("1 overdue"), tr("all {n} overdue"))
                call = partial(self._choose_for, agent, overdue=True)
                choices.append(Choice(text=words, call=call))
            if load.open:
                words = whose(agent, load.open, tr("1 open"), tr("all {n} open"))
                call = partial(self._choose_for, agent, overdue=False)
                choices.append(Choice(text=words, call=call))
        if not choices:
            self._window.notice.say(tr("None of your colleagues has an open ticket."))
            return
        self._window.chooser.open_with(tr("Reassign which tickets?"), choices)

    def _choose_for(self, agent: Agent, *, overdue: bool) -> None:
        now_ms = to_ms(self._session.desk.now())
        wanted = _of(agent.key, now_ms if overdue else None)

        def offer(ids: tuple[int, ...]) -> None:
            self._bulk.offer(Action.ASSIGN, ids)

        self._session.ask(
            Lane.ROWS,
            lambda reader: tuple(reader.queue_ids(wanted, _BY_DUE)),
            owner=self,
            done=offer,
        )

    # --- one proposal ----------------------------------------------------------------------

    def _propose(self, asked: Asked) -> None:
        judge = self._reassigning.judge()
        if judge is None:
            return
        self._window.notice.withdraw(_CHOOSE)
        model = ProposalModel(judge.directory, judge.now)
        window = ProposalWindow(model, self._window)
        window.setWindowTitle(asked.title)
        window.offer(self._groups(asked))
        window.made_anew.connect(lambda: self._make(window, asked))
        window.handed_over.connect(lambda: self._hand(window))
        window.copy_wanted.connect(lambda: self._copy(window))
        window.model.dataChanged.connect(lambda *_: self._tell(window))
        model.setParent(window)
        window.destroyed.connect(self._forget)
        self.shown = window
        self._make(window, asked)
        window.show()

    def _forget(self) -> None:
        self.shown = None

    def _groups(self, asked: Asked) -> list[tuple[str, tuple[str, ...]]]:
        """Among whom it can be shared: one person, the colleagues, a team."""
        directory = self._session.directory
        colleagues = tuple(a.key for a in self._session.team() if a.key != asked.owner)
        found = [(tr("My colleagues"), colleagues)]
        if directory is None:
            return found
        stand_in = directory.agents.get(asked.among or "")  # may have left the desk
        if stand_in is not None:
            found.insert(0, (stand_in.name, (stand_in.key,)))
        for team in directory.teams.values():
            keys = tuple(sorted(key for key in team.members if key != asked.owner))
            found.append((tr("Team {name}").format(name=team.name), keys))
        return found

    def _make(self, window: ProposalWindow, asked: Asked) -> None:
        judge = self._reassigning.judge()
        if judge is None:
            return
        by, agents = ShareBy(window.by.currentData()), tuple(window.among.currentData())
        self._session.ask(
            Lane.LIST,
            partial(_made, asked=asked, judge=judge, agents=agents, by=by),
            owner=window,
            done=partial(self._show, window),
        )

    def _show(self, window: ProposalWindow, made: Made) -> None:
        window.model.show(made.lines, made.may)
        words = tr("These are the first {n} of {all}. Hand them over, then ask again for the rest.")
        window.capped.setText(words.format(n=MOST, all=MOST + made.left_out))
        window.capped.setVisible(made.left_out > 0)
        self._tell(window)

    def _tell(self, window: ProposalWindow) -> None:
        """Who would have how many; over the limit is said, not forbidden."""
        workload, directory = self._reassigning.workload, self._session.directory
        if workload is None or directory is None:
            return
        added: dict[str, int] = {}
        for line in window.model.lines:
            for key, n in ((line.agent, 1), (line.ticket.owner, -1)):
                if line.agent is not None and key is not None:
                    added[key] = added.get(key, 0) + n
        parts = []
        for key, n in added.items():
            agent = directory.agents.get(key)
            if agent is None or not n:
                continue
            before, over = workload.load("agent", key).open, workload.over(agent, n)
            text = f"{agent.name} {before} → {before + n}"
            parts.append(f"{text} ▲ " + tr("{n} over").format(n=over) if over else text)
        moving = sum(line.agent is not None for line in window.model.lines)
        said = tr("{n} of {all} move").format(n=moving, all=len(window.model.lines))
        if not window.model.lines:
            said = tr("There is no open ticket to hand over.")
        window.told.setText(" · ".join([said, *parts]))
        window.do.setEnabled(moving > 0)

    def _hand(self, window: ProposalWindow) -> None:
        work = handings(window.model.lines, window.note.text().strip())
        window.close()
        self._reassigning.hand(work)

    def _copy(self, window: ProposalWindow) -> None:
        """The list as text, one ticket a line."""
        model = window.model
        lines = [
            "\t".join(str(model.index(row, column).data()) for column in range(model.columnCount()))
            for row in range(model.rowCount())
        ]
        QApplication.clipboard().setText("\n".join(lines))


def _made(
    reader: TicketReader, *, asked: Asked, judge: Judge, agents: tuple[str, ...], by: ShareBy
) -> Made:
    """Read the tickets and propose; on a worker."""
    ids = asked.tickets
    if asked.owner is not None:
        ids = tuple(reader.queue_ids(_of(asked.owner, None), _BY_DUE))
    tickets: list[Ticket] = reader.tickets(ids[:MOST])
    sharing = Sharing(
        agents=agents,
        workload=judge.workload,
        directory=judge.directory,
        actor=judge.actor,
        now=judge.now,
        children=reader.open_children_of(ids),
    )
    lines = share(tickets, sharing, by)
    if asked.stays:
        lines = tuple(Proposed(ticket=ticket, agent=None) for ticket in tickets)
    return Made(lines=lines, may=sharing.may(tickets), left_out=max(0, len(ids) - MOST))


def _of(agent: str, due_before_ms: int | None) -> QueueFilter:
    return QueueFilter(state=State.OPEN, owner=agent, due_before_ms=due_before_ms)


_BY_DUE = SortKey(column=Column.DUE, descending=False)
