"""Sessions of a real osTicket that end, are refused, or are not the only ones of their agent.

Each ends over HTTP alone, as by an agent who signs out in a browser that has the same cookie.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from desk_app.domain.entry import EntryKind
from desk_app.domain.mirror import AccountState
from desk_app.domain.outbox import OutboxState, Post
from desk_app.ports.remote import RemoteThread, Sending
from desk_app.ports.remote_errors import SignInError
from desk_app.remote.osticket.session import Credentials
from tests.live.between import Between, sign_out
from tests.live.osticket_site import SITE, needs_site, signed_in
from tests.live.test_osticket_story import _client, check, entries, key, look, opened
from tests.remote.osticket_desk import PanelClient
from tests.remote.pairs import command, entry

pytestmark = [needs_site, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def john(tmp_path_factory: pytest.TempPathFactory, between: Between) -> Iterator[PanelClient]:
    yield from _client(tmp_path_factory.mktemp("john"), "", between.url)


@pytest.fixture
def ticket(john: PanelClient) -> str:
    made = opened(john, f"Session {command()}", "I cannot get in")
    look(john, made)
    return made


def reply_with_file(john: PanelClient, ticket: str, words: str) -> None:
    """A reply and a plain file that goes along."""
    file = john.desk.files.add(words.encode(), name="how.txt", mime_type="text/plain")
    known = john.ticket(ticket).requester
    with john.desk.unit() as unit:
        karen = unit.requester(known)
    john.do(ticket, lambda w: w.reply(f"<p>{words}</p>", karen, attachments=(file,)))


WRITTEN: dict[str, Callable[[PanelClient, str, str], Any]] = {
    "reply": PanelClient.reply,
    "note": PanelClient.note,
    "reply with a file": reply_with_file,
}


def written_once(john: PanelClient, ticket: str, words: str) -> None:
    thread: RemoteThread = john.server.thread(ticket)
    found = [one for one in thread.entries if words in one.html]
    check(len(found) == 1, found)
    files = [john.server.file(file.id).decode() for one in found for file in one.files]
    check(files in ([], [words]), files)
    check(john.items() == [], john.items())
    check(john.texts(ticket).count(words) == 1, john.texts(ticket))
    check(john.account().state is AccountState.ON)


def one_round(john: PanelClient) -> None:
    """What waits goes out now, in this round alone."""
    john.wait(60)
    report = john.sync()
    check(report.problem == "", report)


@pytest.mark.parametrize("kind", WRITTEN)
@pytest.mark.parametrize("when", ["before the round", "between lock and post"])
def test_a_session_that_was_ended_is_begun_again_once_and_nothing_is_typed_again(
    john: PanelClient, between: Between, ticket: str, kind: str, when: str
):
    words = f"words {command()}"
    WRITTEN[kind](john, ticket, words)
    before = between.sign_ins
    if when == "before the round":
        sign_out(john.server)
    else:
        between.before = partial(sign_out, john.server)
    one_round(john)
    check(between.before is None)
    check(between.sign_ins == before + 1, between.sign_ins - before)
    look(john, ticket)
    written_once(john, ticket, words)
    if "file" in kind:
        thread: RemoteThread = john.server.thread(ticket)
        check(len(thread.entries[-1].files) == 1, thread.entries[-1])


def test_a_new_ticket_is_made_once_where_its_session_was_ended_on_the_way(
    john: PanelClient, between: Between
):
    subject = f"Anew {command()}"
    before = between.sign_ins
    between.before = partial(sign_out, john.server)
    ticket = opened(john, subject, "Once only")
    check(between.before is None)
    check(between.sign_ins == before + 1, between.sign_ins - before)
    john.compare()
    john.sync()
    with john.desk.sync_unit() as unit:
        number = unit.bases([ticket])[ticket].ticket.number
    check(number)
    check(john.ticket(ticket).subject == subject)
    found = john.server._exports.search_rows((_made_just_now(),))
    check([row.id for row in found if row.subject == subject] == [ticket], found)


def _made_just_now() -> Any:
    from desk_app.remote.osticket.exports import within

    return within("created", 15)


def test_a_field_is_changed_though_the_session_was_ended_just_before(
    john: PanelClient, between: Between, ticket: str
):
    high = key(john, "priorities", "High")
    john.do(ticket, lambda w: w.edit("priority", high))
    before = between.sign_ins
    between.before = partial(sign_out, john.server)
    one_round(john)
    check(between.before is None)
    check(between.sign_ins == before + 1, between.sign_ins - before)
    check(john.server.ticket(ticket).priority == high)
    check(john.items() == [], john.items())


def test_a_password_that_is_not_taken_any_more_pauses_the_account_and_is_tried_once(
    john: PanelClient, between: Between, ticket: str
):
    words = f"words {command()}"
    john.reply(ticket, words)
    john.wait(60)
    sign_out(john.server)
    john.server.session.take_password(Credentials(user=SITE["USER"], password="no " + words))
    before, asked = between.sign_ins, 0
    for turn in range(5):
        john.sync()
        with pytest.raises(SignInError):
            look(john, ticket)
        check(john.account().state is AccountState.SIGNED_OUT)
        asked = asked or len(between.log)
        check(len(between.log) == asked, (turn, between.log[asked:]))
        john.wait(3600)
    check(between.sign_ins == before + 1, between.sign_ins - before)
    (item,) = john.items()
    check(item.state in {OutboxState.WAITING, OutboxState.HELD}, item)
    check(isinstance(item.step, Post) and words in item.step.entry.html, item)
    check(john.texts(ticket).count(words) == 1)
    john.server.session.take_password(Credentials(user=SITE["USER"], password=SITE["PASSWORD"]))
    john.account(AccountState.ON)
    one_round(john)
    check(between.sign_ins == before + 2, between.sign_ins - before)
    look(john, ticket)
    written_once(john, ticket, words)


def test_the_same_agent_elsewhere_puts_nobody_out_for_long(
    john: PanelClient, between: Between, ticket: str
):
    john.sync()
    with Between().serving() as other:
        elsewhere = signed_in("", other.url)
        elsewhere.sign_in()
        before = between.sign_ins
        said = []
        for turn in range(5):
            for place, act in (
                ("here", partial(john.note, ticket)),
                ("there", partial(noted, elsewhere, john, ticket)),
            ):
                said.append(f"{place} {turn} {command()}")
                act(said[-1])
                one_round(john)
        check(john.items() == [], john.items())
        html = "".join(words for _, words in entries(john, ticket))
        check([html.count(words) for words in said] == [1] * 10, html)
        # Each may be put out by the other once, not in turn for ever.
        check(between.sign_ins <= before + 1, between.sign_ins - before)
        check(other.sign_ins <= 2, other.sign_ins)


def noted(server: Any, john: PanelClient, ticket: str, words: str) -> None:
    """A note that the agent writes from elsewhere."""
    step = Post(entry=entry(EntryKind.NOTE, f"<p>{words}</p>"))
    server.send(Sending(command=command(), step=step, ticket=ticket), john.desk.files)


@pytest.mark.parametrize("kind", WRITTEN)
def test_a_sign_out_elsewhere_that_takes_the_lock_away_sends_nothing_twice(
    john: PanelClient, between: Between, ticket: str, kind: str
):
    """The server gives up all locks of an agent who signs out anywhere."""
    elsewhere = signed_in()
    elsewhere.sign_in()
    words = f"words {command()}"
    WRITTEN[kind](john, ticket, words)
    before = between.sign_ins
    between.before = partial(sign_out, elsewhere)
    one_round(john)
    check(between.before is None)
    check(between.sign_ins == before, between.sign_ins - before)
    look(john, ticket)
    written_once(john, ticket, words)


def hardware(john: PanelClient) -> tuple[str, str, str]:
    """The topic, and its two questions by the server's numbers."""
    topic = key(john, "topics", "Hardware")
    with john.desk.unit() as unit:
        fields = {field.name: field.key for field in unit.directory().topics[topic].fields}
    return topic, fields["Asset tag"], fields["Colour"]


