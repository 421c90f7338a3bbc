"""Writing a desk: all or nothing, the search words in step, every version of a draft kept."""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from desk_app.bootstrap import OpenDesk, lifecycle
from desk_app.domain.commands import Receive
from desk_app.domain.draft import Draft, DraftKey, DraftKind
from desk_app.domain.entry import Entry
from desk_app.domain.errors import NotFoundError
from desk_app.domain.lifecycle import Action
from desk_app.domain.ticket import EntryId, TicketId
from desk_app.store.draft_rows import KEEP_MS, VERSION_MS
from desk_app.store.reader import SqliteReader
from tests.desks import AT, assert_search_in_step, ticket, whole_database, writing

VERSION = timedelta(milliseconds=VERSION_MS)
KEEP = timedelta(milliseconds=KEEP_MS)
ONE_MS = timedelta(milliseconds=1)


def draft(ticket_id: int, text: str, kind: DraftKind = DraftKind.REPLY) -> Draft:
    key = DraftKey(ticket=TicketId(ticket_id), kind=kind)
    return Draft(key=key, html=f"<p>{text}</p>", text=text)


def save(desk: OpenDesk, version: Draft, at: datetime) -> None:
    with desk.unit() as unit:
        unit.save_draft(version, at)
        unit.commit()


def texts(reader: SqliteReader, key: DraftKey) -> list[str]:
    return [version.text for version in reader.draft_versions(key)]


# --- the agents' own ---------------------------------------------------------------------------


def until(reader: SqliteReader, number: str, agent: str) -> datetime | None:
    return reader.page(ticket(reader, number).id, agent=agent, entries=1).snoozed_until


@pytest.mark.parametrize("automatic", [False, True])
def test_a_message_of_the_requester_ends_every_snooze_but_an_automatic_one_does_not(
    desk: OpenDesk, reader: SqliteReader, *, automatic: bool
) -> None:
    mine = ticket(reader, "100015")
    heard = replace(
        reader.page(mine.id, agent="", entries=9).entries[0],
        id=EntryId(desk.ids.number(AT)),
        message_id=None,
        automatic=automatic,
    )
    with desk.unit() as unit:
        for agent in ("john", "sam"):
            unit.snooze(agent, mine.id, AT + timedelta(days=1), AT)
        unit.commit()
    command = Receive(id="m", ticket=mine.id, actor="", at=AT + timedelta(hours=1), entry=heard)
    desk.bus.handle(command)
    expected = AT + timedelta(days=1) if automatic else None
    assert [until(reader, "100015", agent) for agent in ("john", "sam")] == [expected] * 2


def test_a_second_snooze_takes_the_place_of_the_first(desk: OpenDesk, reader: SqliteReader) -> None:
    mine = ticket(reader, "100015")
    for days in (1, 3):
        with desk.unit() as unit:
            unit.snooze("john", mine.id, AT + timedelta(days=days), AT)
            assert unit.commit().tickets == {mine.id}
    assert until(reader, "100015", "john") == AT + timedelta(days=3)
    assert until(reader, "100015", "sam") is None
    woken = partial(reader.woken, "john", after=AT)
    assert woken(until=AT + timedelta(days=2)) == []
    assert [t.number for t in woken(until=AT + timedelta(days=3))] == ["100015"]


def test_following_twice_is_following_once(desk: OpenDesk, reader: SqliteReader) -> None:
    mine = ticket(reader, "100015")
    for on in (True, True, False, False):
        with desk.unit() as unit:
            unit.follow("john", mine.id, AT, on=on)
            unit.commit()
        assert reader.page(mine.id, agent="john", entries=1).followed is on
    assert not reader.page(mine.id, agent="sam", entries=1).followed


# --- all or nothing ----------------------------------------------------------------------------


def test_nothing_is_kept_without_a_commit(
    desk: OpenDesk, reader: SqliteReader, folder: Path
) -> None:
    before = whole_database(folder)
    mine = ticket(reader, "100015")
    note = writing(desk, reader, "100015").note("<p>lost</p>")
    with desk.unit() as unit:
        unit.save(replace(mine, subject="Something else"))
        unit.add_entry(note.entry)
        unit.save_draft(draft(mine.id, "lost too"), AT)
        unit.save_requester(replace(unit.requester(mine.requester), name="Nobody"))
        unit.save_search(1, "mine", "x")
        unit.mark_read("john", mine.id, reader.page(mine.id, agent="", entries=1).entries[0].id)
        unit.snooze("john", mine.id, AT, AT)
        unit.follow("john", mine.id, AT)
        unit.next_number()
        unit.keep_aside("here", "why", "what", None)
    assert whole_database(folder) == before
    assert_search_in_step(folder)


def test_an_error_in_the_block_takes_everything_back(
    desk: OpenDesk, reader: SqliteReader, folder: Path
) -> None:
    before = whole_database(folder)
    changed = replace(ticket(reader, "100015"), subject="Something else")

    def save_and_fail() -> None:
        with desk.unit() as unit:
            unit.save(changed)
            unit.ticket(TicketId(1))

    with pytest.raises(NotFoundError):
        save_and_fail()
    assert whole_database(folder) == before


