"""Brings what changed on the server: whole pages, each with its cursor in one transaction."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from desk_app.domain.mirror import Account, Base
from desk_app.domain.outbox import IN_FLIGHT
from desk_app.ports.remote import Gone, RemoteError, Wanted
from desk_app.sync.mirroring import Mirror

if TYPE_CHECKING:
    from collections.abc import Callable

    from desk_app.domain.entry import Attachment
    from desk_app.ports.remote import RemoteServer, RemoteThread
    from desk_app.sync.desk import MirroredDesk

FILE_LIMIT = 2_000_000
"""Bytes of a file that comes with its thread; a larger one is fetched when it is asked for."""
_PHASES = ("mine", "open", "recent")
"""A first sync in this order: at work at once."""
_BETWEEN = "|"


class Pull:
    """One round of reading."""

    def __init__(self, desk: MirroredDesk, server: RemoteServer) -> None:
        self._desk = desk
        self._server = server

    def run(self, *, threads: int, stop: Callable[[], bool]) -> int:
        """Read until there is no more; how many tickets came. `threads` at most are read."""
        taken = self._first_pages(stop)
        more = True
        while more and not stop():
            taken_now, more = self._changes()
            taken += taken_now
        self._threads(threads, stop)
        return taken

    # --- the first time --------------------------------------------------------------------

    def _first_pages(self, stop: Callable[[], bool]) -> int:
        account = self._account()
        if not account.cursor:
            cursor = self._server.newest()  # first: what changes meanwhile comes again
            with self._desk.sync_unit() as unit:
                account = replace(account, cursor=cursor)
                unit.save_account(account)
                unit.commit()
        taken = 0
        while account.page is not None and not stop():
            listing = self._server.listing(*self._asked(account))
            with self._desk.sync_unit() as unit:
                Mirror(self._desk, unit).take(listing.tickets)
                account = replace(account, page=_next_page(account.page, listing.next_page))
                unit.save_account(account)
                unit.commit()
            taken += len(listing.tickets)
        return taken

    def _asked(self, account: Account) -> tuple[Wanted, str | None]:
        phase, _, page = (account.page or _PHASES[0]).partition(_BETWEEN)
        since = self._desk.now() - timedelta(days=account.keep_days)
        wanted = {
            "mine": Wanted(owner=account.agent, open_only=True),
            "open": Wanted(open_only=True),
            "recent": Wanted(changed_since=since),
        }[phase]
        return wanted, page or None

    # --- what changed ----------------------------------------------------------------------

    def _changes(self) -> tuple[int, bool]:
        account = self._account()
        page = self._server.changes(account.cursor)
        found = self._server.tickets(page.tickets) if page.tickets else []
        if not found and page.cursor == account.cursor:
            return 0, page.more
        with self._desk.sync_unit() as unit:
            Mirror(self._desk, unit).take(found)
            now = unit.account()
            unit.save_account(replace(now or account, cursor=page.cursor))
            unit.commit()
        return len(found), page.more

    # --- threads ---------------------------------------------------------------------------

    def _threads(self, limit: int, stop: Callable[[], bool]) -> None:
        with self._desk.sync_unit() as unit:
            bases = unit.stale_threads(limit)
        for base in bases:
            if stop():
                return
            self.read_thread(base)

    def read_thread(self, base: Base) -> Base:
        """Read what is new in one ticket's thread; not while something may be on its way to it."""
        with self._desk.sync_unit() as unit:
            if any(item.state in IN_FLIGHT for item in unit.items(base.ticket.id)):
                return base
        thread = self._server.thread(base.remote, base.newest)
        files = self._files(thread)
        with self._desk.sync_unit() as unit:
            mirror = Mirror(self._desk, unit)
            if thread.ticket is not None:
                (base,) = mirror.take([thread.ticket])
            gone = isinstance(thread.ticket, Gone)
            taken = base if gone else mirror.take_thread(base, thread, files)
            unit.commit()
        return taken

    def _files(self, thread: RemoteThread) -> dict[str, Attachment]:
        """Fetch the small files; one that cannot be had now is left for when it is asked for."""
        found: dict[str, Attachment] = {}
        for file in (file for entry in thread.entries for file in entry.files):
            if file.size > FILE_LIMIT:
                continue
            try:
                data = self._server.file(file.id)
            except RemoteError:
                continue
            kept = self._desk.files.add(data, name=file.name, mime_type=file.mime_type)
            found[file.id] = replace(
                kept, content_id=file.content_id, inline=file.content_id is not None
            )
        return found

    def _account(self) -> Account:
        with self._desk.sync_unit() as unit:
            found = unit.account()
        if found is None:
            raise LookupError("a desk without an account is not synced")
        return found


def _next_page(page: str | None, following: str | None) -> str | None:
    """Where a first sync goes on; None at its end."""
    phase = (page or _PHASES[0]).partition(_BETWEEN)[0]
    if following is not None:
        return f"{phase}{_BETWEEN}{following}"
    place = _PHASES.index(phase) + 1
    return _PHASES[place] if place < len(_PHASES) else None
