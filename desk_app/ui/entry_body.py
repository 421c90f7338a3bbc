"""What a stranger wrote, made ready to stand in a thread: pictures, links, trail, length."""

from __future__ import annotations

import re
from base64 import b64decode
from dataclasses import dataclass, field
from html import escape, unescape
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from desk_app.domain.file_kind import shown_name
from desk_app.domain.rich_text import html_to_text, text_to_html
from desk_app.domain.trail import own_and_trail
from desk_app.ui.texts import tr

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping
    from datetime import datetime

    from desk_app.domain.entry import Attachment, Entry
    from desk_app.domain.outbox import OutboxItem
    from desk_app.ui.theme import Colours
    from desk_app.ui.thread_links import Links

LONGEST = 60_000
"""Characters of HTML that are shown unasked: what is larger holds the window up."""
MOST_WHOLE = 200_000
"""Characters that are shown when it is asked for: a window that stands still helps nobody."""
SHORTENED = 4_000
_SHORT_TRAIL = 3  # lines that are not worth a fold
_MOST_PICTURES = 100
_ATTRIBUTES = r'((?:\s+[a-z]+="[^"]*")*)'
_IMAGE = re.compile(rf"<img{_ATTRIBUTES}\s*/?>")
_LINK = re.compile(rf"<a{_ATTRIBUTES}>(.*?)</a>", re.DOTALL)
_DATA = re.compile(r'src="data:[^"]*"')
_RUN = re.compile(r"[^\s<]{400}")
_TAG_OR_RUN = re.compile(r'(<(?:[^>"]|"[^"]*")*>)|(?:&#?\w+;|[^\s<&]){400}')
_PAIR = re.compile(r'\s([a-z]+)="([^"]*)"')
_LOOK = re.compile(r'(?:background-color|[";\s]color):|\s(?:bgcolor|color)="|<(?:table|font)\b')
_HOST = re.compile(r"(?:[a-z]+://)?(?:[^\s/@]*@)?((?:[\w-]+\.)+[^\W\d_]{2,})", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture that is to appear where the text has its address."""

    address: str
    entry: int
    source: Attachment | bytes | str
    """A file of the desk, the bytes themselves, or where on the net it is."""
    name: str
    width: int
    """What the mail asks for; 0 for the picture's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What the agent has opened in a thread, and how it is to look."""

    colours: Colours
    links: Links
    clean: Callable[[str], str]
    agent: str = ""
    events: Collection[int] = ()
    """First events of the runs that are unfolded."""
    quotes: Collection[int] = ()
    """Entries whose quoted trail is unfolded."""
    whole: Collection[int] = ()
    """Long entries that are shown whole."""
    allowed: Collection[int] = ()
    """Entries whose pictures on other machines were asked for."""
    senders: Collection[int] = ()
    """Requesters whose pictures on other machines are always loaded."""
    broken: Mapping[str, str] = field(default_factory=dict)
    """Why a picture cannot be shown, by its address."""
    unsettled: Mapping[int, OutboxItem] = field(default_factory=dict)
    """What the server does not have yet, by the entry."""
    server: str = ""
    """What the desk's server is called; '' without one."""
    now: datetime | None = None
    paper: bool = False
    """For print: nothing folded, nothing to click."""

    def loads_for(self, entry: Entry) -> bool:
        return entry.id in self.allowed or entry.requester in self.senders


@dataclass(slots=True, kw_only=True)
class Body:
    """One entry's own part of the thread."""

    html: str = ""
    pictures: list[Picture] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)
    """What the text of a link claims, by where it leads, when that is another address."""
    folded: str = ""
    """Text that is there but not on screen."""
    remote: int = 0
    """Pictures on other machines."""
    used: set[str] = field(default_factory=set)
    """Content ids of files that the text shows as pictures."""
    has_look: bool = False
    """It brings colours of its own, which stand on white."""


def make_body(entry: Entry, view: View, *, short: bool = False) -> Body:
    """Make what an entry says ready to be shown; `short` cuts it as if it were too long."""
    body = Body()
    is_long = short or weight(entry.html) > LONGEST
    if is_long and not view.paper:
        if entry.id not in view.whole:
            _shorten(body, entry, view)
            return body
        if weight(entry.html) > MOST_WHOLE:
            _cut(body, entry, view)
            return body
    own, trail = own_and_trail(entry.html, view.clean)
    maker = _Maker(entry, view, body)
    body.html = maker.made(own)
    body.has_look = _LOOK.search(own) is not None
    if trail:
        _add_trail(body, entry, trail, maker)
    return body


def weight(html: str) -> int:
    """How much of it has to be laid out; a picture in it weighs nothing, whatever its length."""
    return len(_DATA.sub("", html)) if "data:" in html else len(html)


def without_pictures(html: str) -> str:
    """The same with each picture's alternative text in its place, to be quoted."""
    return _IMAGE.sub(lambda found: escape(_pairs(found[1]).get("alt", "")), html)


def _shorten(body: Body, entry: Entry, view: View) -> None:
    shown, body.folded = entry.text[:SHORTENED], entry.text[SHORTENED:]
    words = tr("This message is long ({n} characters): show all of it with its pictures")
    href = view.links.address("whole", entry.id)
    body.html = (
        f"{text_to_html(shown)}{'…' if body.folded else ''}"
        f'<p><a href="{href}">{words.format(n=len(entry.html))}</a></p>'
    )


