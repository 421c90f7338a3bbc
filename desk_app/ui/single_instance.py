"""One window a desk: a second start raises the first one instead.

A lock file says at once who is first; calling and being called take QtNetwork, which only a second
start waits for.
"""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCryptographicHash, QDir, QLockFile, QObject, Signal

if TYPE_CHECKING:
    from PySide6.QtNetwork import QLocalServer, QLocalSocket

_WAIT_MS = 500
_LONGEST = 200
"""Bytes of an agent's key."""
_PATIENCE_S = 10.0
"""How long a second start calls one that has the lock and does not answer yet: it is starting."""


class SingleInstance(QObject):
    """Answers for one desk of one user, or finds who does."""

    raised = Signal()
    """Somebody started the program on this desk again."""
    asked = Signal(str)
    """And as another agent. Emits: what they say is its key, at most so long as a key may be."""

    def __init__(self, desk: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._name = f"desk-app-{_digest(str(desk.resolve()))}"
        person = _digest(QDir.homePath())[:8]  # a folder for temporary files may be everybody's
        self._lock = QLockFile(f"{QDir.tempPath()}/{self._name}-{person}.lock")
        self._lock.setStaleLockTime(0)  # only the end of its process frees it, not its age
        self._server: QLocalServer | None = None

    def claim(self, agent: str = "") -> bool:
        """Be the one; False if another window is, and it was asked to come to the front.

        Once the window is up, `listen`. `agent` is the key of the one to act as, if it was named.
        """
        if self._lock.tryLock(0):
            return True
        is_held = self._lock.error() == QLockFile.LockError.LockFailedError
        end = time.monotonic() + (_PATIENCE_S if is_held else 0)
        while not self._call(agent):
            if time.monotonic() >= end:
                return self.listen()  # where no lock can be written, the name alone decides
            time.sleep(0.05)
        return False

    def listen(self) -> bool:
        """Let further starts call this one."""
        from PySide6.QtNetwork import QLocalServer

        if self._server is None:
            self._server = QLocalServer(self)
            self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
            self._server.newConnection.connect(self._greet)
            # A name that nobody answers to was left behind by a crash.
            QLocalServer.removeServer(self._name)
            self._server.listen(self._name)
        return self._server.isListening()

    def _call(self, agent: str) -> bool:
        from PySide6.QtNetwork import QLocalSocket

        socket = QLocalSocket(self)
        socket.connectToServer(self._name)
        found = socket.waitForConnected(_WAIT_MS)
        if found and agent:
            socket.write(agent.encode()[:_LONGEST])
            socket.waitForBytesWritten(_WAIT_MS)
        socket.disconnectFromServer()
        socket.deleteLater()
        return found

    def _greet(self) -> None:
        while self._server is not None and self._server.hasPendingConnections():
            caller = self._server.nextPendingConnection()
            caller.disconnected.connect(partial(self._hear, caller))
            if caller.state() is not caller.LocalSocketState.ConnectedState:
                self._hear(caller)  # gone before it was looked at; what it said is there
        self.raised.emit()

    def _hear(self, caller: QLocalSocket) -> None:
        """To call says all, but for one name that may be said: no more than that is read."""
        said = bytes(caller.read(_LONGEST).data()).decode("utf-8", "replace")
        caller.disconnected.disconnect()
        caller.deleteLater()
        if said:
            self.asked.emit(said)


def _digest(text: str) -> str:
    made = QCryptographicHash.hash(text.encode(), QCryptographicHash.Algorithm.Sha256)
    return bytes(made.toHex().data()).decode()[:24]
