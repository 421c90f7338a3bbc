"""The thread of the shown ticket: what is unfolded, its links, pictures, files and quotes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QTextBlockFormat, QTextCharFormat

from desk_app.domain.draft import DraftKind
from desk_app.domain.entry import Entry, EntryKind
from desk_app.domain.file_kind import shown_name
from desk_app.domain.rich_text import quote_html, text_to_html
from desk_app.domain.ticket import EntryId
from desk_app.domain.trail import own_and_trail
from desk_app.ui.entry_body import View, without_pictures
from desk_app.ui.file_saver import FileSaver, find_file, find_files
from desk_app.ui.held_seconds import HeldSeconds
from desk_app.ui.jobs import Lane
from desk_app.ui.picture_loader import PictureLoader
from desk_app.ui.texts import error_text, size_text, tr
from desk_app.ui.theme import colours
from desk_app.ui.thread_finder import ThreadFinder
from desk_app.ui.thread_html import Thread, make_thread
from desk_app.ui.thread_links import link_words, may_open

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from desk_app.domain.outbox import OutboxItem
    from desk_app.domain.ticket import TicketId
    from desk_app.ports.reader import TicketPage
    from desk_app.ports.unit_of_work import Changes
    from desk_app.ui.session import Session
    from desk_app.ui.views.ticket_pane import TicketPane

ENTRIES = 100
"""Entries shown at first; more on request."""
_ALL = 1_000_000
_LONGEST_QUOTE = 100_000
_PATIENCE_MS = 150


@dataclass(slots=True)
class _Stay:
    """One ticket's time on screen; unfolded things and the unread mark last as long."""

    ticket: TicketId | None = None
    entries: int = ENTRIES
    events: set[int] = field(default_factory=set)
    quotes: set[int] = field(default_factory=set)
    whole: set[int] = field(default_factory=set)
    allowed: set[int] = field(default_factory=set)
    broken: dict[str, str] = field(default_factory=dict)
    seen: EntryId | None = None
    is_seen_known: bool = False

    def remember_seen(self, page: TicketPage) -> EntryId | None:
        """Where the unread began when the ticket came; reading it must not move the line."""
        if not self.is_seen_known:
            newest = page.entries[-1].id if page.entries else None
            self.seen = newest if page.seen is None else page.seen
            self.is_seen_known = True
        return self.seen


