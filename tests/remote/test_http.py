"""One server over HTTP: what it is told, and what every kind of failure is taken for."""

import gzip
import json
import logging
import ssl
import threading
import traceback
from pathlib import Path

import pytest
import trustme
from requests.auth import HTTPBasicAuth

from desk_app.ports.remote_errors import (
    NoAnswerError,
    NotReachedError,
    RemoteError,
    ServerBusyError,
    SignInError,
    UnreadableAnswerError,
)
from desk_app.remote.http import Ask, HttpServer, Limits
from tests.remote.hostile import Line, hostile

SECRET = "s3cr3t-of-sam"
QUICK = Limits(connect_s=5, read_s=5, whole_s=0.5, bytes=10_000_000)
WRITE = Ask(method="POST", path="/ticket", body=b'{"Content":"my words"}', writes=True)


def ok(line: Line) -> None:
    line.answer('{"id": 7}')


def made(url: str, **more) -> HttpServer:
    return HttpServer(url, **{"auth": HTTPBasicAuth("sam", SECRET), **more})


def failure(url: str, ask: Ask, **more) -> RemoteError:
    """The error that a request ends in; nothing of it may give away anything."""
    server = made(url, **more)
    with pytest.raises(RemoteError) as found:
        server.ask(ask)
    server.close()
    error = found.value
    whole = "".join(traceback.format_exception(error)) + repr(error.facts)
    assert error.__context__ is None  # it would carry the request along
    assert [word for word in (SECRET, "c2Ft", "my words", "who=me") if word in whole] == []
    return error


def read(path: str = "/rt") -> Ask:
    return Ask(path=path, params=(("who", "me"),))


@pytest.fixture
def closed_port() -> str:
    with hostile(ok) as server:
        return server.url()


# --- what is sent ------------------------------------------------------------------------------


def test_a_read_names_the_program_signs_in_and_takes_packed_answers():
    def packed(line: Line) -> None:
        line.answer(gzip.compress(b'{"id": 7}'), Content_Encoding="gzip")

    with hostile(packed) as far:
        server = made(far.url() + "/rt5/")
        answer = server.read("/REST/2.0/rt", ("fields", "a b"))
        server.close()
    (line,) = far.lines
    assert answer.decoded(dict) == {"id": 7}
    assert line.target == "/rt5/REST/2.0/rt?fields=a+b"
    assert line.header("User-Agent").startswith("desk-app/")
    assert line.header("Authorization").startswith("Basic ")
    assert "gzip" in line.header("Accept-Encoding")


def test_one_line_serves_many_requests():
    with hostile(ok) as far:
        server = made(far.url())
        for _ in range(5):
            server.read("/rt")
        server.ask(WRITE)
        server.close()
    assert (far.connections, len(far.lines)) == (1, 6)


def test_a_form_with_a_file_and_a_cookie():
    def cookie(line: Line) -> None:
        line.answer("{}", Set_Cookie="SID=abc; Path=/")

    form = Ask(
        path="/login",
        method="POST",
        form=(("user", "sam"), ("a[]", "1"), ("a[]", "2")),
        files=(("upload", ("page.pdf", b"%PDF", "application/pdf")),),
        writes=True,
    )
    with hostile(cookie, ok) as far:
        server = made(far.url(), auth=None)
        server.ask(form)
        server.read("/next")
        assert server.cookies == {"SID": "abc"}
        server.forget_cookies()
        server.read("/next")
        server.close()
    first, second, third = far.lines
    assert b"page.pdf" in first.body
    assert first.body.count(b'name="a[]"') == 2
    assert second.header("Cookie") == "SID=abc"
    assert third.header("Cookie") == ""


