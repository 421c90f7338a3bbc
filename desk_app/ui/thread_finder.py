"""Finds words in the shown ticket, and says when more of them are not on screen."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut

from desk_app.ui.jobs import Lane
from desk_app.ui.texts import tr

if TYPE_CHECKING:
    from collections.abc import Mapping

    from desk_app.domain.ticket import EntryId
    from desk_app.ports.reader import TicketPage, TicketReader
    from desk_app.ui.session import Session
    from desk_app.ui.views.find_bar import FindBar
    from desk_app.ui.views.thread_view import ThreadView

_ALL = 1_000_000


def occurrences(text: str, words: str) -> list[tuple[int, int]]:
    """Where `words` stand in `text`, first to last, in UTF-16 units as Qt counts."""
    if not words.strip():
        return []
    pattern = re.compile(r"\s+".join(map(re.escape, words.split())), re.IGNORECASE)
    found = [match.span() for match in pattern.finditer(text)]
    if text.isascii() or not found:
        return found
    places, at, units = [], 0, 0
    for start, end in found:
        units += len(text[at:start].encode("utf-16-le", "surrogatepass")) // 2
        length = len(text[start:end].encode("utf-16-le", "surrogatepass")) // 2
        places.append((units, units + length))
        at, units = end, units + length
    return places


class ThreadFinder(QObject):
    """Connects a find bar with a thread."""

    more_wanted = Signal()
    """What is not on screen is to be shown."""

    def __init__(self, session: Session, view: ThreadView, bar: FindBar) -> None:
        super().__init__(view)
        self._session = session
        self._view = view
        self._bar = bar
        self._page: TicketPage | None = None
        self._folded: Mapping[EntryId, str] = {}
        self._places: list[tuple[int, int]] = []
        self._current = -1
        bar.words_changed.connect(self._find)
        bar.step_wanted.connect(self.step)
        bar.left.connect(self._leave)
        bar.more_wanted.connect(self.more_wanted)
        for key, step in (("F3", 1), ("Shift+F3", -1)):
            shortcut = QShortcut(QKeySequence(key), bar.parentWidget() or bar)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(lambda step=step: self.step(step))

    def show_page(self, page: TicketPage | None, folded: Mapping[EntryId, str]) -> None:
        """Another text is on screen: find the same words in it."""
        self._page, self._folded = page, folded
        if not self._bar.isHidden():
            self._find(self._bar.edit.text(), at=self._current)

    def step(self, step: int) -> None:
        """Go to the next find (1) or the one before (-1), round at the ends."""
        if self._bar.isHidden():
            self._bar.open()
            return
        if self._places:
            self._go_to((self._current + step) % len(self._places))

    def _find(self, words: str, at: int = -1) -> None:
        self._places = occurrences(self._view.toPlainText(), words)
        start = self._view.textCursor().selectionStart()
        near = next((n for n, place in enumerate(self._places) if place[0] >= start), 0)
        last = len(self._places) - 1
        self._go_to(min(at if at >= 0 else near, last))
        self._bar.tell_more("")
        self._look_further(words)

    def _go_to(self, number: int) -> None:
        self._current = number
        self._view.mark_found(self._places, number)
        self._bar.tell(number, len(self._places))

    def _leave(self) -> None:
        self._places, self._current = [], -1
        self._view.mark_found([], -1)
        self._view.setFocus(Qt.FocusReason.OtherFocusReason)

    # --- what is not on screen -------------------------------------------------------------

    def _look_further(self, words: str) -> None:
        page, folded, agent = self._page, self._folded, self._session.agent
        if page is None or not words.strip() or not (folded or page.earlier):
            return
        shown = {entry.id for entry in page.entries}

        def question(reader: TicketReader) -> int:
            hits = sum(bool(occurrences(text, words)) for text in folded.values())
            if page.earlier:
                whole = reader.page(page.ticket.id, agent=agent, entries=_ALL)
                rest = (entry for entry in whole.entries if entry.id not in shown)
                hits += sum(bool(occurrences(entry.text, words)) for entry in rest)
            return hits

        self._session.ask(
            Lane.LIST, question, owner=self, done=lambda hits: self._tell_more(words, hits)
        )

    def _tell_more(self, words: str, hits: int) -> None:
        if hits and words == self._bar.edit.text() and not self._bar.isHidden():
            text = tr("more in {n} earlier or folded entries: show").format(n=hits)
            self._bar.tell_more(text)
