"""What every server behind the port has to do; a subclass says which one, and how people use it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Protocol

import pytest

from desk_app.domain.entry import Attachment, Change, Entry, EntryKind
from desk_app.domain.outbox import Edit, NewTicket, Post, Step
from desk_app.domain.ticket import EntryId, Ticket, TicketId
from desk_app.ports.remote import (
    Gone,
    GoneWhy,
    RemotePerson,
    RemoteServer,
    RemoteTicket,
    Sending,
    Wanted,
)
from desk_app.ports.remote_errors import MovedOnError

AT = datetime(2026, 11, 26, 10, tzinfo=UTC)
DUE = datetime(2027, 1, 31, 23, 59, 59, tzinfo=UTC)
UNA = RemotePerson(name="Una User", email="una@out.test")


class World(Protocol):
    """A server with people who use it in other ways than by this program."""

    server: RemoteServer
    """As the agent `sam` sees it."""
    me: str
    other: str
    """Another agent's key."""
    department: str
    """Where new tickets are."""
    elsewhere: str
    """Another department."""
    hidden: str
    """One that the agent does not see; '' if there is none."""
    custom: str
    """Key of a custom field that holds one line; '' if there is none."""
    closed: str
    """A status that ends a ticket."""
    priority: str
    """One that a new ticket does not have."""

    def make(self, subject: str) -> str: ...

    def requester_writes(self, ticket: str, words: str) -> None: ...

    def other_sets(self, ticket: str, field: str, value: str) -> None: ...

    def merge(self, ticket: str, into: str) -> None: ...

    def texts(self, ticket: str) -> list[str]:
        """Every text that is on the server."""
        ...


class Files:
    """Attachments in memory."""

    def __init__(self, **data: bytes) -> None:
        self.data = data

    def read(self, attachment: Attachment) -> bytes:
        return self.data[attachment.sha256]


class Numbers:
    """Ids that are never given twice in one run."""

    last = 0

    @classmethod
    def next(cls) -> int:
        cls.last += 1
        return cls.last


def entry(words: str, kind: EntryKind = EntryKind.REPLY, **more: Any) -> Entry:
    return Entry(
        id=EntryId(Numbers.next()),
        ticket=TicketId(1),
        kind=kind,
        at=AT,
        author_name="Sam Agent",
        agent="sam",
        html=f"<p>{words}</p>",
        text=words,
        **more,
    )


def change(field: str, new: object, old: object = None) -> Change:
    return Change(field=field, old=old, new=new)


def sending(step: Step, ticket: str = "", version: str = "", **more: Any) -> Sending:
    return Sending(
        command=f"0190cafe-0000-7000-8000-{Numbers.next():012d}",
        step=step,
        ticket=ticket,
        version=version,
        **more,
    )


def edit(world: World, ticket: str, *changes: Change, **more: Any) -> Sending:
    return sending(Edit(changes=changes), ticket, read(world, ticket).version, **more)


def post(world: World, ticket: str, words: str, kind: EntryKind = EntryKind.REPLY) -> Sending:
    return sending(Post(entry=entry(words, kind)), ticket, read(world, ticket).version)


def read(world: World, ticket: str) -> RemoteTicket:
    found = world.server.ticket(ticket)
    assert isinstance(found, RemoteTicket)
    return found


def drained(server: RemoteServer, cursor: str) -> tuple[str, list[str]]:
    """Everything after a cursor, and the cursor at its end."""
    found: list[str] = []
    more = True
    while more:
        page = server.changes(cursor)
        found += page.tickets
        cursor, more = page.cursor, page.more
    return cursor, found


