"""One blocking round: look for what may have arrived, send, read. Sync twice is sync once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from desk_app.domain.mirror import AccountState, SyncCounts, SyncReport
from desk_app.domain.outbox import OutboxState
from desk_app.ports.remote_errors import RemoteError, SignInError
from desk_app.ports.set_back import SetBackError, still_has
from desk_app.sync.desk import account_of
from desk_app.sync.log import SyncLog
from desk_app.sync.pace import Pace
from desk_app.sync.people import PeopleReader
from desk_app.sync.pull import Pull
from desk_app.sync.push import Push
from desk_app.sync.queues import ServerQueueReader

if TYPE_CHECKING:
    from collections.abc import Callable

    from desk_app.domain.mirror import Account
    from desk_app.domain.outbox import OutboxItem
    from desk_app.domain.ticket import TicketId
    from desk_app.ports.remote import RemoteServer
    from desk_app.ports.sync import SyncUnit
    from desk_app.sync.desk import MirroredDesk

THREADS = 20
"""Threads that one round reads at most, so that what the agent does need not wait for them."""


class SyncEngine:
    """Keeps one desk in step with its server. Blocks: one thread at a time, never the GUI's."""

    def __init__(
        self,
        desk: MirroredDesk,
        server: RemoteServer,
        *,
        lifecycle_text: str | None = None,
        pace: Pace | None = None,
    ) -> None:
        self._desk = desk
        self._server = server
        self._log = SyncLog(desk.now, server)
        self._pull = Pull(desk, server)
        self._pace = pace or Pace()
        self._push = Push(
            desk, server, self._log, read_thread=self._pull.read_thread, pace=self._pace
        )
        self._started = self._is_sure = False
        self.queues = ServerQueueReader(desk, server, self._log)
        self._people = PeopleReader(desk, server, self._log, lifecycle_text)

    def round(
        self, *, threads: int = THREADS, stop: Callable[[], bool] = lambda: False
    ) -> SyncReport:
        """Push, then pull; what fails is in the report, and nothing is lost by it."""
        account = account_of(self._desk)
        if account.state is not AccountState.ON:
            return self._report(problem=str(account.state))
        settled = taken = 0
        try:
            self._start(account)
            self._check_place()
            settled = self._push.run()
            settled += self._push.run(probe_only=True)  # what was lost just now
            taken = self._pull.run(threads=threads, stop=stop)
            self.queues.is_owed |= bool(settled or taken)
            if self.queues.is_wanted or not stop():
                self.queues.look()
            if not stop():
                self._people.look(stop)
        except RemoteError as error:
            return self._failed(error, settled, taken)
        except BaseException:
            self._started = False  # the disk failed, say: what was being sent is looked for again
            raise
        with self._desk.sync_unit() as unit:
            now = unit.account() or account
            unit.save_account(replace(now, synced_at=self._desk.now(), problem="", detail=""))
            self._log.requests(unit)
            unit.commit()
        return self._report(settled=settled, taken=taken)

    def send(self) -> None:
        """Send what is due and read nothing, while something else has the server.

        Raises:
            RemoteError: as after a round, what to do about it is kept in the account.
        """
        account = account_of(self._desk)
        if account.state is not AccountState.ON:
            return
        try:
            self._start(account)
            self._check_place()
            self._push.run()
        except RemoteError as error:
            self._failed(error, 0, 0)
            raise

    def refresh_directory(self) -> None:
        """Read people, departments and rights anew."""
        self._people.read()

    def read_ticket(self, ticket: TicketId) -> None:
        """Read one ticket and its thread now; nothing where the server does not know it yet."""
        with self._desk.sync_unit() as unit:
            base = unit.base(ticket)
            account = unit.account()
        if account is not None and account.problem == SetBackError.code:
            return
        if base is not None and base.remote and not base.gone:
            self._pull.read_ticket(base)

    def _start(self, account: Account) -> None:
        if self._started:
            return
        self._push.recover()
        if not account.agent:
            agent = self._server.sign_in()
            self.refresh_directory()
            with self._desk.sync_unit() as unit:
                now = self._desk.now()
                unit.save_account(replace(account, agent=agent.key, people_at=now))
                unit.commit()
        self._started = True

    def _check_place(self) -> None:
        """Nothing goes to a server whose numbers may mean other tickets than they did.

        Looked at before anything is sent, after a start, and after a round that failed: a server
        is set back while it does not answer.
        """
        account = account_of(self._desk)
        with self._desk.sync_unit() as unit:
            sends = any(_may_go(item) for item in unit.heads())
        if self._is_sure and not sends:
            return
        if account.cursor and not still_has(self._server, account.cursor):
            raise SetBackError()
        self._is_sure = True

    def _failed(self, error: RemoteError, settled: int, taken: int) -> SyncReport:
        self._is_sure = False
        out = isinstance(error, SignInError)
        why = str(error.facts.get("why", ""))
        detail = str(error.facts.get("detail", "")) or (why if out else "")
        with self._desk.sync_unit() as unit:
            account = unit.account()
            if account is not None:
                state = AccountState.SIGNED_OUT if out else account.state
                unit.save_account(replace(account, state=state, problem=error.code, detail=detail))
            self._log.note(unit, "round", error.code, why)
            unit.commit()
        report = self._report(settled=settled, taken=taken, problem=error.code, detail=detail)
        after = error.facts.get("retry_after")
        return replace(report, wait_s=after) if isinstance(after, (int, float)) else report

    def _report(
        self, *, settled: int = 0, taken: int = 0, problem: str = "", detail: str = ""
    ) -> SyncReport:
        with self._desk.sync_unit() as unit:
            items = unit.items()
        counts = SyncCounts.of(item.state for item in items)
        lost = (item for item in items if item.state is OutboxState.UNCERTAIN)
        return SyncReport(
            settled=settled,
            taken=taken,
            waiting=counts.waiting,
            needs_you=counts.needs_you,
            problem=problem,
            detail=detail,
            at_work_s=max(map(self._pace.at_work_s, lost), default=0.0),
        )


def _may_go(item: OutboxItem) -> bool:
    by_agent = item.state is OutboxState.HELD and item.next_try is None
    return not (item.needs_you or by_agent)


def counted(unit: SyncUnit) -> SyncCounts:
    """How much waits, and how much needs the agent."""
    return SyncCounts.of(item.state for item in unit.items())
