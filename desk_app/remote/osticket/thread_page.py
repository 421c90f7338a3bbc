"""The entries and events on a ticket's page, as values."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from desk_app.domain.entry import EntryKind
from desk_app.remote.osticket.page import attribute, number_in, text

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

    from desk_app.remote.osticket.page import Page

MARKER = "data-desk"
"""Attribute that the server keeps in what it is sent, and that nobody sees."""
_ITEMS = "#thread-items"
"""The first one: the page's own stands before what people wrote."""
_KINDS = {
    "message": EntryKind.MESSAGE,
    "response": EntryKind.REPLY,
    "note": EntryKind.NOTE,
    "system": EntryKind.NOTE,
}
_IMAGES = re.compile(r"data\('imageUrls',\s*(\{.*?\})\s*\);", re.DOTALL)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class PageEntry:
    """One message, reply or note."""

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


def entries_of(page: Page) -> tuple[PageEntry, ...]:
    """Raise UnreadableAnswerError if any entry lacks a part.

    Every part is a child of the part before it: what people wrote may look like an entry, but it
    is inside of one.
    """
    images = _images(page)
    found = [
        _entry(page, number, box, images)
        for outer in _children(page.get(_ITEMS), "div")
        if (number := number_in(attribute(outer, "id"), "thread-entry-")) or _is_entry(outer)
        for box in _children(outer, "div")
        if "thread-entry" in attribute(box, "class").split()
    ]
    return tuple(sorted(found, key=lambda entry: int(entry.id)))  # the agent may have it reversed


def _is_entry(node: LexborNode) -> bool:
    return attribute(node, "id").startswith("thread-entry-")


def _children(node: LexborNode, tag: str) -> list[LexborNode]:
    return [child for child in node.iter() if child.tag == tag]


def _child(node: LexborNode | None, tag: str, name: str = "") -> LexborNode | None:
    """The first child of this tag, with this class."""
    if node is None:
        return None
    for child in node.iter():
        if child.tag == tag and (not name or name in attribute(child, "class").split()):
            return child
    return None


def _needed(page: Page, node: LexborNode | None, what: str) -> LexborNode:
    if node is None:
        raise page.missing(f"{what} of an entry")
    return node


def _entry(page: Page, number: str, box: LexborNode, images: dict[str, PageFile]) -> PageEntry:
    kind = next((_KINDS[c] for c in attribute(box, "class").split() if c in _KINDS), None)
    header, body = _child(box, "div", "header"), _child(box, "div", "thread-body")
    author = _needed(page, _child(header, "b"), "author")
    time = _needed(page, _child(_child(header, "a"), "time"), "time")
    title = _needed(page, _child(header, "span", "title"), "title")
    words = _needed(page, _child(body, "div"), "body")
    if kind is None or not number or attribute(words, "class"):
        raise page.missing("kind, id or body of an entry")
    html = words.inner_html or ""
    marked = _MARKED.search(html) if MARKER in html else None
    shown = [image for cid, image in images.items() if cid in html.lower()] if images else []
    return PageEntry(
        id=number,
        kind=kind,
        at=moment(page, time),
        author=text(author),
        title=text(title),
        html=html,
        command=marked[1] if marked else "",
        files=(*_files(page, _child(body, "div", "attachments")), *shown),
    )


def moment(page: Page, time: LexborNode) -> datetime:
    """The time of a `time` element, in UTC; raise UnreadableAnswerError if it tells none."""
    try:
        found = datetime.fromisoformat(attribute(time, "datetime"))
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise page.missing("time[datetime]")
    return found


def _files(page: Page, box: LexborNode | None) -> list[PageFile]:
    """The files attached to one entry."""
    found = []
    for link in box.css("a.filename") if box is not None else []:
        href = attribute(link, "href")
        name = attribute(link, "download") or text(link)
        found.append(PageFile(id=number_in(href, "&id="), name=name, link=href))
        if not found[-1].id:
            raise page.missing("id of a file")
    return found


def _images(page: Page) -> dict[str, PageFile]:
    """Pictures within the words, by the name that the HTML gives them."""
    script = next((s for s in page.all("script") if "imageUrls" in (s.text() or "")), None)
    found = _IMAGES.search(script.text() or "") if script is not None else None
    if found is None:
        return {}
    try:
        listed = msgspec.json.decode(found[1], type=dict[str, dict[str, str]])
    except msgspec.DecodeError:
        raise page.missing("imageUrls") from None
    return {
        cid.lower(): PageFile(
            id=number_in(told.get("download_url", ""), "&id="),
            name=told.get("filename", ""),
            link=told.get("download_url", ""),
            content_id=cid,
        )
        for cid, told in listed.items()
    }


def events_of(page: Page) -> tuple[PageEvent, ...]:
    """What happened, oldest first."""
    found: list[PageEvent] = []
    places: dict[str, int] = {}
    for box in _oldest_first(page):
        icon, words = box.css_first("i[class*=icon-]"), _child(box, "span", "description")
        time = None if words is None else words.css_first("time")
        if icon is None or words is None or time is None:
            continue  # an event of a plugin may tell no time
        name = next(c for c in attribute(icon, "class").split() if c.startswith("icon-"))
        at = moment(page, time)
        actor = words.css_first("b")
        key = f"{int(at.timestamp())}.{name.removeprefix('icon-')}"
        places[key] = places.get(key, 0) + 1
        said = text(words).replace(text(time), "")
        found.append(
            PageEvent(
                id=f"{key}.{places[key]}",
                icon=name.removeprefix("icon-"),
                at=at,
                actor="" if actor is None else text(actor),
                words=" ".join(said.split()),
            )
        )
    return tuple(sorted(found, key=lambda event: event.at))


def _oldest_first(page: Page) -> list[LexborNode]:
    """The events' boxes, also where the agent wants to see the newest first."""
    boxes = _children(page.get(_ITEMS), "div")
    numbers = [
        int(number_in(attribute(box, "id"), "thread-entry-") or 0)
        for box in boxes
        if _is_entry(box)
    ]
    found = [box for box in boxes if "thread-event" in attribute(box, "class").split()]
    return found[::-1] if numbers and numbers[0] > numbers[-1] else found
