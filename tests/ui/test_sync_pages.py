"""The log, the doctor, and signing in again."""

import json
import threading
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from desk_app.bootstrap import secrets
from desk_app.domain.asked import RequestLine
from desk_app.domain.mirror import AccountState, SyncLine
from desk_app.ui.views.server_pages import DOCTOR, LOG
from tests.sync.oracle import Fate
from tests.ui.linked import URL

SECRET = "correct horse"


def click(qtbot, widget):
    qtbot.mouseClick(widget, Qt.MouseButton.LeftButton)


# --- the log -----------------------------------------------------------------------------------


@pytest.fixture
def logged(site):
    """A note that was refused, and a change that went through."""
    site.server.write_fates = [Fate.REFUSE]
    site.do("Printer", lambda writing: writing.note("<p>The secret is swordfish</p>"))
    site.do("Laptop", lambda writing: writing.edit("priority", "high"))
    site.desk.syncing.round()
    return site


def open_log(qtbot, window):
    click(qtbot, window.server.bar.link)
    view = window.server.paging.log.view
    qtbot.waitUntil(lambda: view.model.rowCount() > 0)
    return view


def rows(view):
    model = view.model
    return [
        [model.index(row, column).data() for column in range(8)] for row in range(model.rowCount())
    ]


def test_the_status_bar_opens_the_log_with_requests_versions_and_outcomes(qtbot, open_site, logged):
    window = open_site(logged)
    view = open_log(qtbot, window)
    assert view.filter.hasFocus()
    [refused] = [row for row in rows(view) if row[3].startswith("refused")]
    assert refused[1] == f"#{logged.ticket('Printer').number}"
    assert refused[2] == "send: Note written"
    assert refused[3] == "refused → needs you"
    assert refused[4] == "The server said no"
    assert logged.items()[0].event.command in refused[7]
    accepted = next(row for row in rows(view) if row[3].startswith("accepted"))
    assert accepted[5]
    assert accepted[5] != accepted[6]


def test_the_log_is_filtered_and_exported_without_words_and_secrets(
    qtbot, open_site, logged, tmp_path
):
    window = open_site(logged)
    view = open_log(qtbot, window)
    number = logged.ticket("Printer").number
    qtbot.keyClicks(view.filter, f"#{number} refused")
    assert len(rows(view)) == 1
    path = tmp_path / "log.json"
    window.server.paging.log.export(str(path))
    qtbot.waitUntil(lambda: path.exists() and bool(path.read_text(encoding="utf-8")))
    text = path.read_text(encoding="utf-8")
    assert len(json.loads(text)) == 1
    assert "swordfish" not in text
    assert SECRET not in text
    qtbot.keyClicks(view.filter, " nothing")
    assert view.empty.text().startswith("The filter hides ")


def asked(site, **more):
    line = RequestLine(at=site.desk.now(), method="GET", path="/REST/2.0/ticket/7", **more)
    with site.desk.sync_unit() as unit:
        unit.log_requests([line])
        unit.commit()


def test_the_log_shows_every_request_and_can_leave_them_out(qtbot, open_site, logged, tmp_path):
    command = logged.items()[0].event.command
    asked(logged, status=200, ms=35, got=2100, outcome="answered", command=command)
    asked(logged, outcome="not_reached offline")
    window = open_site(logged)
    view = open_log(qtbot, window)
    found = {row[7]: row for row in rows(view) if row[2] == "GET /REST/2.0/ticket/7"}
    good, lost = found[f"r1 {command}"], found["r2"]
    assert (good[3], good[4]) == ("200 answered", "35 ms, 0 B out, 2.1 kB in")
    assert lost[3] == "offline"
    assert lost[4].startswith("There is no connection")
    path = tmp_path / "log.txt"
    window.server.paging.log.export(str(path))
    qtbot.waitUntil(lambda: path.exists() and "GET /REST" in path.read_text(encoding="utf-8"))
    qtbot.keyClicks(view.filter, command)
    assert {row[2] for row in rows(view)} >= {"GET /REST/2.0/ticket/7", "send: Note written"}
    view.filter.clear()
    qtbot.keyClick(view.requests, Qt.Key.Key_Space)
    assert not any(row[7].startswith("r") for row in rows(view))
    assert any(row[2] == "send: Note written" for row in rows(view))


