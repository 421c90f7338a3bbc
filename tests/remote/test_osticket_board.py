"""Tickets dropped from the board of a window, on the fake osTicket panel over real sockets."""

from collections.abc import Iterator

import pytest

from desk_app.domain.mirror import Account
from desk_app.domain.outbox import OutboxState
from tests.remote.osticket_panel import panel
from tests.remote.panel.acts import Acts
from tests.remote.panel.server import Panel
from tests.remote.panel.truth import Refused
from tests.ui.boards import boards, card_of, drop_on_column, drop_on_place, states

WORDS = "Agent is unavailable for assignment"


@pytest.fixture
def at() -> Iterator[Panel]:
    with panel() as made:
        karen = made.truth.user("Karen Weber", "karen@bank.example")
        for subject in ("Screen is black", "Payment fails", "Keyboard"):
            made.truth.open(subject, karen, f"<p>{subject}, please help</p>")
        yield made


@pytest.fixture
def open_board(qtbot, qapp, tmp_path, monkeypatch):
    with boards(qtbot, qapp, tmp_path, monkeypatch) as open_:
        yield open_


@pytest.fixture
def refusing(monkeypatch) -> set[str]:
    """Tickets that the panel gives to nobody."""
    found: set[str] = set()
    real = Acts._assign

    def assign(self, request, agent, ticket):
        if ticket.id in found:
            raise Refused(WORDS)
        real(self, request, agent, ticket)

    monkeypatch.setattr(Acts, "_assign", assign)
    return found


def account(at: Panel, user: str) -> Account:
    return Account(kind="osticket", url=f"{at.url}/scp/index.php", user=user)


def ids_of(window, at: Panel) -> list[int]:
    with window.session.desk.sync_unit() as unit:
        bases = unit.bases(list(at.truth.tickets))
    return [bases[number].ticket.id for number in at.truth.tickets]


def test_what_the_panel_refuses_of_a_drop_comes_back_as_a_card_with_its_words(
    qtbot, at, open_board, refusing
):
    window = open_board(account(at, "john"), "secret")
    ids = ids_of(window, at)
    refusing.add(list(at.truth.tickets)[1])
    drop_on_column(qtbot, window, ids, "2")
    qtbot.waitUntil(lambda: "3 to " in window.notice.text)
    qtbot.waitUntil(lambda: [t.staff for t in at.truth.tickets.values()] == ["2", "", "2"])
    qtbot.waitUntil(lambda: states(window, ids) == [None, OutboxState.REFUSED, None])
    assert WORDS in card_of(window, ids[1]).words
    refusing.clear()

    drop_on_place(qtbot, window, [ids[0], ids[2]], "department:2")
    qtbot.waitUntil(lambda: [t.dept for t in at.truth.tickets.values()] == ["2", "1", "2"])


def test_two_agents_drop_the_same_tickets_and_the_later_sees_the_conflict(qtbot, at, open_board):
    first = open_board(account(at, "john"), "secret")
    second = open_board(account(at, "jane"), "secret")
    mine, theirs = ids_of(second, at)[:2], ids_of(first, at)[:2]
    drop_on_column(qtbot, first, theirs, "1")
    qtbot.waitUntil(lambda: [t.staff for t in at.truth.tickets.values()][:2] == ["1", "1"])
    drop_on_column(qtbot, second, mine, "2")
    qtbot.waitUntil(lambda: states(second, mine) == [OutboxState.CONFLICT] * 2)
    assert [t.staff for t in at.truth.tickets.values()][:2] == ["1", "1"]
