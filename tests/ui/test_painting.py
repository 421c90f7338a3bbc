"""What paints many rows has the interpreter to itself meanwhile."""

import pytest

from desk_app.services.turns import TURNS
from desk_app.ui.models.queue_model import QueueModel
from desk_app.ui.views import board_view, thread_view
from tests.ui.test_board import board, window  # noqa: F401 - fixtures
from tests.ui.test_queue import ready


@pytest.fixture
def seen(monkeypatch):
    """What was painted, and whether the window was known to paint meanwhile.

    A repaint of one pane also paints what waits in another of its window.
    """
    found = []

    def spy(owner, name):
        real = getattr(owner, name)

        def told(*given, **named):
            found.append((name, TURNS.is_painting))
            return real(*given, **named)

        monkeypatch.setattr(owner, name, told)

    spy(QueueModel, "cells_at")
    spy(board_view, "paint_card")
    spy(thread_view, "paint_cards")
    return found


def test_the_table_paints_in_its_turn(qtbot, open_as, seen):
    opened = ready(qtbot, open_as("jane"))
    seen.clear()
    opened.queue.viewport().repaint()
    assert ("cells_at", True) in seen
    assert ("cells_at", False) not in seen
    assert not TURNS.is_painting


def test_the_thread_paints_in_its_turn(qtbot, open_as, seen):
    opened = ready(qtbot, open_as("jane"))
    with qtbot.waitSignal(opened.ticket.shown):
        opened.queue.step(0)
    seen.clear()
    opened.queue.viewport().update()
    opened.pane.talk.viewport().repaint()
    assert ("paint_cards", True) in seen
    assert ("paint_cards", False) not in seen


def test_the_board_paints_in_its_turn(board, seen):  # noqa: F811
    seen.clear()
    board.view.viewport().repaint()
    assert ("paint_card", True) in seen
    assert ("paint_card", False) not in seen