def test_news_leave_the_line_that_is_read_where_it_is(qtbot, open_site, logged, qtmodeltester):
    for _ in range(3):
        asked(logged, status=200, outcome="answered")
    window = open_site(logged)
    view = open_log(qtbot, window)
    qtmodeltester.check(view.model)
    view.go_to(2)
    read, lines = rows(view)[2], view.model.rowCount()
    asked(logged, status=200, outcome="answered")
    window.server.paging.log.read()
    qtbot.waitUntil(lambda: view.model.rowCount() == lines + 1)
    assert rows(view)[view.list.currentIndex().row()] == read


# --- the doctor --------------------------------------------------------------------------------


def open_doctor(qtbot, window):
    window.menus.entries["sync_doctor"].trigger()
    view = window.server.paging.doctor.view
    qtbot.waitUntil(view.compare.hasFocus)
    return view


def test_the_doctor_finds_and_repairs_what_differs_and_leaves_unsent_work(qtbot, open_site, site):
    with site.desk.sync_unit() as unit:
        unit.save_account(replace(unit.account(), state=AccountState.OFFLINE))
        unit.commit()
    mail = site.ticket("Mail").id
    site.do("Laptop", lambda writing: writing.note("<p>Unsent</p>"))
    with site.desk.sync_unit() as unit:
        base = unit.base(mail)
        wrong = replace(base, ticket=replace(base.ticket, subject="Mial"))
        unit.save_base(wrong)
        unit.save_account(replace(unit.account(), state=AccountState.ON))
        unit.commit()
    site.server.write_fates = [Fate.BUSY] * 20  # the note stays unsent
    window = open_site(site)
    view = open_doctor(qtbot, window)
    assert "Nothing is changed by that" in view.said.text()
    qtbot.keyClick(view.compare, Qt.Key.Key_Space)
    qtbot.waitUntil(view.repair.isVisible)
    assert "3 tickets and 3 entries compared." in view.said.text()
    assert "Differences: another value 1." in view.said.text()
    assert "1 ticket has unsent work" in view.said.text()
    item = view.list.topLevelItem(0)
    assert [item.text(n) for n in range(1, 4)] == ["Field: Subject", "Mial", "Mail"]
    click(qtbot, view.repair)
    qtbot.waitUntil(lambda: "No difference" in view.said.text())
    assert site.ticket("Mail").subject == "Mail"
    assert [item.event.action for item in site.items()] == ["note"]


def test_a_comparison_can_be_stopped(qtbot, open_site, site, monkeypatch):
    window = open_site(site)
    qtbot.waitUntil(lambda: not window.session.sync.state.busy)
    began, go_on = threading.Event(), threading.Event()
    real = site.server.tickets

    def hangs(ids):
        began.set()
        go_on.wait(30)
        return real(ids)

    view = open_doctor(qtbot, window)
    monkeypatch.setattr(site.server, "tickets", hangs)
    click(qtbot, view.compare)
    qtbot.waitUntil(began.is_set)
    assert view.stop.isVisible()
    assert view.bar.isVisible()
    click(qtbot, view.stop)
    go_on.set()
    qtbot.waitUntil(lambda: view.said.text().startswith("Stopped before the end"))
    assert view.compare.isVisible()


def test_a_comparison_that_fails_says_why(qtbot, open_site, site):
    window = open_site(site)
    qtbot.waitUntil(lambda: not window.session.sync.state.busy)
    view = open_doctor(qtbot, window)
    site.server.fates = [Fate.OFFLINE] * 5
    click(qtbot, view.compare)
    qtbot.waitUntil(lambda: "cannot be reached" in view.said.text())


# --- signing in again --------------------------------------------------------------------------


@pytest.fixture
def signed_out(site, monkeypatch):
    """The server takes another password from now on; the one that is kept is refused."""
    server = site.server

    def connect(desk, account, secret):
        server.signed_in = secret == "new password"
        return server

    monkeypatch.setattr("tests.ui.linked.OracleDesk.connect", connect)
    return site


