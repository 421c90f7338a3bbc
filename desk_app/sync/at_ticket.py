"""What a server is asked beside its rounds, for the ticket that somebody is at."""

from __future__ import annotations

import mimetypes
from dataclasses import replace
from typing import TYPE_CHECKING

from desk_app.domain.draft import FILE_LIMIT
from desk_app.ports.holding import Holding, holds_tickets
from desk_app.ports.remote_errors import UnreadableAnswerError
from desk_app.ports.server_texts import filler

if TYPE_CHECKING:
    from desk_app.domain.canned import FilledText
    from desk_app.domain.entry import Attachment
    from desk_app.domain.ticket import TicketId
    from desk_app.ports.holding import HoldsTickets
    from desk_app.ports.remote import RemoteServer
    from desk_app.sync.desk import MirroredDesk


class AtTicket:
    """A part of `ServerLink`; see `Syncing` for what each method promises."""

    _desk: MirroredDesk
    _server: RemoteServer | None
    _held: set[TicketId]
    """Tickets that are held on the server, as far as is known."""

    def _engine_or_no(self) -> object:
        """Signed in, or a SignInError."""
        raise NotImplementedError

    def canned_text(self, ticket: TicketId, key: str) -> FilledText:
        self._engine_or_no()
        source = filler(self._server)
        with self._desk.sync_unit() as unit:
            base = unit.base(ticket)
        if source is None or base is None or not base.remote:
            raise UnreadableAnswerError(why="gone", detail="")
        told = self._with_files(source.canned_text(base.remote, key))
        told = replace(told, html=self._desk.clean_html(told.html))
        with self._desk.sync_unit() as unit:
            base = unit.base(ticket) or base
            others = tuple(one for one in base.canned if one.key != key)
            unit.save_base(replace(base, canned=(*others, told)))
            unit.commit()
        return told

    def _with_files(self, told: FilledText) -> FilledText:
        """Bring what goes along with the words; a file that cannot be had is named instead."""
        assert self._server is not None  # noqa: S101 - it has just told this
        attached: list[Attachment] = []
        missing: list[str] = []
        for file in told.offered:
            try:
                data = self._server.file(file.key) if file.size <= FILE_LIMIT else None
            except UnreadableAnswerError:
                data = None
            if data is None:
                missing.append(file.name)
                continue
            kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
            attached.append(self._desk.files.add(data, name=file.name, mime_type=kind))
        return replace(told, offered=(), attached=tuple(attached), files=tuple(missing))

    # --- who is at a ticket ----------------------------------------------------------------

    def holder(self, ticket: TicketId) -> str:
        server, remote = self._holding(ticket)
        return server.holder(remote) if server is not None and remote else ""

    def hold(self, ticket: TicketId) -> Holding:
        server, remote = self._holding(ticket)
        if server is None or not remote:
            return Holding(held=False)
        self._held.add(ticket)
        return server.hold(remote)

    def release(self, ticket: TicketId) -> None:
        self._held.discard(ticket)
        server, remote = self._holding(ticket)
        if server is not None and remote:
            server.release(remote)

    def let_go(self) -> None:
        for ticket in tuple(self._held):
            self.release(ticket)

    def _holding(self, ticket: TicketId) -> tuple[HoldsTickets | None, str]:
        """The server, if it knows such a thing, and what it calls the ticket."""
        self._engine_or_no()
        with self._desk.sync_unit() as unit:
            base = unit.base(ticket)
        return holds_tickets(self._server), "" if base is None or base.gone else base.remote
