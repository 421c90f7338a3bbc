"""Every request has its line in the sync log, and no line gives anything away."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from desk_app.domain.asked import RequestLine
from desk_app.domain.mirror import Account
from desk_app.ports.remote_errors import SignInError
from desk_app.remote.http import Ask, HttpServer
from desk_app.remote.journal import KEPT
from desk_app.remote.request_tracker.server import RequestTracker
from desk_app.remote.request_tracker.session import Session
from desk_app.sync.link import ServerLink
from desk_app.system.keyring_secrets import KeyringSecrets
from desk_app.system.only_one import only_one
from tests.remote.fake_rt import FakeRt, Fate, fake_rt
from tests.remote.hostile import Line, hostile
from tests.remote.osticket_desk import PanelClient
from tests.remote.osticket_panel import panel, signed_in
from tests.remote.rt_desk import RULES, FakeClient
from tests.remote.test_http import WRITE, made

WORDS = "The vault opens with swordfish"


@pytest.fixture
def rt() -> Iterator[FakeRt]:
    with fake_rt() as server:
        body = {"Queue": "Support", "Subject": "Printer", "Requestor": "una@out.test"}
        server.make("una", body | {"Content": WORDS})
        yield server


@pytest.fixture
def client(rt: FakeRt, tmp_path: Path) -> FakeClient:
    return FakeClient(tmp_path / "sam", rt.url)


def asked(client: FakeClient | PanelClient) -> list[RequestLine]:
    """Oldest first."""
    return client.reader.sync_requests(limit=10_000)[::-1]


def table(folder: Path) -> str:
    """All that the desk keeps of requests and decisions, as text."""
    with closing(sqlite3.connect(folder / "desk.sqlite")) as connection:
        dump = connection.iterdump()
        return "\n".join(x for x in dump if re.match(r'INSERT INTO "?sync_', x))


def test_each_request_to_request_tracker_has_one_line(client: FakeClient, rt: FakeRt):
    assert client.sync().problem == ""
    lines = asked(client)
    assert len(lines) == client.server.session.http.requests == len(rt.requests)
    assert [line.id for line in lines] == list(range(1, len(lines) + 1))
    read = next(line for line in lines if line.path.startswith("/REST/2.0/transactions?"))
    assert (read.method, read.status, read.outcome) == ("GET", 200, "answered")
    assert re.fullmatch(r"/REST/2.0/transactions\?per_page=\d+&page=1", read.path)
    assert read.got > 0
    assert any(re.fullmatch(r"/REST/2.0/ticket/1/history\?.*", line.path) for line in lines)


def test_what_was_sent_for_a_command_names_it_and_what_was_only_read_does_not(
    client: FakeClient, rt: FakeRt
):
    client.sync()
    quiet = len(asked(client))
    event = client.note("1", "Toner ordered")
    client.sync()
    new = asked(client)[quiet:]
    posts = [line for line in new if line.method == "POST" and line.path.endswith("/comment")]
    assert [(line.command, line.status) for line in posts] == [(event.command, 201)]
    assert posts[0].sent > len("Toner ordered")
    before = [line for line in new if line.path == "/REST/2.0/ticket/1"]
    assert before[0].command == event.command  # looked at first, for its sake
    assert "" in {line.command for line in new}


def test_a_lost_answer_and_a_busy_server_are_told(client: FakeClient, rt: FakeRt):
    client.sync()
    client.note("1", "Toner ordered")
    rt.fates = [Fate.BUSY]
    client.sync()
    client.wait(3600)
    rt.fates = [Fate.LOSE_ANSWER]
    client.sync()
    found = {(line.status, line.outcome) for line in asked(client)}
    assert (503, "server_busy") in found or (429, "server_busy") in found
    assert any(status == 0 and outcome.startswith("no") for status, outcome in found), found


def test_a_server_that_is_not_there_leaves_a_line(client: FakeClient, rt: FakeRt):
    client.server.session.http.url = "http://127.0.0.1:9"  # nobody listens there
    assert client.sync().problem == "not_reached"
    (line,) = asked(client)[-1:]
    assert (line.status, line.outcome) == (0, "not_reached offline")


def test_nothing_secret_and_nothing_written_is_in_the_log(
    client: FakeClient, rt: FakeRt, tmp_path: Path
):
    client.server.session.http.keep_cookie("proxy", "c00kie-of-sam")
    client.sync()
    client.note("1", "The PIN is 4711-0815")
    client.sync()
    kept = table(tmp_path / "sam")
    assert kept.count("sync_request") == len(rt.requests)
    assert "c00kie-of-sam" in client.server.session.http.cookies.values()
    for secret in ("sam-password", "swordfish", "4711-0815", "Owner", "c00kie-of-sam"):
        assert secret not in kept


def test_nothing_secret_is_in_the_log_of_an_osticket_desk(tmp_path: Path):
    with panel() as at:
        karen = at.truth.user("Karen Weber", "karen@bank.example")
        ticket = at.truth.open("Screen", karen, f"<p>{WORDS}</p>")
        client = PanelClient(tmp_path / "john", signed_in(at))
        assert client.sync().problem == ""
        event = client.note(ticket.id, "The PIN is 4711-0815")
        client.settle()
        session = client.server.session
        lines = asked(client)
        assert len(lines) == session.http.requests
        assert any(line.path == f"/scp/tickets.php?id={ticket.id}" for line in lines)
        assert event.command in {line.command for line in lines if line.method == "POST"}
        kept = table(tmp_path / "john")
        secrets = (*session.http.cookies.values(), session._token, session._credentials.password)
        assert all(secrets)
        for secret in ("swordfish", "4711-0815", *secrets):
            assert secret not in kept


def test_a_path_that_may_hold_a_key_is_shortened_and_a_query_left_out():
    key = "a1" * 30

    def far(line: Line) -> None:
        if line.target.startswith("/go"):
            line.answer(
                "", status="302 Found", Location=f"/file/{key};jsessionid=77?key={key}&id=12"
            )
        else:
            line.answer('{"id": 7}')

    with hostile(far) as server:
        http = made(server.url())
        http.ask(Ask(path="/go?code=123456&page=2", params=(("query", "x"), ("per_page", "5"))))
        http.ask(WRITE)
        http.close()
    lines = http.journal.take()
    assert [(line.method, line.path, line.outcome) for line in lines] == [
        ("GET", "/go?page=2&per_page=5", "moved"),
        ("GET", "/file/…?id=12", "answered"),
        ("POST", "/ticket", "answered"),
    ]
    assert lines[2].sent == len(WRITE.body or b"")
    assert http.journal.take() == []


def test_only_the_last_of_very_many_are_kept():
    with hostile(lambda line: line.answer("{}")) as server:
        http = HttpServer(server.url())
        http.ask(Ask(path="/first"))
        line = http.journal.take()[0]
        http.journal._lines.extend([line] * (KEPT + 5))
        assert len(http.journal.take()) == KEPT
        http.close()


def test_the_desk_keeps_the_newest_ten_thousand(client: FakeClient):
    client.sync()
    line = asked(client)[0]
    for _ in range(11):
        with client.desk.sync_unit() as unit:
            unit.log_requests([line] * 1000)
            unit.commit()
    assert len(client.reader.sync_requests(limit=99_999)) == 10_000


def test_a_sign_in_that_fails_leaves_its_requests(rt: FakeRt, client: FakeClient, tmp_path: Path):
    def connect(account: Account, secret: str) -> RequestTracker:
        return RequestTracker(Session(account.url, account.user, secret), lifecycle=RULES)

    link = ServerLink(
        client.desk, connect, KeyringSecrets(), only_one=lambda: only_one(tmp_path / "sam")
    )
    with pytest.raises(SignInError):
        link.sign_in("wrong-word")
    assert [(line.path, line.status, line.outcome) for line in asked(client)] == [
        ("/REST/2.0/rt", 401, "sign_in")
    ]
    assert "wrong-word" not in table(tmp_path / "sam")
