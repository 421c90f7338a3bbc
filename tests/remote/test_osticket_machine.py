"""An agent, a requester, a colleague in the panel, and a server that fails in any order."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from desk_app.domain import failpoint
from desk_app.services.command_bus import RefusedError
from tests.remote.osticket_desk import PanelClient
from tests.remote.osticket_panel import panel, signed_in
from tests.remote.panel.server import Fate
from tests.sync.test_machine import POINTS, CrashError, crash

TICKET = st.integers(0, 1)
PRIORITY = st.sampled_from(["1", "3", "4"])
FATES = st.lists(st.sampled_from(list(Fate)), max_size=2)


class PanelMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.panel = self.stack.enter_context(panel())
        truth = self.panel.truth
        ana = truth.user("Ana Souza", "ana@bank.example")
        self.tickets = [truth.open(name, ana, f"<p>{name}</p>") for name in ("Printer", "Mail")]
        folder = self.stack.enter_context(tempfile.TemporaryDirectory())
        self.client = PanelClient(Path(folder) / "desk", signed_in(self.panel))
        assert self.client.sync().problem == ""
        self.written: list[tuple[str, str]] = []
        self.count = 0

    def words(self) -> str:
        self.count += 1
        return f"words {self.count} end"

    def may(self, act: Any) -> bool:
        try:
            act()
        except RefusedError:
            return False
        return True

    @rule(ticket=TICKET, public=st.booleans())
    def write(self, ticket: int, public: bool) -> None:
        words, number = self.words(), self.tickets[ticket].id
        make = self.client.reply if public else self.client.note
        if self.may(lambda: make(number, words)):
            self.written.append((number, words))

    @rule(ticket=TICKET, priority=PRIORITY)
    def edit(self, ticket: int, priority: str) -> None:
        number = self.tickets[ticket].id
        self.may(lambda: self.client.do(number, lambda w: w.edit("priority", priority)))

    @rule(ticket=TICKET)
    def requester_writes(self, ticket: int) -> None:
        self.panel.truth.message(self.tickets[ticket], f"<p>{self.words()}</p>")

    @rule(ticket=TICKET, priority=PRIORITY)
    def panel_edits(self, ticket: int, priority: str) -> None:
        self.tickets[ticket].priority = priority

    @rule(fates=FATES, compare=st.booleans())
    def sync(self, fates: list[Fate], compare: bool) -> None:
        self.panel.fates = list(fates)
        if compare:
            self.client.compare()
        self.client.wait(10)
        self.client.sync()
        self.panel.fates = []

    @rule(ticket=TICKET, fate=st.sampled_from([Fate.LOSE_ANSWER, Fate.LOSE_REQUEST, Fate.CRASH]))
    def write_and_lose(self, ticket: int, fate: Fate) -> None:
        """The way that a text could go out twice, often enough to be tried."""
        self.write(ticket, public=False)
        self.sync([fate], compare=False)

    @rule(point=POINTS, fates=FATES)
    def sync_and_crash(self, point: str, fates: list[Fate]) -> None:
        self.panel.fates = list(fates)
        failpoint._ARMED, kill, failpoint.os.kill = point, failpoint.os.kill, crash
        try:
            self.client.sync()
        except CrashError:
            self.client.crash()
        finally:
            failpoint._ARMED, failpoint.os.kill = "", kill
        self.panel.fates = []

    @rule()
    def sessions_end(self) -> None:
        self.panel.expire()

    @invariant()
    def nothing_is_sent_twice(self) -> None:
        assert all(times == 1 for times in self.panel.truth.posted.values())

    @invariant()
    def nothing_that_was_typed_is_lost(self) -> None:
        for number, words in self.written:
            assert words in "\n".join([*self.client.texts(number), self.client.drafts()])

    def teardown(self) -> None:
        try:
            self.client.settle()
            self.client.compare()
            for _ in range(3):
                self.client.sync()
            self.nothing_is_sent_twice()
            for ticket in self.tickets:
                there = "\n".join(entry.html for entry in ticket.entries)
                for number, words in self.written:
                    assert (number != ticket.id) or there.count(words) == 1
                assert self.client.ticket(ticket.id).priority == ticket.priority
                assert len(self.client.texts(ticket.id)) == len(ticket.entries)
        finally:
            self.client.reader.close()
            self.client.desk.close()
            self.stack.close()


PanelMachine.TestCase.settings = settings(
    max_examples=6,
    stateful_step_count=12,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TestPanelMachine = PanelMachine.TestCase
