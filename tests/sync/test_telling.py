"""What an answer leaves out stays; what is the agent's own is nobody else's word."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from desk_app.domain.entry import EntryKind
from desk_app.domain.outbox import OutboxState
from desk_app.domain.ticket import Task
from desk_app.ports.remote import RemotePerson, RemoteThread
from desk_app.ports.remote_errors import LockedError, NoAnswerError
from tests.builders import make_directory
from tests.sync.desks import Client
from tests.sync.oracle import Oracle, OracleServer

ANA = RemotePerson(name="Ana Souza", email="ana@bank.example")


class BriefServer(OracleServer):
    """Its lists leave out parts of a ticket; a thread comes with all of them."""

    def tickets(self, ids: Any) -> list[Any]:
        parts = frozenset({"links", "tasks", "custom", "due_at"})
        told = super().tickets(ids)
        return [replace(one, untold=parts, tasks=(), custom=(), links=()) for one in told]

    def thread(self, ticket: str, after: str = "") -> RemoteThread:
        whole = self._told(self.oracle.tickets[ticket], batch=False)
        return replace(super().thread(ticket, after), ticket=whole)


class LockedServer(OracleServer):
    """Somebody else is at every ticket."""

    def send(self, sending: Any, files: Any) -> Any:
        raise LockedError(retry_after=60.0, who="Jane Miller")


@pytest.fixture
def oracle() -> Oracle:
    made = Oracle(make_directory())
    made.post(made.make("Printer", ANA), EntryKind.MESSAGE, "It burns", author_email=ANA.email)
    return made


def test_what_a_list_leaves_out_stays_as_it_is_known(oracle: Oracle, tmp_path: Path):
    client = Client(tmp_path / "desk", BriefServer(oracle))
    client.sync()
    kept = oracle.tickets["1"]
    oracle.set(kept, "task:7", Task(id=7, title="Order toner"))
    oracle.set(kept, "custom:asset", "A-1")
    client.sync()  # the list says that there is something new, the thread what it is
    assert [task.title for task in client.ticket("1").tasks] == ["Order toner"]
    oracle.set(kept, "subject", "Printer burns")
    client.sync(threads=0)
    ticket = client.ticket("1")
    assert (ticket.subject, ticket.custom) == ("Printer burns", (("asset", "A-1"),))
    assert [task.title for task in ticket.tasks] == ["Order toner"]


def test_the_comment_of_an_own_command_parks_no_reply(oracle: Oracle, tmp_path: Path):
    client = Client(tmp_path / "desk", OracleServer(oracle))
    client.sync()
    event = client.do("1", lambda writing: writing.edit("priority", "high"))
    client.reply("1", "On my way")
    client.sync()
    kept = oracle.tickets["1"]
    oracle.post(kept, EntryKind.NOTE, "because", agent="sam", command=event.command)
    client.wait()
    client.sync()
    assert client.items() == []
    assert client.texts("1") == ["It burns", "because", "On my way"]


def test_a_lock_is_waited_for_and_says_whose_it_is(oracle: Oracle, tmp_path: Path):
    client = Client(tmp_path / "desk", LockedServer(oracle))
    client.sync()
    client.note("1", "Later")
    assert client.sync().problem == ""
    (item,) = client.items()
    assert (item.state, item.reason, item.words) == (OutboxState.WAITING, "locked", "Jane Miller")
    assert item.next_try is not None


def test_words_wait_until_it_is_known_whether_the_server_has_them(
    oracle: Oracle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """A colleague chose the same value: that is there, the comment is perhaps not."""
    client = Client(tmp_path / "desk", OracleServer(oracle))
    oracle.make("First", ANA)
    client.sync()
    client.do("1", lambda w: replace(w.edit("priority", "high"), comment="She is stuck"))
    oracle.set(oracle.tickets["1"], "priority", "high", "john")

    def lost(*_: object) -> None:
        raise NoAnswerError(why="lost", detail="")

    with monkeypatch.context() as patch:
        patch.setattr(client.server, "probe", lost)
        client.sync()
        client.wait(10_000)
        client.sync()
        (item,) = client.items()
        assert item.is_open
        assert item.reason == NoAnswerError.code
    client.wait(100_000)
    client.sync()
    assert client.items() == []
