"""A queue row as texts, made once when the row is read; the delegate only paints them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from desk_app.domain.calm_text import calm
from desk_app.domain.filters import SOON_MIN, Column, QueueRow
from desk_app.domain.moment import from_ms
from desk_app.domain.state import Stage, State
from desk_app.ui.texts import source_name, stage_name, tip, tr

if TYPE_CHECKING:
    from collections.abc import Callable

    from desk_app.domain.outbox import OutboxState

COLUMNS: tuple[Column, ...] = tuple(Column)
_HOUR = 3600
_DAY = 24 * _HOUR


class Cells(NamedTuple):
    """What one row shows."""

    row: QueueRow
    texts: tuple[str, ...]
    """By section, in the order of `COLUMNS`."""
    overdue: bool
    due_soon: bool
    marks: str
    """Signs before the subject: what is not settled, unread, draft, files, tasks."""
    unsettled: str = ""
    """Where the ticket's line to the server stands, in words; '' if all is settled."""

    def spoken(self, section: int) -> str:
        """The cell for a screen reader: signs as words."""
        words = [header_text(COLUMNS[section]), self.texts[section]]
        if COLUMNS[section] is Column.SUBJECT:
            words += [self.unsettled, *mark_words(self.row)]
        return ", ".join(word for word in words if word)

    def hint(self, section: int) -> str | None:
        if COLUMNS[section] is Column.SUBJECT:
            words = [self.row.subject, self.unsettled, *mark_words(self.row)]
            return tip("\n".join(line for line in words if line))
        return tip(self.texts[section]) or None


def header_text(column: Column) -> str:
    return {
        Column.NUMBER: tr("Number"),
        Column.SUBJECT: tr("Subject"),
        Column.REQUESTER: tr("From"),
        Column.STATUS: tr("Status"),
        Column.STAGE: tr("Stage"),
        Column.PRIORITY: tr("Priority"),
        Column.OWNER: tr("Agent"),
        Column.TEAM: tr("Team"),
        Column.DEPARTMENT: tr("Department"),
        Column.TOPIC: tr("Help topic"),
        Column.DUE: tr("Due"),
        Column.UPDATED: tr("Updated"),
        Column.CREATED: tr("Created"),
        Column.SOURCE: tr("Source"),
    }[column]


def mark_words(row: QueueRow) -> list[str]:
    """The signs of a row, in words."""
    marks = (
        (row.unread, tr("new message")),
        (row.has_draft, tr("has a draft")),
        (row.has_files, tr("has files")),
        (row.open_tasks, tr("open tasks: {n}").format(n=row.open_tasks)),
    )
    return [words for there, words in marks if there]


class CellWriter:
    """Writes cells with the desk's names; `now` decides what is overdue."""

    def __init__(self, names: dict[tuple[str, str], str], clock: Callable[[], datetime]) -> None:
        self.names = names
        self.unsettled: dict[int, OutboxState] = {}
        """Where tickets' lines to the server stand, of those that have one."""
        self._clock = clock

    def __call__(self, row: QueueRow) -> Cells:
        now = self._clock()
        left = None if row.due_ms is None else from_ms(row.due_ms) - now
        open_ = row.state == State.OPEN
        mark = _mark(self.unsettled.get(row.id))
        texts = tuple(_TEXTS[column](self, row, now) for column in COLUMNS)
        return Cells(
            row=row,
            texts=texts,
            overdue=open_ and left is not None and left < timedelta(0),
            due_soon=open_ and left is not None and left < timedelta(minutes=SOON_MIN),
            marks=" ".join(filter(None, (_SYNC[mark], _marks(row)))),
            unsettled=unsettled_words(mark),
        )

    def name(self, kind: str, key: str | None) -> str:
        return "" if key is None else self.names.get((kind, key), key)


def _mark(state: OutboxState | None) -> str:
    if state is None:
        return ""
    from desk_app.domain.outbox import NEEDS_YOU  # late: the first rows do without

    return "needs_you" if state in NEEDS_YOU else "waiting"


_SYNC = {"": "", "waiting": "⇡", "needs_you": "⚠"}


def unsettled_words(mark: str) -> str:
    return {"": "", "waiting": tr("waiting"), "needs_you": tr("needs you")}[mark]


def _marks(row: QueueRow) -> str:
    signs = ((row.unread, "●"), (row.has_draft, "✎"), (row.has_files, "❏"), (row.open_tasks, "☐"))
    return " ".join(sign for there, sign in signs if there)


def due_text(row: QueueRow, now: datetime) -> str:
    """How long is left, or how long it is over; '' if it is never due or done."""
    if row.due_ms is None or row.state != State.OPEN:
        return ""
    return due_words(int((from_ms(row.due_ms) - now).total_seconds()))


def due_words(seconds: int) -> str:
    """How long is left; less than nothing is how long it is over."""
    span = span_text(abs(seconds))
    return tr("{span} over").format(span=span) if seconds < 0 else tr("in {span}").format(span=span)


def span_text(seconds: int) -> str:
    """A span for a narrow column: the largest unit and, if it tells, the next."""
    if seconds >= 2 * _DAY:
        return tr("{n} d").format(n=seconds // _DAY)
    if seconds >= _HOUR:
        return tr("{h}:{m:02} h").format(h=seconds // _HOUR, m=seconds % _HOUR // 60)
    return tr("{n} min").format(n=seconds // 60)


def when_text(ms: int, now: datetime) -> str:
    """A time for a narrow column: today the hour, this year the day, else the date."""
    at = from_ms(ms).astimezone()
    today = now.astimezone()
    if at.date() == today.date():
        return at.strftime("%H:%M")
    if at.year == today.year:
        return at.strftime("%d %b %H:%M")
    return at.strftime("%Y-%m-%d")


_TEXTS: dict[Column, Callable[[CellWriter, QueueRow, datetime], str]] = {
    Column.NUMBER: lambda w, r, n: r.number or tr("new"),
    Column.SUBJECT: lambda w, r, n: calm(r.subject) or tr("(no subject)"),
    Column.REQUESTER: lambda w, r, n: calm(r.requester),
    Column.STATUS: lambda w, r, n: w.name("status", r.status),
    Column.STAGE: lambda w, r, n: stage_name(Stage(r.stage)),
    Column.PRIORITY: lambda w, r, n: w.name("priority", r.priority),
    Column.OWNER: lambda w, r, n: w.name("agent", r.owner),
    Column.TEAM: lambda w, r, n: w.name("team", r.team),
    Column.DEPARTMENT: lambda w, r, n: w.name("department", r.department),
    Column.TOPIC: lambda w, r, n: w.name("topic", r.topic),
    Column.DUE: lambda w, r, n: due_text(r, n),
    Column.UPDATED: lambda w, r, n: when_text(r.updated_ms, n),
    Column.CREATED: lambda w, r, n: when_text(r.created_ms, n),
    Column.SOURCE: lambda w, r, n: source_name(r.source),
}
