"""The doctor finds what is wrong, mends what can be mended, and drops nothing."""

import sqlite3
from contextlib import closing

import pytest

from desk_app.bootstrap import OpenDesk, make_demo
from desk_app.cli import main
from desk_app.domain.draft import Draft, DraftKey, DraftKind
from desk_app.domain.filters import QueueFilter, SortKey
from desk_app.services.writing import Writing
from desk_app.store.doctor import examine, repair


@pytest.fixture
def path(tmp_path):
    make_demo(tmp_path / "desk")
    return tmp_path / "desk"


def break_(path, sql):
    with closing(sqlite3.connect(path / "desk.sqlite")) as connection:
        connection.execute(sql)
        connection.commit()


def test_a_sound_desk_is_called_sound(path, capsys):
    assert main(["--desk", str(path), "doctor"]) == 0
    assert "nothing is wrong" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("INSERT INTO entry_fts(entry_fts) VALUES('delete-all')", "search_words"),
        ("UPDATE ticket SET subject = 'other words' WHERE number = '100020'", "search_words"),
        ("UPDATE ticket SET requester = 'Nobody' WHERE number = '100020'", "derived_column"),
    ],
)
def test_what_can_be_rebuilt_is_found_and_mended(path, sql, code):
    break_(path, sql)
    assert code in {finding.code for finding in examine(path)}
    assert repair(path) == []
    assert len(list((path / "backups").iterdir())) == 1
    found = OpenDesk(path).reader().queue_ids(QueueFilter(text="charger"), SortKey())
    assert len(found) == 1


def test_repair_does_not_bring_withdrawn_words_back_into_the_search(path):
    desk = OpenDesk(path)
    reader = desk.reader()
    directory = reader.directory()
    ticket = reader.ticket(reader.find_ticket("100020"))
    writing = Writing(desk, directory, directory.agents["jane"], ticket)
    done = desk.bus.handle(writing.note("<p>Xylophone</p>"))
    desk.bus.undo(done.event, "jane")
    assert repair(path) == []
    assert len(reader.queue_ids(QueueFilter(text="xylophone"), SortKey())) == 0


def test_a_lost_attachment_is_named(path):
    desk = OpenDesk(path)
    reader = desk.reader()
    directory = reader.directory()
    ticket = reader.ticket(reader.find_ticket("100020"))
    file = desk.files.add(b"bytes", name="boot.log", mime_type="text/plain")
    writing = Writing(desk, directory, directory.agents["jane"], ticket)
    desk.bus.handle(writing.note("<p>see file</p>", (file,)))
    assert examine(path) == []
    desk.files.path(file.sha256).unlink()
    assert [(f.code, f.detail) for f in examine(path)] == [("attachment_missing", "boot.log")]


def test_a_missing_file_of_a_draft_is_found_too(path):
    desk = OpenDesk(path)
    file = desk.files.add(b"typed and not sent", name="notes.txt", mime_type="text/plain")
    key = DraftKey(ticket=desk.reader().find_ticket("100020"), kind=DraftKind.NOTE)
    desk.drafts.save(Draft(key=key, html="", text="see file", attachments=(file,)))
    assert examine(path) == []
    desk.files.path(file.sha256).unlink()
    assert [(f.code, f.detail) for f in examine(path)] == [("attachment_missing", "notes.txt")]
