"""What takes a real osTicket with more on it than the contract needs; each says what it missed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from email.parser import BytesParser
from email.policy import default
from pathlib import Path

import pytest

from desk_app.domain.canned import FilledText
from desk_app.domain.directory import Directory
from desk_app.domain.entry import EntryKind
from desk_app.domain.gate import Denial, Situation, denial
from desk_app.domain.lifecycle import Action
from desk_app.domain.outbox import OutboxState
from desk_app.domain.people import Requester
from desk_app.domain.reassignment import Handing, Place, Target
from desk_app.domain.verdict import Reason
from desk_app.ports.remote import Gone, GoneWhy, RemoteThread, RemoteTicket
from desk_app.ports.remote_errors import SignInError
from desk_app.remote.osticket.server import OsTicketServer
from desk_app.services.outbox import OutboxDesk
from desk_app.services.reassigning import hand_over
from desk_app.sync.at_ticket import AtTicket
from desk_app.ui.outbox_texts import explain
from tests.live.conftest import TIMES
from tests.live.osticket_site import CODES, needs_codes, needs_site, signed_in
from tests.live.test_osticket_story import _client, check, command, entries, key, look, opened
from tests.remote.osticket_desk import PanelClient

pytestmark = [needs_site, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def john(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PanelClient]:
    yield from _client(tmp_path_factory.mktemp("john"), "")


@pytest.fixture(scope="module")
def jane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PanelClient]:
    yield from _client(tmp_path_factory.mktemp("jane"), "2")


class Beside(AtTicket):
    """What a window asks beside its rounds."""

    def __init__(self, client: PanelClient) -> None:
        self._desk = client.desk
        self._server = client.server
        self._held = set()

    def _engine_or_no(self) -> object:
        return None


def with_files(client: PanelClient, ticket: str) -> FilledText:
    """The first canned response with files, brought as a window would."""
    with client.desk.unit() as unit:
        directory = unit.directory()
    found = client.find(ticket)
    assert found is not None
    for canned in directory.canned:
        if client.server.canned_text(ticket, canned).offered:
            return Beside(client).canned_text(found, canned)
    pytest.skip("no canned response of this osTicket has files")


def test_a_canned_responses_files_go_along_with_the_reply(john: PanelClient):
    ticket = opened(john, f"Canned {command()}", "How do I begin?")
    look(john, ticket)
    told = with_files(john, ticket)
    check(told.attached, told)
    check(told.files == (), told.files)
    words = "<p>Please see the files</p>"
    karen = requester(john, ticket)
    sent = john.do(ticket, lambda w: w.reply(words, karen, attachments=told.attached))
    john.settle()
    thread: RemoteThread = john.server.thread(ticket)
    replies = [one for one in thread.entries if one.kind is EntryKind.REPLY]
    check(len(replies) == 1, sent)
    names = [file.name for file in replies[0].files]
    check(names == [file.name for file in told.attached], names)
    for file, kept in zip(replies[0].files, told.attached, strict=True):
        check(john.server.file(file.id) == john.desk.files.read(kept))
    keys = {link.partition("key=")[2].partition("&")[0] for link in links(john, ticket)}
    check(len(keys) == len(told.attached), "the server keeps one copy of each")


def requester(john: PanelClient, ticket: str) -> Requester:
    known = john.ticket(ticket).requester
    with john.desk.unit() as unit:
        return unit.requester(known)


def links(john: PanelClient, ticket: str) -> list[str]:
    """Where the server has its files: of the thread, and of the canned response."""
    return [link for name, link in john.server._tickets.links.items() if name.startswith(ticket)]


# --- a second factor ---------------------------------------------------------------------------


def codes_mailed() -> dict[Path, str]:
    """The codes in the mails that the site has sent, by their files."""
    found = {}
    for file in Path(CODES["MAIL"]).iterdir():
        mail = BytesParser(policy=default).parsebytes(file.read_bytes())
        body = mail.get_body(("plain",))
        words = "" if body is None else body.get_content()
        code = re.search(r"^\s*(\d{6})\s*$", words, re.MULTILINE)
        if code is not None:
            found[file] = code[1]
    return found


def asked_for_code() -> tuple[OsTicketServer, str]:
    """A sign-in that waits for its code, and the code that was mailed for it."""
    before = codes_mailed()
    server = signed_in("3")
    with pytest.raises(SignInError) as asked:
        server.sign_in()
    check(asked.value.facts["why"] == "second_factor", asked.value.facts)
    check(server.wants_code)
    # The server hands its mail over before it answers.
    new = [code for file, code in codes_mailed().items() if file not in before]
    check(len(new) == 1, new)
    return server, new[0]


@needs_codes
def test_a_second_factor_lets_in_whoever_has_the_code():
    server, code = asked_for_code()
    wrong = "000000" if code != "000000" else "111111"
    with pytest.raises(SignInError) as refused:
        server.give_code(wrong)
    check(refused.value.facts["why"] == "wrong_code", refused.value.facts)
    check(refused.value.facts["left"] == 2, refused.value.facts)
    with pytest.raises(SignInError):  # nothing is asked meanwhile, so that no other code is sent
        server.newest()
    check(server.wants_code)
    server.give_code(code)
    check(not server.wants_code)
    check(server.sign_in().name)
    check(server.newest())


@needs_codes
def test_the_code_that_would_lock_out_is_not_tried():
    server, code = asked_for_code()
    wrong = "000000" if code != "000000" else "111111"
    whys = []
    for _ in range(4):
        with pytest.raises(SignInError) as refused:
            server.give_code(wrong)
        whys.append(refused.value.facts["why"])
    check(whys[-1] == "code_over", whys)
    check(not server.wants_code)
    again, code = asked_for_code()  # the agent is not locked out by it
    again.give_code(code)
    check(again.sign_in().name)


# --- merging -----------------------------------------------------------------------------------


def test_two_tickets_become_one(john: PanelClient, jane: PanelClient):
    tag = command()
    into, gone = opened(jane, f"Into {tag}", "The first words"), opened(jane, f"From {tag}", "More")
    for ticket in (into, gone):
        look(jane, ticket)
    target = jane.find(into)
    jane.do(gone, lambda w: w.plain(Action.MERGE, target))
    jane.settle()
    told = jane.server.ticket(gone)
    check(told == Gone(id=gone, why=GoneWhy.MERGED, into=into), told)
    look(jane, into)
    html = "".join(words for _, words in entries(jane, into))
    check("The first words" in html, html)
    check("More" in html, html)
    check(jane.ticket(gone).merged_into == target)
    john.compare()
    john.sync()
    look(john, into)
    check(any("More" in words for words in john.texts(into)), john.texts(into))


# --- supervisors -------------------------------------------------------------------------------


def test_of_a_hand_over_what_the_server_refuses_comes_back_as_a_card(
    john: PanelClient, jane: PanelClient
):
    tag = command()
    made = [opened(jane, f"Hand over {n} {tag}", "Please") for n in range(3)]
    jane.do(made[1], lambda w: w.plain(Action.TRANSFER, key(jane, "departments", "Online Banking")))
    jane.settle()
    ids = [jane.find(ticket) for ticket in made]
    with jane.desk.unit() as unit:
        directory = unit.directory()
    handing = Handing(target=Target(kind=Place.AGENT, key=john.server.agent))
    work = [([one for one in ids if one is not None], handing)]
    actor = directory.agents[jane.server.agent]
    done = hand_over(jane.desk, jane.reader, work, actor, directory)
    check(len(done.rehearsals[0].moves) == 3, done.rehearsals)
    jane.sync()
    told = [jane.server.ticket(ticket).owner for ticket in made]
    if told[1] == john.server.agent:
        pytest.skip("Online Banking gives tickets to everybody here")
    check(told == [john.server.agent, None, john.server.agent], told)
    check([item.ticket for item in jane.items()] == [ids[1]], jane.items())
    see_card(jane)
    check(jane.ticket(made[1]).owner is None)
    john.compare()
    john.sync()
    check(john.ticket(made[0]).owner == john.server.agent)


def see_card(jane: PanelClient) -> None:
    """The one command that was refused; it is given up then."""
    (row,) = jane.reader.outbox()
    item = row.item
    check((item.state, item.reason) == (OutboxState.REFUSED, "server"), item)
    check(item.words, "the server's own words")
    card = " ".join(explain(row, None, server="osTicket", account="", now=jane.desk.now()))
    check(item.words in card, card)
    TIMES.append(f"a refused hand-over says: {item.words}")
    OutboxDesk(jane.desk.sync_unit, jane.desk.now).discard(item.seq)


# --- late by a person's word -------------------------------------------------------------------


def test_a_manager_marks_a_ticket_overdue_and_another_due_time_ends_it(
    john: PanelClient, jane: PanelClient
):
    ticket = opened(jane, f"Late {command()}", "Where is it?")
    for client in (john, jane):
        client.compare()
        client.sync()
        look(client, ticket)
    if denied(jane, ticket) is not None:
        pytest.skip("the second agent manages no department of this osTicket")
    said = denied(john, ticket)
    check(said is not None and said.code is Reason.NO_PERMISSION, said)
    jane.do(ticket, lambda w: w.plain(Action.MARK_OVERDUE, None))
    jane.settle()
    check(jane.server.ticket(ticket).overdue_since is not None)
    look(john, ticket)
    check(john.ticket(ticket).overdue_since is not None)
    due = jane.desk.now().replace(microsecond=0) + timedelta(days=3)
    jane.wait(1)
    jane.do(ticket, lambda w: w.edit("due_at", due))
    jane.settle()
    look(john, ticket)
    check(john.ticket(ticket).overdue_since is None)


@pytest.mark.parametrize("days", [None, 3], ids=["by its plan", "of its own"])
def test_the_mark_of_a_manager_is_taken_back_and_the_due_time_stays(
    jane: PanelClient, days: int | None
):
    ticket = opened(jane, f"Late, not late {command()}", "Where is it?")
    jane.compare()
    jane.sync()
    look(jane, ticket)
    if denied(jane, ticket) is not None:
        pytest.skip("the second agent manages no department of this osTicket")
    if days is not None:
        due = jane.desk.now().replace(second=0, microsecond=0) + timedelta(days=days)
        jane.do(ticket, lambda w: w.edit("due_at", due))
        jane.settle()
        jane.wait(1)
    marked = jane.do(ticket, lambda w: w.plain(Action.MARK_OVERDUE, None))
    jane.settle()
    look(jane, ticket)
    check(jane.ticket(ticket).overdue_since is not None)
    jane.wait(30)
    jane.desk.bus.undo(marked, jane.server.agent)
    jane.settle()
    now = jane.server.ticket(ticket)
    check(isinstance(now, RemoteTicket) and now.overdue_since is None, now)
    page = jane.server._tickets.page(ticket)
    row = jane.server._tickets.fresh_row(page)
    own = None if row.due is None else jane.server._tickets._clock.moment(row.due)
    check(own == (None if days is None else due), own)


# --- people and rights -------------------------------------------------------------------------


def test_a_day_later_people_and_rights_are_read_again_and_nothing_is_lost(john: PanelClient):
    def known() -> Directory:
        with john.desk.unit() as unit:
            return unit.directory()

    john.sync()
    before, requests = known(), john.server.session.requests
    john.wait(24 * 3600)
    john.sync()
    check(any(line.what == "people" for line in john.reader.sync_log(limit=1000)))
    TIMES.append(
        f"round with people and rights: {john.server.session.requests - requests} requests"
    )
    now = known()
    check(set(now.agents) >= set(before.agents))
    kept = {key: now.roles.get(key) for key in before.roles}  # others may have been learnt
    check(kept == before.roles, (now.roles, before.roles))
    check(now.lifecycle == before.lifecycle)
    check(set(now.topics) == set(before.topics))


def denied(client: PanelClient, ticket: str) -> Denial | None:
    with client.desk.unit() as unit:
        directory = unit.directory()
    situation = Situation(
        ticket=client.ticket(ticket),
        actor=directory.agents[client.server.agent],
        directory=directory,
        now=client.desk.now(),
    )
    return denial(Action.MARK_OVERDUE, situation)
