"""The entries and events on a ticket's page, as values."""

from __future__ import annotations

import re
from datetime import datetime
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING

import msgspec

from desk_app.domain.entry import EntryKind
from desk_app.remote.osticket.page import attribute, number_in, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from selectolax.lexbor import LexborNode

    from desk_app.remote.osticket.page import Page

MARKER = "data-desk"
"""Attribute that the server keeps in what it is sent, and that nobody sees."""
_ID, _BOX, _EVENT, _ICON = "thread-entry-", "thread-entry", "thread-event", "icon-"
_ATTACHED, _BOLD = "attachments", "strong"
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


class PageFile(msgspec.Struct, frozen=True, gc=False):
    """A file of an entry, with the link that it is fetched by today."""

    id: str
    """The server's number of the attachment."""
    name: str
    link: str
    content_id: str = ""
    """How the entry's HTML names it, if it is shown within the words."""
    size: int = 0
    """Bytes, about: the panel rounds; 0 if it does not tell."""


class PageEntry(msgspec.Struct, frozen=True, gc=False):
    """One message, reply or note; there may be hundreds on a page."""

    id: str
    kind: EntryKind
    at: datetime
    author: str
    title: str
    html: str
    command: str
    files: tuple[PageFile, ...] = ()


class PageEvent(msgspec.Struct, frozen=True, gc=False):
    """Something that happened; the server gives it no id, so its time and kind make one."""

    id: str
    icon: str
    at: datetime
    actor: str
    words: str
    bold: tuple[str, ...] = ()
    """What stands out in the words, in their order: fields, values, people's names not."""


def items_of(page: Page) -> LexborNode:
    """The box of a thread; the first one, since it stands before what people wrote."""
    return page.get(_ITEMS)


def thread_of(page: Page, items: LexborNode) -> tuple[tuple[PageEntry, ...], tuple[PageEvent, ...]]:
    """Entries and events, each oldest first; the agent may want to see it the other way round.

    Every part of an entry is a child of the part before it: what people wrote may look like an
    entry, but it is inside of one.

    Raises:
        UnreadableAnswerError: any entry lacks a part.
    """
    images = _pictures(page, items)
    entries: list[PageEntry] = []
    happened: list[LexborNode] = []
    for node in items.iter():
        name = node.id
        if name is not None and name.startswith(_ID):
            entries.append(_entry(page, name.removeprefix(_ID), node, images))
        elif _EVENT in attribute(node, "class"):
            happened.append(node)
    if entries and int(entries[0].id) > int(entries[-1].id):
        happened.reverse()
    entries.sort(key=lambda entry: int(entry.id))
    return tuple(entries), _events(page, happened)


def events_of(page: Page, items: LexborNode) -> tuple[PageEvent, ...]:
    """What happened, in the order of its times."""
    return _events(page, [node for node in items.iter() if _EVENT in attribute(node, "class")])


def _entry(page: Page, number: str, outer: LexborNode, images: Mapping[str, PageFile]) -> PageEntry:
    """By the elements' places, from the end: a picture and a menu may stand at the beginning."""
    try:
        *_, header, body = (box := _inside(outer)).iter()
        *_, author, link, title = header.iter()
        words, *more = body.iter()
        time = _inside(link)
    except ValueError:
        raise page.missing("header, body, author, time or title of an entry") from None
    kind = _kind(box.attributes.get("class"))
    if kind is None or author.tag != "b" or words.attributes.get("class"):
        raise page.missing("kind, author or words of an entry")
    if not number.isdecimal():
        raise page.missing("id of an entry")
    html = words.inner_html or ""
    files: tuple[PageFile, ...] = ()
    if images or (more and more[-1].first_child is not None):
        files = _files(page, more[-1] if more else None, html, images)
    # The marker is around all that was written: further in it is a quotation.
    first = _element(words.first_child)
    return PageEntry(
        number,
        kind,
        moment(page, time),
        text(author),
        text(title) if title.first_child is not None else "",
        html,
        "" if first is None else first.attributes.get(MARKER) or "",
        files,
    )


