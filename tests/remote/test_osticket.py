"""The adapter keeps the port's promises towards the fake panel, however that likes to look."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.remote.osticket_contract import OsTicketContract
from tests.remote.osticket_panel import pair_at, panel
from tests.remote.pairs import Pair
from tests.remote.panel.html import Manner


class TestOsTicket(OsTicketContract):
    """English, a lock to be asked for, a database on UTC."""

    @pytest.fixture
    def pair(self, tmp_path: Path) -> Iterator[Pair]:
        with panel() as at:
            yield pair_at(at, tmp_path)


class TestOsTicketElsewhere(OsTicketContract):
    """German, relative dates, newest first, locks taken by looking, a database on another time."""

    @pytest.fixture
    def pair(self, tmp_path: Path) -> Iterator[Pair]:
        manner = Manner(language="de", relative=True, newest_first=True, lock_on_view=True)
        with panel(manner) as at:
            at.offset = timedelta(hours=5, minutes=30)
            yield pair_at(at, tmp_path)


class TestOsTicketInArabic(OsTicketContract):
    """Arabic words, dates and digits; locks switched off."""

    @pytest.fixture
    def pair(self, tmp_path: Path) -> Iterator[Pair]:
        with panel(Manner(language="ar")) as at:
            at.offset = timedelta(hours=-7)
            yield pair_at(at, tmp_path)
