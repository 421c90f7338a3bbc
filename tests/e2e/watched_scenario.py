"""Plays an agent's main scenario and prints which events held the GUI thread longest.

Usage: python -m tests.e2e.watched_scenario DESK
"""

import json
import sys
from pathlib import Path

from PySide6.QtCore import QEventLoop, QSettings, Qt, QTimer
from PySide6.QtTest import QTest

from desk_app.bootstrap import OpenDesk
from desk_app.domain.filters import Column, QueueKind, SortKey
from desk_app.ui.app import open_window
from desk_app.ui.main_window import MainWindow
from desk_app.ui.theme import apply_theme
from tests.e2e.watchdog import Watched


def until(condition) -> None:
    """Let the window work until something holds; ten seconds at most."""
    loop = QEventLoop()
    poll, late = QTimer(), QTimer()
    poll.setInterval(5)
    late.setSingleShot(True)
    poll.timeout.connect(lambda: loop.quit() if condition() else None)
    late.timeout.connect(lambda: loop.exit(1))
    poll.start()
    late.start(10_000)
    if loop.exec():
        raise TimeoutError(condition.__code__.co_consts)


def scenario(app: Watched, desk: Path) -> dict[str, object]:
    """Open the window, then do what an agent does all day; return what held it."""
    apply_theme(app, "light")
    settings = QSettings(str(desk / "window.ini"), QSettings.Format.IniFormat)
    window = open_window(OpenDesk(desk), "jane", settings)
    until(lambda: window.session.directory is not None and window.model.rowCount() > 0)
    until(window.middle.busy.isHidden)
    tickets(window, desk)
    queues(window)
    others(window)
    window.close()
    return {"count": app.count, "held": app.held}


def tickets(window: MainWindow, desk: Path) -> None:
    window.queue.setFocus()
    for _ in range(6):
        QTest.keyClick(window.queue, Qt.Key.Key_Down)
        until(lambda: window.ticket.page is not None)
        until(lambda: window.ticket.page.ticket.id == window.queue.current_ticket())
    window.go_to(OpenDesk(desk).reader().find_ticket("100020"))
    until(lambda: window.ticket.page.ticket.number == "100020")
    QTest.keyClicks(window.pane.reply.edit, "It is on its way. " * 10)
    QTest.keyClick(window.pane.reply.edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    until(lambda: window.ticket.page.entries[-1].text.startswith("It is on its way"))
    window.undo()
    until(lambda: window.pane.reply.edit.toPlainText() != "")
    window.ticket.set_status("on-hold")
    until(lambda: window.ticket.page.ticket.status == "on-hold")


def queues(window: MainWindow) -> None:
    for kind in (QueueKind.ALL, QueueKind.CLOSED, QueueKind.OPEN):
        window.navigator.choose(kind)
        until(window.middle.busy.isHidden)
    window.queues.sort(SortKey(column=Column.SUBJECT, descending=False))
    until(window.middle.busy.isHidden)
    window.filter.edit.setText("is:open laptop")
    until(lambda: window.queues.shown.narrowed != "" and window.middle.busy.isHidden())


def others(window: MainWindow) -> None:
    window.commands.open()
    QTest.keyClicks(window.chooser.edit, "claim")
    window.chooser.hide()
    window.opening.open()
    QTest.keyClicks(window.opening.form.subject, "A new one")
    window.opening.leave()
    window.resize(1000, 700)
    window.resize(1366, 768)


if __name__ == "__main__":
    print(json.dumps(scenario(Watched(), Path(sys.argv[1]))))
