"""Rounds of the engine against the oracle, one behaviour each."""

from dataclasses import replace
from pathlib import Path

import pytest

from desk_app.domain.entry import EntryKind
from desk_app.domain.lifecycle import Action
from desk_app.domain.mirror import AccountState
from desk_app.domain.outbox import OutboxItem, OutboxState
from desk_app.domain.ticket import Task
from desk_app.ports.outbox_reader import OutboxRow
from desk_app.ports.remote import FeedPage, GoneWhy, Receipt, RemotePerson, Sending
from desk_app.ports.remote_errors import ServerBusyError, UnreadableAnswerError
from desk_app.services.outbox import OutboxDesk
from desk_app.ui.outbox_texts import explain
from tests.builders import make_directory
from tests.sync.desks import Client
from tests.sync.oracle import START, Fate, Oracle, OracleServer

ANA = RemotePerson(name="Ana Souza", email="ana@bank.example")


@pytest.fixture
def oracle() -> Oracle:
    made = Oracle(make_directory())
    for subject in ("Printer", "Laptop", "Mail", "Phone"):
        kept = made.make(subject, ANA)
        made.post(
            kept,
            EntryKind.MESSAGE,
            f"{subject} is broken",
            author_name="Ana Souza",
            author_email=ANA.email,
        )
    return made


@pytest.fixture
def client(oracle: Oracle, tmp_path: Path) -> Client:
    found = Client(tmp_path / "desk", OracleServer(oracle))
    report = found.sync()
    assert report.problem == ""
    return found


def bases(client: Client):
    with client.desk.sync_unit() as unit:
        return unit.all_bases(after=0, limit=100)


def states(client: Client) -> list[OutboxState]:
    return [item.state for item in client.items()]


def test_a_first_sync_brings_tickets_and_threads(client: Client):
    assert client.ticket("1").subject == "Printer"
    assert client.ticket("4").number == "R4"
    assert client.texts("2") == ["Laptop is broken"]
    assert client.account().page is None


def test_a_round_with_nothing_new_takes_few_requests_and_writes_nothing(client: Client):
    client.sync()
    before = client.server.requests
    assert client.sync().taken == 0
    assert client.server.requests - before <= 2


def test_what_others_change_comes_with_the_next_round(client: Client, oracle: Oracle):
    oracle.set(oracle.tickets["1"], "owner", "john", "john")
    oracle.post(oracle.tickets["1"], EntryKind.MESSAGE, "Still broken")
    client.sync()
    assert client.ticket("1").owner == "john"
    assert client.texts("1") == ["Printer is broken", "Still broken"]


def test_a_note_is_accepted_and_is_one_entry_here_and_there(client: Client, oracle: Oracle):
    client.note("1", "Toner ordered")
    assert states(client) == [OutboxState.WAITING]
    assert client.texts("1") == ["Printer is broken", "Toner ordered"]
    assert client.sync().settled == 1
    client.sync()
    assert client.items() == []
    assert client.texts("1") == ["Printer is broken", "Toner ordered"]
    assert [entry.text for entry in oracle.tickets["1"].entries][-1] == "Toner ordered"
    assert set(oracle.posted.values()) == {1}


def test_a_reply_is_held_for_a_moment_and_can_be_taken_back(client: Client, oracle: Oracle):
    event = client.reply("1", "On my way")
    assert states(client) == [OutboxState.HELD]
    client.sync()
    assert oracle.posted == {}
    client.desk.bus.undo(event, "sam")
    client.wait()
    client.sync()
    assert oracle.posted == {}
    assert client.texts("1") == ["Printer is broken"]


def test_fields_reach_the_server_and_stay(client: Client, oracle: Oracle):
    client.do("1", lambda writing: writing.edit("priority", "high"))
    client.sync()
    client.sync()
    assert oracle.tickets["1"].fields["priority"] == "high"
    assert client.ticket("1").priority == "high"
    assert client.items() == []


@pytest.mark.parametrize("fate", [Fate.LOSE_ANSWER, Fate.LOSE_REQUEST, Fate.GARBLED])
def test_after_a_lost_answer_it_is_looked_for_and_there_once(client: Client, oracle: Oracle, fate):
    client.note("1", "Once")
    client.server.write_fates = [fate]
    client.sync()
    client.wait(100)
    client.sync()
    assert client.items() == []
    assert list(oracle.posted.values()) == [1]
    assert client.texts("1") == ["Printer is broken", "Once"]


