"""Keys that come before the ticket that they are meant for is on screen."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from PySide6.QtCore import Qt

from desk_app.bootstrap import OpenDesk
from desk_app.domain.draft import DraftKey, DraftKind
from desk_app.domain.filters import QueueKind
from desk_app.ui.jobs import Lane
from desk_app.ui.session import nothing
from desk_app.ui.views import ticket_pane
from tests.ui.conftest import shown_number
from tests.ui.test_queue import asked, ids, ready

LAPTOP, BACKUP = "100020", "100014"
Key = Qt.Key


@pytest.fixture
def window(qtbot, open_as):
    """Jane's own tickets, the first on screen and the keyboard in the table."""
    window = open_as("jane", LAPTOP)
    with asked(qtbot, ready(qtbot, window)):
        window.navigator.choose(QueueKind.MINE)
    qtbot.waitUntil(lambda: window.queue.current_ticket() is not None)
    window.queue.setFocus()
    return window


@contextmanager
def slow_reading(window) -> Iterator[None]:
    """No ticket arrives meanwhile."""
    done = threading.Event()
    jobs = window.session.jobs
    jobs.run(Lane.ROWS, done.wait, owner=window.session, done=nothing, failed=nothing)
    try:
        yield
    finally:
        done.set()


def owner(window, ticket):
    return OpenDesk(window.session.desk.path).reader().ticket(ticket).owner


def test_an_action_is_for_the_ticket_that_was_chosen_not_for_the_one_still_shown(qtbot, window):
    laptop, backup, _ = ids(window)
    with slow_reading(window):
        qtbot.keyClick(window.queue, Key.Key_Down)
        qtbot.keyClick(window.queue, Key.Key_U)
        assert shown_number(window) == LAPTOP
    qtbot.waitUntil(lambda: owner(window, backup) is None)
    assert owner(window, laptop) == "jane"


def test_an_action_whose_ticket_was_left_before_it_was_read_is_not_done_and_that_is_said(
    qtbot, window
):
    every = ids(window)
    with slow_reading(window):
        qtbot.keyClick(window.queue, Key.Key_Down)
        qtbot.keyClick(window.queue, Key.Key_U)
        qtbot.keyClick(window.queue, Key.Key_Down)
    qtbot.waitUntil(lambda: window.ticket.is_there)
    assert "nothing was done to it" in window.pane.notice.text
    assert {owner(window, ticket) for ticket in every} == {"jane"}


def test_what_is_typed_before_the_ticket_is_read_is_its_draft(qtbot, window):
    _, backup, _ = ids(window)
    edit = window.pane.reply.edit
    with slow_reading(window):
        qtbot.keyClick(window.queue, Key.Key_Down)
        qtbot.keyClick(window.queue, Key.Key_R)
        qtbot.keyClicks(edit, "for the backup")
        assert "Ken Adams" not in window.pane.reply.send.text()
        qtbot.keyClick(edit, Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: shown_number(window) == BACKUP)
    qtbot.waitUntil(lambda: window.ticket.page.entries[-1].text == "for the backup")
    assert window.ticket.page.ticket.id == backup


def test_words_for_the_ticket_before_stay_its_draft(qtbot, window):
    laptop, backup, _ = ids(window)
    edit = window.pane.reply.edit
    qtbot.keyClicks(edit, "for the laptop")
    with slow_reading(window):
        qtbot.keyClick(window.queue, Key.Key_Down)
        qtbot.keyClicks(edit, "for the backup")
    reader = window.session.desk.reader()
    for ticket, words in ((laptop, "for the laptop"), (backup, "for the backup")):
        key = DraftKey(ticket=ticket, kind=DraftKind.REPLY)
        qtbot.waitUntil(lambda k=key, w=words: (d := reader.draft(k)) is not None and d.text == w)


def test_the_steps_of_the_ticket_before_are_greyed_while_another_is_read(
    qtbot, window, monkeypatch
):
    monkeypatch.setattr(ticket_pane, "CHECKING_MS", 0)
    laptop, _, _ = ids(window)
    status = OpenDesk(window.session.desk.path).reader().ticket(laptop).status
    bar = window.pane.bar
    with slow_reading(window):
        qtbot.keyClick(window.queue, Key.Key_Down)
        qtbot.waitUntil(lambda: "is being read" in bar.strip.accessibleName())
        qtbot.mouseClick(bar.buttons["on-hold"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: shown_number(window) == BACKUP)
    assert "Stage" in bar.strip.accessibleName()
    assert OpenDesk(window.session.desk.path).reader().ticket(laptop).status == status


def answered(qtbot, window) -> None:
    """Whatever was asked of the rows until now is here."""
    got = []
    window.session.ask(Lane.ROWS, lambda _: True, owner=window, done=got.append)
    qtbot.waitUntil(lambda: got == [True])


def unread(window, ticket) -> bool:
    reader = OpenDesk(window.session.desk.path).reader()
    return reader.rows([ticket], agent="jane")[ticket].unread


def test_what_is_typed_while_the_window_comes_up_waits_for_the_ticket(qtbot, open_as):
    """Before the directory is here no ticket can be shown: none is read or has the keyboard."""
    window = ready(qtbot, open_as("jane"))
    session, laptop = window.session, ids(window)[0]
    session.directory = None
    window.queue.setCurrentIndex(window.model.index(0, 1))
    window.queue.setFocus()
    qtbot.keyClick(window.queue, Key.Key_Return)
    qtbot.keyClick(window.queue, Key.Key_R)
    answered(qtbot, window)
    assert window.queue.hasFocus()
    assert unread(window, laptop)
    assert window.ticket.page is None
    session.load_directory()
    qtbot.waitUntil(window.pane.reply.edit.hasFocus)
    qtbot.waitUntil(lambda: not unread(window, laptop))
    qtbot.waitUntil(window.pane.talk.is_at_end)


def test_enter_before_there_is_a_pane_goes_into_the_ticket_once_there_is(qtbot, open_as):
    window = ready(qtbot, open_as("jane"))
    laptop, pane = ids(window)[0], window.ticket
    window.ticket = None  # as it is until the first rows are painted
    window.open_ticket(laptop)
    window.ticket = pane
    window.open_wanted()
    qtbot.waitUntil(window.pane.talk.hasFocus)
    assert shown_number(window) == LAPTOP