def test_at_most_two_requests_at_once_to_a_server_whoever_asks():
    meet = threading.Barrier(2, timeout=20)

    def together(line: Line) -> None:
        meet.wait()  # a third would never find a partner
        line.answer("{}")

    with hostile(together) as far:
        servers = [made(far.url()) for _ in range(2)]
        threads = [threading.Thread(target=servers[n % 2].read, args=("/rt",)) for n in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for server in servers:
            server.close()
    assert far.most_at_once == 2


def test_a_large_body_goes_out_whole():
    big = Ask(method="POST", path="/ticket", body=b"x" * 3_000_000, writes=True)
    with hostile(ok) as far:
        server = made(far.url())
        server.ask(big)
        server.close()
    assert far.lines[0].body == big.body


def test_the_persons_netrc_is_not_read(own_home: Path, monkeypatch):
    netrc = own_home / ".netrc"
    netrc.write_text(f"machine 127.0.0.1 login other password {SECRET}\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    with hostile(ok) as far:
        server = made(far.url(), auth=None)
        server.read("/rt")
        server.close()
    assert far.lines[0].header("Authorization") == ""


@pytest.mark.parametrize(
    "url", ["ftp://a", "rt.example", "http://", "http://me:pw@a", "http://a?b", "http://a:99999"]
)
def test_what_is_no_address_is_refused(url):
    with pytest.raises(ValueError, match="address"):
        made(url)


# --- surely not sent ---------------------------------------------------------------------------


@pytest.mark.parametrize("ask", [read(), WRITE], ids=["read", "write"])
def test_nobody_there(closed_port: str, ask):
    error = failure(closed_port, ask)
    assert isinstance(error, NotReachedError)
    assert error.facts == {"host": "127.0.0.1", "why": "offline", "detail": "Connection refused"}


def certificates(folder: Path, *names: str) -> tuple[ssl.SSLContext, str]:
    """A server's context for these names, and the file of the authority behind it."""
    authority = trustme.CA(organization_name="Desk Authority")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(context)
    file = folder / "authority.pem"
    authority.cert_pem.write_to_path(str(file))
    return context, str(file)


def test_a_certificate_of_an_authority_of_ones_own(tmp_path: Path):
    context, file = certificates(tmp_path, "127.0.0.1")
    with hostile(ok, tls=context) as far:
        server = made(far.url("https"), certificates=file)
        answer = server.read("/rt")
        server.ask(WRITE)
        server.close()
    assert answer.issuer == "Desk Authority"
    assert far.connections == 1


@pytest.mark.parametrize("ask", [read(), WRITE], ids=["read", "write"])
def test_an_unknown_authority(tmp_path: Path, ask):
    context, _ = certificates(tmp_path, "127.0.0.1")
    with hostile(ok, tls=context) as far:
        error = failure(far.url("https"), ask)
    assert isinstance(error, NotReachedError)
    assert error.facts["why"] == "certificate"
    assert "certificate" in str(error.facts["detail"])
    assert far.lines == []


def test_a_certificate_for_another_name(tmp_path: Path):
    context, file = certificates(tmp_path, "desk.example")
    with hostile(ok, tls=context) as far:
        error = failure(far.url("https"), WRITE, certificates=file)
    assert error.facts["why"] == "certificate"
    assert far.lines == []


def test_no_tls_where_it_was_due():
    with hostile(ok, greeting=b"220 not TLS\r\n") as far:
        error = failure(far.url("https"), WRITE)
    assert isinstance(error, NotReachedError)
    assert error.facts["why"] == "certificate"
    assert error.facts["detail"] == "wrong version number"


def test_a_proxy_that_is_not_there(closed_port: str, monkeypatch):
    monkeypatch.setenv("http_proxy", f"http://me:{SECRET}@{closed_port[7:]}")
    monkeypatch.setenv("no_proxy", "")
    error = failure("http://127.0.0.1:9", WRITE)
    assert isinstance(error, NotReachedError)
    assert error.facts["why"] == "proxy"


@pytest.mark.parametrize("status", ["407 Proxy Authentication Required", "403 Forbidden"])
def test_a_proxy_that_refuses_a_tunnel(monkeypatch, status):
    def refuse(line: Line) -> None:
        line.answer("no", status=status)

    with hostile(refuse) as proxy:
        monkeypatch.setenv("https_proxy", proxy.url())
        monkeypatch.setenv("no_proxy", "")
        error = failure("https://127.0.0.1:9", WRITE)
        assert isinstance(error, NotReachedError)
        assert error.facts["why"] == "proxy"
        assert status[:3] in str(error.facts["detail"])
    assert proxy.lines[0].head.startswith("CONNECT 127.0.0.1:9")
    assert proxy.lines[0].header("Authorization") == ""


def test_a_plain_proxy_that_wants_to_know_who_asks(monkeypatch):
    def refuse(line: Line) -> None:
        line.answer("no", status="407 Proxy Authentication Required")

    with hostile(refuse) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url())
        monkeypatch.setenv("no_proxy", "")
        error = failure("http://127.0.0.1:9", WRITE)
    assert isinstance(error, NotReachedError)
    assert error.facts["why"] == "proxy"


def test_a_proxy_is_named_in_the_answer(monkeypatch):
    with hostile(ok) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url().replace("//", "//me:pw@"))
        monkeypatch.setenv("no_proxy", "")
        server = made("http://127.0.0.1:9")
        assert server.read("/rt").proxy == f"127.0.0.1:{proxy.port}"
        server.close()


# --- went out, and no whole answer came --------------------------------------------------------


def cut_body(line: Line) -> None:
    line.say("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{")
    line.socket.close()


def silent(line: Line) -> None:
    line.done.wait()


