"""Signing in again: the password, a code after it, or a session of a browser."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desk_app.domain.mirror import AccountState
from desk_app.ports.sign_in import WANTS_CODE
from desk_app.ui.sign_in_texts import code_words, failed_sign_in
from desk_app.ui.sync_texts import why_text
from desk_app.ui.texts import tr

if TYPE_CHECKING:
    from collections.abc import Callable

    from desk_app.ui.sync_scheduler import SyncScheduler
    from desk_app.ui.views.notice_bar import NoticeBar
    from desk_app.ui.views.sign_in_panel import SignInPanel


class SigningIn(QObject):
    """Connects one `SignInPanel` with the desk's server. Nothing else waits for the answer."""

    def __init__(self, sync: SyncScheduler, panel: SignInPanel, notice: NoticeBar) -> None:
        super().__init__(panel)
        self._sync = sync
        self._panel = panel
        self._notice = notice
        self._told = False
        """Whether the panel came by itself since the account was signed out."""
        panel.wanted.connect(lambda secret: self._ask(partial(sync.syncing.sign_in, secret)))
        panel.code_given.connect(lambda code: self._ask(partial(sync.syncing.give_code, code)))
        panel.anew_wanted.connect(self._ask_secret)
        sync.state_changed.connect(self._look)

    def ask(self) -> None:
        """Ask for what is wanted next, with the keyboard there."""
        if self._sync.syncing.wants_code:
            self._panel.ask_code(code_words(WANTS_CODE, ""))
        else:
            self._ask_secret()

    def _ask_secret(self) -> None:
        state = self._sync.state
        if state is None:
            return
        account = state.status.account
        # Of a sign-in that failed in a round, its `why` is kept where the server had no words.
        self._panel.ask(self._sync.name, account.user, account.kind, why_text(account.detail))

    def _look(self) -> None:
        """A code is good for some minutes only, so it is asked for as soon as it is wanted."""
        state = self._sync.state
        out = state is not None and state.status.account.state is AccountState.SIGNED_OUT
        if not out:
            self._told = False
        elif not self._told and self._sync.syncing.wants_code:
            self._told = True
            if self._panel.isHidden():
                self._panel.ask_code(code_words(WANTS_CODE, ""), quietly=True)

    def _ask(self, work: Callable[[], bool]) -> None:
        self._sync.ask(work, owner=self, done=self._take, failed=self._tell)

    def _take(self, lasting: bool) -> None:  # noqa: FBT001 - the answer of `Syncing.sign_in`
        self._panel.end()
        kept = (
            tr("The password is in this system's keyring.")
            if lasting
            else tr("This system has no keyring: the password is kept only until you quit.")
        )
        self._notice.say(tr("Signed in.") + " " + kept)
        self._sync.sync_now()

    def _tell(self, error: Exception) -> None:
        words, wants_code = failed_sign_in(error)
        if wants_code:
            self._panel.ask_code(words)
        else:
            self._panel.tell_failure(words)
