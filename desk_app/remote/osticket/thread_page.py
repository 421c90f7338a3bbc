"""The entries and events on a ticket's page, as values."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from operator import attrgetter
from typing import TYPE_CHECKING, TypeVar

import msgspec

from desk_app.domain.entry import EntryKind
from desk_app.remote.osticket.page import attribute, number_in, text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from selectolax.lexbor import LexborNode

    from desk_app.remote.osticket.page import Page

T = TypeVar("T")

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
_LISTED = msgspec.json.Decoder(dict[str, dict[str, str]])
_UNITS = {"bytes": 1, "kb": 1024, "mb": 1024**2, "gb": 1024**3}
_read_time = datetime.fromisoformat
"""Found once: it is wanted for everything that a page holds."""
_EPOCH, _DAY_S = datetime(1970, 1, 1, tzinfo=UTC), 86_400
_DIGITS = 20
"""More than any number of an entry has: filled up to so many they are in order as text, too."""
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


class _ByClasses(dict[str | None, T]):
    """What a class attribute tells, by its text; there are few of them on all pages.

    It answers for every entry and event, and sooner than a cached function.
    """

    def __init__(self, read: Callable[[str], T]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, classes: str | None) -> T:
        self[classes] = found = self._read(classes or "")
        return found


def _kind(classes: str) -> EntryKind | None:
    box, kind, *_ = [*classes.split(), "", ""]
    return _KINDS.get(kind) if box == _BOX else None


def _icon(classes: str) -> str:
    names = (name for name in classes.split() if name.startswith(_ICON))
    return next(names, "").removeprefix(_ICON)


_kinds = _ByClasses(_kind)
_icons = _ByClasses(_icon)


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
        name = node.id or ""
        number = name.removeprefix(_ID)
        if number != name:
            entries.append(_entry(page, number, node, images))
        elif _EVENT in (node.attributes.get("class") or ""):
            happened.append(node)
    if entries and int(entries[0].id) > int(entries[-1].id):
        happened.reverse()
    entries.sort(key=lambda entry: entry.id.rjust(_DIGITS))
    return tuple(entries), _events(page, happened)


def events_of(page: Page, items: LexborNode) -> tuple[PageEvent, ...]:
    """What happened, in the order of its times."""
    return _events(page, [node for node in items.iter() if _EVENT in attribute(node, "class")])


def _entry(page: Page, number: str, outer: LexborNode, images: Mapping[str, PageFile]) -> PageEntry:
    """By the elements' places, from the end: a picture and a menu may stand at the beginning.

    The panel writes most first elements without a blank before them, so `_element` is called only
    where there is one: every call counts a hundred times on a page.
    """
    try:
        box = outer.first_child
        if box is None or not box.is_element_node:
            box = _needed(box)
        *_, header, body = box.iter()
        *_, author, link, title = header.iter()
        words, *more = body.iter()
        time = link.first_child
        if time is None or not time.is_element_node:
            time = _needed(time)
        # `attrs` finds one that is there sooner than `attributes`, which reads them all.
        at = _read_time(time.attrs["datetime"] or "")
        kind = _kinds[box.attrs["class"]]
    except (KeyError, ValueError):
        raise page.missing("header, body, author, time or title of an entry") from None
    if kind is None or author.tag != "b" or at.tzinfo is None or words.attributes.get("class"):
        raise page.missing("kind, author, time zone or words of an entry")
    if not number.isdecimal():
        raise page.missing("id of an entry")
    html = words.inner_html or ""
    files: tuple[PageFile, ...] = ()
    if images or (more and more[-1].first_child is not None):
        files = _files(page, more[-1] if more else None, html, images)
    # The marker is around all that was written: further in it is a quotation.
    first = words.first_child
    if first is not None and not first.is_element_node:
        first = _element(first)
    return PageEntry(
        number,
        kind,
        at,
        text(author),
        text(title) if title.first_child is not None else "",
        html,
        "" if first is None else first.attributes.get(MARKER) or "",
        files,
    )


def _element(node: LexborNode | None) -> LexborNode | None:
    """This node or the next one that is an element."""
    while node is not None and not node.is_element_node:
        node = node.next
    return node


def _needed(node: LexborNode | None) -> LexborNode:
    """The same where there has to be an element; raise ValueError if there is none."""
    found = _element(node)
    if found is None:
        raise ValueError
    return found


def moment(page: Page, time: LexborNode) -> datetime:
    """The time of a `time` element; raise UnreadableAnswerError if it tells none."""
    try:
        found = _read_time(time.attrs["datetime"] or "")
    except (KeyError, ValueError):
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
        listed = _LISTED.decode(found[1])
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
        if icon is None:
            continue
        words = inside[-1]
        time, actor, bold = _parts(words)
        if time is None:
            continue  # an event of a plugin may tell no time
        name = _icons[icon.attributes.get("class")]
        at = moment(page, time)
        since = at - _EPOCH
        key = f"{since.days * _DAY_S + since.seconds}.{name}"
        places[key] = place = places.get(key, 0) + 1
        time.decompose(recursive=False)  # it is read, and the words are what is left
        who = "" if actor is None else text(actor)
        found.append(PageEvent(f"{key}.{place}", name, at, who, text(words), bold))
    found.sort(key=attrgetter("at"))
    return tuple(found)


def _parts(words: LexborNode) -> tuple[LexborNode | None, LexborNode | None, tuple[str, ...]]:
    """When, who, and what stands out in the words of an event."""
    time = actor = None
    bold: tuple[str, ...] = ()
    for part in words.iter():
        tag = part.tag
        if tag == "time":
            time = part
        elif tag == "b":
            actor = part
        elif tag == _BOLD:
            bold = (*bold, text(part))
    return time, actor, bold
