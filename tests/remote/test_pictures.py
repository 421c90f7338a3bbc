"""Pictures from other machines: what is fetched, what is told to those, and what is refused."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from desk_app.domain.errors import PictureRefusedError
from desk_app.remote.pictures import HttpPictures, is_private

PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 100


class Site(ThreadingHTTPServer):
    """A machine elsewhere that answers as it is told and keeps what it was told."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Answer)
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.answers: dict[str, tuple[int, dict[str, str], bytes]] = {}

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.server_address[1]}{path}"


class _Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append((self.path, dict(self.headers)))
        status, headers, body = self.server.answers[self.path]
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.fixture
def site() -> Iterator[Site]:
    server = Site()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def picture(kind="image/png", body=PNG, **headers):
    return 200, {"Content-Type": kind, **headers}, body


OPEN = HttpPictures(refused=lambda address: address == "127.0.0.2")


def refusal(source: HttpPictures, url: str) -> object:
    with pytest.raises(PictureRefusedError) as caught:
        source.fetch(url)
    return caught.value.facts["why"]


def test_a_picture_is_fetched_and_nothing_is_told_of_who_asks(site):
    site.answers["/a.png"] = picture(**{"Set-Cookie": "id=1; Path=/"})
    assert OPEN.fetch(site.url("/a.png")) == PNG
    assert OPEN.fetch(site.url("/a.png")) == PNG
    for _, headers in site.asked:
        assert set(headers) <= {"Host", "Accept", "Accept-Encoding", "User-Agent", "Connection"}
        assert "desk" not in headers["User-Agent"].lower()
        assert "python" not in headers["User-Agent"].lower()


def test_a_cookie_set_on_the_way_is_not_sent_on(site):
    site.answers["/a"] = (302, {"Location": "/b", "Set-Cookie": "id=1; Path=/"}, b"")
    site.answers["/b"] = picture()
    assert OPEN.fetch(site.url("/a")) == PNG
    assert "Cookie" not in site.asked[1][1]


def test_the_house_net_is_never_asked(site):
    assert refusal(HttpPictures(), site.url("/a.png")) == "private"
    assert refusal(HttpPictures(), site.url("/a.png", "localhost")) == "private"
    assert site.asked == []


def test_a_redirect_into_the_house_net_is_not_followed(site):
    site.answers["/a"] = (302, {"Location": site.url("/b", "127.0.0.2")}, b"")
    site.answers["/b"] = picture()
    assert refusal(OPEN, site.url("/a")) == "private"
    assert [path for path, _ in site.asked] == ["/a"]


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://x.example/a", "http://u:p@x.y/"])
def test_a_redirect_to_another_kind_of_address_is_not_followed(site, target):
    site.answers["/a"] = (302, {"Location": target}, b"")
    assert refusal(OPEN, site.url("/a")) == "address"


def test_a_ring_of_redirects_ends(site):
    site.answers["/a"] = (302, {"Location": "/a"}, b"")
    assert refusal(OPEN, site.url("/a")) == "redirect"
    assert len(site.asked) == 4


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (picture("image/svg+xml", b"<svg/>"), "type"),
        (picture("text/html"), "type"),
        (picture(**{"Content-Encoding": "gzip"}), "type"),
        ((404, {"Content-Type": "image/png"}, PNG), "status"),
        (picture(body=PNG * 100), "size"),
    ],
)
def test_what_is_no_small_picture_is_refused(site, answer, why):
    site.answers["/a"] = answer
    source = HttpPictures(refused=lambda _: False, largest_bytes=1000)
    assert refusal(source, site.url("/a")) == why


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://x.y/a", "javascript:1", "http://", "http://a:b@c.d/", "x"]
)
def test_other_addresses_are_refused_unasked(url):
    assert refusal(OPEN, url) == "address"


def test_a_machine_that_is_not_there_is_a_refusal(site):
    site.server_close()
    assert refusal(OPEN, site.url("/a")) == "unreachable"


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "192.168.0.1", "172.16.9.9", "169.254.169.254", "0.0.0.0"),
        *("::1", "fe80::1%eth0", "fd00::1", "::ffff:10.0.0.1", "::ffff:127.0.0.1"),
        *("224.0.0.1", "100.64.0.1"),
    ],
)
def test_addresses_of_the_house_are_private(address):
    assert is_private(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_addresses_of_the_open_net_are_not(address):
    assert not is_private(address)
