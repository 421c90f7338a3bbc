"""Who may take what back, and what becomes of the words."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from desk_app.bootstrap import OpenDesk
from desk_app.domain.commands import Command
from desk_app.domain.draft import Draft, DraftKey, DraftKind
from desk_app.domain.entry import Attachment, Event
from desk_app.domain.errors import NotFoundError
from desk_app.domain.gate import Fix, Reason
from desk_app.domain.lifecycle import Action
from desk_app.domain.ticket import Referral, State
from desk_app.services.command_bus import RefusedError
from desk_app.services.writing import Writing
from desk_app.store.reader import SqliteReader
from tests.desks import ticket, whole_database, writing

NUMBER = "100015"
"""John's own open ticket, in the department of support."""

Make = Callable[[Writing], Command]


@pytest.fixture
def do(desk: OpenDesk, reader: SqliteReader) -> Callable[..., Event]:
    def call(make: Make, agent: str = "john") -> Event:
        return desk.bus.handle(make(writing(desk, reader, NUMBER, agent))).event

    return call


def refusal(desk: OpenDesk, event: Event, agent: str = "john") -> RefusedError:
    with pytest.raises(RefusedError) as caught:
        desk.bus.undo(event, agent)
    return caught.value


# --- what the status asks for ------------------------------------------------------------------


def test_undoing_a_reopening_does_not_close_a_ticket_over_an_open_task(desk, reader, do, folder):
    do(lambda w: w.set_status("resolved"))
    reopened = do(lambda w: w.plain(Action.REOPEN))
    do(lambda w: w.add_task("Look it up"))
    before = whole_database(folder)
    denied = refusal(desk, reopened).denial
    task = ticket(reader, NUMBER).open_tasks[0]
    assert (denied.code, denied.fix) == (
        Reason.OPEN_TASKS,
        Fix(action=Action.CLOSE_TASK, target=str(task.id)),
    )
    assert whole_database(folder) == before
    do(lambda w: w.plain(Action.CLOSE_TASK, task.id))
    desk.bus.undo(reopened, "john")
    assert ticket(reader, NUMBER).status == "resolved"


def test_undoing_the_end_of_a_task_waits_until_the_ticket_is_open(desk, reader, do):
    do(lambda w: w.add_task("Look it up"))
    task = ticket(reader, NUMBER).tasks[-1].id
    done = do(lambda w: w.plain(Action.CLOSE_TASK, task))
    do(lambda w: w.set_status("resolved"))
    denied = refusal(desk, done).denial
    assert (denied.code, denied.fix) == (Reason.WRONG_STATE, Fix(action=Action.REOPEN))


def test_redoing_asks_what_doing_asks(desk, reader, do):
    resolved = do(lambda w: w.set_status("resolved"))
    undone = desk.bus.undo(resolved, "john").event
    do(lambda w: w.add_task("Look it up"))
    assert refusal(desk, undone).denial.code is Reason.OPEN_TASKS


def test_redoing_a_merge_asks_what_merging_asks(desk, reader, do):
    other = ticket(reader, "100016").id
    merged = do(lambda w: w.plain(Action.MERGE, other), "sam")
    undone = desk.bus.undo(merged, "sam").event
    do(lambda w: w.add_task("Look it up"), "sam")
    assert refusal(desk, undone, "sam").denial.code is Reason.OPEN_TASKS


def test_two_tickets_never_go_on_in_each_other(desk, reader, do, folder):
    other = ticket(reader, "100016").id
    merged = do(lambda w: w.plain(Action.MERGE, other), "sam")
    back = writing(desk, reader, "100016", "sam").plain(Action.MERGE, merged.ticket)
    before = whole_database(folder)
    with pytest.raises(RefusedError) as caught:
        desk.bus.handle(back)
    assert caught.value.denial.code is Reason.TARGET_IS_CHILD
    assert whole_database(folder) == before


def test_a_merge_is_not_redone_into_a_ticket_that_went_the_other_way(desk, reader, do):
    other = ticket(reader, "100016").id
    merged = do(lambda w: w.plain(Action.MERGE, other), "sam")
    undone = desk.bus.undo(merged, "sam").event
    desk.bus.handle(writing(desk, reader, "100016", "sam").plain(Action.MERGE, merged.ticket))
    assert refusal(desk, undone, "sam").denial.code is Reason.TARGET_IS_CHILD


def test_a_ticket_goes_on_in_no_deleted_one_and_in_no_missing_one(desk, reader, do):
    desk.bus.handle(writing(desk, reader, "100016", "sam").plain(Action.DELETE))
    with pytest.raises(RefusedError) as caught:
        do(lambda w: w.plain(Action.MERGE, ticket(reader, "100016").id), "sam")
    assert caught.value.denial.code is Reason.TARGET_DELETED
    with pytest.raises(NotFoundError):
        do(lambda w: w.plain(Action.MERGE, 12345), "sam")


