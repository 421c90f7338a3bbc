"""Pages that the server broke off in the middle: never half a ticket, and the others go on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from desk_app.ports.remote_errors import UnreadableAnswerError
from desk_app.remote.osticket.page import Page
from desk_app.remote.osticket.ticket_page import is_ticket, ticket_page
from tests.remote.osticket_desk import PanelClient
from tests.remote.osticket_panel import panel, signed_in
from tests.remote.panel import html
from tests.remote.panel.server import Panel
from tests.remote.panel.truth import Ticket

SUBJECTS = ("Screen", "Printer", "Mouse")


@pytest.fixture
def at() -> Iterator[Panel]:
    with panel() as made:
        user = made.truth.user("Karen Weber", "karen@bank.example")
        for subject in SUBJECTS:
            ticket = made.truth.open(subject, user, f"<p>{subject} is broken</p>")
            made.truth.write(ticket, "note", "Jane Doe", "<p>Seen</p>")
        yield made


@pytest.fixture
def client(at: Panel, tmp_path: Path) -> PanelClient:
    return PanelClient(tmp_path / "john", signed_in(at))


@pytest.fixture
def cut(at: Panel, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Break pages of a title off behind some words of theirs; '' mends that."""
    whole = html.page

    def begin(title: str, behind: str) -> None:
        def page(token: str, name: str, body: str, more: str = "") -> str:
            shown = whole(token, name, body, more)
            if not behind or not name.startswith(title):
                return shown
            return shown[: shown.index(behind) + len(behind)]

        monkeypatch.setattr(html, "page", page)

    return begin


def ticket_of(at: Panel, subject: str) -> Ticket:
    return next(one for one in at.truth.tickets.values() if one.subject == subject)


def test_every_place_where_a_page_may_end_is_told_from_its_end(at: Panel):
    ticket = ticket_of(at, "Screen")
    shown = html.ticket(at.truth, ticket, at.truth.agents["1"], at.manner)
    data = html.page("t", "Ticket", shown).encode()
    for end in range(data.index(b"</html>") + len(b"</html")):
        page = Page(data[:end], "ticket")
        with pytest.raises(UnreadableAnswerError) as unreadable:
            page.check_whole()
        assert unreadable.value.facts["missing"] == "</html>"
    page = Page(data, "ticket")
    page.check_whole()
    Page(data + b"<!-- of a plugin's -->" * 1000, "ticket").check_whole()
    assert is_ticket(page, ticket.id)
    assert len(ticket_page(page, ticket.id).entries) == 2


def test_half_a_thread_is_not_taken_and_the_whole_one_is_later(
    at: Panel, client: PanelClient, cut: Callable[[str, str], None]
):
    ticket = ticket_of(at, "Screen")
    client.sync()
    assert client.texts(ticket.id) == ["Screen is broken", "Seen"]
    at.truth.message(ticket, "<p>And now?</p>")
    at.truth.write(ticket, "note", "Jane Doe", "<p>Soon</p>")
    cut(f"Ticket #{ticket.number}", "And now?")
    client.compare()
    client.sync()
    assert client.texts(ticket.id) == ["Screen is broken", "Seen"]
    asked = len(at.log)
    client.sync()  # it is not asked for again and again
    assert len([line for line in at.log[asked:] if "preview" in line or "transfer" in line]) == 0
    cut("", "")
    client.wait(200)
    client.sync()
    assert client.texts(ticket.id) == ["Screen is broken", "Seen", "And now?", "Soon"]


@pytest.mark.parametrize("subject", SUBJECTS)
def test_one_ticket_that_cannot_be_read_holds_no_other_up(
    at: Panel, client: PanelClient, cut: Callable[[str, str], None], subject: str
):
    broken = ticket_of(at, subject)
    cut(f"Ticket #{broken.number}", "is broken")
    for _ in range(3):
        client.sync()
    others = [one for one in at.truth.tickets.values() if one is not broken]
    for ticket in others:
        assert client.texts(ticket.id) == [f"{ticket.subject} is broken", "Seen"]
        client.note(ticket.id, "Mine")
    lines = client.reader.sync_log(limit=1000)
    assert [line for line in lines if line.outcome == "unreadable_answer"]
    for _ in range(3):
        client.wait(1000)
        client.sync()
    assert all("Mine" in entry.html for one in others for entry in one.entries[-1:])
    cut("", "")
    client.wait(1000)
    client.sync()
    assert client.texts(broken.id)[:2] == [f"{subject} is broken", "Seen"]


def test_half_a_queue_is_not_taken_for_all_that_changed(
    at: Panel, client: PanelClient, cut: Callable[[str, str], None]
):
    client.sync()
    for ticket in at.truth.tickets.values():
        at.truth.message(ticket, "<p>And now?</p>")
    cut("", 'name="tids[]" value="')
    client.sync()
    cut("", "")
    client.sync()
    for ticket in at.truth.tickets.values():
        assert client.texts(ticket.id)[-1] == "And now?"