class ThreadController(QObject):
    """Connects the thread of one `TicketPane` with the desk."""

    undo_wanted = Signal(object)
    """What waits is to be taken back. Emits: Event."""
    outbox_wanted = Signal(object)
    """What waits, or needs the agent, is to be shown. Emits: OutboxItem."""
    reread_wanted = Signal()
    """The page has to be read again, since more of it or something else of it is wanted."""

    def __init__(self, session: Session, pane: TicketPane, files: FileSaver) -> None:
        super().__init__(pane)
        self._session = session
        self._pane = pane
        self._view = pane.talk
        self._files = files
        self._stay = _Stay()
        self._page: TicketPage | None = None
        self._unsettled: Mapping[int, OutboxItem] = {}
        self._thread = Thread()
        self._loader = PictureLoader(session, pane.talk)
        self._loader.broken.connect(self._name_broken)
        self._finder = ThreadFinder(session, pane.talk, pane.find_bar)
        self._finder.more_wanted.connect(self._unfold_all)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(_PATIENCE_MS)
        self._patience.timeout.connect(self._tell_loading)
        self._seconds = HeldSeconds(session, pane.talk)
        pane.talk.link_clicked.connect(self.follow)
        pane.talk.quote_wanted.connect(self._quote)

    # --- showing ---------------------------------------------------------------------------

    @property
    def entries(self) -> int:
        """How many entries are wanted on screen."""
        return self._stay.entries

    def begin(self, ticket: TicketId | None) -> None:
        """Another ticket comes: nothing of it is unfolded, and its unread mark is new."""
        self._stay = _Stay(ticket)
        self._page = None
        self._loader.forget()
        if ticket is not None:
            self._patience.start()

    def maker(self) -> Callable[[TicketPage, Mapping[int, OutboxItem]], Thread]:
        """What makes the thread of a page, and of what waits of it; to be called on a worker."""
        directory, stay, sync = self._session.directory, self._stay, self._session.sync
        view = View(
            colours=colours(),
            links=self._view.links,
            clean=self._session.desk.clean_html,
            agent=self._session.agent,
            events=frozenset(stay.events),
            quotes=frozenset(stay.quotes),
            whole=frozenset(stay.whole),
            allowed=frozenset(stay.allowed),
            broken=dict(stay.broken),
            server="" if sync is None else sync.name,
            now=self._session.desk.now(),
        )

        def make(page: TicketPage, unsettled: Mapping[int, OutboxItem]) -> Thread:
            seen = stay.remember_seen(page)
            if directory is None:
                return Thread()  # the names come soon, and everything is read again with them
            shown = replace(view, senders=page.pictures_from, unsettled=unsettled)
            return make_thread(page, directory, shown, seen)

        return make

    def take_unsettled(self, unsettled: Mapping[int, OutboxItem]) -> None:
        """What of the page that comes is not settled, by the entry."""
        self._unsettled = unsettled

    def show(self, page: TicketPage, thread: Thread, *, at_end: bool) -> None:
        """Show a thread that `maker` made."""
        earlier = False
        if self._page is not None and page.entries and self._page.entries:
            earlier = page.entries[0].id < self._page.entries[0].id
            if page.entries[-1].agent != self._session.agent and not self._view.is_at_end():
                at_end = False  # somebody else wrote: what is being read stays where it is
        self._patience.stop()
        self._page, self._thread = page, thread
        self._seconds.follow(self._unsettled.values(), thread.made_at or self._session.desk.now())
        self._view.show_html(thread.html, at_end=at_end, from_end=earlier)
        self._finder.show_page(page, thread.folded)
        self._loader.load(thread.pictures)

    def _tell_loading(self) -> None:
        self._view.show_html(f"<p>{tr('Loading…')}</p>", at_end=False)

    def _make_again(self) -> None:
        """Make the same page anew: something was folded or unfolded."""
        page = self._page
        if page is None:
            return

        def show(thread: Thread) -> None:
            if page is self._page:
                self.show(page, thread, at_end=False)

        make, unsettled = self.maker(), self._unsettled
        self._session.jobs.run(
            Lane.ROWS, lambda: make(page, unsettled), owner=self, done=show, failed=self._failed
        )

    def _name_broken(self, broken: dict[str, str]) -> None:
        self._stay.broken |= broken
        self._make_again()

    def _unfold_all(self) -> None:
        self._stay.entries = _ALL
        self._stay.quotes |= set(self._thread.folded)
        self._stay.whole |= set(self._thread.folded)
        self.reread_wanted.emit()

    # --- links -----------------------------------------------------------------------------

    def follow(self, address: str) -> None:
        """Do what one of our own links asks for; say of any other where it leads."""
        own = self._view.links.find(address)
        if own is None:
            self._offer_link(address)
            return
        verb, numbers = own
        calls: dict[str, Callable[..., None]] = {
            "earlier": self._show_earlier,
            "retry": self.reread_wanted.emit,
            "events": partial(self._toggle, self._stay.events),
            "quote": partial(self._toggle, self._stay.quotes),
            "whole": partial(self._toggle, self._stay.whole),
            "text": self._save_text,
            "load": partial(self._toggle, self._stay.allowed),
            "always": partial(self._allow, allowed=True),
            "block": partial(self._allow, allowed=False),
            "open": self._open_file,
            "file": self._save_file,
            "saveall": self._save_files,
            "get": self._get_file,
            "undo": self._undo,
            "wait": self._show_unsettled,
            "decide": self._show_unsettled,
        }
        if verb in calls:
            calls[verb](*numbers)

    def _offer_link(self, address: str) -> None:
        words = link_words(address, self._thread.labels.get(address, ""))
        if may_open(address):
            call = partial(_open_outside, address)
            self._pane.notice.say(words, act=tr("Open in browser"), call=call)
        else:
            self._pane.notice.say(words, kind="refusal")

    def _show_earlier(self) -> None:
        self._stay.entries *= 10
        self.reread_wanted.emit()

    def _toggle(self, unfolded: set[int], number: int) -> None:
        unfolded ^= {number}
        self._make_again()

    def _allow(self, entry: int, *, allowed: bool) -> None:
        """Always load this sender's pictures from other machines, or never again unasked."""
        found = next((shown for shown in self._thread.entries if shown.id == entry), None)
        if found is None or found.requester is None:
            return
        requester = found.requester
        self._stay.allowed.discard(entry)

        def work() -> Changes:
            with self._session.desk.unit() as unit:
                person = unit.requester(requester)
                unit.save_requester(replace(person, images_allowed=allowed))
                return unit.commit()

        self._session.write(
            work, owner=self, done=lambda _: self.reread_wanted.emit(), failed=self._failed
        )

    def _open_file(self, entry: int, place: int) -> None:
        file = find_file(self._page, entry, place) if self._page else None
        if file is not None:
            self._files.offer_to_open(file)

    def _save_file(self, entry: int, place: int) -> None:
        file = find_file(self._page, entry, place) if self._page else None
        if file is not None:
            self._files.offer(file)

    def _save_text(self, entry: int) -> None:
        found = next((shown for shown in self._thread.entries if shown.id == entry), None)
        if found is not None:
            self._files.offer_text(found.text)

    def _save_files(self, entry: int) -> None:
        if self._page is not None:
            self._files.offer_all(find_files(self._page, entry))

    # --- what is not settled, or not here --------------------------------------------------

    def _undo(self, entry: int) -> None:
        item = self._unsettled.get(entry)
        if item is not None:
            self.undo_wanted.emit(item.event)

    def _show_unsettled(self, entry: int) -> None:
        item = self._unsettled.get(entry)
        if item is not None:
            self.outbox_wanted.emit(item)

    def _get_file(self, entry: int, place: int) -> None:
        """Bring a file that is on the server alone; the page is read anew when it is here."""
        file = find_file(self._page, entry, place) if self._page else None
        sync = self._session.sync
        if file is None or sync is None:
            return
        if sync.state is None or not sync.state.is_online:
            words = tr("“{name}” ({size}) is on the server: get it when you are online again.")
            told = words.format(name=shown_name(file.name), size=size_text(file.size))
            self._pane.notice.say(told, kind="refusal")
            return
        self._pane.notice.say(tr("Getting “{name}” …").format(name=shown_name(file.name)))
        sync.ask(
            partial(sync.syncing.fetch_file, EntryId(entry), file.name),
            owner=self,
            done=lambda _: self._pane.notice.dismiss(),
            failed=self._failed,
        )

    def _failed(self, error: Exception) -> None:
        self._pane.notice.say(error_text(error), kind="error")

    # --- quoting ---------------------------------------------------------------------------

    def _quote(self, text: str) -> None:
        """Put the selection, or the newest message, into the composer as a quote."""
        cards = self._thread.entries
        if text:
            touched = [cards[n] for n in self._view.selected_cards() if n < len(cards)]
            heading = _heading(touched[0]) if len(touched) == 1 else ""
            html = quote_html(text_to_html(text[:_LONGEST_QUOTE]), heading)
            self._insert_quote(touched, html)
        elif newest := _newest(cards):
            clean = self._session.desk.clean_html

            def work() -> str:
                own, _ = own_and_trail(newest.html, clean)
                if len(own) > _LONGEST_QUOTE:
                    own = text_to_html(newest.text[:_LONGEST_QUOTE])
                return quote_html(without_pictures(own), _heading(newest))

            self._session.jobs.run(
                Lane.ROWS,
                work,
                owner=self,
                done=partial(self._insert_quote, [newest]),
                failed=self._failed,
            )

    def _insert_quote(self, quoted: list[Entry], html: str) -> None:
        # What only agents may read is never put into what the requester will read.
        from_note = any(entry.kind is EntryKind.NOTE for entry in quoted)
        composer = self._pane.note if from_note else self._pane.reply
        cursor = composer.edit.textCursor()
        cursor.insertHtml(html)
        cursor.insertBlock(QTextBlockFormat(), QTextCharFormat())
        composer.edit.setTextCursor(cursor)
        self._pane.write(DraftKind.NOTE if from_note else DraftKind.REPLY)
        if from_note:
            words = tr("This is from an internal note, so it was quoted in a note, not the reply.")
            self._pane.notice.say(words)


def _newest(entries: list[Entry]) -> Entry | None:
    """What a reply would most likely quote: what the requester wrote last."""
    for kind in (EntryKind.MESSAGE, EntryKind.REPLY):
        found = next((entry for entry in reversed(entries) if entry.kind is kind), None)
        if found is not None:
            return found
    return None


def _heading(entry: Entry) -> str:
    when = entry.at.astimezone().strftime("%d %b %Y %H:%M")
    return tr("On {when} {name} wrote:").format(when=when, name=entry.author_name)


def _open_outside(address: str) -> None:
    QDesktopServices.openUrl(QUrl(address))
