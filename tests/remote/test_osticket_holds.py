"""Holding a ticket beyond one request: told, taken with leave, kept, given back, never broken."""

from collections.abc import Iterator

import pytest

from tests.remote.osticket_panel import pair_at, panel
from tests.remote.pairs import Pair
from tests.remote.panel.html import Manner
from tests.remote.panel.server import Panel


@pytest.fixture(params=[False, True], ids=["locks to write", "locks by looking"])
def at(request) -> Iterator[Panel]:
    with panel(Manner(lock_on_view=request.param)) as made:
        yield made


@pytest.fixture
def pair(at: Panel, tmp_path) -> Pair:
    return pair_at(at, tmp_path)


def test_who_is_at_a_ticket_is_told_by_name_and_nothing_is_taken(at: Panel, pair: Pair):
    ticket = pair.new("Held")
    assert pair.server.holder(ticket) == ""
    assert pair.colleague.hold(ticket).held
    assert pair.server.holder(ticket) == "Jane Doe"
    assert pair.colleague.holder(ticket) == ""
    assert at.truth.tickets[ticket].lock.staff == "2"
    refused = pair.server.hold(ticket)
    assert (refused.held, refused.by) == (False, "Jane Doe")
    assert at.truth.tickets[ticket].lock.staff == "2"


def test_a_hold_is_renewed_and_given_back(at: Panel, pair: Pair):
    ticket = pair.new("Held")
    assert pair.server.hold(ticket).held
    code = at.truth.tickets[ticket].lock.code
    assert pair.server.hold(ticket).seconds == 180
    assert (at.renewals, at.truth.tickets[ticket].lock.code) == (1, code)
    pair.server.release(ticket)
    assert at.truth.tickets[ticket].lock is None
    pair.server.release(ticket)


def test_reading_and_editing_meanwhile_leave_it_held(at: Panel, pair: Pair):
    ticket = pair.new("Held")
    pair.server.hold(ticket)
    code = at.truth.tickets[ticket].lock.code
    pair.ticket(ticket)
    pair.thread(ticket)
    pair.edit(ticket, "subject", "Held", "Still held")
    assert at.truth.tickets[ticket].subject == "Still held"
    assert at.truth.tickets[ticket].lock.code == code


def test_a_reply_spends_it_and_it_is_taken_anew_when_typing_goes_on(at: Panel, pair: Pair):
    ticket = pair.new("Held")
    pair.server.hold(ticket)
    pair.note(ticket, "<p>Written</p>")
    assert list(at.truth.posted.values()).count(1) == len(at.truth.posted)
    assert pair.server.hold(ticket).held
    assert at.truth.tickets[ticket].lock.staff == "1"


def test_one_that_ran_out_and_went_to_somebody_else_is_not_taken_back(at: Panel, pair: Pair):
    ticket = pair.new("Held")
    pair.server.hold(ticket)
    at.truth.tickets[ticket].lock = None
    pair.colleague.hold(ticket)
    assert pair.server.hold(ticket).by == "Jane Doe"
    pair.server.release(ticket)
    assert at.truth.tickets[ticket].lock.staff == "2"


def test_where_locks_are_switched_off_nobody_holds_anything(at: Panel, pair: Pair):
    at.locks_off = True
    ticket = pair.new("Free")
    assert not pair.server.hold(ticket).held
