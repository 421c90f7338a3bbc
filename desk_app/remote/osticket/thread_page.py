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
_ENTRY = "#thread-items > div > div.thread-entry"
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
    """Raise UnreadableAnswerError if any entry lacks a part."""
    boxes = page.all(_ENTRY)
    columns = [
        page.all(f"{_ENTRY} > div.header > {part}")
        for part in ("b:first-of-type", "a > time", "span.title")
    ]
    bodies = page.all(f"{_ENTRY} > div.thread-body > div:first-child")
    for part, found in zip(("author", "time", "title"), columns, strict=True):
        if len(found) != len(boxes):
            raise page.missing(f"{part} of an entry")
    if len(bodies) != len(boxes):
        raise page.missing("body of an entry")
    files = _files(page)
    images = _images(page)
    entries = [
        _entry(page, parts, files, images) for parts in zip(boxes, *columns, bodies, strict=True)
    ]
    return tuple(sorted(entries, key=lambda entry: int(entry.id)))  # the agent may have it reversed


def _entry(
    page: Page,
    parts: tuple[LexborNode, ...],
    files: dict[str, list[PageFile]],
    images: dict[str, PageFile],
) -> PageEntry:
    box, author, time, title, body = parts
    kind = next((_KINDS[c] for c in attribute(box, "class").split() if c in _KINDS), None)
    number = number_in(attribute(box.parent, "id"), "thread-entry-") if box.parent else ""
    if kind is None or not number:
        raise page.missing("kind or id of an entry")
    html = body.inner_html or ""
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
        files=(*files.get(number, ()), *shown),
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


def _files(page: Page) -> dict[str, list[PageFile]]:
    """Attached files by entry."""
    found: dict[str, list[PageFile]] = {}
    for link in page.all(f"{_ENTRY} > div.thread-body > div.attachments a.filename"):
        box = link.parent
        while box is not None and not attribute(box, "id").startswith("thread-entry-"):
            box = box.parent
        href = attribute(link, "href")
        file = PageFile(
            id=number_in(href, "&id="), name=attribute(link, "download") or text(link), link=href
        )
        if box is None or not file.id:
            raise page.missing("place or id of a file")
        found.setdefault(number_in(attribute(box, "id"), "thread-entry-"), []).append(file)
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
        icon, words = box.css_first("i[class*=icon-]"), box.css_first(".description")
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
    numbers = [
        int(number_in(attribute(box, "id"), "thread-entry-") or 0)
        for box in page.all("#thread-items > div[id^=thread-entry-]")
    ]
    found = page.all("#thread-items > div.thread-event")
    return found[::-1] if numbers and numbers[0] > numbers[-1] else found
