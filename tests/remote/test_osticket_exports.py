"""How long an export is waited for: about as long as it takes, and not as long as one once took."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest

from desk_app.ports.remote_errors import UnreadableAnswerError
from desk_app.remote.osticket.exports import Exports
from tests.remote.osticket_panel import panel, signed_in
from tests.remote.panel.server import Panel


@pytest.fixture
def at() -> Iterator[Panel]:
    with panel() as made:
        karen = made.truth.user("Karen Weber", "karen@bank.example")
        made.truth.open("Keyboard", karen, "<p>Help</p>")
        yield made


def test_one_long_export_makes_no_later_one_wait_as_long(at: Panel):
    pauses: list[float] = []
    exports = Exports(signed_in(at).session, pauses.append)

    def waited() -> float:
        pauses.clear()
        assert [row.subject for row in exports.queue_rows("1")] == ["Keyboard"]
        return sum(pauses)

    at.not_ready = 7
    assert (long := waited()) > 5
    at.not_ready = 0  # there as soon as it is asked for
    again = [waited() for _ in range(8)]
    assert 0 < again[0] <= long
    assert all(later < before for before, later in pairwise(again) if before)
    assert again[-1] < 0.1


def test_where_each_takes_long_it_is_not_asked_for_in_vain_so_often(at: Panel):
    exports = Exports(signed_in(at).session, lambda _: None)
    at.not_ready = 7
    exports.queue_rows("1")
    first = sum("/check" in line for line in at.log)
    at.not_ready = 1  # what waited for the last one has waited for most of this one
    at.log.clear()
    exports.queue_rows("1")
    assert sum("/check" in line for line in at.log) == 2 < first


def test_an_export_that_the_server_has_not_noted_yet_is_asked_for_again(at: Panel):
    exports = Exports(signed_in(at).session, lambda _: None)
    at.not_noted = 2
    assert [row.subject for row in exports.queue_rows("1")] == ["Keyboard"]
    at.not_noted = 100
    with pytest.raises(UnreadableAnswerError):
        exports.queue_rows("1")
