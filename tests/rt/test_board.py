"""Tickets dropped from the board of a window, on the real Request Tracker."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt

from desk_app.domain.mirror import Account
from desk_app.domain.outbox import OutboxState
from tests.rt.line import Line, line_to
from tests.rt.real_rt import Person, RealRt
from tests.ui.boards import SLOW_MS, boards, card_of, drop_on_column, drop_on_place, states

CONTROL = Qt.KeyboardModifier.ControlModifier
pytestmark = pytest.mark.timeout(400)


@pytest.fixture(autouse=True)
def _only_own_tickets_open(root: Person) -> None:
    root.close_all()


@pytest.fixture
def open_board(
    qtbot: Any, qapp: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[str, str], Any]]:
    with boards(qtbot, qapp, tmp_path, monkeypatch) as open_:
        yield lambda url, agent: open_(Account(kind="rt", url=url, user=agent), f"{agent}-password")


def ids_of(window: Any, numbers: list[str]) -> list[int]:
    reader = window.session.desk.reader()
    found = [reader.find_ticket(number) for number in numbers]
    reader.close()
    assert None not in found
    return [ticket for ticket in found if ticket is not None]


def owner(root: Person, number: str) -> str:
    return str(root.get(f"/ticket/{number}")["Owner"]["id"])


MAX = """
@Users = ({ Name => 'max', Password => 'max-password', Privileged => 1,
            EmailAddress => 'max@desk.test', RealName => 'Max Guest' });
@Groups = ({ Domain => 'UserDefined', Name => 'Guests', Members => { Users => ['max'] } });
@ACL = ({ UserId => 'max', Queue => 'Sales', Right => 'OwnTicket' });
1;
"""


@pytest.fixture(scope="module")
def max_(rt: RealRt) -> Iterator[str]:
    """A colleague who may have tickets of one queue alone: RT knows, and tells nobody."""
    seed = rt.folder / "max.pm"
    seed.write_text(MAX)
    rt.insert(seed)
    yield "max"
    root = Person(rt, "root", "password")
    root.put("/user/max", Disabled=1)  # the server is everybody's
    root.close()


def test_of_a_drop_what_the_server_refuses_comes_back_as_a_card_with_its_words(
    qtbot: Any, open_board: Any, rt: RealRt, root: Person, max_: str
) -> None:
    numbers = [root.make(f"Sale {n}", Queue="Sales") for n in range(2)]
    numbers.append(root.make("Not for Max"))
    window = open_board(rt.url, "lea")
    until = partial(qtbot.waitUntil, timeout=SLOW_MS)
    ids = ids_of(window, numbers)
    drop_on_column(qtbot, window, ids, max_)
    until(lambda: "3 to Max Guest" in window.notice.text)  # at once, and on its way
    until(lambda: [owner(root, n) for n in numbers] == ["max", "max", "Nobody"])
    until(lambda: states(window, ids) == [None, None, OutboxState.REFUSED])
    assert "may not own tickets in that queue" in card_of(window, ids[2]).words

    # Given up, it is nobody's again; then two go to another queue, by the navigator's line.
    qtbot.keyClick(window.supervising.boarding.view, Qt.Key.Key_Z, CONTROL)
    preview = window.supervising.reassigning.at_once.preview.panel
    until(preview.isVisible)  # RT has two of them, and is told
    assert preview.title.text().startswith("Undo it on 2 tickets?")
    qtbot.keyClick(preview.go, Qt.Key.Key_Return)
    until(lambda: "as before" in window.notice.text)
    until(lambda: [owner(root, n) for n in numbers] == ["Nobody"] * 3)
    support = str(root.get("/queue/Support")["id"])
    drop_on_place(qtbot, window, ids, f"department:{support}")
    until(lambda: "2 to Support, 1 not: It is there already" in window.notice.text)
    until(lambda: {str(root.get(f"/ticket/{n}")["Queue"]["id"]) for n in numbers} == {support})


@pytest.fixture
def line(rt: RealRt) -> Iterator[Line]:
    with line_to(rt.port) as found:
        yield found


def test_two_supervisors_drop_the_same_tickets_and_one_sees_the_conflict_on_the_card(
    qtbot: Any, open_board: Any, rt: RealRt, root: Person, line: Line
) -> None:
    numbers = root.make_many(["Both want this", "And this"])
    first, second = open_board(rt.url, "lea"), open_board(line.url, "lea")
    until = partial(qtbot.waitUntil, timeout=SLOW_MS)
    line.is_cut = True  # the second one is on a train
    mine, theirs = ids_of(second, numbers), ids_of(first, numbers)
    drop_on_column(qtbot, second, mine, "ann")
    until(lambda: None not in states(second, mine))
    drop_on_column(qtbot, first, theirs, "sam")
    until(lambda: [owner(root, n) for n in numbers] == ["sam", "sam"])
    line.is_cut = False
    second.activateWindow()
    until(second.isActiveWindow)
    qtbot.keyClick(second, Qt.Key.Key_F5)
    until(lambda: states(second, mine) == [OutboxState.CONFLICT] * 2)
    assert [owner(root, n) for n in numbers] == ["sam", "sam"]  # nothing was overwritten
    # The loser gives way with one undo: all agree.
    qtbot.keyClick(second.supervising.boarding.view, Qt.Key.Key_Z, CONTROL)
    until(lambda: "2 tickets are as before" in second.notice.text)
    qtbot.keyClick(second, Qt.Key.Key_F5)
    reader = second.session.desk.reader()
    until(lambda: {t.owner for t in reader.tickets(mine)} == {"sam"})
    assert reader.outbox() == []
    reader.close()