def test_what_the_server_is_still_at_work_on_does_not_go_out_again(client: Client, oracle: Oracle):
    client.note("1", "Once")
    client.server.write_fates = [Fate.LATE]
    report = client.sync()
    assert 0 < report.at_work_s <= 90
    (item,) = client.items()
    assert (item.state, item.reason) == (OutboxState.UNCERTAIN, "not_there_yet")
    client.wait(80)
    client.sync()
    assert client.server.writes == 1
    client.server.finish()
    assert client.sync().at_work_s == 0
    assert client.items() == []
    assert list(oracle.posted.values()) == [1]


def test_after_a_crash_no_clock_but_the_steady_one_tells_that_the_server_is_done(
    client: Client, oracle: Oracle
):
    client.note("1", "Once")
    client.server.write_fates = [Fate.LATE]
    client.sync()
    client.crash()
    client.set_clock(31_536_000)
    client.sync()
    assert (states(client), client.server.writes) == ([OutboxState.UNCERTAIN], 1)
    client.wait(100)
    client.sync()
    assert (client.items(), client.server.writes) == ([], 2)


class BusyServer(OracleServer):
    """It wants to be left alone where it is asked whether something arrived."""

    probes = 0

    def probe(self, sending: Sending) -> Receipt | None:
        self.probes += 1
        if self.probes == 1:
            raise ServerBusyError(retry_after=600)
        return super().probe(sending)


def test_a_busy_server_is_not_asked_whether_it_arrived_before_its_time(
    oracle: Oracle, tmp_path: Path
):
    server = BusyServer(oracle)
    client = Client(tmp_path / "busy", server)
    client.sync()
    client.note("1", "Once")
    server.write_fates = [Fate.LOSE_ANSWER]
    client.sync()
    (item,) = client.items()
    assert (item.state, item.reason) == (OutboxState.UNCERTAIN, "server_busy")
    status = client.reader.sync_status()
    assert status is not None
    assert (status.ready, status.next_try) == (0, item.next_try)
    client.wait(590)
    client.sync()
    assert server.probes == 1
    client.wait(20)
    client.sync()
    assert client.items() == []
    assert list(oracle.posted.values()) == [1]


def test_a_request_that_came_twice_is_not_sent_a_third_time(client: Client, oracle: Oracle):
    client.note("1", "Once")
    client.server.write_fates = [Fate.DOUBLED]
    client.sync()
    assert client.items() == []
    assert list(oracle.posted.values()) == [1]


def test_different_fields_are_merged(client: Client, oracle: Oracle):
    client.do("1", lambda writing: writing.edit("priority", "high"))
    oracle.set(oracle.tickets["1"], "subject", "Printer on floor 2", "john")
    client.sync()
    assert client.ticket("1").subject == "Printer on floor 2"
    assert oracle.tickets["1"].fields["priority"] == "high"


def test_the_same_field_is_parked_with_base_mine_and_theirs(client: Client, oracle: Oracle):
    client.do("1", lambda writing: writing.edit("priority", "high"))
    oracle.set(oracle.tickets["1"], "priority", "low", "john")
    report = client.sync()
    assert (report.needs_you, oracle.tickets["1"].fields["priority"]) == (1, "low")
    (item,) = client.items()
    assert item.state is OutboxState.CONFLICT
    (theirs,) = item.theirs
    assert (theirs.field, theirs.old, theirs.new) == ("priority", "normal", "low")
    assert client.ticket("1").priority == "high"  # mine stays on screen until it is decided


def test_a_reply_waits_for_the_agent_if_the_requester_wrote_meanwhile(
    client: Client, oracle: Oracle
):
    client.reply("1", "Please restart it")
    oracle.post(oracle.tickets["1"], EntryKind.MESSAGE, "It burns")
    client.wait()
    client.sync()
    assert states(client) == [OutboxState.STALE]
    assert "It burns" in client.texts("1")
    assert oracle.posted == {}


