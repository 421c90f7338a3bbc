"""Tells when the network, the machine or the person at it is back."""

from __future__ import annotations

import time
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication

TICK_MS = 10_000
ASLEEP_S = 60
"""A tick that comes so much later than it should: the machine slept."""


class MachineWatch(QObject):
    """Listens to the platform, where it tells anything."""

    returned = Signal()
    """The network is there again, or the machine woke."""
    used = Signal()
    """One of the program's windows came to the front, or none is there any more."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._wall = time.time()
        self._tick = QTimer(self)
        self._tick.setInterval(TICK_MS)
        self._tick.timeout.connect(self.look_at_clock)
        self._tick.start()
        app = QCoreApplication.instance()
        if isinstance(app, QGuiApplication):
            app.applicationStateChanged.connect(self._notice_use)
        self._network = _network()
        if self._network is not None:
            self._network.reachabilityChanged.connect(self._notice_network)

    def stop(self) -> None:
        self._tick.stop()

    def look_at_clock(self) -> None:
        """A clock that is far ahead of the ticks stood still for them: the machine slept."""
        now = time.time()
        before, self._wall = self._wall, now
        if now - before - TICK_MS / 1000 > ASLEEP_S:
            self.returned.emit()

    def _notice_use(self, _state: Qt.ApplicationState) -> None:
        self.used.emit()

    def _notice_network(self, reachability: Any) -> None:
        if reachability.name == "Online":
            self.returned.emit()


def _network() -> Any:
    """The platform's word on the network; None where it says nothing."""
    from PySide6.QtNetwork import QNetworkInformation

    if not QNetworkInformation.loadDefaultBackend():
        return None
    return QNetworkInformation.instance()
