"""Ctrl+' opens the server's knowledge base; without a server it says why there is none."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices

from tests.ui.test_queue import ready

CONTROL = Qt.KeyboardModifier.ControlModifier


def press(qtbot, window):
    window.activateWindow()
    window.queue.setFocus()
    qtbot.keyClick(window.queue, Qt.Key.Key_Apostrophe, CONTROL)


@pytest.fixture
def opened(monkeypatch):
    """Addresses that the browser was asked for."""
    found = []
    monkeypatch.setattr(
        QDesktopServices, "openUrl", lambda url: found.append(url.toString()) or True
    )
    return found


def test_a_desk_of_this_machine_says_why_there_is_none(qtbot, open_as, opened):
    window = ready(qtbot, open_as("jane"))
    press(qtbot, window)
    qtbot.waitUntil(lambda: "no server with a knowledge base" in window.notice.text)
    assert opened == []


def test_the_servers_own_is_opened_in_the_browser(qtbot, open_site, site, opened):
    window = open_site(site)
    qtbot.waitUntil(lambda: window.server.sync is not None and window.server.sync.state is not None)
    press(qtbot, window)
    qtbot.waitUntil(lambda: opened != [])
    assert opened == [f"{site.desk.reader().account().url.rstrip('/')}/Articles/index.html"]
    assert opened[0] in window.notice.text


def test_where_no_browser_starts_it_says_so(qtbot, open_site, site, monkeypatch):
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda _: False)
    window = open_site(site)
    qtbot.waitUntil(lambda: window.server.sync is not None and window.server.sync.state is not None)
    press(qtbot, window)
    qtbot.waitUntil(lambda: "No browser could be started" in window.notice.text)
