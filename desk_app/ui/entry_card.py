"""One entry as a card: who and what it is above, what was written and its files below.

On screen a card is plain paragraphs, and `card_painter` paints its ground and edge; on paper it is
a text frame. What a stranger wrote stays inside, so no mail can look like the line above it.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from desk_app.domain.entry import EntryKind
from desk_app.domain.file_kind import extension, runs, shown_name
from desk_app.ui.entry_body import Body, View, make_body, shown_files
from desk_app.ui.entry_mark import entry_mark
from desk_app.ui.texts import size_text, tr
from desk_app.ui.views.card_painter import GAP, INK, LINK, Mark, look

if TYPE_CHECKING:
    from desk_app.domain.entry import Attachment, Entry

_MOST_NAMES = 5


def entry_card(entry: Entry, view: View, *, short: bool = False) -> tuple[str, Body]:
    """The card, and what has to be known of it besides."""
    body = make_body(entry, view, short=short)
    mark = _MARKS[entry.kind] + (Mark.ON_PAPER if body.has_look else 0)
    text = _on_paper(body.html) if body.has_look else body.html
    return _card(_head(entry, body, view), text, _files(entry, body, view), mark, view), body


def broken_card(entry: Entry, view: View) -> str:
    """What stands for an entry that could not be made ready."""
    words = tr("This entry could not be shown. It is safe in the desk.")
    retry = "" if view.paper else f' <a href="{view.links.address("retry")}">{tr("Retry")}</a>'
    name = escape(shown_name(entry.author_name, 80))
    return _card(name, f"<p>{words}{retry}</p>", "", Mark.BROKEN, view)


def between(words: str, style: str = "", attributes: str = "") -> str:
    """A line of the program's own, outside of any card."""
    return (
        f'<p{attributes} style="-qt-user-state:{Mark.BETWEEN:d};margin-top:{GAP}px;{style}">'
        f"{words}</p>"
    )


def _card(head: str, body: str, files: str, mark: int, view: View) -> str:
    if view.paper:
        found = look(mark, view.colours)
        return (
            f'<p style="background-color:{found.head};margin-bottom:0">{head}</p>'
            f'<table bgcolor="{found.ground}" style="-qt-table-type:frame;'
            f'border:1px solid {found.edge}"><tr>'
            f'<td><div style="margin:8px">{body}</div></td></tr></table>{files}'
        )
    return f'<p style="-qt-user-state:{mark:d};margin-top:{GAP}px">{head}</p>{body}{files}'


def _on_paper(html: str) -> str:
    """A mail on white, whatever the theme: ink and links that are seen there."""
    links = html.replace("<a ", f'<a style="color:{LINK}" ')
    return f'<div style="color:{INK}">{links}</div>'


_MARKS = {
    EntryKind.MESSAGE: Mark.MESSAGE,
    EntryKind.REPLY: Mark.REPLY,
    EntryKind.NOTE: Mark.NOTE,
}


def _label(kind: EntryKind) -> str:
    """The label comes first, before any name a stranger chose."""
    return {
        EntryKind.MESSAGE: tr("Message"),
        EntryKind.REPLY: tr("Reply"),
        EntryKind.NOTE: tr("INTERNAL NOTE · agents only"),
    }[kind]


def _head(entry: Entry, body: Body, view: View) -> str:
    label = _label(entry.kind)
    when = entry.at.astimezone().strftime("%a %d %b %Y %H:%M")
    sign = {EntryKind.MESSAGE: "✉", EntryKind.REPLY: "↩", EntryKind.NOTE: "▤"}[entry.kind]
    to = (*entry.to, *entry.cc)
    names = ", ".join(shown_name(name, 60) for name in to[:_MOST_NAMES])
    more = f" +{len(to) - _MOST_NAMES}" if len(to) > _MOST_NAMES else ""
    email = f" &lt;{escape(shown_name(entry.author_email, 80))}&gt;" if entry.author_email else ""
    auto = f" · {tr('automatic')}" if entry.automatic else ""
    line = (
        f'<span style="color:{view.colours.dim}"><b>{sign} {label}</b>{auto} · {when}</span><br>'
        f"<b>{escape(shown_name(entry.author_name, 80))}</b>{email}"
        f"{f' → {escape(names)}{more}' if names else ''}"
    )
    return line + entry_mark(entry, view) + _pictures(entry, body, view)


def _pictures(entry: Entry, body: Body, view: View) -> str:
    """The line that offers pictures on other machines, or to stop loading them."""
    if not body.remote or view.paper:
        return ""
    name = escape(shown_name(entry.author_email or entry.author_name, 60))
    address = view.links.address
    if entry.requester is not None and entry.requester in view.senders:
        words = tr("Pictures on other machines are always loaded for {name}").format(name=name)
        offers = [(tr("stop that"), "block")]
    elif entry.id in view.allowed:
        return ""
    else:
        words = (
            tr("1 picture on another machine not loaded")
            if body.remote == 1
            else tr("{n} pictures on other machines not loaded").format(n=body.remote)
        )
        offers = [(tr("load for this message"), "load")]
        if entry.requester is not None:
            offers.append((tr("always for {name}").format(name=name), "always"))
    links = " · ".join(f'<a href="{address(verb, entry.id)}">{text}</a>' for text, verb in offers)
    return f"<br><small>{words}: {links}</small>"


def _files(entry: Entry, body: Body, view: View) -> str:
    files = list(shown_files(entry, body))
    rows = "".join(_file(entry, place, file, view) for place, file in files)
    if len(files) > 1 and not view.paper:
        href = view.links.address("saveall", entry.id)
        words = tr("save all {n}").format(n=len(files))
        rows += f'<tr><td><a href="{href}">{words}</a></td></tr>'
    table = '<table cellpadding="5" cellspacing="4">'
    return f"{table}{rows}</table>" if rows else ""


def _file(entry: Entry, place: int, file: Attachment, view: View) -> str:
    address = view.links.address
    name = f"<b>{escape(shown_name(file.name))}</b>"
    told = f"{name} · {escape(kind_text(file))} · {size_text(file.size)}"
    if not file.sha256:
        return _cell(told + _on_server(entry, place, view), view)
    if not view.paper:
        save = f'<a href="{address("file", entry.id, place)}">{tr("save as")}</a>'
        see = f'<a href="{address("open", entry.id, place)}">{tr("open")}</a>'
        danger = tr("a program, never opened from here")
        first = f"<i>{danger}</i>" if runs(file.name, file.mime_type) else see
        told += f" · {first} · {save}"
    return _cell(told, view)


def _cell(told: str, view: View) -> str:
    c = view.colours
    return f'<tr><td bgcolor="{c.base}" style="border:1px solid {c.line}">{told}</td></tr>'


def _on_server(entry: Entry, place: int, view: View) -> str:
    """Said of a file whose bytes are not here, with the way to get them."""
    if view.paper:
        return f" · {tr('on the server')}"
    href = view.links.address("get", entry.id, place)
    return f' · {tr("on the server")} · <a href="{href}">{tr("get when online")}</a>'


def kind_text(file: Attachment) -> str:
    """What kind of file it is, in a word or two."""
    kind = file.mime_type.partition("/")[0]
    end = shown_name(extension(file.name).upper(), 12)
    words = {"image": tr("picture"), "audio": tr("sound"), "video": tr("film"), "text": tr("text")}
    told = f"{end} {words.get(kind, tr('file'))}".strip()
    return told if end else shown_name(file.mime_type, 60)
