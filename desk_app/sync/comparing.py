"""Compares a desk with its server by count and content, and takes what differs from the server."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING

from desk_app.domain.mirror import Base, Comparison, Difference
from desk_app.domain.ticket import Ticket
from desk_app.ports.remote import Gone, RemoteTicket, Wanted
from desk_app.sync.mirroring import Mirror, local_ticket
from desk_app.sync.pull import Pull

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from desk_app.domain.directory import Directory
    from desk_app.domain.people import Requester
    from desk_app.ports.remote import RemotePerson, RemoteServer, RemoteThread
    from desk_app.sync.desk import MirroredDesk

BATCH = 50
"""Tickets that are asked for at once."""
_PEOPLE = ("collaborators", "muted", "watchers")
_OWN = frozenset({"requester", *_PEOPLE, "updated_at", "id"})
"""What a desk names in its own way, or what moves without a change of substance."""


class Comparing:
    """One examination of a desk. Blocks on the network; changes nothing before `repair`."""

    def __init__(self, desk: MirroredDesk, server: RemoteServer) -> None:
        self._desk = desk
        self._server = server

    def compare(
        self,
        *,
        progress: Callable[[int, int], None],
        stop: Callable[[], bool],
        between: Callable[[], object] = lambda: None,
    ) -> Comparison:
        """Every ticket that the desk has of the server, and every open one that the server has.

        `between` is called from time to time, when nothing is being compared: what waits to be
        sent need not wait for the end.
        """
        found: list[Difference] = []
        bases = self._bases()
        with self._desk.sync_unit() as unit:
            unsettled = {item.ticket for item in unit.items()}
            directory = unit.directory()
        entries = 0
        for start in range(0, len(bases), BATCH):
            between()
            if stop():
                break
            batch = self._as_it_is_now(bases[start : start + BATCH])
            told = {one.id: one for one in self._server.tickets([b.remote for b in batch])}
            for base in batch:
                # One that was left out is asked for by itself, which says why.
                one = told.get(base.remote) or self._server.ticket(base.remote)
                found += self._ticket(base, one, directory)
                if base.thread and isinstance(one, RemoteTicket):
                    thread = self._server.thread(base.remote)
                    entries += len(thread.entries)
                    found += self._thread(base, thread)
            progress(min(start + BATCH, len(bases)), len(bases))
        found += self._not_here(stop, between)
        return Comparison(
            tickets=len(bases),
            entries=entries,
            differences=tuple(found),
            unsettled=len(unsettled & {base.ticket.id for base in bases}),
        )

    def repair(self, differences: Sequence[Difference]) -> int:
        """Read again what differs; what is not settled stays on top of it."""
        remote = list(dict.fromkeys(one.remote for one in differences))
        for start in range(0, len(remote), BATCH):
            batch = remote[start : start + BATCH]
            told = self._server.tickets(batch)
            with self._desk.sync_unit() as unit:
                for base in unit.bases(batch).values():
                    unit.save_base(replace(base, version="", gone=""))
                Mirror(self._desk, unit).take(told)
                unit.commit()
        self._read_threads({one.remote for one in differences if one.kind == "entry"})
        return len(remote)

    def _read_threads(self, remote: Iterable[str]) -> None:
        wanted = sorted(remote)
        with self._desk.sync_unit() as unit:
            bases = [replace(b, newest="", thread="") for b in unit.bases(wanted).values()]
            for base in bases:
                unit.save_base(base)
            unit.commit()
        pull = Pull(self._desk, self._server)
        for base in bases:
            pull.read_thread(base)

    def _bases(self) -> list[Base]:
        found: list[Base] = []
        while True:
            after = found[-1].ticket.id if found else 0
            with self._desk.sync_unit() as unit:
                page = unit.all_bases(after=after, limit=1000)
            found += page
            if not page:
                return found

    def _as_it_is_now(self, bases: Sequence[Base]) -> list[Base]:
        """What the server said of these last: something may have been sent in between."""
        with self._desk.sync_unit() as unit:
            now = unit.bases([base.remote for base in bases])
        return [now[base.remote] for base in bases if base.remote in now]

    def _ticket(
        self, base: Base, told: RemoteTicket | Gone, directory: Directory
    ) -> list[Difference]:
        if isinstance(told, Gone):
            if base.gone:
                return []
            return [_difference("not_there", base, here="", there=str(told.why))]
        if base.gone:
            return [_difference("field", base, field="gone", here=base.gone, there="")]
        linked = [*told.links, *([told.merged_into] if told.merged_into else [])]
        with self._desk.sync_unit() as unit:
            known = unit.bases(linked) if linked else {}
            ids = {remote: one.ticket.id for remote, one in known.items()}
            requester = unit.requester(base.ticket.requester)
            people = {
                name: _addresses([unit.requester(one) for one in getattr(base.ticket, name)])
                for name in _PEOPLE
            }
        there = local_ticket(told, base.ticket.id, requester.id, base.ticket, ids, directory)
        found = [
            _difference("field", base, field=name, here=here, there=now)
            for name, here, now in _differing(base.ticket, there)
        ]
        if told.requester.email and told.requester.email.casefold() != requester.email.casefold():
            here, now = requester.email, told.requester.email
            found.append(_difference("field", base, field="requester", here=here, there=now))
        for name, known_here in people.items():
            said = _addresses(getattr(told, name))
            if said is not None and said != known_here:
                found.append(_difference("field", base, field=name, here=known_here, there=said))
        return found

    def _thread(self, base: Base, thread: RemoteThread) -> list[Difference]:
        with self._desk.sync_unit() as unit:
            known = unit.known([f"e:{entry.id}" for entry in thread.entries])
        return [
            _difference("entry", base, field=entry.id, here="", there=str(entry.kind.name).lower())
            for entry in thread.entries
            if f"e:{entry.id}" not in known
        ]

    def _not_here(
        self, stop: Callable[[], bool], between: Callable[[], object]
    ) -> list[Difference]:
        found: list[Difference] = []
        page: str | None = None
        while not stop():
            between()
            listing = self._server.listing(Wanted(open_only=True), page)
            with self._desk.sync_unit() as unit:
                known = unit.bases([told.id for told in listing.tickets])
            found += [
                Difference(kind="not_here", remote=told.id, number=told.number, there=told.subject)
                for told in listing.tickets
                if told.id not in known
            ]
            page = listing.next_page
            if page is None:
                break
        return found


def _addresses(people: Sequence[RemotePerson | Requester] | None) -> str | None:
    """In one line; None where they are not told."""
    if people is None:
        return None
    return ", ".join(sorted(person.email.casefold() for person in people))


def _differing(here: Ticket, there: Ticket) -> list[tuple[str, object, object]]:
    names = (field.name for field in fields(Ticket) if field.name not in _OWN)
    pairs = ((name, getattr(here, name), getattr(there, name)) for name in names)
    return [(name, old, new) for name, old, new in pairs if _plain(old) != _plain(new)]


def _plain(value: object) -> object:
    """Links have an order here and none on a server."""
    return sorted(map(str, value)) if isinstance(value, tuple) else value


def _difference(
    kind: str, base: Base, *, field: str = "", here: object = None, there: object = None
) -> Difference:
    return Difference(
        kind=kind,
        remote=base.remote,
        number=base.ticket.number or "",
        ticket=base.ticket.id,
        field=field,
        here=here,
        there=there,
    )