def _cut(body: Body, entry: Entry, view: View) -> None:
    """The words alone, as many as can be laid out, and a way to have them all."""
    words = tr("These are the first {n} of {all} characters: save all as a text file")
    words = words.format(n=min(MOST_WHOLE, len(entry.text)), all=len(entry.text))
    href = view.links.address("text", entry.id)
    shown = breakable_html(text_to_html(entry.text[:MOST_WHOLE]))
    body.html = f'{shown}<p><a href="{href}">{words}</a></p>'


def breakable_html(html: str) -> str:
    """The same with places to break in endless words, for whose lines Qt needs ages.

    A line of 60,000 letters takes it a second, and four for twice as many.
    """
    if not _RUN.search(html):
        return html
    return _TAG_OR_RUN.sub(lambda found: found[0] if found[1] else f"{found[0]}\u200b", html)


def _add_trail(body: Body, entry: Entry, trail: str, maker: _Maker) -> None:
    view = maker.view
    text = html_to_text(trail, addresses=False)
    if view.paper or len([line for line in text.splitlines() if line.strip()]) <= _SHORT_TRAIL:
        body.html += maker.made(trail)
        body.has_look |= _LOOK.search(trail) is not None
        return
    href = view.links.address("quote", entry.id)
    if entry.id in view.quotes:
        body.html += f'<p><a href="{href}">▾ {tr("hide quoted text")}</a></p>{maker.made(trail)}'
        body.has_look |= _LOOK.search(trail) is not None
    else:
        body.html += f'<p><a href="{href}">··· {tr("quoted text")}</a></p>'
        body.folded = text


class _Maker:
    """Rewrites the pictures and links of one entry in turn."""

    def __init__(self, entry: Entry, view: View, body: Body) -> None:
        self._entry = entry
        self.view = view
        self._body = body
        self._count = 0
        self._files = {file.content_id: file for file in entry.attachments if file.content_id}

    def made(self, html: str) -> str:
        return breakable_html(_IMAGE.sub(self._image, _LINK.sub(self._link, html)))

    def _image(self, found: re.Match[str]) -> str:
        pairs = _pairs(found[1])
        scheme, _, rest = pairs.get("src", "").partition(":")
        self._count += 1
        alt = shown_name(pairs.get("alt", "").strip(), 60)
        name = alt or tr("picture")
        if scheme == "remote":
            self._body.remote += 1
            if not self.view.loads_for(self._entry):
                return f"<i>[{escape(name)}]</i>"
            return self._placed(unquote(rest), name, pairs)
        if scheme == "cid":
            self._body.used.add(unquote(rest))
            file = self._files.get(unquote(rest)) or self._files.get(rest)
            if file is None:
                words = tr("picture “{name}” is not among this message's files")
                return f"<i>[{escape(words.format(name=alt or shown_name(rest, 60)))}]</i>"
            return self._of_file(file, pairs)
        if scheme == "data":
            return self._placed(_decoded(rest), name, pairs)
        return f"<i>[{escape(name)}]</i>"

    def _of_file(self, file: Attachment, pairs: dict[str, str]) -> str:
        if not file.sha256:  # its card offers to get it
            self._body.used -= {file.content_id or "", pairs.get("src", "")[4:]}
            return f"<i>[{escape(shown_name(file.name, 60))}: {tr('on the server')}]</i>"
        self._body.used.add(file.content_id or "")
        return self._placed(file, file.name, pairs)

    def _placed(self, source: Attachment | bytes | str, name: str, pairs: dict[str, str]) -> str:
        address = self.view.links.address("picture", self._entry.id, self._count)
        why = self.view.broken.get(address)
        if self._count > _MOST_PICTURES:
            why = tr("too many pictures")
        if why is not None:
            return f"<i>[{escape(shown_name(name, 60))}: {escape(why)}]</i>"
        width = int(pairs.get("width", "0")) if pairs.get("width", "0").isdigit() else 0
        self._body.pictures.append(
            Picture(address=address, entry=self._entry.id, source=source, name=name, width=width)
        )
        return f'<img src="{address}">'

    def _link(self, found: re.Match[str]) -> str:
        href = _pairs(found[1]).get("href", "")
        label = html_to_text(found[2], addresses=False).strip()
        told = other_address(href, label)
        if not told:
            return found[0]
        self._body.labels[href] = label
        return f"{found[0]} <small>[{escape(shown_name(told, 80))}]</small>"


def other_address(href: str, label: str) -> str:
    """Where a link leads if its text claims to be an address and is another one; '' if not."""
    claim = _HOST.search(label[:300])
    if claim is None:
        return ""
    said = claim[1].casefold().removeprefix("www.")
    if href.startswith("mailto:"):
        real = unquote(href[7:].partition("?")[0])
        return "" if real.casefold() in label.casefold() else real
    try:
        real = (urlsplit(href).hostname or "").removeprefix("www.")
    except ValueError:
        real = href
    return "" if real == said or real.endswith(f".{said}") else real or href


def _pairs(source: str) -> dict[str, str]:
    return {name: unescape(value) for name, value in _PAIR.findall(source)}


def _decoded(rest: str) -> bytes:
    try:
        return b64decode(rest.partition(",")[2])
    except ValueError:
        return b""


def shown_files(entry: Entry, body: Body) -> Iterator[tuple[int, Attachment]]:
    """The files that are not in the text as pictures, with their places."""
    for place, file in enumerate(entry.attachments):
        if not (file.content_id and file.content_id in body.used):
            yield place, file
