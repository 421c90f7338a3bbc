"""Searches of the panel and their exports: the only lists with safe times and whole queues."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from desk_app.ports.remote_errors import ServerBusyError, UnreadableAnswerError
from desk_app.remote.osticket.answers import DONE, GONE, OK
from desk_app.remote.osticket.export_rows import SEPARATOR, order, rows_of
from desk_app.remote.osticket.page import Page, attribute

if TYPE_CHECKING:
    from collections.abc import Callable

    from desk_app.remote.osticket.export_rows import ExportRow
    from desk_app.remote.osticket.session import Form, PanelSession

_SEARCH = "ajax.php/tickets/search"
_LAST = "ndaysago"
"""The panel's name for a span of time up to now, in days or in anything else."""
_LINK = 'a[href*="tickets/export/adhoc,"]'
_MARK = "tickets/export/"
_LARGEST = 200_000_000
_LONGEST_PAUSE_S = 5.0
_LONGEST_WAIT_S = 300.0
"""A server with 100,000 tickets may take minutes for a whole queue."""
_NOT_NOTED = 3
"""So many looks may come before the server has noted an export: stock 1.18.1 tells its number
first, and keeps it in the session after that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One condition of a search, as the panel's own dialog sends it."""

    field: str
    method: str
    value: str = ""
    values: tuple[str, ...] = ()
    """Of a method that takes several."""

    def form(self) -> Form:
        name = f"{self.field}+{self.method}"
        many = tuple((f"{name}[]", value) for value in self.values)
        one = (
            (("until", self.value), ("int", "i")) if self.method == _LAST else ((name, self.value),)
        )
        return (
            ("fields[]", self.field),
            (f"{self.field}+search", "on"),
            (f"{self.field}+method", self.method),
            *(many or one),
        )


def within(field: str, minutes: int) -> Criterion:
    """In the last so many minutes, by the database's own clock.

    The live server compares a date that it is given as the agent's local time with one that it
    keeps as the database's, so that only a span of time means the same everywhere.
    """
    return Criterion(field=field, method=_LAST, value=str(minutes))


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPage:
    """The first page of a search's result."""

    key: str
    """Names the search within the session; '' if the session has forgotten it."""
    tickets: tuple[str, ...]


class _Begun(msgspec.Struct):
    eid: str
    interval: float = 5.0


