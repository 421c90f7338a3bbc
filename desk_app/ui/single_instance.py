"""One window a desk: a second start raises the first one instead."""

from __future__ import annotations

import hashlib
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

_WAIT_MS = 500


class SingleInstance(QObject):
    """Answers for one desk of one user, or finds who does."""

    raised = Signal()
    """Somebody started the program on this desk again."""

    def __init__(self, desk: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        digest = hashlib.sha256(str(desk.resolve()).encode()).hexdigest()[:24]
        self._name = f"desk-app-{digest}"
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._greet)

    def claim(self) -> bool:
        """Be the one; False if another window is, and it was asked to come to the front."""
        socket = QLocalSocket(self)
        socket.connectToServer(self._name)
        if socket.waitForConnected(_WAIT_MS):
            socket.disconnectFromServer()
            return False
        # A name that nobody answers to was left behind by a crash.
        QLocalServer.removeServer(self._name)
        return self._server.listen(self._name)

    def _greet(self) -> None:
        while self._server.hasPendingConnections():
            self._server.nextPendingConnection().deleteLater()  # to call says all: nothing is read
        self.raised.emit()
