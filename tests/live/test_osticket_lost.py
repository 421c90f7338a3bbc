"""On a real osTicket the answer to each action of an agent is lost once: done once all the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from desk_app.domain.lifecycle import Action
from desk_app.domain.ticket import Referral, TicketId
from desk_app.ports.remote import RemoteTicket
from desk_app.remote.osticket.ticket_page import TicketPage
from desk_app.services.opening import find_or_make
from tests.live.between import Between
from tests.live.osticket_site import needs_site
from tests.live.test_osticket_story import _client, check, key, look, opened
from tests.remote.osticket_desk import PanelClient
from tests.remote.pairs import command
from tests.remote.test_osticket_every_action import DUE

pytestmark = [needs_site, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def jane(tmp_path_factory: pytest.TempPathFactory, between: Between) -> Iterator[PanelClient]:
    """Who may do everything."""
    made = _client(tmp_path_factory.mktemp("jane"), "2", between.url)
    client = next(made)
    client.threads = 0  # each ticket is looked at by itself
    yield client
    next(made, None)


class Work:
    """A ticket, another one, and what is done to the first."""

    def __init__(self, jane: PanelClient) -> None:
        self.jane = jane
        tag = command()
        self.ticket, self.other = (opened(jane, f"{n} {tag}", "Help") for n in ("Lost", "Other"))
        for one in (self.ticket, self.other):
            look(jane, one)
        self.event: object = None

    @property
    def other_here(self) -> TicketId:
        found = self.jane.find(self.other)
        assert found is not None
        return found

    def key(self, kind: str, name: str) -> str:
        return key(self.jane, kind, name)

    def act(self, action: Action, target: object = None) -> None:
        self.event = self.jane.do(self.ticket, lambda w: w.plain(action, target))

    def edit(self, field: str, value: object) -> None:
        self.jane.do(self.ticket, lambda w: w.edit(field, value))

    def undo(self) -> None:
        self.jane.desk.bus.undo(self.event, self.jane.server.agent)

    def person(self) -> int:
        return find_or_make(self.jane.desk, "Ada", f"ada.{command()}@out.example").id

    def task(self) -> int:
        return self.jane.ticket(self.ticket).tasks[0].id


def _agent(work: Work) -> Referral:
    with work.jane.desk.unit() as unit:
        agents = unit.directory().agents
    other = next(one for one in agents if one != work.jane.server.agent)
    return Referral(kind="agent", key=other)


def _banking(work: Work) -> Referral:
    return Referral(kind="department", key=work.key("departments", "Online Banking"))


def _network(work: Work) -> Referral:
    return Referral(kind="team", key=work.key("teams", "Network"))


Step = Callable[[Work], object]

ACTIONS: dict[str, tuple[Step, ...]] = {
    "reply": (lambda w: w.jane.reply(w.ticket, "Hello"),),
    "note": (lambda w: w.jane.note(w.ticket, "Toner"),),
    "subject": (lambda w: w.edit("subject", "Dark screen"),),
    "priority": (lambda w: w.edit("priority", w.key("priorities", "High")),),
    "plan": (lambda w: w.edit("sla", w.key("slas", "Sev-A")),),
    "topic": (lambda w: w.edit("topic", w.key("topics", "Hardware")),),
    "source": (lambda w: w.edit("source", "email"),),
    "due": (lambda w: w.edit("due_at", DUE),),
    "no due": (lambda w: w.edit("due_at", DUE), lambda w: w.edit("due_at", None)),
    "requester": (lambda w: w.edit("requester", w.person()),),
    "collaborator": (lambda w: w.edit("collaborators", (w.person(),)),),
    "claim": (lambda w: w.act(Action.CLAIM),),
    "assign": (lambda w: w.act(Action.ASSIGN, _agent(w)),),
    "team": (lambda w: w.act(Action.ASSIGN, _network(w)),),
    "release": (lambda w: w.act(Action.ASSIGN, _agent(w)), lambda w: w.act(Action.RELEASE)),
    "transfer": (lambda w: w.act(Action.TRANSFER, w.key("departments", "Online Banking")),),
    "refer": (lambda w: w.act(Action.REFER, _banking(w)),),
    "no referral": (
        lambda w: w.act(Action.REFER, _banking(w)),
        lambda w: w.act(Action.UNREFER, _banking(w)),
    ),
    "status": (lambda w: w.act(Action.SET_STATUS, w.key("statuses", "In progress")),),
    "close": (lambda w: w.act(Action.SET_STATUS, w.key("statuses", "Resolved")),),
    "reopen": (
        lambda w: w.act(Action.SET_STATUS, w.key("statuses", "Resolved")),
        lambda w: w.act(Action.REOPEN),
    ),
    "delete": (lambda w: w.act(Action.DELETE),),
    "answered": (lambda w: w.act(Action.MARK_ANSWERED),),
    "unanswered": (
        lambda w: w.act(Action.MARK_ANSWERED),
        lambda w: w.act(Action.MARK_UNANSWERED),
    ),
    "overdue": (lambda w: w.act(Action.MARK_OVERDUE),),
    "not overdue": (lambda w: w.act(Action.MARK_OVERDUE), lambda w: w.undo()),
    "link": (lambda w: w.act(Action.LINK, w.other_here),),
    "unlink": (
        lambda w: w.act(Action.LINK, w.other_here),
        lambda w: w.act(Action.UNLINK, w.other_here),
    ),
    "merge": (lambda w: w.act(Action.MERGE, w.other_here),),
    "task": (lambda w: w.jane.do(w.ticket, lambda x: x.add_task("Call her")),),
    "close task": (
        lambda w: w.jane.do(w.ticket, lambda x: x.add_task("Call her")),
        lambda w: w.act(Action.CLOSE_TASK, w.task()),
    ),
}
"""The last step's answer is lost."""


def history(work: Work) -> dict[str, int] | None:
    """How often each kind of thing has happened to the ticket; None where it is seen no more."""
    page = work.jane.server._tickets.page(work.ticket)
    if not isinstance(page, TicketPage):
        return None
    found = [event.icon for event in page.events] + [f"entry {e.kind.name}" for e in page.entries]
    return {name: found.count(name) for name in found}


NOT_TOLD = frozenset({"task", "close task", "unlink", "no referral"})
"""Of these the page's history has nothing: what is there is looked at."""


@pytest.mark.parametrize("name", ACTIONS)
def test_an_action_whose_answer_is_lost_is_done_once(
    jane: PanelClient, between: Between, name: str
):
    work = Work(jane)
    *first, last = ACTIONS[name]
    for step in first:
        step(work)
        jane.settle()
        look(jane, work.ticket)
        jane.wait(30)
    before = history(work) or {}
    last(work)
    jane.wait(30)
    between.lose = True
    jane.sync()
    check(not between.lose, "nothing was sent")
    jane.settle()
    check(jane.items() == [], jane.items())
    now = history(work)
    if now is None or name == "merge":
        check(name in {"merge", "delete"}, name)
        return
    more = {kind: count - before.get(kind, 0) for kind, count in now.items()}
    more = {kind: count for kind, count in more.items() if count}
    if name in NOT_TOLD:
        there = jane.server.ticket(work.ticket)
        check(isinstance(there, RemoteTicket), there)
        check(len(there.tasks) == ("task" in name), there.tasks)
        check(there.links == () and not there.referrals, there)
    else:
        twice = 2 if name == "not overdue" else 1  # its due time goes away and comes back
        check(set(more.values()) == {twice} or sum(more.values()) == twice, more)
