"""What the port promises, asked of an osTicket: the fake one in tests, a real one in `live`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from desk_app.domain.entry import Change, EntryKind
from desk_app.domain.lifecycle import Action
from desk_app.domain.ticket import Referral, Source, State, Task
from desk_app.ports.remote import Gone, GoneWhy, RemotePerson, RemoteTicket, Wanted
from desk_app.ports.remote_errors import LockedError, MovedOnError, RefusedByServerError
from tests.remote.pairs import KEN, Pair, command

ODD = 'Printer "burns" \\" & <smokes> ü 🖨 \\'


class OsTicketContract:
    """Subclasses give a `pair` fixture."""

    def test_the_agent_and_the_directory_are_told(self, pair: Pair):
        directory = pair.directory
        pair.check(directory.agents[pair.me.key].name == pair.me.name)
        pair.check(pair.me.email in directory.agents[pair.me.key].email)
        pair.check(
            {"Support", "Online Banking"} <= {d.name for d in directory.departments.values()}
        )
        states = {status.name: status.state for status in directory.lifecycle.statuses.values()}
        pair.check(states["Open"] is State.OPEN and states["Resolved"] is State.CLOSED, states)
        pair.check(states["In progress"] is State.OPEN)
        ranks = {p.name: p.rank for p in directory.priorities.values()}
        pair.check(ranks["Emergency"] < ranks["High"] < ranks["Normal"] < ranks["Low"])
        pair.check(directory.slas[pair.key("slas", "Sev-A")].hours == 4)
        fields = {f.name: f for f in directory.topics[pair.key("topics", "Hardware")].fields}
        pair.check(fields["Colour"].choices[:2] == ("Red", "Green"), fields)

    def test_a_new_ticket_is_made_once_and_found_again(self, pair: Pair):
        sending = pair.opening(ODD)
        pair.check(pair.server.probe(sending) is None)
        receipt = pair.server.send(sending, pair.files)
        pair.check(receipt.ticket and receipt.number and receipt.entry and receipt.version)
        found = pair.server.probe(sending)
        pair.check(found is not None and found.ticket == receipt.ticket)
        ticket = pair.ticket(receipt.ticket)
        pair.check((ticket.number, ticket.version) == (receipt.number, receipt.version))
        pair.check(ticket.requester == KEN)
        pair.check(ticket.subject.startswith('Printer "burns" \\" & '), ticket.subject)
        pair.check(abs(ticket.created_at - datetime.now(UTC)) < timedelta(minutes=5))
        (entry,) = pair.thread(receipt.ticket).entries
        pair.check(entry.kind is EntryKind.MESSAGE and entry.command == sending.command)
        pair.check((entry.author_name, entry.author_email) == (KEN.name, KEN.email))
        pair.check("It is dark" in entry.html)

    def test_a_new_ticket_has_its_first_values(self, pair: Pair):
        asset, colour = (
            f.key for f in pair.directory.topics[pair.key("topics", "Hardware")].fields
        )
        ticket = pair.ticket(
            pair.new(
                "Values",
                topic=pair.key("topics", "Hardware"),
                priority=pair.key("priorities", "High"),
                sla=pair.key("slas", "Sev-B"),
                owner=pair.other.key,
                custom=((asset, "A-17"), (colour, "Green")),
            )
        )
        pair.check(ticket.topic == pair.key("topics", "Hardware"))
        pair.check(ticket.priority == pair.key("priorities", "High"))
        pair.check(ticket.sla == pair.key("slas", "Sev-B"))
        pair.check(ticket.owner == pair.other.key)
        pair.check(dict(ticket.custom) == {asset: "A-17", colour: "Green"}, ticket.custom)

    @pytest.mark.parametrize("kind", [EntryKind.REPLY, EntryKind.NOTE])
    def test_an_entry_is_written_once_and_found_again(self, pair: Pair, kind: EntryKind):
        ticket = pair.new("Once")
        sending = pair.posting(ticket, kind, "<p>On <b>my</b> way</p>")
        pair.check(pair.server.probe(sending) is None)
        receipt = pair.server.send(sending, pair.files)
        again = pair.server.send(sending, pair.files)
        pair.check(again.entry == receipt.entry)
        found = pair.server.probe(sending)
        pair.check(found is not None and found.entry == receipt.entry)
        thread = pair.thread(ticket)
        (entry,) = (one for one in thread.entries if one.command == sending.command)
        pair.check((entry.id, entry.kind, entry.agent) == (receipt.entry, kind, pair.me.key))
        pair.check("<b>my</b>" in entry.html)
        pair.check(thread.version == receipt.version)
        pair.check([one.id for one in pair.thread(ticket, entry.id).entries] == [])

    def test_files_go_up_and_come_down(self, pair: Pair):
        ticket = pair.new("Files")
        plain = pair.files.add(b"hello there", name="a, b.txt", mime_type="text/plain")
        words = '<p>See <img src="cid:dot1"></p>'
        pair.reply(ticket, words, files=(plain, pair.picture()))
        (entry,) = pair.thread(ticket).entries[1:]
        files = {file.mime_type: file for file in entry.files}
        pair.check(set(files) == {"text/plain", "image/png"})
        pair.check(files["text/plain"].size == len(b"hello there"))
        pair.check(pair.server.file(files["text/plain"].id) == b"hello there")
        pair.check(pair.server.file(files["image/png"].id)[1:4] == b"PNG")
        pair.check(files["image/png"].content_id is not None)
        pair.check(f'src="cid:{files["image/png"].content_id}"' in entry.html, entry.html)

    def test_a_new_topics_question_can_be_answered(self, pair: Pair):
        """The panel's own change of a topic does not bring its questions along."""
        hardware = pair.key("topics", "Hardware")
        asset, colour = pair.directory.topics[hardware].fields
        ticket = pair.new("Another topic")
        pair.edit(ticket, "topic", pair.ticket(ticket).topic, hardware)
        pair.check(pair.ticket(ticket).custom == ())
        sending = pair.editing(ticket, Change(field=f"custom:{asset.key}", old=None, new="A-1"))
        pair.check(pair.server.probe(sending) is None)
        pair.server.send(sending, pair.files)
        pair.check(pair.server.probe(sending) is not None)
        pair.edit(ticket, f"custom:{colour.key}", None, "Green")
        pair.check(dict(pair.ticket(ticket).custom) == {asset.key: "A-1", colour.key: "Green"})
        pair.edit(ticket, "status", pair.ticket(ticket).status, pair.status("Resolved"))
        pair.check(pair.ticket(ticket).status == pair.status("Resolved"))

    def test_fields_take_their_values(self, pair: Pair):
        hardware = pair.key("topics", "Hardware")
        ticket = pair.new("Fields", topic=hardware)
        asset, colour = (field.key for field in pair.directory.topics[hardware].fields)
        due = datetime.now(UTC).replace(second=0, microsecond=0) + timedelta(days=30, hours=3)
        before = pair.ticket(ticket)
        pair.check(before.source is Source.PHONE)
        for name, old, new in (
            ("subject", before.subject, "Fields & more"),
            ("priority", before.priority, pair.key("priorities", "Emergency")),
            ("sla", before.sla, pair.key("slas", "Sev-A")),
            ("topic", before.topic, pair.key("topics", "General Inquiry")),
            ("topic", pair.key("topics", "General Inquiry"), hardware),
            ("source", Source.PHONE, Source.EMAIL),
            ("due_at", before.due_at, due),
            (f"custom:{asset}", None, "B-2"),
            (f"custom:{colour}", None, "Red"),
        ):
            pair.edit(ticket, name, old, new)
        after = pair.ticket(ticket)
        pair.check(after.subject == "Fields & more")
        pair.check(after.priority == pair.key("priorities", "Emergency"))
        pair.check(after.sla == pair.key("slas", "Sev-A"))
        pair.check(after.topic == hardware)
        pair.check(after.source is Source.EMAIL)
        listed = everything(pair, Wanted(open_only=True))
        pair.check(listed[ticket].source is Source.EMAIL)
        pair.check(after.due_at == due, after.due_at)
        pair.check(dict(after.custom) == {asset: "B-2", colour: "Red"})

    def test_a_comment_goes_with_a_change_as_the_agents_own(self, pair: Pair):
        ticket = pair.new("Comment")
        sla = pair.ticket(ticket).sla
        change = Change(field="sla", old=sla, new=pair.key("slas", "Sev-A"))
        sending = pair.editing(ticket, change, comment="because it burns & smokes")
        pair.server.send(sending, pair.files)
        notes = [one for one in pair.thread(ticket).entries if one.kind is EntryKind.NOTE]
        pair.check([note.command for note in notes] == [sending.command])
        pair.check("because it burns &amp; smokes" in notes[0].html, notes[0].html)

    def test_a_ticket_goes_from_hand_to_hand(self, pair: Pair):
        ticket = pair.new("Hands")
        team = pair.key("teams", "Network")
        pair.edit(ticket, "owner", None, pair.me.key)
        pair.check(pair.ticket(ticket).owner == pair.me.key)
        pair.edit(ticket, "owner", pair.me.key, pair.other.key)
        pair.edit(ticket, "team", None, team)
        told = pair.ticket(ticket)
        pair.check((told.owner, told.team) == (pair.other.key, team))
        pair.edit(ticket, "team", team, None)
        pair.edit(ticket, "owner", pair.other.key, None)
        told = pair.ticket(ticket)
        pair.check((told.owner, told.team) == (None, None))

    def test_a_ticket_is_closed_and_opened_again(self, pair: Pair):
        ticket = pair.new("Ends")
        pair.check(pair.status("Resolved") in (pair.ticket(ticket).steps or ()))
        pair.edit(ticket, "status", pair.status("Open"), pair.status("In progress"))
        pair.edit(ticket, "status", pair.status("In progress"), pair.status("Resolved"))
        told = pair.ticket(ticket)
        pair.check(told.status == pair.status("Resolved") and told.closed_at is not None)
        pair.check(Action.ASSIGN not in (told.can or ()) and Action.REPLY in (told.can or ()))
        pair.reply(ticket, "<p>It was the plug</p>")
        pair.edit(ticket, "status", pair.status("Resolved"), pair.status("Open"))
        told = pair.ticket(ticket)
        pair.check(told.status == pair.status("Open") and told.closed_at is None)

    def test_what_must_be_answered_before_closing_is_known(self, pair: Pair):
        hardware = pair.key("topics", "Hardware")
        fields = pair.directory.topics[hardware].fields
        must = {field.name: field.required_to_close for field in fields}
        pair.check(must == {"Asset tag": True, "Colour": False}, must)
        ticket = pair.new("Unanswered", topic=hardware)
        pair.check(pair.ticket(ticket).blocked, pair.ticket(ticket))
        with pytest.raises(RefusedByServerError) as refused:
            pair.edit(ticket, "status", pair.status("Open"), pair.status("Resolved"))
        pair.check(refused.value.facts["words"], refused.value.facts)
        pair.edit(ticket, f"custom:{fields[0].key}", None, "C-3")
        pair.check(pair.ticket(ticket).blocked == "")
        pair.edit(ticket, "status", pair.status("Open"), pair.status("Resolved"))
        pair.check(pair.ticket(ticket).status == pair.status("Resolved"))

    def test_answered_is_marked_both_ways(self, pair: Pair):
        ticket = pair.new("Marks")
        pair.edit(ticket, "answered", False, True)
        pair.check(pair.ticket(ticket).answered is True)
        pair.edit(ticket, "answered", True, False)
        pair.check(pair.ticket(ticket).answered is False)

    def test_a_task_is_made_and_keeps_the_ticket_open(self, pair: Pair):
        ticket = pair.new("Tasks")
        mine = Task(id=170000000123, title="Order toner", owner=pair.me.key)
        pair.edit(ticket, f"task:{mine.id}", None, mine)
        (task,) = pair.ticket(ticket).tasks
        pair.check(
            (task.id, task.title, task.owner, task.is_open)
            == (mine.id, mine.title, pair.me.key, True)
        )
        with pytest.raises(RefusedByServerError) as refused:
            pair.edit(ticket, "status", pair.status("Open"), pair.status("Resolved"))
        pair.check("1" in str(refused.value.facts["words"]), refused.value)
        pair.check(pair.ticket(ticket).status == pair.status("Open"))
        done = replace(task, closed_at=datetime.now(UTC))
        pair.edit(ticket, f"task:{mine.id}", task, done)
        (task,) = pair.ticket(ticket).tasks
        pair.check(not task.is_open)
        pair.edit(ticket, f"task:{mine.id}", task, replace(task, closed_at=None))
        pair.check(pair.ticket(ticket).tasks[0].is_open)

    def test_tickets_are_linked_and_unlinked(self, pair: Pair):
        one, two = pair.new("Link 1"), pair.new("Link 2")
        pair.edit(one, "links", (), (77,), others={77: two})
        pair.check(pair.ticket(one).links == (two,) and pair.ticket(two).links == (one,))
        pair.edit(one, "links", (77,), (), others={77: two})
        pair.check(pair.ticket(one).links == () and pair.ticket(two).links == ())

    def test_a_ticket_is_merged_into_another(self, pair: Pair):
        one, two = pair.new("Into"), pair.new("From")
        closed = pair.status("Closed")
        pair.colleague.newest()
        changes = (
            Change(field="merged_into", old=None, new=77),
            Change(field="status", old=pair.status("Open"), new=closed),
        )
        sending = pair.editing(two, *changes, server=pair.colleague, others={77: one})
        pair.colleague.send(sending, pair.files)
        pair.check(pair.colleague.probe(sending) is not None)
        told = pair.server.ticket(two)
        pair.check(told == Gone(id=two, why=GoneWhy.MERGED, into=one), told)
        pair.check(pair.ticket(one).merged_into is None)
        pair.check(len(pair.thread(one).entries) == 2)

    def test_a_ticket_is_shown_to_others(self, pair: Pair):
        ticket = pair.new("Shown")
        agent = Referral(kind="agent", key=pair.other.key)
        place = Referral(kind="department", key=pair.key("departments", "Online Banking"))
        pair.edit(ticket, "referrals", (), (agent, place))
        sending = pair.editing(ticket, Change(field="referrals", old=(agent, place), new=(place,)))
        pair.server.send(sending, pair.files)
        pair.check(pair.server.probe(sending) is not None)

    def test_who_a_ticket_is_shown_to_is_read_back(self, pair: Pair):
        ticket = pair.new("Shown to whom")
        team = Referral(kind="team", key=pair.key("teams", "Network"))
        place = Referral(kind="department", key=pair.key("departments", "Online Banking"))
        pair.check(pair.ticket(ticket).referrals == ())
        pair.edit(ticket, "referrals", (), (place,))
        pair.edit(ticket, "referrals", (place,), (place, team), server=pair.colleague)
        pair.check(set(pair.ticket(ticket).referrals or ()) == {place, team})
        pair.edit(ticket, "referrals", (place,), ())  # a colleague's stays
        pair.check(pair.ticket(ticket).referrals == (team,))
        pair.check(pair.ticket(ticket, pair.colleague).referrals == (team,))

    def test_somebody_else_becomes_the_requester(self, pair: Pair):
        ticket = pair.new("Handed on")
        people = {1: KEN, 2: somebody("Lara")}
        pair.edit(ticket, "requester", 1, 2, people=people)
        told = pair.ticket(ticket)
        pair.check(told.requester == people[2], told.requester)
        pair.edit(ticket, "requester", 2, 1, people=people)
        pair.check(pair.ticket(ticket).requester.email == KEN.email)

    def test_a_comment_goes_along_where_the_dialog_takes_none(self, pair: Pair):
        ticket = pair.new("Why")
        person = somebody("Mia")
        change = Change(field="requester", old=1, new=2)
        people = {1: KEN, 2: person}
        sending = pair.editing(ticket, change, comment="she asked & not Ken", people=people)
        receipt = pair.server.send(sending, pair.files)
        notes = [one for one in pair.thread(ticket).entries if one.kind is EntryKind.NOTE]
        pair.check([note.command for note in notes] == [sending.command])
        pair.check("she asked &amp; not Ken" in notes[0].html, notes[0].html)
        pair.check(receipt.version == pair.ticket(ticket).version)

    def test_a_person_without_an_address_becomes_nothing(self, pair: Pair):
        ticket = pair.new("Nobody")
        people = {1: KEN, 2: RemotePerson(name="No Mail", email="")}
        with pytest.raises(RefusedByServerError) as refused:
            pair.edit(ticket, "requester", 1, 2, people=people)
        pair.check(refused.value.facts["why"] == "no_address")

    def test_collaborators_come_and_go_and_are_muted(self, pair: Pair):
        ticket = pair.new("Together")
        people = {1: somebody("Ada"), 2: somebody("Ben"), 3: somebody("Cem")}
        pair.edit(ticket, "collaborators", (), (1, 2), people=people)
        told = pair.ticket(ticket)
        pair.check(addresses(told.collaborators) == addresses([people[1], people[2]]), told)
        pair.check(told.muted == ())
        pair.edit(ticket, "collaborators", (), (3,), people=people, server=pair.colleague)
        pair.edit(ticket, "muted", (), (2,), people=people)
        told = pair.ticket(ticket, pair.colleague)
        pair.check(addresses(told.muted) == {people[2].email}, told.muted)
        pair.check(addresses(told.collaborators) == addresses(people.values()))
        pair.reply(ticket, "<p>To those who want it</p>")
        told = pair.ticket(ticket)
        pair.check(addresses(told.muted) == {people[2].email}, told.muted)
        pair.edit(ticket, "collaborators", (1, 2), (2,), people=people)
        told = pair.ticket(ticket)
        pair.check(addresses(told.collaborators) == addresses([people[2], people[3]]))
        pair.check(addresses(told.muted) == {people[2].email}, told.muted)
        pair.edit(ticket, "muted", (2,), (), people=people)
        pair.check(pair.ticket(ticket).muted == ())

    def test_the_requester_is_no_collaborator(self, pair: Pair):
        ticket = pair.new("Twice")
        with pytest.raises(RefusedByServerError) as refused:
            pair.edit(ticket, "collaborators", (), (1,), people={1: KEN})
        pair.check(refused.value.facts["words"], refused.value.facts)
        pair.check(pair.ticket(ticket).collaborators == ())

    def test_what_moved_on_is_not_written_to(self, pair: Pair):
        ticket = pair.new("Moves")
        reply = pair.posting(ticket, EntryKind.REPLY, "<p>Too late</p>")
        edit = pair.editing(ticket, Change(field="answered", old=False, new=True))
        pair.note(ticket, "<p>Wait</p>", server=pair.colleague)
        for sending in (reply, edit):
            with pytest.raises(MovedOnError):
                pair.server.send(sending, pair.files)
            pair.check(pair.server.probe(sending) is None)
        pair.check(len(pair.thread(ticket).entries) == 2)

    def test_a_transfer_out_of_sight_is_done_and_says_so(self, pair: Pair):
        ticket = pair.new("Away")
        far = pair.key("departments", "Online Banking")
        change = Change(field="department", old=pair.ticket(ticket).department, new=far)
        sending = pair.editing(ticket, change)
        receipt = pair.server.send(sending, pair.files)
        pair.check(receipt.ticket == ticket)
        pair.check(pair.server.ticket(ticket) == Gone(id=ticket, why=GoneWhy.UNSEEN))
        pair.check(pair.server.probe(sending) is not None)
        pair.check(pair.ticket(ticket, pair.colleague).department == far)

    def test_what_never_was_is_told_from_what_may_not_be_seen(self, pair: Pair):
        found = pair.server.ticket("99999999")
        pair.check(found == Gone(id="99999999", why=GoneWhy.DELETED))

    def test_the_feed_brings_what_others_do(self, pair: Pair):
        ticket = pair.new("Feed")
        cursor = pair.server.newest()
        reply = pair.posting(ticket, EntryKind.REPLY, "<p>Mine</p>", server=pair.colleague)
        pair.colleague.send(reply, pair.files)
        found, cursor = drained(pair, cursor)
        pair.check(ticket in found)
        told = {one.id: one for one in pair.server.tickets(found)}[ticket]
        pair.check(isinstance(told, RemoteTicket) and told.owner == pair.other.key)
        pair.check(any(e.command == reply.command for e in pair.thread(ticket).entries))

    def test_a_quiet_round_takes_four_requests_at_most(self, pair: Pair):
        cursor = pair.server.newest()
        _, cursor = drained(pair, cursor)
        pair.settle()
        for _ in range(3):
            _, cursor = drained(pair, cursor)
        for _ in range(4):
            before = pair.requests()
            page = pair.server.changes(cursor)
            if page.tickets or page.more:
                pytest.skip("somebody else works on this server")
            pair.check(pair.requests() - before <= 4, pair.requests() - before)
            cursor = page.cursor

    def test_lists_hold_what_was_asked_for(self, pair: Pair):
        mine, others = pair.new("Mine", owner=pair.me.key), pair.new("Others")
        done = pair.new("Done")
        pair.edit(done, "status", pair.status("Open"), pair.status("Closed"))
        listed = everything(pair, Wanted(open_only=True))
        pair.check({mine, others} <= set(listed) and done not in listed)
        listed = everything(pair, Wanted(owner=pair.me.key, open_only=True))
        pair.check(mine in listed and others not in listed)
        since = datetime.now(UTC) - timedelta(hours=1)
        listed = everything(pair, Wanted(changed_since=since))
        pair.check({mine, others, done} <= set(listed))
        pair.check(listed[done].closed_at is not None and listed[done].untold)
        pair.check(listed[mine].version == pair.ticket(mine).version)

    def test_a_lock_of_a_colleague_is_said_by_name_and_stays(self, pair: Pair):
        ticket = pair.new("Locked")
        sending = pair.posting(ticket, EntryKind.NOTE, "<p>Later</p>")
        session = pair.colleague.session  # type: ignore[attr-defined]
        answer = session.ask(f"ajax.php/lock/ticket/{ticket}", (("id", ticket),))
        pair.check(b'"code"' in answer.body)
        with pytest.raises(LockedError) as locked:
            pair.server.send(sending, pair.files)
        pair.check(locked.value.facts["who"] == pair.other.name, locked.value.facts)
        with pytest.raises(LockedError):
            pair.server.send(sending, pair.files)
        number = answer.body.partition(b'"id":')[2].partition(b",")[0].strip(b' "').decode()
        session.ask(f"ajax.php/lock/{number}/release", (("id", number),))
        pair.check(pair.server.send(sending, pair.files).entry)

    def test_no_own_lock_is_left_behind(self, pair: Pair):
        ticket = pair.new("Released")
        pair.edit(ticket, "answered", False, True)
        pair.note(ticket, "<p>x</p>")
        session = pair.colleague.session  # type: ignore[attr-defined]
        answer = session.ask(f"ajax.php/lock/ticket/{ticket}", (("id", ticket),))
        pair.check(b'"code"' in answer.body, answer.body)

    def test_a_canned_response_is_filled_in_by_the_server(self, pair: Pair):
        ticket = pair.new("Canned")
        key = next(k for k, c in pair.directory.canned.items() if c.title == "We have your request")
        words = pair.server.canned_text(ticket, key)  # type: ignore[attr-defined]
        pair.check(pair.ticket(ticket).number in words.html and "Ken" in words.html, words)
        for file in words.offered:
            pair.check(len(pair.server.file(file.key)) == file.size, file)

    def test_who_is_at_a_ticket_is_told_and_held_with_leave_alone(self, pair: Pair):
        mine, theirs = pair.server, pair.colleague
        ticket = pair.new("Held")
        pair.check(mine.holder(ticket) == "")  # type: ignore[attr-defined]
        pair.check(theirs.hold(ticket).held)  # type: ignore[attr-defined]
        who = mine.holder(ticket)  # type: ignore[attr-defined]
        refused = mine.hold(ticket)  # type: ignore[attr-defined]
        pair.check(not refused.held and refused.by == who != "", (who, refused))
        pair.check(theirs.hold(ticket).held, "renewed")  # type: ignore[attr-defined]
        pair.check(theirs.holder(ticket) == "", "one's own")  # type: ignore[attr-defined]
        theirs.release(ticket)  # type: ignore[attr-defined]
        pair.check(mine.hold(ticket).held)  # type: ignore[attr-defined]
        pair.note(ticket, "<p>Written while it is held</p>")
        pair.check(mine.hold(ticket).held, "taken anew")  # type: ignore[attr-defined]
        mine.release(ticket)  # type: ignore[attr-defined]
        pair.check(theirs.holder(ticket) == "")  # type: ignore[attr-defined]

    def test_queues_come_as_a_tree_with_counts(self, pair: Pair):
        queues = {queue.id: queue for queue in pair.server.queues()}  # type: ignore[attr-defined]
        pair.check(any(queue.parent in queues for queue in queues.values()))
        pair.check(any(queue.count is not None for queue in queues.values()))

    def test_a_queue_holds_what_the_server_counts_in_it(self, pair: Pair):
        ticket = pair.new("In a queue")
        server = pair.server
        queues = {queue.id: queue for queue in server.queues()}  # type: ignore[attr-defined]
        held = {key: server.queue_tickets(key) for key in queues}  # type: ignore[attr-defined]
        holding = [key for key, tickets in held.items() if ticket in tickets]
        pair.check(holding)
        pair.check(all(len(set(held[key])) == len(held[key]) for key in held))
        again = {queue.id: queue for queue in server.queues()}  # type: ignore[attr-defined]
        same = [key for key in queues if queues[key].count == again[key].count is not None]
        pair.check(same)
        wrong = {key: len(held[key]) for key in same if len(held[key]) != again[key].count}
        pair.check(wrong == {}, (wrong, again))
        told = server.tickets([ticket])[0]
        pair.check(isinstance(told, RemoteTicket) and told.subject.startswith("In a queue"), told)


def somebody(name: str) -> RemotePerson:
    """A person whom the server does not know yet."""
    return RemotePerson(name=f"{name} Doe", email=f"{name.lower()}.{command()}@out.example")


def addresses(people: Iterable[RemotePerson] | None) -> set[str]:
    return {person.email for person in people or ()}


def drained(pair: Pair, cursor: str) -> tuple[list[str], str]:
    """All ids up to now, and where to go on."""
    found: list[str] = []
    more = True
    while more:
        page = pair.server.changes(cursor)
        found += page.tickets
        cursor, more = page.cursor, page.more
    return list(dict.fromkeys(found)), cursor


def everything(pair: Pair, wanted: Wanted) -> dict[str, RemoteTicket]:
    found: dict[str, RemoteTicket] = {}
    page: str | None = None
    while True:
        listing = pair.server.listing(wanted, page)
        found |= {ticket.id: ticket for ticket in listing.tickets}
        page = listing.next_page
        if page is None:
            return found
