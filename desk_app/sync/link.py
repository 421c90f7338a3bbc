"""A desk's server as windows and scripts use it: signed in when need be, one round at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from typing_extensions import override

from desk_app.domain.errors import AttachmentMissingError
from desk_app.domain.mirror import AccountState, SyncReport
from desk_app.ports.remote_errors import RemoteError, ServerBusyError, SignInError
from desk_app.ports.sign_in import CODE_OVER, OTHER_AGENT, session_of, waiting_for_code
from desk_app.services.outbox import OutboxDesk
from desk_app.sync.at_ticket import AtTicket
from desk_app.sync.comparing import Comparing
from desk_app.sync.desk import account_of
from desk_app.sync.engine import SyncEngine, counted
from desk_app.sync.learning import learnt_of
from desk_app.sync.log import SyncLog
from desk_app.sync.of_account import OfAccount
from desk_app.sync.pace import STILL_AT_WORK_S, Pace

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime

    from desk_app.domain.mirror import Account, Comparison, Difference
    from desk_app.domain.ticket import EntryId, TicketId
    from desk_app.ports.host import IdSource, SecretStore
    from desk_app.ports.remote import RemoteAgent, RemoteServer
    from desk_app.ports.sync import SyncUnit
    from desk_app.ports.unit_of_work import AttachmentStore, Changes


_SOON_S = 5.0
"""Another process is done with its round by then, or at the next."""


class Connect(Protocol):
    """Makes the adapter of an account; asks nothing of the network yet."""

    def __call__(self, account: Account, secret: str) -> RemoteServer: ...


class LinkedDesk(Protocol):
    """What a link needs of its desk."""

    @property
    def ids(self) -> IdSource: ...

    @property
    def files(self) -> AttachmentStore: ...

    def sync_unit(self, announce: Callable[[Changes], None] = ...) -> SyncUnit: ...

    def clean_html(self, html: str) -> str: ...

    def now(self) -> datetime: ...


class _Announcing:
    """The desk, telling of every commit."""

    def __init__(self, desk: LinkedDesk, link: ServerLink) -> None:
        self.ids = desk.ids
        self.files = desk.files
        self.clean_html = desk.clean_html
        self.now = desk.now
        self._desk = desk
        self._link = link

    def sync_unit(self) -> SyncUnit:
        return self._desk.sync_unit(self._link.announce)


class ServerLink(AtTicket, OfAccount):
    """A `Syncing`; see there for what each method promises."""

    def __init__(
        self,
        desk: LinkedDesk,
        connect: Connect,
        secrets: SecretStore,
        *,
        only_one: Callable[[], AbstractContextManager[bool]],
    ) -> None:
        """Tie a desk to its server.

        Args:
            desk: Its rows and files.
            connect: Makes the adapter for an account.
            secrets: Where the password is.
            only_one: Holds the right to sync this desk, among all processes; False: another has it.
        """
        self.announce: Callable[[Changes], None] = _to_nobody
        self.at_work_s = STILL_AT_WORK_S
        self._desk = _Announcing(desk, self)
        self._connect = connect
        self._secrets = secrets
        self._only_one = only_one
        self._server: RemoteServer | None = None
        self._engine: SyncEngine | None = None
        self._wants_queues = False
        self._is_learnt = False
        """Whether the account says what this connection to the server told of it."""
        self._waiting: RemoteServer | None = None
        """Signed in to with `_given`, and not let in yet."""
        self._given = ""
        self._held = set()

    @property
    def outbox(self) -> OutboxDesk:
        return OutboxDesk(self._desk.sync_unit, self._desk.now)

    # --- rounds ----------------------------------------------------------------------------

    def round(self, *, stop: Callable[[], bool] = lambda: False) -> SyncReport:
        account = account_of(self._desk)
        if account.state is not AccountState.ON:
            return self._told(str(account.state), account.detail)
        with self._only_one() as held:
            if not held:
                return self._told("elsewhere")
            engine = self._ready(account)
            if engine is None:
                return self._told("no_secret")
            engine.queues.is_wanted |= self._wants_queues
            self._wants_queues = False
            report = engine.round(stop=stop)
            if not report.problem:
                self._keep_session(account)
                if not self._is_learnt:
                    self._learn()
            return report

    def abandon(self) -> None:
        server = self._server
        if server is not None:
            server.close()

    def read_ticket(self, ticket: TicketId) -> None:
        engine = self._engine_or_no()
        with self._only_one() as held:
            if held:
                engine.read_ticket(ticket)

    def want_queues(self) -> None:
        self._wants_queues = True
        engine = self._engine
        if engine is not None:  # a round that is under way reads them, too
            engine.queues.is_wanted = True
            self._wants_queues = False

    def read_queue(self, queue: str) -> None:
        engine = self._engine_or_no()
        with self._only_one() as held:
            if not held:
                raise ServerBusyError(retry_after=_SOON_S, why="elsewhere")
            engine.queues.read(queue)

    def fetch_file(self, entry: EntryId, name: str) -> None:
        self._engine_or_no()
        with self._desk.sync_unit() as unit:
            found = unit.remote_file(entry, name)
        if found is None:
            raise AttachmentMissingError(name=name, sha256="")
        assert self._server is not None  # noqa: S101 - there is an engine
        data = self._server.file(found[1])
        kept = self._desk.files.add(data, name=name, mime_type="")
        with self._desk.sync_unit() as unit:
            unit.fill_file(entry, found[0], kept)
            unit.commit()

    # --- the account -----------------------------------------------------------------------

    @property
    def wants_code(self) -> bool:
        return waiting_for_code(self._waiting or self._server) is not None

    def sign_in(self, secret: str) -> bool:
        account = account_of(self._desk)
        secret = secret or self._secrets.secret(account.url, account.user) or ""
        if not secret:
            raise SignInError(why="no_secret", detail="")
        server = self._connect(account, secret)
        self._waiting, self._given = server, secret
        try:
            agent = server.sign_in()
        except RemoteError:
            self._note_requests(server)
            if not self.wants_code:
                self._waiting, self._given = None, ""
            raise
        return self._enter(server, agent)

    def give_code(self, code: str) -> bool:
        server = self._waiting or self._server
        asked = waiting_for_code(server)
        if server is None or asked is None:
            raise SignInError(why=CODE_OVER, detail="")
        asked.give_code(code)
        return self._enter(server, server.sign_in())

    def _enter(self, server: RemoteServer, agent: RemoteAgent) -> bool:
        """The server lets the agent in: keep what was given, and go on with it."""
        account = account_of(self._desk)
        if account.agent and agent.key != account.agent:
            raise SignInError(why=OTHER_AGENT, detail=agent.name)
        lasting = self._secrets.lasting
        if self._given:
            lasting = self._secrets.keep(account.url, account.user, self._given)
        self._waiting, self._given = None, ""
        if server is not self._server:
            self._use(server)
        self._change(state=AccountState.ON, agent=agent.key, problem="", detail="")
        self._learn()
        return lasting

    def _keep_session(self, account: Account) -> None:
        """A session of a browser goes on under another id: the old one is worth nothing soon."""
        now = session_of(self._server)
        if now and now != self._secrets.secret(account.url, account.user):
            self._secrets.keep(account.url, account.user, now)

    # --- the doctor ------------------------------------------------------------------------

    def compare(
        self,
        *,
        progress: Callable[[int, int], None] = lambda *_: None,
        stop: Callable[[], bool] = lambda: False,
    ) -> Comparison:
        comparing = self._comparing()
        try:
            return comparing.compare(progress=progress, stop=stop, between=self._send)
        finally:
            self._note_requests(self._server)

    def _send(self) -> None:
        engine = self._engine_or_no()
        with self._only_one() as held:
            if held:
                engine.send()

    def repair(self, differences: Sequence[Difference]) -> int:
        with self._only_one() as held:
            return self._comparing().repair(differences) if held else 0

    def _comparing(self) -> Comparing:
        self._engine_or_no()
        assert self._server is not None  # noqa: S101 - there is an engine
        return Comparing(self._desk, self._server)

    # --- inside ----------------------------------------------------------------------------

    def _ready(self, account: Account) -> SyncEngine | None:
        """The engine, signed in with what is kept; None if no secret is."""
        if self._engine is None:
            secret = self._secrets.secret(account.url, account.user)
            if secret is None:
                return None
            self._use(self._connect(account, secret))
        return self._engine

    @override
    def _engine_or_no(self) -> SyncEngine:
        account = account_of(self._desk)
        engine = self._ready(account) if account.state is AccountState.ON else None
        if engine is None:
            raise SignInError(why="no_secret", detail="")
        return engine

    def _use(self, server: RemoteServer) -> None:
        self._server = server
        self._engine = SyncEngine(self._desk, server, pace=Pace(at_work_s=self.at_work_s))
        self._is_learnt = False

    def _learn(self) -> None:
        """Note what the server told when it was signed in to; it may have been upgraded since."""
        assert self._server is not None  # noqa: S101 - there is an engine
        self._change(learnt=learnt_of(self._server, self._desk.now()))
        self._is_learnt = True

    def _note_requests(self, server: RemoteServer | None) -> None:
        """What was asked beside a round: no round may follow that would note it."""
        with self._desk.sync_unit() as unit:
            SyncLog(self._desk.now, server).requests(unit)
            unit.commit()

    def _told(self, problem: str, detail: str = "") -> SyncReport:
        with self._desk.sync_unit() as unit:
            counts = counted(unit)
        return SyncReport(
            waiting=counts.waiting, needs_you=counts.needs_you, problem=problem, detail=detail
        )


def _to_nobody(changes: Changes) -> None:
    """Until a window listens."""
