"""The panel's queues: a tree of saved searches, with the agent's own among them.

The tree stands in the head of every page, so that a round's own pages bring it; how many tickets
each holds takes one request.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import msgspec

from desk_app.domain.server_queue import ServerQueue
from desk_app.ports.remote_errors import UnreadableAnswerError
from desk_app.remote.osticket.page import attribute, number_in, text

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

    from desk_app.remote.osticket.export_rows import ExportRow
    from desk_app.remote.osticket.exports import Exports
    from desk_app.remote.osticket.feed import Feed
    from desk_app.remote.osticket.page import Page
    from desk_app.remote.osticket.session import PanelSession

_NAV = "#customQ_nav"
_PAGES = 10
"""So many pages of a queue are read at most to tell what is in it."""


class ListsQueues:
    """The part of an `OsTicketServer` that is about its queues (`ports.server_queues`)."""

    _session: PanelSession
    _exports: Exports
    _feed: Feed

    def _known(self) -> str:
        raise NotImplementedError

    def queues(self) -> list[ServerQueue]:
        page = self._exports.newest_page
        if page is None or page.find(_NAV) is None:
            page = self._session.page("tickets.php", "queues")
        counts = _counts(self._session)
        return [
            ServerQueue(id=key, name=name, parent=parent, count=counts.get(key))
            for key, name, parent in tree(page)
        ]

    def queue_tickets(self, queue: str) -> list[str]:
        """From the queue's own page where that shows all of it, else from an export of it."""
        self._known()
        page = self._session.page(f"tickets.php?queue={queue}", "queue")
        if queue not in {key for key, _, _ in tree(page)}:  # the panel shows another one then
            raise UnreadableAnswerError(why="queue", detail=f"queue {queue}")
        shown, count = _shown(page), _counts(self._session).get(queue)
        if len(shown) == count:
            return shown
        rows = self._exports.queue_rows(queue)
        if count is not None and shown and len(rows) > count:
            rows = self._without_merged(queue, rows, shown, count)
        return self._feed.taken(rows)

    def _without_merged(
        self, queue: str, rows: list[ExportRow], first: list[str], count: int
    ) -> list[ExportRow]:
        """The rows that the queue shows and counts: an export has what was merged away, too.

        A row says of the ticket that others were merged into the same as of these, so the queue's
        pages tell; where they are many, the rows that say so, if they are as many as are too many.
        """
        if count <= _PAGES * len(first):
            seen = dict.fromkeys(first)
            for number in range(2, -(-count // len(first)) + 1):
                page = self._session.page(f"tickets.php?queue={queue}&p={number}", "queue")
                seen |= dict.fromkeys(_shown(page))
            kept = [row for row in rows if row.id in seen]
        else:
            (no, _), *_ = Counter(row.merged for row in rows).most_common()
            kept = [row for row in rows if row.merged == no]
        return kept if len(kept) == count else rows


def _shown(page: Page) -> list[str]:
    return [attribute(box, "value") for box in page.all('input[name="tids[]"]')]


def tree(page: Page) -> list[tuple[str, str, str]]:
    """Id, name and parent's id of each queue."""
    found: dict[str, tuple[str, str, str]] = {}
    for link in page.all(f'{_NAV} a[href*="queue="]'):
        key = number_in(attribute(link, "href"), "queue=")
        if key and key not in found:
            found[key] = (key, attribute(link, "title") or text(link), _parent(link, key))
    if not found:
        raise page.missing(f"{_NAV} a")
    return list(found.values())


def _parent(link: LexborNode, key: str) -> str:
    """The nearest list's own queue."""
    node = link.parent
    while node is not None and attribute(node, "id") != "customQ_nav":
        if node.tag == "li":
            first = node.css_first('a[href*="queue="]')
            number = "" if first is None else number_in(attribute(first, "href"), "queue=")
            if number and number != key:
                return number
        node = node.parent
    return ""


def _counts(session: PanelSession) -> dict[str, int]:
    """By the queues' ids; each is written as the agent's language writes a number (`5.912`)."""
    answer = session.get("ajax.php/queue/counts")
    try:
        told = msgspec.json.decode(answer.body, type=dict[str, str | int])
    except msgspec.DecodeError:
        return {}
    found = {key.removeprefix("q"): _whole(str(number)) for key, number in told.items()}
    return {key: number for key, number in found.items() if number is not None}


def _whole(written: str) -> int | None:
    digits = "".join(c for c in written if c.isdecimal())
    return int(digits) if digits else None
