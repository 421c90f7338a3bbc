"""What an agent does waits for the server as soon as the desk has one, and not before."""

from pathlib import Path

import pytest

from desk_app.bootstrap import OpenDesk, make_demo
from desk_app.domain.mirror import Account
from desk_app.services.writing import Writing

ACCOUNT = Account(kind="rt", url="https://rt.example", user="sam", agent="sam")


@pytest.fixture
def desk(tmp_path: Path):
    make_demo(tmp_path / "desk", seed=1)
    opened = OpenDesk(tmp_path / "desk", seed=2)
    yield opened
    opened.close()


def noted(desk: OpenDesk) -> list[str]:
    """Add a note; the actions that wait for the server afterwards."""
    with desk.unit() as unit:
        directory = unit.directory()
    reader = desk.reader()
    ticket = reader.ticket(reader.find_ticket("100020"))
    writing = Writing(desk, directory, directory.agents["sam"], ticket)
    desk.bus.handle(writing.note("<p>Looked at it</p>"))
    with desk.sync_unit() as unit:
        return [item.event.action for item in unit.items()]


def link(desk: OpenDesk, *, lasting: bool = True) -> None:
    with desk.sync_unit() as unit:
        unit.save_account(ACCOUNT)
        if lasting:
            unit.commit()


def test_on_a_desk_without_a_server_nothing_waits(desk: OpenDesk):
    assert noted(desk) == []
    assert noted(desk) == []


def test_what_is_done_after_the_desk_got_a_server_waits(desk: OpenDesk):
    noted(desk)
    link(desk)
    assert noted(desk) == ["note"]


def test_so_does_it_where_another_program_gave_the_desk_its_server(desk: OpenDesk):
    noted(desk)
    other = OpenDesk(desk.path, seed=3)
    link(other)
    other.close()
    assert noted(desk) == ["note"]


def test_an_account_that_was_not_kept_is_none(desk: OpenDesk):
    noted(desk)
    link(desk, lasting=False)
    assert noted(desk) == []
    assert noted(desk) == []
