"""A drop is carried out in one transaction, and taken back in one."""

import pytest

from desk_app.bootstrap import OpenDesk
from desk_app.domain.entry import EntryKind
from desk_app.domain.errors import NothingToUndoError
from desk_app.domain.filters import QueueFilter, SortKey
from desk_app.domain.reassignment import Handing, Place, Target
from desk_app.domain.ticket import Referral, State
from desk_app.domain.verdict import Reason
from desk_app.services.batches import Batches
from desk_app.services.command_bus import RefusedError
from desk_app.services.reassigning import hand_over
from tests.desks import demo_folder, desk, folder, reader, whole_database, writing

__all__ = ["demo_folder", "desk", "folder", "reader"]
LEE = Handing(target=Target(kind=Place.AGENT, key="lee"))


@pytest.fixture
def support(reader):
    """Ids of the open tickets of one department, and of two closed ones."""
    open_ = QueueFilter(state=State.OPEN, department="support")
    return list(reader.queue_ids(open_, SortKey()))


def do(desk, reader, ids, handing, agent="sam"):
    directory = reader.directory()
    found = hand_over(desk, reader, [(ids, handing)], directory.agents[agent], directory)
    return found.rehearsals, found.done


def test_what_may_move_moves_and_one_undo_brings_all_back(desk, reader, support):
    closed = list(reader.queue_ids(QueueFilter(state=State.CLOSED), SortKey()))[:2]
    before = {t.id: (t.owner, t.team) for t in reader.tickets(support)}
    (found,), done = do(desk, reader, [*support, *closed], LEE)
    assert {t.owner for t in reader.tickets(support)} == {"lee"}
    assert found.count_refused == 2 + sum(owner == "lee" for owner, _ in before.values())
    assert done.refused == ()
    assert done.changes.tickets == done.tickets
    back = desk.batches.undo_all(done.events, "sam")
    assert back.refused == ()
    assert {t.id: (t.owner, t.team) for t in reader.tickets(support)} == before


def test_transfer_assignment_and_note_are_one_and_go_back_as_one(desk, reader, support):
    handing = Handing(
        target=Target(kind=Place.AGENT, key="jane"), transfer=True, note="5 < 6 & <b>late</b>"
    )
    before = reader.tickets(support[:3])
    _, done = do(desk, reader, support[:3], handing)
    for ticket in reader.tickets(support[:3]):
        assert (ticket.department, ticket.owner) == ("sysadmins", "jane")
        entry = reader.page(ticket.id, agent="sam", entries=1).entries[-1]
        assert (entry.kind, entry.text) == (EntryKind.NOTE, "5 < 6 & <b>late</b>")
        assert "<b>" not in entry.html
    back = desk.batches.undo_all(done.events, "sam")
    assert len(back.drafts) == 3
    after = reader.tickets(support[:3])
    assert [(t.department, t.owner) for t in after] == [(t.department, t.owner) for t in before]


def test_a_group_that_is_refused_at_its_second_step_does_nothing(desk, reader, support, folder):
    from desk_app.domain.lifecycle import Action
    from desk_app.domain.ticket import Referral

    write = writing(desk, reader, reader.tickets(support[:1])[0].number, "sam")
    to_priya = Referral(kind="agent", key="priya")
    group = [
        write.plain(Action.TRANSFER, "sysadmins"),
        write.plain(Action.ASSIGN, to_priya),
    ]
    before = whole_database(folder)
    done = desk.batches.handle_groups([group])
    ((ticket, error),) = done.refused
    assert ticket == support[0]
    assert isinstance(error, RefusedError)
    assert error.denial.code is Reason.TARGET_CANNOT_SEE
    assert whole_database(folder) == before


def test_two_drops_of_the_same_go_back_and_come_again_one_after_the_other(desk, reader, support):
    def owners():
        return {t.id: t.owner for t in reader.tickets(support)}

    def step(*, redo=False):
        found = reader.last_batch("sam", redo=redo).events
        back = desk.batches.undo_all(tuple(reversed(found)) if redo else found, "sam")
        assert back.refused == ()
        return owners()

    first = owners()
    do(desk, reader, support, LEE)
    second = owners()
    do(desk, reader, support, Handing(target=Target(kind=Place.AGENT, key="john")))
    third = owners()
    assert [step(), step(), step(redo=True), step(redo=True)] == [second, first, second, third]


def test_what_was_changed_since_stays_and_is_told(desk, reader, support):
    _, done = do(desk, reader, support[:3], LEE)
    moved = [event.ticket for event in done.events]
    number = reader.tickets(moved[:1])[0].number
    desk.bus.handle(writing(desk, reader, number, "sam").plain("release"))
    back = desk.batches.undo_all(done.events, "sam")
    ((ticket, error),) = back.refused
    assert ticket == moved[0]
    assert isinstance(error, NothingToUndoError)
    assert error.facts["why"] == "changed_since"
    assert back.tickets == set(moved[1:])


