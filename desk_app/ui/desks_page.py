"""Fills the page of all desks, and takes one off the list or puts it back."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Signal

from desk_app.ui.desk_facts import read_facts
from desk_app.ui.desk_texts import (
    badges,
    desk_lines,
    link_words,
    put_back_text,
    take_off_lines,
    taken_off_text,
)
from desk_app.ui.desk_windows import window_of
from desk_app.ui.jobs import Lane
from desk_app.ui.sync_texts import needs_you_text, waiting_text
from desk_app.ui.texts import error_text, tr
from desk_app.ui.unsent_groups import unsent_groups
from desk_app.ui.views.desks_view import DeskRow, DesksView

if TYPE_CHECKING:
    from collections.abc import Callable

    from desk_app.ports.desks import DeskPlace
    from desk_app.ports.outbox_reader import SyncStatus
    from desk_app.ports.unit_of_work import Changes
    from desk_app.services.desks import Desks
    from desk_app.ui.desk_facts import DeskFacts
    from desk_app.ui.session import Session

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class _TakenOff:
    """What was taken off last, and the way back."""

    place: DeskPlace
    position: int
    secret: bool
    """Whether its password was removed too."""


class DesksPage(QObject):
    """Connects one `DesksView` with the list of desks."""

    changed = Signal()
    """The list is another one."""

    def __init__(self, session: Session, desks: Desks, view: DesksView) -> None:
        super().__init__(view)
        self._session = session
        self._desks = desks
        self.view = view
        self._facts: list[DeskFacts] = []
        self._taken_off: _TakenOff | None = None
        view.take_off_wanted.connect(self.ask_to_take_off)
        session.changed.connect(self._hear)

    def read(self, wanted: DeskPlace | None = None) -> None:
        """Read how all of them stand; `wanted` becomes the current one."""

        def show(facts: list[DeskFacts]) -> None:
            self._facts = facts
            self.view.show_rows([_row(one) for one in facts], wanted)
            self.view.show_unsent(unsent_groups(facts, self._session.desk.now()))

        self._run(partial(read_facts, self._desks), show)

    def look(self) -> None:
        """Read anew what other programs may have done, while somebody looks at it."""
        if self.view.isVisible():
            self.read()

    def _hear(self, changes: Changes) -> None:
        if changes.outbox or changes.everything:
            self.look()

    # --- taking off ------------------------------------------------------------------------

    def ask_to_take_off(self, place: DeskPlace) -> None:
        """Read it anew first: what is not sent is named as it is now."""

        def ask(facts: list[DeskFacts]) -> None:
            self._facts = facts
            found = next((one for one in facts if one.place.folder == place.folder), None)
            if found is None:
                self.view.show_rows([_row(one) for one in facts])
                return
            title = tr("Take “{name}” off the list?").format(name=found.place.name)
            self.view.panel.ask(
                title,
                take_off_lines(found, is_shown=window_of(place.folder) is not None),
                has_secret=found.status is not None,
                call=partial(self._take_off, found),
            )

        self._run(partial(read_facts, self._desks), ask)

    def _take_off(self, facts: DeskFacts, secret: bool) -> None:  # noqa: FBT001 - the panel's answer
        place, desks = facts.place, self._desks
        account = facts.status.account if secret and facts.status is not None else None

        def work() -> int:
            before = [one.folder for one in desks.listed()]
            position = before.index(place.folder) if place.folder in before else len(before)
            desks.forget(place.folder)
            if account is not None:
                desks.forget_secret(account)
            return position

        def tell(position: int) -> None:
            self._taken_off = _TakenOff(place=place, position=position, secret=secret)
            words = taken_off_text(place.name, str(place.folder), secret=secret)
            self.view.notice.say(words, act=tr("Undo (Ctrl+Z)"), call=self.undo)
            self._list_anew()

        self._run(work, tell)

    def undo(self) -> bool:
        """Put back what was taken off last; False where there is nothing to put back."""
        taken, desks = self._taken_off, self._desks
        if taken is None:
            return False
        self._taken_off = None

        def tell(_: None) -> None:
            self.view.notice.say(put_back_text(taken.place.name, secret=taken.secret))
            self._list_anew(taken.place)

        self._run(lambda: desks.put_back(taken.place, taken.position), tell)
        return True

    def _list_anew(self, wanted: DeskPlace | None = None) -> None:
        self.read(wanted)
        self.view.list.setFocus()
        self.changed.emit()

    def _run(self, work: Callable[[], T], done: Callable[[T], None]) -> None:
        self._session.jobs.run(Lane.FILES, work, owner=self, done=done, failed=self._fail)

    def _fail(self, error: Exception) -> None:
        self.view.notice.say(error_text(error), kind="error")


def _row(facts: DeskFacts) -> DeskRow:
    status = facts.status
    counts = [] if status is None else _counted(status)
    return DeskRow(
        place=facts.place,
        state=_state(facts),
        waiting=", ".join(counts),
        badges="" if status is None else badges(status.account),
        lines=tuple(desk_lines(facts)),
    )


def _state(facts: DeskFacts) -> str:
    if facts.trouble:
        return tr("cannot be read")
    return tr("of an earlier version") if facts.is_old else link_words(facts.status)[0]


def _counted(status: SyncStatus) -> list[str]:
    counts = status.counts
    told = [waiting_text(counts.waiting)] if counts.waiting else []
    return told + ([needs_you_text(counts.needs_you)] if counts.needs_you else [])
