"""One open desk as the window sees it: ask, send, and hear what changed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal

from desk_app.ports.unit_of_work import Changes
from desk_app.ui.jobs import JobRunner, Lane

if TYPE_CHECKING:
    from desk_app.domain.commands import Command
    from desk_app.domain.directory import Directory
    from desk_app.domain.draft import Draft, DraftKey
    from desk_app.domain.filters import Scope
    from desk_app.domain.mirror import Account
    from desk_app.domain.people import Agent
    from desk_app.ports.reader import TicketReader
    from desk_app.services.command_bus import Done
    from desk_app.services.desk import Desk
    from desk_app.ui.draft_keeper import DraftKeeper
    from desk_app.ui.sync_scheduler import SyncScheduler

T = TypeVar("T")
POLL_MS = 1000
"""How often the desk is asked whether another process wrote to it."""


class Session(QObject):
    """The desk, the acting agent, and the one place where changes are announced."""

    changed = Signal(object)
    """A commit touched something. Emits: Changes."""
    directory_loaded = Signal()
    """`directory` holds the desk's people and plans, or new ones."""
    failed = Signal(object)
    """Something went wrong that no screen asked for. Emits: Exception."""
    linked = Signal()
    """This desk has a server: `sync` tells how it stands with it."""
    ending = Signal()
    """The window closes; nothing may be waited for."""

    recovered = Signal()
    """The desk that could not be asked answers again."""

    def __init__(self, desk: Desk, agent: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.desk = desk
        self.agent = agent
        self.directory: Directory | None = None
        self.jobs = JobRunner(self)
        self.sync: SyncScheduler | None = None
        """None: this desk has no server, or that is not known yet."""
        self.hold_while_typing = False
        """Whether others are kept from a ticket that somebody types in, where the server can."""
        self.keepers: list[DraftKeeper] = []
        """Whoever keeps a text, in any window of this session."""
        self._readers: dict[Lane, TicketReader] = {}
        self._version: int | None = None
        self._is_deaf = False
        self._scope: Scope | None = None
        self._poll = QTimer(self)
        self._poll.setInterval(POLL_MS)
        self._poll.timeout.connect(self._look_for_changes)

    @property
    def is_open(self) -> bool:
        """False once the window is closed: nothing is asked or written any more."""
        return self.jobs.is_open

    def start(self) -> None:
        """Load the directory and watch for other writers; call once the window is up."""
        self.jobs.run(
            Lane.WRITE,
            self._prepare,
            owner=self,
            done=self._take_first_version,
            failed=self._go_on_reading,
        )

    def link(self) -> None:
        """Find out whether this desk has a server; then it is synced from now on."""

        def take(account: Account | None) -> None:
            if account is None or self.sync is not None:
                return
            from desk_app.ui.sync_scheduler import join_sync

            self.sync = join_sync(self)
            self.linked.emit()

        self.ask(Lane.ROWS, lambda reader: reader.account(), owner=self, done=take)

    def load_directory(self) -> None:
        self.ask(Lane.ROWS, lambda reader: reader.directory(), owner=self, done=self._take)

    def act_as(self, agent: str) -> None:
        """Somebody else sits at this desk now."""
        self.agent = agent
        self.directory_loaded.emit()
        self.changed.emit(Changes(everything=True))

    @property
    def me(self) -> Agent | None:
        return None if self.directory is None else self.directory.agents.get(self.agent)

    def team(self) -> list[Agent]:
        """Everybody who shares a department with the acting agent, by name."""
        if self.directory is None or self.me is None:
            return []
        agents = self.directory.agents.values()
        found = [a for a in agents if a.departments & self.me.departments]
        return sorted(found, key=lambda agent: agent.name.casefold())

    def take_scope(self, scope: Scope) -> None:
        """What the acting agent may see is known before the whole directory is read."""
        self._scope = scope

    def scope(self) -> Scope:
        """What the acting agent may see; next to nothing, until that is known."""
        from desk_app.domain.filters import Scope

        if self.directory is None or self.me is None:
            if self._scope is not None and self._scope.agent == self.agent:
                return self._scope
            return Scope(agent=self.agent, departments=frozenset())
        everywhere = self.me.departments >= frozenset(self.directory.departments)
        return Scope(
            agent=self.agent,
            departments=None if everywhere else self.me.departments,
            teams=self.directory.teams_of(self.agent),
            hides=self.sync is not None or (self._scope is not None and self._scope.hides),
        )

    def ask(
        self,
        lane: Lane,
        question: Callable[[TicketReader], T],
        *,
        owner: QObject,
        done: Callable[[T], None],
        failed: Callable[[Exception], None] | None = None,
    ) -> None:
        """Read the desk on a lane's own connection."""
        self.jobs.run(
            lane,
            partial(self._answer, lane, question),
            owner=owner,
            done=done,
            failed=failed or self.failed.emit,
        )

    def ask_draft(
        self, key: DraftKey, *, owner: QObject, done: Callable[[Draft | None], None]
    ) -> None:
        """Read a draft, after every save that is under way."""
        self.jobs.run(
            Lane.WRITE,
            partial(self._answer, Lane.WRITE, lambda reader: reader.draft(key)),
            owner=owner,
            done=done,
            failed=self.failed.emit,
        )

    def ask_versions(
        self, key: DraftKey, *, owner: QObject, done: Callable[[list[Draft]], None]
    ) -> None:
        """Read all versions of a draft, after every save that is under way."""
        self.jobs.run(
            Lane.WRITE,
            partial(self._answer, Lane.WRITE, lambda reader: reader.draft_versions(key)),
            owner=owner,
            done=done,
            failed=self.failed.emit,
        )

    def send(
        self,
        command: Command,
        *,
        owner: QObject,
        done: Callable[[Done], None],
        failed: Callable[[Exception], None],
        closes: DraftKey | None = None,
    ) -> None:
        """Carry out a command; everybody who shows the ticket hears of it first."""
        self.write(
            lambda: self.desk.bus.handle(command, closes=closes),
            owner=owner,
            done=done,
            failed=failed,
        )

    def write(
        self,
        work: Callable[[], T],
        *,
        owner: QObject,
        done: Callable[[T], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """Run any write on the writing lane; its `changes`, if it has some, are announced."""

        def finish(outcome: T) -> None:
            changes = getattr(outcome, "changes", outcome)
            if isinstance(changes, Changes):
                self.changed.emit(changes)
            done(outcome)

        self.jobs.run(Lane.WRITE, work, owner=owner, done=finish, failed=failed)

    def close(self) -> None:
        """Finish what is under way and let go of the desk."""
        self._poll.stop()
        self.ending.emit()
        self.jobs.finish()
        for reader in self._readers.values():
            reader.close()

    def _answer(self, lane: Lane, question: Callable[[TicketReader], T]) -> T:
        if lane not in self._readers:
            self._readers[lane] = self.desk.reader()
        return question(self._readers[lane])

    def _take(self, directory: Directory) -> None:
        self.directory = directory
        self.directory_loaded.emit()

    def _hear_of_directory(self, changes: Changes) -> None:
        if changes.directory:
            self.load_directory()

    def _prepare(self) -> int:
        self.desk.prepare()
        return self.desk.others_version()

    def _take_first_version(self, version: int) -> None:
        self._version = version  # before what follows is read, so that no change is missed
        self.changed.connect(self._hear_of_directory)
        self.load_directory()
        self.link()
        self._poll.start()

    def _go_on_reading(self, error: Exception) -> None:
        """A desk that cannot be written can still be read: say so, and show what there is."""
        self._tell_once(error)
        self.load_directory()
        self._poll.start()

    def _look_for_changes(self) -> None:
        """Once the desk failed, only one that can be written again has recovered."""
        self.jobs.run(
            Lane.WRITE,
            self._prepare if self._is_deaf else self.desk.others_version,
            owner=self,
            done=self._compare,
            failed=self._tell_once,
        )

    def _tell_once(self, error: Exception) -> None:
        """A desk that cannot be asked is told of once, not every second."""
        if not self._is_deaf:
            self._is_deaf = True
            self.failed.emit(error)

    def _compare(self, version: int) -> None:
        if self._is_deaf:
            self._is_deaf = False
            self.recovered.emit()
        old, self._version = self._version, version
        if old is not None and old != version:
            self.changed.emit(Changes(everything=True))


def nothing(_: Any) -> None:
    """For outcomes that the hub announces already."""
