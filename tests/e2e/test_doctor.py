"""The doctor finds what is wrong, mends what can be mended, and drops nothing."""

import os
import sqlite3
import time
from contextlib import closing

import pytest

from desk_app.bootstrap import OpenDesk, make_demo
from desk_app.cli import main
from desk_app.domain.draft import Draft, DraftKey, DraftKind
from desk_app.domain.filters import QueueFilter, SortKey
from desk_app.services.writing import Writing
from desk_app.store.attachments import HashedFiles
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
        ("UPDATE ticket SET open_tasks = 7 WHERE number = '100020'", "derived_column"),
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


DAYS_AGO = time.time() - 2 * 24 * 3600


def aged(path, file):
    """The file as if it had been there for days."""
    os.utime(HashedFiles(path).path(file.sha256), (DAYS_AGO, DAYS_AGO))


def test_files_that_nothing_names_are_listed_and_set_aside_but_not_deleted(path, capsys):
    files = HashedFiles(path)
    aged(path, files.add(b"left over", name="old.bin", mime_type="text/plain"))
    files.add(b"just written", name="new.bin", mime_type="text/plain")  # a row may name it yet
    found = examine(path)
    assert [(f.code, f.count, f.detail, f.harmless) for f in found] == [
        ("file_unnamed", 1, "9", True)
    ]
    assert main(["--desk", str(path), "doctor"]) == 0
    said = capsys.readouterr().out
    assert "names: 1 (9 B)" in said
    assert "nothing is wrong" in said
    assert repair(path) == []
    (kept,) = (path / "backups" / "unnamed-files").iterdir()
    assert kept.read_bytes() == b"left over"


def test_files_of_drafts_their_versions_and_messages_kept_aside_are_named(path):
    desk = OpenDesk(path)
    key = DraftKey(ticket=desk.reader().find_ticket("100020"), kind=DraftKind.NOTE)
    for data in (b"first", b"second"):
        file = desk.files.add(data, name="notes.txt", mime_type="text/plain")
        aged(path, file)
        desk.drafts.save(Draft(key=key, html="", text="see file", attachments=(file,)))
    desk.drafts.discard(key)
    broken = desk.files.add(b"no mail", name="broken.eml", mime_type="message/rfc822")
    aged(path, broken)
    with closing(sqlite3.connect(path / "desk.sqlite")) as connection:
        connection.execute(
            "INSERT INTO kept_aside(origin, reason, detail, at_ms, sha256) VALUES(?, ?, '', 0, ?)",
            ("broken.eml", "no_sender", broken.sha256),
        )
        connection.commit()
    assert examine(path) == []
    desk.files.path(broken.sha256).unlink()
    assert [(f.code, f.detail) for f in examine(path)] == [("attachment_missing", "broken.eml")]


def test_a_file_that_is_still_with_its_server_is_not_missed(path):
    break_(
        path,
        "INSERT INTO attachment SELECT id, 0, '', 'far.zip', 'application/zip', 9, NULL, 0"
        " FROM entry LIMIT 1",
    )
    break_(
        path,
        "UPDATE ticket SET has_files = EXISTS(SELECT 1 FROM attachment a JOIN entry e"
        " ON e.id = a.entry_id WHERE e.ticket_id = ticket.id)",
    )
    assert [f for f in examine(path) if f.code.startswith("attachment")] == []
