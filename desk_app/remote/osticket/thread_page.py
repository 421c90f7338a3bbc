"""The entries and events on a ticket's page, as values."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from desk_app.domain.entry import EntryKind
from desk_app.remote.osticket.page import attribute, number_in, text

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

    from desk_app.remote.osticket.page import Page

MARKER = "data-desk"
"""Attribute that the server keeps in what it is sent, and that nobody sees."""
_ID, _BOX, _ICON = "thread-entry-", "thread-entry", "icon-"
_TEXT = "-text"
"""How the parser calls what stands between elements."""
_ITEMS = "#thread-items"
_KINDS = {
    "message": EntryKind.MESSAGE,
    "response": EntryKind.REPLY,
    "note": EntryKind.NOTE,
    "system": EntryKind.NOTE,
}
_IMAGES = re.compile(r"data\('imageUrls',\s*(\{.*?\})\s*\);", re.DOTALL)
_UNITS = {"bytes": 1, "kb": 1024, "mb": 1024**2, "gb": 1024**3}
_SIZE = re.compile(r"([\d.]+) ?(bytes|kb|mb|gb)")
_MARKED = re.compile(rf'{MARKER}="([\w.:-]+)"')


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFile:
    """A file of an entry, with the link that it is fetched by today."""

    id: str
    """The server's number of the attachment."""
    name: str
    link: str
    content_id: str = ""
    """How the entry's HTML names it, if it is shown within the words."""
    size: int = 0
    """Bytes, about: the panel rounds; 0 if it does not tell."""


