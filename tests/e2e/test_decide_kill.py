"""Killed while the agent discards, takes back or restores: words are in one place, never none."""

import pytest

from desk_app.domain.outbox import OutboxState
from desk_app.ports.remote import RemotePerson
from tests.builders import make_directory
from tests.e2e.killing import check_integrity, killed_at
from tests.sync.desks import Client
from tests.sync.oracle import Oracle, OracleServer

DECIDING = """
import sys
from pathlib import Path
from desk_app.bootstrap import OpenDesk
from desk_app.services.outbox import OutboxDesk

desk, what, number = OpenDesk(Path(sys.argv[1])), sys.argv[2], int(sys.argv[3])
outbox = OutboxDesk(desk.sync_unit, desk.now)
with desk.sync_unit() as unit:
    event = unit.item(number).event
if what == "undo":
    desk.bus.undo(event, "sam")
elif what == "discard":
    outbox.discard(number)
else:
    outbox.restore_all([number])
print("done", flush=True)
"""
POINTS = ("sync.before_commit", "sync.after_commit")
ENDS = [
    *(("discard", point) for point in POINTS),
    *(("restore", point) for point in POINTS),
    *(("undo", point) for point in ("undo.before_commit", "command.before_commit")),
    *(("undo", point) for point in ("command.after_commit", "")),
    *((what, "") for what in ("discard", "restore")),
]


@pytest.fixture
def oracle() -> Oracle:
    made = Oracle(make_directory())
    made.make("Printer", RemotePerson(name="Ana Souza", email="ana@bank.example"))
    return made


@pytest.mark.parametrize(("what", "point"), ENDS)
def test_words_that_were_decided_about_are_in_one_place(what, point, oracle, tmp_path):
    folder = tmp_path / "desk"
    client = Client(folder, OracleServer(oracle))
    client.sync()
    client.note("1", "My words")
    (item,) = client.items()
    if what == "restore":
        from desk_app.services.outbox import OutboxDesk

        OutboxDesk(client.desk.sync_unit, client.desk.now).discard(item.seq)
    client.desk.close()
    killed_at(point, "-c", DECIDING, str(folder), what, str(item.seq))
    check_integrity(folder)
    client = Client(folder, OracleServer(oracle))
    with client.desk.sync_unit() as unit:
        state = unit.item(item.seq).state
    waits = state is OutboxState.WAITING
    assert waits or state is OutboxState.DISCARDED
    assert ("My words" in client.texts("1")) is waits
    assert ("My words" in client.drafts()) is not waits
    if point == "":
        assert waits is (what == "restore")
    client.wait(1000)
    client.sync()
    client.sync()
    there = [entry.text for entry in oracle.tickets["1"].entries]
    assert there.count("My words") == int(waits)
    assert client.texts("1").count("My words") == int(waits)