def loris(line: Line) -> None:
    """A header that never ends, a piece at a time."""
    line.say("HTTP/1.1 200 OK\r\nX-Slow: ")
    while not line.done.wait(0.05):
        line.say("x")


def endless(line: Line) -> None:
    """A body that ends with the line, and the line does not end."""
    line.say("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{}")
    while not line.done.wait(0.05):
        line.say(" ")


@pytest.mark.parametrize(
    ("script", "why"),
    [
        (Line.reset, "cut"),
        (cut_body, "cut"),
        (silent, "timeout"),
        (loris, "timeout"),
        (endless, "timeout"),
    ],
)
@pytest.mark.parametrize("writes", [False, True])
def test_no_whole_answer(script, why, writes):
    ask = WRITE if writes else read()
    with hostile(script) as far:
        error = failure(far.url(), ask, limits=QUICK)
        assert isinstance(error, NoAnswerError if writes else NotReachedError)
        assert error.facts["why"] == why
        assert len(far.lines) == (2 if why == "cut" and not writes else 1)  # a write goes out once


def test_a_handshake_that_never_ends_was_no_request():
    def nothing(line: Line) -> None:
        raise AssertionError("no request can come")

    with hostile(nothing) as far:  # it waits for a head that the greeting is none of
        error = failure(far.url("https"), WRITE, limits=QUICK)
    assert isinstance(error, NotReachedError)
    assert error.facts["detail"] == "timed out"


def test_a_tls_line_that_breaks_after_the_request_is_no_wrong_certificate(tmp_path: Path):
    context, file = certificates(tmp_path, "127.0.0.1")
    with hostile(Line.reset, tls=context) as far:
        error = failure(far.url("https"), WRITE, certificates=file)
        assert isinstance(error, NoAnswerError)
        assert len(far.lines) == 1


def test_a_read_is_asked_again_when_an_idle_line_was_closed():
    with hostile(ok, Line.reset, ok) as far:
        server = made(far.url())
        server.read("/rt")
        assert server.read("/rt").decoded(dict) == {"id": 7}
        server.close()
    assert len(far.lines) == 3


@pytest.mark.parametrize("writes", [False, True])
def test_closing_breaks_off_what_is_under_way(writes):
    ask = WRITE if writes else read()
    asked = threading.Event()

    def wait(line: Line) -> None:
        asked.set()
        line.done.wait()

    with hostile(wait, ok) as far:
        server = made(far.url())

        def close() -> None:
            asked.wait()
            server.close()

        closer = threading.Thread(target=close)
        closer.start()
        with pytest.raises(NoAnswerError if writes else NotReachedError) as found:
            server.ask(ask)
        closer.join()
        assert found.value.facts["why"] == "cut"
        assert len(far.lines) == 1  # not asked again by itself
        assert server.read("/rt").decoded(dict) == {"id": 7}
        server.close()


# --- answers -----------------------------------------------------------------------------------


def refuse(status: str, **headers: str):
    return lambda line: line.answer("{}", status=status, **headers)


def test_wrong_credentials():
    with hostile(refuse("401 Unauthorized")) as far:
        for ask in (read(), WRITE):
            assert isinstance(failure(far.url(), ask), SignInError)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Retry_After": "120"}, 120),
        ({"Retry_After": "soon"}, None),
        ({"Retry_After": "-5"}, None),
        ({"Retry_After": "1e9"}, None),
        ({"Retry_After": "²"}, None),
        ({"Retry_After": "9" * 20}, 86_400),
        ({"Retry_After": "9" * 400}, 86_400),
        ({"Retry_After": "Fri, 31 Dec 9999 23:59:59 GMT"}, 86_400),
        (
            {  # the server lives in 1999, and it is its own clock that counts
                "Retry_After": "Fri, 01 Jan 1999 10:02:00 GMT",
                "Date": "Fri, 01 Jan 1999 10:00:30 GMT",
            },
            90,
        ),
        ({"Retry_After": "Fri, 01 Jan 1999 10:02:00 GMT"}, 0),
    ],
)
@pytest.mark.parametrize("status", ["429 Too Many Requests", "503 Service Unavailable"])
def test_busy(headers, seconds, status):
    with hostile(refuse(status, **headers)) as far:
        error = failure(far.url(), WRITE)
    assert isinstance(error, ServerBusyError)
    assert error.facts["retry_after"] == seconds


def test_a_failure_of_the_server_itself():
    with hostile(refuse("500 Oops")) as far:
        assert isinstance(failure(far.url(), read()), UnreadableAnswerError)
        assert isinstance(failure(far.url(), WRITE), NoAnswerError)


