"""Puts a desk together: the only place that knows every part."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from desk_app.system.paths import resource

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from desk_app.domain.lifecycle import Lifecycle
    from desk_app.domain.mirror import Account
    from desk_app.ports.connection import ConnectionReport, Detected
    from desk_app.ports.host import PictureSource, SecretStore
    from desk_app.ports.remote import RemoteServer
    from desk_app.ports.unit_of_work import Changes
    from desk_app.remote.connecting import HandedOver, SignInTrial
    from desk_app.services.batches import Batches
    from desk_app.services.command_bus import CommandBus
    from desk_app.services.drafts import Drafts
    from desk_app.services.intake import Intake
    from desk_app.services.mailing import UnsentMail
    from desk_app.services.ticket_import import TicketImport
    from desk_app.store.attachments import HashedFiles
    from desk_app.store.own_commits import Watch
    from desk_app.store.reader import SqliteReader
    from desk_app.store.sync_unit import SqlSyncUnit
    from desk_app.store.unit_of_work import SqlUnitOfWork
    from desk_app.sync.link import ServerLink
    from desk_app.system.csv_table import CsvTable
    from desk_app.system.ids import TimeIds
    from desk_app.system.mail_files import MailSource


DEMO_AGENT = "john"


def now() -> datetime:
    return datetime.now(UTC)


@cache
def secrets() -> SecretStore:
    """Where passwords are, for all desks of this process."""
    from desk_app.system.keyring_secrets import KeyringSecrets

    return KeyringSecrets()


@cache
def handed_over() -> HandedOver:
    """Servers that this process has signed in to for a desk that it just made."""
    from desk_app.remote.connecting import HandedOver

    return HandedOver()


class _ComingIn:
    """The parts of a desk that take mail and tables in."""

    @cached_property
    def intake(self) -> Intake:
        from desk_app.services.intake import Intake
        from desk_app.system.mail_parse import parse_mail

        return Intake(cast("OpenDesk", self), lambda data, at: parse_mail(data, now=at))

    @cached_property
    def ticket_import(self) -> TicketImport:
        from desk_app.services.ticket_import import TicketImport

        return TicketImport(cast("OpenDesk", self))

    def mails(self, paths: Sequence[Path]) -> MailSource:
        """List the mails in files and folders."""
        from desk_app.system.mail_files import MailSource

        return MailSource(paths)

    def tables_in(self, folder: Path) -> list[Path]:
        """The tables of tickets among a folder's files, in the order of their paths."""
        from desk_app.system.mail_files import visible_files

        return sorted(f for f in visible_files(folder) if f.suffix.lower() == ".csv")

    def table(self, path: Path) -> CsvTable:
        """Find out how a table of tickets is written."""
        from desk_app.system.csv_table import CsvTable

        return CsvTable(path)


