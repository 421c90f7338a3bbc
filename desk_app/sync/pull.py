"""Brings what changed on the server: whole pages, each with its cursor in one transaction."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from desk_app.domain.mirror import Account, Base
from desk_app.domain.outbox import IN_FLIGHT
from desk_app.ports.remote import Gone, Wanted
from desk_app.ports.remote_errors import RemoteError, UnreadableAnswerError
from desk_app.sync.desk import account_of
from desk_app.sync.log import SyncLog
from desk_app.sync.mirroring import Mirror
from desk_app.sync.unreadable import Unreadable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from desk_app.domain.entry import Attachment
    from desk_app.ports.remote import RemoteServer, RemoteThread, RemoteTicket
    from desk_app.ports.sync import SyncUnit
    from desk_app.sync.desk import MirroredDesk

_PHASES = ("mine", "open", "recent")
"""A first sync in this order: at work at once. No phase asks for what one before it brought.

What goes from one to the other meanwhile is in the feed: its cursor is older than all of them.
"""
_BETWEEN = "|"
LOOKED_AT, CLOSED = 100, 10
"""Tickets that one round looks after: so many are one question. At least so many of them are
closed ones, which are many, and missed by nobody at once; more where fewer are open."""


class Pull:
    """One round of reading."""

    def __init__(self, desk: MirroredDesk, server: RemoteServer) -> None:
        self._desk = desk
        self._server = server
        self._log = SyncLog(desk.now, server)
        self._unreadable = Unreadable()

    def run(self, *, threads: int, stop: Callable[[], bool]) -> int:
        """Read until there is no more; how many tickets came. `threads` at most are read."""
        taken = self._first_pages(stop)
        taken += self._vanished()
        more = True
        while more and not stop():
            taken_now, more = self._changes()
            taken += taken_now
        self._threads(threads, stop)
        return taken

    # --- the first time --------------------------------------------------------------------

    def _first_pages(self, stop: Callable[[], bool]) -> int:
        account = account_of(self._desk)
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
                now = unit.account() or account  # what is to be kept may be another by now
                account = replace(now, page=_next_page(account.page, listing.next_page))
                unit.save_account(account)
                self._log.requests(unit)
                unit.commit()
            taken += len(listing.tickets)
        return taken

    def _asked(self, account: Account) -> tuple[Wanted, str | None]:
        phase, _, page = (account.page or _PHASES[0]).partition(_BETWEEN)
        since = self._desk.now() - timedelta(days=account.keep_days)
        places = frozenset(account.keep_departments) or None
        wanted = {
            "mine": Wanted(owner=account.agent, open_only=True),
            "open": Wanted(departments=places, open_only=True, not_owner=account.agent),
            "recent": Wanted(departments=places, changed_since=since, closed_only=True),
        }[phase]
        return wanted, page or None

    # --- what changed ----------------------------------------------------------------------

    def _changes(self) -> tuple[int, bool]:
        account = account_of(self._desk)
        page = self._server.changes(account.cursor)
        found = self._server.tickets(page.tickets) if page.tickets else []
        found = [_with_version(one, page.versions) for one in found]
        if not found and page.cursor == account.cursor:
            return 0, page.more
        with self._desk.sync_unit() as unit:
            mirror = Mirror(self._desk, unit)
            if any(mirror.awaited.may_be(one) for one in found):
                return 0, False  # the page comes again once that is known
            mirror.take(self._kept(unit, account, found))
            if len(found) < len(page.tickets):
                self._log.note(unit, "pull", UnreadableAnswerError.code)
            now = unit.account()
            unit.save_account(replace(now or account, cursor=page.cursor))
            unit.commit()
        return len(found), page.more

    def _kept(
        self, unit: SyncUnit, account: Account, found: Sequence[RemoteTicket | Gone]
    ) -> list[RemoteTicket | Gone]:
        """Without tickets of departments that are not kept here, unless they are here already."""
        if not account.keep_departments:
            return list(found)
        here = unit.bases([one.id for one in found])
        return [one for one in found if one.id in here or _is_kept(one, account)]

    def _vanished(self) -> int:
        """Look whether some of the tickets went out of sight: the next ones each time."""
        account = account_of(self._desk)
        open_, closed = self._looked_after(account)
        try:
            gone = self._server.vanished([base.remote for base in (*open_, *closed)])
        except UnreadableAnswerError as error:  # what changed is to come all the same
            with self._desk.sync_unit() as unit:
                self._log.note(unit, "look", error.code)
                unit.commit()
            return 0
        if gone is None:
            return 0
        seen = account.looked_at, account.looked_at_closed
        now = _last(open_, LOOKED_AT - CLOSED), _last(closed, LOOKED_AT - len(open_))
        if not gone and now == seen:
            return 0
        with self._desk.sync_unit() as unit:
            Mirror(self._desk, unit).take(gone)
            kept = unit.account() or account
            unit.save_account(replace(kept, looked_at=now[0], looked_at_closed=now[1]))
            unit.commit()
        return len(gone)

    def _looked_after(self, account: Account) -> tuple[list[Base], list[Base]]:
        """The next open tickets, and the next closed ones: together one question."""
        with self._desk.sync_unit() as unit:
            open_ = unit.open_bases(after=account.looked_at, limit=LOOKED_AT - CLOSED)
            room = LOOKED_AT - len(open_)
            return open_, unit.closed_bases(after=account.looked_at_closed, limit=room)

    # --- threads ---------------------------------------------------------------------------

    def _threads(self, limit: int, stop: Callable[[], bool]) -> None:
        with self._desk.sync_unit() as unit:
            waiting = unit.stale_threads(limit + len(self._unreadable))
        bases = self._unreadable.without(waiting, self._desk.now())[:limit]
        failed: list[UnreadableAnswerError] = []
        for base in bases:
            if stop():
                return
            try:
                self.read_thread(base)
                self._unreadable.read(base)
            except UnreadableAnswerError:  # one ticket's trouble; the others go on
                failed += self._look_again(base)
        if len(failed) == len(bases) > 1:  # that is no ticket's trouble, but the server's
            raise failed[0]

    def _look_again(self, base: Base) -> list[UnreadableAnswerError]:
        """A thread that cannot be read may be of a ticket that is not there any more."""
        try:
            told = self._server.ticket(base.remote)
        except UnreadableAnswerError as error:
            self._unreadable.add(base, self._desk.now())
            with self._desk.sync_unit() as unit:
                self._log.unreadable(unit, base, error)
                unit.commit()
            return [error]
        with self._desk.sync_unit() as unit:
            Mirror(self._desk, unit).take([told])
            unit.commit()
        return []

    def read_ticket(self, base: Base) -> Base:
        """Read a ticket as it is now, and its thread if that is older."""
        told = self._server.ticket(base.remote)
        with self._desk.sync_unit() as unit:
            taken = Mirror(self._desk, unit).take([told])
            unit.commit()
        now = taken[0] if taken else base
        return self.read_thread(now) if now.is_stale else now

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
        limit = account_of(self._desk).keep_files
        for file in (file for entry in thread.entries for file in entry.files):
            if file.size > limit:
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


def _last(bases: Sequence[Base], limit: int) -> int:
    """Where the next look goes on; from the start where these were the last."""
    return bases[-1].ticket.id if len(bases) == limit else 0


def _with_version(told: RemoteTicket | Gone, versions: Mapping[str, str]) -> RemoteTicket | Gone:
    """What a list does not tell, the feed may."""
    if isinstance(told, Gone) or told.version:
        return told
    return replace(told, version=versions.get(told.id, ""))


def _is_kept(one: RemoteTicket | Gone, account: Account) -> bool:
    if isinstance(one, Gone):
        return False
    return one.department in account.keep_departments or one.owner == account.agent


def _next_page(page: str | None, following: str | None) -> str | None:
    """Where a first sync goes on; None at its end."""
    phase = (page or _PHASES[0]).partition(_BETWEEN)[0]
    if following is not None:
        return f"{phase}{_BETWEEN}{following}"
    place = _PHASES.index(phase) + 1
    return _PHASES[place] if place < len(_PHASES) else None
