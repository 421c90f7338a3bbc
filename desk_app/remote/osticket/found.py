"""An osTicket at an address: whether it is one, and a session there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desk_app.ports.connection import Detected
from desk_app.ports.sign_in import SESSION_COOKIES
from desk_app.remote.http import Ask, HttpServer, Limits
from desk_app.remote.osticket.page import Page
from desk_app.remote.osticket.server import OsTicketServer
from desk_app.remote.osticket.session import PANEL, Credentials, PanelSession, panel_address

if TYPE_CHECKING:
    from desk_app.domain.lifecycle import Lifecycle
    from desk_app.domain.mirror import Account

PRODUCT = "osTicket"
COOKIE = SESSION_COOKIES["osticket"]
_PASTED = f"{COOKIE}="
"""A secret that begins so is a session that was begun in a browser, by single sign-on."""
_QUICK = Limits(connect_s=8, read_s=15, whole_s=30, bytes=2_000_000)


def connect(
    account: Account, secret: str, lifecycle: Lifecycle, *, limits: Limits | None = None
) -> OsTicketServer:
    """Nothing is asked yet. The address may be that of any page of the panel.

    `lifecycle` holds osTicket's rules; the server's own statuses take the place of its statuses.

    Raises:
        ValueError: that is no address.
        OSError: the account's certificates cannot be read.
    """
    http = HttpServer(panel_address(account.url), certificates=account.certificates, limits=limits)
    return OsTicketServer(PanelSession(http, credentials(account.user, secret)), lifecycle)


def credentials(user: str, secret: str) -> Credentials:
    """A password, or a pasted cookie."""
    if secret.startswith(_PASTED):
        return Credentials(user=user, cookies={COOKIE: secret.removeprefix(_PASTED).strip("; ")})
    return Credentials(user=user, password=secret)


def detect(url: str, certificates: str) -> Detected | None:
    """The sign-in page of the panel has a form of its own kind; it does not tell the version."""
    address = panel_address(url)
    http = HttpServer(address, certificates=certificates, limits=_QUICK)
    try:
        answer = http.ask(Ask(path=f"{PANEL}login.php", plain=True, follow=False))
    finally:
        http.close()
    page = Page(answer.body, "login")
    form = page.find('form#login input[name="do"]')
    if not answer.is_html or form is None or not page.field("__CSRFToken__"):
        return None
    return Detected(kind="osticket", url=address, product=PRODUCT, version="")