class RemoteContract:
    """Each test makes tickets of its own: a real server keeps those of the tests before."""

    # --- who ------------------------------------------------------------------------------------

    def test_signing_in_tells_who_it_is_and_the_directory_knows_them(self, world: World):
        assert world.server.sign_in().key == world.me
        directory = world.server.directory()
        assert {world.me, world.other} <= set(directory.agents)
        assert {world.department, world.elsewhere} <= set(directory.departments)
        assert world.closed in directory.lifecycle.statuses

    # --- the feed -------------------------------------------------------------------------------

    def test_the_feed_tells_what_changed_after_a_cursor_in_order(self, world: World):
        first, second = world.make("One"), world.make("Two")
        cursor, _ = drained(world.server, world.server.newest())
        assert drained(world.server, cursor)[1] == []
        world.requester_writes(second, "Hello")
        world.other_sets(first, "subject", "One more")
        cursor, changed = drained(world.server, cursor)
        assert list(dict.fromkeys(changed)) == [second, first]
        assert drained(world.server, cursor)[1] == []

    def test_the_feed_loses_nothing_over_many_pages(self, world: World):
        ticket = world.make("Busy")
        cursor = world.server.newest()
        for number in range(7):
            world.other_sets(ticket, "subject", f"Busy {number}")
        others = [world.make(f"Other {number}") for number in range(4)]
        assert set(drained(world.server, cursor)[1]) >= {ticket, *others}

    def test_what_the_feed_tells_is_the_version_that_the_ticket_has(self, world: World):
        ticket = world.make("Version")
        cursor = world.server.newest()
        world.other_sets(ticket, "subject", "Version 2")
        page = world.server.changes(cursor)
        assert page.versions.get(ticket, read(world, ticket).version) == read(world, ticket).version

    # --- tickets --------------------------------------------------------------------------------

    def test_a_listing_brings_each_ticket_once_and_the_newest_first(self, world: World):
        made = [world.make(f"Listed {number}") for number in range(3)]
        found: list[RemoteTicket] = []
        page: str | None = None
        while True:
            listing = world.server.listing(Wanted(open_only=True), page)
            found += listing.tickets
            page = listing.next_page
            if page is None:
                break
        ids = [ticket.id for ticket in found]
        assert set(made) <= set(ids)
        assert len(set(ids)) == len(ids)
        assert [one for one in ids if one in made] == made[::-1]

    def test_a_listing_of_ones_own_has_no_others(self, world: World):
        mine, others = world.make("Mine"), world.make("Not mine")
        world.server.send(edit(world, mine, change("owner", world.me)), Files())
        found = world.server.listing(Wanted(owner=world.me, open_only=True)).tickets
        assert mine in {ticket.id for ticket in found}
        assert others not in {ticket.id for ticket in found}
        assert {ticket.owner for ticket in found} == {world.me}

    def test_what_came_before_may_be_left_out_of_a_listing(self, world: World):
        """The others are all there, and each is in one part."""
        mine, others, closed = (world.make(name) for name in ("Mine 2", "Others", "Closed"))
        world.server.send(edit(world, mine, change("owner", world.me)), Files())
        world.server.send(edit(world, closed, change("status", world.closed)), Files())
        parts = (
            Wanted(owner=world.me, open_only=True),
            Wanted(not_owner=world.me, open_only=True),
            Wanted(closed_only=True),
        )
        listed = [{one.id for one in world.server.listing(wanted).tickets} for wanted in parts]
        assert [{mine, others, closed} & part for part in listed] == [{mine}, {others}, {closed}]

    def test_tickets_come_in_the_order_asked_for(self, world: World):
        first, second = world.make("First"), world.make("Second")
        found = world.server.tickets([second, "99999999", first])
        assert [one.id for one in found] == [second, "99999999", first]
        assert isinstance(found[1], Gone)
        assert [one.subject for one in found if isinstance(one, RemoteTicket)] == [
            "Second",
            "First",
        ]

    def test_a_ticket_as_it_was_made(self, world: World):
        found = read(world, world.make("Fresh"))
        assert (found.subject, found.department, found.owner) == ("Fresh", world.department, None)
        assert found.requester.email == UNA.email
        assert found.number
        assert found.version
        assert found.created_at.tzinfo is not None

    def test_a_version_is_another_after_every_change_and_only_then(self, world: World):
        ticket = world.make("Counted")
        versions = [read(world, ticket).version, read(world, ticket).version]
        assert len(set(versions)) == 1
        world.requester_writes(ticket, "Hello")
        versions.append(read(world, ticket).version)
        world.other_sets(ticket, "subject", "Counted 2")
        versions.append(read(world, ticket).version)
        assert len(set(versions)) == 3

    def test_a_merged_ticket_says_where_it_went(self, world: World):
        ticket, into = world.make("Small"), world.make("Large")
        world.merge(ticket, into)
        for found in (world.server.ticket(ticket), *world.server.tickets([ticket])):
            assert found == Gone(id=ticket, why=GoneWhy.MERGED, into=into)

    # --- threads --------------------------------------------------------------------------------

    def test_a_thread_begins_with_the_requesters_words(self, world: World):
        ticket = world.make("Thread")
        world.requester_writes(ticket, "Any news?")
        thread = world.server.thread(ticket)
        assert [one.text for one in thread.entries] == ["Thread is broken", "Any news?"]
        assert {one.kind for one in thread.entries} == {EntryKind.MESSAGE}
        assert thread.entries[1].author_email == UNA.email
        assert thread.version == read(world, ticket).version

    def test_a_thread_goes_on_after_an_entry(self, world: World):
        ticket = world.make("Goes on")
        first = world.server.thread(ticket).entries[-1].id
        assert world.server.thread(ticket, first).entries == ()
        world.requester_writes(ticket, "More")
        assert [one.text for one in world.server.thread(ticket, first).entries] == ["More"]

    # --- texts ----------------------------------------------------------------------------------

    @pytest.mark.parametrize("kind", [EntryKind.REPLY, EntryKind.NOTE])
    def test_a_text_arrives_once_and_is_known_again(self, world: World, kind: EntryKind):
        ticket = world.make("Answer me")
        order = post(world, ticket, "Äpfel & <b>Birnen</b>", kind)
        receipt = world.server.send(order, Files())
        entries = world.server.thread(ticket).entries
        assert [(one.kind, one.agent, one.command) for one in entries[1:]] == [
            (kind, world.me, order.command)
        ]
        assert entries[1].id == receipt.entry
        assert "Äpfel" in (entries[1].html or entries[1].text)
        assert len(world.texts(ticket)) == 2

    def test_a_text_for_a_ticket_that_moved_on_is_not_written(self, world: World):
        ticket = world.make("Moves")
        order = post(world, ticket, "Too late")
        world.requester_writes(ticket, "I was first")
        with pytest.raises(MovedOnError):
            world.server.send(order, Files())
        assert len(world.texts(ticket)) == 2

    # --- fields ---------------------------------------------------------------------------------

    def test_every_field_takes_its_value(self, world: World):
        ticket = world.make("Fields")
        wanted = {
            "subject": "Fields ü €",
            "priority": world.priority,
            "due_at": DUE,
            "owner": world.me,
        }
        for field, value in wanted.items():
            receipt = world.server.send(edit(world, ticket, change(field, value)), Files())
            found = read(world, ticket)
            assert getattr(found, field) == value
            assert receipt.version in {found.version, ""}
        world.server.send(edit(world, ticket, change("owner", None, world.me)), Files())
        world.server.send(edit(world, ticket, change("due_at", None, DUE)), Files())
        found = read(world, ticket)
        assert (found.owner, found.due_at) == (None, None)

    def test_several_fields_at_once(self, world: World):
        ticket = world.make("Several")
        changes = (change("subject", "Several 2"), change("status", world.closed))
        world.server.send(edit(world, ticket, *changes), Files())
        found = read(world, ticket)
        assert (found.subject, found.status) == ("Several 2", world.closed)

    def test_a_ticket_changes_its_department(self, world: World):
        ticket = world.make("Transfer")
        world.server.send(edit(world, ticket, change("department", world.elsewhere)), Files())
        assert read(world, ticket).department == world.elsewhere

    def test_a_custom_field(self, world: World):
        if not world.custom:
            pytest.skip("this server has none")
        ticket = world.make("Custom")
        field = f"custom:{world.custom}"
        world.server.send(edit(world, ticket, change(field, "Room 7")), Files())
        assert dict(read(world, ticket).custom) == {world.custom: "Room 7"}
        world.server.send(edit(world, ticket, change(field, "", "Room 7")), Files())
        assert read(world, ticket).custom == ()

    def test_a_change_of_what_moved_on_is_not_made(self, world: World):
        ticket = world.make("Contested")
        order = edit(world, ticket, change("subject", "Mine"))
        world.other_sets(ticket, "subject", "Theirs")
        with pytest.raises(MovedOnError):
            world.server.send(order, Files())
        assert read(world, ticket).subject == "Theirs"

    def test_links_come_and_go(self, world: World):
        ticket, other = world.make("Linked"), world.make("To this")
        others = {77: other}
        add = change("links", (TicketId(77),), ())
        world.server.send(edit(world, ticket, add, others=others), Files())
        assert read(world, ticket).links == (other,)
        take = change("links", (), (TicketId(77),))
        world.server.send(edit(world, ticket, take, others=others), Files())
        assert read(world, ticket).links == ()

    # --- new tickets ----------------------------------------------------------------------------

    def new(self, world: World, subject: str) -> Sending:
        start = Ticket(
            id=TicketId(Numbers.next()),
            subject=subject,
            requester=1,
            department=world.department,
            status=world.server.directory().lifecycle.initial,
            created_at=AT,
            updated_at=AT,
        )
        step = NewTicket(ticket=start, entry=entry("Please help", EntryKind.MESSAGE))
        return sending(step, version=world.server.newest(), requester=UNA)

    def test_a_new_ticket(self, world: World):
        order = self.new(world, "Made here")
        receipt = world.server.send(order, Files())
        found = read(world, receipt.ticket)
        assert (found.subject, found.number) == ("Made here", receipt.number)
        assert found.requester.email == UNA.email
        (first,) = world.server.thread(receipt.ticket).entries
        assert (first.command, first.id) == (order.command, receipt.entry)

    # --- lost answers ---------------------------------------------------------------------------

    def test_a_text_is_found_if_it_arrived_and_only_then(self, world: World):
        ticket = world.make("Lost")
        order = post(world, ticket, "Here?")
        assert world.server.probe(order) is None
        world.requester_writes(ticket, "Here?")  # the same words by somebody else
        assert world.server.probe(order) is None
        order = post(world, ticket, "Here?")
        receipt = world.server.send(order, Files())
        found = world.server.probe(order)
        assert found is not None
        assert found.entry == receipt.entry

    def test_a_change_is_found_if_it_arrived_and_only_then(self, world: World):
        ticket = world.make("Lost field")
        order = edit(world, ticket, change("subject", "Found"))
        assert world.server.probe(order) is None
        world.server.send(order, Files())
        assert world.server.probe(order) is not None
        world.other_sets(ticket, "subject", "Changed again")
        assert world.server.probe(order) is not None

    def test_a_new_ticket_is_found_if_it_arrived_and_only_then(self, world: World):
        order = self.new(world, "Lost and made")
        assert world.server.probe(order) is None
        receipt = world.server.send(order, Files())
        assert world.server.probe(self.new(world, "Lost and made")) is None
        found = world.server.probe(order)
        assert found is not None
        assert found.ticket == receipt.ticket