def test_a_parked_ticket_does_not_hold_the_others(client: Client, oracle: Oracle):
    client.do("1", lambda writing: writing.edit("priority", "high"))
    oracle.set(oracle.tickets["1"], "priority", "low", "john")
    client.note("2", "Goes on")
    client.sync()
    assert len(oracle.posted) == 1
    assert states(client) == [OutboxState.CONFLICT]


def test_a_ticket_made_offline_gets_its_number_and_then_its_reply(client: Client, oracle: Oracle):
    from desk_app.services.opening import NewTicket, open_ticket

    client.server.fates = [Fate.OFFLINE]
    made = open_ticket(
        client.desk,
        oracle.directory,
        oracle.directory.agents["sam"],
        NewTicket(
            name="Ana Souza",
            email=ANA.email,
            subject="New",
            html="<p>Help</p>",
            department="support",
        ),
    )
    with client.desk.unit() as unit:
        ticket = unit.ticket(made.ticket)
    assert ticket.number is None
    client.desk.bus.handle(client.writing(ticket).note("<p>Called her</p>"))
    assert client.sync().problem == "not_reached"
    client.sync()
    with client.desk.unit() as unit:
        assert unit.ticket(made.ticket).number == "R5"
    assert [entry.text for entry in oracle.tickets["5"].entries] == ["Help", "Called her"]
    assert client.items() == []


class SlowServer(OracleServer):
    """It comes to the end of what it was asked just before it tells what changed."""

    def changes(self, cursor: str) -> FeedPage:
        self.finish()
        return super().changes(cursor)


def test_a_ticket_that_was_made_late_is_there_once_though_the_feed_tells_of_it_first(
    oracle: Oracle, tmp_path: Path
):
    from desk_app.services.opening import NewTicket, open_ticket

    client = Client(tmp_path / "slow", SlowServer(oracle))
    client.sync()
    wanted = NewTicket(name="Ana Souza", email=ANA.email, subject="New", html="<p>Help</p>")
    made = open_ticket(client.desk, oracle.directory, oracle.directory.agents["sam"], wanted)
    client.server.write_fates = [Fate.LATE]
    oracle.set(oracle.tickets["1"], "priority", "high", "john")
    client.sync()
    assert states(client) == [OutboxState.UNCERTAIN]
    client.sync()
    assert client.items() == []
    here = [base for base in bases(client) if base.ticket.subject == "New"]
    assert [base.ticket.id for base in here] == [made.ticket]
    assert client.ticket("1").priority == "high"
    assert list(oracle.posted.values()) == [1]


def test_a_refused_password_stops_the_account_and_keeps_everything(client: Client, oracle: Oracle):
    client.note("1", "Kept")
    client.server.fates = [Fate.SIGN_OUT]
    assert client.sync().problem == "sign_in"
    before = client.server.requests
    client.sync()
    assert client.server.requests == before  # nothing is tried: no lock-out
    client.server.signed_in = True
    client.account(AccountState.ON)
    client.sync()
    assert list(oracle.posted.values()) == [1]


def test_a_busy_server_is_left_alone_for_as_long_as_it_says(client: Client, oracle: Oracle):
    client.note("1", "Later")
    client.server.write_fates = [Fate.BUSY]
    client.sync()
    client.sync()
    assert oracle.posted == {}
    client.wait(31)
    client.sync()
    assert len(oracle.posted) == 1


def test_a_refusal_keeps_the_text_and_tells_the_servers_words(client: Client, oracle: Oracle):
    client.note("1", "Kept words")
    client.server.write_fates = [Fate.REFUSE]
    client.sync()
    (item,) = client.items()
    assert (item.state, item.words) == (OutboxState.REFUSED, "Permission Denied")
    assert "Kept words" in client.texts("1")


@pytest.fixture
def partly(client: Client, oracle: Oracle) -> OutboxItem:
    """Ticket 1 was given back: its owner was taken off, its team was not."""
    for field, value in (("owner", "sam"), ("team", "network")):
        oracle.set(oracle.tickets["1"], field, value, "john")
    client.sync()
    client.do("1", lambda writing: writing.plain(Action.RELEASE))
    client.server.write_fates = [Fate.REFUSE_LAST]
    client.sync()
    (item,) = client.items()
    return item