@cache
def _kind(classes: str | None) -> EntryKind | None:
    """What an element with these classes is; there are not many of them."""
    box, kind, *_ = [*(classes or "").split(), "", ""]
    return _KINDS.get(kind) if box == _BOX else None


def _inside(node: LexborNode) -> LexborNode:
    """The first element in this one; raise ValueError if there is none."""
    found = _element(node.first_child)
    if found is None:
        raise ValueError(node.tag)
    return found


def _element(node: LexborNode | None) -> LexborNode | None:
    """This node or the next one that is an element."""
    while node is not None and not node.is_element_node:
        node = node.next
    return node


def moment(page: Page, time: LexborNode | None) -> datetime:
    """The time of a `time` element; raise UnreadableAnswerError if it tells none."""
    try:
        # `attrs` finds one that is there sooner than `attributes`, which reads them all.
        found = datetime.fromisoformat("" if time is None else time.attrs.get("datetime") or "")
    except ValueError:
        raise page.missing("time[datetime]") from None
    if found.tzinfo is None:
        raise page.missing("time[datetime]")
    return found


def _files(
    page: Page, box: LexborNode | None, html: str, images: Mapping[str, PageFile]
) -> tuple[PageFile, ...]:
    """The pictures within an entry, and what is attached to it if this is the box of that."""
    found = []
    is_box = box is not None and attribute(box, "class") == _ATTACHED
    links = box.css("a.filename") if box is not None and is_box else ()
    for link in links:
        href = attribute(link, "href")
        name = attribute(link, "download") or text(link)
        told = _element(link.next)
        size = 0 if told is None else _bytes(text(told))
        found.append(PageFile(id=number_in(href, "&id="), name=name, link=href, size=size))
        if not found[-1].id:
            raise page.missing("id of a file")
    if images:
        low = html.lower()
        found += [image for cid, image in images.items() if cid in low]
    return tuple(found)


def _pictures(page: Page, items: LexborNode) -> dict[str, PageFile]:
    """Pictures within what people wrote, by the name that the HTML gives them."""
    script = items.parent  # it stands beside the box that the thread is in
    while script is not None and script.tag != "script":
        script = script.next
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


def _bytes(words: str) -> int:
    """A size such as `1.4 mb`, which no language changes; 0 for anything else."""
    found = _SIZE.fullmatch(words.lower())
    if found is None:
        return 0
    return int(float(found[1]) * _UNITS[found[2]])


def _events(page: Page, boxes: Iterable[LexborNode]) -> tuple[PageEvent, ...]:
    found: list[PageEvent] = []
    places: dict[str, int] = {}
    for box in boxes:
        inside = [*box.iter()]
        icon = _element(inside[0].first_child) if inside else None
        parts = {part.tag: part for part in inside[-1].iter()} if inside else {}
        time, actor = parts.get("time"), parts.get("b")
        if time is None or icon is None:
            continue  # an event of a plugin may tell no time
        name = _icon(icon.attributes.get("class"))
        at = moment(page, time)
        key = f"{int(at.timestamp())}.{name}"
        places[key] = place = places.get(key, 0) + 1
        said = inside[-1].text_lexbor().replace(time.text_lexbor(), "")
        who = "" if actor is None else text(actor)
        bold: tuple[str, ...] = ()
        if _BOLD in parts:
            bold = tuple([text(part) for part in inside[-1].iter() if part.tag == _BOLD])
        found.append(PageEvent(f"{key}.{place}", name, at, who, " ".join(said.split()), bold))
    found.sort(key=attrgetter("at"))
    return tuple(found)


@cache
def _icon(classes: str | None) -> str:
    """What an event's picture is called; there are not many of them."""
    names = (name for name in (classes or "").split() if name.startswith(_ICON))
    return next(names, "").removeprefix(_ICON)
