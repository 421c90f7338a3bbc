"""A ticket on paper or as a PDF, with or without what only agents may read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from html import escape
from typing import TYPE_CHECKING

from PySide6.QtCore import QFile, QIODevice, QObject, QUrl
from PySide6.QtGui import QImage, QPdfWriter, QTextDocument

from desk_app.domain.errors import DeskError, FileUnwritableError
from desk_app.domain.mail import safe_name
from desk_app.ui.entry_body import Picture, View
from desk_app.ui.jobs import Lane
from desk_app.ui.overriding import override
from desk_app.ui.picture_loader import read_picture
from desk_app.ui.texts import error_text, tr
from desk_app.ui.theme import LIGHT
from desk_app.ui.thread_html import make_thread, without_notes
from desk_app.ui.thread_links import Links

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtPrintSupport import QPrintDialog
    from PySide6.QtWidgets import QFileDialog

    from desk_app.domain.directory import Directory
    from desk_app.domain.ticket import TicketId
    from desk_app.ports.reader import TicketPage, TicketReader
    from desk_app.services.desk import Desk
    from desk_app.ui.session import Session
    from desk_app.ui.views.ticket_pane import TicketPane

_ALL = 1_000_000
_WIDTH = 480


@dataclass(frozen=True, slots=True)
class Paper:
    """A ticket made ready for paper: its HTML, and its pictures by their addresses."""

    html: str
    pictures: dict[str, QImage]


class _Sheet(QTextDocument):
    """A document that has its pictures, and asks nobody for others."""

    def __init__(self, paper: Paper) -> None:
        super().__init__()
        self._pictures = paper.pictures
        self.setHtml(paper.html)

    @override
    def loadResource(self, kind: int, name: QUrl | str) -> object:
        return self._pictures.get(QUrl(name).toString(), QImage())


class TicketPrinter(QObject):
    """Prints the ticket it is told to; everything slow is done on a worker."""

    def __init__(self, session: Session, pane: TicketPane) -> None:
        super().__init__(pane)
        self._session = session
        self._pane = pane
        self.dialog: QPrintDialog | QFileDialog | None = None
        """The question that is open, if one is."""

    def print_ticket(self, ticket: TicketId, *, notes: bool) -> None:
        """Ask which printer, then print; `notes` says whether agents' notes are on it."""
        from PySide6.QtPrintSupport import QPrintDialog, QPrinter
        from PySide6.QtWidgets import QDialog

        def ask(paper: Paper) -> None:
            printer = QPrinter(QPrinter.PrinterMode.HighResolution)
            box = self.dialog = QPrintDialog(printer, self._pane)
            box.setWindowTitle(tr("Print ticket") if notes else tr("Print ticket without notes"))
            box.accepted.connect(lambda: _Sheet(paper).print_(printer))
            box.finished.connect(box.deleteLater)
            QDialog.open(box)  # its own `open` wants a slot by name

        self._make(ticket, ask, notes=notes)

    def offer_pdf(self, ticket: TicketId, number: str, *, notes: bool) -> None:
        """Ask where to, then save as a PDF."""
        from PySide6.QtWidgets import QFileDialog

        name = safe_name(f"{tr('Ticket')} {number}") + ".pdf"
        box = self.dialog = QFileDialog(self._pane, tr("Save as PDF"), name, "PDF (*.pdf)")
        box.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        box.setDefaultSuffix("pdf")
        box.fileSelected.connect(partial(self.save_pdf, ticket, notes=notes))
        box.finished.connect(box.deleteLater)
        box.open()

    def save_pdf(self, ticket: TicketId, target: str, *, notes: bool) -> None:
        """Write the whole ticket to `target`."""

        def tell(_: None) -> None:
            self._pane.notice.say(tr("Saved as {path}").format(path=target))

        def write(paper: Paper) -> None:
            self._session.jobs.run(
                Lane.FILES,
                lambda: write_pdf(paper, target),
                owner=self,
                done=tell,
                failed=self._failed,
            )

        self._make(ticket, write, notes=notes)

    def _make(self, ticket: TicketId, then: Callable[[Paper], None], *, notes: bool) -> None:
        directory, agent, desk = self._session.directory, self._session.agent, self._session.desk
        if directory is None:
            return

        def question(reader: TicketReader) -> Paper:
            page = reader.page(ticket, agent=agent, entries=_ALL)
            return make_paper(page if notes else without_notes(page), directory, desk)

        self._session.ask(Lane.LIST, question, owner=self, done=then, failed=self._failed)

    def _failed(self, error: Exception) -> None:
        self._pane.notice.say(error_text(error), kind="error")


def make_paper(page: TicketPage, directory: Directory, desk: Desk) -> Paper:
    """Make a page ready for paper: nothing folded, the desk's own pictures, none from elsewhere."""
    view = View(colours=LIGHT, links=Links(), clean=desk.clean_html, paper=True)
    thread = make_thread(page, directory, view)
    pictures = {picture.address: _picture(desk, picture) for picture in thread.pictures}
    ticket = page.ticket
    head = f"<h2>{escape(ticket.number or '')} {escape(ticket.subject)}</h2>"
    person = escape(f"{page.requester.name} <{page.requester.email}>")
    html = thread.html.replace("<body>", f"<body>{head}<p>{person}</p>", 1)
    return Paper(html, pictures)


def _picture(desk: Desk, picture: Picture) -> QImage:
    if isinstance(picture.source, str):
        return QImage()
    try:
        return read_picture(desk, picture, picture.source, _WIDTH)
    except (DeskError, OSError):
        return QImage()  # one that is lost leaves its place empty; the words are whole


def write_pdf(paper: Paper, target: str) -> None:
    """Write a PDF; raise FileUnwritableError if the place cannot be written. Blocks."""
    file = QFile(target)
    if not file.open(QIODevice.OpenModeFlag.WriteOnly):
        raise FileUnwritableError(path=target, detail=file.errorString())
    writer = QPdfWriter(file)
    writer.setResolution(96)
    writer.setTitle(tr("Ticket"))
    _Sheet(paper).print_(writer)
    file.close()
