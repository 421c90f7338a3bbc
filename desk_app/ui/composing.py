"""Reply and note of the shown ticket: who reads them, what goes in, and how they go."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices

from desk_app.domain.calm_text import calm
from desk_app.domain.canned import canned_for, filled, variables
from desk_app.domain.draft import DraftKey, DraftKind
from desk_app.domain.entry import EntryKind
from desk_app.domain.lifecycle import Action
from desk_app.domain.rich_text import excerpt
from desk_app.domain.ticket import State
from desk_app.services.mailing import reply_mail
from desk_app.ui.closing import UNSAVED
from desk_app.ui.fate import Fate
from desk_app.ui.holding import TicketHolding
from desk_app.ui.jobs import Lane
from desk_app.ui.server_canned import ServerCanned
from desk_app.ui.texts import action_name, denial_text, error_text, tr
from desk_app.ui.views.chooser import Choice

if TYPE_CHECKING:
    from desk_app.domain.commands import Command
    from desk_app.domain.directory import CannedResponse
    from desk_app.domain.draft import Draft
    from desk_app.domain.ticket import TicketId
    from desk_app.ports.reader import TicketPage
    from desk_app.services.command_bus import Done
    from desk_app.ui.session import Session
    from desk_app.ui.ticket_controller import TicketController
    from desk_app.ui.views.chooser import Chooser
    from desk_app.ui.views.composer import ComposerPage
    from desk_app.ui.views.ticket_pane import TicketPane

_LONGEST_NAME = 40
"""Characters of a stranger's name that a button shows."""
_EXCERPT = 70
"""Characters of a version that tell it from the next."""


