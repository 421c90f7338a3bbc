"""The contract at a strict server of our own, and what no real one does on demand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from desk_app.bootstrap import lifecycle
from desk_app.domain.lifecycle import Action, Check
from desk_app.domain.mirror import Account
from desk_app.domain.outbox import NewTicket
from desk_app.domain.people import Permission
from desk_app.ports.remote import Sending, Wanted
from desk_app.ports.remote_errors import (
    MovedOnError,
    NoAnswerError,
    NotReachedError,
    RefusedByServerError,
    RemoteError,
    ServerBusyError,
    SignInError,
    UnknownServerError,
    UnreadableAnswerError,
)
from desk_app.remote.connecting import detect, report
from desk_app.remote.request_tracker.server import ACTIONS, RequestTracker
from desk_app.remote.request_tracker.session import Session
from tests.remote.contract import Files, RemoteContract, change, drained, edit, post, read
from tests.remote.fake_rt import FakeRt, Fate, fake_rt
from tests.remote.hostile import Line, hostile
from tests.remote.test_http import certificates

RULES = lifecycle("request-tracker")[0]


def tracker(url: str, user: str = "sam", secret: str = "", **more: Any) -> RequestTracker:
    session = Session(url, user, secret or f"{user}-password")
    return RequestTracker(session, lifecycle=RULES, **more)


class FakeWorld:
    """People who are not on the line: what they do is simply so."""

    me, other = "sam", "ann"
    department, elsewhere, hidden = "1", "2", ""
    custom, closed, priority = "5", "resolved", "high"

    def __init__(self, rt: FakeRt) -> None:
        self.rt = rt
        self.server = tracker(rt.url)

    def make(self, subject: str) -> str:
        body = {"Queue": "1", "Subject": subject, "Requestor": "una@out.test"}
        return self.rt.make("lea", {**body, "Content": f"{subject} is broken"})

    def requester_writes(self, ticket: str, words: str) -> None:
        self.rt.write(ticket, "Correspond", "una", {"Content": words})

    def other_sets(self, ticket: str, field: str, value: str) -> None:
        self.rt.set(ticket, "lea", field.capitalize(), value)

    def merge(self, ticket: str, into: str) -> None:
        self.rt.merge(ticket, into, "lea")

    def texts(self, ticket: str) -> list[str]:
        rows = [row["id"] for row in self.rt.history(ticket)]
        return [p["Content"].decode() for p in self.rt.parts if p["TransactionId"] in rows]


@pytest.fixture(params=[False, True], ids=["plain", "hostile"])
def world(request: pytest.FixtureRequest) -> Iterator[FakeWorld]:
    with fake_rt(hostile=request.param) as rt:
        found = FakeWorld(rt)
        yield found
        found.server.close()


class TestFakeRequestTracker(RemoteContract):
    """Every promise of the port."""


@pytest.fixture
def quiet() -> Iterator[FakeWorld]:
    """A world that is not hostile, for what is the same either way."""
    with fake_rt() as rt:
        found = FakeWorld(rt)
        yield found
        found.server.close()


def test_the_rules_say_beforehand_what_rt_is_not_told_of():
    told = {*ACTIONS, Action.BREACH_REASON}  # a reason goes as a note
    off = {action for action, rule in RULES.rules.items() if Check.NOT_THERE in rule.checks}
    assert off == set(Action) - told


# --- lost answers -------------------------------------------------------------------------------


def orders(world: FakeWorld, ticket: str) -> list[Sending]:
    return [
        post(world, ticket, "Once"),
        edit(world, ticket, change("subject", "Once"), change("custom:5", "7")),
        TestFakeRequestTracker().new(world, "Once"),
    ]


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize("fate", [Fate.LOSE_REQUEST, Fate.LOSE_ANSWER, Fate.PORTAL])
def test_after_no_answer_it_is_found_if_it_is_there(quiet: FakeWorld, place: int, fate: Fate):
    ticket = quiet.make("Lost")
    order = orders(quiet, ticket)[place]
    quiet.server.sign_in()
    quiet.rt.fates = [fate]
    arrived = fate is not Fate.LOSE_REQUEST
    if fate is Fate.PORTAL and place == 0:  # its receipt is in a head, and there is none
        with pytest.raises(NoAnswerError):
            quiet.server.send(order, Files())
    elif fate is Fate.PORTAL and place == 1:  # what it says is not believed: it is read back
        quiet.server.send(order, Files())
    else:
        with pytest.raises(NoAnswerError):
            quiet.server.send(order, Files())
    assert (quiet.server.probe(order) is not None) is arrived
    if not arrived:
        quiet.server.send(order, Files())
    assert set(quiet.rt.posted.values()) <= {1}


def test_the_same_words_count_where_a_marker_was_lost(quiet: FakeWorld):
    ticket = quiet.make("No marker")
    order = post(quiet, ticket, "Very own words")
    receipt = quiet.server.send(order, Files())
    for part in quiet.rt.parts:
        part["Headers"] = ""
    found = quiet.server.probe(order)
    assert found is not None
    assert found.entry == receipt.entry
    assert quiet.server.probe(replace(order, version=quiet.rt.version(ticket))) is None


def test_what_cannot_be_seen_any_more_cannot_be_told(quiet: FakeWorld):
    ticket = quiet.make("Hidden")
    wanted = orders(quiet, ticket)[:2]
    quiet.rt.hidden.add(ticket)
    for order in wanted:
        with pytest.raises(NoAnswerError):
            quiet.server.probe(order)


def test_a_busy_server_was_told_nothing(quiet: FakeWorld):
    ticket = quiet.make("Busy")
    order = post(quiet, ticket, "Later")
    quiet.rt.fates = [Fate.BUSY]
    with pytest.raises(ServerBusyError):
        quiet.server.send(order, Files())
    assert len(quiet.texts(ticket)) == 1


# --- a server without compare-and-set -----------------------------------------------------------


def test_a_text_is_held_back_also_where_nothing_is_compared():
    with fake_rt(cas=False) as rt:
        world = FakeWorld(rt)
        ticket = world.make("No compare")
        order = post(world, ticket, "Too late")
        world.requester_writes(ticket, "I was first")
        with pytest.raises(MovedOnError):
            world.server.send(order, Files())
        assert len(world.texts(ticket)) == 2
        world.server.close()


# --- requests -----------------------------------------------------------------------------------


def test_no_request_a_row(quiet: FakeWorld):
    made = [quiet.make(f"Many {number}") for number in range(250)]
    for ticket in made[:5]:
        quiet.rt.tickets[ticket]["Requestor"] = []  # then it is whoever made it
    quiet.server.sign_in()
    start = len(quiet.rt.requests)
    assert len(quiet.server.tickets(made)) == 250
    assert len(quiet.rt.requests) - start == 3
    start = len(quiet.rt.requests)
    for number in range(30):
        quiet.requester_writes(made[0], f"Word {number}")
    assert len(quiet.server.thread(made[0]).entries) == 31
    assert len(quiet.rt.requests) - start <= 5


def test_one_text_is_two_requests_and_one_of_them_writes(quiet: FakeWorld):
    ticket = quiet.make("Cheap")
    order = post(quiet, ticket, "Words")
    start = len(quiet.rt.requests)
    quiet.server.send(order, Files())
    told = [line.split(" ")[0] for line in quiet.rt.requests[start:]]
    assert told == ["GET", "POST"]


def test_nothing_is_asked_of_the_addresses_in_answers(quiet: FakeWorld):
    """They lead elsewhere, and the border of these tests would not let them pass."""
    order = TestFakeRequestTracker().new(quiet, "Made")
    assert quiet.server.send(order, Files()).ticket == "1"


@pytest.mark.parametrize(
    ("field", "value"), [("status", "nonsense"), ("owner", "una"), ("department", "9")]
)
def test_what_is_refused_within_a_yes_is_found(quiet: FakeWorld, field: str, value: str):
    ticket = quiet.make("Refused")
    before = read(quiet, ticket)
    with pytest.raises(RefusedByServerError) as found:
        quiet.server.send(edit(quiet, ticket, change(field, value)), Files())
    assert found.value.facts["words"]
    assert read(quiet, ticket) == before


def test_what_is_refused_in_part_names_the_fields(quiet: FakeWorld):
    ticket = quiet.make("Refused in part")
    changes = (change("priority", "high"), change("status", "nonsense"))
    with pytest.raises(RefusedByServerError) as found:
        quiet.server.send(edit(quiet, ticket, *changes), Files())
    assert found.value.facts["refused"] == ("status",)
    assert read(quiet, ticket).priority == "high"


def test_a_change_that_somebody_changed_again_at_once_is_no_refusal(quiet: FakeWorld):
    ticket = quiet.make("Quick hands")
    order = edit(quiet, ticket, change("subject", "Mine"))
    sets = quiet.rt.set

    def overtaken(number: str, who: str, name: str, value: str) -> str:
        said = sets(number, who, name, value)
        sets(number, "lea", name, "Theirs")
        return said

    quiet.rt.set = overtaken  # type: ignore[method-assign]
    receipt = quiet.server.send(order, Files())
    assert receipt.ticket == ticket
    assert read(quiet, ticket).subject == "Theirs"


def test_a_listing_loses_none_that_closes_meanwhile(quiet: FakeWorld):
    made = [quiet.make(f"Listed {number}") for number in range(30)]
    server = tracker(quiet.rt.url, size=4)
    found: list[str] = []
    page: str | None = None
    while True:
        listing = server.listing(Wanted(open_only=True), page)
        found += [one.id for one in listing.tickets]
        page = listing.next_page
        if page is None:
            break
        quiet.other_sets(found[-2], "status", "resolved")
        quiet.requester_writes(made[0], "I am the newest now")
    assert found == made[::-1]
    server.close()


# --- the feed -----------------------------------------------------------------------------------


def test_a_transaction_that_is_committed_late_is_not_lost(quiet: FakeWorld):
    first, second = quiet.make("Slow mail"), quiet.make("Quick")
    cursor, _ = drained(quiet.server, quiet.server.newest())
    quiet.requester_writes(first, "Still being written")
    late = quiet.rt.rows.pop()
    quiet.rt.rows.append({**late, "id": str(int(late["id"]) + 3), "ObjectId": second})
    cursor, changed = drained(quiet.server, cursor)
    assert changed == [second]
    quiet.rt.rows.append(late)
    cursor, changed = drained(quiet.server, cursor)
    assert changed == [first]
    quiet.rt.time += timedelta(hours=1)
    cursor, changed = drained(quiet.server, cursor)
    assert (changed, cursor.partition("@")[0]) == ([], str(int(late["id"]) + 3))


def test_a_cursor_that_is_none_is_said_to_be(quiet: FakeWorld):
    with pytest.raises(UnreadableAnswerError):
        quiet.server.changes("page 2")


# --- rights -------------------------------------------------------------------------------------


def rights(world: FakeWorld, queue: str) -> frozenset[Permission]:
    found = world.server.directory()
    return found.roles[found.agents["sam"].role_in(queue)].permissions


def test_a_queue_without_tickets_is_taken_to_be_as_the_others(quiet: FakeWorld):
    assert Permission.DELETE in rights(quiet, "1")  # nothing is known yet: RT will say
    quiet.make("To look at")
    for queue in ("1", "2"):
        found = rights(quiet, queue)
        assert {Permission.CREATE, Permission.REPLY, Permission.EDIT} <= found
        assert Permission.DELETE not in found


# --- signing in ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("user", "secret"), [("sam", "wrong"), ("nobody", "nobody-password"), ("una", "")]
)
def test_who_may_not_in(quiet: FakeWorld, user: str, secret: str):
    server = tracker(quiet.rt.url, user, secret)
    with pytest.raises(SignInError):
        server.sign_in()
    server.close()


def test_a_cookie_that_ran_out_is_no_problem(quiet: FakeWorld):
    quiet.server.sign_in()

    def start(line: Line) -> None:
        line.answer("", status="302 Found", Location="/")

    def ok(line: Line) -> None:
        assert line.header("Cookie") == ""
        line.answer('{"Version": "5"}')

    with hostile(start, ok) as far:
        session = Session(far.url(), "sam", "pw")
        session._has_cookie = True
        assert session.ask("/rt").status == 200
        session.http.close()


def test_a_server_without_a_sign_in_page_is_asked_with_every_request():
    def answer(line: Line) -> None:
        if line.target.startswith("/NoAuth"):
            line.answer("", status="500 Oops")
        else:
            line.answer('{"Version": "5", "Name": "sam", "Privileged": 1}')

    with hostile(answer) as far:
        server = tracker(far.url())
        assert server.sign_in().key == "sam"
        assert all(line.header("Authorization") for line in far.lines if "REST" in line.target)
        server.close()


# --- looking at an address ----------------------------------------------------------------------


def test_an_address_is_looked_at_without_credentials(quiet: FakeWorld):
    found = detect(quiet.rt.url + "/REST/2.0/", "")
    assert (found.kind, found.url, found.version) == ("rt", quiet.rt.url, "5.0.3")


@pytest.mark.parametrize("kind", ["text/html", "application/json"])
def test_something_else_at_an_address(kind: str):
    with hostile(lambda line: line.answer("{}", kind=kind)) as far:
        with pytest.raises(UnknownServerError):
            detect(far.url(), "")
        assert all(not line.header("Authorization") for line in far.lines)


@pytest.mark.parametrize("url", ["", "http://", "ftp://rt.example", "http://me:pw@rt.example"])
def test_what_is_no_address(url: str):
    with pytest.raises(RemoteError):
        detect(url, "")


# --- a plain report -----------------------------------------------------------------------------


def as_rt(line: Line) -> None:
    """As much of RT as a look around needs, to whoever shows a credential."""
    answers = {
        "/REST/2.0/rt": '{"Version": "5.0.9"}',
        "/REST/2.0/user/sam": '{"Name": "sam", "Privileged": 1, "EmailAddress": ""}',
        "/": "RT Version 5.0.9",
    }
    path = urlsplit(line.target).path  # a proxy is told the whole address
    if path.startswith("/REST") and not line.header("Authorization"):
        line.answer('{"message": "Unauthorized"}', status="401 Unauthorized")
    else:
        body = answers.get(path, '{"items": []}')
        line.answer(body, Date="Thu, 26 Nov 2026 10:00:00 GMT")


def test_a_report_tells_who_vouches_for_the_server(tmp_path: Path):
    context, file = certificates(tmp_path, "127.0.0.1")
    with hostile(as_rt, tls=context) as far:
        account = Account(kind="rt", url=far.url("https"), user="sam", certificates=file)
        found = report(account, "pw", RULES)
        assert (found.problem, found.encrypted, found.issuer) == ("", True, "Desk Authority")
        assert found.version == "5.0.9"
        assert found.skew_s is not None
        unknown = report(replace(account, certificates=""), "pw", RULES)
        assert (unknown.problem, unknown.why) == ("not_reached", "certificate")
        assert unknown.agent is None
    missing = report(replace(account, certificates=str(tmp_path / "none.pem")), "pw", RULES)
    assert (missing.problem, missing.why) == ("not_reached", "certificate")


def test_a_report_tells_the_proxy(monkeypatch: pytest.MonkeyPatch):
    with hostile(as_rt) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url().replace("//", "//me:pw@"))
        monkeypatch.setenv("no_proxy", "")
        found = report(Account(kind="rt", url="http://127.0.0.1:9", user="sam"), "pw", RULES)
    assert (found.problem, found.proxy) == ("", f"127.0.0.1:{proxy.port}")


def test_an_address_that_sends_on_to_its_own_https_is_followed_there(tmp_path: Path):
    context, file = certificates(tmp_path, "127.0.0.1")
    with hostile(as_rt, tls=context) as safe:
        where = f"https://127.0.0.1:{safe.port}/REST/2.0/rt"
        with hostile(lambda line: line.answer("", status="301 Moved", Location=where)) as plain:
            found = detect(plain.url(), file)
            assert (found.url, found.version) == (safe.url("https"), "5.0.9")


def test_an_address_that_sends_on_to_another_machine_is_not_followed():
    with hostile(as_rt) as other:
        where = f"http://localhost:{other.port}/REST/2.0/rt"
        with hostile(lambda line: line.answer("", status="301 Moved", Location=where)) as far:
            with pytest.raises(NotReachedError) as found:
                detect(far.url(), "")
            assert found.value.facts["why"] == "portal"
    assert other.lines == []


def test_errors_and_reprs_give_no_secret_away(quiet: FakeWorld):
    server = tracker(quiet.rt.url, "sam", "very-secret")
    with pytest.raises(SignInError) as found:
        server.sign_in()
    told = repr(found.value) + str(found.value) + repr(server) + repr(vars(server.session))
    assert "very-secret" not in told.replace(repr(server.session._secret), "")
    server.close()


def test_a_new_ticket_without_a_text_is_known_again(quiet: FakeWorld):
    order = TestFakeRequestTracker().new(quiet, "No words")
    step = order.step
    assert isinstance(step, NewTicket)
    order = replace(order, step=replace(step, entry=None))
    receipt = quiet.server.send(order, Files())
    found = quiet.server.probe(order)
    assert found is not None
    assert found.ticket == receipt.ticket
    assert read(quiet, receipt.ticket).subject == "No words"
