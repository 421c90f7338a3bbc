"""A desk with a server: its own sync is not taken for another program, and no other is missed."""

from pathlib import Path

import pytest

from desk_app.bootstrap import OpenDesk, lifecycle
from desk_app.domain.draft import Draft, DraftKey, DraftKind
from desk_app.domain.mirror import Account
from desk_app.domain.ticket import TicketId
from desk_app.store.migrate import create_desk
from tests.builders import make_directory


@pytest.fixture
def linked(tmp_path: Path) -> OpenDesk:
    folder = tmp_path / "desk"
    create_desk(folder)
    desk = OpenDesk(folder)
    with desk.sync_unit() as unit:
        unit.keep_directory(make_directory(), lifecycle()[1])
        unit.save_account(Account(kind="rt", url="https://rt.example", user="sam"))
        unit.commit()
    return desk


def commit(desk: OpenDesk, words: str) -> None:
    key = DraftKey(ticket=TicketId(1), kind=DraftKind.NEW_TICKET)
    desk.drafts.save(Draft(key=key, html=words, text=words))


def sync(desk: OpenDesk) -> None:
    desk.syncing.work_offline(offline=False)


def test_commits_of_the_own_link_are_no_news(linked: OpenDesk):
    before = linked.others_version()
    for _ in range(3):
        sync(linked)
        assert linked.others_version() == before
        commit(linked, "own")
        assert linked.others_version() == before


def test_another_programs_commit_among_ones_own_is_news_once(linked: OpenDesk):
    other = OpenDesk(linked.path)
    before = linked.others_version()
    sync(linked)
    commit(other, "theirs")
    sync(linked)
    commit(linked, "own")
    after = linked.others_version()
    assert after != before
    sync(linked)
    commit(linked, "own again")
    assert linked.others_version() == after


def test_another_window_of_this_program_is_news_and_shares_the_link(linked: OpenDesk):
    window = linked.again()
    assert window.syncing is linked.syncing
    before = linked.others_version()
    commit(window, "there")
    assert linked.others_version() != before
    before = window.others_version()
    sync(window)
    assert window.others_version() == before


def test_without_a_server_nothing_is_counted_and_others_are_seen(tmp_path: Path):
    create_desk(tmp_path / "desk")
    desk, other = OpenDesk(tmp_path / "desk"), OpenDesk(tmp_path / "desk")
    before = desk.others_version()
    commit(desk, "own")
    assert desk.others_version() == before
    commit(other, "theirs")
    assert desk.others_version() != before
    with desk.unit() as unit:
        assert unit._run("SELECT * FROM meta WHERE key = 'commits'").fetchall() == []


def test_a_transaction_that_wrote_nothing_counts_nothing(linked: OpenDesk):
    with linked.unit() as unit:
        counted = unit._run("SELECT value FROM meta WHERE key = 'commits'").fetchone()
        unit.commit()
    with linked.unit() as unit:
        assert unit._run("SELECT value FROM meta WHERE key = 'commits'").fetchone() == counted
