"""What a screen or a script needs of one open desk; made by `bootstrap`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from desk_app.ports.host import IdSource
    from desk_app.ports.reader import TicketReader
    from desk_app.ports.unit_of_work import AttachmentStore, UnitOfWork
    from desk_app.services.command_bus import CommandBus
    from desk_app.services.drafts import Drafts
    from desk_app.services.mailing import UnsentMail


class Desk(Protocol):
    """One desk. Every part blocks on the disk: use it on a worker only."""

    @property
    def path(self) -> Path: ...

    @property
    def ids(self) -> IdSource: ...

    @property
    def bus(self) -> CommandBus: ...

    @property
    def drafts(self) -> Drafts: ...

    @property
    def files(self) -> AttachmentStore: ...

    def again(self) -> Desk:
        """The same desk with connections of its own, for another window."""
        ...

    def reader(self) -> TicketReader: ...

    def unit(self) -> UnitOfWork: ...

    def clean_html(self, html: str) -> str: ...

    def prepare(self) -> None:
        """Bring the schema up to date and load what writing takes; slow once, then nothing."""
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