def test_a_redoing_is_redone_once_and_can_be_undone_again(desk, reader, do):
    def newest(*, redo: bool):
        return reader.find_event(ticket(reader, NUMBER).id, actor="john", redo=redo)

    done = do(lambda w: w.edit("priority", "low"))
    before = ticket(reader, NUMBER)
    undone = desk.bus.undo(done, "john").event
    redone = desk.bus.undo(undone, "john").event
    assert newest(redo=True) is None
    assert newest(redo=False).id == done.id
    desk.bus.undo(redone, "john")
    assert ticket(reader, NUMBER).priority != before.priority
    assert newest(redo=True).undoes == done.id


# --- who ---------------------------------------------------------------------------------------


def test_an_agent_who_does_not_see_a_ticket_takes_nothing_back(desk, reader, do):
    done = do(lambda w: w.edit("priority", "low"))
    before = ticket(reader, NUMBER)
    assert refusal(desk, done, "priya").denial.code is Reason.OUT_OF_SIGHT
    assert ticket(reader, NUMBER) == before


def test_another_s_action_is_taken_back_by_a_supervisor_only(desk, reader, do):
    before = ticket(reader, NUMBER)
    done = do(lambda w: w.edit("priority", "low"))
    denied = refusal(desk, done, "lee").denial
    assert denied.code is Reason.NOT_YOURS
    assert denied.facts["agent"] == reader.directory().agents["john"].name
    desk.bus.undo(done, "sam")
    assert ticket(reader, NUMBER).priority == before.priority


def test_an_agent_nobody_knows_takes_nothing_back(desk, do):
    done = do(lambda w: w.edit("priority", "low"))
    with pytest.raises(NotFoundError):
        desk.bus.undo(done, "nobody")


def test_a_right_that_is_gone_is_missed_by_undo_too(desk, reader, do, folder):
    done = do(lambda w: w.set_status("resolved"))
    directory = reader.directory()
    agent = directory.roles["agent"]
    less = replace(agent, permissions=agent.permissions - {"ticket.close"})
    from desk_app.bootstrap import lifecycle

    with desk.unit() as unit:
        changed = replace(directory, roles={**directory.roles, "agent": less})
        unit.save_directory(changed, lifecycle()[1])
        unit.commit()
    denied = refusal(desk, done).denial
    assert (denied.code, denied.facts["permission"]) == (Reason.NO_PERMISSION, "ticket.close")


@pytest.fixture
def moved(do):
    """John's transfer of a ticket to a department where he has no access."""
    do(lambda w: w.plain(Action.ASSIGN, Referral(kind="agent", key="sam")))
    return do(lambda w: w.plain(Action.TRANSFER, "banking"))


def test_what_left_ones_own_sight_by_ones_own_hand_can_be_called_back(desk, reader, moved):
    assert not sees(reader, "john")
    desk.bus.undo(moved, "john")
    assert ticket(reader, NUMBER).department == "support"


def test_once_another_agent_touched_it_the_names_of_those_who_can_are_told(desk, reader, do, moved):
    do(lambda w: w.note("<p>Mine now</p>"), "sam")
    denied = refusal(desk, moved).denial
    assert denied.code is Reason.OUT_OF_SIGHT
    assert denied.facts["department"] == "Online Banking"
    assert "Priya Nair" in denied.facts["who_can"]
    assert "John Carter" not in denied.facts["who_can"]


def test_who_lost_the_sight_otherwise_calls_nothing_back(desk, reader, do):
    do(lambda w: w.plain(Action.ASSIGN, Referral(kind="agent", key="sam")))
    noted = do(lambda w: w.edit("priority", "low"))
    do(lambda w: w.plain(Action.TRANSFER, "banking"), "sam")
    assert refusal(desk, noted).denial.code is Reason.OUT_OF_SIGHT


def sees(reader, agent):
    directory = reader.directory()
    return directory.sees(directory.agents[agent], ticket(reader, NUMBER))


# --- deleted -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "remove", [lambda w: w.set_status("deleted"), lambda w: w.plain(Action.DELETE)]
)
def test_a_deleted_ticket_is_restored_to_the_status_it_had(desk, reader, do, remove):
    for make in (lambda w: w.set_status("resolved"), remove, lambda w: w.plain(Action.RESTORE)):
        do(make, "sam")
    found = ticket(reader, NUMBER)
    assert (found.status, found.state, found.restore_to) == ("resolved", State.CLOSED, None)


def test_a_merged_ticket_comes_back_closed(desk, reader, do):
    do(lambda w: w.plain(Action.MERGE, ticket(reader, "100016").id), "sam")
    do(lambda w: w.plain(Action.DELETE), "sam")
    with pytest.raises(RefusedError):
        do(lambda w: w.plain(Action.RESTORE, "open"), "sam")
    do(lambda w: w.plain(Action.RESTORE), "sam")
    found = ticket(reader, NUMBER)
    assert (found.state, found.merged_into) == (State.CLOSED, ticket(reader, "100016").id)


# --- words -------------------------------------------------------------------------------------