class OpenDesk(_ComingIn):
    """One desk, its parts made when they are first wanted: the first screen needs few of them."""

    def __init__(self, path: Path, *, seed: int | None = None) -> None:
        self.path = path
        self._seed = seed
        self._watch: Watch | None = None
        self._link_desk: OpenDesk | None = None
        self._first = self
        """Whose link to the server is that of all windows on this desk."""

    def again(self) -> OpenDesk:
        """The same desk with connections of its own, and the same link to its server."""
        other = type(self)(self.path)
        other._first = self._first  # noqa: SLF001 - another one of this class
        return other

    def usual_agent(self) -> str:
        """Who sits here when nobody is named: whose account it is, or the demo's first agent."""
        if not self.is_current():
            return DEMO_AGENT  # an earlier program's desk has no account to look for
        reader = self.reader()
        agent = reader.account_agent()
        reader.close()
        return DEMO_AGENT if agent is None else agent

    def reader(self) -> SqliteReader:
        """A new reading connection, for one thread."""
        from desk_app.store.reader import SqliteReader

        return SqliteReader(self.path)

    @cached_property
    def ids(self) -> TimeIds:
        from desk_app.system.ids import TimeIds

        return TimeIds(self._seed)

    @cached_property
    def _engine(self) -> Any:
        from desk_app.store.engine import open_engine

        return open_engine(self.path)

    @cached_property
    def _make_unit(self) -> type[SqlUnitOfWork]:
        from desk_app.store.unit_of_work import SqlUnitOfWork

        return SqlUnitOfWork

    def unit(self) -> SqlUnitOfWork:
        """A new transaction; made on the thread that will use it."""
        return self._make_unit(self.path, self._engine)

    def sync_unit(self, announce: Callable[[Changes], None] | None = None) -> SqlSyncUnit:
        """A new transaction of the sync engine."""
        from desk_app.store.sync_unit import SqlSyncUnit

        return SqlSyncUnit(self.path, self._engine, announce)

    @property
    def syncing(self) -> ServerLink:
        return self._first._link  # noqa: SLF001 - another one of this class

    @cached_property
    def _link(self) -> ServerLink:
        """The desk's server, over connections of its own: a round never holds up a draft."""
        from desk_app.sync.link import ServerLink
        from desk_app.system.only_one import only_one

        self._link_desk = self.again()
        return ServerLink(
            self._link_desk,
            self.connect,
            secrets(),
            only_one=lambda: only_one(self.path),
        )

    def connect(self, account: Account, secret: str) -> RemoteServer:
        """The adapter of an account; raise UnknownServerError if there is none for its kind."""
        from desk_app.remote.connecting import server_for

        found = handed_over().take(account, secret)
        return found or server_for(account, secret, _rules(account.kind))

    @cached_property
    def files(self) -> HashedFiles:
        from desk_app.store.attachments import HashedFiles

        return HashedFiles(self.path)

    @cached_property
    def pictures(self) -> PictureSource:
        from desk_app.remote.pictures import HttpPictures

        return HttpPictures()

    @cached_property
    def drafts(self) -> Drafts:
        from desk_app.services.drafts import Drafts

        return Drafts(self.unit, now)

    def clean_html(self, html: str) -> str:
        from desk_app.system.html_clean import clean_html

        return clean_html(html)

    def write_table(self, path: Path, rows: Sequence[Sequence[str]]) -> None:
        """Write a CSV file that no spreadsheet takes for formulas."""
        from desk_app.system.csv_write import write_table

        write_table(path, rows)

    def write_mail(self, mail: UnsentMail) -> str:
        """Write a mail that the mail program opens as a draft; return the file's path."""
        from desk_app.system.mail_outbox import write_mail

        return str(write_mail(self.path, mail, self.files))

    def now(self) -> datetime:
        return now()

    def others_version(self) -> int:
        from desk_app.store.engine import version_and_count
        from desk_app.store.own_commits import Watch

        engines = [self._engine]
        link = self._first._link_desk  # noqa: SLF001 - another one of this class
        if link is not None and "_engine" in link.__dict__:
            engines.append(link._engine)  # noqa: SLF001 - another one of this class
        if self._watch is None:
            self._watch = Watch()
        return self._watch.look(*version_and_count(self._engine, self.path), engines)

    def is_current(self) -> bool:
        from desk_app.store.version import is_current

        return is_current(self.path)

    def prepare(self) -> None:
        from desk_app.domain.errors import DeskReadOnlyError
        from desk_app.store.driver import is_writable
        from desk_app.store.migrate import upgrade

        upgrade(self.path)
        if not is_writable(self.path):
            raise DeskReadOnlyError(path=str(self.path), detail="")
        with self.unit():
            pass  # the first transaction loads what the others need

    @cached_property
    def bus(self) -> CommandBus:
        from desk_app.services.command_bus import CommandBus

        return CommandBus(self.unit, self.ids, now)

    @cached_property
    def batches(self) -> Batches:
        from desk_app.services.batches import Batches

        return Batches(self.unit, self.ids, now)

    def close(self) -> None:
        """Let go of the database; nothing is lost if this is never reached."""
        if "_engine" in self.__dict__:
            from desk_app.store.engine import close_engine

            close_engine(self._engine)


def lifecycle(key: str = "osticket") -> tuple[Lifecycle, str]:
    """A lifecycle that ships with the program, and its text."""
    from desk_app.domain.lifecycle_file import load_lifecycle

    path = resource("lifecycles", f"{key}.toml")
    text = path.read_text(encoding="utf-8")
    return load_lifecycle(text, key=key, file=path.name), text


