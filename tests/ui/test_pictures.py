"""Pictures of every pane's states, written into `artifacts/` to be looked at."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from desk_app.domain.filters import QueueKind
from desk_app.ui.main_window import MainWindow
from desk_app.ui.sides import NARROW
from desk_app.ui.theme import apply_theme

FOLDER = Path(__file__).resolve().parents[2] / "artifacts"
LAPTOP = "100020"
EMPTY = "100008"


def keep(window: MainWindow, name: str) -> None:
    """Write the window's picture; one without anything on it is no picture."""
    FOLDER.mkdir(exist_ok=True)
    picture = window.grab()
    assert not picture.toImage().allGray()
    assert picture.save(str(FOLDER / f"{name}.png"))


def settled(qtbot, window: MainWindow, ask: Callable[[], None]) -> None:
    with qtbot.waitSignal(window.queues.began):
        ask()
    qtbot.waitUntil(window.middle.busy.isHidden)


@pytest.fixture
def window(qtbot, open_as) -> MainWindow:
    return open_as("jane", LAPTOP)


def test_a_refused_action(qtbot, window):
    qtbot.mouseClick(window.pane.bar.buttons["resolved"], Qt.MouseButton.LeftButton)
    assert "Open tasks: 2" in window.pane.notice.text
    assert window.pane.notice.button.hasFocus()
    keep(window, "refused-action")


def test_an_empty_queue(qtbot, window):
    settled(qtbot, window, lambda: window.navigator.choose(QueueKind.DELETED))
    assert "Deleted: no tickets" in window.empty.text()
    keep(window, "empty-queue")


def test_a_queue_that_the_filter_empties(qtbot, window):
    settled(qtbot, window, lambda: window.filter.edit.setText("is:closed nothing"))
    assert "the filter leaves no ticket" in window.empty.text()
    assert "The filter hides" in window.filter.told
    keep(window, "empty-filter")


def test_no_ticket(qtbot, open_as):
    window = open_as("jane")
    qtbot.waitUntil(lambda: window.model.rowCount() > 0)
    assert "Choose a ticket" in window.pane.empty.text()
    keep(window, "no-ticket")


@pytest.mark.parametrize(("tab", "name"), [(1, "requester"), (2, "tasks"), (3, "history")])
def test_each_side_tab(qtbot, window, tab, name):
    window.go_to(window.session.desk.reader().find_ticket(EMPTY))
    qtbot.waitUntil(lambda: window.ticket.page.ticket.number == EMPTY)
    window.pane.side.setCurrentIndex(tab)
    if name == "tasks":
        assert window.pane.side.tasks.item(0).text() == "No tasks"
    keep(window, f"side-{name}")


def test_the_palette_with_what_is_off(qtbot, window):
    window.commands.open()
    qtbot.keyClicks(window.chooser.edit, "transfer")
    assert window.chooser.grab().save(str(FOLDER / "palette.png"))


def test_the_form_for_a_new_ticket_with_something_missing(qtbot, window):
    window.opening.open()
    qtbot.mouseClick(window.opening.form.create_button, Qt.MouseButton.LeftButton)
    assert "Who asks?" in window.opening.form.notice.text
    keep(window, "new-ticket")


def test_the_note_is_never_mistaken_for_the_reply(qtbot, window):
    window.pane.write(window.pane.note.kind)
    qtbot.keyClicks(window.pane.note.edit, "Only for us")
    assert window.pane.note.send.text() != window.pane.reply.send.text()
    keep(window, "note")


def test_the_keys_that_work_here(qtbot, window):
    window.queue.setFocus()
    window.windows.show_keys()
    keep(window, "keys")


@pytest.mark.parametrize("theme", ["light", "dark", "contrast"])
def test_the_window_in_every_dress(qtbot, qapp, window, theme):
    apply_theme(qapp, theme)
    with qtbot.waitSignal(window.ticket.shown):
        window.ticket.reread()
    keep(window, f"main-{theme}")
    apply_theme(qapp, "light")


@pytest.mark.parametrize("size", [(1366, 768), (1000, 700), (640, 480), (2560, 1440)])
def test_the_window_in_every_size(qtbot, window, size):
    window.resize(*size)
    qtbot.waitUntil(lambda: window.width() == size[0])
    if size[0] < NARROW:  # one side alone has all the room
        qtbot.waitUntil(lambda: window.middle.width() > size[0] - 200)
    keep(window, f"size-{size[0]}")