def test_a_commit_says_what_it_touched(desk: OpenDesk, reader: SqliteReader) -> None:
    mine = ticket(reader, "100015")
    with desk.unit() as unit:
        unit.save(mine)
        unit.save_draft(draft(mine.id, "words"), AT)
        changes = unit.commit()
    assert (changes.tickets, changes.drafts, changes.searches) == ({mine.id}, True, False)


def test_numbers_are_given_once_and_in_order(desk: OpenDesk) -> None:
    given = []
    for _ in range(3):
        with desk.unit() as unit:
            given.append(unit.next_number())
            unit.commit()
    assert given == ["100028", "100029", "100030"]


# --- the search words --------------------------------------------------------------------------


def reply(desk: OpenDesk, reader: SqliteReader) -> Entry:
    person = reader.requester(ticket(reader, "100015").requester)
    command = writing(desk, reader, "100015").reply("<p>Xylophone, für Zoë</p>", person)
    desk.bus.handle(command)
    return command.entry


def test_the_demo_desk_is_in_step(folder: Path) -> None:
    assert_search_in_step(folder)


def test_the_search_follows_a_new_reply(desk: OpenDesk, reader: SqliteReader, folder: Path) -> None:
    reply(desk, reader)
    assert_search_in_step(folder)


def test_the_search_follows_an_edited_subject(
    desk: OpenDesk, reader: SqliteReader, folder: Path
) -> None:
    desk.bus.handle(writing(desk, reader, "100015").edit("subject", "Quite another matter"))
    assert ticket(reader, "100015").subject == "Quite another matter"
    assert_search_in_step(folder)


def test_the_search_follows_a_renamed_requester(
    desk: OpenDesk, reader: SqliteReader, folder: Path
) -> None:
    with desk.unit() as unit:
        person = unit.requester(ticket(reader, "100015").requester)
        unit.save_requester(replace(person, name="Renamed Person"))
        unit.commit()
    assert_search_in_step(folder)


def test_the_search_follows_a_withdrawn_entry_and_its_return(
    desk: OpenDesk, reader: SqliteReader, folder: Path
) -> None:
    entry = reply(desk, reader)
    for back in (False, True):
        with desk.unit() as unit:
            unit.withdraw_entry(entry.id, back=back)
            unit.commit()
        assert_search_in_step(folder)


def test_the_search_follows_undo_and_redo(
    desk: OpenDesk, reader: SqliteReader, folder: Path
) -> None:
    reply(desk, reader)
    for redo in (False, True):
        event = reader.find_event(ticket(reader, "100015").id, actor="john", redo=redo)
        assert event is not None
        desk.bus.undo(event, "john")
        assert_search_in_step(folder)


# --- drafts ------------------------------------------------------------------------------------


def test_growing_text_within_ten_seconds_is_one_version(
    desk: OpenDesk, reader: SqliteReader
) -> None:
    mine = ticket(reader, "100017").id
    for step in range(10):
        save(desk, draft(mine, "a" * (step + 1)), AT + step * VERSION / 10)
    assert texts(reader, draft(mine, "").key) == ["a" * 10]


def test_text_after_ten_seconds_is_a_new_version(desk: OpenDesk, reader: SqliteReader) -> None:
    mine = ticket(reader, "100017").id
    save(desk, draft(mine, "one"), AT)
    save(desk, draft(mine, "one two"), AT + VERSION - ONE_MS)
    save(desk, draft(mine, "one two three"), AT + VERSION)
    assert texts(reader, draft(mine, "").key) == ["one two three", "one two"]


def test_a_clock_set_back_starts_a_new_version(desk: OpenDesk, reader: SqliteReader) -> None:
    mine = ticket(reader, "100017").id
    save(desk, draft(mine, "one"), AT)
    save(desk, draft(mine, "one two"), AT - VERSION)
    assert texts(reader, draft(mine, "").key) == ["one two", "one"]
    newest = reader.draft(draft(mine, "").key)
    assert newest is not None
    assert newest.text == "one two"


def test_cut_text_starts_a_new_version_at_once(desk: OpenDesk, reader: SqliteReader) -> None:
    mine = ticket(reader, "100017").id
    whole = "x" * 100
    save(desk, draft(mine, whole), AT)
    save(desk, draft(mine, whole[1:]), AT + ONE_MS)
    assert texts(reader, draft(mine, "").key) == [whole[1:], whole]


def test_words_added_in_the_middle_stay_in_their_version(
    desk: OpenDesk, reader: SqliteReader
) -> None:
    mine = ticket(reader, "100017").id
    save(desk, draft(mine, "one three"), AT)
    save(desk, draft(mine, "one two three"), AT + ONE_MS)
    assert texts(reader, draft(mine, "").key) == ["one two three"]