class Composing(QObject):
    """Connects the two composers of one `TicketPane` with the desk."""

    def __init__(
        self, session: Session, pane: TicketPane, ticket: TicketController, chooser: Chooser
    ) -> None:
        super().__init__(pane)
        self._session = session
        self._pane = pane
        self._ticket = ticket
        self._chooser = chooser
        ticket.chosen.connect(self.begin)
        ticket.shown.connect(self.show_page)
        Fate(session, pane, ticket)
        TicketHolding(session, pane, ticket)
        self._server_canned = ServerCanned(session, pane.notice)
        session.linked.connect(lambda: self.show_page(ticket.page))
        ticket.undoing.begins.connect(self.save)
        ticket.undoing.draft_returned.connect(lambda key: self._page(key.kind).reload())
        for page in (pane.reply, pane.note):
            page.send_requested.connect(partial(self.send, page))
            page.close_requested.connect(partial(self.send_and_resolve, page))
            page.status_menu_wanted.connect(partial(self.offer_ways, page))
            page.switch_requested.connect(partial(self.switch, page))
            page.canned_wanted.connect(partial(self.offer_canned, page))
            page.link_wanted.connect(partial(self.ask_link, page))
            page.versions_wanted.connect(partial(self.offer_versions, page))
            page.unsaved.connect(lambda text: pane.notice.say(text, kind="error", source=UNSAVED))
            page.saved_again.connect(lambda: pane.notice.withdraw(UNSAVED))
            page.said.connect(lambda text: pane.notice.say(text, kind="error"))
            page.left.connect(pane.talk.setFocus)

    # --- what is shown ---------------------------------------------------------------------

    def begin(self, ticket: TicketId | None) -> None:
        """Another ticket is being read: what is typed from now on is for that one.

        Nobody's name stands on the buttons until it is known whose it is.
        """
        if ticket is None:
            return
        wait = tr("The ticket is being read…")
        for page in (self._pane.reply, self._pane.note):
            page.show_ticket(DraftKey(ticket=ticket, kind=page.kind), wait, "…", wait)

    def show_page(self, page: TicketPage | None) -> None:
        """Give both composers their ticket; what was typed for another one is saved first."""
        if page is None:
            return
        ticket, email = page.ticket.id, page.requester.email
        name = calm(page.requester.name, _LONGEST_NAME)
        who = tr("Reply to {name} <{email}>").format(name=name, email=email)
        if not email:
            who = tr("Reply to {name}, whose e-mail address is not known").format(name=name)
        linked = self._session.sync is not None
        send = tr("Queue reply to {name}") if linked else tr("Record reply to {name}")
        hint = (
            tr("Write to {name}. Ctrl+Enter puts the reply into the outbox.")
            if linked
            else tr("Write to {name}. Ctrl+Enter records the reply.")
        )
        self._pane.reply.show_ticket(
            DraftKey(ticket=ticket, kind=DraftKind.REPLY),
            who,
            send.format(name=name),
            hint.format(name=name),
        )
        self._pane.note.show_ticket(
            DraftKey(ticket=ticket, kind=DraftKind.NOTE),
            tr("Internal note: only agents read this"),
            tr("Queue note for agents") if linked else tr("Add note for agents"),
            tr("Only agents will read this. Ctrl+Enter adds the note."),
        )

    def save(self) -> None:
        """Put both texts on the disk."""
        self._pane.reply.save()
        self._pane.note.save()

    def reply_to_all(self) -> None:
        """Open the reply with everybody who got the requester's last message."""
        page = self._ticket.page
        if page is None:
            return
        self._pane.write(DraftKind.REPLY)
        heard = [e for e in page.entries if e.kind is EntryKind.MESSAGE][-1:]
        people = [address for entry in heard for address in (*entry.to, *entry.cc)]
        heeded = (one for one in page.collaborators if one.id not in page.ticket.muted)
        people += [person.email for person in heeded]
        self._pane.reply.add_copies(tuple(a for a in people if a and not self._ours(a, page)))

    def quote(self, html: str) -> None:
        """Put a quoted text into the reply."""
        self._pane.write(DraftKind.REPLY)
        self._pane.reply.edit.quote(html)

    def _ours(self, address: str, page: TicketPage) -> bool:
        directory = self._session.directory
        own = {page.requester.email}
        if directory is not None:
            own |= {department.email for department in directory.departments.values()}
            own |= {agent.email for agent in directory.agents.values()}
        return address.casefold() in {one.casefold() for one in own}

    # --- sending ---------------------------------------------------------------------------

    def send(self, composer: ComposerPage, status: str) -> None:
        """Record the text, with a status if one is set with it; it goes once, or stays here."""
        if not self._ticket.is_there:
            self._ticket.held.when_shown(partial(self.send, composer, status))
            return
        writing, page, key = self._ticket.writing(), self._ticket.page, composer.key
        if writing is None or page is None or key is None or key.ticket != page.ticket.id:
            return
        note = composer.kind is DraftKind.NOTE
        gate = self._ticket.gate
        denied = gate.denial(Action.NOTE if note else Action.REPLY)
        if denied is None and status:
            denied = gate.denial(Action.SET_STATUS, status)
        if denied is not None:
            self._ticket.show_refusal(denied)
            return
        html, files = composer.area.html(), composer.area.sent_attachments()
        copies = composer.copies
        composer.begin_sending()

        def make() -> Command:
            if note:
                return writing.note(html, files)
            return writing.reply(
                html, page.requester, cc=copies, attachments=files, status=status or None
            )

        self._session.write(
            lambda: self._session.desk.bus.handle(make(), closes=key),
            owner=self,
            done=partial(self._sent, composer, key, status if note else ""),
            failed=partial(self._stays, composer, key),
        )

    def _sent(self, composer: ComposerPage, key: DraftKey, status: str, done: Done) -> None:
        composer.end_sending(key, sent=True)
        self._ticket.offer_undo(done)
        page = self._ticket.page
        if status and (page is None or page.ticket.id != key.ticket):
            words = tr(
                "The note was added; its status was not set, for you went to another ticket."
            )
            self._pane.notice.say(words, kind="refusal")
        elif status:
            self._ticket.set_status(status)  # a note carries none itself

    def _stays(self, composer: ComposerPage, key: DraftKey, error: Exception) -> None:
        composer.end_sending(key, sent=False)
        self._ticket.tell_failure(error)

    def send_and_resolve(self, composer: ComposerPage) -> None:
        """Send and set the first status that closes, or say what is missing and send nothing."""
        directory = self._session.directory
        if directory is not None:
            composer.request_send(directory.lifecycle.first_in(State.CLOSED).key)

    def offer_ways(self, composer: ComposerPage) -> None:
        """Every status that can be set with the text, and the mail program."""
        words = tr("{send} and set {status}")
        choices = [
            Choice(
                text=words.format(send=composer.send.text(), status=status.name),
                call=partial(composer.request_send, status.key),
                reason="" if denied is None else denial_text(denied),
            )
            for status, denied in self._ticket.gate.steps()
        ]
        if composer.kind is DraftKind.REPLY:
            open_ = partial(self.open_mail, composer)
            choices.append(Choice(text=tr("Open in mail program"), call=open_))
        throw = partial(self.discard, composer)
        choices.append(Choice(text=tr("Throw this text away (it stays 30 days)"), call=throw))
        self._chooser.open_with(tr("How shall it go?"), choices)

    def discard(self, composer: ComposerPage) -> None:
        """Empty the composer; what was in it stays among the versions."""
        key = composer.key
        if key is None:
            return
        composer.begin_sending()
        self._session.write(
            lambda: self._session.desk.drafts.discard(key),
            owner=self,
            done=lambda _: composer.end_sending(key, sent=True),
            failed=partial(self._stays, composer, key),
        )

    def open_mail(self, composer: ComposerPage) -> None:
        """Write the reply as an unsent mail and open it in the agent's mail program."""
        page, me, directory = self._ticket.page, self._session.me, self._session.directory
        if page is None or me is None or directory is None or composer.area.is_blank:
            return
        draft = composer.draft(DraftKey(ticket=page.ticket.id, kind=DraftKind.REPLY))
        desk = self._session.desk

        def work() -> str:
            return desk.write_mail(
                reply_mail(page, draft, me, directory, desk.clean_html(draft.html))
            )

        self._session.jobs.run(
            Lane.FILES, work, owner=self, done=self._open_file, failed=self._tell_no_mail
        )

    def _open_file(self, path: str) -> None:
        if QDesktopServices.openUrl(QUrl.fromLocalFile(path)):
            words = tr("The mail is open in your mail program. Record it here when it is sent.")
            self._pane.notice.say(words, kind="info")
        else:
            words = tr("No program opens mail here. The mail is in {path}; the text stays here.")
            self._pane.notice.say(words.format(path=path), kind="error")

    def _tell_no_mail(self, error: Exception) -> None:
        self._pane.notice.say(error_text(error), kind="error")

    # --- what goes in ----------------------------------------------------------------------

    def offer_canned(self, composer: ComposerPage) -> None:
        """List canned responses; the chosen one goes in at the cursor, filled in."""
        page, directory = self._ticket.page, self._session.directory
        if page is None or directory is None:
            return
        self._server_canned.offer(
            composer,
            canned_for(directory, page.ticket),
            partial(self._insert_canned, composer),
            partial(self._chooser.open_with, tr("Canned response")),
        )

    def _insert_canned(self, composer: ComposerPage, canned: CannedResponse) -> None:
        page, me, directory = self._ticket.page, self._session.me, self._session.directory
        if page is None or me is None or directory is None:
            return
        values = variables(page.ticket, page.requester, me, directory)
        html, unknown = filled(canned.html, values)
        composer.edit.textCursor().insertHtml(html)
        composer.edit.setFocus()
        if unknown:
            names = ", ".join(unknown)
            words = tr("Nothing is known for {names}: fill it in yourself.").format(names=names)
            self._pane.notice.say(words, kind="refusal")

    def ask_link(self, composer: ComposerPage) -> None:
        """Ask where the selected words shall lead."""

        def offer(text: str) -> list[Choice]:
            label = tr("Link to {address}").format(address=text)
            return [Choice(text=label, call=partial(self._set_link, composer, text))]

        self._chooser.open_with(tr("Address: https://…"), [], free=offer)

    def _set_link(self, composer: ComposerPage, address: str) -> None:
        if not composer.edit.set_link(address):
            words = tr("“{address}” is no address that can be opened.").format(address=address)
            self._pane.notice.say(words, kind="refusal")
        composer.edit.setFocus()

    # --- versions and switching ------------------------------------------------------------

    def offer_versions(self, composer: ComposerPage) -> None:
        """List what stood in this composer in the last 30 days, sent texts too."""
        key = composer.key
        if key is None:
            return
        composer.save()
        self._session.ask_versions(
            key, owner=self, done=partial(self._list_versions, composer, key)
        )

    def _list_versions(self, composer: ComposerPage, key: DraftKey, found: list[Draft]) -> None:
        if composer.key != key:
            return
        choices = [
            Choice(
                text=excerpt(draft.text, _EXCERPT) or tr("(files only)"),
                detail=draft.saved_at.astimezone().strftime("%a %d %b %H:%M"),
                call=partial(composer.replace_with, draft),
            )
            for draft in found
            if draft.saved_at is not None and not draft.is_empty
        ]
        if choices:
            self._chooser.open_with(tr("Earlier versions of this text"), choices)
        else:
            self._pane.notice.say(tr("There is no earlier version of this text."))

    def switch(self, composer: ComposerPage) -> None:
        """Go to the other composer; a text is only moved when that is asked for."""
        kind = DraftKind.REPLY if composer.kind is DraftKind.NOTE else DraftKind.NOTE
        if composer.area.is_blank:
            self._pane.write(kind)
            return
        name = action_name(Action.NOTE if kind is DraftKind.NOTE else Action.REPLY)
        stay = tr("{name}: this text stays where it is").format(name=name)
        move = tr("{name}: move this text there").format(name=name)
        self._chooser.open_with(
            tr("This text is not sent yet"),
            [
                Choice(text=stay, call=partial(self._pane.write, kind)),
                Choice(text=move, call=partial(self._move_text, composer, self._page(kind))),
            ],
        )

    def _move_text(self, source: ComposerPage, target: ComposerPage) -> None:
        source.save()
        html, files = source.area.html(), source.area.attachments
        target.area.append(html, files)
        source.area.fill("")
        source.keeper.touch()
        self._pane.write(target.kind)

    def _page(self, kind: DraftKind) -> ComposerPage:
        return self._pane.note if kind is DraftKind.NOTE else self._pane.reply
