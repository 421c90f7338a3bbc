"""Canned responses whose words the server has: fetched for the ticket, kept for when it is away."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desk_app.ui.jobs import Lane
from desk_app.ui.sync_texts import sign_in_text
from desk_app.ui.texts import tr
from desk_app.ui.views.chooser import Choice

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from desk_app.domain.canned import FilledText
    from desk_app.domain.directory import CannedResponse
    from desk_app.domain.draft import DraftKey
    from desk_app.domain.mirror import Base
    from desk_app.ui.session import Session
    from desk_app.ui.views.composer import ComposerPage
    from desk_app.ui.views.notice_bar import NoticeBar

_SOURCE = "canned"
"""Of the notice that the server is being asked."""


class ServerCanned(QObject):
    """Offers them beside the desk's own, and puts the chosen one where it was asked for."""

    def __init__(self, session: Session, notice: NoticeBar) -> None:
        super().__init__(notice)
        self._session = session
        self._notice = notice

    def offer(
        self,
        composer: ComposerPage,
        found: Sequence[CannedResponse],
        own: Callable[[CannedResponse], None],
        show: Callable[[list[Choice]], None],
    ) -> None:
        """Show what can be chosen; `own` puts in one whose words are here."""
        key = composer.key
        if key is None or self._session.sync is None or all(one.html for one in found):
            show([Choice(text=one.title, call=partial(own, one)) for one in found])
            return

        def choices(base: Base | None) -> None:
            if key == composer.key:
                show([self._choice(composer, key, one, own, base) for one in found])

        ticket = key.ticket
        self._session.ask(Lane.ROWS, lambda reader: reader.base(ticket), owner=self, done=choices)

    def _choice(
        self,
        composer: ComposerPage,
        key: DraftKey,
        canned: CannedResponse,
        own: Callable[[CannedResponse], None],
        base: Base | None,
    ) -> Choice:
        if canned.html:
            return Choice(text=canned.title, call=partial(own, canned))
        kept = None if base is None else base.filled(canned.key)
        take = partial(self._take, composer, key, canned, kept)
        if self._is_online and base is not None and base.remote:
            return Choice(text=canned.title, call=take)
        detail = "" if kept is None else tr("as it was read before")
        return Choice(
            text=canned.title, call=take, detail=detail, reason="" if kept else self._not_here(base)
        )

    def _not_here(self, base: Base | None) -> str:
        if base is None or not base.remote:
            return tr("The server fills it in, and does not know this ticket yet.")
        return tr("Its words are on the server, and were not read for this ticket yet.")

    @property
    def _is_online(self) -> bool:
        sync = self._session.sync
        return sync is not None and sync.state is not None and sync.state.is_online

    def _take(
        self,
        composer: ComposerPage,
        key: DraftKey,
        canned: CannedResponse,
        kept: FilledText | None,
    ) -> None:
        sync = self._session.sync
        if sync is None:
            return
        if not self._is_online:
            if kept is not None:
                self._put(composer, key, kept)
            return
        words = tr("The server fills in “{title}” …").format(title=canned.title)
        self._notice.say(words, source=_SOURCE)
        sync.ask(
            partial(sync.syncing.canned_text, key.ticket, canned.key),
            owner=self,
            done=partial(self._put, composer, key),
            failed=partial(self._fall_back, composer, key, canned, kept),
        )

    def _fall_back(
        self,
        composer: ComposerPage,
        key: DraftKey,
        canned: CannedResponse,
        kept: FilledText | None,
        error: Exception,
    ) -> None:
        if kept is not None:
            self._put(composer, key, kept)
            return
        words = tr("“{title}” was not put in.").format(title=canned.title)
        self._notice.say(f"{words} {sign_in_text(error)}", kind="error")

    def _put(self, composer: ComposerPage, key: DraftKey, text: FilledText) -> None:
        if key != composer.key or composer.edit.isReadOnly():
            words = tr("The canned response was not put in: another text is being written there.")
            self._notice.say(words, kind="refusal")
            return
        composer.edit.textCursor().insertHtml(text.html)
        if text.attached:
            too_much = composer.area.add_files(text.attached)
            text = replace(text, files=(*text.files, *too_much))
        composer.edit.setFocus()
        self._notice.withdraw(_SOURCE)
        left = left_out(text)
        if left:
            self._notice.say(left, kind="refusal")


def left_out(text: FilledText) -> str:
    """What the server keeps with a canned response, and is not in the composer; '' for nothing."""
    words = []
    if text.files:
        names = ", ".join(text.files)
        told = tr("{names} could not be attached: add it here yourself if it shall go along.")
        words.append(told.format(names=names))
    if text.pictures:
        words.append(
            tr("{n} pictures of it are on the server alone.").format(n=text.pictures)
            if text.pictures > 1
            else tr("A picture of it is on the server alone.")
        )
    return " ".join(words)