def test_a_page_where_json_was_due():
    def login(line: Line) -> None:
        line.answer("<html>Welcome to Hotel WLAN</html>", kind="text/html; charset=utf-8")

    with hostile(login) as far:
        server = made(far.url())
        with pytest.raises(NotReachedError) as found:
            server.read("/rt").decoded(dict)
        assert found.value.facts["why"] == "portal"
        with pytest.raises(NoAnswerError):
            server.ask(WRITE).decoded(dict)
        server.close()


def test_a_network_that_wants_a_sign_in_first():
    with hostile(refuse("511 Network Authentication Required")) as far:
        assert failure(far.url(), WRITE).facts["why"] == "portal"


@pytest.mark.parametrize("body", ['{"id": ', b"\xff\xfe", "[1, 2]", '{"id": "seven"}'])
def test_json_that_is_none_or_another(body):
    with hostile(lambda line: line.answer(body)) as far:
        server = made(far.url())
        answer = server.read("/rt")
        with pytest.raises(UnreadableAnswerError):
            answer.decoded(dict[str, int])
        server.close()


def test_what_is_too_large_is_not_read():
    def huge(line: Line) -> None:
        line.say("HTTP/1.1 200 OK\r\nContent-Length: 30000000\r\n\r\n")
        for _ in range(300):
            line.say(b" " * 100_000)

    def chunks(line: Line) -> None:
        line.say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in range(300):
            line.say(b"186a0\r\n" + b" " * 100_000 + b"\r\n")
        line.say("0\r\n\r\n")

    def bomb(line: Line) -> None:
        line.answer(gzip.compress(b" " * 30_000_000), Content_Encoding="gzip")

    file = Ask(path="/attachment/9", largest=40_000_000)
    for script in (huge, chunks, bomb):
        with hostile(script) as far:
            error = failure(far.url(), read(), limits=Limits(bytes=20_000_000))
            assert isinstance(error, UnreadableAnswerError)
            assert error.facts["why"] == "too_large"
            server = made(far.url())
            assert len(server.ask(file).body) == 30_000_000
            server.close()


def test_clocks_that_differ():
    with hostile(lambda line: line.answer("{}", Date="Fri, 01 Jan 1999 10:00:00 GMT")) as far:
        server = made(far.url())
        skew = server.read("/rt").clock_skew
        server.close()
    assert skew is not None
    assert skew < -800_000_000


# --- redirects ---------------------------------------------------------------------------------


def to(url: str, status: str = "302 Found"):
    return lambda line: line.answer("", status=status, Location=url)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_nothing_follows_to_another_place(host):
    with hostile(ok) as other:
        there = f"http://{host}:{other.port}/rt"
        with hostile(to(there)) as far:
            error = failure(far.url(), read())
            assert error.facts["why"] == "portal"
            assert error.facts["to"] == f"http://{host}:{other.port}"
            assert isinstance(failure(far.url(), WRITE), NoAnswerError)
    assert other.lines == []


def test_nothing_follows_from_https_to_http(tmp_path: Path):
    context, file = certificates(tmp_path, "127.0.0.1")
    with hostile(ok, tls=context) as far:
        far.scripts[0] = to(f"http://127.0.0.1:{far.port}/")
        error = failure(far.url("https"), read(), certificates=file)
        assert error.facts["to"] == f"http://127.0.0.1:{far.port}"
        assert len(far.lines) == 1


def test_a_form_goes_on_where_the_same_server_points_to():
    form = Ask(path="/login", method="POST", form=(("user", "sam"),), writes=True)
    with hostile(to("/inside?x=1"), ok) as far:
        server = made(far.url())
        answer = server.ask(form)
        server.close()
    assert [line.head.split(" ", 1)[0] for line in far.lines] == ["POST", "GET"]
    assert (answer.path, answer.hops) == ("/inside?x=1", 1)
    assert far.lines[1].body == b""


@pytest.mark.parametrize("second", [refuse("503 Busy"), refuse("401 No"), Line.reset])
def test_what_was_taken_before_a_redirect_is_not_called_unsent(second):
    with hostile(to("/inside"), second) as far:
        assert isinstance(failure(far.url(), WRITE), NoAnswerError)


def test_a_server_that_points_on_for_ever():
    with hostile(to("/round")) as far:
        assert isinstance(failure(far.url(), read()), UnreadableAnswerError)
    assert len(far.lines) < 10


# --- nothing is given away ---------------------------------------------------------------------


def test_the_log_and_reprs_tell_no_secret(caplog):
    caplog.set_level(logging.DEBUG)
    with hostile(ok) as far:
        server = made(far.url())
        answer = server.ask(Ask(path="/s", params=(("q", SECRET),), body=SECRET.encode()))
        server.close()
    told = (
        caplog.text + repr(answer) + repr(server) + repr(answer.asked) + json.dumps(answer.status)
    )
    assert SECRET not in told
