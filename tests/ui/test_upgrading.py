"""The small window that is there while an earlier desk is brought up to date."""

import gzip
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from desk_app.bootstrap import OpenDesk
from desk_app.domain.errors import DiskFullError
from desk_app.store import migrate
from desk_app.store.driver import database_path
from desk_app.ui.upgrading import Upgrading
from tests.store.test_upgrade import FIRST


@pytest.fixture
def desk(tmp_path: Path) -> OpenDesk:
    database_path(tmp_path).write_bytes(gzip.decompress(FIRST.read_bytes()))
    return OpenDesk(tmp_path)


def test_it_says_what_is_done_and_goes_when_it_is(qtbot, desk):
    window = Upgrading(desk)
    qtbot.addWidget(window)
    with qtbot.waitSignal(window.ended):
        window.start()
        assert "backups folder" in window.words.text()
        assert not window.close()
    assert window.isHidden()
    assert desk.is_current()


def test_a_failure_is_read_before_the_window_goes(qtbot, desk, monkeypatch):
    def full(path: Path) -> Path:
        raise DiskFullError(path=str(path))

    monkeypatch.setattr(migrate, "back_up", full)
    window = Upgrading(desk)
    qtbot.addWidget(window)
    window.start()
    qtbot.waitUntil(window.button.isVisible)
    assert "no room left" in window.words.text()
    with qtbot.waitSignal(window.ended):
        qtbot.mouseClick(window.button, Qt.MouseButton.LeftButton)
    assert isinstance(window.error, DiskFullError)
    assert not desk.is_current()
