"""Fingers and pens on table and board: scrolling, tapping, carrying."""

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QInputDevice, QMouseEvent, QPointingDevice
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from desk_app.ui import touch_hand
from tests.ui.test_board import of_columns
from tests.ui.test_supervising import opened

KIND, POINTER = QInputDevice.DeviceType, QPointingDevice.PointerType
DOWN = Qt.MouseButton.LeftButton


@pytest.fixture(scope="module")
def finger(qapp):
    return QTest.createTouchDevice()


@pytest.fixture
def hold_ms():
    """No finger rests so long, however slow the machine."""
    return 600_000


@pytest.fixture
def window(qtbot, open_as, monkeypatch, hold_ms):
    monkeypatch.setattr(touch_hand, "HOLD_MS", hold_ms)
    return opened(qtbot, open_as, "sam")


@pytest.fixture(params=["table", "board"])
def view(request, qtbot, window):
    if request.param == "table":
        return window.queue
    boarding = window.supervising.boarding
    boarding.open("agent")
    qtbot.waitUntil(lambda: any(of_columns(boarding).values()))
    return boarding.view


@pytest.fixture
def carried(view):
    """What a drag would begin with; the drag itself would wait for a real hand."""
    found = []
    view.drag_begun.disconnect()
    view.drag_begun.connect(found.append)
    return found


def touch(view, finger):
    return QTest.touchEvent(view.viewport(), finger)


def first(view):
    """The middle of the first ticket in sight."""
    row = next(r for r in range(99) if view.visualRect(view.model().index(r, 0)).height())
    return view.visualRect(view.model().index(row, 0)).center()


@pytest.mark.parametrize("hold_ms", [1])
def test_a_finger_that_rests_carries_the_ticket_under_it(qtbot, view, finger, carried):
    at = first(view)
    touch(view, finger).press(0, at, view.viewport()).commit()
    qtbot.waitUntil(lambda: len(view.selected_tickets()) == 1)
    assert carried == []
    touch(view, finger).move(0, at + QPoint(40, 0), view.viewport()).commit()
    assert carried == [view.selected_tickets()]
    touch(view, finger).release(0, at + QPoint(40, 0), view.viewport()).commit()


def test_a_finger_that_moves_at_once_scrolls_and_carries_nothing(
    qtbot, window, view, finger, carried
):
    window.resize(900, 420)
    qtbot.waitUntil(lambda: view.verticalScrollBar().maximum() > 2)
    at = QPoint(60, view.viewport().height() - 20)
    touch(view, finger).press(0, at, view.viewport()).commit()
    for step in range(1, 6):
        touch(view, finger).move(0, at - QPoint(0, 12 * step), view.viewport()).commit()
    assert view.verticalScrollBar().value() > 0
    assert carried == []
    touch(view, finger).release(0, at - QPoint(0, 60), view.viewport()).commit()


def test_a_tap_chooses_as_a_click_does(qtbot, view, finger, carried):
    at = first(view)
    touch(view, finger).press(0, at, view.viewport()).commit()
    touch(view, finger).release(0, at, view.viewport()).commit()
    assert view.currentIndex() == view.indexAt(at)
    assert len(view.selected_tickets()) == 1
    assert carried == []


def test_a_pen_carries_at_once_as_a_mouse_does(qtbot, view, carried):
    can = QInputDevice.Capability.Position
    pen = QPointingDevice("pen", 7, KIND.Stylus, POINTER.Pen, can, 1, 1)
    at = first(view)
    send(view, pen, QEvent.Type.MouseButtonPress, at)
    for step in range(1, 5):
        send(view, pen, QEvent.Type.MouseMove, at + QPoint(10 * step, 0))
    assert len(carried) == 1
    assert len(carried[0]) == 1
    send(view, pen, QEvent.Type.MouseButtonRelease, at)


def send(view, device, kind, at):
    """As Qt passes a pen on to what asks for no pen."""
    viewport = view.viewport()
    held = Qt.MouseButton.NoButton if kind is QEvent.Type.MouseButtonRelease else DOWN
    button = Qt.MouseButton.NoButton if kind is QEvent.Type.MouseMove else DOWN
    place, far = QPointF(at), QPointF(viewport.mapToGlobal(at))
    event = QMouseEvent(
        kind, place, place, far, button, held, Qt.KeyboardModifier.NoModifier, device
    )
    QApplication.sendEvent(viewport, event)
