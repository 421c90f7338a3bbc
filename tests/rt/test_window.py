"""A ticket's whole life from the window, on the real Request Tracker."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt

from desk_app.domain.draft import DraftKind
from desk_app.known_desks import KnownDesks
from desk_app.ui.first_run import FirstRun
from tests.rt.real_rt import Person, RealRt

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
SLOW_MS = 90_000
"""A real server on a busy machine takes a second for a question."""

pytestmark = pytest.mark.timeout(400)


@pytest.fixture
def window(
    qtbot: Any, qapp: Any, rt: RealRt, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Any]:
    """The first screen: address, name, password, and a desk is made."""
    monkeypatch.setattr("desk_app.store.outbox_rows.UNDO_SECONDS", 0)
    desks = KnownDesks(tmp_path / "desks.json")
    first = FirstRun(lambda: desks)
    first.show()
    view = first.view
    until = partial(qtbot.waitUntil, timeout=SLOW_MS)
    qtbot.keyClicks(view.address, rt.url)
    qtbot.keyClick(view.address, Qt.Key.Key_Return)
    until(view.user.hasFocus)
    qtbot.keyClicks(view.user, "sam")
    qtbot.keyClicks(view.secret, "sam-password")
    qtbot.keyClick(view.secret, Qt.Key.Key_Return)
    until(view.add.hasFocus)
    qtbot.keyClick(view.add, Qt.Key.Key_Space)
    until(lambda: first.opened is not None)
    opened = first.opened
    until(lambda: getattr(opened, "server", None) is not None)  # added when the queue is there
    until(lambda: opened.server.paging is not None)
    until(lambda: "online, synced" in opened.server.bar.text)
    yield opened
    for shown in (first, opened):
        shown.close()
        shown.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def write(qtbot: Any, window: Any, words: str, kind: DraftKind) -> None:
    window.pane.write(kind)
    page = window.pane.note if kind is DraftKind.NOTE else window.pane.reply
    qtbot.keyClicks(page.edit, words)
    qtbot.keyClick(page.edit, Qt.Key.Key_Return, CTRL)


def test_a_ticket_goes_from_intake_to_resolution_and_the_server_has_each_step_once(
    qtbot: Any, window: Any, rt: RealRt, root: Person
) -> None:
    until = partial(qtbot.waitUntil, timeout=SLOW_MS)
    number = root.make("Projector")
    reader = window.session.desk.reader()

    def there(field: str) -> Any:
        return root.get(f"/ticket/{number}")[field]

    # Intake: it comes with the next round, and is read.
    qtbot.keyClick(window, Qt.Key.Key_F5)
    until(lambda: reader.find_ticket(number) is not None)
    ticket = reader.find_ticket(number)
    window.go_to(ticket)
    until(lambda: window.ticket.page is not None and window.ticket.page.ticket.id == ticket)
    until(lambda: "Projector is broken" in window.pane.talk.toPlainText())

    # Assignment: claimed by its key.
    window.pane.talk.setFocus()
    qtbot.keyClick(window.pane.talk, Qt.Key.Key_A, SHIFT)
    until(lambda: there("Owner")["id"] == "sam")

    # Communication and work: a note, and a reply that opens it.
    write(qtbot, window, "Lamp ordered", DraftKind.NOTE)
    write(qtbot, window, "On my way", DraftKind.REPLY)
    until(lambda: window.pane.talk.toPlainText().count("Accepted by ") == 2)
    until(lambda: there("Status") == "open")

    root.write(number, "Thank you")  # the requester answers
    qtbot.keyClick(window, Qt.Key.Key_F5)
    until(lambda: "Thank you" in window.pane.talk.toPlainText())

    # Resolution, by the bar's own button.
    until(lambda: "resolved" in window.pane.bar.buttons)
    qtbot.mouseClick(window.pane.bar.buttons["resolved"], Qt.MouseButton.LeftButton)
    until(lambda: there("Status") == "resolved")
    until(lambda: reader.outbox() == [])

    done = [row for row in root.history(number) if row["Creator"]["id"] == "sam"]
    counted = Counter((row["Type"], row["NewValue"] or "") for row in done)
    assert [n for (kind, _), n in counted.items() if kind in {"Comment", "Correspond"}] == [1, 1]
    assert counted["Status", "resolved"] == 1
