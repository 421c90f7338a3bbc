"""A server is added on one page: address, sign in, test, what to keep; or there is sample data."""

import threading
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QSettings, Qt

from desk_app.bootstrap import OpenDesk, ServerSetup, secrets
from desk_app.domain.entry import EntryKind
from desk_app.known_desks import KnownDesks
from desk_app.ports.connection import ConnectionReport, Detected
from desk_app.ports.remote import RemoteAgent
from desk_app.ports.remote_errors import NotReachedError, SignInError, UnknownServerError
from desk_app.remote.connecting import ADAPTERS
from desk_app.ui.app import open_window
from desk_app.ui.first_run import FirstRun
from desk_app.ui.report_texts import report_lines
from tests.builders import make_directory
from tests.sync.oracle import Oracle, OracleServer
from tests.ui.linked import ANA

URL = "https://desk.acme.example/rt"
SECRET = "correct horse"
WELL = ConnectionReport(
    url=URL,
    product="Request Tracker",
    version="5.0.3",
    encrypted=True,
    issuer="Acme CA",
    proxy="proxy.acme.example:3128",
    skew_s=600,
    agent=RemoteAgent(key="sam", name="Sam Lee", email="sam@acme.example"),
    departments={"support": "Support", "sales": "Sales"},
    rights=("reply", "note"),
)


class OneServer(ServerSetup):
    """Knows one address and one password; makes real desks."""

    def __init__(self, server: OracleServer) -> None:
        self.server = server
        self.seen: list[object] = []

    def detect(self, url: str, certificates: str = "") -> Detected:
        if "acme" not in url:
            raise UnknownServerError(kind="", detail="")
        if "down" in url:
            raise NotReachedError(host=url, why="certificate", detail="")
        return Detected(kind="rt", url=URL, product="Request Tracker", version="5.0.3")

    def test(self, kind, url, user, secret, certificates=""):
        if secret != SECRET:
            return ConnectionReport(url=url, encrypted=True, problem="sign_in", why="refused")
        return replace(WELL, capabilities=self.server.capabilities)

    def add(self, folder, account, secret):
        self.seen.append(account)
        if secret != SECRET:
            raise SignInError(why="refused", detail="")
        return super().add(folder, account, secret)


class TestDesks(KnownDesks):
    __test__ = False

    def __init__(self, file: Path, servers: OneServer) -> None:
        super().__init__(file)
        self.servers = servers


@pytest.fixture
def server(monkeypatch):
    oracle = Oracle(make_directory())
    kept = oracle.make("Printer", ANA, owner="sam")
    oracle.post(kept, EntryKind.MESSAGE, "It is broken", author_email=ANA.email)
    made = OracleServer(oracle)
    monkeypatch.setitem(ADAPTERS, "rt", lambda account, secret, rules: made)
    return made


@pytest.fixture
def desks(server, tmp_path):
    return TestDesks(tmp_path / "desks.json", OneServer(server))


@pytest.fixture
def first(qtbot, qapp, desks):
    window = FirstRun(lambda: desks)
    window.show()
    yield window
    window.close()
    if window.opened is not None:
        window.opened.close()
        window.opened.deleteLater()
    window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def give(qtbot, line, text):
    line.clear()
    qtbot.keyClicks(line, text)
    qtbot.keyClick(line, Qt.Key.Key_Return)


def lines(view):
    return [view.report.item(n).text() for n in range(view.report.count())]


def signed_in(qtbot, view):
    give(qtbot, view.address, "desk.acme.example")
    qtbot.waitUntil(view.user.hasFocus)
    qtbot.keyClicks(view.user, "sam")
    give(qtbot, view.secret, SECRET)
    qtbot.waitUntil(view.add.isVisible)


def test_a_server_is_added_in_steps_by_keys_and_its_desk_opens(qtbot, first, desks, server):
    view = first.view
    assert view.address.hasFocus()
    assert not view.user.isVisible()
    give(qtbot, view.address, "desk.acme.example")
    qtbot.waitUntil(view.user.hasFocus)
    assert view.found.text() == f"Request Tracker 5.0.3 answers at {URL}."
    assert "only until you quit" in view.where.text()
    qtbot.keyClicks(view.user, "sam")
    qtbot.keyClick(view.user, Qt.Key.Key_Return)
    give(qtbot, view.secret, SECRET)
    qtbot.waitUntil(view.add.hasFocus)
    view.days.setValue(30)
    view.megabytes.setValue(5)
    view.departments["sales"].setFocus()
    qtbot.keyClick(view.departments["sales"], Qt.Key.Key_Space)
    assert view.name.text() == "desk.acme.example"
    qtbot.keyClick(view.add, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: first.opened is not None)
    [account] = desks.servers.seen
    assert (account.keep_days, account.keep_files) == (30, 5_000_000)
    assert account.keep_departments == ("support",)
    assert account.user == "sam"
    window = first.opened
    qtbot.waitUntil(lambda: window.model.rowCount() == 1)
    assert [place.name for place in desks.listed()] == ["desk.acme.example"]
    assert secrets().secret(URL, "sam") == SECRET
    assert view.secret.text() == ""