FILE = Attachment(name="a.txt", mime_type="text/plain", size=1, sha256="a" * 64)
OTHER = Attachment(name="b.txt", mime_type="text/plain", size=1, sha256="b" * 64)
EDITOR = (
    '<!DOCTYPE HTML><html><head><style type="text/css">p { white-space: pre-wrap; }</style></head>'
    '<body style="font-size:10pt;">{}</body></html>'
)


@pytest.fixture
def key(reader: SqliteReader) -> DraftKey:
    return DraftKey(ticket=ticket(reader, NUMBER).id, kind=DraftKind.REPLY)


@pytest.fixture
def replied(desk: OpenDesk, reader: SqliteReader) -> Event:
    person = reader.requester(ticket(reader, NUMBER).requester)
    command = writing(desk, reader, NUMBER).reply(
        "<p>Hello, Zoë</p>", person, cc=("a@b.example",), attachments=(FILE,)
    )
    return desk.bus.handle(command).event


def typed(key: DraftKey, *paragraphs: str, **more: object) -> Draft:
    """Build a draft as an editor saves it."""
    html = EDITOR.replace("{}", "".join(f'<p style="margin:0;">{p}</p>' for p in paragraphs))
    return Draft(key=key, html=html, text="\n".join(paragraphs), **more)


def test_undoing_a_reply_hides_nothing_that_was_typed_since(desk, reader, key, replied):
    newer = typed(key, "Next thing", cc=("c@d.example",), attachments=(OTHER,))
    desk.drafts.save(newer)
    desk.bus.undo(replied, "john")
    draft = reader.draft(key)
    assert draft.text == "Hello, Zoë\n\n———\n\nNext thing"
    assert draft.html == (
        '<p>Hello, Zoë</p><p>———</p><p style="margin:0;">Next thing</p>'  # no document inside
    )
    assert draft.cc == ("a@b.example", "c@d.example")
    assert draft.attachments == (FILE, OTHER)
    assert "Next thing" in [version.text for version in reader.draft_versions(key)]


def test_redoing_a_reply_leaves_what_was_typed_since(desk, reader, key, replied):
    desk.drafts.save(typed(key, "Next thing", attachments=(OTHER,)))
    undone = desk.bus.undo(replied, "john").event
    desk.bus.undo(undone, "john")
    draft = reader.draft(key)
    assert (draft.text, draft.attachments) == ("Next thing", (OTHER,))


def test_redoing_leaves_the_newer_words_of_a_text_that_the_editor_wrote_anew(
    desk, reader, key, replied
):
    desk.drafts.save(typed(key, "Next thing"))
    undone = desk.bus.undo(replied, "john").event
    desk.drafts.save(typed(key, "Hello, Zoë", "<span>———</span>", "Next thing", "and more"))
    desk.bus.undo(undone, "john")
    assert reader.draft(key).text.split() == ["Next", "thing", "and", "more"]


@pytest.mark.parametrize("paragraphs", [("Hello, dear Zoë",), ("Hello, Zoë, next thing",)])
def test_redoing_keeps_the_whole_draft_where_old_and_new_are_one(
    desk, reader, key, replied, paragraphs
):
    undone = desk.bus.undo(replied, "john").event
    desk.drafts.save(typed(key, *paragraphs))
    desk.bus.undo(undone, "john")
    assert reader.draft(key).text == paragraphs[0]


def test_redoing_closes_a_draft_that_has_nothing_else(desk, reader, key, replied):
    undone = desk.bus.undo(replied, "john").event
    desk.drafts.save(typed(key, "Hello, Zoë", attachments=(FILE,)))
    desk.bus.undo(undone, "john")
    assert reader.draft(key) is None


def test_redoing_leaves_files_and_pictures_that_came_later(desk, reader, key, replied):
    undone = desk.bus.undo(replied, "john").event
    desk.drafts.save(typed(key, "Hello, Zoë", attachments=(FILE, OTHER)))
    undone = desk.bus.undo(desk.bus.undo(undone, "john").event, "john").event
    assert reader.draft(key).attachments == (FILE, OTHER)
    desk.drafts.save(typed(key, 'Hello, Zoë<img src="data:image/png;base64,AA">'))
    desk.bus.undo(undone, "john")
    assert reader.draft(key).has_picture


def test_undoing_a_reply_whose_text_stayed_in_the_draft_does_not_double_it(
    desk, reader, key, replied
):
    desk.drafts.save(typed(key, "Hello, Zoë"))
    desk.bus.undo(replied, "john")
    assert reader.draft(key).text == "Hello, Zoë"


def test_a_note_in_the_making_is_no_newer_reply(desk, reader, key, replied):
    note = DraftKey(ticket=key.ticket, kind=DraftKind.NOTE)
    desk.drafts.save(typed(note, "for us"))
    desk.bus.undo(replied, "john")
    assert reader.draft(key).text == "Hello, Zoë"
    assert reader.draft(note).text == "for us"
