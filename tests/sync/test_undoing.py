"""Undo of what a server has: shown before it is told; and of what waits, however often."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from desk_app.domain.entry import Change, EntryKind
from desk_app.domain.errors import NothingToUndoError
from desk_app.domain.lifecycle import Action
from desk_app.domain.outbox import OutboxState, Post
from desk_app.services.opening import NewTicket, open_ticket
from desk_app.services.outbox import NotNowError, OutboxDesk
from desk_app.services.undoing import Stays, UndoPlan
from tests.builders import make_directory
from tests.sync.desks import Client
from tests.sync.oracle import Fate, Oracle, OracleServer
from tests.sync.test_engine import ANA


@pytest.fixture
def oracle() -> Oracle:
    made = Oracle(make_directory())
    kept = made.make("Printer", ANA)
    made.post(kept, EntryKind.MESSAGE, "Printer is broken", author_email=ANA.email)
    return made


@pytest.fixture
def client(oracle: Oracle, tmp_path: Path) -> Client:
    found = Client(tmp_path / "desk", OracleServer(oracle))
    assert found.sync().problem == ""
    return found


def last(client: Client, *, redo: bool = False):
    found = client.reader.find_event(client.find("1"), actor="sam", redo=redo)
    assert found is not None
    return found


def undo(client: Client, *, redo: bool = False):
    return client.desk.bus.undo(last(client, redo=redo), "sam", partly=True)


def test_what_waits_is_withdrawn_without_a_question(client: Client):
    event = client.do("1", lambda w: w.edit("priority", "high"))
    done = client.desk.bus.undo_or_plan(event, "sam")
    assert not isinstance(done, UndoPlan)
    assert client.items() == []


def test_what_the_server_has_is_shown_field_by_field_and_nothing_is_done(
    client: Client, oracle: Oracle
):
    client.do("1", lambda w: w.edit("priority", "high"))
    client.sync()
    found = client.desk.bus.undo_or_plan(last(client), "sam")
    assert isinstance(found, UndoPlan)
    assert found.changes == (Change(field="priority", old="high", new="normal"),)
    assert found.stays == ()
    assert client.items() == []
    undo(client)
    client.sync()
    assert oracle.tickets["1"].fields["priority"] == "normal"


def test_a_status_that_the_server_dates_by_its_own_clock_goes_back(client: Client, oracle: Oracle):
    before = oracle.tickets["1"].fields["status"]
    oracle.set(oracle.tickets["1"], "topic", "general", "john")
    client.sync()
    client.do("1", lambda w: w.set_status("resolved"))
    client.wait(3600)
    client.sync()
    found = client.desk.bus.undo_or_plan(last(client), "sam")
    assert found.changes == (Change(field="status", old="resolved", new=before),)
    undo(client)
    assert client.ticket("1").closed_at is None
    client.sync()
    assert oracle.tickets["1"].fields["status"] == before


def test_of_a_reply_with_a_status_the_status_goes_back_and_the_mail_is_named_with_its_time(
    client: Client, oracle: Oracle
):
    oracle.set(oracle.tickets["1"], "topic", "general", "john")
    oracle.set(oracle.tickets["1"], "owner", "sam", "john")
    client.sync()
    ticket = client.ticket("1")
    with client.desk.unit() as unit:
        requester = unit.requester(ticket.requester)
    event = client.do("1", lambda w: w.reply("<p>Done</p>", requester, status="resolved"))
    client.wait()
    client.sync()
    with pytest.raises(NothingToUndoError) as caught:
        client.desk.bus.undo(event, "sam")
    assert caught.value.facts["why"] == "mailed"
    found = client.desk.bus.undo_or_plan(event, "sam")
    assert [(c.field, c.new) for c in found.changes] == [("status", "open")]
    (stay,) = found.stays
    assert stay.what is Stays.MAIL
    assert abs(stay.at - client.desk.now()) < timedelta(minutes=1)
    undo(client)
    client.sync()
    assert oracle.tickets["1"].fields["status"] == "open"
    assert client.texts("1").count("Done") == 1
    assert client.drafts() == "", "what left is no draft"
    undo(client, redo=True)
    client.wait()
    client.sync()
    assert oracle.tickets["1"].fields["status"] == "resolved"
    assert client.texts("1").count("Done") == 1, "doing it again mails nothing again"
    assert max(oracle.posted.values()) == 1


@pytest.mark.parametrize("kind", ["reply", "note"])
def test_words_that_left_say_when(client: Client, oracle: Oracle, kind: str):
    oracle.set(oracle.tickets["1"], "owner", "sam", "john")
    client.sync()
    event = client.reply("1", "Out") if kind == "reply" else client.note("1", "Out")
    client.wait()
    client.sync()
    with pytest.raises(NothingToUndoError) as caught:
        client.desk.bus.undo_or_plan(event, "sam")
    assert caught.value.facts["why"] == {"reply": "mailed", "note": "noted"}[kind]
    assert abs(caught.value.facts["at"] - client.desk.now()) < timedelta(minutes=1)


def test_what_this_agent_did_in_a_browser_is_shown_too_before_it_is_undone(
    client: Client, oracle: Oracle
):
    client.sync()
    oracle.set(oracle.tickets["1"], "priority", "high", "sam")
    client.sync()
    found = client.desk.bus.undo_or_plan(last(client), "sam")
    assert isinstance(found, UndoPlan)
    assert [(c.field, c.old) for c in found.changes] == [("priority", "high")]


def test_a_reply_that_is_undone_redone_and_undone_again_never_goes_out(
    client: Client, oracle: Oracle
):
    oracle.set(oracle.tickets["1"], "owner", "sam", "john")
    client.sync()
    client.reply("1", "Better not")
    undo(client)
    undo(client, redo=True)
    assert [type(i.steps[0]) for i in client.items()] == [Post]
    undo(client)
    assert client.items() == []
    client.wait()
    client.sync()
    assert oracle.posted == {}
    assert client.drafts() == "Better not"


def test_a_redone_reply_that_is_discarded_in_the_outbox_can_be_redone(
    client: Client, oracle: Oracle
):
    oracle.set(oracle.tickets["1"], "owner", "sam", "john")
    client.sync()
    client.reply("1", "After all")
    undo(client)
    undo(client, redo=True)
    (item,) = client.items()
    OutboxDesk(client.desk.sync_unit, client.desk.now).discard(item.seq)
    assert client.reader.find_event(client.find("1"), actor="sam") is None
    undo(client, redo=True)
    client.wait()
    client.sync()
    assert client.texts("1").count("After all") == 1


def test_an_undo_that_is_discarded_in_the_outbox_leaves_what_was_done_as_done(
    client: Client, oracle: Oracle
):
    client.do("1", lambda w: w.edit("priority", "high"))
    client.sync()
    undo(client)
    (item,) = client.items()
    OutboxDesk(client.desk.sync_unit, client.desk.now).discard(item.seq)
    assert client.ticket("1").priority == "high"
    found = client.desk.bus.undo_or_plan(last(client), "sam")
    assert [c.new for c in found.changes] == ["normal"]


def test_what_was_discarded_and_redone_otherwise_does_not_come_back_a_second_time(
    client: Client, oracle: Oracle
):
    oracle.set(oracle.tickets["1"], "owner", "sam", "john")
    client.sync()
    client.reply("1", "After all")
    undo(client)
    undo(client, redo=True)
    (item,) = client.items()
    desk = OutboxDesk(client.desk.sync_unit, client.desk.now)
    desk.discard(item.seq)
    undo(client, redo=True)
    with pytest.raises(NotNowError):
        desk.restore_all([item.seq])
    client.wait()
    client.sync()
    assert client.texts("1").count("After all") == 1
    with pytest.raises(NotNowError):
        desk.restore_all([item.seq])


def test_a_ticket_that_was_never_made_comes_back_with_all_that_waited_for_it(
    client: Client, oracle: Oracle
):
    wanted = NewTicket(name="Bo", email="bo@bank.example", subject="New", html="<p>Begin</p>")
    made = open_ticket(client.desk, oracle.directory, oracle.directory.agents["sam"], wanted).ticket
    with client.desk.unit() as unit:
        ticket = unit.ticket(made)
    client.desk.bus.handle(client.writing(ticket).note("<p>Aside</p>"))
    before = client.items()
    desk = OutboxDesk(client.desk.sync_unit, client.desk.now)
    desk.discard_all([item.seq for item in before])
    assert client.items() == []
    assert {draft.text.strip() for draft in client.reader.drafts()} == {"Begin", "Aside"}
    desk.restore_all([item.seq for item in before])
    assert client.items() == before
    assert client.reader.drafts() == []
    with client.desk.unit() as unit:
        now = unit.ticket(made)
    assert (now.state, now.status, now.subject) == (ticket.state, ticket.status, ticket.subject)
    client.wait()
    client.sync()
    (kept,) = [one for one in oracle.tickets.values() if one.fields["subject"] == "New"]
    assert client.texts(kept.id) == ["Begin", "Aside"]
    with pytest.raises(NotNowError):
        desk.restore_all([before[0].seq])


def test_what_the_server_has_of_a_command_in_two_parts_is_not_sent_again(
    client: Client, oracle: Oracle
):
    oracle.set(oracle.tickets["1"], "owner", "sam", "john")
    oracle.set(oracle.tickets["1"], "topic", "general", "john")
    client.sync()
    requester = client.ticket("1").requester
    with client.desk.unit() as unit:
        una = unit.requester(requester)
    client.do("1", lambda w: w.reply("<p>Done</p>", una, status="resolved"))
    client.wait()
    client.server.write_fates = [None, Fate.REFUSE]
    client.sync()
    (item,) = client.items()
    assert (item.done, item.state) == (1, OutboxState.REFUSED)
    desk = OutboxDesk(client.desk.sync_unit, client.desk.now)
    desk.discard(item.seq)
    assert client.reader.drafts() == []
    desk.restore_all([item.seq])
    assert client.items() == [item]
    desk.retry(item.seq)
    client.sync()
    assert client.texts("1").count("Done") == 1
    assert client.ticket("1").status == "resolved"


def test_a_merge_that_the_server_carried_out_says_that_it_stays(client: Client, oracle: Oracle):
    other = oracle.make("Twin", ANA)
    oracle.post(other, EntryKind.MESSAGE, "Me too", author_email=ANA.email)
    client.sync()
    into = client.find(other.id)
    event = client.do("1", lambda w: w.plain(Action.MERGE, into))
    client.sync()
    with pytest.raises(NothingToUndoError) as caught:
        client.desk.bus.undo_or_plan(event, "sam")
    assert caught.value.facts["why"] == "merged"


def test_what_was_redone_and_collides_goes_back_to_what_the_server_has(
    client: Client, oracle: Oracle
):
    client.do("1", lambda w: w.edit("priority", "high"))
    undo(client)
    undo(client, redo=True)
    oracle.set(oracle.tickets["1"], "priority", "low", "john")
    client.sync()
    assert [item.needs_you for item in client.items()] == [True]
    undo(client)
    assert client.ticket("1").priority == "low"
    assert client.items() == []
