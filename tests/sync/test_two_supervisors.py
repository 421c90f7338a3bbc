"""Two supervisors hand the same tickets to different agents: one owner, one conflict, none lost."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desk_app.domain.entry import EntryKind
from desk_app.domain.mirror import AccountState
from desk_app.domain.move_record import MoveKind, MovesWanted
from desk_app.domain.outbox import OutboxState
from desk_app.domain.reassignment import Handing, Place, Target
from desk_app.domain.verdict import Reason
from desk_app.ports.remote import RemotePerson
from desk_app.services.outbox import OutboxDesk
from desk_app.services.reassigning import hand_over
from tests.builders import make_directory
from tests.sync.desks import Client
from tests.sync.oracle import Fate, Oracle, OracleServer

ANA = RemotePerson(name="Ana Souza", email="ana@bank.example")
COUNT = 4


class Supervisor:
    """One of the two, at a desk of their own."""

    def __init__(self, folder: Path, oracle: Oracle, seed: int) -> None:
        # Both sign in as supervisors; the oracle tells them apart by their commands.
        self.client = Client(folder, OracleServer(oracle, "sam"), seed=seed)
        self.client.sync(threads=100)

    def drop(self, agent: str, note: str = "", *, transfer: bool = False) -> None:
        client = self.client
        directory = client.reader.directory()
        ids = [client.find(str(n)) for n in range(1, COUNT + 1)]
        handing = Handing(target=Target(kind=Place.AGENT, key=agent), note=note, transfer=transfer)
        done = hand_over(
            client.desk, client.reader, [(ids, handing)], directory.agents["sam"], directory
        ).done
        assert len(done.tickets) == COUNT
        self.events = done.events

    def owners(self) -> list[str | None]:
        return [self.client.ticket(str(n)).owner for n in range(1, COUNT + 1)]

    def conflicts(self):
        return [i for i in self.client.items() if i.state is OutboxState.CONFLICT]

    def decide(self, *, mine: bool) -> None:
        desk = OutboxDesk(self.client.desk.sync_unit, self.client.desk.now)
        for item in self.client.items():
            if item.needs_you:
                (desk.retry if mine else desk.discard)(item.seq)


@pytest.fixture
def oracle() -> Oracle:
    made = Oracle(make_directory())
    for n in range(COUNT):
        kept = made.make(f"Ticket {n}", ANA)
        made.post(kept, EntryKind.MESSAGE, "Help", author_email=ANA.email)
    return made


@pytest.fixture
def two(oracle: Oracle, tmp_path: Path) -> tuple[Supervisor, Supervisor]:
    return Supervisor(tmp_path / "a", oracle, 1), Supervisor(tmp_path / "b", oracle, 2)


def owners(oracle: Oracle) -> list[object]:
    return [kept.fields["owner"] for kept in oracle.tickets.values()]


def test_the_first_wins_and_the_second_sees_one_conflict_a_ticket(two, oracle):
    first, second = two
    first.drop("lee")
    second.drop("john")
    assert second.owners() == ["john"] * COUNT  # on screen at once, also without a server
    first.client.sync()
    second.client.sync()
    assert owners(oracle) == ["lee"] * COUNT
    assert first.client.items() == []
    conflicts = second.conflicts()
    assert len(conflicts) == COUNT
    for item in conflicts:
        (theirs,) = [change for change in item.theirs if change.field == "owner"]
        assert (theirs.old, theirs.new) == (None, "lee")
    found = second.client.reader.unsettled_all()
    assert {state for state, _ in found.values()} == {OutboxState.CONFLICT}


@pytest.mark.parametrize("mine", [True, False])
def test_whatever_the_second_decides_all_agree_in_the_end(two, oracle, mine):
    first, second = two
    first.drop("lee")
    second.drop("john")
    first.client.sync()
    second.client.sync()
    second.decide(mine=mine)
    for supervisor in (second, first, second, first):
        supervisor.client.sync(threads=100)
    wanted = ["john" if mine else "lee"] * COUNT
    assert owners(oracle) == first.owners() == second.owners() == wanted
    assert first.client.items() == second.client.items() == []
    assert oracle.unseen == []


def test_the_loser_takes_the_whole_drop_back_with_one_undo(two, oracle):
    first, second = two
    second.drop("john", note="Yours")
    first.drop("lee")
    first.client.sync()
    second.client.desk.batches.undo_all(second.events, "sam")
    second.client.wait()
    for supervisor in (second, first, second):
        supervisor.client.sync(threads=100)
    assert owners(oracle) == second.owners() == ["lee"] * COUNT
    assert oracle.posted == {}
    assert second.client.items() == []


def test_taken_back_after_the_other_was_heard_it_is_as_the_server_says(two, oracle):
    """A field of a command that was never sent goes back to what is there now."""
    first, second = two
    second.drop("john")
    first.drop("lee")
    first.client.sync()
    second.client.sync()
    assert len(second.conflicts()) == COUNT
    second.client.desk.batches.undo_all(second.events, "sam")
    assert second.owners() == ["lee"] * COUNT
    assert second.client.items() == []
    found = second.client.reader.last_batch("sam", redo=True)
    second.client.desk.batches.undo_all(tuple(reversed(found.events)), "sam")
    assert second.owners() == ["john"] * COUNT


def test_what_the_server_refuses_comes_back_with_its_words(two, oracle):
    _, second = two
    second.drop("john")
    second.client.server.write_fates = [Fate.REFUSE]
    second.client.sync()
    found = second.client.reader.unsettled_all()
    ((state, words),) = found.values()
    assert state is OutboxState.REFUSED
    assert words != ""
    assert owners(oracle).count("john") == COUNT - 1


@pytest.mark.parametrize("transfer", [False, True])
def test_an_undo_after_the_server_refused_a_part_brings_back_both_parts(two, oracle, transfer):
    """One that never went out is gone from here, the others are taken back on the server."""
    _, second = two
    before = {n: dict(kept.fields) for n, kept in oracle.tickets.items()}
    second.drop("priya" if transfer else "john", note="Yours", transfer=transfer)
    second.client.server.write_fates = [Fate.REFUSE]
    second.client.wait()
    second.client.sync(threads=100)
    assert [item.state for item in second.client.items() if item.needs_you] == [OutboxState.REFUSED]
    second.client.desk.batches.undo_all(second.events, "sam")
    for _ in range(3):
        second.client.wait()
        second.client.sync(threads=100)
    now = {n: dict(kept.fields) for n, kept in oracle.tickets.items()}
    for number, fields in before.items():
        for name in ("owner", "department"):
            assert now[number][name] == fields[name]
    assert second.client.items() == []
    assert second.owners() == [None] * COUNT


FATES = st.lists(st.sampled_from(list(Fate)), max_size=3)


@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
@given(
    order=st.lists(st.integers(0, 1), min_size=2, max_size=6),
    fates=FATES,
    mine=st.booleans(),
)
def test_in_any_order_and_on_any_network_no_ticket_is_lost(tmp_path_factory, order, fates, mine):
    oracle = Oracle(make_directory())
    for n in range(COUNT):
        made = oracle.make(f"Ticket {n}", ANA)
        oracle.post(made, EntryKind.MESSAGE, "Help", author_email=ANA.email)
    folder = tmp_path_factory.mktemp("two")
    two = [Supervisor(folder / name, oracle, seed) for seed, name in enumerate("ab")]
    two[0].drop("lee")
    two[1].drop("john")
    two[order[0]].client.server.write_fates = list(fates)
    for who in order:
        two[who].client.sync()
    seen = sum(len(one.conflicts()) for one in two)
    for _ in range(12):
        for one in two:
            one.client.server.write_fates = []
            one.client.server.signed_in = True
            one.client.account(AccountState.ON)
            one.client.wait(10_000)
            one.client.sync(threads=100)
            seen += len(one.conflicts())
            one.decide(mine=mine)
    assert seen > 0
    assert two[0].owners() == two[1].owners() == owners(oracle)
    assert set(owners(oracle)) <= {"lee", "john"}
    assert two[0].client.items() == two[1].client.items() == []
    assert oracle.unseen == []


def test_what_left_ones_sight_is_called_back_until_the_server_has_it(oracle, tmp_path):
    client = Client(tmp_path / "lee", OracleServer(oracle, "lee"))
    client.sync(threads=100)
    directory = client.reader.directory()
    away = Handing(target=Target(kind=Place.DEPARTMENT, key="banking"), note="Card matters")

    def hand(remote: str):
        work = [([client.find(remote)], away)]
        return hand_over(client.desk, client.reader, work, directory.agents["lee"], directory)

    first, second = hand("1"), hand("2")
    assert sum(found.leaving for found in first.rehearsals) == 1
    back = client.desk.batches.undo_all(first.done.events, "lee")
    assert back.refused == ()
    client.wait()
    client.sync(threads=100)
    departments = [kept.fields["department"] for kept in oracle.tickets.values()]
    assert departments[:2] == ["support", "banking"]
    back = client.desk.batches.undo_all(second.done.events, "lee")
    ((_, error),) = back.refused
    assert error.denial.code is Reason.OUT_OF_SIGHT
    assert "Priya Nair" in error.denial.facts["who_can"]


def test_a_breach_reason_goes_to_the_server_as_a_note_and_from_there_to_others(two, oracle):
    first, second = two
    first.client.do("1", lambda writing: writing.breach_reason("Waiting for a supplier: cable"))
    first.client.wait()
    first.client.sync(threads=100)
    assert first.client.items() == []
    assert "Breach reason: Waiting for a supplier: cable" in {
        told.text for told in oracle.tickets["1"].entries
    }
    for client in (second.client, first.client, second.client):
        client.sync(threads=100)
    for client in (first.client, second.client):
        assert client.ticket("1").breach_reason == "Waiting for a supplier: cable"
        found = client.reader.moves(MovesWanted(kind=MoveKind.BREACH_REASON), limit=9)
        assert [dict(m.steps)["breach_reason"].new for m in found] == [
            "Waiting for a supplier: cable"
        ]


def test_a_requester_cannot_give_a_breach_reason(two, oracle):
    first, _ = two
    oracle.post(
        oracle.tickets["2"],
        EntryKind.MESSAGE,
        "Breach reason: you are lazy",
        author_email=ANA.email,
    )
    first.client.sync(threads=100)
    assert first.client.ticket("2").breach_reason == ""
