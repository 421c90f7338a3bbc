"""What a screen or a script needs of one open desk; made by `bootstrap`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from desk_app.ports.host import IdSource, PictureSource
    from desk_app.ports.intake import Mails, Table
    from desk_app.ports.reader import TicketReader
    from desk_app.ports.unit_of_work import AttachmentStore, UnitOfWork
    from desk_app.services.batches import Batches
    from desk_app.services.command_bus import CommandBus
    from desk_app.services.drafts import Drafts
    from desk_app.services.intake import Intake
    from desk_app.services.mailing import UnsentMail
    from desk_app.services.syncing import Syncing
    from desk_app.services.ticket_import import TicketImport


class Desk(Protocol):
    """One desk. Every part blocks on the disk: use it on a worker only."""

    @property
    def path(self) -> Path: ...

    @property
    def ids(self) -> IdSource: ...

    @property
    def bus(self) -> CommandBus: ...

    @property
    def batches(self) -> Batches: ...

    @property
    def drafts(self) -> Drafts: ...

    @property
    def files(self) -> AttachmentStore: ...

    def again(self) -> Desk:
        """The same desk with connections of its own, for another window."""
        ...

    @property
    def intake(self) -> Intake: ...

    @property
    def ticket_import(self) -> TicketImport: ...

    def mails(self, paths: Sequence[Path]) -> Mails:
        """List the mails in files and folders."""
        ...

    def tables_in(self, folder: Path) -> list[Path]:
        """The tables of tickets among a folder's files, in the order of their paths."""
        ...

    def table(self, path: Path) -> Table:
        """Find out how a table of tickets is written; raise BadCsvError if it is none."""
        ...

    @property
    def pictures(self) -> PictureSource: ...

    @property
    def syncing(self) -> Syncing:
        """The desk's server; only where `reader().account()` says that there is one."""
        ...

    def reader(self) -> TicketReader: ...

    def unit(self) -> UnitOfWork: ...

    def clean_html(self, html: str) -> str: ...

    def is_current(self) -> bool:
        """Whether the schema is this program's; raise DeskTooNewError if it is a newer one's."""
        ...

    def prepare(self) -> None:
        """Bring the schema up to date and load what writing takes; slow once, then nothing."""
        ...

    def write_table(self, path: Path, rows: Sequence[Sequence[str]]) -> None:
        """Write a CSV file that no spreadsheet takes for formulas; raise FileUnwritableError."""
        ...

    def write_mail(self, mail: UnsentMail) -> str:
        """Write a mail that the mail program opens as a draft; return the file's path.

        Raises:
            BadMailFieldError, AttachmentMissingError, DeskReadOnlyError
        """
        ...

    def others_version(self) -> int:
        """Changes when another process committed; ask on the thread that writes."""
        ...

    def now(self) -> datetime: ...
