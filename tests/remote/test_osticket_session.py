"""Signing in: once for each password, silently after an hour's rest, never by force."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from desk_app.bootstrap import lifecycle
from desk_app.domain.entry import EntryKind
from desk_app.domain.mirror import Account
from desk_app.ports.remote_errors import ServerBusyError, SignInError
from desk_app.ports.sign_in import session_secret
from desk_app.remote.connecting import server_for
from desk_app.remote.osticket import found as osticket
from desk_app.remote.osticket.session import Credentials, panel_address
from tests.remote.osticket_panel import pair_at, panel, signed_in
from tests.remote.pairs import Pair
from tests.remote.panel.server import Fate, Panel


@pytest.fixture
def at() -> Iterator[Panel]:
    with panel() as made:
        yield made


@pytest.fixture
def pair(at: Panel, tmp_path) -> Pair:
    made = pair_at(at, tmp_path)
    made.new("First")
    return made


def sign_ins(at: Panel) -> int:
    return at.log.count("POST /scp/login.php")


@pytest.mark.parametrize(
    "pasted",
    [
        "https://desk.example/help/scp/index.php",
        "https://desk.example/help/scp/tickets.php?id=7#reply",
        " https://desk.example/help/scp ",
        "https://desk.example/help/scp/",
        "https://desk.example/help/",
    ],
)
def test_any_page_of_the_panel_is_an_address(pasted: str):
    assert panel_address(pasted) == "https://desk.example/help"


def test_an_osticket_is_found_at_an_address_and_nothing_else_is(at: Panel):
    found = osticket.detect(f"{at.url}/scp/tickets.php?id=7", "")
    assert found is not None
    assert (found.kind, found.url) == ("osticket", at.url)
    assert osticket.detect(f"{at.url}/elsewhere", "") is None
    assert at.tries == {}


def test_its_adapter_is_made_where_all_are_made(at: Panel):
    account = Account(kind="osticket", url=at.url, user="john")
    server = server_for(account, "secret", lifecycle("osticket")[0])
    assert server.sign_in().name == "John Doe"
    server.close()


def test_one_sign_in_serves_many_questions(at: Panel):
    server = signed_in(at)
    assert server.sign_in().name == "John Doe"
    server.directory()
    assert sign_ins(at) == 1


def test_the_program_says_what_it_is_and_whose(at: Panel):
    signed_in(at).sign_in()
    (name,) = at.agents_seen
    assert name.startswith("desk-app/")
    assert "contact: john" in name


def test_an_idle_session_is_begun_again_once_and_silently(at: Panel, pair: Pair):
    ticket = pair.new("Idle")
    at.expire()
    before = sign_ins(at)
    assert pair.ticket(ticket).subject == "Idle"
    assert sign_ins(at) == before + 1
    at.expire()
    pair.note(ticket, "<p>Still here</p>")
    assert len(pair.thread(ticket).entries) == 2
    assert sign_ins(at) == before + 2


def test_a_session_that_ends_just_before_a_note_is_begun_again(at: Panel, pair: Pair):
    ticket = pair.new("Ends")
    sending = pair.posting(ticket, EntryKind.NOTE, "<p>Once</p>")
    at.fates = [Fate.SIGN_OUT]
    pair.server.send(sending, pair.files)
    assert at.truth.posted[sending.command] == 1


def test_a_session_that_ends_just_before_an_edit_is_begun_again(at: Panel, pair: Pair):
    ticket = pair.new("Ends")
    at.fates = [Fate.SIGN_OUT]
    pair.edit(ticket, "answered", False, True)
    assert at.truth.tickets[ticket].answered


def test_a_wrong_password_is_given_once_and_never_again_by_itself(at: Panel):
    server = signed_in(at, secret="wrong")
    for _ in range(10):
        with pytest.raises(SignInError) as refused:
            server.sign_in()
        assert refused.value.facts["why"] == "refused"
    assert sign_ins(at) == 1
    server.session.take_password(Credentials(user="john", password="secret"))
    assert server.sign_in().name == "John Doe"


def test_no_error_holds_the_password(at: Panel):
    server = signed_in(at, secret="wr0ng-secret")
    with pytest.raises(SignInError) as refused:
        server.sign_in()
    chain = [refused.value, refused.value.__cause__, refused.value.__context__]
    assert "wr0ng-secret" not in "".join(map(repr, chain)) + repr(server.session._credentials)


def test_a_password_that_was_changed_signs_out(at: Panel, pair: Pair):
    at.truth.agents["1"].password = "other"
    at.expire()
    with pytest.raises(SignInError):
        pair.server.ticket("1")
    tries = sign_ins(at)
    with pytest.raises(SignInError):
        pair.server.ticket("1")
    assert sign_ins(at) == tries


def test_a_second_factor_is_asked_of_the_agent(at: Panel):
    at.truth.agents["1"].code = "123456"
    server = signed_in(at)
    with pytest.raises(SignInError) as wanted:
        server.sign_in()
    assert wanted.value.facts["why"] == "second_factor"
    assert server.wants_code
    with pytest.raises(SignInError) as wrong:
        server.give_code("000000")
    assert (wrong.value.facts["why"], wrong.value.facts["left"]) == ("wrong_code", 2)
    server.give_code("123456")
    assert not server.wants_code
    assert server.sign_in().name == "John Doe"
    assert (at.tries, sign_ins(at)) == ({}, 3)


def test_no_code_is_tried_so_often_that_the_server_ends_the_sign_in(at: Panel):
    at.truth.agents["1"].code = "123456"
    server = signed_in(at)
    with pytest.raises(SignInError):
        server.sign_in()
    for why in ("wrong_code", "wrong_code", "code_over", "code_over"):
        with pytest.raises(SignInError) as wrong:
            server.give_code("000000")
        assert wrong.value.facts["why"] == why
    assert max(session.strikes for session in at.sessions.values()) == 3
    with pytest.raises(SignInError) as anew:
        server.sign_in()
    assert anew.value.facts["why"] == "second_factor"
    server.give_code("123456")
    assert server.sign_in().name == "John Doe"


def test_a_code_that_comes_too_late_is_no_sign_in_under_its_name(at: Panel):
    at.truth.agents["1"].code = "123456"
    server = signed_in(at)
    with pytest.raises(SignInError):
        server.sign_in()
    at.expire()
    with pytest.raises(SignInError) as late:
        server.give_code("123456")
    assert late.value.facts["why"] == "code_over"
    assert not server.wants_code
    assert at.tries == {}


def test_while_a_code_is_waited_for_no_other_sign_in_asks_for_one_more(at: Panel):
    at.truth.agents["1"].code = "123456"
    server = signed_in(at)
    for _ in range(3):
        with pytest.raises(SignInError) as wanted:
            server.sign_in()
        assert wanted.value.facts["why"] == "second_factor"
    assert sign_ins(at) == 1


def test_a_session_that_gets_another_id_is_kept_under_that(at: Panel):
    signed_in(at).sign_in()
    (cookie,) = (key for key, session in at.sessions.items() if session.agent is not None)
    server = signed_in(at, secret=f"OSTSESSID={cookie}")
    assert server.session_secret == f"OSTSESSID={cookie}"
    server.sign_in()
    at.renamed = {cookie: "another"}
    at.sessions["another"] = at.sessions[cookie]
    server.sign_in()
    assert server.session_secret == "OSTSESSID=another"
    assert signed_in(at).session_secret == ""


@pytest.mark.parametrize(
    "pasted",
    ["k1d", " k1d\n", '"k1d"', "OSTSESSID=k1d", "a=b; OSTSESSID=k1d; c=d", "OSTSESSID: k1d"],
)
def test_a_session_is_found_in_what_people_copy(pasted: str):
    assert session_secret("osticket", pasted) == "OSTSESSID=k1d"


def test_what_is_no_session_is_none():
    assert session_secret("osticket", "my pass word") == ""
    assert session_secret("osticket", "a=b; c=d") == ""
    assert session_secret("rt", "k1d") == ""


def test_a_pasted_cookie_is_a_session_too(at: Panel):
    signed_in(at).sign_in()
    (cookie,) = (key for key, session in at.sessions.items() if session.agent is not None)
    server = signed_in(at, secret=f"OSTSESSID={cookie}")
    assert server.sign_in().name == "John Doe"
    at.expire()
    with pytest.raises(SignInError) as over:
        server.sign_in()
    assert over.value.facts["why"] == "session_over"


def test_a_help_desk_that_is_offline_is_no_reason_to_ask_for_a_password(at: Panel, pair: Pair):
    at.offline = True
    with pytest.raises(ServerBusyError) as closed:
        pair.server.ticket("1")
    assert closed.value.facts["retry_after"] == 600
    assert closed.value.facts["detail"] == "System Offline"
    at.offline = False
    assert pair.server.ticket("1")


def test_a_token_that_went_stale_is_taken_anew(at: Panel, pair: Pair):
    ticket = pair.new("Token")
    sending = pair.posting(ticket, EntryKind.NOTE, "<p>Once</p>")
    for session in at.sessions.values():
        session.token = "another"
    pair.server.session._token = "stale"
    pair.server.send(sending, pair.files)
    assert at.truth.posted[sending.command] == 1


def test_a_busy_server_is_no_refusal(at: Panel, pair: Pair):
    ticket = pair.new("Busy")
    sending = pair.posting(ticket, EntryKind.NOTE, "<p>Later</p>")
    at.fates = [Fate.BUSY]
    with pytest.raises(ServerBusyError):
        pair.server.send(sending, pair.files)
    assert pair.server.probe(sending) is None
    again = replace(sending, version=pair.ticket(ticket).version)
    assert pair.server.send(again, pair.files).entry


def test_no_other_host_is_ever_asked(at: Panel, pair: Pair):
    """The guard of every test fails on a connection that leaves; pages name foreign pictures."""
    ticket = pair.new("Pictures")
    assert "pictures.example" in pair.server.session.get(f"tickets.php?id={ticket}").body.decode()
    pair.thread(ticket)
    assert all("pictures" not in line for line in at.log)