class Exports:
    """Runs searches and brings them as tables."""

    def __init__(self, session: PanelSession, pause: Callable[[float], None] = time.sleep) -> None:
        self._session = session
        self._pause = pause
        self._columns: list[str] = []
        self._kept: list[str] = []
        self._keys: dict[tuple[Criterion, ...], str] = {}
        self.newest_page: Page | None = None
        """The last page of a queue that was read; the queues' tree stands in its head."""
        self.took = 0.0
        """Seconds that the next export is waited for before it is asked for."""

    def search(self, criteria: tuple[Criterion, ...]) -> FoundPage:
        """Put a search and read its first page."""
        self._put(criteria)
        found = self._look("adhoc")
        if not found.key:
            raise UnreadableAnswerError(why="page", detail=f"queue: {_LINK}", missing=_LINK)
        self._keep(found.key)
        self._keys[criteria] = found.key
        return found

    def search_rows(self, criteria: tuple[Criterion, ...], key: str = "") -> list[ExportRow]:
        """All that a search finds; `key`: how the server is thought to name it."""
        key = self._keys.get(criteria, key)
        if key:
            self._put(criteria)
            self._keep(key)
            found = self._rows(f"adhoc,{key}")
            if found is not None:
                return found
        return self.rows(self.search(criteria).key)

    def is_kept(self, key: str) -> bool:
        """Whether the session still has a search: it keeps two, as the live server showed."""
        return key in self._kept

    def _put(self, criteria: tuple[Criterion, ...]) -> None:
        form = tuple(pair for criterion in criteria for pair in criterion.form())
        answer = self._session.ask(_SEARCH, form)
        if answer.status != OK or b'"redirect"' not in answer.body[:200]:
            raise UnreadableAnswerError(why="search", detail=f"status {answer.status}")

    def _keep(self, key: str) -> None:
        self._kept = [key, *(k for k in self._kept if k != key)][:2]

    def look(self, key: str) -> FoundPage | None:
        """What a search finds now; None if the session has forgotten it."""
        found = self._look(f"adhoc,{key}")
        return found if found.key == key else None

    def rows(self, key: str) -> list[ExportRow]:
        """All that a search finds, with its fields."""
        found = self._rows(f"adhoc,{key}")
        if found is None:
            raise UnreadableAnswerError(why="export", detail="the search is forgotten")
        return found

    def queue_rows(self, queue: str) -> list[ExportRow]:
        """All that one of the panel's own queues holds."""
        found = self._rows(queue)
        if found is None:
            raise UnreadableAnswerError(why="queue", detail=f"queue {queue}")
        return found

    def _look(self, queue: str) -> FoundPage:
        self.newest_page = page = self._session.page(f"tickets.php?queue={queue}", "queue")
        if page.find("#queue-count, form#tickets, .tickets") is None and not page.token:
            raise page.missing("form#tickets")
        link = page.find(_LINK)
        key = "" if link is None else attribute(link, "href").partition(f"{_MARK}adhoc,")[2]
        boxes = page.all('input[name="tids[]"]')
        return FoundPage(key=key, tickets=tuple(attribute(box, "value") for box in boxes))

    # --- exports ---------------------------------------------------------------------------

    def _rows(self, queue: str) -> list[ExportRow] | None:
        """None if the session has no such search, or the panel no such queue."""
        if not self._columns:
            offered = self._offered(queue)
            if offered is None:
                return None
            self._columns = order(offered)
        form = tuple(("fields[]", name) for name in self._columns)
        answer = self._session.ask(
            f"ajax.php/tickets/export/{queue}",
            (*form, ("filename", "desk"), ("csv-delimiter", SEPARATOR)),
        )
        if answer.status == GONE:
            return None
        if answer.status != DONE:
            raise UnreadableAnswerError(why="export", detail=f"status {answer.status}")
        begun = self._decoded(answer.body)
        self._await(begun)
        answer = self._session.get(f"export.php?id={begun.eid}", largest=_LARGEST)
        return rows_of(answer.body.decode("utf-8-sig", "replace"), self._columns)

    def _offered(self, queue: str) -> list[str] | None:
        """The columns in the server's order, which is not the one that they are asked for in."""
        answer = self._session.get(f"ajax.php/tickets/export/{queue}")
        if answer.status == GONE:
            return None
        page = Page(answer.body, "export")
        boxes = page.all('input[name="fields[]"]')
        if answer.status != OK or not boxes:
            raise page.missing("input[name=fields[]]")
        return [attribute(box, "value") for box in boxes]

    def _await(self, begun: _Begun) -> None:
        """Ask whether the table is ready, less and less often."""
        waited, pause, tries = 0.0, 0.1, 0
        if self.took > pause:  # about as long as the last one, instead of asking in vain
            self._pause(self.took)
            waited = self.took
        while True:
            answer = self._session.ask(f"ajax.php/export/{begun.eid}/check")
            tries += 1
            if answer.status == DONE:
                # What was ready at the first look may have been so for long: half is tried next.
                self.took = min(waited / 2 if tries == 1 else waited, _LONGEST_PAUSE_S)
                return
            if answer.status == GONE and tries > _NOT_NOTED:
                raise UnreadableAnswerError(why="export", detail="it is gone")
            if waited >= _LONGEST_WAIT_S:
                raise ServerBusyError(retry_after=_LONGEST_WAIT_S)
            self._pause(pause)
            waited, pause = waited + pause, min(pause * 2, begun.interval)

    def _decoded(self, body: bytes) -> _Begun:
        try:
            return msgspec.json.decode(body, type=_Begun)
        except msgspec.DecodeError:
            pass
        raise UnreadableAnswerError(why="export", detail="no export id")