def test_the_answers_of_a_new_ticket_go_along_though_its_session_was_ended_on_the_way(
    john: PanelClient, between: Between
):
    """The names of a form's fields are another session's."""
    topic, asset, colour = hardware(john)
    before = between.sign_ins
    between.before = partial(sign_out, john.server)
    made = opened(
        john,
        f"Answers {command()}",
        "It is red",
        topic=topic,
        custom=((asset, "A-17"), (colour, "Red")),
    )
    check(between.before is None)
    check(between.sign_ins == before + 1, between.sign_ins - before)
    told = john.server.ticket(made)
    check(dict(told.custom) == {asset: "A-17", colour: "Red"}, told.custom)


def test_an_answer_is_changed_though_the_session_was_ended_just_before(
    john: PanelClient, between: Between
):
    topic, asset, _ = hardware(john)
    made = opened(john, f"Tag {command()}", "A", topic=topic, custom=((asset, "A-1"),))
    look(john, made)
    john.do(made, lambda w: w.edit(f"custom:{asset}", "A-2"))
    before = between.sign_ins
    between.before = partial(sign_out, john.server)
    one_round(john)
    check(between.sign_ins == before + 1, between.sign_ins - before)
    check(john.items() == [], john.items())
    check(dict(john.server.ticket(made).custom)[asset] == "A-2")
