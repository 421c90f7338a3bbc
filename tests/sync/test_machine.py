"""Two agents, requesters, a bad network and crashes anywhere: what is promised holds at each step.

The oracle knows what is true. The test of the test plants known mistakes in the engine and wants
this machine to find each of them.
"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from desk_app.domain import failpoint
from desk_app.domain.draft import Draft, DraftKey, DraftKind
from desk_app.domain.entry import EntryKind
from desk_app.domain.errors import NothingToUndoError
from desk_app.domain.lifecycle import Action
from desk_app.domain.mirror import AccountState
from desk_app.domain.outbox import Happening, OutboxItem, OutboxState, Post, can
from desk_app.domain.rich_text import html_to_text
from desk_app.domain.ticket import Referral, TicketId
from desk_app.ports.remote import GoneWhy, RemotePerson
from desk_app.services.command_bus import RefusedError
from desk_app.services.opening import NewTicket, open_ticket
from desk_app.services.outbox import NotNowError, OutboxDesk
from desk_app.sync.comparing import Comparing
from tests.builders import make_directory
from tests.sync.desks import Client
from tests.sync.oracle import Fate, Oracle, OracleServer

ANA = RemotePerson(name="Ana Souza", email="ana@bank.example")
WHO = st.integers(0, 1)
TICKET = st.integers(1, 3)
PRIORITY = st.sampled_from(["low", "normal", "high"])
FATES = st.lists(st.sampled_from(list(Fate)), max_size=2)
LATEST_S = 60
MOST_ROUNDS = 100
"""One decision leads to the next where both agents did much to one ticket, but not for ever."""
OWNER = st.sampled_from(["sam", "john"])
STATUS = st.sampled_from(["resolved", "open"])
pytestmark = pytest.mark.timeout(300)
"""Hundreds of rounds, each with its own disk: a busy machine takes a minute and more."""
POINTS = st.sampled_from([p for p in failpoint.POINTS if p.startswith(("outbox", "sync"))])


class CrashError(BaseException):
    """The process ended here."""


def crash(*_: object) -> None:
    raise CrashError


class SyncMachine(RuleBasedStateMachine):
    """What can happen, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.oracle = Oracle(make_directory())
        for subject in ("Printer", "Laptop", "Mail"):
            self.oracle.make(subject, ANA, topic="general")
        path = Path(self.folder.name)
        agents = ("sam", "john")
        self.clients = [
            Client(path / agent, OracleServer(self.oracle, agent), seed=number)
            for number, agent in enumerate(agents)
        ]
        for client in self.clients:
            client.sync()
        self.written: list[tuple[Client, str, str]] = []
        """By whom, on which ticket, what."""
        self.seen: dict[str, set[str]] = {}
        """What its writer had read when a text was written or decided about."""
        self.made: list[tuple[Client, TicketId, str]] = []
        """What was written on tickets that an agent made."""
        self.gone: list[tuple[Client, OutboxItem]] = []
        """What was discarded, as it was."""
        self.count = 0

    def teardown(self) -> None:
        try:
            self.settle()
        finally:
            for client in self.clients:
                client.reader.close()
                client.desk.close()
            self.folder.cleanup()

    # --- agents ----------------------------------------------------------------------------

    @rule(who=WHO, ticket=TICKET, public=st.booleans())
    def write(self, who: int, ticket: int, public: bool) -> None:
        client, words = self.clients[who], self.new_words()
        make = client.reply if public else client.note
        before = set(client.texts(str(ticket)))
        if self.may(lambda: make(str(ticket), words)):
            self.written.append((client, str(ticket), words))
            self.seen[words] = before

    @rule(who=WHO, ticket=TICKET, priority=PRIORITY)
    def edit(self, who: int, ticket: int, priority: str) -> None:
        client = self.clients[who]
        self.may(lambda: client.do(str(ticket), lambda w: w.edit("priority", priority)))

    @rule(who=WHO, ticket=TICKET)
    def rename(self, who: int, ticket: int) -> None:
        client, words = self.clients[who], self.new_words()
        self.may(lambda: client.do(str(ticket), lambda w: w.edit("subject", words)))

    @rule(who=WHO, ticket=TICKET, owner=OWNER)
    def assign(self, who: int, ticket: int, owner: str) -> None:
        client = self.clients[who]
        to = Referral(kind="agent", key=owner)
        self.may(lambda: client.do(str(ticket), lambda w: w.plain(Action.ASSIGN, to)))

    @rule(who=WHO, ticket=TICKET)
    def merge(self, who: int, ticket: int) -> None:
        """Into the next one."""
        client = self.clients[who]
        into = client.find(str(ticket % 3 + 1))
        self.may(lambda: client.do(str(ticket), lambda w: w.plain(Action.MERGE, into)))

    @rule(who=WHO, ticket=TICKET, status=STATUS)
    def set_status(self, who: int, ticket: int, status: str) -> None:
        client = self.clients[who]
        action = Action.REOPEN if status == "open" else Action.SET_STATUS
        self.may(lambda: client.do(str(ticket), lambda w: w.plain(action, status)))

    @rule(who=WHO)
    def open_ticket(self, who: int) -> None:
        """Make a ticket that the server does not know yet, and write on it."""
        client, words, more = self.clients[who], self.new_words(), self.new_words()
        agent = self.oracle.directory.agents[client.server.agent]
        wanted = NewTicket(
            name="Ana Souza",
            email=ANA.email,
            subject=words,
            html=f"<p>{words}</p>",
            department="support",
        )
        made = open_ticket(client.desk, self.oracle.directory, agent, wanted).ticket
        with client.desk.unit() as unit:
            ticket = unit.ticket(made)
        client.desk.bus.handle(client.writing(ticket).note(f"<p>{more}</p>"))
        self.made += [(client, made, words), (client, made, more)]

    @rule(who=WHO, ticket=TICKET, kind=st.sampled_from([DraftKind.REPLY, DraftKind.NOTE]))
    def type(self, who: int, ticket: int, kind: DraftKind) -> None:
        """Leave something half written; it stays with the ticket, whatever else happens to it."""
        client, words = self.clients[who], self.new_words()
        key = DraftKey(ticket=client.ticket(str(ticket)).id, kind=kind)
        before = client.reader.draft(key)
        html = (before.html if before is not None else "") + f"<p>{words}</p>"
        client.desk.drafts.save(Draft(key=key, html=html, text=html_to_text(html)))
        self.written.append((client, str(ticket), words))

    @rule(who=WHO, choice=st.data())
    def decide(self, who: int, choice: Any) -> None:
        """Do something about an item of the outbox."""
        client = self.clients[who]
        items = client.items()
        if not items:
            return
        item = choice.draw(st.sampled_from(items))
        desk = OutboxDesk(client.desk.sync_unit, client.desk.now)
        acts = {
            Happening.HOLD: desk.hold,
            Happening.LET_GO: desk.let_go,
            Happening.RETRY: desk.retry,
            Happening.DISCARD: desk.discard,
        }
        happening = choice.draw(st.sampled_from(sorted(acts)))
        if can(item.state, happening):
            acts[happening](item.seq)
            self.look(client, item)
            if happening is Happening.DISCARD:
                self.gone.append((client, item))

    @rule(who=WHO, choice=st.data())
    def have_again(self, who: int, choice: Any) -> None:
        """Take a discard back, now or long after."""
        client = self.clients[who]
        gone = [item for owner, item in self.gone if owner is client]
        if gone:
            item = choice.draw(st.sampled_from(gone))
            desk = OutboxDesk(client.desk.sync_unit, client.desk.now)
            if self.may(lambda: desk.restore_all([item.seq])):
                self.look(client, item)

    @rule(who=WHO, ticket=TICKET)
    def undo(self, who: int, ticket: int) -> None:
        client = self.clients[who]
        found = client.find(str(ticket))
        event = client.reader.find_event(found, actor=client.server.agent) if found else None
        if event is not None:
            self.may(lambda: client.desk.bus.undo(event, client.server.agent))

    # --- others ----------------------------------------------------------------------------

    @rule(ticket=TICKET)
    def requester_writes(self, ticket: int) -> None:
        kept = self.oracle.tickets[str(ticket)]
        self.oracle.post(kept, EntryKind.MESSAGE, self.new_words(), author_email=ANA.email)

    @rule(ticket=TICKET, priority=PRIORITY)
    def panel_edits(self, ticket: int, priority: str) -> None:
        self.oracle.set(self.oracle.tickets[str(ticket)], "priority", priority, "jane")

    @rule(ticket=TICKET, why=st.sampled_from(list(GoneWhy)))
    def others_take_away(self, ticket: int, why: GoneWhy) -> None:
        """Deleted, merged into the next, or moved out of sight."""
        kept = self.oracle.tickets[str(ticket)]
        kept.gone, kept.into = why, str(ticket % 3 + 1)
        self.oracle.touch(kept)

    @rule(ticket=TICKET)
    def others_give_back(self, ticket: int) -> None:
        kept = self.oracle.tickets[str(ticket)]
        if kept.gone is not None:
            kept.gone = None
            self.oracle.touch(kept)
        if kept.fields["merged_into"] is not None:
            self.oracle.set(kept, "merged_into", None, "jane")

    # --- the world -------------------------------------------------------------------------

    @rule(who=WHO, fates=FATES, writes=FATES)
    def sync(self, who: int, fates: list[Fate], writes: list[Fate]) -> None:
        client = self.clients[who]
        client.server.fates, client.server.write_fates = list(fates), list(writes)
        client.sync()
        client.server.fates, client.server.write_fates = [], []

    @rule(who=WHO, point=POINTS, passes=st.integers(0, 2), writes=FATES)
    def sync_and_crash(self, who: int, point: str, passes: int, writes: list[Fate]) -> None:
        """At a point, or where it is met again: a round commits more than once."""
        client, left = self.clients[who], iter(range(passes))

        def crash(*_: object) -> None:
            if next(left, None) is None:
                raise CrashError

        client.server.write_fates = list(writes)
        failpoint._ARMED, kill, failpoint.os.kill = point, failpoint.os.kill, crash
        try:
            client.sync()
        except CrashError:
            client.crash()
        finally:
            failpoint._ARMED, failpoint.os.kill = "", kill
        client.server.write_fates = []

    @rule(who=WHO, ticket=TICKET, priority=PRIORITY, passes=st.integers(0, 2))
    def others_edit_and_crash(self, who: int, ticket: int, priority: str, passes: int) -> None:
        """There is something to be taken in when the program ends at one of the round's commits."""
        self.panel_edits(ticket, priority)
        self.sync_and_crash(who, "sync.after_commit", passes, [])

    @rule(who=WHO)
    def server_finishes(self, who: int) -> None:
        """What no answer came to is written only now."""
        self.clients[who].server.finish()

    @rule(who=WHO, ticket=TICKET)
    def look_at(self, who: int, ticket: int) -> None:
        """A ticket is read because somebody opens it."""
        client = self.clients[who]
        if client.server.signed_in:
            client.engine.read_ticket(client.ticket(str(ticket)).id)

    @rule(who=WHO, offline=st.booleans())
    def work_offline(self, who: int, offline: bool) -> None:
        client = self.clients[who]
        if client.server.signed_in:
            client.account(AccountState.OFFLINE if offline else AccountState.ON)

    @rule(who=WHO)
    def restart(self, who: int) -> None:
        self.clients[who].crash()

    @rule(who=WHO, seconds=st.sampled_from([1, 10, 60]))
    def time_passes(self, who: int, seconds: int) -> None:
        self.wait(self.clients[who], seconds)

    @rule(who=WHO, seconds=st.sampled_from([1, 700, -31_536_000, 31_536_000]))
    def clock_moves(self, who: int, seconds: int) -> None:
        self.clients[who].set_clock(seconds)

    @precondition(lambda self: not all(c.server.signed_in for c in self.clients))
    @rule()
    def sign_in(self) -> None:
        for client in self.clients:
            client.server.signed_in = True
            client.account(AccountState.ON)

    # --- what is promised ------------------------------------------------------------------

    @invariant()
    def nothing_is_sent_twice(self) -> None:
        assert all(times == 1 for times in self.oracle.posted.values()), self.oracle.posted

    @invariant()
    def nobody_is_overwritten_unseen(self) -> None:
        assert self.oracle.unseen == []

    @invariant()
    def nothing_that_was_typed_is_lost(self) -> None:
        there: dict[tuple[int, str], str] = {}
        for client, ticket, words in self.written:
            key = (id(client), ticket)
            if key not in there:
                there[key] = "\n".join([*client.texts(ticket), client.drafts()])
            assert re.search(rf"^{words}$", there[key], re.MULTILINE), words
        for client, made, words in self.made:
            page = client.reader.page(made, agent=client.server.agent, entries=1000)
            found = "\n".join([*(entry.text for entry in page.entries), client.drafts()])
            assert re.search(rf"^{words}$", found, re.MULTILINE), words

    @invariant()
    def no_reply_goes_out_past_an_unread_entry(self) -> None:
        for kept in self.oracle.tickets.values():
            for place, entry in enumerate(kept.entries):
                if entry.kind is EntryKind.REPLY and entry.text in self.seen:
                    there = self.oracle.heard.get(entry.command, place)
                    others = {e.text for e in kept.entries[:there] if e.agent != entry.agent}
                    assert others <= self.seen[entry.text], entry.text

    # --- in the end ------------------------------------------------------------------------

    def settle(self) -> None:
        """A quiet network and agents who decide: all agree, and a further round writes nothing."""
        self.give_all_back()
        for client in self.clients:
            client.server.signed_in = True
            client.account(AccountState.ON)
        self.decide_until_quiet()
        for client in self.clients:
            client.sync(threads=100)
        self.what_was_merged_is_known_to_be()
        self.give_all_back()
        for client in self.clients * 2:
            client.sync(threads=100)
        writes = [client.server.writes for client in self.clients]
        for client in self.clients:
            client.sync(threads=100)
            assert client.items() == []
        assert writes == [client.server.writes for client in self.clients]
        self.nothing_is_sent_twice()
        self.nobody_is_overwritten_unseen()
        self.nothing_that_was_typed_is_lost()
        self.no_reply_goes_out_past_an_unread_entry()
        self.all_agree()

    def all_agree(self) -> None:
        for client in self.clients:
            found = Comparing(client.desk, client.server).compare(
                progress=lambda *_: None, stop=lambda: False
            )
            assert found.tickets == len(self.oracle.tickets)
            assert found.differences == (), found.differences
        for number, kept in self.oracle.tickets.items():
            for client in self.clients:
                assert client.texts(number) == [entry.text for entry in kept.entries]

    def give_all_back(self) -> None:
        for number in range(1, 4):
            self.others_give_back(number)

    def what_was_merged_is_known_to_be(self) -> None:
        for client in self.clients:
            for number, kept in self.oracle.tickets.items():
                with client.desk.sync_unit() as unit:
                    base = unit.bases([number]).get(number)
                assert base is not None, number
                assert base.gone == (kept.gone or ""), number

    def decide_until_quiet(self) -> None:
        for _ in range(MOST_ROUNDS):
            if not any(client.items() for client in self.clients):
                break
            for client in self.clients:
                self.wait(client, 10_000)
                client.sync(threads=100)
                self.decide_all(client)

    def decide_all(self, client: Client) -> None:
        desk = OutboxDesk(client.desk.sync_unit, client.desk.now)
        for item in client.items():
            if item.state is OutboxState.REFUSED:
                desk.discard(item.seq)  # the rules say no: a text becomes a draft again
            elif item.needs_you:
                desk.retry(item.seq)
                self.look(client, item)
            elif item.state is OutboxState.HELD:
                desk.let_go(item.seq)

    def wait(self, client: Client, seconds: float) -> None:
        """No server is at work on anything for a minute after it was last listened to."""
        client.late_s = client.late_s + seconds if client.server.late else 0.0
        if client.late_s > LATEST_S:
            client.server.finish()
        client.wait(seconds)

    def look(self, client: Client, item: OutboxItem) -> None:
        """Who decides about a text has the thread before the eyes."""
        for step in item.steps:
            if isinstance(step, Post):
                found = [n for c, n, w in self.written if w == step.entry.text]
                if found:
                    self.seen[step.entry.text] = set(client.texts(found[0]))

    def new_words(self) -> str:
        self.count += 1
        return f"words {self.count}"

    def may(self, act: Any) -> bool:
        """Whether it was allowed: the gate may say no, nothing else may go wrong."""
        try:
            act()
        except (RefusedError, NothingToUndoError, NotNowError):
            return False
        return True


SyncMachine.TestCase.settings = settings(
    max_examples=25,
    stateful_step_count=30,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
TestSync = SyncMachine.TestCase