def test_after_a_401_the_agent_is_asked_once_and_goes_on(qtbot, open_site, signed_out):
    window = open_site(signed_out)
    bar, panel = window.server.bar, window.server.sign_in_panel
    qtbot.waitUntil(bar.sign_in.isVisible)
    assert "signed out" in bar.text
    signed_out.do("Printer", lambda writing: writing.note("<p>Kept</p>"))
    click(qtbot, bar.sign_in)
    assert panel.secret.hasFocus()
    assert "only until you quit" in panel.said.text()
    qtbot.keyClicks(panel.secret, "wrong")
    qtbot.keyClick(panel.secret, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: panel.said.text().startswith("The server wants you to sign in again"))
    assert "does not take this name and password" in panel.said.text()
    panel.secret.clear()
    qtbot.keyClicks(panel.secret, "new password")
    click(qtbot, panel.go)
    qtbot.waitUntil(lambda: window.notice.text.startswith("Signed in."))
    assert "only until you quit" in window.notice.text
    assert panel.isHidden()
    assert panel.secret.text() == ""
    qtbot.waitUntil(lambda: signed_out.items() == [])
    qtbot.waitUntil(lambda: "online" in bar.text)
    assert secrets().secret(URL, "sam") == "new password"


def test_esc_leaves_the_question_and_nothing_is_lost(qtbot, open_site, signed_out):
    window = open_site(signed_out)
    qtbot.waitUntil(window.server.bar.sign_in.isVisible)
    window.queue.setFocus()
    window.menus.entries["sign_in"].trigger()
    panel = window.server.sign_in_panel
    qtbot.keyClicks(panel.secret, "half")
    qtbot.keyClick(panel.secret, Qt.Key.Key_Escape)
    assert panel.isHidden()
    assert window.server.bar.sign_in.isVisible()


def test_a_first_sync_can_rest_and_go_on(qtbot, open_site, tmp_path):
    from tests.ui.linked import Site

    site = Site(tmp_path / "big", subjects=[f"Ticket {n}" for n in range(40)])
    with site.desk.sync_unit() as unit:
        unit.save_account(replace(unit.account(), page="open|9", synced_at=None))
        unit.commit()
    began, go_on = threading.Event(), threading.Event()
    real = site.server.listing

    def slow(wanted, page=None):
        began.set()
        go_on.wait(30)
        return real(wanted, page)

    site.server.listing = slow
    window = open_site(site)
    bar = window.server.bar
    qtbot.waitUntil(began.is_set)
    qtbot.waitUntil(bar.pause.isVisible)
    assert "first sync, 40 tickets here" in bar.link.text()
    click(qtbot, bar.pause)
    assert bar.pause.text() == "Go on"
    assert "paused" in bar.link.text()
    go_on.set()
    qtbot.waitUntil(lambda: not window.session.sync.state.busy)
    assert window.session.sync.state.status.account.page is not None
    click(qtbot, bar.pause)
    qtbot.waitUntil(lambda: window.session.sync.state.status.account.page is None)
    qtbot.waitUntil(bar.pause.isHidden)


def test_pages_are_reached_from_the_palette(qtbot, open_site, site):
    window = open_site(site)
    for name, page in (("sync_log", LOG), ("sync_doctor", DOCTOR)):
        window.menus.entries[name].trigger()
        assert window.server.paging.pages.tabs.currentIndex() == page


def test_the_status_bar_opens_the_log_at_the_trouble_it_tells_of(qtbot, open_site, logged, site):
    window = open_site(site, "Printer")
    qtbot.waitUntil(lambda: not window.session.sync.state.busy)
    site.server.fates = [Fate.OFFLINE]
    window.session.sync.sync_now()
    qtbot.waitUntil(lambda: window.session.sync.state.problem == "not_reached")
    with site.desk.sync_unit() as unit:  # something else was noted since
        unit.log(
            [
                SyncLine(
                    id=0, at=site.desk.now(), ticket=None, number="", what="pull", outcome="accept"
                )
            ]
        )
        unit.commit()
    qtbot.mouseClick(window.server.bar.link, Qt.MouseButton.LeftButton)
    log = window.server.paging.log.view
    qtbot.waitUntil(lambda: log.model.rowCount() > 1)
    qtbot.waitUntil(log.list.hasFocus)
    row = log.list.currentIndex().row()
    assert rows(log)[row][2:4] == ["round", "offline"]
    assert row > 0