def test_words_typed_over_others_start_a_new_version(desk: OpenDesk, reader: SqliteReader) -> None:
    mine = ticket(reader, "100017").id
    save(desk, draft(mine, "all of this"), AT)
    save(desk, draft(mine, "none of that, and more"), AT + ONE_MS)
    assert texts(reader, draft(mine, "").key) == ["none of that, and more", "all of this"]


def test_text_deleted_slowly_is_still_in_a_version(desk: OpenDesk, reader: SqliteReader) -> None:
    mine = ticket(reader, "100017").id
    whole = "x" * 100
    for step in range(11):
        save(desk, draft(mine, whole[: 100 - 10 * step]), AT + step * ONE_MS)
    assert whole in texts(reader, draft(mine, "").key)


def test_versions_stay_after_the_draft_is_closed(desk: OpenDesk, reader: SqliteReader) -> None:
    version = draft(ticket(reader, "100017").id, "sent")
    save(desk, version, AT)
    with desk.unit() as unit:
        unit.close_draft(version.key, AT + KEEP)
        unit.commit()
    assert reader.draft(version.key) is None
    assert version.key not in [d.key for d in reader.drafts()]
    assert texts(reader, version.key) == ["sent"]


def test_versions_of_closed_drafts_go_after_thirty_days(
    desk: OpenDesk, reader: SqliteReader
) -> None:
    first, other = ticket(reader, "100017").id, ticket(reader, "100018").id
    save(desk, draft(first, "old and open"), AT)
    save(desk, draft(other, "old and closed"), AT)
    with desk.unit() as unit:
        unit.close_draft(draft(other, "").key, AT + KEEP + ONE_MS)
        unit.commit()
    assert texts(reader, draft(other, "").key) == []
    assert texts(reader, draft(first, "").key) == ["old and open"]


def test_typing_after_a_draft_was_closed_leaves_the_sent_text_alone(
    desk: OpenDesk, reader: SqliteReader
) -> None:
    version = draft(ticket(reader, "100017").id, "sent")
    save(desk, version, AT)
    with desk.unit() as unit:
        unit.close_draft(version.key, AT)
        unit.commit()
    save(desk, replace(version, text="sent again"), AT + ONE_MS)
    assert texts(reader, version.key) == ["sent again", "sent"]


def test_a_reply_and_a_note_are_two_drafts_that_outlive_every_change(
    desk: OpenDesk, reader: SqliteReader
) -> None:
    mine = ticket(reader, "100017").id
    written = {kind: draft(mine, f"words of a {kind}", kind) for kind in DraftKind}
    for version in written.values():
        save(desk, version, AT)
    desk.bus.handle(writing(desk, reader, "100017").plain(Action.CLAIM))
    desk.bus.handle(writing(desk, reader, "100017").set_status("on-hold"))
    desk.bus.handle(writing(desk, reader, "100017").plain(Action.RELEASE))
    assert (ticket(reader, "100017").owner, ticket(reader, "100017").status) == (None, "on-hold")
    for version in written.values():
        assert reader.draft(version.key) == replace(version, saved_at=AT)


# --- the directory, which is read once ----------------------------------------------------------


def renamed(desk: OpenDesk, name: str, *, commit: bool = True) -> None:
    _, text = lifecycle()
    with desk.unit() as unit:
        unit.save_directory(replace(unit.directory(), name=name), text)
        assert unit.directory().name == name
        if commit:
            unit.commit()


def name_of(desk: OpenDesk) -> str:
    with desk.unit() as unit:
        return unit.directory().name


def test_a_directory_changed_by_anybody_is_read_again(desk: OpenDesk) -> None:
    before = name_of(desk)
    renamed(desk, "never", commit=False)
    assert name_of(desk) == before
    renamed(desk, "mine")
    assert name_of(desk) == "mine"
    other = desk.again()
    renamed(other, "another window's")
    other.close()
    assert name_of(desk) == "another window's"


def test_a_directory_that_nobody_changed_is_the_same_object(desk: OpenDesk) -> None:
    with desk.unit() as unit:
        first = unit.directory()
    other = desk.again()
    with other.unit() as unit:
        unit.save_search(1, "mine", "owner:me")
        unit.commit()
    other.close()
    with desk.unit() as unit:
        assert unit.directory() is first


def test_the_words_of_a_ticket_stay_in_step_where_it_is_saved_twice(
    desk: OpenDesk, reader: SqliteReader, folder: Path
) -> None:
    mine = ticket(reader, "100015")
    with desk.unit() as unit:
        for subject in ("first words", "other words", "first words"):
            unit.save(replace(unit.ticket(mine.id), subject=subject))
            unit.save(replace(mine, subject=subject, answered=not mine.answered))
        unit.commit()
    assert_search_in_step(folder)
    assert ticket(reader, "100015").subject == "first words"


def test_a_ticket_that_is_not_there_cannot_be_saved(desk: OpenDesk, reader: SqliteReader) -> None:
    gone = replace(ticket(reader, "100015"), id=TicketId(5))
    with pytest.raises(NotFoundError), desk.unit() as unit:
        unit.save(gone)
