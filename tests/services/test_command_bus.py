"""The one door for writes: once, or not at all, and back again."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine

from desk_app.bootstrap import OpenDesk
from desk_app.domain.commands import Command
from desk_app.domain.draft import Draft, DraftKey, DraftKind
from desk_app.domain.entry import Event
from desk_app.domain.errors import NotFoundError, NothingToUndoError
from desk_app.domain.gate import Reason
from desk_app.domain.lifecycle import Action
from desk_app.domain.ticket import Referral, Ticket, TicketId
from desk_app.services.command_bus import RefusedError
from desk_app.services.writing import Writing
from desk_app.store.reader import SqliteReader
from tests.desks import AT, ticket, whole_database, writing

Make = Callable[[Writing], Command]
NUMBER = "100015"
"""John's own open ticket, in the department of support."""

MAKES: dict[str, Make] = {
    "note": lambda w: w.note("<p>for us</p>"),
    "release": lambda w: w.plain(Action.RELEASE),
    "assign": lambda w: w.plain(Action.ASSIGN, Referral(kind="agent", key="lee")),
    "assign to a team": lambda w: w.plain(Action.ASSIGN, Referral(kind="team", key="security")),
    "transfer": lambda w: w.plain(Action.TRANSFER, "sysadmins"),
    "refer": lambda w: w.plain(Action.REFER, Referral(kind="agent", key="priya")),
    "set status": lambda w: w.set_status("on-hold"),
    "edit subject": lambda w: w.edit("subject", "Quite another matter"),
    "edit priority": lambda w: w.edit("priority", "low"),
    "add task": lambda w: w.add_task("Look it up", "lee"),
}


def fields_of(found: Ticket) -> Ticket:
    """Everything that an undo gives back: when it was last changed is no field of that kind."""
    return replace(found, updated_at=AT)


def reply(desk: OpenDesk, reader: SqliteReader, number: str = NUMBER) -> Command:
    person = reader.requester(ticket(reader, number).requester)
    return writing(desk, reader, number).reply("<p>Hello, Zoë</p>", person, cc=("a@b.example",))


def last_event(reader: SqliteReader, *, redo: bool = False) -> Event:
    found = reader.find_event(ticket(reader, NUMBER).id, actor="john", redo=redo)
    assert found is not None
    return found


def thread(reader: SqliteReader) -> list[str]:
    page = reader.page(ticket(reader, NUMBER).id, agent="john", entries=1000)
    return [entry.text for entry in page.entries]


# --- in the order in which it was done ---------------------------------------------------------


@pytest.mark.parametrize("days", [(0, 400, -400, 0), (400, -400, 0), (0, 0, 0), (-400, 0, 400)])
def test_what_is_done_last_is_last_whatever_the_clock_says(
    desk: OpenDesk, reader: SqliteReader, days: tuple[int, ...]
) -> None:
    before = thread(reader)
    for number, day in enumerate(days):
        with time_machine.travel(AT + timedelta(days=day), tick=False):
            desk.bus.handle(writing(desk, reader, NUMBER).note(f"<p>{number}</p>"))
            desk.bus.handle(writing(desk, reader, NUMBER).edit("subject", f"Subject {number}"))
    assert thread(reader) == [*before, *map(str, range(len(days)))]
    for number in reversed(range(len(days))):
        event = last_event(reader)
        assert [change.new for change in event.changes] == [f"Subject {number}"]
        desk.bus.undo(event, "john")
        desk.bus.undo(last_event(reader), "john")
        assert thread(reader) == [*before, *map(str, range(number))]
    assert ticket(reader, NUMBER).subject != "Subject 0"


# --- once --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", MAKES)
def test_a_command_carried_out_twice_changes_once(
    desk: OpenDesk, reader: SqliteReader, folder: Path, name: str
) -> None:
    command = MAKES[name](writing(desk, reader, NUMBER))
    first = desk.bus.handle(command)
    assert first.event.changes != ()
    once = whole_database(folder)
    again = desk.bus.handle(command)
    assert again.event.changes == ()
    assert whole_database(folder) == once


