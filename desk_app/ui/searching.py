"""The search line, the filter line and saved searches of one window."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desk_app.domain.filters import QueueKind, SavedSearch
from desk_app.domain.search_text import Condition
from desk_app.domain.ticket import Stage
from desk_app.ui.jobs import Lane
from desk_app.ui.queue_controller import Shown
from desk_app.ui.texts import condition_text, error_text, stage_name, tr
from desk_app.ui.views.chooser import Choice

if TYPE_CHECKING:
    from desk_app.ports.unit_of_work import Changes
    from desk_app.ui.main_window import MainWindow

_AS_TEXT = {
    QueueKind.MINE: "is:open agent:me",
    QueueKind.UNASSIGNED: "is:open is:unassigned",
    QueueKind.OVERDUE: "is:overdue",
    QueueKind.UNANSWERED: "is:open is:unanswered",
    QueueKind.OPEN: "is:open",
    QueueKind.CLOSED: "is:closed",
    QueueKind.ALL: "",
}
"""Queues that a saved search can say; the others depend on more than a text."""


class Searching(QObject):
    """Connects the lines above the table with the queue, and keeps searches by name."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._session = window.session
        bar, navigator = window.filter, window.navigator
        bar.changed.connect(window.queues.narrow)
        bar.condition_wanted.connect(self.offer_conditions)
        bar.save_wanted.connect(self.ask_name)
        bar.left.connect(window.queue.setFocus)
        window.search.left.connect(window.queue.setFocus)
        navigator.search_chosen.connect(lambda saved: window.queues.search(saved.text))
        navigator.search_unwanted.connect(self.remove)
        navigator.agent_chosen.connect(self.show_agent)
        window.queues.began.connect(self._show_shown)
        window.queues.hidden.connect(bar.tell_hidden)
        self._session.changed.connect(self._refresh)
        self._session.directory_loaded.connect(lambda: self._show_shown(window.queues.shown))

    def load(self) -> None:
        """Read the saved searches."""
        self._session.ask(
            Lane.ROWS, lambda reader: reader.saved_searches(), owner=self, done=self._take
        )

    def _refresh(self, changes: Changes) -> None:
        if changes.searches or changes.everything:
            self.load()

    def _take(self, searches: list[SavedSearch]) -> None:
        if searches != self._window.queues.searches:
            self._window.queues.searches = searches
            self._window.navigator.show_searches(searches)
            self._window.queues.count()

    def _show_shown(self, shown: Shown) -> None:
        self._window.navigator.stand_at(shown.kind, searching=bool(shown.text))
        bar = self._window.filter
        if bar.edit.text().strip() != shown.narrowed:
            bar.show_text(shown.narrowed)
        bar.show_search(self._window.queues.read(shown.narrowed))
        if self._window.search.text().strip() != shown.text:
            self._window.search.blockSignals(True)  # noqa: FBT003 - Qt's own signature
            self._window.search.setText(shown.text)
            self._window.search.blockSignals(False)  # noqa: FBT003

    def show_agent(self, agent: str) -> None:
        """The open tickets of a colleague."""
        condition = Condition(name="agent", value=agent)
        self._window.queues.search(f"is:open {condition.text}")

    # --- conditions ------------------------------------------------------------------------

    def offer_conditions(self) -> None:
        """Every condition that this desk knows, to be typed at."""
        choices = [
            Choice(text=name or condition_text(condition), call=call)
            for condition, name, call in self._conditions()
        ]
        self._window.chooser.open_with(tr("Show only…"), choices)

    def _conditions(self) -> list[tuple[Condition, str, Callable[[], None]]]:
        directory = self._session.directory
        found = [Condition(name="is", value=value) for value in _IS]
        found += [Condition(name="agent", value=value) for value in ("me", "nobody")]
        found.append(Condition(name="has", value="draft"))
        if directory is not None:
            for name, things in (
                ("status", directory.lifecycle.statuses),
                ("priority", directory.priorities),
                ("agent", directory.agents),
                ("team", directory.teams),
                ("department", directory.departments),
                ("topic", directory.topics),
            ):
                found += [Condition(name=name, value=str(t.name)) for t in things.values()]
            reasons = ("any", "none", *directory.lifecycle.breach_reasons)
            found += [Condition(name="breach", value=reason) for reason in reasons]
        add = self._window.filter.add
        listed: list[tuple[Condition, str, Callable[[], None]]] = [
            (condition, "", partial(add, condition)) for condition in found
        ]
        for stage in Stage:
            condition = Condition(name="stage", value=str(stage + 1))
            words = tr("Stage: {name}").format(name=stage_name(stage))
            listed.append((condition, words, partial(add, condition)))
        return listed

    # --- saved searches --------------------------------------------------------------------

    def ask_name(self) -> None:
        """Ask what the search shall be called."""
        text = self._text()
        if text is None:
            self._window.notice.say(tr("This queue cannot be saved as a search; search first."))
            return
        if not text:
            self._window.notice.say(tr("There is nothing to save: search or filter first."))
            return

        def offer(name: str) -> list[Choice]:
            label = tr("Save as “{name}”").format(name=name)
            return [Choice(text=label, detail=text, call=partial(self.save, name, text))]

        self._window.chooser.open_with(tr("Name of the search"), [], free=offer)

    def save(self, name: str, text: str) -> None:
        """Keep a search by name, for everybody who works on this desk."""

        def work() -> Changes:
            with self._session.desk.unit() as unit:
                number = self._session.desk.ids.number(self._session.desk.now())
                unit.save_search(number, name, text)
                return unit.commit()

        self._write(work)

    def remove(self, search: SavedSearch) -> None:
        """Take a saved search away; the notice gives it back."""

        def work() -> Changes:
            with self._session.desk.unit() as unit:
                unit.delete_search(search.id)
                return unit.commit()

        self._write(work)
        self._window.notice.say(
            tr("The search “{name}” was removed.").format(name=search.name),
            act=tr("Undo"),
            call=partial(self.save, search.name, search.text),
        )

    def _write(self, work: Callable[[], Changes]) -> None:
        self._session.write(
            work,
            owner=self,
            done=lambda _: None,
            failed=lambda error: self._window.notice.say(error_text(error), kind="error"),
        )

    def _text(self) -> str | None:
        shown = self._window.queues.shown
        queue = shown.text or (None if shown.server is not None else _AS_TEXT.get(shown.kind))
        return None if queue is None else f"{queue} {shown.narrowed}".strip()


_IS = ("open", "closed", "answered", "unanswered", "unassigned", "overdue")
