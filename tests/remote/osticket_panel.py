"""An osTicket to test with: the fake panel with two agents, and a real adapter at each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from desk_app.bootstrap import lifecycle
from desk_app.domain.mirror import Account
from desk_app.remote.http import Limits
from desk_app.remote.osticket.found import connect
from desk_app.remote.osticket.server import OsTicketServer
from desk_app.store.attachments import HashedFiles
from tests.remote.pairs import Pair
from tests.remote.panel.html import Manner
from tests.remote.panel.server import Panel
from tests.remote.panel.truth import RIGHTS

SOON = Limits(connect_s=5.0, read_s=20.0, whole_s=20.0)


@contextmanager
def panel(manner: Manner | None = None) -> Iterator[Panel]:
    """John and Jane in Support, Jane in Online Banking too."""
    made = Panel(manner=manner)
    made.truth.agent("john", rights=RIGHTS - {"merge", "delete"}, departments=frozenset({"1", "2"}))
    made.truth.agent("jane", departments=frozenset({"1", "2", "3"}))
    with made.serving():
        yield made


@contextmanager
def panel_with_a_question() -> Iterator[Panel]:
    """One ticket, of the topic that asks for an asset tag."""
    with panel() as made:
        karen = made.truth.user("Karen Weber", "karen@bank.example")
        made.truth.open("Keyboard", karen, "<p>Help</p>").topic = "13"
        yield made


def signed_in(at: Panel, user: str = "john", secret: str = "secret") -> OsTicketServer:
    """An adapter that has not asked for anything yet."""
    account = Account(kind="osticket", url=f"{at.url}/scp/index.php", user=user)
    return connect(account, secret, lifecycle("osticket")[0], limits=SOON)


def pair_at(at: Panel, folder: Path) -> Pair:
    server = signed_in(at)
    return Pair(
        server=server,
        colleague=signed_in(at, "jane"),
        files=HashedFiles(folder),
        requests=lambda: server.session.requests,
    )
