"""Fills the outbox's view and carries out what the agent decides about single commands."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QFileDialog

from desk_app.domain.draft import DraftKey, DraftKind
from desk_app.domain.entry import EntryKind
from desk_app.domain.outbox import Edit, NewTicket, OutboxState, Post
from desk_app.ui.announcing import announce
from desk_app.ui.jobs import Lane
from desk_app.ui.models.outbox_model import OutboxModel
from desk_app.ui.outbox_export import as_json, as_text, write_text
from desk_app.ui.outbox_texts import OutboxAction, explain, whole_text
from desk_app.ui.texts import error_text, tr
from desk_app.ui.views.outbox_view import OutboxView

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from desk_app.domain.draft import Draft
    from desk_app.domain.outbox import OutboxItem
    from desk_app.ports.outbox_reader import OutboxRow
    from desk_app.ports.reader import TicketPage
    from desk_app.ports.unit_of_work import Changes
    from desk_app.services.outbox import OutboxDesk
    from desk_app.ui.main_window import MainWindow
    from desk_app.ui.views.notice_bar import NoticeBar

SECOND_MS = 1000


class OutboxController(QObject):
    """Connects one `OutboxView` with the desk."""

    listed = Signal(object)
    """What is not settled was read anew. Emits: list of OutboxRow."""

    def __init__(self, window: MainWindow, notice: NoticeBar) -> None:
        super().__init__(window)
        self._window = window
        self._session = window.session
        self._notice = notice
        self.model = OutboxModel(window.session.desk.now, self)
        self.view = OutboxView(self.model)
        self.view.wanted.connect(self.act)
        self.view.refused.connect(lambda words: notice.say(words, kind="refusal"))
        self.view.current_changed.connect(self._show_current)
        self._seconds = QTimer(self)
        self._seconds.setInterval(SECOND_MS)
        self._seconds.timeout.connect(self._count_down)
        self._wanted: int | None = None
        self._discarded: list[OutboxRow] = []
        """What was discarded last, as it was."""
        self.box: QFileDialog | None = None

    # --- showing ---------------------------------------------------------------------------

    def read(self, seq: int | None = None) -> None:
        """Read what waits; with `seq` that command becomes the current one."""
        self._wanted = seq if seq is not None else self._wanted
        self._session.ask(Lane.ROWS, lambda reader: reader.outbox(), owner=self, done=self._take)

    def tell_account(self, server: str, trouble: str) -> None:
        """What the server is called, and why nothing goes out ('' if something may)."""
        self.model.server, self.model.account = server, trouble
        self.model.directory = self._session.directory
        self.model.write_again()
        self._show_current()

    def _take(self, rows: list[OutboxRow]) -> None:
        self.model.directory = self._session.directory
        self.model.show_rows(rows)
        if self._wanted is not None:
            self.view.go_to(self._wanted)
            self._wanted = None
        held = any(row.item.state is OutboxState.HELD and row.item.next_try for row in rows)
        if held and not self._seconds.isActive():
            self._seconds.start()
        elif not held:
            self._seconds.stop()
        self.view.gate()
        self._show_current()
        self.listed.emit(rows)

    def _count_down(self) -> None:
        if self.view.isVisible():
            self.model.write_again()

    def _show_current(self) -> None:
        row = self.view.current()
        if row is not None:
            text = whole_text(row, self._session.directory)
            self.view.show_whole("\n".join([*self._explained(row), "", text]))

    def _explained(self, row: OutboxRow) -> list[str]:
        return explain(
            row,
            self.model.before(row),
            server=self.model.server,
            account=self.model.account,
            now=self._session.desk.now(),
            directory=self._session.directory,
        )

    # --- doing -----------------------------------------------------------------------------

    def act(self, action: OutboxAction, rows: Sequence[OutboxRow]) -> None:
        """Carry out an action on commands that it can be done to."""
        if action is OutboxAction.EXPORT:
            self._offer_export(rows or self.model.rows)
            return
        first = rows[0]
        calls: dict[OutboxAction, Callable[[], None]] = {
            OutboxAction.OPEN: partial(self._window.go_to, first.item.ticket),
            OutboxAction.EDIT: partial(self.edit, first),
            OutboxAction.EXPLAIN: partial(self._explain, first),
            OutboxAction.DISCARD: partial(self.discard, rows),
        }
        call = calls.get(action, partial(self._decide, action, rows))
        call()

    def _explain(self, row: OutboxRow) -> None:
        self.view.whole.setFocus(Qt.FocusReason.OtherFocusReason)
        announce(self.view, " ".join(self._explained(row)))

    def _decide(self, action: OutboxAction, rows: Sequence[OutboxRow]) -> None:
        for row in rows:
            self.write(partial(_DECISIONS[action], seq=row.item.seq), row, _DONE.get(action, ""))

    def discard(self, rows: Sequence[OutboxRow]) -> None:
        """Give commands up at once, and offer to have them again."""

        def tell() -> None:
            self._discarded = list(rows)
            words = tr("Discarded. What was written is a draft again.")
            self._notice.say(words, act=tr("Undo (Ctrl+Z)"), call=self.undo)

        seqs = [row.item.seq for row in rows]
        self._write_all(lambda box: box.discard_all(seqs), rows, tell)

    def undo(self) -> bool:
        """Have again what was discarded last; False where there is nothing like that."""
        rows, self._discarded = self._discarded, []
        if not rows:
            return False

        def tell() -> None:
            self._notice.say(tr("It is in the outbox again, as it was."))
            self.read(rows[0].item.seq)

        seqs = [row.item.seq for row in rows]
        self._write_all(lambda box: box.restore_all(seqs), rows, tell)
        return True

    def write(
        self,
        decision: Callable[[OutboxDesk], Changes],
        row: OutboxRow,
        words: str = "",
        then: Callable[[], None] = lambda: None,
    ) -> None:
        """Carry out a decision about one command on the writing lane; `words` say it was."""

        def tell() -> None:
            if words:
                self._notice.say(tr(words))
            then()

        self._write_all(decision, [row], tell)

    def _write_all(
        self,
        decision: Callable[[OutboxDesk], Changes],
        rows: Sequence[OutboxRow],
        then: Callable[[], None],
    ) -> None:
        sync, ticket = self._session.sync, self._window.ticket
        if sync is None or ticket is None:
            return
        ticket.undoing.begins.emit()  # what is typed is on the disk before a text comes back to it

        def tell(_: Changes) -> None:
            for row in rows:
                self._give_back(row.item)
            then()

        self._session.write(
            lambda: decision(sync.syncing.outbox), owner=self, done=tell, failed=self._failed
        )

    def _give_back(self, item: OutboxItem) -> None:
        """A text that may have become a draft again is shown where it was typed."""
        key = draft_key(item)
        if key is not None and self._window.ticket is not None:
            self._window.ticket.undoing.draft_returned.emit(key)

    def _failed(self, error: Exception) -> None:
        if getattr(error, "facts", {}).get("state") == "overtaken":
            words = tr("You changed the same field again since: that stays, and this is not sent.")
            self._notice.say(words, kind="refusal")
        else:
            self._notice.say(error_text(error), kind="error")
        self.read()

    # --- editing ---------------------------------------------------------------------------

    def edit(self, row: OutboxRow) -> None:
        """Take it back and open it again: its words as a draft, its value as a choice."""
        decision = partial(_DECISIONS[OutboxAction.DISCARD], seq=row.item.seq)
        self.write(decision, row, then=partial(self._open_again, row))

    def _open_again(self, row: OutboxRow) -> None:
        window, item = self._window, row.item
        step = item.steps[item.done]
        if isinstance(step, NewTicket):
            key = DraftKey(ticket=item.ticket, kind=DraftKind.NEW_TICKET)
            self._session.ask_draft(key, owner=self, done=self._open_form)
            return
        window.go_to(item.ticket)
        if isinstance(step, Post):
            kind = DraftKind.NOTE if step.entry.kind is EntryKind.NOTE else DraftKind.REPLY
            window.pane.write(kind)
            window.pane.notice.say(tr("It is a draft again. Nothing of it goes out meanwhile."))
        elif isinstance(step, Edit):
            self._open_field(item, step)

    def _open_field(self, item: OutboxItem, step: Edit) -> None:
        window, field = self._window, step.changes[0].field
        assert window.ticket is not None  # noqa: S101 - there was one to write with
        words = tr("It was taken back. Choose another value, or leave it as it is now.")

        def open_(page: TicketPage | None) -> None:
            if window.ticket is None or page is None or page.ticket.id != item.ticket:
                return
            window.ticket.shown.disconnect(open_)
            window.pane.notice.say(words)
            window.pane.side.setCurrentIndex(0)
            button = window.pane.side.field_buttons.get(field)
            if button is not None:
                button.setFocus()
                button.click()

        window.ticket.shown.connect(open_)
        window.ticket.show_ticket(item.ticket)

    def _open_form(self, draft: Draft | None) -> None:
        self._window.opening.open(draft)

    # --- exporting -------------------------------------------------------------------------

    def _offer_export(self, rows: Sequence[OutboxRow]) -> None:
        if not rows:
            self._notice.say(tr("Nothing waits, so there is nothing to export."), kind="refusal")
            return
        box = QFileDialog(self.view, tr("Export"), "outbox.txt", "*.txt *.json")
        box.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.fileSelected.connect(partial(self.export, list(rows)))
        self.box = box
        box.open()

    def export(self, rows: Sequence[OutboxRow], path: str) -> None:
        """Write commands to a file: JSON where its name says so, else text."""
        directory, server, now = (
            self._session.directory,
            self.model.server,
            self._session.desk.now(),
        )

        def work() -> None:
            is_json = path.lower().endswith(".json")
            write_text(path, as_json(rows) if is_json else as_text(rows, directory, server, now))

        self._session.jobs.run(
            Lane.FILES,
            work,
            owner=self,
            done=lambda _: self._notice.say(tr("Saved as {path}").format(path=path)),
            failed=self._failed,
        )


def draft_key(item: OutboxItem) -> DraftKey | None:
    """The draft that a discarded text goes back to; None where it is no text of a ticket."""
    step = next((s for s in item.steps if isinstance(s, Post)), None)
    if step is None:
        return None
    kind = DraftKind.NOTE if step.entry.kind is EntryKind.NOTE else DraftKind.REPLY
    return DraftKey(ticket=item.ticket, kind=kind)


_DECISIONS: dict[OutboxAction, Callable[..., Changes]] = {
    OutboxAction.HOLD: lambda box, seq: box.hold(seq),
    OutboxAction.LET_GO: lambda box, seq: box.let_go(seq),
    OutboxAction.RETRY: lambda box, seq: box.retry(seq),
    OutboxAction.CONFIRM: lambda box, seq: box.confirm(seq),
    OutboxAction.DISCARD: lambda box, seq: box.discard(seq),
}
_DONE = {
    OutboxAction.HOLD: "Held: it stays here until you let it go.",
    OutboxAction.LET_GO: "Let go: it waits for the next round.",
    OutboxAction.RETRY: "It waits for the next round.",
    OutboxAction.CONFIRM: "Noted: it arrived, and does not go out again.",
}
