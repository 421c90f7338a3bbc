"""The panel's queues: a tree of saved searches, with the agent's own among them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from desk_app.remote.osticket.page import attribute, number_in, text

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

    from desk_app.remote.osticket.page import Page
    from desk_app.remote.osticket.session import PanelSession


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """One queue."""

    id: str
    name: str
    parent: str = ""
    """'' at the top."""
    count: int | None = None
    """None: the server does not tell."""


def queues_of(session: PanelSession) -> list[Queue]:
    """Every queue that the agent's navigation shows, parents first."""
    page = session.page("tickets.php", "queues")
    counts = _counts(session)
    return [
        Queue(id=key, name=name, parent=parent, count=counts.get(key))
        for key, name, parent in tree(page)
    ]


def tree(page: Page) -> list[tuple[str, str, str]]:
    """Id, name and parent's id of each queue."""
    found: dict[str, tuple[str, str, str]] = {}
    for link in page.all('#customQ_nav a[href*="queue="]'):
        key = number_in(attribute(link, "href"), "queue=")
        if key and key not in found:
            found[key] = (key, attribute(link, "title") or text(link), _parent(link, key))
    if not found:
        raise page.missing("#customQ_nav a")
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
    answer = session.get("ajax.php/queue/counts")
    try:
        told = msgspec.json.decode(answer.body, type=dict[str, str | int])
    except msgspec.DecodeError:
        return {}
    return {key.removeprefix("q"): int(n) for key, n in told.items() if str(n).isdigit()}
