"""Finds out what is at an address, tests a sign-in, and makes a desk for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal

from desk_app.domain.mirror import Account
from desk_app.ports.sign_in import ASKS_CODE
from desk_app.ui.report_texts import first_contact_text, product_name, report_lines
from desk_app.ui.sign_in_texts import code_words
from desk_app.ui.sync_lane import PATIENCE_S, SyncLane
from desk_app.ui.sync_texts import server_name
from desk_app.ui.texts import tr

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any

    from desk_app.ports.connection import ConnectionReport, Detected
    from desk_app.ports.desks import DeskPlace
    from desk_app.services.desks import Desks
    from desk_app.ui.views.add_server_view import AddServerView

_MEGABYTE = 1_000_000


class _NoLink:
    """Nothing is tied yet, so nothing has to be broken off: the thread is let go of."""

    def abandon(self) -> None: ...


class AddingServer(QObject):
    """Connects one `AddServerView` with `Desks`; asks the network on a thread of its own."""

    added = Signal(object)
    """There is another desk. Emits: DeskPlace."""
    _arrived = Signal()

    def __init__(self, desks: Desks, view: AddServerView) -> None:
        super().__init__(view)
        self._desks = desks
        self.view = view
        self._found: Detected | None = None
        self._report: ConnectionReport | None = None
        self._is_making = False
        self._given = ("", "", "")
        """Certificates, name and secret of the sign-in that was tested."""
        self._lane = SyncLane(_NoLink(), self._arrived.emit)
        self._arrived.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        view.address_given.connect(self.find)
        view.sign_in_given.connect(self.test)
        view.code_given.connect(self.give_code)
        view.add_wanted.connect(self.add)
        view.sample_wanted.connect(self.make_sample)
        view.stop_wanted.connect(self.stop)

    def close(self) -> None:
        """The window goes; what is under way is not waited for."""
        # A test leaves nothing behind; a desk that is being made comes to a good point first.
        self._lane.close(PATIENCE_S if self._is_making else 0)

    def stop(self) -> None:
        """Ask no more: the answer that was waited for counts for nothing."""
        if self._is_making:
            return
        self._lane.close(0)
        self._lane = SyncLane(_NoLink(), self._arrived.emit)
        self.view.tell(tr("Stopped. No desk was made."))

    # --- steps -----------------------------------------------------------------------------

    def find(self, address: str, certificates: str) -> None:
        """What answers at this address?"""
        servers, desks = self._desks.servers, self._desks

        def work() -> tuple[Detected, bool]:
            return servers.detect(address, certificates), desks.keeps_secrets

        self._given = (certificates, "", "")
        self.view.work(tr("Looking at {address} …").format(address=address))
        self._run(work, self._show_found)

    def _show_found(self, answer: tuple[Detected, bool]) -> None:
        self._found, lasting = answer
        words = tr("{product} answers at {url}.").format(
            product=product_name(self._found.kind, self._found.product, self._found.version),
            url=self._found.url,
        )
        where = (
            tr("It is kept in this system's keyring, and in no file.")
            if lasting
            else tr("This system has no keyring: it is kept only until you quit, and in no file.")
        )
        self.view.show_found(words, where, self._found.kind)

    def test(self, user: str, secret: str) -> None:
        """Sign in and look around."""
        found = self._found
        if found is None:
            return
        certificates = self._given[0]
        self._given = (certificates, user, secret)
        self.view.work(tr("Signing in and looking around …"))
        servers = self._desks.servers
        self._run(
            lambda: servers.test(found.kind, found.url, user, secret, certificates),
            self._show_report,
        )

    def give_code(self, code: str) -> None:
        """Go on with a sign-in that wanted a code."""
        self.view.work(tr("Signing in and looking around …"))
        self._run(lambda: self._desks.servers.give_code(code), self._show_report)

    def _show_report(self, report: ConnectionReport) -> None:
        self._report = report
        if report.why in ASKS_CODE:
            self.view.ask_code(code_words(report.why, report.facts.get("left", "")))
            return
        well = not report.problem
        self.view.show_report(report_lines(report), report.departments if well else None)
        if well and not self.view.name.text():
            self.view.name.setText(server_name(self._account()))

    def add(self) -> None:
        """Make the desk, list it, and go there."""
        if self._found is None or self._report is None or self._report.problem:
            return
        account, secret, desks = self._account(), self._given[2], self._desks
        name = self.view.name.text().strip() or server_name(account)

        def work() -> DeskPlace:
            folder = desks.folder_for(account)
            desks.servers.add(folder, account, secret)
            return desks.add(folder, name)

        self.view.work(tr("Making a place for it on this computer …"))
        self._is_making = True
        self._run(work, self._show_added)

    def _account(self) -> Account:
        found, view = self._found, self.view
        assert found is not None  # noqa: S101 - a step that comes later
        return Account(
            kind=found.kind,
            url=found.url,
            user=self._given[1],
            certificates=self._given[0],
            keep_days=view.days.value(),
            keep_files=view.megabytes.value() * _MEGABYTE,
            keep_departments=view.chosen_departments(),
        )

    def _show_added(self, place: DeskPlace) -> None:
        self._is_making = False
        self.view.begin()  # the password is in no field any more
        self._given = ("", "", "")
        self.added.emit(place)

    def make_sample(self) -> None:
        """A desk with sample data, with no server at all."""
        desks = self._desks

        def work() -> DeskPlace:
            folder: Path = desks.make_sample()
            return desks.add(folder, _SAMPLE)

        self.view.work(tr("Making sample data …"))
        self._is_making = True
        self._run(work, self._show_added)

    # --- inside ----------------------------------------------------------------------------

    def _run(self, work: Callable[[], Any], done: Callable[[Any], None]) -> None:
        self._lane.run(work, done=done, failed=self._fail)

    def _fail(self, error: Exception) -> None:
        self._is_making = False
        self.view.tell(first_contact_text(error))

    def _deliver(self) -> None:
        outcomes = self._lane.outcomes
        while outcomes:
            outcome = outcomes.popleft()
            outcome.handler(outcome.value)


_SAMPLE = "Sample data"