def test_what_is_refused_in_part_names_the_fields(
    client: Client, oracle: Oracle, partly: OutboxItem
):
    found = (partly.state, partly.refused, partly.words)
    assert found == (OutboxState.REFUSED, ("team",), "Permission Denied")
    fields = oracle.tickets["1"].fields
    assert (fields["owner"], fields["team"]) == (None, "network")
    assert (client.ticket("1").owner, client.ticket("1").team) == (None, None)
    told = explain(
        OutboxRow(item=partly, number="R1", subject="", owner_now=None),
        None,
        server="RT",
        account="",
        now=START,
    )
    assert "RT took: Agent. It did not take: Team." in told


def test_a_partial_refusal_given_up_leaves_what_was_taken(
    client: Client, oracle: Oracle, partly: OutboxItem
):
    OutboxDesk(client.desk.sync_unit, client.desk.now).discard(partly.seq)
    assert (client.ticket("1").owner, client.ticket("1").team) == (None, "network")
    client.sync()
    assert (client.ticket("1").owner, client.ticket("1").team) == (None, "network")


def test_a_partial_refusal_tried_again_sends_the_rest_alone(
    client: Client, oracle: Oracle, partly: OutboxItem
):
    oracle.set(oracle.tickets["1"], "owner", "john", "john")  # somebody took it meanwhile
    client.sync()
    OutboxDesk(client.desk.sync_unit, client.desk.now).retry(partly.seq)
    client.sync()
    (item,) = client.items()
    assert (item.state, [c.field for c in item.theirs]) == (OutboxState.CONFLICT, ["owner"])
    oracle.set(oracle.tickets["1"], "owner", None, "john")
    OutboxDesk(client.desk.sync_unit, client.desk.now).retry(partly.seq)
    client.sync()
    client.sync()
    assert client.items() == []
    assert oracle.tickets["1"].fields["team"] is None


def test_the_rules_are_asked_again_by_what_the_server_says(client: Client, oracle: Oracle):
    oracle.set(oracle.tickets["1"], "topic", "general", "john")
    client.sync()
    client.do("1", lambda writing: writing.set_status("resolved"))
    oracle.set(oracle.tickets["1"], "task:7", Task(id=7, title="Order toner"), "john")
    client.sync()
    (item,) = client.items()
    assert (item.state, item.reason, item.words) == (OutboxState.REFUSED, "gate", "open_tasks")


@pytest.mark.parametrize("why", list(GoneWhy))
def test_tickets_that_went_are_told_apart(client: Client, oracle: Oracle, why):
    kept = oracle.tickets["1"]
    kept.gone, kept.into = why, "2"
    oracle.touch(kept)
    client.sync()
    ticket = client.ticket("1")
    with client.desk.sync_unit() as unit:
        base = unit.base(ticket.id)
    assert base is not None
    assert base.gone == why
    assert (ticket.merged_into == client.find("2")) == (why is GoneWhy.MERGED)
    assert (ticket.state == 3) == (why is GoneWhy.DELETED)
    assert (ticket.department == "") == (why is GoneWhy.UNSEEN)


def test_nothing_with_unsent_work_leaves_the_screen(client: Client, oracle: Oracle):
    client.note("1", "My work")
    kept = oracle.tickets["1"]
    kept.gone = GoneWhy.UNSEEN
    oracle.touch(kept)
    client.sync()
    assert client.ticket("1").department == "support"
    assert states(client) == [OutboxState.REFUSED]


def test_two_agents_at_one_ticket_end_with_both_changes(
    client: Client, oracle: Oracle, tmp_path: Path
):
    other = Client(tmp_path / "other", OracleServer(oracle, "john"), seed=6)
    other.sync()
    client.note("1", "From Ann")
    other.note("1", "From Sam")
    client.sync()
    other.sync()
    client.sync()
    assert client.texts("1") == other.texts("1") == ["Printer is broken", "From Ann", "From Sam"]


def test_an_accepted_change_is_taken_back_by_another_one(client: Client, oracle: Oracle):
    event = client.do("1", lambda writing: writing.edit("priority", "high"))
    client.sync()
    client.desk.bus.undo(event, "sam")
    client.sync()
    assert oracle.tickets["1"].fields["priority"] == "normal"


