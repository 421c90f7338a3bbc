"""The demo's story and an offline day on a real osTicket, each agent with a desk of their own."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from desk_app.domain.entry import EntryKind
from desk_app.domain.filters import QueueFilter, SortKey
from desk_app.domain.gate import Situation, denial
from desk_app.domain.lifecycle import Action
from desk_app.domain.mirror import AccountState
from desk_app.domain.outbox import OutboxState, Post
from desk_app.domain.ticket import Referral, State
from desk_app.domain.verdict import Reason
from desk_app.ports.remote import RemoteThread, Sending
from desk_app.services.opening import NewTicket, open_ticket
from tests.live.conftest import CHECKS, TIMES
from tests.live.osticket_site import SITE, needs_site, signed_in
from tests.remote.osticket_desk import PanelClient
from tests.remote.pairs import command, entry

pytestmark = [needs_site, pytest.mark.timeout(900)]


@pytest.fixture
def john(tmp_path: Path) -> Iterator[PanelClient]:
    yield from _client(tmp_path / "john", "")


@pytest.fixture
def jane(tmp_path: Path) -> Iterator[PanelClient]:
    yield from _client(tmp_path / "jane", "2")


def _client(folder: Path, which: str, url: str = "") -> Iterator[PanelClient]:
    made = PanelClient(folder, signed_in(which, url), seed=len(which))
    made.threads = 5  # on a large desk thousands wait: what is looked at is read
    made.patience = 700.0  # hours ahead of the server, new tickets would be late by its clock
    start = time.monotonic()
    report = made.sync()
    assert report.problem == "", report
    TIMES.append(f"first sync: {report.taken} rows in {time.monotonic() - start:.1f} s")
    yield made
    made.reader.close()
    made.desk.close()


def check(truth: object, said: object = "") -> None:
    CHECKS[SITE["URL"]] = CHECKS.get(SITE["URL"], 0) + 1
    assert truth, said


def opened(client: PanelClient, subject: str, words: str, **fields: Any) -> str:
    """A ticket of Karen's, made by an agent's desk; its id on the server."""
    with client.desk.unit() as unit:
        directory = unit.directory()
    names = {d.name: key for key, d in directory.departments.items()}
    topics = {t.name: key for key, t in directory.topics.items()}
    priorities = {p.name: key for key, p in directory.priorities.items()}
    made = open_ticket(
        client.desk,
        directory,
        directory.agents[client.server.agent],
        NewTicket(
            name="Karen Weber",
            email="karen@bank.example",
            subject=subject,
            html=f"<p>{words}</p>",
            department=names["Support"],
            priority=priorities["Normal"],
            **{"topic": topics["General Inquiry"], **fields},
        ),
    )
    client.settle()
    with client.desk.sync_unit() as unit:
        base = unit.base(made.ticket)
    assert base is not None
    return base.remote


def look(client: PanelClient, ticket: str) -> None:
    """Open a ticket: it is read at once, however many others wait for that."""
    found = client.find(ticket)
    assert found is not None
    client.engine.read_ticket(found)


def key(client: PanelClient, kind: str, name: str) -> str:
    with client.desk.unit() as unit:
        directory = unit.directory()
    things = directory.lifecycle.statuses if kind == "statuses" else getattr(directory, kind)
    return next(key for key, thing in things.items() if thing.name == name)


def entries(client: PanelClient, ticket: str) -> list[tuple[EntryKind, str]]:
    """What the server itself has."""
    thread: RemoteThread = client.server.thread(ticket)
    return [(entry.kind, entry.html) for entry in thread.entries]


def test_the_story(john: PanelClient, jane: PanelClient):
    made = arrive(john, jane)
    hand_on(john, jane, made[1])
    resolve(jane, made[1])
    meet(john, jane, made[0])


def arrive(john: PanelClient, jane: PanelClient) -> list[str]:
    """Karen's three tickets arrive."""
    subjects = ["Locked out", "Payment page fails", "Card reader"]
    tag = command()
    made = [opened(jane, f"{subject} {tag}", f"{subject}, please") for subject in subjects]
    john.sync()
    for ticket, subject in zip(made, subjects, strict=True):
        look(john, ticket)
        check(john.ticket(ticket).subject == f"{subject} {tag}")
        check(john.texts(ticket) == [f"{subject}, please"])
    return made


