"""Signing in to an osTicket that wants more than a password: a code, or a browser's session."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from desk_app.bootstrap import OpenDesk, secrets
from desk_app.domain.draft import DraftKind
from desk_app.ui.app import open_window
from tests.remote.osticket_panel import panel
from tests.remote.panel.server import Panel
from tests.ui.panels import (
    LEFT,
    PASSWORD,
    first_screen,
    go_to,
    opened,
    thread,
    type_sign_in,
    unsettled,
    write,
)

CODE = "246810"


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Iterator[Panel]:
    monkeypatch.setattr("desk_app.store.outbox_rows.UNDO_SECONDS", 0)
    with panel() as made:
        user = made.truth.user("Karen Weber", "karen@bank.example")
        made.truth.open("Payment page fails", user, "<p>It fails</p>")
        yield made


@pytest.fixture
def first(qtbot, qapp, at, tmp_path):
    with first_screen(at, tmp_path) as made:
        yield made


def sign_ins(at: Panel) -> int:
    return at.log.count("POST /scp/login.php")


def give(qtbot, line, text, key=Qt.Key.Key_Return):
    line.clear()
    qtbot.keyClicks(line, text)
    qtbot.keyClick(line, key)


def session_of(at: Panel) -> str:
    """As a person signs in with a browser, and copies the cookie's value."""
    from tests.remote.osticket_panel import signed_in

    server = signed_in(at)
    server.sign_in()
    value: str = server.session.http.cookies["OSTSESSID"]
    server.close()
    return value


# --- a second factor ---------------------------------------------------------------------------


def test_a_new_server_asks_for_the_code_and_signs_in_once(qtbot, first, at):
    at.truth.agents["1"].code = CODE
    view = first.view
    type_sign_in(qtbot, view, at, "john")
    qtbot.waitUntil(view.code.code.hasFocus)
    assert "second proof" in view.code.said.text()
    give(qtbot, view.code.code, "000000")
    qtbot.waitUntil(lambda: "2 tries are left" in view.code.said.text())
    assert view.user.text() == "john"
    assert view.secret.text() == PASSWORD
    give(qtbot, view.code.code, CODE)
    window = opened(qtbot, first)
    qtbot.waitUntil(lambda: window.model.rowCount() == 1)
    assert sign_ins(at) == 3  # the password once, a wrong code and the right one


def test_after_the_last_try_nothing_is_sent_until_the_agent_begins_anew(qtbot, first, at):
    at.truth.agents["1"].code = CODE
    view = first.view
    type_sign_in(qtbot, view, at, "john")
    qtbot.waitUntil(view.code.code.hasFocus)
    for said in ("2 tries are left", "One try is left"):
        give(qtbot, view.code.code, "000000")
        qtbot.waitUntil(lambda said=said: said in view.code.said.text())
    give(qtbot, view.code.code, "000000")
    qtbot.waitUntil(view.report.isVisible)
    assert "sign in once more" in view.report.item(0).text()
    assert view.code.isHidden()
    assert max(session.strikes for session in at.sessions.values()) == 3
    before = sign_ins(at)
    qtbot.keyClick(view.secret, Qt.Key.Key_Return)  # the password is still there
    qtbot.waitUntil(view.code.code.hasFocus)
    assert sign_ins(at) == before + 1
    assert "second proof" in view.code.said.text()
    qtbot.keyClicks(view.code.code, CODE)
    qtbot.mouseClick(view.code.go, LEFT)
    qtbot.waitUntil(view.add.hasFocus)


def test_a_code_that_is_wanted_later_is_asked_for_beside_the_work(qtbot, first, at):
    type_sign_in(qtbot, first.view, at, "john")
    window = opened(qtbot, first)
    go_to(qtbot, window, "900001")
    at.truth.agents["1"].code = CODE
    at.expire()
    window.pane.write(DraftKind.REPLY)
    qtbot.keyClicks(window.pane.reply.edit, "I look in")
    window.session.sync.sync_now()
    panel_ = window.server.sign_in_panel
    qtbot.waitUntil(panel_.code.isVisible)
    assert window.pane.reply.edit.hasFocus()  # whoever types is not disturbed
    qtbot.keyClicks(window.pane.reply.edit, "to it")
    assert panel_.secret.isHidden()
    write(qtbot, window, "Called her", DraftKind.NOTE)
    qtbot.waitUntil(lambda: unsettled(window) == 1)
    qtbot.mouseClick(panel_.code.code, LEFT)
    give(qtbot, panel_.code.code, "1")
    qtbot.waitUntil(lambda: "2 tries are left" in panel_.code.said.text())
    give(qtbot, panel_.code.code, CODE)
    qtbot.waitUntil(panel_.isHidden)
    qtbot.waitUntil(lambda: unsettled(window) == 0)
    assert list(at.truth.posted.values()) == [1]
    assert window.pane.reply.edit.toPlainText() == "I look into it"
    qtbot.waitUntil(lambda: "Accepted by " in thread(window))
    assert at.tries == {}


