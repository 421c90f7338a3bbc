"""Every action of an agent, whatever happens to its request: done once, or the agent is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from desk_app.domain.lifecycle import Action
from desk_app.domain.outbox import OutboxState
from desk_app.domain.ticket import Referral
from desk_app.services.opening import find_or_make
from tests.remote.osticket_desk import PanelClient
from tests.remote.osticket_panel import panel, signed_in
from tests.remote.panel.server import Fate, Panel
from tests.remote.panel.truth import Ticket

DUE = datetime.now(UTC).replace(second=0, microsecond=0) + timedelta(days=3)
JANE = Referral(kind="agent", key="2")
NETWORK = Referral(kind="team", key="3")
BANKING = Referral(kind="department", key="3")


class Bench:
    """A panel with two tickets, and John's desk on it."""

    def __init__(self, at: Panel, folder: Path) -> None:
        self.at = at
        at.truth.agents["1"].rights = at.truth.agents["2"].rights
        at.truth.agents["1"].manages = frozenset({"1"})
        karen = at.truth.user("Karen Weber", "karen@bank.example")
        made = [at.truth.open(name, karen, f"<p>{name}</p>") for name in ("Screen", "Other")]
        self.ticket, self.other = made
        self.ticket.topic = "13"
        self.client = PanelClient(folder, signed_in(at))
        assert self.client.sync().problem == ""

    @property
    def other_here(self) -> int:
        found = self.client.find(self.other.id)
        assert found is not None
        return found

    def do(self, make: Callable[[Any], Any]) -> Any:
        return self.client.do(self.ticket.id, make)

    def first(self, make: Callable[[Any], Any]) -> None:
        """What has to be there before."""
        self.do(make)
        self.client.settle()
        self.look()

    def look(self) -> None:
        self.client.engine.read_ticket(self.client.find(self.ticket.id))
        self.client.wait(5)

    def person(self) -> int:
        return find_or_make(self.client.desk, "Ada", "ada@out.example").id

    def state(self) -> tuple[object, ...]:
        """All that the panel has of both tickets, with everything that ever happened to them."""
        return tuple(_state(one) for one in (self.ticket, self.other))


def _state(t: Ticket) -> tuple[object, ...]:
    return (
        *(t.subject, t.dept, t.status, t.priority, t.topic, t.sla, t.source, t.staff, t.team),
        *(t.due, t.overdue, t.answered, t.parent, t.merged, t.user.email),
        tuple(sorted(t.answers.items())),
        tuple((kind, key) for _, kind, key in t.referrals),
        tuple((user.email, user.id in t.muted) for user in t.collaborators),
        tuple((task.title, task.is_open, len(task.events)) for task in t.tasks),
        tuple((entry.kind, entry.title) for entry in t.entries),
        tuple((event.icon, event.words) for event in t.events),
    )


def edit(field: str, value: object) -> Callable[[Bench], object]:
    return lambda b: b.do(lambda w: w.edit(field, value))


def plain(action: Action, target: object = None) -> Callable[[Bench], object]:
    return lambda b: b.do(lambda w: w.plain(action, target))


def after(*first: Callable[[Bench], object]) -> Callable[[Bench], None]:
    def go(bench: Bench) -> None:
        for one in first:
            one(bench)
            bench.client.settle()
            bench.look()

    return go


def task(bench: Bench) -> int:
    return bench.client.ticket(bench.ticket.id).tasks[0].id


ADD_TASK: Callable[[Bench], object] = lambda b: b.do(lambda w: w.add_task("Call her"))  # noqa: E731
CLOSE_TASK: Callable[[Bench], object] = lambda b: plain(Action.CLOSE_TASK, task(b))(b)  # noqa: E731
LINK: Callable[[Bench], object] = lambda b: plain(Action.LINK, b.other_here)(b)  # noqa: E731
ANSWER = edit("custom:36", "A-1")

ACTIONS: dict[str, tuple[Callable[[Bench], object], Callable[[Bench], object]]] = {
    "reply": (after(), lambda b: b.client.reply(b.ticket.id, "Hello")),
    "note": (after(), lambda b: b.client.note(b.ticket.id, "Toner")),
    "subject": (after(), edit("subject", "Dark screen")),
    "priority": (after(), edit("priority", "4")),
    "plan": (after(), edit("sla", "2")),
    "topic": (after(), edit("topic", "1")),
    "source": (after(), edit("source", "email")),
    "due": (after(), edit("due_at", DUE)),
    "no due": (after(edit("due_at", DUE)), edit("due_at", None)),
    "answer": (after(), ANSWER),
    "choice": (after(), edit("custom:37", "Green")),
    "requester": (after(), lambda b: edit("requester", b.person())(b)),
    "collaborator": (after(), lambda b: edit("collaborators", (b.person(),))(b)),
    "claim": (after(), plain(Action.CLAIM)),
    "assign": (after(), plain(Action.ASSIGN, JANE)),
    "team": (after(), plain(Action.ASSIGN, NETWORK)),
    "release": (after(plain(Action.ASSIGN, JANE)), plain(Action.RELEASE)),
    "transfer": (after(), plain(Action.TRANSFER, "2")),
    "refer": (after(), plain(Action.REFER, BANKING)),
    "no referral": (after(plain(Action.REFER, BANKING)), plain(Action.UNREFER, BANKING)),
    "status": (after(), plain(Action.SET_STATUS, "6")),
    "close": (after(ANSWER), plain(Action.SET_STATUS, "2")),
    "reopen": (after(ANSWER, plain(Action.SET_STATUS, "2")), plain(Action.REOPEN)),
    "delete": (after(), plain(Action.DELETE)),
    "answered": (after(), plain(Action.MARK_ANSWERED)),
    "unanswered": (after(plain(Action.MARK_ANSWERED)), plain(Action.MARK_UNANSWERED)),
    "overdue": (after(), plain(Action.MARK_OVERDUE)),
    "link": (after(), LINK),
    "unlink": (after(LINK), lambda b: plain(Action.UNLINK, b.other_here)(b)),
    "merge": (after(ANSWER), lambda b: plain(Action.MERGE, b.other_here)(b)),
    "task": (after(), ADD_TASK),
    "close task": (after(ADD_TASK), CLOSE_TASK),
    "reopen task": (
        after(ADD_TASK, CLOSE_TASK),
        lambda b: plain(Action.REOPEN_TASK, task(b))(b),
    ),
}


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Callable[[str], Bench]]:
    from contextlib import ExitStack

    with ExitStack() as stack:

        def make(name: str) -> Bench:
            return Bench(stack.enter_context(panel()), tmp_path / name)

        yield make