def hand_on(john: PanelClient, jane: PanelClient, payment: str) -> None:
    """John sets Sev-A and hands it to Online Banking: out of his sight, and he is told why."""
    john.do(payment, lambda w: w.edit("sla", key(john, "slas", "Sev-A")))
    there = key(john, "departments", "Online Banking")
    john.do(payment, lambda w: w.plain(Action.TRANSFER, there))
    john.settle()
    check(jane.server.ticket(payment).sla == key(jane, "slas", "Sev-A"))
    john.compare()
    john.sync()
    john.sync()
    with john.desk.sync_unit() as unit:
        base = unit.bases([payment])[payment]
        directory = unit.directory()
    check(base.gone == "unseen", base)
    situation = Situation(
        ticket=base.ticket,
        actor=directory.agents[john.server.agent],
        directory=directory,
        now=john.desk.now(),
    )
    said = denial(Action.REPLY, situation)
    check(said is not None and said.code is Reason.NOT_VISIBLE, said)
    jane.compare()
    jane.sync()
    check(jane.ticket(payment).department == there)
    look(jane, payment)


def resolve(jane: PanelClient, payment: str) -> None:
    """Jane takes it, answers and resolves it."""
    me = Referral(kind="agent", key=jane.server.agent)
    jane.do(payment, lambda w: w.plain(Action.ASSIGN, me))
    jane.reply(payment, "The certificate was renewed")
    jane.do(payment, lambda w: w.set_status(key(jane, "statuses", "Resolved")))
    jane.settle()
    jane.sync()
    told = jane.server.ticket(payment)
    check(told.owner == jane.server.agent)
    check(told.status == key(jane, "statuses", "Resolved"))
    check(jane.ticket(payment).state is State.CLOSED)
    kinds = [kind for kind, _ in entries(jane, payment)]
    check(kinds.count(EntryKind.REPLY) == 1, kinds)


def meet(john: PanelClient, jane: PanelClient, locked: str) -> None:
    """A colleague's work on the server appears here, and the other way round."""
    me = Referral(kind="agent", key=jane.server.agent)
    jane.note(locked, "I know her, let me")
    jane.do(locked, lambda w: w.plain(Action.ASSIGN, me))
    jane.settle()
    john.compare()
    john.sync()
    check(john.ticket(locked).owner == jane.server.agent)
    look(john, locked)
    check("I know her, let me" in john.texts(locked), john.texts(locked))
    john.note(locked, "Thank you")
    john.settle()
    check("Thank you" in entries(jane, locked)[-1][1])


def test_an_offline_day_of_a_hundred_commands(john: PanelClient):
    tag = command()
    tickets = [opened(john, f"Offline {number} {tag}", "Help") for number in range(10)]
    john.sync()
    for ticket in tickets:
        look(john, ticket)
    john.account(AccountState.OFFLINE)
    john.server.session.requests = 0
    wanted = a_day(john, tickets, tag)
    check(len(john.items()) == 100, len(john.items()))
    check(john.sync().problem == "offline")
    check(john.server.session.requests == 0)
    john.account(AccountState.ON)
    start = time.monotonic()
    john.settle()
    took = time.monotonic() - start
    check(john.items() == [])
    for ticket in tickets:
        look(john, ticket)
        html = "\n".join(words for _, words in entries(john, ticket))
        for words in wanted[ticket]:
            check(html.count(words) == 1, words)
        check(john.server.ticket(ticket).priority == john.ticket(ticket).priority)
        check(sorted(john.texts(ticket)[1:]) == sorted(wanted[ticket]))
    sent = john.server.session.requests
    TIMES.append(f"offline day: 100 commands in {took:.1f} s, {sent} requests")