def test_where_the_code_came_too_late_the_kept_password_begins_anew(qtbot, first, at):
    type_sign_in(qtbot, first.view, at, "john")
    window = opened(qtbot, first)
    at.truth.agents["1"].code = CODE
    at.expire()
    window.session.sync.sync_now()
    panel_ = window.server.sign_in_panel
    qtbot.waitUntil(panel_.code.isVisible)
    at.expire()  # it idled out at the server
    give(qtbot, panel_.code.code, CODE)
    qtbot.waitUntil(lambda: "That sign-in is over" in panel_.said.text())
    assert panel_.code.isHidden()
    assert panel_.secret.hasFocus()
    qtbot.keyClick(panel_.secret, Qt.Key.Key_Return)  # empty: the one in the keyring
    qtbot.waitUntil(panel_.code.code.hasFocus)
    give(qtbot, panel_.code.code, CODE)
    qtbot.waitUntil(lambda: "online, synced" in window.server.bar.text)


def test_the_sign_in_button_goes_on_with_the_code_and_can_begin_anew(qtbot, first, at):
    type_sign_in(qtbot, first.view, at, "john")
    window = opened(qtbot, first)
    at.truth.agents["1"].code = CODE
    at.expire()
    window.session.sync.sync_now()
    panel_ = window.server.sign_in_panel
    qtbot.waitUntil(panel_.code.isVisible)
    qtbot.mouseClick(panel_.cancel, LEFT)
    assert panel_.isHidden()
    qtbot.mouseClick(window.server.bar.sign_in, LEFT)
    assert panel_.code.code.hasFocus()
    qtbot.mouseClick(panel_.anew, LEFT)
    assert panel_.secret.hasFocus()
    assert panel_.code.isHidden()
    give(qtbot, panel_.secret, PASSWORD)
    qtbot.waitUntil(panel_.code.code.hasFocus)
    give(qtbot, panel_.code.code, CODE)
    qtbot.waitUntil(lambda: "online, synced" in window.server.bar.text)


# --- a session of a browser --------------------------------------------------------------------


@pytest.fixture
def lent(qtbot, first, at, caplog):
    """A window on a desk that goes on with a browser's session, and that session."""
    caplog.set_level(logging.DEBUG)
    cookie = session_of(at)
    view = first.view
    give(qtbot, view.address, at.url)
    qtbot.waitUntil(view.user.hasFocus)
    qtbot.keyClicks(view.user, "john")
    view.session.box.setFocus()
    qtbot.keyClick(view.session.box, Qt.Key.Key_Space)
    assert view.secret.hasFocus()
    give(qtbot, view.secret, f"lang=en; OSTSESSID={cookie}; other=1")
    return opened(qtbot, first), cookie


def told_nowhere(value, caplog, folder):
    assert value not in caplog.text
    files = (path for path in folder.rglob("*") if path.is_file())
    return [path for path in files if value.encode() in path.read_bytes()] == []


def test_a_session_is_explained_and_what_is_none_goes_nowhere(qtbot, first, at):
    view = first.view
    give(qtbot, view.address, at.url)
    qtbot.waitUntil(view.user.hasFocus)
    assert not view.session.told.isVisible()
    qtbot.keyClicks(view.user, "john")
    qtbot.mouseClick(view.session.box, LEFT)
    assert "single sign-on" in view.session.told.text()
    assert "value of OSTSESSID" in view.session.told.text()
    assert view.secret.echoMode() is QLineEdit.EchoMode.Password
    give(qtbot, view.secret, "no session here")
    assert "no value of OSTSESSID" in view.session.told.text()
    assert view.secret.text() == "no session here"
    assert sign_ins(at) == 0


