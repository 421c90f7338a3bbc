"""Fills the sync log and writes it to a file of the agent's own."""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QFileDialog

from desk_app.ui.jobs import Lane
from desk_app.ui.models.log_model import LogRow
from desk_app.ui.outbox_export import write_text
from desk_app.ui.request_texts import request_row
from desk_app.ui.sync_texts import logged_text, reason_text, why_text
from desk_app.ui.texts import error_text, tr
from desk_app.ui.views.log_view import LogView

if TYPE_CHECKING:
    from desk_app.domain.mirror import SyncLine
    from desk_app.ports.reader import TicketReader
    from desk_app.ui.session import Session
    from desk_app.ui.views.notice_bar import NoticeBar

LINES = 1000
REQUESTS = 2000


class LogController(QObject):
    """Connects one `LogView` with the desk."""

    def __init__(self, session: Session, notice: NoticeBar) -> None:
        super().__init__(notice)
        self._session = session
        self._notice = notice
        self.view = LogView()
        self.view.export_wanted.connect(self._offer)
        self.box: QFileDialog | None = None
        self.trouble = ""
        """Code of what the last round ended with; '' if it went through."""
        self._asked = False

    def read(self) -> None:
        def show(rows: list[LogRow]) -> None:
            self.view.show_rows(rows)
            if self._asked:
                self._asked = False
                self._go_to_trouble()

        self._session.ask(
            Lane.LIST,
            _rows,
            owner=self,
            done=show,
        )

    def ask_for_trouble(self) -> None:
        """With the next reading the line becomes current that tells of the trouble there is."""
        self.view.filter.clear()
        self._asked = True

    def _go_to_trouble(self) -> None:
        round_, outcome = logged_text("round"), logged_text(self.trouble)
        found = (row.what == round_ and row.outcome == outcome for row in self.view.shown())
        place = next((n for n, is_it in enumerate(found) if is_it), None)
        if self.trouble and place is not None:
            self.view.go_to(place)

    def _offer(self) -> None:
        box = QFileDialog(self.view, tr("Export"), "sync-log.txt", "*.txt *.json")
        box.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.fileSelected.connect(self.export)
        self.box = box
        box.open()

    def export(self, path: str) -> None:
        """Write the lines that the filter leaves: JSON where its name says so, else text."""
        rows = self.view.shown()
        is_json = path.lower().endswith(".json")
        if is_json:
            text = json.dumps([asdict(row) for row in rows], ensure_ascii=False, indent=2) + "\n"
        else:
            text = "".join("\t".join(row.texts()) + "\n" for row in rows)
        said = tr("Saved as {path}").format(path=path)
        self._session.jobs.run(
            Lane.FILES,
            partial(write_text, path, text),
            owner=self,
            done=lambda _: self._notice.say(said),
            failed=lambda error: self._notice.say(error_text(error), kind="error"),
        )


def _rows(reader: TicketReader) -> list[LogRow]:
    """What was decided and what was asked, by time, the newest first."""
    decided = [(line.at, log_row(line)) for line in reader.sync_log(limit=LINES)]
    asked = [(line.at, request_row(line)) for line in reader.sync_requests(limit=REQUESTS)]
    return [row for _, row in sorted([*decided, *asked], key=lambda one: one[0], reverse=True)]


def log_row(line: SyncLine) -> LogRow:
    """A line as texts; what is no fact of a command is the reason."""
    pairs = [part.partition("=") for part in line.detail.split()]
    facts = {name: value for name, mark, value in pairs if mark}
    plain = " ".join(name for name, mark, _ in pairs if not mark)
    why = facts.get("reason", "")
    request = facts.get("command", "")
    step = facts.get("step", "")
    return LogRow(
        at=f"{line.at.astimezone():%m-%d %H:%M:%S}",
        ticket=f"#{line.number}" if line.number else "",
        what=logged_text(line.what),
        outcome=logged_text(line.outcome),
        before=facts.get("before", ""),
        after=facts.get("after", ""),
        request=f"{request} {step}".strip(),
        why=reason_text(why) if why else (why_text(plain) or plain),
    )
