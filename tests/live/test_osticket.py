"""The contract of the port, asked of a real osTicket."""

from collections.abc import Iterator

import pytest

from tests.live.conftest import CHECKS
from tests.live.osticket_site import SITE, make_pair, needs_site
from tests.remote.osticket_contract import OsTicketContract
from tests.remote.pairs import Pair


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    return make_pair(tmp_path_factory.mktemp("files"))


@needs_site
@pytest.mark.timeout(300)
class TestOsTicketSite(OsTicketContract):
    @pytest.fixture
    def pair(self, site: Pair) -> Iterator[Pair]:
        before = site.checks
        yield site
        CHECKS[SITE["URL"]] = CHECKS.get(SITE["URL"], 0) + site.checks - before
