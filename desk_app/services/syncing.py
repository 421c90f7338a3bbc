"""One desk's server, as a window or a script asks for it; made by `bootstrap`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from desk_app.domain.canned import FilledText
    from desk_app.domain.mirror import Account, Comparison, Difference, SyncReport
    from desk_app.domain.ticket import EntryId, TicketId
    from desk_app.ports.connection import ConnectionReport, Detected
    from desk_app.ports.holding import Holding
    from desk_app.ports.unit_of_work import Changes
    from desk_app.services.outbox import OutboxDesk


class Syncing(Protocol):
    """A desk and its server. Every method blocks on the network, or waits for the one before it.

    Use it on a worker of its own. Nothing here raises for what a network or a server does in a
    round: that is in the report. The other methods raise `ports.remote.RemoteError`.
    """

    announce: Callable[[Changes], None]
    """Told on the worker's thread of every commit that touched something to be shown."""
    at_work_s: float
    """So many seconds a server may go on with what it gave no answer to; set before a round."""

    @property
    def outbox(self) -> OutboxDesk:
        """What the agent may do with single items; quick, but it writes: on the writing worker."""
        ...

    def round(self, *, stop: Callable[[], bool] = lambda: False) -> SyncReport:
        """Send what waits, then read what changed; returns at once if another process syncs.

        `stop` is asked between requests. The report's `problem` is '' if all went through, the
        code of a `RemoteError`, `offline` or `signed_out` (by the account), `no_secret` (sign in
        first), `elsewhere` (another process is at it).
        """
        ...

    def abandon(self) -> None:
        """Break off the request under way, from any thread: what it sent is looked for later."""
        ...

    def read_ticket(self, ticket: TicketId) -> None:
        """Read one ticket and its thread now, because somebody looks at it."""
        ...

    def want_queues(self) -> None:
        """Let the next round read the server's own queues, whatever else it finds; asks nothing."""
        ...

    def read_queue(self, queue: str) -> None:
        """Ask which tickets are in one of the server's own queues; the desk keeps it.

        Raises:
            RemoteError: it cannot be had now; what was read before is on the desk.
        """
        ...

    def fetch_file(self, entry: EntryId, name: str) -> None:
        """Bring the bytes of a file that is on the server alone."""
        ...

    def canned_text(self, ticket: TicketId, key: str) -> FilledText:
        """A canned response of the server's, filled in for a ticket; the desk keeps it.

        Raises:
            RemoteError: it cannot be had now; what was read before is in the ticket's `Base`.
        """
        ...

    def holder(self, ticket: TicketId) -> str:
        """Name of somebody else who is at the ticket on the server; '' for nobody."""
        ...

    def hold(self, ticket: TicketId) -> Holding:
        """Hold the ticket on the server, or go on holding it; nothing is taken from anybody."""
        ...

    def release(self, ticket: TicketId) -> None:
        """Hold it no longer; where that cannot be told now, it ends there by itself."""
        ...

    def let_go(self) -> None:
        """Release all that is held: the program ends."""
        ...

    def work_offline(self, *, offline: bool) -> None:
        """Try nothing until told otherwise; or go on."""
        ...

    def map_reason(self, name: str) -> Changes:
        """Let the server's extra field of this name say why a ticket was late; '': a note does.

        Asks nothing of the network; quick, but it writes: on the writing worker.

        Raises:
            NotFoundError: there is no field of this name.
        """
        ...

    @property
    def wants_code(self) -> bool:
        """Whether a sign-in waits for its second factor; asks nothing of network or disk."""
        ...

    def sign_in(self, secret: str) -> bool:
        """Try new credentials and keep them, or those that are kept ('').

        Returns whether they outlive the program.

        Raises:
            SignInError: the server does not take them; what was kept before stays. `why` may be
                `second_factor`: then `give_code` goes on. Others are in `ports.sign_in`.
        """
        ...

    def give_code(self, code: str) -> bool:
        """Answer the second factor; else like `sign_in`.

        Raises:
            SignInError: `why` is `wrong_code` (`left`: how many tries are left) or `code_over`.
        """
        ...

    def compare(
        self,
        *,
        progress: Callable[[int, int], None] = lambda *_: None,
        stop: Callable[[], bool] = lambda: False,
    ) -> Comparison:
        """Compare desk and server, ticket by ticket and entry by entry; change nothing."""
        ...

    def repair(self, differences: Sequence[Difference]) -> int:
        """Take from the server what differs; how many. Unsent work stays on top of it."""
        ...


class Servers(Protocol):
    """Making a desk for a server. Blocks on the network: use it on a worker."""

    def detect(self, url: str, certificates: str = "") -> Detected:
        """Find out what answers at an address, as people write addresses.

        Raises:
            RemoteError: nothing does, or nothing that this program knows.
        """
        ...

    def test(
        self, kind: str, url: str, user: str, secret: str, certificates: str = ""
    ) -> ConnectionReport:
        """Sign in and look around; what fails is in the report.

        Where its `why` is `second_factor` or `wrong_code`, `give_code` goes on.
        """
        ...

    def give_code(self, code: str) -> ConnectionReport:
        """Answer the second factor of the last sign-in, and look around."""
        ...

    def add(self, folder: Path, account: Account, secret: str) -> bool:
        """Make a desk for this account; whether the secret outlives the program.

        Signs in no second time where this sign-in was tested just before.

        Raises:
            SignInError and other RemoteErrors: no desk was made.
            DeskExistsError: there is a desk in the folder already.
        """
        ...