def test_a_reply_sent_twice_is_in_the_thread_once(desk: OpenDesk, reader: SqliteReader) -> None:
    command = reply(desk, reader)
    desk.bus.handle(command)
    desk.bus.handle(command)
    assert thread(reader).count("Hello, Zoë") == 1


def test_a_command_is_known_again_by_another_process(
    desk: OpenDesk, reader: SqliteReader, folder: Path
) -> None:
    command = MAKES["note"](writing(desk, reader, NUMBER))
    desk.bus.handle(command)
    once = whole_database(folder)
    other = OpenDesk(folder)
    assert other.bus.handle(command).event.changes == ()
    other.close()
    assert whole_database(folder) == once


# --- refused -----------------------------------------------------------------------------------

REFUSED: dict[str, tuple[str, str, Make]] = {
    "somebody else's department": ("priya", NUMBER, lambda w: w.note("<p>not mine</p>")),
    "claimed already": ("john", NUMBER, lambda w: w.plain(Action.CLAIM)),
    "closing with an open task": ("john", "100013", lambda w: w.set_status("resolved")),
    "reopening what is open": ("john", NUMBER, lambda w: w.plain(Action.REOPEN)),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_refused_command_leaves_no_trace(
    desk: OpenDesk, reader: SqliteReader, folder: Path, name: str
) -> None:
    agent, number, make = REFUSED[name]
    key = DraftKey(ticket=ticket(reader, number).id, kind=DraftKind.NOTE)
    desk.drafts.save(Draft(key=key, html="<p>typed</p>", text="typed"))
    before = whole_database(folder)
    command = make(writing(desk, reader, number, agent))
    with pytest.raises(RefusedError):
        desk.bus.handle(command, closes=key)
    assert whole_database(folder) == before


def test_a_command_on_a_ticket_that_is_gone_leaves_no_trace(
    desk: OpenDesk, reader: SqliteReader, folder: Path
) -> None:
    before = whole_database(folder)
    command = replace(MAKES["note"](writing(desk, reader, NUMBER)), ticket=TicketId(5))
    with pytest.raises(NotFoundError):
        desk.bus.handle(command)
    assert whole_database(folder) == before


def test_of_many_commands_the_refused_are_told_and_the_rest_done(
    desk: OpenDesk, reader: SqliteReader
) -> None:
    commands = [writing(desk, reader, n).plain(Action.CLAIM) for n in ("100017", NUMBER, "100012")]
    note = MAKES["note"](writing(desk, reader, "100014"))
    outcome = desk.batches.handle_groups([[command] for command in (*commands, note)])
    assert [event.action for event in outcome.events] == ["claim", "note"]
    assert [type(error) for _, error in outcome.refused] == [RefusedError, RefusedError]
    assert ticket(reader, "100017").owner == "john"
    page = reader.page(ticket(reader, "100014").id, agent="john", entries=1)
    assert page.entries[-1].text == "for us"


def test_sending_closes_the_draft_in_the_same_transaction(
    desk: OpenDesk, reader: SqliteReader
) -> None:
    key = DraftKey(ticket=ticket(reader, NUMBER).id, kind=DraftKind.REPLY)
    desk.drafts.save(Draft(key=key, html="<p>Hello, Zoë</p>", text="Hello, Zoë"))
    done = desk.bus.handle(reply(desk, reader), closes=key)
    assert (done.changes.drafts, done.changes.tickets) == (True, {key.ticket})
    assert reader.draft(key) is None
    assert [version.text for version in reader.draft_versions(key)] == ["Hello, Zoë"]


# --- undone ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", MAKES)
def test_undo_gives_back_every_field_and_redo_takes_them_again(
    desk: OpenDesk, reader: SqliteReader, name: str
) -> None:
    before = ticket(reader, NUMBER)
    desk.bus.handle(MAKES[name](writing(desk, reader, NUMBER)))
    after = ticket(reader, NUMBER)
    assert fields_of(after) != fields_of(before)
    desk.bus.undo(last_event(reader), "john")
    assert fields_of(ticket(reader, NUMBER)) == fields_of(before)
    desk.bus.undo(last_event(reader, redo=True), "john")
    assert fields_of(ticket(reader, NUMBER)) == fields_of(after)


def test_an_undone_reply_is_a_draft_again_and_redo_sends_it(
    desk: OpenDesk, reader: SqliteReader
) -> None:
    before, key = thread(reader), DraftKey(ticket=ticket(reader, NUMBER).id, kind=DraftKind.REPLY)
    desk.bus.handle(reply(desk, reader))
    assert thread(reader) == [*before, "Hello, Zoë"]

    done = desk.bus.undo(last_event(reader), "john")
    assert done.draft == key
    assert thread(reader) == before
    draft = reader.draft(key)
    assert draft is not None
    assert (draft.text, draft.html) == ("Hello, Zoë", "<p>Hello, Zoë</p>")
    assert draft.cc == ("a@b.example",)

    desk.bus.undo(last_event(reader, redo=True), "john")
    assert thread(reader) == [*before, "Hello, Zoë"]
    assert reader.draft(key) is None


def test_an_undone_note_goes_to_the_draft_of_notes(desk: OpenDesk, reader: SqliteReader) -> None:
    desk.bus.handle(MAKES["note"](writing(desk, reader, NUMBER)))
    done = desk.bus.undo(last_event(reader), "john")
    assert done.draft is not None
    assert done.draft.kind is DraftKind.NOTE


def refusal_of_undo(desk: OpenDesk, event: Event) -> object:
    with pytest.raises(NothingToUndoError) as caught:
        desk.bus.undo(event, "john")
    return caught.value.facts["why"]


def test_undo_is_refused_when_the_field_changed_since(
    desk: OpenDesk, reader: SqliteReader, folder: Path
) -> None:
    event = desk.bus.handle(MAKES["edit subject"](writing(desk, reader, NUMBER))).event
    desk.bus.handle(writing(desk, reader, NUMBER).edit("subject", "And yet another"))
    before = whole_database(folder)
    assert refusal_of_undo(desk, event) == "changed_since"
    assert whole_database(folder) == before


def test_undo_is_possible_when_only_other_fields_changed_since(
    desk: OpenDesk, reader: SqliteReader
) -> None:
    before = ticket(reader, NUMBER)
    event = desk.bus.handle(MAKES["edit subject"](writing(desk, reader, NUMBER))).event
    desk.bus.handle(MAKES["edit priority"](writing(desk, reader, NUMBER)))
    desk.bus.undo(event, "john")
    now = ticket(reader, NUMBER)
    assert (now.subject, now.priority) == (before.subject, "low")


def test_undo_is_refused_the_second_time(
    desk: OpenDesk, reader: SqliteReader, folder: Path
) -> None:
    event = desk.bus.handle(MAKES["edit subject"](writing(desk, reader, NUMBER))).event
    desk.bus.undo(event, "john")
    before = whole_database(folder)
    assert refusal_of_undo(desk, event) == "undone"
    assert whole_database(folder) == before


def test_the_creation_of_a_ticket_cannot_be_undone(desk: OpenDesk, reader: SqliteReader) -> None:
    page = reader.page(ticket(reader, NUMBER).id, agent="john", entries=1)
    assert page.events[0].action == "create"
    assert refusal_of_undo(desk, page.events[0]) == "created"


def test_a_ticket_is_not_linked_to_one_that_the_agent_may_not_see(
    desk: OpenDesk, reader: SqliteReader
) -> None:
    john = reader.directory().agents["john"]
    hidden = next(
        found
        for number in range(100001, 100027)
        if not reader.directory().sees(john, found := ticket(reader, str(number)))
    )
    command = writing(desk, reader, NUMBER).plain(Action.LINK, hidden.id)
    with pytest.raises(RefusedError) as caught:
        desk.bus.handle(command)
    assert caught.value.denial.code is Reason.TARGET_NOT_VISIBLE
    assert caught.value.denial.facts["number"] == hidden.number
