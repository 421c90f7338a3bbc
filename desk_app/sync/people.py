"""Reads people, places and rights again once a day: the one time that a quiet round asks more."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from desk_app.domain.breach import with_reason_field
from desk_app.domain.lifecycle_text import lifecycle_text as text_of
from desk_app.ports.people_again import tells_people_again
from desk_app.ports.remote_errors import UnreadableAnswerError
from desk_app.sync.desk import account_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from desk_app.domain.directory import Directory
    from desk_app.ports.people_again import TellsPeopleAgain
    from desk_app.ports.remote import RemoteServer
    from desk_app.sync.desk import MirroredDesk
    from desk_app.sync.log import SyncLog

PEOPLE_EVERY = timedelta(days=1)
READ = "read"
"""What the log has of a round that did this, too."""


class PeopleReader:
    """One server's directory."""

    def __init__(
        self, desk: MirroredDesk, server: RemoteServer, log: SyncLog, lifecycle_text: str | None
    ) -> None:
        self._desk = desk
        self._server = server
        self._log = log
        self._lifecycle_text = lifecycle_text
        self._looked = self._owed = False
        """Whether what the first requests told was compared with what is kept; and differed."""

    def read(self) -> None:
        """All of it, now."""
        self._keep(self._server.directory())

    def look(self, stop: Callable[[], bool]) -> None:
        """Read it if it is due: a colleague who is new there can be given tickets here, too."""
        again = tells_people_again(self._server)
        if not self._is_due(again):
            return
        outcome, detail = READ, ""
        try:
            if again is None:
                self.read()
            elif not self._read_again(again, stop):
                return  # the agent wants something: it goes on with the next round
        except UnreadableAnswerError as error:  # the tickets have come all the same
            outcome, detail = error.code, str(error.facts.get("detail", ""))
        self._owed = False
        with self._desk.sync_unit() as unit:
            self._log.note(unit, "people", outcome, detail)
            account = unit.account() or account_of(self._desk)
            unit.save_account(replace(account, people_at=self._desk.now()))
            unit.commit()

    def _is_due(self, again: TellsPeopleAgain | None) -> bool:
        if again is not None and not self._looked:
            self._looked, self._owed = True, again.has_news(self._known())
        at, now = account_of(self._desk).people_at, self._desk.now()
        # A clock that was put back must not make it wait for years.
        if not self._owed and at is not None and timedelta(0) <= now - at < PEOPLE_EVERY:
            return False
        return again is not None or self._server.capabilities.tells_people

    def _read_again(self, again: TellsPeopleAgain, stop: Callable[[], bool]) -> bool:
        directory = again.directory_again(self._known(), stop)
        if directory is not None:
            self._keep(directory)
        return directory is not None

    def _known(self) -> Directory:
        with self._desk.sync_unit() as unit:
            return unit.directory()

    def _keep(self, directory: Directory) -> None:
        with self._desk.sync_unit() as unit:
            account = unit.account()
            if account is not None:
                directory = with_reason_field(directory, account.reason_field)
            text = self._lifecycle_text
            unit.keep_directory(directory, text or text_of(directory.lifecycle))
            unit.commit()
