"""The server's own knowledge base, in the browser: the desk keeps none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from desk_app.ui.texts import tr

if TYPE_CHECKING:
    from desk_app.ui.main_window import MainWindow

_PAGES = {"osticket": "scp/kb.php", "rt": "Articles/index.html"}
"""Where a stock server has it, by the account's kind, under its address."""


def open_knowledge_base(window: MainWindow) -> None:
    sync = window.server.sync
    account = None if sync is None or sync.state is None else sync.state.status.account
    page = None if account is None else _PAGES.get(account.kind)
    if account is None or page is None:
        words = tr("This desk has no server with a knowledge base. Canned responses: {key}.")
        window.notice.say(words.format(key="Ctrl+;"), kind="refusal")
        return
    address = f"{account.url.rstrip('/')}/{page}"
    if QDesktopServices.openUrl(QUrl(address)):
        window.notice.say(tr("Opened in the browser: {address}").format(address=address))
    else:
        words = tr("No browser could be started for {address}. Nothing was changed.")
        window.notice.say(words.format(address=address), kind="refusal")
