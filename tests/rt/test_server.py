"""What is RT's own: people, rights, files, refusals inside of a yes, sign-ins, a first sync."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from desk_app.bootstrap import lifecycle
from desk_app.domain.entry import Attachment, Entry, EntryKind
from desk_app.domain.lifecycle import Action
from desk_app.domain.mirror import Account
from desk_app.domain.outbox import Edit, Post
from desk_app.domain.people import Permission
from desk_app.domain.ticket import State, TicketId
from desk_app.ports.remote import Gone, GoneWhy, RemotePerson, RemoteTicket, Wanted
from desk_app.ports.remote_errors import (
    MovedOnError,
    RefusedByServerError,
    SignInError,
    UnreadableAnswerError,
)
from desk_app.remote.connecting import detect, report, server_for
from desk_app.remote.request_tracker.server import RequestTracker
from tests.remote.contract import Files, change, edit, entry, post, read, sending
from tests.rt.desk import tracker
from tests.rt.real_rt import RealRt
from tests.rt.test_contract import RtWorld, people, world

__all__ = ["people", "world"]
RULES = lifecycle("request-tracker")[0]


@pytest.fixture
def as_lea(rt: RealRt) -> Iterator[RequestTracker]:
    found = tracker(rt.url, "lea")
    yield found
    found.close()


# --- people, places, rights ---------------------------------------------------------------------


def test_the_directory_is_what_the_agent_sees(world: RtWorld):
    world.make("To look at")
    found = world.server.directory()
    assert {d.name for d in found.departments.values()} == {"Support", "Sales", "Repairs"}
    assert set(found.agents) == {"sam", "ann", "lea"}  # una asks, and does not answer
    assert found.agents["ann"].name == "Ann Agent"
    fields = {field.name: field.choices for field in found.topics[world.department].fields}
    assert fields == {"Room": (), "Colour": ("blue", "red"), "Tags": ()}


def test_rights_are_found_out_by_what_rt_offers(world: RtWorld, as_lea: RequestTracker):
    world.make("To look at")
    for server, deletes in ((world.server, False), (as_lea, True)):
        found = server.directory()
        me = found.agents[server.sign_in().key]
        rights = found.roles[me.role_in(world.department)].permissions
        assert {Permission.CREATE, Permission.REPLY, Permission.EDIT} <= rights
        assert (Permission.DELETE in rights) is deletes


def test_a_ticket_says_what_may_be_done_with_it(world: RtWorld, as_lea: RequestTracker):
    ticket = world.make("Steps")
    sam, lea = read(world, ticket), as_lea.ticket(ticket)
    assert isinstance(lea, RemoteTicket)
    assert sam.steps is not None
    assert lea.steps is not None
    assert set(sam.steps) == {"open", "stalled", "resolved", "rejected"}
    assert set(lea.steps) == {*sam.steps, "deleted"}
    assert sam.can is not None
    assert {Action.REPLY, Action.NOTE, Action.CLAIM} <= sam.can
    assert Action.DELETE not in sam.can


def test_a_lifecycle_of_the_sites_own(world: RtWorld):
    ticket = world.root.make("Drill", Queue="Repairs")
    for status in ("open", "waiting for parts"):
        world.root.put(f"/ticket/{ticket}", Status=status)
    found = read(world, ticket)
    assert (found.status, found.steps) == ("waiting for parts", ("open", "done"))
    done = world.root.make("Saw", Queue="Repairs")
    for status in ("open", "done"):
        world.root.put(f"/ticket/{done}", Status=status)
    statuses = world.server.directory().lifecycle.statuses
    assert statuses["waiting for parts"].state is State.OPEN
    assert statuses["done"].state is State.CLOSED
    world.server.send(edit(world, ticket, change("status", "done")), Files())
    assert read(world, ticket).status == "done"


# --- what is gone -------------------------------------------------------------------------------


def test_deleted_hidden_and_unknown_are_told_apart(world: RtWorld):
    deleted, hidden, there = (world.make(name) for name in ("Deleted", "Hidden", "There"))
    world.root.put(f"/ticket/{deleted}", Status="deleted")
    world.root.put(f"/ticket/{hidden}", Queue="Secret")
    found = world.server.tickets([deleted, hidden, "99999999", there])
    assert [getattr(one, "status", getattr(one, "why", "")) for one in found] == [
        "deleted",
        GoneWhy.UNSEEN,
        GoneWhy.DELETED,
        "new",
    ]
    with pytest.raises(UnreadableAnswerError):
        world.server.thread(hidden)


def test_a_thread_goes_on_with_that_of_what_was_merged_into_it(world: RtWorld):
    into, ticket = world.make("Large"), world.make("Small")
    newest = world.server.thread(into).entries[-1].id
    world.merge(ticket, into)
    texts = [one.text for one in world.server.thread(into, newest).entries]
    assert "Small is broken" in texts


def test_a_merge_by_this_agent(world: RtWorld):
    ticket, into = world.make("Goes"), world.make("Stays")
    changes = (change("status", "resolved", "new"), change("merged_into", TicketId(5)))
    order = edit(world, ticket, *changes, others={5: into})
    assert world.server.probe(order) is None
    world.server.send(order, Files())
    assert world.server.ticket(ticket) == Gone(id=ticket, why=GoneWhy.MERGED, into=into)
    assert world.server.probe(order) is not None


# --- files and texts ----------------------------------------------------------------------------


def file_of(name: str, data: bytes, kind: str) -> Attachment:
    return Attachment(
        name=name, mime_type=kind, size=len(data), sha256=hashlib.sha256(data).hexdigest()
    )


def test_files_go_and_come_back_whole(world: RtWorld):
    ticket = world.make("Files")
    data = {
        "Bild ü€ 1.png": bytes(range(256)) * 400,
        "notes.txt": "Grüße\n".encode(),
        "empty.txt": b"",
    }
    kinds = {"Bild ü€ 1.png": "image/png", "notes.txt": "text/plain", "empty.txt": "text/plain"}
    files = [file_of(name, body, kinds[name]) for name, body in data.items()]
    written = entry("With files", attachments=tuple(files))
    store = Files(**{one.sha256: data[one.name] for one in files})
    order = sending(Post(entry=written), ticket, read(world, ticket).version)
    world.server.send(order, store)
    found = world.server.thread(ticket).entries[-1]
    assert found.command == order.command
    assert {one.name: one.mime_type for one in found.files} == kinds
    for one in found.files:
        assert world.server.file(one.id) == data[one.name]
        assert one.size == len(data[one.name])


def test_a_text_of_files_alone_is_known_again(world: RtWorld):
    ticket = world.make("No words")
    data = b"%PDF"
    file = file_of("a.pdf", data, "application/pdf")
    written = replace(entry("", attachments=(file,)), html="", text="")
    order = sending(Post(entry=written), ticket, read(world, ticket).version)
    receipt = world.server.send(order, Files(**{file.sha256: data}))
    found = world.server.probe(order)
    assert found is not None
    assert found.entry == receipt.entry


def test_a_mail_with_rich_and_plain_text_is_read_as_the_rich_one(world: RtWorld):
    ticket = world.make("Rich")
    order = post(world, ticket, "A <i>note</i>", EntryKind.NOTE)
    world.server.send(order, Files())
    assert world.server.thread(ticket).entries[-1].html == "<p>A <i>note</i></p>"


def test_a_copy_to_somebody_whom_rt_would_not_tell_is_refused(world: RtWorld):
    ticket = world.make("Copies")
    to_una = sending(Post(entry=copied("una@out.test")), ticket, read(world, ticket).version)
    world.server.send(to_una, Files())
    to_all = sending(Post(entry=copied("x@else.test")), ticket, read(world, ticket).version)
    with pytest.raises(RefusedByServerError) as found:
        world.server.send(to_all, Files())
    assert found.value.facts["words"] == "Cc: x@else.test"
    assert len(world.texts(ticket)) == 2


def copied(address: str) -> Entry:
    return entry("Also for you", cc=(address,))


# --- people -------------------------------------------------------------------------------------

ADA, BEN, UNA = (
    RemotePerson(name=name, email=f"{name.partition(' ')[0].casefold()}@out.test")
    for name in ("Ada Lane", "Ben Okri", "Una User")
)


def group_of(world: RtWorld) -> str:
    query = json.dumps([{"field": "Domain", "value": "UserDefined"}])
    items = world.root.get("/groups", query=query, fields="Name", per_page=100)["items"]
    return str(next(item["id"] for item in items if item["Name"] == "Agents"))


def test_copies_are_added_and_taken_away_and_a_group_stays(world: RtWorld):
    ticket, group = world.make("Copies"), group_of(world)
    world.root.put(f"/ticket/{ticket}", Cc=[group])
    people = {1: ADA, 2: BEN}
    added = edit(world, ticket, change("collaborators", (1, 2), ()), people=people)
    assert world.server.probe(added) is None
    world.server.send(added, Files())
    assert world.server.probe(added) is not None
    for found in (read(world, ticket), *world.server.tickets([ticket])):
        assert isinstance(found, RemoteTicket)
        assert found.collaborators is not None
        assert {one.email for one in found.collaborators} == {ADA.email, BEN.email}
    taken = edit(world, ticket, change("collaborators", (2,), (1, 2)), people=people)
    world.server.send(taken, Files())
    there = world.root.get(f"/ticket/{ticket}")
    assert [one["id"] for one in there["Cc"]] == [group, BEN.email]
    assert [one["id"] for one in there["Requestor"]] == ["una"]
    assert world.server.probe(taken) is not None


def test_watchers_get_comments_too_and_are_told_apart_from_copies(world: RtWorld):
    ticket, group = world.make("Watched"), group_of(world)
    world.root.put(f"/ticket/{ticket}", AdminCc=[group], Cc=[ADA.email])
    people = {1: ADA, 2: RemotePerson(name="Ann Agent", email="ann@desk.test")}
    added = edit(world, ticket, change("watchers", (1, 2), ()), people=people)
    assert world.server.probe(added) is None
    world.server.send(added, Files())
    assert world.server.probe(added) is not None
    for found in (read(world, ticket), *world.server.tickets([ticket])):
        assert isinstance(found, RemoteTicket)
        assert {one.email for one in found.watchers or ()} == {ADA.email, "ann@desk.test"}
        assert [one.email for one in found.collaborators or ()] == [ADA.email]
    taken = edit(world, ticket, change("watchers", (2,), (1, 2)), people=people)
    world.server.send(taken, Files())
    there = world.root.get(f"/ticket/{ticket}")
    assert [one["id"] for one in there["AdminCc"]] == [group, "ann"]
    assert [one["id"] for one in there["Cc"]] == [ADA.email]
    told = [(e.action, e.words) for e in world.server.thread(ticket).events if e.actor == "root"]
    assert ("edit_watchers", f"+ group {group}") in told


def test_another_requester_and_the_ticket_moved_on(world: RtWorld):
    # Nobody else's: RT calls people by their address once that alone was told.
    eve = RemotePerson(name="Eve Stone", email="eve@out.test")
    ticket = world.make("Asks")
    order = edit(world, ticket, change("requester", 1, 3), people={1: eve, 3: UNA})
    late = replace(order, version="1")
    with pytest.raises(MovedOnError):
        world.server.send(late, Files())
    world.server.send(order, Files())
    assert read(world, ticket).requester == eve
    back = edit(world, ticket, change("requester", 3, 1), people={1: eve, 3: UNA})
    world.server.send(back, Files())
    assert read(world, ticket).requester.email == UNA.email
    types = [row["Type"] for row in world.root.history(ticket)]
    assert (types.count("AddWatcher"), types.count("DelWatcher")) == (2, 2)


# --- refusals inside of a yes -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "value"),
    [("status", "deleted"), ("owner", "una"), ("department", "9999"), ("custom:99", "x")],
)
def test_what_rt_refuses_within_a_yes_is_found(world: RtWorld, field: str, value: str):
    ticket = world.make("Refused")
    before = read(world, ticket)
    with pytest.raises(RefusedByServerError):
        world.server.send(edit(world, ticket, change(field, value)), Files())
    assert read(world, ticket) == before


def test_fields_that_rt_has_not_are_refused_before_anything_is_sent(world: RtWorld):
    ticket = world.make("Unknown")
    changes = (change("subject", "Not this"), change("sla", "gold"))
    with pytest.raises(RefusedByServerError) as found:
        world.server.send(edit(world, ticket, *changes), Files())
    assert found.value.facts["fields"] == "sla"
    assert read(world, ticket).subject == "Unknown"


def test_a_ticket_is_taken_from_its_owner(world: RtWorld):
    ticket = world.make("Stolen")
    world.root.put(f"/ticket/{ticket}", Owner="ann")
    order = edit(world, ticket, change("owner", "sam", "ann"), change("subject", "Stolen by Sam"))
    world.server.send(order, Files())
    found = read(world, ticket)
    assert (found.owner, found.subject) == ("sam", "Stolen by Sam")


def test_several_values_of_one_field_are_lines(world: RtWorld):
    ticket = world.make("Tags")
    tags = world.fields["Tags"]
    order = edit(world, ticket, change(f"custom:{tags}", "one\ntwo"))
    world.server.send(order, Files())
    assert sorted(dict(read(world, ticket).custom)[tags].splitlines()) == ["one", "two"]
    assert world.server.probe(order) is not None


def test_what_happened_is_told_with_old_and_new(world: RtWorld):
    ticket = world.make("Events")
    orders = (change("owner", "sam"), change("priority", "high", "low"), change("subject", "E 2"))
    for one in orders:
        world.server.send(edit(world, ticket, one), Files())
    world.root.put(f"/ticket/{ticket}", Owner="lea")
    events = world.server.thread(ticket).events
    told = [(e.actor, c.field, c.old, c.new) for e in events for c in e.changes]
    assert told == [
        ("sam", "owner", None, "sam"),
        ("sam", "priority", "low", "high"),
        ("sam", "subject", "Events", "E 2"),
        ("root", "owner", "sam", "lea"),
    ]


# --- a history that is not simple ---------------------------------------------------------------


def test_hidden_transactions_do_not_stop_the_feed(world: RtWorld):
    ticket = world.make("Behind the hidden")
    cursor = world.server.newest()
    world.root.make_many([f"hidden {number}" for number in range(3)])
    for number in range(3):
        world.root.put(f"/ticket/{world.root.make('s', Queue='Secret')}", Subject=f"s{number}")
    world.requester_writes(ticket, "Seen")
    changed: list[str] = []
    more = True
    while more:
        page = world.server.changes(cursor)
        changed += page.tickets
        cursor, more = page.cursor, page.more
    assert changed[-1] == ticket


def test_a_long_thread_comes_whole(world: RtWorld):
    ticket = world.make("Long")
    for number in range(60):
        world.root.put(f"/ticket/{ticket}", Subject=f"Long {number}", Priority=str(number))
    world.requester_writes(ticket, "At the end")
    thread = world.server.thread(ticket)
    assert [one.text for one in thread.entries] == ["Long is broken", "At the end"]
    assert len(thread.events) >= 119
    after = world.server.thread(ticket, thread.entries[0].id)
    assert [one.text for one in after.entries] == ["At the end"]


def test_the_time_of_day_of_the_agent_changes_nothing(rt: RealRt, world: RtWorld):
    world.root.put("/user/ann", Timezone="Pacific/Auckland")
    ticket = world.make("Far away")
    server = tracker(rt.url, "ann")
    due = change("due_at", read(world, ticket).created_at.replace(year=2030))
    version = read(world, ticket).version
    server.send(sending(Edit(changes=(due,)), ticket, version), Files())
    found = server.ticket(ticket)
    assert isinstance(found, RemoteTicket)
    assert found.due_at == due.new
    listed, page = set[str](), None
    while True:
        listing = server.listing(Wanted(open_only=True), page)
        listed |= {one.id for one in listing.tickets}
        page = listing.next_page
        if page is None:
            break
    server.close()
    assert ticket in listed


# --- sign-in ------------------------------------------------------------------------------------


def test_wrong_credentials_and_people_who_are_no_agents(rt: RealRt):
    for user, secret in (("sam", "wrong"), ("nobody-such", "wrong"), ("una", "una-password")):
        server = tracker(rt.url, user, secret)
        with pytest.raises(SignInError):
            server.sign_in()
        server.close()


def test_a_token_signs_in_as_its_user(rt: RealRt):
    server = server_for(Account(kind="rt", url=rt.url, user=""), rt.token("sam"), RULES)
    assert server.sign_in().key == "sam"
    server.close()


def test_an_address_as_people_type_it(rt: RealRt):
    for typed in (rt.url, rt.url + "/", rt.url + "/index.html", rt.url + "/REST/2.0"):
        found = detect(typed, "")
        assert (found.kind, found.url, found.product) == ("rt", rt.url, "Request Tracker")
        assert found.version.startswith("5.")


def test_a_report_of_a_connection(rt: RealRt):
    found = report(Account(kind="rt", url=rt.url, user="sam"), "sam-password", RULES)
    assert (found.problem, found.encrypted, found.issuer, found.proxy) == ("", False, "", "")
    assert found.version.startswith("5.")
    assert found.skew_s is not None
    assert abs(found.skew_s) < 5
    assert set(found.departments.values()) == {"Repairs", "Sales", "Support"}
    assert "ticket.reply" in found.rights
    assert found.capabilities is not None
    assert not found.capabilities.safe_post
    refused = report(Account(kind="rt", url=rt.url, user="sam"), "wrong", RULES)
    assert (refused.problem, refused.agent) == ("sign_in", None)


# --- set back to a backup -----------------------------------------------------------------------


def test_a_cursor_of_another_life_of_the_server_is_known(world: RtWorld):
    ticket = world.make("Before and after")
    cursor = world.server.newest()
    numbers, _, mark = cursor.partition("@")
    assert mark.startswith(f"{ticket}/")
    assert world.server.still_has(cursor)
    assert world.server.still_has(numbers)  # of an earlier version
    assert not world.server.still_has(f"{numbers}@{ticket}/946684800")
    assert not world.server.still_has(f"99999999@{mark}")
    world.requester_writes(ticket, "Later")
    assert world.server.still_has(cursor)


# --- a first sync -------------------------------------------------------------------------------


def test_a_first_sync_takes_a_request_a_page_and_loses_none_that_closes_meanwhile(
    rt: RealRt, world: RtWorld
):
    made = world.root.make_many([f"First {number}" for number in range(14)])
    server = tracker(rt.url, size=5)
    server.sign_in()
    before = server.session.http.requests
    found: list[str] = []
    page: str | None = None
    while True:
        listing = server.listing(Wanted(open_only=True), page)
        found += [one.id for one in listing.tickets]
        page = listing.next_page
        if page is None:
            break
        closed = found[-2]  # by page, all that follow would move up one place
        world.root.put(f"/ticket/{closed}", Status="resolved")
    assert [one for one in found if one in made] == made[::-1]
    assert server.session.http.requests - before <= 2 + len(found) // 5
    before = server.session.http.requests
    assert [one.id for one in server.tickets(made)] == made
    assert server.session.http.requests - before == 3
    server.close()
