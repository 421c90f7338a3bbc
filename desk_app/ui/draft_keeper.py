"""Keeps one editor's text on the disk: soon after a key, before the focus leaves, on demand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from desk_app.domain.draft import Draft, with_late
from desk_app.domain.moment import to_ms
from desk_app.ui.texts import error_text, tr

if TYPE_CHECKING:
    from desk_app.domain.draft import DraftKey, Late
    from desk_app.ports.unit_of_work import Changes
    from desk_app.services.drafts import Kept
    from desk_app.ui.session import Session

SAVE_MS = 400
"""Quiet time after a key before the text is saved."""
LATEST_MS = 900
"""The longest that typing without a pause goes unsaved: under the promised second."""
RETRY_MS = 2000
"""How soon a text that the desk would not take is offered to it again."""


class DraftKeeper(QObject):
    """The draft behind one editor. The editor says `touch`; the rest happens by itself."""

    loaded = Signal(object)
    """The draft of the key that was opened. Emits: Draft or None."""
    changed_elsewhere = Signal(object)
    """Another window wrote this draft while this one was being typed in. Emits: Draft or None."""
    told = Signal(str)
    """How safe the text is. Emits: words for the label."""
    failed = Signal(str)
    """The text could not be saved; it is still in the editor. Emits: the sentence."""
    recovered = Signal()
    """What could not be saved is saved."""
    settled = Signal()
    """A save ended, well or not: `is_safe` and `problem` tell."""

    def __init__(
        self, session: Session, typed: Callable[[DraftKey], Draft], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._typed = typed
        self._key: DraftKey | None = None
        self._unsaved = False
        self._touched = False
        self._held = False
        self._known: int | None = None
        self._unwritten: dict[DraftKey, Draft] = {}
        self._expected: Counter[DraftKey | None] = Counter()
        self._late: list[tuple[DraftKey, Late]] = []
        self._failing = False
        self.problem = ""
        """Why the last save failed, as a sentence; '' if it did not."""
        session.keepers.append(self)
        self._quiet = self._timer(SAVE_MS, self.save)
        self._latest = self._timer(LATEST_MS, self.save)
        self._again = self._timer(RETRY_MS, self._try_again)
        session.changed.connect(self._look_again)

    def _timer(self, ms: int, call: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(ms)
        timer.timeout.connect(call)
        return timer

    @property
    def key(self) -> DraftKey | None:
        return self._key

    @property
    def is_safe(self) -> bool:
        """Whether everything that was typed here, on any ticket, is on the disk."""
        return not self._unsaved and not self._unwritten and not self._expected

    @property
    def is_touched(self) -> bool:
        """Whether something was typed since the draft was opened."""
        return self._touched

    def open(self, key: DraftKey | None) -> bool:
        """Save what is there and go to another draft; False if it is that one already."""
        if key == self._key:
            return False
        self.save()
        self._key = key
        self._held = self._touched = False
        self._known = None
        self.told.emit("")
        self.reload()
        return True

    def reload(self) -> None:
        """Read the draft anew, if nothing newer stands in the editor."""
        if self._key is None or self._unsaved:
            return
        self._touched = False
        kept = self._unwritten.get(self._key)
        if kept is not None:  # newer than what the disk has
            self.loaded.emit(kept)
            self.told.emit(tr("Not saved") if self._failing else "…")
        else:
            self._session.ask_draft(self._key, owner=self, done=self._take)

    def touch(self) -> None:
        """Something was typed."""
        self._touched = True
        if self._held:
            return
        self._unsaved = True
        self.told.emit("…")
        self._quiet.start()
        if not self._latest.isActive():
            self._latest.start()

    def expects(self, key: DraftKey | None) -> bool:
        """Whether a file or a pasted text is on its way into this draft."""
        return key in self._expected

    def expect(self, key: DraftKey | None) -> None:
        """Something is on its way into a draft; `came` follows in any case."""
        self._expected[key] += 1

    def came(self, key: DraftKey | None, late: Late | None) -> None:
        """It is here, or will not come; what is `late` is put into the draft in the desk."""
        if late is None or key is None:
            self._expected -= Counter({key: 1})
            self.settled.emit()
        elif key in self._unwritten:
            self._write(with_late(self._unwritten[key], late))
            self.came(key, None)
        else:
            self._session.write(
                partial(self._session.desk.drafts.add, key, late),
                owner=self,
                done=lambda _: self.came(key, None),
                failed=partial(self._tell_late_failed, key, late),
            )

    def _tell_late_failed(self, key: DraftKey, late: Late, error: Exception) -> None:
        self._late.append((key, late))
        self._tell_problem(error)

    def hold(self, *, held: bool) -> None:
        """While a text is being sent its draft is not written: the sending closes it."""
        self._held = held

    def forget(self, key: DraftKey | None) -> None:
        """The text was sent: its draft is closed in the desk."""
        if key is not None:
            self._unwritten.pop(key, None)
        if key != self._key:
            return
        self._known = None
        self._unsaved = self._touched = False
        self.told.emit("")

    def save(self) -> None:
        """Put the text on the disk now, on a worker; the label says when it is there."""
        self._quiet.stop()
        self._latest.stop()
        if self._again.isActive():
            self._again.stop()
            self._try_again()
        if not self._unsaved or self._key is None:
            return
        draft = self._typed(self._key)
        self._unsaved = False
        self._write(draft)

    def _write(self, draft: Draft) -> None:
        # The editor may show another ticket by the time the desk answers: until the text is on
        # the disk, this is the only other place that has it.
        self._unwritten[draft.key] = draft
        self._session.write(
            partial(self._session.desk.drafts.save, draft),
            owner=self,
            done=partial(self._tell_saved, draft),
            failed=partial(self._tell_failed, draft),
        )

    def _try_again(self) -> None:
        late, self._late = self._late, []
        for key, one in late:
            self.came(key, one)
        for key, draft in list(self._unwritten.items()):
            if key != self._key or not (self._held or self._unsaved):
                self._write(draft)
        if self._unsaved and not self._held:
            self.save()

    def _take(self, draft: Draft | None) -> None:
        if draft is None or draft.key == self._key:
            self._known = _ms(draft)
        # What was typed while the draft was being read is newer than the draft.
        if self._touched or (draft is not None and draft.key != self._key):
            return
        self.loaded.emit(draft)
        self.told.emit("" if draft is None else saved_words(draft))

    def _look_again(self, changes: Changes) -> None:
        key = self._key
        if key is None or self._held or not (changes.everything or changes.drafts):
            return
        if changes.everything or key.ticket in changes.tickets | changes.marks:
            self._session.ask_draft(key, owner=self, done=self._compare)

    def _compare(self, draft: Draft | None) -> None:
        """Another window's words come in where nothing is being typed, and are told where it is."""
        key = self._key
        if key is None or self._held or (draft is not None and draft.key != key):
            return
        if _ms(draft) == self._known:
            return
        self._known = _ms(draft)
        if self._unsaved:
            if draft is not None:
                self.changed_elsewhere.emit(draft)
        elif not self._touched:
            if key not in self._unwritten:
                self._take(draft)
        elif draft is not None or not self._typed(key).is_empty:
            self.changed_elsewhere.emit(draft)

    def _tell_saved(self, written: Draft, kept: Kept) -> None:
        draft = kept.draft
        if self._unwritten.get(draft.key) is written:
            del self._unwritten[draft.key]
        recovered, self._failing = self._failing, False
        self.problem = ""
        if recovered:
            self.recovered.emit()
        if draft.key == self._key:
            self._known = _ms(draft)
            if not self._unsaved and (self._touched or recovered):
                self.told.emit(saved_words(draft))
        self.settled.emit()

    def _tell_failed(self, draft: Draft, error: Exception) -> None:
        if self._unwritten.get(draft.key) is not draft:
            return  # sent meanwhile, or a newer version is on its way
        if draft.key == self._key:
            self.told.emit(tr("Not saved"))
        self._tell_problem(error)

    def _tell_problem(self, error: Exception) -> None:
        self._again.start()
        self.problem = error_text(error)
        if not self._failing:
            self._failing = True
            self.failed.emit(self.problem)
        self.settled.emit()


def _ms(draft: Draft | None) -> int | None:
    """When a draft was saved, as exactly as the desk keeps it."""
    return None if draft is None or draft.saved_at is None else to_ms(draft.saved_at)


def saved_words(draft: Draft) -> str:
    """`Saved here 10:42`: on this disk, not sent anywhere."""
    if draft.saved_at is None:
        return ""
    return tr("Saved here {at}").format(at=draft.saved_at.astimezone().strftime("%H:%M"))