def test_the_last_that_was_done_at_once_is_found_again_after_a_restart(desk, reader, support):
    _, first = do(desk, reader, support[:3], LEE)
    _, second = do(desk, reader, support[3:5], LEE)
    desk.close()
    again = OpenDesk(desk.path, seed=7)
    found = again.reader()
    assert found.last_batch("sam").events == second.events
    back = again.batches.undo_all(second.events, "sam")
    assert found.last_batch("sam").tickets == first.tickets
    redo = found.last_batch("sam", redo=True)
    assert [e.id for e in redo.events] == [e.id for e in back.events]
    again.batches.undo_all(tuple(reversed(redo.events)), "sam")
    assert found.last_batch("sam").tickets == second.tickets
    assert found.last_batch("sam", redo=True) is None
    again.batches.undo_all(found.last_batch("sam").events, "sam")
    assert {t.owner for t in found.tickets(support[3:5])} != {"lee"}
    assert found.last_batch("lee") is None
    found.close()
    again.close()


def test_what_was_done_to_one_ticket_since_is_the_last(desk, reader, support):
    do(desk, reader, support[:3], LEE)
    number = reader.tickets(support[5:6])[0].number
    one = desk.bus.handle(writing(desk, reader, number, "sam").edit("priority", "low")).event
    assert reader.last_batch("sam") is None
    desk.bus.undo(one, "sam")
    assert reader.last_batch("sam").tickets <= set(support[:3])


def test_what_cannot_be_taken_back_is_not_offered_again_as_one(desk, reader, support):
    _, done = do(desk, reader, support[:3], LEE)
    number = reader.tickets([done.events[0].ticket])[0].number
    desk.bus.handle(writing(desk, reader, number, "sam").plain("release"))
    desk.batches.undo_all(done.events, "sam")
    assert reader.last_batch("sam") is None


def test_of_many_batches_the_newest_are_remembered(desk, reader, support, monkeypatch):
    monkeypatch.setattr("desk_app.store.workload_rows.KEPT", 2)
    low, high = (Handing(target=Target(kind=Place.PRIORITY, key=key)) for key in ("low", "high"))
    dones = [do(desk, reader, support[:2], handing)[1] for handing in (low, high, low)]
    for done in reversed(dones[1:]):
        assert reader.last_batch("sam").events == done.events
        desk.batches.undo_all(done.events, "sam")
    assert reader.last_batch("sam") is None


@pytest.mark.parametrize("transfer", [False, True])
def test_who_gives_tickets_out_of_sight_takes_them_back_as_one(desk, reader, support, transfer):
    before = reader.tickets(support[:3])
    target = Target(kind=Place.DEPARTMENT, key="banking")
    note = "Card matters" if transfer else ""
    (found,), done = do(desk, reader, support[:3], Handing(target=target, note=note), "lee")
    assert found.leaving == len(done.tickets) == 3
    back = desk.batches.undo_all(done.events, "lee")
    assert back.refused == ()
    assert [t.department for t in reader.tickets(support[:3])] == [t.department for t in before]


def test_with_the_transfer_to_where_one_does_not_see_it_is_one_and_goes_back_as_one(
    desk, reader, support
):
    before = reader.tickets(support[:3])
    handing = Handing(target=Target(kind=Place.AGENT, key="jane"), transfer=True, note="All yours")
    (found,), done = do(desk, reader, support[:3], handing, "lee")
    assert found.leaving == len(done.tickets) == 3
    assert {(t.owner, t.department) for t in reader.tickets(support[:3])} == {("jane", "sysadmins")}
    back = desk.batches.undo_all(done.events, "lee")
    assert back.refused == ()
    now = reader.tickets(support[:3])
    assert [(t.owner, t.department) for t in now] == [(t.owner, t.department) for t in before]


def test_nobody_is_given_a_ticket_alone_that_they_would_not_see(desk, reader, support):
    (number,) = [t.number for t in reader.tickets(support[:1])]
    to = Referral(kind="agent", key="jane")
    with pytest.raises(RefusedError):
        desk.bus.handle(writing(desk, reader, number, "lee").assign(to))


def test_a_crash_in_the_middle_leaves_nothing_done(desk, reader, support, folder, monkeypatch):
    before = whole_database(folder)
    real, count = Batches._carry_out, iter(range(99))

    def fall(self, unit, command):
        if next(count) == 2:
            raise KeyboardInterrupt
        return real(self, unit, command)

    monkeypatch.setattr(Batches, "_carry_out", fall)
    with pytest.raises(KeyboardInterrupt):
        do(desk, reader, support, Handing(target=Target(kind=Place.DEPARTMENT, key="banking")))
    assert whole_database(folder) == before


def test_a_ticket_that_is_gone_keeps_no_other_back(desk, reader, support):
    (found,), done = do(
        desk, reader, [12345, *support[:2]], Handing(target=Target(kind=Place.PRIORITY, key="low"))
    )
    assert len(found.moves) == 2
    assert done.tickets == set(support[:2])