def a_day(john: PanelClient, tickets: list[str], tag: str) -> dict[str, list[str]]:
    """A hundred commands; what was written to each ticket."""
    wanted: dict[str, list[str]] = {ticket: [] for ticket in tickets}
    priorities = [key(john, "priorities", name) for name in ("Low", "High", "Emergency")]
    for round_ in range(10):
        for place, ticket in enumerate(tickets):
            words = f"words {round_} {place} {tag}"
            act = (round_ + place) % 4
            if act == 0:
                john.reply(ticket, words)
                wanted[ticket].append(words)
            elif act == 3:
                new = next(p for p in priorities if p != john.ticket(ticket).priority)
                john.do(ticket, lambda w, new=new: w.edit("priority", new))
            else:
                john.note(ticket, words)
                wanted[ticket].append(words)
            john.wait(1)
    return wanted


def by_hand(john: PanelClient, ticket: str, kind: EntryKind) -> None:
    """What the panel itself asks for, from the page that is shown already."""
    session = john.server.session
    told = json.loads(session.ask(f"ajax.php/lock/ticket/{ticket}", (("id", ticket),)).body)
    form: tuple[tuple[str, str], ...] = (("id", ticket), ("lockCode", told["code"]))
    if kind is EntryKind.REPLY:
        form += (("a", "reply"), ("response", "<p>x</p>"), ("reply-to", "all"))
        form += (("signature", "none"), ("from_email_id", "1"))
    else:
        form += (("a", "postnote"), ("note", "<p>x</p>"))
    answer = session.change(f"tickets.php?id={ticket}", form)
    check(answer.status == 302, answer.status)
    session.page(f"tickets.php?id={ticket}", "ticket")


def by_port(john: PanelClient, ticket: str, kind: EntryKind) -> None:
    step = Post(entry=entry(kind, "<p>x</p>"))
    john.server.send(Sending(command=command(), step=step, ticket=ticket), john.desk.files)


def test_times_beside_the_panels_own(john: PanelClient):
    """How long the panel's own pages take, and what the client makes of them."""
    session = john.server.session
    ticket = opened(john, f"Times {command()}", "Help")

    def timed(name: str, act: object, times: int = 7) -> None:
        found = []
        for _ in range(times):
            start = time.perf_counter()
            act()  # type: ignore[operator]
            found.append(time.perf_counter() - start)
        TIMES.append(f"{name}: {1000 * median(found):.0f} ms (median of {times})")

    timed("panel: a queue's page of 25", lambda: session.get("tickets.php?queue=1"))
    john.server.newest()
    cursor = [john.server.newest()]

    def feed() -> None:
        cursor[0] = john.server.changes(cursor[0]).cursor

    timed("client: a round's feed", feed)
    found = john.find(ticket)
    me = john.server.agent

    def queue() -> None:
        ids = john.reader.queue_ids(QueueFilter(), SortKey())[:25]
        john.reader.rows(list(ids), agent=me)

    timed("client: a queue of 25 from the desk", queue)
    timed("panel: a ticket's page", lambda: session.get(f"tickets.php?id={ticket}"))
    timed("client: that page, read whole", lambda: john.server.ticket(ticket))
    timed(
        "client: the ticket from the desk",
        lambda: john.reader.page(found, agent=john.server.agent, entries=100),
    )
    timed("client: a reply, typed to kept", lambda: john.reply(ticket, "On my way"))
    john.settle()
    for kind, name in ((EntryKind.REPLY, "reply"), (EntryKind.NOTE, "note")):
        hand, port = partial(by_hand, john, ticket, kind), partial(by_port, john, ticket, kind)
        timed(f"panel: lock, a {name} posted, the page again", hand, 5)
        timed(f"client: a {name}: read, lock, post, read back", port, 5)
    check([item for item in john.items() if item.state is not OutboxState.HELD] == [])
