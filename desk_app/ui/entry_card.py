"""One entry as a card: who and what it is above, what was written in a frame, files below.

What a stranger wrote stays inside its frame, so no mail can look like the line above it. The frame
is a text frame, not a table: Qt lays out each cell of a table twice, which doubled the wait.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from desk_app.domain.entry import EntryKind
from desk_app.domain.file_kind import extension, runs, shown_name
from desk_app.ui.entry_body import Body, View, make_body, shown_files
from desk_app.ui.texts import tr

if TYPE_CHECKING:
    from desk_app.domain.entry import Attachment, Entry
    from desk_app.ui.theme import Colours

_MOST_NAMES = 5
_WHITE, _INK, _LINK = "#ffffff", "#1c2128", "#1f5fbf"
"""A mail with colours of its own was made for a white ground, in the dark theme too."""


def sheet(c: Colours) -> str:
    """The style sheet of a thread: only classes, which no cleaned mail can have."""
    return (
        f"body{{color:{c.text}}} a{{color:{c.accent}}}"
        f".paper{{color:{_INK};background-color:{_WHITE}}} .paper a{{color:{_LINK}}}"
    )


def entry_card(entry: Entry, view: View, *, short: bool = False) -> tuple[str, Body]:
    """The card, and what has to be known of it besides."""
    body = make_body(entry, view, short=short)
    c = view.colours
    back, line, _ = _look(entry.kind, c)
    ground = _WHITE if body.has_look else (c.note if entry.kind is EntryKind.NOTE else c.base)
    css = ' class="paper"' if body.has_look else ""
    html = _card(_head(entry, body, view), body.html, back=back, line=line, ground=ground, css=css)
    return html + _files(entry, body, view), body


def broken_card(entry: Entry, view: View) -> str:
    """What stands for an entry that could not be made ready."""
    c = view.colours
    words = tr("This entry could not be shown. It is safe in the desk.")
    retry = "" if view.paper else f' <a href="{view.links.address("retry")}">{tr("Retry")}</a>'
    name = escape(shown_name(entry.author_name, 80))
    return _card(name, f"{words}{retry}", back=c.base, line=c.danger, ground=c.base)


def _card(head: str, body: str, *, back: str, line: str, ground: str, css: str = "") -> str:
    """A line on a ground of its own, and a frame in its colour; `ThreadView` counts the frames."""
    return (
        f'<p style="background-color:{back};margin-bottom:0">{head}</p>'
        f'<table bgcolor="{ground}" style="-qt-table-type:frame;border:1px solid {line}"><tr>'
        f'<td{css}><div style="margin:8px">{body}</div></td></tr></table>'
    )


def _look(kind: EntryKind, c: Colours) -> tuple[str, str, str]:
    """Ground, edge and label. The label comes first, before any name a stranger chose."""
    return {
        EntryKind.MESSAGE: (c.message, c.line, tr("Message")),
        EntryKind.REPLY: (c.base, c.reply_line, tr("Reply")),
        EntryKind.NOTE: (c.note, c.note_line, tr("INTERNAL NOTE · agents only")),
    }[kind]


def _head(entry: Entry, body: Body, view: View) -> str:
    label = _look(entry.kind, view.colours)[2]
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
    return line + _pictures(entry, body, view)


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
    c, address = view.colours, view.links.address
    name = f"<b>{escape(shown_name(file.name))}</b>"
    told = f"{name} · {escape(kind_text(file))} · {size_text(file.size)}"
    if not view.paper:
        save = f'<a href="{address("file", entry.id, place)}">{tr("save as")}</a>'
        see = f'<a href="{address("open", entry.id, place)}">{tr("open")}</a>'
        danger = tr("a program, never opened from here")
        first = f"<i>{danger}</i>" if runs(file.name, file.mime_type) else see
        told += f" · {first} · {save}"
    return f'<tr><td bgcolor="{c.base}" style="border:1px solid {c.line}">{told}</td></tr>'


def kind_text(file: Attachment) -> str:
    """What kind of file it is, in a word or two."""
    kind = file.mime_type.partition("/")[0]
    end = shown_name(extension(file.name).upper(), 12)
    words = {"image": tr("picture"), "audio": tr("sound"), "video": tr("film"), "text": tr("text")}
    told = f"{end} {words.get(kind, tr('file'))}".strip()
    return told if end else shown_name(file.mime_type, 60)


def size_text(size: int) -> str:
    """Bytes as a person reads them."""
    amount, unit = float(size), "B"
    for unit in ("B", "kB", "MB", "GB"):
        if amount < 1000 or unit == "GB":  # noqa: PLR2004 - decimal units, as file managers show
            break
        amount /= 1000
    return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