def test_a_pasted_session_signs_in_and_is_kept_like_a_password(lent, at, tmp_path, caplog):
    _, cookie = lent
    assert secrets().secret(at.url, "john") == f"OSTSESSID={cookie}"
    assert sign_ins(at) == 1  # the browser's own
    assert told_nowhere(cookie, caplog, tmp_path)


def test_when_the_session_ends_another_is_asked_for_and_work_goes_on(
    qtbot, lent, at, tmp_path, caplog
):
    window, _ = lent
    at.expire()
    window.session.sync.sync_now()
    qtbot.waitUntil(lambda: "signed out" in window.server.bar.text)
    go_to(qtbot, window, "900001")
    write(qtbot, window, "Meanwhile", DraftKind.NOTE)
    qtbot.waitUntil(lambda: unsettled(window) == 1)
    qtbot.mouseClick(window.server.bar.sign_in, LEFT)
    panel_ = window.server.sign_in_panel
    assert "session that was begun in a browser has ended" in panel_.said.text()
    assert panel_.secret.text() == ""
    qtbot.mouseClick(panel_.session.box, LEFT)
    again = session_of(at)
    give(qtbot, panel_.secret, again)
    qtbot.waitUntil(lambda: "online, synced" in window.server.bar.text)
    qtbot.waitUntil(lambda: unsettled(window) == 0)
    assert list(at.truth.posted.values()) == [1]
    assert secrets().secret(at.url, "john") == f"OSTSESSID={again}"
    assert panel_.secret.text() == ""
    assert told_nowhere(again, caplog, tmp_path)


def test_another_agents_session_is_not_taken_for_this_desk(qtbot, first, at):
    type_sign_in(qtbot, first.view, at, "john")
    window = opened(qtbot, first)
    at.truth.agents["1"].password = "changed"
    at.expire()
    window.session.sync.sync_now()
    qtbot.waitUntil(lambda: "signed out" in window.server.bar.text)
    at.truth.agents["1"].user, at.truth.agents["2"].user = "gone", "john"  # jane's session
    cookie = session_of(at)
    qtbot.mouseClick(window.server.bar.sign_in, LEFT)
    panel_ = window.server.sign_in_panel
    qtbot.mouseClick(panel_.session.box, LEFT)
    give(qtbot, panel_.secret, cookie)
    qtbot.waitUntil(lambda: "another agent's" in panel_.said.text())
    assert secrets().secret(at.url, "john") == PASSWORD


def test_what_was_typed_one_way_is_there_when_the_box_is_switched_back(qtbot, first, at):
    view = first.view
    give(qtbot, view.address, at.url)
    qtbot.waitUntil(view.user.hasFocus)
    qtbot.keyClicks(view.secret, "my password")
    qtbot.mouseClick(view.session.box, LEFT)
    assert view.secret.text() == ""
    qtbot.mouseClick(view.session.box, LEFT)
    assert view.secret.text() == "my password"


def test_whoever_has_signed_in_is_not_asked_to_while_the_round_goes_on(qtbot, first, at):
    type_sign_in(qtbot, first.view, at, "john")
    window = opened(qtbot, first)
    secrets().forget(at.url, "john")
    path, look = window.session.desk.path, window.settings
    window.close()
    again = open_window(OpenDesk(path), "1", look)
    qtbot.waitUntil(lambda: getattr(again, "server", None) is not None)
    qtbot.waitUntil(lambda: again.server.bar is not None)
    qtbot.waitUntil(lambda: "sign in to go on" in again.server.bar.text)
    seen: list[tuple[str, str]] = []
    again.server.sync.state_changed.connect(
        lambda: seen.append((again.notice.text, again.server.bar.text))
    )
    qtbot.mouseClick(again.server.bar.sign_in, LEFT)
    give(qtbot, again.server.sign_in_panel.secret, PASSWORD)
    qtbot.waitUntil(lambda: "online, synced" in again.server.bar.text)
    said = [bar for notice, bar in seen if notice.startswith("Signed in")]
    assert said
    assert not [bar for bar in said if "sign in to go on" in bar]
    again.close()
    again.deleteLater()
