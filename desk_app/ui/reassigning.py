"""Tickets in the hand of one window: judged for every place, dropped, pasted, taken back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtWidgets import QApplication

from desk_app.domain.reassignment import Handing, Target, is_place, places, to_choose
from desk_app.domain.workload import day_end_ms
from desk_app.services.reassigning import Held, Judge, Verdict, hand_over, take_up
from desk_app.ui.at_once import AtOnce
from desk_app.ui.jobs import Lane
from desk_app.ui.load_watch import LoadWatch
from desk_app.ui.reassign_texts import (
    choice_text,
    hint_text,
    no_place,
    outcome_text,
    target_name,
)
from desk_app.ui.texts import denial_text, tr
from desk_app.ui.ticket_mime import MOST_TICKETS, decoded, desk_identity, encoded
from desk_app.ui.views.drop_hint import DropHint
from desk_app.ui.views.note_panel import NotePanel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtCore import QMimeData

    from desk_app.domain.directory import Directory
    from desk_app.domain.workload import Workload
    from desk_app.ports.reader import TicketReader
    from desk_app.ports.unit_of_work import Changes
    from desk_app.services.reassigning import HandedOver
    from desk_app.ui.main_window import MainWindow

Work = list[tuple[tuple[int, ...], Handing]]
"""Which tickets are handed where."""


class Reassigning(QObject):
    """Holds what is dragged or cut, judges it for every place, and carries a drop out."""

    judged = Signal()
    """Tickets were taken up and judged, or put down."""
    choice_wanted = Signal(object, object, bool)
    """Several ways lead to where tickets were dropped. Emits: ids, Target, with a note."""
    handed = Signal(object)
    """A drop was carried out. Emits: HandedOver."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._session = window.session
        self.desk = desk_identity(self._session.desk.path)
        self.loads = LoadWatch(self._session, self)
        self.held: Held | None = None
        self.is_cut = False
        """Held by the keyboard: until it is pasted, or Esc."""
        self.is_dragging = False
        """A drag began in this window and is not over."""
        self._wanted: tuple[int, ...] = ()
        self._verdicts: dict[Handing, Verdict] = {}
        self._judge: Judge | None = None
        self.hint = DropHint(window)
        self.note = NotePanel(window)
        window.middle.insert(self.note)
        self.at_once = AtOnce(window)
        self._actor = self._session.agent
        self._session.directory_loaded.connect(self._take_directory)
        self._session.changed.connect(self._look_again)

    @property
    def workload(self) -> Workload | None:
        """Everybody's figures; None until they are counted."""
        return self.loads.workload

    # --- in the hand -----------------------------------------------------------------------

    def decoded(self, data: QMimeData | None) -> tuple[int, ...] | None:
        """The tickets of this desk that are dragged or on the clipboard."""
        return decoded(data, self.desk)

    def take_up(self, tickets: tuple[int, ...]) -> None:
        """Read the tickets and judge them for every place, on a worker."""
        judge = self.judge()
        if tickets == self._wanted or judge is None:
            return
        self._wanted, self.held = tickets, None
        self._verdicts, self._judge = {}, judge
        targets = places(judge.directory)

        def question(reader: TicketReader) -> tuple[Held, dict[Handing, Verdict]]:
            held = take_up(reader, tickets)
            handings = [Handing(target=target) for target in targets]
            return held, {handing: judge.verdict(held, handing) for handing in handings}

        def take(found: tuple[Held, dict[Handing, Verdict]]) -> None:
            if found[0].ids == self._wanted:
                self.held, self._verdicts = found
                self.judged.emit()

        self._session.ask(Lane.ROWS, question, owner=self, done=take)

    def _look_again(self, changes: Changes) -> None:
        """What is in the hand was changed meanwhile: it is judged as it is now."""
        held = self._wanted
        if held and (changes.everything or not changes.tickets.isdisjoint(held)):
            self._judge_anew()

    def _judge_anew(self) -> None:
        held, self._wanted = self._wanted, ()
        if held:
            self.take_up(held)

    def _take_directory(self) -> None:
        """People, names or rights changed; what somebody cut is not for whoever sits here now."""
        if self._actor != self._session.agent:
            self._actor = self._session.agent
            self.let_go()
        self._judge_anew()

    def put_down(self) -> None:
        """Nothing is in the hand any more."""
        self._wanted, self.held, self.is_cut = (), None, False
        self._verdicts = {}
        self.hint.hide()
        self.judged.emit()

    def end_drag(self) -> None:
        """The mouse let go, whatever came of it."""
        self.is_dragging = False
        if not self.is_cut:
            self.put_down()

    def leave(self) -> None:
        """The pointer went; a drag that began elsewhere may be over for this window."""
        self.hint.hide()
        if not self.is_dragging:
            self.end_drag()

    def verdict(self, target: Target, *, transfer: bool = False) -> Verdict | None:
        """What dropping here would do; None while the tickets are still being read."""
        handing = Handing(target=target, transfer=transfer)
        judge, held = self._judge, self.held
        if judge is None or held is None or not is_place(target, judge.directory):
            return None
        if handing not in self._verdicts:
            self._verdicts[handing] = judge.verdict(held, handing)
        return self._verdicts[handing]

    def hover(
        self,
        target: Target | None,
        at: QPoint,
        *,
        noted: bool = False,
        transfer: bool = False,
    ) -> bool:
        """Show what dropping here would do; whether it would do anything."""
        directory = self._session.directory
        if target is None or directory is None:
            self.hint.hide()
            return False
        if not is_place(target, directory):
            first = to_choose(target, directory)
            words = no_place(target) if first is None else choice_text(first, len(self._wanted))
            self.hint.say(words, at, allowed=first is not None)
            return first is not None
        verdict = self.verdict(target, transfer=transfer)
        if verdict is None:
            return self.held is None  # still being read: the gate is asked again at the drop
        allowed = verdict.rehearsal.is_possible
        self.hint.say(hint_text(verdict, directory, noted=noted), at, allowed=allowed)
        return allowed

    # --- by the keyboard -------------------------------------------------------------------

    def may_hold(self, tickets: Sequence[int]) -> bool:
        """Whether there are some, and not too many: that is said."""
        if len(tickets) > MOST_TICKETS:
            words = tr("{n} tickets are too many to be in the hand at once, {most} are the most.")
            words += " " + tr("Filter the queue, or select fewer. Nothing was taken.")
            words = words.format(n=len(tickets), most=MOST_TICKETS)
            self._window.notice.say(words, kind="refusal")
        return 0 < len(tickets) <= MOST_TICKETS

    def cut(self, tickets: Sequence[int]) -> None:
        """Take tickets into the hand; Ctrl+V on a place puts them there."""
        if not self.may_hold(tickets):
            return
        QApplication.clipboard().setMimeData(encoded(self.desk, tickets))
        self.put_down()
        self.is_cut = True
        self.take_up(tuple(tickets))
        self._window.notice.say(
            tr("{n} in the hand: go to an agent, team or column and press Ctrl+V. Esc lets go.")
            .format(n=len(tickets))
        )  # fmt: skip

    def paste(self, target: Target, *, noted: bool = False, transfer: bool = False) -> None:
        """Put what was cut, here or in another window of this desk, on a place."""
        tickets = self.decoded(QApplication.clipboard().mimeData())
        if tickets is None:
            self.tell_nothing_cut()
            return
        QApplication.clipboard().clear()
        self.put_down()
        self.drop(tickets, target, noted=noted, transfer=transfer)

    def tell_nothing_cut(self) -> None:
        self._window.notice.say(tr("No tickets were cut: select some and press Ctrl+X."))

    def tell_moved_away(self) -> None:
        """Something came in between: what lies under the pointer is not what was shown there."""
        words = tr("What lies under the pointer is another place by now: nothing was dropped.")
        self._window.notice.say(words, kind="refusal")

    def let_go(self) -> bool:
        """Esc: nothing is cut any more; whether something was."""
        was = self.is_cut
        if was:
            if self.decoded(QApplication.clipboard().mimeData()) is not None:
                QApplication.clipboard().clear()  # what was copied since stays
            self.put_down()
            self._window.notice.hide()
        return was

    # --- doing -----------------------------------------------------------------------------

    def drop(
        self,
        tickets: tuple[int, ...],
        target: Target,
        *,
        noted: bool = False,
        transfer: bool = False,
    ) -> None:
        """Hand tickets over, with a note if one is wanted."""
        directory = self._session.directory
        if directory is None:
            return
        if not is_place(target, directory):
            if to_choose(target, directory) is None:
                self._window.notice.say(no_place(target) + ".", kind="refusal")
            else:
                self.choice_wanted.emit(tickets, target, noted)
            return
        handing = Handing(target=target, transfer=transfer)
        if noted:
            self.ask_note(tickets, handing)
        else:
            self.hand([(tickets, handing)])

    def ask_note(self, tickets: tuple[int, ...], handing: Handing) -> None:
        """Hand tickets over with a note that is asked for first."""
        directory = self._session.directory
        if directory is not None:
            self.note.ask(
                target_name(handing.target, directory),
                lambda words: self.hand([(tickets, replace(handing, note=words))]),
            )

    def hand(self, work: Work) -> None:
        """Carry out what may be; the notice says what, and offers one undo for all of it."""
        directory, me, desk = self._session.directory, self._session.me, self._session.desk
        if directory is None or me is None:
            return

        def carry_out() -> HandedOver:
            reader = desk.reader()
            try:
                return hand_over(desk, reader, work, me, directory)
            finally:
                reader.close()

        def tell(handed: HandedOver) -> None:
            self._tell(handed, directory)

        self.at_once.carry_out(carry_out, tell)

    def _tell(self, handed: HandedOver, directory: Directory) -> None:
        words = outcome_text(handed, directory, linked=self._session.sync is not None) + "."
        if handed.done.events:
            self.at_once.tell_done(words, handed.done)
        else:
            self._window.notice.say(_why(handed) or words, kind="refusal")
        self.handed.emit(handed)

    def judge(self) -> Judge | None:
        """Judges by what is known now; None until directory and figures are here."""
        directory, me, workload = self._session.directory, self._session.me, self.workload
        if directory is None or me is None or workload is None:
            return None
        now = self._session.desk.now()
        return Judge(
            actor=me,
            directory=directory,
            workload=workload,
            now=now,
            day_end_ms=day_end_ms(now),
        )


def _why(handed: HandedOver) -> str:
    """The gate's sentence, where there is but one."""
    refused = [refusal for one in handed.rehearsals for refusal in one.refused]
    return denial_text(refused[0].denied) if len(refused) == 1 else ""