def test_the_report_is_plain(qtbot, first):
    view = first.view
    signed_in(qtbot, view)
    qtbot.waitUntil(lambda: not view.add.visibleRegion().isEmpty())
    told = lines(view)
    assert "✓  Encrypted (TLS); Acme CA vouches for the server" in told
    assert "·  Through the proxy proxy.acme.example:3128" in told
    assert "✓  Signed in as Sam Lee <sam@acme.example>" in told
    assert "✓  2 rights, in: Support, Sales" in told
    assert any(line.startswith("⚠  This computer's clock is 10 min ahead") for line in told)
    assert any("Safe update: yes" in line for line in told)


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("nothing.example", "No server that this program knows answers there"),
        ("down.acme.example", "Its certificate is not to be trusted"),
        ("", "Type the address that you open in a browser"),
    ],
)
def test_an_address_where_nothing_is_says_why(qtbot, first, address, words):
    view = first.view
    give(qtbot, view.address, address)
    qtbot.waitUntil(lambda: words in view.said.text())
    assert not view.user.isVisible()
    assert view.look.isEnabled()


def test_a_wrong_password_is_told_and_can_be_put_right(qtbot, first):
    view = first.view
    give(qtbot, view.address, "desk.acme.example")
    qtbot.waitUntil(view.user.hasFocus)
    qtbot.keyClicks(view.user, "sam")
    give(qtbot, view.secret, "wrong")
    qtbot.waitUntil(view.report.isVisible)
    assert "does not take this name and password" in lines(view)[0]
    assert not view.add.isVisible()
    assert view.secret.hasFocus()
    give(qtbot, view.secret, SECRET)
    qtbot.waitUntil(view.add.isVisible)


def test_another_address_takes_the_later_steps_back(qtbot, first):
    view = first.view
    signed_in(qtbot, view)
    qtbot.keyClicks(view.address, "x")
    assert not view.user.isVisible()
    assert not view.add.isVisible()
    assert view.found.text() == ""


def test_sample_data_needs_no_server(qtbot, first, desks):
    qtbot.mouseClick(first.view.sample, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: first.opened is not None, timeout=30_000)
    window = first.opened
    qtbot.waitUntil(lambda: window.model.rowCount() > 10)
    assert window.session.sync is None
    assert [place.name for place in desks.listed()] == ["Sample data"]


def test_esc_leaves_the_first_screen(qtbot, first):
    qtbot.keyClick(first.view.address, Qt.Key.Key_Escape)
    assert not first.isVisible()


def test_from_a_window_it_is_reached_by_menu_and_esc_comes_back(qtbot, qapp, demo, desks, tmp_path):
    settings = QSettings(str(tmp_path / "w.ini"), QSettings.Format.IniFormat)
    window = open_window(OpenDesk(demo), "jane", settings, desks=lambda: desks)
    qtbot.waitUntil(lambda: window.session.directory is not None)
    qtbot.waitUntil(lambda: window.accounts._desks is not None)
    window.menus.entries["add_server"].trigger()
    view = window.accounts.adding.view
    qtbot.waitUntil(view.address.hasFocus)
    give(qtbot, view.address, "desk.acme.example")
    qtbot.waitUntil(view.user.hasFocus)
    qtbot.keyClick(view.user, Qt.Key.Key_Escape)
    assert window.right.currentWidget() is window.pane
    window.close()
    window.deleteLater()


@pytest.fixture
def hanging(desks, monkeypatch):
    """A server that takes the question and never answers."""
    began, go_on, ended = threading.Event(), threading.Event(), threading.Event()
    real = desks.servers.detect

    def detect(url, certificates=""):
        if "hangs" not in url:
            return real(url, certificates)
        began.set()
        go_on.wait(30)
        ended.set()
        raise NotReachedError(host=url, why="timeout", detail="")

    monkeypatch.setattr(desks.servers, "detect", detect)
    yield began, ended
    go_on.set()
    assert ended.wait(30)


def test_the_first_screen_closes_while_a_server_is_being_asked(qtbot, first, hanging):
    began, ended = hanging
    give(qtbot, first.view.address, "hangs.example")
    qtbot.waitUntil(began.is_set)
    first.close()
    assert not first.isVisible()
    assert not ended.is_set()


def test_a_question_that_hangs_is_stopped_by_esc_and_another_address_is_asked(
    qtbot, first, hanging
):
    began, ended = hanging
    view = first.view
    give(qtbot, view.address, "hangs.example")
    qtbot.waitUntil(began.is_set)
    assert view.leave.text() == "Stop"
    qtbot.keyClick(view.address, Qt.Key.Key_Escape)
    assert first.isVisible()
    assert view.said.text() == "Stopped. No desk was made."
    assert view.leave.text() == "Quit"
    give(qtbot, view.address, "desk.acme.example")
    qtbot.waitUntil(view.user.hasFocus)
    assert not ended.is_set()


def test_an_error_before_there_is_a_desk_promises_nothing_that_is_kept(qtbot, first):
    view = first.view
    give(qtbot, view.address, "down.acme.example")
    qtbot.waitUntil(lambda: "No desk was made." in view.said.text())
    assert "kept" not in view.said.text()
    give(qtbot, view.address, "desk.acme.example")
    qtbot.waitUntil(view.user.hasFocus)
    qtbot.keyClicks(view.user, "sam")
    give(qtbot, view.secret, "wrong")
    qtbot.waitUntil(view.report.isVisible)
    assert "kept" not in lines(view)[0]


def test_a_report_says_what_is_not_well():
    bad = ConnectionReport(url=URL, problem="not_reached", why="proxy", detail="407")
    told = [(line.well, line.text) for line in report_lines(bad)]
    assert told[0][0] is False
    assert "The proxy between here and there refused. (407)" in told[0][1]
    assert any("Not encrypted" in text and well is False for well, text in told)
    late = [line.text for line in report_lines(replace(WELL, skew_s=-120.0))]
    assert any("2 min behind" in text for text in late)
