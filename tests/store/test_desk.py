"""A desk on the disk: its schema, its search, its drafts, and what it refuses."""

import sqlite3
import sys
from contextlib import closing

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from desk_app.bootstrap import OpenDesk, make_demo
from desk_app.domain.draft import Draft, DraftKey, DraftKind
from desk_app.domain.errors import AttachmentMissingError, DeskTooNewError
from desk_app.domain.filters import Column, QueueFilter, Scope, SortKey
from desk_app.domain.lifecycle import Action
from desk_app.services.command_bus import RefusedError
from desk_app.services.writing import Writing
from desk_app.store.engine import open_engine
from desk_app.store.migrate import create_desk, upgrade
from desk_app.store.schema import metadata


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    folder = tmp_path_factory.mktemp("store") / "desk"
    make_demo(folder)
    return folder


@pytest.fixture
def path(tmp_path):
    make_demo(tmp_path / "desk")
    return tmp_path / "desk"


def writing(desk, number, agent="jane"):
    reader = desk.reader()
    directory = reader.directory()
    ticket = reader.ticket(reader.find_ticket(number))
    return Writing(desk, directory, directory.agents[agent], ticket)


def test_the_migrations_make_the_schema(tmp_path):
    create_desk(tmp_path)
    engine = open_engine(tmp_path)

    def ours(_object, name, kind, _reflected, _other):
        return not (kind == "table" and name is not None and "_fts" in name)

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": ours})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


@pytest.mark.parametrize("name", ["a%20b", "50%", "ü ñ 中", "a#b", "a;b'c", "a?b", "a&mode=ro"])
def test_a_desk_is_in_its_own_folder_whatever_that_is_called(tmp_path, name):
    if sys.platform == "win32" and "?" in name:
        name = "a+b"  # no file has that sign there
    make_demo(tmp_path / name)
    desk = OpenDesk(tmp_path / name)
    desk.bus.handle(writing(desk, "100020").note("<p>in its place</p>"))
    assert [folder.name for folder in tmp_path.iterdir()] == [name]
    page = desk.reader().page(desk.reader().find_ticket("100020"), agent="jane", entries=1)
    assert page.entries[-1].text == "in its place"
    assert (tmp_path / name / "desk.sqlite").is_file()


def test_a_newer_desk_is_refused_and_left_as_it_is(tmp_path):
    create_desk(tmp_path)
    with closing(sqlite3.connect(tmp_path / "desk.sqlite")) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    with pytest.raises(DeskTooNewError):
        upgrade(tmp_path)
    assert list((tmp_path / "backups").iterdir()) == []


@pytest.mark.parametrize("column", Column)
@pytest.mark.parametrize("descending", [True, False])
def test_every_column_sorts_and_the_head_is_the_beginning_of_the_whole(shared, column, descending):
    reader = OpenDesk(shared).reader()
    order = SortKey(column=column, descending=descending)
    ids = reader.queue_ids(QueueFilter(), order)
    head = reader.queue_head(QueueFilter(), order, agent="john", limit=10)
    assert [row.id for row in head] == list(ids[:10])
    assert len(set(ids)) == reader.counts({"all": QueueFilter()})["all"]


@pytest.mark.parametrize("text", ['"', "a AND", "NEAR(", "*", "x*y", "-", "'; --", "(", "ü", "عمر"])
def test_no_text_that_one_can_type_breaks_the_search(shared, text):
    OpenDesk(shared).reader().queue_ids(QueueFilter(text=text), SortKey())


@pytest.mark.parametrize(
    ("text", "number"),
    [("charg", "100020"), ("Zurich", None), ("لا أستطيع", None), ('"no space left"', None)],
)
def test_words_are_found_by_their_beginning_without_accents_in_any_script(shared, text, number):
    reader = OpenDesk(shared).reader()
    rows = reader.queue_head(QueueFilter(text=text), SortKey(), agent="sam", limit=9)
    assert rows
    assert number is None or number in {row.number for row in rows}


@pytest.mark.parametrize("agent", ["john", "jane", "lee", "priya", "sam"])
def test_the_queue_holds_exactly_what_the_agent_sees(shared, agent):
    reader = OpenDesk(shared).reader()
    directory = reader.directory()
    me = directory.agents[agent]
    scope = Scope(agent=agent, departments=me.departments, teams=directory.teams_of(agent))
    everything = [reader.ticket(i) for i in reader.queue_ids(QueueFilter(), SortKey())]
    expected = {ticket.id for ticket in everything if directory.sees(me, ticket)}
    assert set(reader.queue_ids(QueueFilter(scope=scope), SortKey())) == expected


def test_a_command_carried_out_twice_changes_once(path):
    desk = OpenDesk(path)
    command = writing(desk, "100009").note("<p>once</p>")
    desk.bus.handle(command)
    again = desk.bus.handle(command)
    assert again.event.changes == ()
    page = desk.reader().page(command.ticket, agent="jane", entries=99)
    assert [entry.text for entry in page.entries].count("once") == 1


def test_a_refused_command_leaves_no_trace(path):
    desk = OpenDesk(path)
    made = writing(desk, "100020").set_status("resolved")
    before = desk.reader().page(made.ticket, agent="jane", entries=99)
    with pytest.raises(RefusedError):
        desk.bus.handle(made)
    assert desk.reader().page(made.ticket, agent="jane", entries=99) == before


def test_undone_words_leave_thread_and_search_and_come_back_as_a_draft(path):
    desk = OpenDesk(path)
    reader = desk.reader()
    ticket = reader.ticket(reader.find_ticket("100009"))
    reply = writing(desk, "100009").reply("<p>Xylophone</p>", reader.requester(ticket.requester))
    done = desk.bus.handle(reply)
    found = QueueFilter(text="xylophone")
    assert len(reader.queue_ids(found, SortKey())) == 1
    undone = desk.bus.undo(done.event, "jane")
    assert len(reader.queue_ids(found, SortKey())) == 0
    assert reader.draft(undone.draft).text == "Xylophone"
    assert reader.ticket(ticket.id).answered == ticket.answered
    redo = reader.find_event(ticket.id, actor="jane", redo=True)
    desk.bus.undo(redo, "jane")
    assert len(reader.queue_ids(found, SortKey())) == 1
    assert reader.draft(undone.draft) is None


def test_a_draft_outlives_owner_status_and_sending(path):
    desk = OpenDesk(path)
    made = writing(desk, "100009")
    ticket = desk.reader().find_ticket("100009")
    key = DraftKey(ticket=ticket, kind=DraftKind.NOTE)
    desk.drafts.save(Draft(key=key, html="", text="a long first version of the note"))
    desk.drafts.save(Draft(key=key, html="", text="cut"))
    desk.bus.handle(made.plain(Action.RELEASE))
    desk.bus.handle(made.set_status("closed"))
    assert desk.reader().draft(key).text == "cut"
    desk.drafts.discard(key)
    assert desk.reader().draft(key) is None
    versions = [draft.text for draft in desk.reader().draft_versions(key)]
    assert versions == ["cut", "a long first version of the note"]


def test_a_file_is_kept_once_and_a_changed_one_is_not_handed_out(path):
    files = OpenDesk(path).files
    one = files.add(b"same", name="a.txt", mime_type="text/plain")
    two = files.add(b"same", name="b.txt", mime_type="text/plain")
    assert one.sha256 == two.sha256
    assert files.read(two) == b"same"
    files.path(one.sha256).write_bytes(b"else")
    with pytest.raises(AttachmentMissingError):
        files.read(one)