def make_demo(
    path: Path,
    *,
    seed: int = 7,
    at: datetime | None = None,
    tickets: int = 0,
    progress: Callable[[str, int, int], None] = lambda *_: None,
) -> int:
    """Write the demo desk; return how many tickets it has.

    It has those of the story, and as many others as make up `tickets`.
    """
    import json

    from desk_app.services.demo import DemoWriter, demo_directory
    from desk_app.store.migrate import create_desk

    at = at or now()
    create_desk(path)
    rules, text = lifecycle()
    raw = json.loads(resource("demo", "directory.json").read_text(encoding="utf-8"))
    directory = demo_directory(raw, rules)
    desk = OpenDesk(path, seed=seed)
    try:
        with desk.unit() as unit:
            unit.save_directory(directory, text)
            unit.commit()
        writer = DemoWriter(desk.bus, desk.unit, desk.ids, directory, raw["requesters"])
        scripts = json.loads(resource("demo", "tickets.json").read_text(encoding="utf-8"))
        written = writer.write(scripts, at)
    finally:
        desk.close()
    if tickets <= written:
        return written
    from desk_app.store.bulk_desk import BulkDesk

    pool = json.loads(resource("demo", "pool.json").read_text(encoding="utf-8"))
    BulkDesk(path, directory, pool, seed=seed, progress=progress).fill(tickets - written, at)
    return tickets


class ServerSetup:
    """Makes desks for servers; a `Servers`, see there for what each method promises."""

    @cached_property
    def _trial(self) -> SignInTrial:
        from desk_app.remote.connecting import SignInTrial

        return SignInTrial()

    def detect(self, url: str, certificates: str = "") -> Detected:
        from desk_app.remote.connecting import detect

        return detect(url, certificates)

    def test(
        self, kind: str, url: str, user: str, secret: str, certificates: str = ""
    ) -> ConnectionReport:
        from desk_app.domain.mirror import Account

        account = Account(kind=kind, url=url, user=user, certificates=certificates)
        return self._trial.report(account, secret, _rules(kind))

    def give_code(self, code: str) -> ConnectionReport:
        return self._trial.give_code(code)

    def add(self, folder: Path, account: Account, secret: str) -> bool:
        from dataclasses import replace

        from desk_app.domain.breach import with_reason_field
        from desk_app.domain.errors import DeskExistsError
        from desk_app.domain.lifecycle_text import lifecycle_text
        from desk_app.store.driver import database_path
        from desk_app.store.migrate import create_desk
        from desk_app.sync.learning import learnt_of

        if database_path(folder).exists():
            raise DeskExistsError(path=str(folder))
        server = self._trial.server(account, secret, _rules(account.kind))
        agent, directory = self._trial.seen(server)
        create_desk(folder)
        desk = OpenDesk(folder)
        try:
            with desk.sync_unit() as unit:
                directory = with_reason_field(directory, account.reason_field)
                unit.keep_directory(directory, lifecycle_text(directory.lifecycle))
                at = now()
                learnt = learnt_of(server, at)
                unit.save_account(replace(account, agent=agent.key, learnt=learnt, people_at=at))
                unit.commit()
        finally:
            desk.close()
            server.close()
        self._trial.forget()
        handed_over().leave(account, secret, server)
        return secrets().keep(account.url, account.user, secret)


LIFECYCLES = {"rt": "request-tracker", "osticket": "osticket"}
"""The file of rules that each kind of server comes with, by `Account.kind`."""


def _rules(kind: str) -> Lifecycle:
    """The lifecycle of a kind of server as it comes; a kind that is not known has the usual one."""
    return lifecycle(LIFECYCLES.get(kind, "osticket"))[0]


def desk_for(url: str, user: str) -> Path:
    """The folder of the desk that is one agent's place on one server."""
    from desk_app.system.paths import desks_folder

    return desks_folder() / folder_name(f"{user} {url}")


def folder_name(text: str) -> str:
    """A name that every file system takes, and that no two texts share."""
    import hashlib
    import re

    plain = re.sub(r"[^a-z0-9]+", "-", text.partition("//")[2].casefold() or text.casefold())
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    return f"{plain.strip('-')[:40]}-{digest}"