def lose_answer(bench: Bench) -> None:
    bench.at.fates = [Fate.LOSE_ANSWER]


def fail_on_and_on(bench: Bench) -> None:
    """One after the other: the help desk is closed, the lock runs out, a request is lost, …"""

    def close() -> None:
        bench.at.offline = True

    def end_lock() -> None:
        bench.ticket.lock = None

    bench.at.accidents = [close, end_lock]
    bench.at.fates = [Fate.NONE, Fate.NONE, Fate.LOSE_REQUEST, Fate.BUSY, Fate.SIGN_OUT, Fate.CRASH]


ACCIDENTS = {"answer lost": lose_answer, "all after each other": fail_on_and_on}
SMOOTH: dict[str, tuple[object, ...]] = {}
"""What the panel has after each action where nothing happens to it."""


def smooth(bench: Callable[[str], Bench], name: str) -> tuple[object, ...]:
    if name not in SMOOTH:
        made = bench("smooth")
        for one in ACTIONS[name]:
            one(made)
        made.client.settle()
        SMOOTH[name] = made.state()
    return SMOOTH[name]


@pytest.mark.parametrize("accident", ACCIDENTS)
@pytest.mark.parametrize("name", ACTIONS)
def test_an_action_is_done_once_whatever_happens(
    bench: Callable[[str], Bench], name: str, accident: str
):
    made = bench("rough")
    for one in ACTIONS[name]:
        one(made)
    ACCIDENTS[accident](made)
    for _ in range(6):
        made.client.wait(1000)
        made.client.sync()
        made.at.offline = False
    made.client.settle()
    assert made.client.items() == []
    assert made.state() == smooth(bench, name)
    assert all(times == 1 for times in made.at.truth.posted.values())


def take_lock(bench: Bench) -> None:
    """It runs out between the lock and the change, and a colleague takes it."""

    def begin() -> None:
        bench.at._routes.acts.take_lock(bench.at.truth.agents["2"], bench.ticket)

    bench.at.accidents = [begin]


@pytest.mark.parametrize("name", ["reply", "note"])
def test_a_lock_that_went_to_a_colleague_on_the_way_is_waited_for(
    bench: Callable[[str], Bench], name: str
):
    made = bench("rough")
    ACTIONS[name][1](made)
    take_lock(made)
    made.client.sync()
    made.client.wait(100)
    made.client.sync()
    (item,) = made.client.items()
    assert item.state is OutboxState.WAITING
    assert "Jane Doe" in str(item)
    made.ticket.lock = None
    made.client.settle()
    assert list(made.at.truth.posted.values()) == [1]


@pytest.mark.parametrize("name", ["reply", "note", "priority", "close", "assign", "link"])
def test_what_waits_for_a_ticket_that_is_deleted_comes_back_with_its_words(
    bench: Callable[[str], Bench], name: str
):
    made = bench("gone")
    ACTIONS[name][0](made)
    ACTIONS[name][1](made)
    made.at.truth.set_status(made.at.truth.agents["2"], made.ticket, "5")
    before = made.state()
    for _ in range(3):
        made.client.wait(1000)
        made.client.sync()
    assert made.state() == before
    (item,) = made.client.items()
    assert item.needs_you
    assert item.event.entry is not None or name not in {"reply", "note"}


@pytest.mark.parametrize("name", ["reply", "note", "priority", "close", "assign"])
def test_what_waits_for_a_ticket_that_was_merged_goes_nowhere_unasked(
    bench: Callable[[str], Bench], name: str
):
    made = bench("merged")
    ACTIONS[name][0](made)
    ACTIONS[name][1](made)
    made.ticket.parent, made.ticket.merged, made.ticket.status = made.other.id, True, "3"
    before = made.state()
    for _ in range(3):
        made.client.wait(1000)
        made.client.sync()
    assert made.state() == before
    (item,) = made.client.items()
    assert item.needs_you
