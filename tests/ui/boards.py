"""Windows of supervisors on servers, the board in the table's place, and drops on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QSettings
from PySide6.QtGui import QDragLeaveEvent
from PySide6.QtWidgets import QApplication

from desk_app.bootstrap import OpenDesk, secrets
from desk_app.domain.mirror import Account
from desk_app.store.migrate import create_desk
from desk_app.ui.app import open_window
from desk_app.ui.theme import apply_theme
from desk_app.ui.ticket_mime import encoded
from tests.ui.test_reassigning import Drag

SLOW_MS = 90_000
"""A real server on a busy machine takes a second for a question."""


@contextmanager
def boards(
    qtbot: Any, qapp: Any, folder: Path, patch: pytest.MonkeyPatch
) -> Iterator[Callable[[Account, str], Any]]:
    """Opens windows, each on a desk of its own; all are closed at the end."""
    patch.setattr("desk_app.ui.session.POLL_MS", 100)
    apply_theme(qapp, "light")
    windows: list[Any] = []

    def open_(account: Account, secret: str) -> Any:
        here = folder / f"{account.user}-{len(windows)}"
        desk, agent = _mirrored(here, account, secret)
        settings = QSettings(str(here / "look.ini"), QSettings.Format.IniFormat)
        window = open_window(desk, agent, settings)
        windows.append(window)
        until = partial(qtbot.waitUntil, timeout=SLOW_MS)
        until(lambda: window.session.directory is not None)
        until(lambda: getattr(window, "server", None) is not None)
        until(lambda: window.server.paging is not None)
        until(lambda: window.supervising.reassigning.workload is not None)
        window.supervising.boarding.open("agent")
        until(lambda: window.supervising.boarding.model.columnCount() > 1)
        return window

    yield open_
    for window in windows:
        QApplication.sendEvent(window, QDragLeaveEvent())
        window.close()
        window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def _mirrored(folder: Path, account: Account, secret: str) -> tuple[OpenDesk, str]:
    """A desk after its first round, and whose it is."""
    create_desk(folder)
    desk = OpenDesk(folder)
    with desk.sync_unit() as unit:
        unit.save_account(account)
        unit.commit()
    secrets().keep(account.url, account.user, secret)
    desk.syncing.round()
    with desk.sync_unit() as unit:
        known = unit.account()
    assert known is not None
    return desk, known.agent or account.user


def drop_on_column(qtbot: Any, window: Any, ids: list[int], key: str) -> None:
    """Onto what stands over the column."""
    boarding = window.supervising.boarding
    column = next(n for n, c in enumerate(boarding.model.columns()) if c.target.key == key)
    at = QPoint(boarding.view.columnViewportPosition(column) + 30, 30)
    _drop(qtbot, window, boarding.view, ids, at)


def drop_on_place(qtbot: Any, window: Any, ids: list[int], name: str) -> None:
    """Onto a line of the navigator."""
    item = window.navigator._items[name]
    window.navigator.scrollToItem(item)
    _drop(qtbot, window, window.navigator, ids, window.navigator.visualItemRect(item).center())


def _drop(qtbot: Any, window: Any, view: Any, ids: list[int], at: QPoint) -> None:
    reassigning = window.supervising.reassigning
    drag = Drag(qtbot, view, encoded(reassigning.desk, ids))
    drag.over(at)
    qtbot.waitUntil(lambda: reassigning.held is not None, timeout=SLOW_MS)
    assert drag.over(at), reassigning.hint.text()
    assert drag.drop(at)


def card_of(window: Any, ticket: int) -> Any:
    """The card, wherever it is; None while it is being read."""
    model = window.supervising.boarding.model
    for column in range(model.columnCount()):
        listed = list(model.columns()[column].ids)
        if ticket in listed:
            return model.card_at(listed.index(ticket), column)
    return None


def states(window: Any, ids: list[int]) -> list[Any]:
    """What the cards say of the outbox; '?' while one is being read."""
    cards = [card_of(window, ticket) for ticket in ids]
    return ["?" if card is None else card.sync for card in cards]