def test_a_mail_that_left_cannot_be_taken_back(client: Client, oracle: Oracle):
    from desk_app.domain.errors import NothingToUndoError

    event = client.reply("1", "Sent")
    client.wait()
    client.sync()
    with pytest.raises(NothingToUndoError) as caught:
        client.desk.bus.undo(event, "sam")
    assert caught.value.facts["why"] == "mailed"
    assert "Sent" in client.texts("1")


def test_what_somebody_else_did_already_stays_as_the_server_has_it(
    client: Client, oracle: Oracle, tmp_path: Path
):
    oracle.set(oracle.tickets["1"], "topic", "general", "john")
    client.sync()
    client.do("1", lambda writing: writing.set_status("resolved"))
    oracle.set(oracle.tickets["1"], "status", "resolved", "john")
    client.sync()
    client.sync()
    assert client.items() == []
    assert client.ticket("1").closed_by is None, "the server does not say that it was this agent"


@pytest.mark.parametrize("seconds", [-36_000, 36_000])
def test_what_is_unread_does_not_hang_on_this_machines_clock(
    client: Client, oracle: Oracle, seconds: int
):
    def unread() -> bool:
        ticket = client.ticket("1").id
        return bool(client.reader.rows([ticket], agent="sam")[ticket].unread)

    client.wait(seconds)
    client.note("1", "Looked at it")
    page = client.reader.page(client.ticket("1").id, agent="sam", entries=9)
    with client.desk.unit() as unit:
        unit.mark_read("sam", page.ticket.id, page.entries[-1].id)
        unit.commit()
    assert not unread()
    oracle.post(oracle.tickets["1"], EntryKind.MESSAGE, "Still", author_email=ANA.email)
    client.sync()
    client.sync()
    assert unread()


# --- people ------------------------------------------------------------------------------------


def hired(oracle: Oracle) -> None:
    directory = oracle.directory
    new = replace(directory.agents["sam"], key="nora", name="Nora New")
    oracle.directory = replace(directory, agents={**directory.agents, "nora": new})


def colleagues(client: Client) -> set[str]:
    with client.desk.unit() as unit:
        return set(unit.directory().agents)


def test_a_new_colleague_is_here_within_a_day(client: Client, oracle: Oracle):
    told = replace(client.server.capabilities, tells_people=True)
    client.server.capabilities = told
    client.sync()
    hired(oracle)
    client.wait(3600)
    client.sync()
    assert "nora" not in colleagues(client)
    client.wait(24 * 3600)
    client.sync()
    assert "nora" in colleagues(client)


def test_rights_that_are_learnt_from_tickets_stay_as_they_were(client: Client, oracle: Oracle):
    client.sync()
    hired(oracle)
    client.wait(48 * 3600)
    client.sync()
    assert "nora" not in colleagues(client)


def test_people_that_cannot_be_read_hold_no_round_up(
    client: Client, oracle: Oracle, monkeypatch: pytest.MonkeyPatch
):
    client.server.capabilities = replace(client.server.capabilities, tells_people=True)
    client.sync()
    client.wait(48 * 3600)

    def broken() -> None:
        raise UnreadableAnswerError(why="page", detail="people")

    with monkeypatch.context() as patch:
        patch.setattr(client.server, "directory", broken)
        assert client.sync().problem == ""
    hired(oracle)
    client.sync()
    assert "nora" not in colleagues(client)  # not with every round
    client.wait(48 * 3600)
    client.sync()
    assert "nora" in colleagues(client)


@pytest.mark.parametrize("seconds", [None, 1, 86_400, 1e15, float("inf")])
def test_whatever_a_busy_server_asks_for_a_command_is_tried_again_within_the_hour(
    client: Client, oracle: Oracle, seconds: float | None
):
    client.server.busy_s = seconds
    client.note("1", "Once")
    client.server.write_fates = [Fate.BUSY]
    assert client.sync().problem == ""
    (item,) = client.items()
    assert (item.state, item.reason) == (OutboxState.WAITING, "server_busy")
    client.wait(3_601)
    client.sync()
    assert client.items() == []
    assert list(oracle.posted.values()) == [1]
