"""A session that ends between what a change is made of and the change: nothing is left out of it.

The names of a form's fields, and the files that were brought for it, are of one session alone:
what another one is sent with them is taken without a word, and without them.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from desk_app.services.opening import NewTicket, open_ticket
from tests.remote.osticket_desk import PanelClient
from tests.remote.osticket_panel import panel_with_a_question, signed_in
from tests.remote.panel.server import Panel
from tests.remote.panel.truth import Ticket

ASSET, COLOUR = "36", "37"
_FIRST_OF_OPENING = "GET /scp/ajax.php/users/local"


@pytest.fixture
def at() -> Iterator[Panel]:
    with panel_with_a_question() as made:
        yield made


@pytest.fixture
def ticket(at: Panel) -> Ticket:
    return next(iter(at.truth.tickets.values()))


@pytest.fixture
def john(at: Panel, tmp_path: Path) -> Iterator[PanelClient]:
    made = PanelClient(tmp_path / "john", signed_in(at))
    assert made.sync().problem == ""
    yield made
    made.reader.close()
    made.desk.close()


def sign_ins(at: Panel) -> int:
    return at.log.count("POST /scp/login.php")


def idle_out(at: Panel) -> Callable[[], None]:
    return at.expire


def sign_out(at: Panel) -> Callable[[], None]:
    """Which gives up all locks of the agent, too."""

    def act() -> None:
        at.expire()
        for ticket in at.truth.tickets.values():
            ticket.lock = None

    return act


ENDS = {"idled out": idle_out, "signed out": sign_out}


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("locks_off", [False, True], ids=["locks", "no locks"])
def test_a_reply_has_its_file_though_the_session_ended_after_that_was_brought(
    at: Panel, john: PanelClient, ticket: Ticket, end: str, locks_off: bool
):
    at.locks_off = locks_off
    file = john.desk.files.add(b"how to", name="how.txt", mime_type="text/plain")
    known = john.ticket(ticket.id).requester
    with john.desk.unit() as unit:
        karen = unit.requester(known)
    john.do(ticket.id, lambda w: w.reply("<p>See there</p>", karen, attachments=(file,)))
    before = sign_ins(at)
    at.accidents = [ENDS[end](at)]
    john.wait(100)
    john.sync()
    assert john.items() == []
    assert list(at.truth.posted.values()) == [1]
    assert [file.name for file in ticket.entries[-1].files] == ["how.txt"]
    assert sign_ins(at) == before + 1
    assert ticket.lock is None


def open_anew(john: PanelClient) -> None:
    """A ticket with answers and a file."""
    file = john.desk.files.add(b"how to", name="how.txt", mime_type="text/plain")
    with john.desk.unit() as unit:
        directory = unit.directory()
    made = NewTicket(
        name="Ada",
        email="ada@out.example",
        subject="Anew",
        html="<p>Please</p>",
        topic="13",
        priority="2",
        department="1",
        attachments=(file,),
        custom=((ASSET, "A-17"), (COLOUR, "Red")),
    )
    open_ticket(john.desk, directory, directory.agents["1"], made)


@pytest.mark.parametrize("end", ENDS)
def test_a_new_ticket_has_its_answers_and_its_file_though_the_session_ended(
    at: Panel, john: PanelClient, end: str
):
    open_anew(john)
    before = sign_ins(at)
    at.accidents = [ENDS[end](at)]
    john.wait(100)
    john.sync()
    assert john.items() == []
    (found,) = (one for one in at.truth.tickets.values() if one.subject == "Anew")
    assert found.answers == {ASSET: "A-17", COLOUR: "r"}
    assert [file.name for file in found.entries[0].files] == ["how.txt"]
    assert sign_ins(at) == before + 1


@pytest.mark.parametrize("end", ENDS)
def test_an_answer_takes_its_value_though_the_session_ended_after_its_dialog_was_read(
    at: Panel, john: PanelClient, ticket: Ticket, end: str
):
    john.do(ticket.id, lambda w: w.edit(f"custom:{ASSET}", "A-1"))
    before = sign_ins(at)
    at.accidents = [ENDS[end](at)]
    john.wait(100)
    john.sync()
    assert john.items() == []
    assert ticket.answers[ASSET] == "A-1"
    assert sign_ins(at) == before + 1


def test_a_session_that_gets_another_id_on_the_way_leaves_no_answer_out(
    at: Panel, john: PanelClient
):
    """The server does that at a request for a page now and then, and calls the fields anew."""
    open_anew(john)
    john.wait(100)
    john.sync()
    made = at.log.index("POST /scp/tickets.php")
    read = at.log.index("GET /scp/ajax.php/form/help-topic/13", at.log.index(_FIRST_OF_OPENING))
    assert all(line.startswith("POST ") for line in at.log[read + 1 : made])