class PageEntry(NamedTuple):
    """One message, reply or note; there may be hundreds on a page."""

    id: str
    kind: EntryKind
    at: datetime
    author: str
    title: str
    html: str
    command: str
    files: tuple[PageFile, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PageEvent:
    """Something that happened; the server gives it no id, so its time and kind make one."""

    id: str
    icon: str
    at: datetime
    actor: str
    words: str


def items_of(page: Page) -> LexborNode:
    """The box of a thread; the first one, since it stands before what people wrote."""
    return page.get(_ITEMS)


def entries_of(page: Page, items: LexborNode) -> tuple[PageEntry, ...]:
    """Raise UnreadableAnswerError if any entry lacks a part.

    Every part is a child of the part before it: what people wrote may look like an entry, but it
    is inside of one.
    """
    files = _Files(page, items)
    found = [
        _entry(page, name.removeprefix(_ID), outer, files)
        for outer in items.iter()
        if (name := outer.id or "").startswith(_ID)
    ]
    found.sort(key=lambda entry: int(entry.id))  # the agent may have it reversed
    return tuple(found)


def _entry(page: Page, number: str, outer: LexborNode, files: _Files) -> PageEntry:
    """By the elements' places, from the end: a picture and a menu may stand at the beginning."""
    box = _element(outer.child)
    names = (box.attrs.get("class") or "").split() if box is not None else []
    kind = _KINDS.get(names[1]) if len(names) > 1 and names[0] == _BOX else None
    body = None if box is None else _element_before(box.last_child)
    header = None if body is None else _element_before(body.prev)
    if kind is None or body is None or header is None or not number.isdigit():
        raise page.missing("kind, id, header or body of an entry")
    title = _element_before(header.last_child)
    link = None if title is None else _element_before(title.prev)
    author = None if link is None else _element_before(link.prev)
    words = _element(body.child)
    if title is None or link is None or author is None or author.tag != "b":
        raise page.missing("author, time or title of an entry")
    if words is None or words.tag != "div" or words.attrs.get("class"):
        raise page.missing("body of an entry")
    html = words.inner_html or ""
    marked = _MARKED.search(html) if MARKER in html else None
    return PageEntry(
        number,
        kind,
        moment(page, _element(link.child)),
        text(author),
        text(title),
        html,
        marked[1] if marked else "",
        files.of(body, html),
    )


def _element(node: LexborNode | None) -> LexborNode | None:
    """This node or the next one that is no bare text."""
    while node is not None and node.tag == _TEXT:
        node = node.next
    return node


def _element_before(node: LexborNode | None) -> LexborNode | None:
    """This node or the one before it that is no bare text."""
    while node is not None and node.tag == _TEXT:
        node = node.prev
    return node


def moment(page: Page, time: LexborNode | None) -> datetime:
    """The time of a `time` element; raise UnreadableAnswerError if it tells none."""
    try:
        found = datetime.fromisoformat("" if time is None else time.attrs.get("datetime") or "")
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise page.missing("time[datetime]")
    return found


class _Files:
    """The files of a thread: attached to entries, and pictures within their words."""

    def __init__(self, page: Page, items: LexborNode) -> None:
        self._page = page
        self._images = self._pictures(items)
        self._any = items.css_first("div.attachments") is not None

    def of(self, body: LexborNode, html: str) -> tuple[PageFile, ...]:
        """Those of one entry."""
        found = self._attached(body) if self._any else []
        if self._images:
            low = html.lower()
            found += [image for cid, image in self._images.items() if cid in low]
        return tuple(found)

    def _attached(self, body: LexborNode) -> list[PageFile]:
        box = _element_before(body.last_child)
        if box is None or box.attrs.get("class") != "attachments":
            return []
        found = []
        for link in box.css("a.filename"):
            href = attribute(link, "href")
            name = attribute(link, "download") or text(link)
            told = _element(link.next)
            size = 0 if told is None else _bytes(text(told))
            found.append(PageFile(id=number_in(href, "&id="), name=name, link=href, size=size))
            if not found[-1].id:
                raise self._page.missing("id of a file")
        return found

    def _pictures(self, items: LexborNode) -> dict[str, PageFile]:
        """By the name that the HTML gives them."""
        script = items.parent  # it stands beside the box that the thread is in
        while script is not None and script.tag != "script":
            script = script.next
        found = _IMAGES.search(script.text() or "") if script is not None else None
        if found is None:
            return {}
        try:
            listed = msgspec.json.decode(found[1], type=dict[str, dict[str, str]])
        except msgspec.DecodeError:
            raise self._page.missing("imageUrls") from None
        return {
            cid.lower(): PageFile(
                id=number_in(told.get("download_url", ""), "&id="),
                name=told.get("filename", ""),
                link=told.get("download_url", ""),
                content_id=cid,
            )
            for cid, told in listed.items()
        }


def _bytes(words: str) -> int:
    """A size such as `1.4 mb`, which no language changes; 0 for anything else."""
    found = _SIZE.fullmatch(words.lower())
    if found is None:
        return 0
    return int(float(found[1]) * _UNITS[found[2]])


def events_of(page: Page, items: LexborNode) -> tuple[PageEvent, ...]:
    """What happened, oldest first."""
    found: list[PageEvent] = []
    places: dict[str, int] = {}
    for box in _oldest_first(items):
        words = _element_before(box.last_child)
        parts = {part.tag: part for part in words.iter()} if words is not None else {}
        time, icon = parts.get("time"), box.css_first("i")
        if time is None or icon is None:
            continue  # an event of a plugin may tell no time
        names = attribute(icon, "class").split()
        name = next((c for c in names if c.startswith(_ICON)), "").removeprefix(_ICON)
        at = moment(page, time)
        actor = parts.get("b")
        key = f"{int(at.timestamp())}.{name}"
        places[key] = places.get(key, 0) + 1
        said = text(words).replace(text(time), "") if words is not None else ""
        found.append(
            PageEvent(
                id=f"{key}.{places[key]}",
                icon=name,
                at=at,
                actor="" if actor is None else text(actor),
                words=" ".join(said.split()),
            )
        )
    found.sort(key=lambda event: event.at)
    return tuple(found)


def _oldest_first(items: LexborNode) -> list[LexborNode]:
    """The events' boxes, also where the agent wants to see the newest first."""
    numbers, found = [], []
    for box in items.iter():
        name = box.id or ""
        if name.startswith(_ID):
            numbers.append(int(name.removeprefix(_ID) or 0))
        elif "thread-event" in attribute(box, "class"):
            found.append(box)
    return found[::-1] if numbers and numbers[0] > numbers[-1] else found
