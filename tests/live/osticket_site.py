"""The real osTicket that the environment names, and two agents of it.

It has the departments Support and Online Banking, the topics General Inquiry and Hardware (with
the questions `Asset tag`, required to close, and `Colour`: Red, Green), the plans Sev-A (4 hours)
and Sev-B, the team Network, the statuses of a stock server and `In progress`, and a canned
response called `We have your request`. The first agent sees Support and not Online Banking, may
not merge, and may name all departments; the second sees both and may do everything. Where Online
Banking gives tickets to its members alone, a canned response has files and the second agent
manages Support, more is tried.

A third agent (`_USER3`, `_PASSWORD3`) is asked for a code that comes by mail; `_MAIL` is the folder
where the site keeps each mail that it sends as a file.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from desk_app.bootstrap import lifecycle
from desk_app.domain.mirror import Account
from desk_app.remote.osticket.found import connect
from desk_app.remote.osticket.server import OsTicketServer
from desk_app.store.attachments import HashedFiles
from tests.remote.pairs import Pair

_NAMES = ("URL", "USER", "PASSWORD", "USER2", "PASSWORD2")
SITE = {name: os.environ.get(f"DESK_APP_OSTICKET_{name}", "") for name in _NAMES}
_MISSING = [f"DESK_APP_OSTICKET_{name}" for name in _NAMES if not SITE[name]]

needs_site = pytest.mark.skipif(
    bool(_MISSING), reason=f"no real osTicket: {', '.join(_MISSING)} not set"
)
CODES = {
    name: os.environ.get(f"DESK_APP_OSTICKET_{name}", "") for name in ("USER3", "PASSWORD3", "MAIL")
}
_NO_CODES = [f"DESK_APP_OSTICKET_{name}" for name in CODES if not CODES[name]]
needs_codes = pytest.mark.skipif(
    bool(_MISSING or _NO_CODES),
    reason=f"no second factor: {', '.join([*_MISSING, *_NO_CODES])} not set",
)
_MARGIN_S = 190.0
"""The feed looks at what changed within the last minutes again."""


def signed_in(which: str = "", url: str = "") -> OsTicketServer:
    """A session of the first agent, or of the second (`2`); `url`: what stands between."""
    known = SITE | CODES
    account = Account(kind="osticket", url=url or SITE["URL"], user=known[f"USER{which}"])
    return connect(account, known[f"PASSWORD{which}"], lifecycle("osticket")[0])


def make_pair(folder: Path) -> Pair:
    server = signed_in()
    return Pair(
        server=server,
        colleague=signed_in("2"),
        files=HashedFiles(folder),
        requests=lambda: server.session.requests,
        settle=lambda: time.sleep(_MARGIN_S),
    )
