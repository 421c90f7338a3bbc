"""All desks on one page: what each server makes sure of; one taken off the list and put back."""

import sqlite3
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from desk_app.bootstrap import secrets
from desk_app.domain.mirror import AccountState
from desk_app.ports.unit_of_work import Changes
from desk_app.ui.desk_windows import window_of
from tests.ui.linked import URL
from tests.ui.test_accounts import click, item


@pytest.fixture
def window(open_two):
    return open_two


@pytest.fixture
def page(qtbot, window):
    window.menus.entries["desks"].trigger()
    view = window.accounts.page.view
    qtbot.waitUntil(lambda: view.list.topLevelItemCount() == 2)
    qtbot.waitUntil(lambda: window.server.bar is not None)
    return view


def names(view):
    return [view.list.topLevelItem(n).text(0) for n in range(view.list.topLevelItemCount())]


def told(view):
    return "\n".join(view.details.item(n).text() for n in range(view.details.count()))


def test_what_a_server_makes_sure_of_stands_with_its_desk(page):
    assert "✓ Safe update: yes" in page.list.topLevelItem(1).text(3)
    assert "Lost answers: sure" in page.list.topLevelItem(1).text(3)
    assert "✓  Safe update: yes. The server refuses" in told(page)
    assert "Learnt when it was signed in to" in told(page)
    assert "Kept here: open tickets, closed ones of the last 90 days" in told(page)
    assert str(page.current().place.folder) in told(page)


def test_the_badges_follow_what_the_next_sign_in_tells(qtbot, window, page, two):
    acme, _, _ = two
    can = replace(acme.server.capabilities, safe_update=False)
    acme.server.capabilities = can
    assert "Safe update: yes" in told(page)
    again = acme.open()  # the program starts anew, and the server was changed meanwhile
    assert again.syncing.round().problem == ""
    window.accounts.page.read()
    qtbot.waitUntil(lambda: "⚠  Safe update: no" in told(page))
    window.session.changed.emit(Changes(outbox=True))
    qtbot.waitUntil(lambda: "Safe update: no" in window.server.bar.link.toolTip())


def test_the_status_bar_tells_the_badges_of_every_server_in_its_tips(qtbot, window, two):
    qtbot.waitUntil(lambda: window.server.bar is not None)
    window.accounts.read()
    qtbot.waitUntil(lambda: "RT lab" in window.server.bar.others)
    assert "Safe update: yes" in window.server.bar.others["RT lab"].toolTip()
    qtbot.waitUntil(lambda: "Safe update: yes" in window.server.bar.link.toolTip())


def test_all_my_work_says_what_each_server_makes_sure_of(qtbot, window):
    click(qtbot, window, "All my work")
    view = window.accounts.work
    qtbot.waitUntil(view.servers.isVisible)
    lines = view.servers.text().splitlines()
    assert [line.partition(":")[0] for line in lines] == ["Acme", "RT lab"]
    assert "Safe update: yes" in lines[0]


def unsent(view):
    """Each group by its heading, with its lines."""
    tops = [view.unsent.topLevelItem(n) for n in range(view.unsent.topLevelItemCount())]
    return {
        top.text(0): [[top.child(n).text(c) for c in range(5)] for n in range(top.childCount())]
        for top in tops
    }


def offline(site):
    with site.desk.sync_unit() as unit:
        unit.save_account(replace(unit.account(), state=AccountState.OFFLINE))
        unit.commit()


def leave_unsent(qtbot, window, page, acme, lab):
    """One command waits on the first desk and two on the other; both work offline."""
    offline(acme)
    offline(lab)
    acme.do("Printer", lambda writing: writing.edit("priority", "high"))
    lab.do("Cable", lambda writing: writing.edit("priority", "low"))
    lab.do("Cable", lambda writing: writing.note("<p>Ordered</p>"))
    window.session.changed.emit(Changes(outbox=True))
    qtbot.waitUntil(lambda: len(unsent(page)) == 2)


def test_what_waits_is_grouped_by_desk_with_how_each_stands(qtbot, window, page, two):
    acme, lab, _ = two
    assert unsent(page) == {}
    assert page.unsent.isHidden()
    leave_unsent(qtbot, window, page, acme, lab)
    assert page.unsent.isVisible()
    heads = list(unsent(page))
    assert heads[0].startswith("Acme: working offline")
    assert heads[0].endswith("1 waiting")
    assert heads[1].startswith("RT lab: working offline")
    assert heads[1].endswith("2 waiting")
    first, second = unsent(page)[heads[1]]
    assert first[1:4] == ["Priority", "Priority: Normal → Low", "Waiting"]
    assert first[4] == "working offline"
    assert second[4] == "“Priority” of the same ticket"


def test_a_folded_group_stays_folded_and_enter_goes_to_the_command(qtbot, window, page, two):
    acme, lab, _ = two
    leave_unsent(qtbot, window, page, acme, lab)
    page.unsent.topLevelItem(0).setExpanded(False)
    page.unsent.setCurrentItem(page.unsent.topLevelItem(1).child(1))
    acme.do("Laptop", lambda writing: writing.edit("priority", "low"))
    window.session.changed.emit(Changes(outbox=True))
    qtbot.waitUntil(lambda: page.unsent.topLevelItem(0).childCount() == 2)
    assert not page.unsent.topLevelItem(0).isExpanded()
    assert page.unsent.currentItem() is page.unsent.topLevelItem(1).child(1)
    page.unsent.setFocus()
    qtbot.keyClick(page.unsent, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window_of(lab.folder) is not None)
    other = window_of(lab.folder)
    qtbot.waitUntil(lambda: other.server.paging is not None)
    view = other.server.paging.outbox.view
    qtbot.waitUntil(lambda: view.current() is not None)
    qtbot.waitUntil(lambda: view.current().item.event.action == "note")


def test_a_desk_is_taken_off_by_keys_and_what_is_not_sent_is_named_first(qtbot, window, page, two):
    _, lab, desks = two
    lab.do("Cable", lambda writing: writing.edit("priority", "high"))
    qtbot.keyClick(page.list, Qt.Key.Key_Down)
    qtbot.keyClick(page.list, Qt.Key.Key_Delete)
    qtbot.waitUntil(page.panel.isVisible)
    words = page.panel.said.text().splitlines()
    assert words[0] == "Take “RT lab” off the list?"
    assert words[1].startswith("1 command is not sent.")
    assert words[2].endswith("R1  Priority: Normal → High  (Waiting)")
    assert f"Nothing is deleted. The folder stays as it is: {lab.folder}" in words
    assert page.panel.go.hasFocus()
    qtbot.keyClick(page.panel.go, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: names(page) == ["Acme"])
    assert [place.name for place in desks.listed()] == ["Acme"]
    assert lab.folder.is_dir()
    assert [i.event.action for i in lab.items()] == ["edit"]
    assert secrets().secret(URL, "sam") == "correct horse"
    assert "“RT lab” is off the list." in page.notice.text
    tree = window.navigator
    qtbot.waitUntil(
        lambda: (
            not tree.findItems(
                "RT lab", Qt.MatchFlag.MatchStartsWith | Qt.MatchFlag.MatchRecursive, 0
            )
        )
    )
    qtbot.waitUntil(lambda: "RT lab" not in window.server.bar.others)


def test_ctrl_z_puts_it_back_as_it_was_and_where_it_stood(qtbot, window, page, two):
    _, _, desks = two
    before = desks.listed()
    qtbot.keyClick(page.list, Qt.Key.Key_Delete)
    qtbot.waitUntil(page.panel.isVisible)
    assert "Its window stays open" in page.panel.said.text()
    qtbot.mouseClick(page.panel.go, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: names(page) == ["RT lab"])
    qtbot.keyClick(page.list, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: names(page) == ["Acme", "RT lab"])
    assert desks.listed() == before
    assert page.notice.text == "“Acme” is on the list again."
    qtbot.waitUntil(lambda: bool(item(window, "Acme")))


def test_esc_takes_nothing_off_and_then_leaves_the_page(qtbot, window, page, two):
    _, _, desks = two
    qtbot.mouseClick(page.take_off, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(page.panel.isVisible)
    qtbot.keyClick(page.panel.go, Qt.Key.Key_Escape)
    assert not page.panel.isVisible()
    assert window.right.currentWidget() is page
    assert len(desks.listed()) == 2
    page.list.setFocus()
    qtbot.keyClick(page.list, Qt.Key.Key_Escape)
    assert window.right.currentWidget() is window.pane


def test_the_password_goes_only_on_request_and_the_undo_says_that_it_is_gone(
    qtbot, window, page, two
):
    qtbot.keyClick(page.list, Qt.Key.Key_Down)
    qtbot.keyClick(page.list, Qt.Key.Key_Delete)
    qtbot.waitUntil(page.panel.isVisible)
    qtbot.keyClick(page.panel.secret, Qt.Key.Key_Space)
    qtbot.keyClick(page.panel.go, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: names(page) == ["Acme"])
    assert secrets().secret(URL, "sam") is None
    qtbot.mouseClick(page.notice.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: names(page) == ["Acme", "RT lab"])
    assert "sign in again when you open it" in page.notice.text


def test_f2_gives_any_desk_another_name_and_enter_goes_there(qtbot, window, page, two):
    _, lab, _ = two
    qtbot.keyClick(page.list, Qt.Key.Key_Down)
    qtbot.keyClick(page.list, Qt.Key.Key_F2)
    qtbot.keyClicks(window.chooser.edit, "Laboratory")
    qtbot.keyClick(window.chooser.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: names(page) == ["Acme", "Laboratory"])
    assert page.current().place.name == "Laboratory"
    qtbot.waitUntil(lambda: window.server.bar is not None)
    qtbot.waitUntil(lambda: "Laboratory" in window.server.bar.others)
    assert "RT lab" not in window.server.bar.others
    qtbot.keyClick(page.list, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window_of(lab.folder) is not None)


def test_a_desk_that_cannot_be_read_says_so_and_can_be_taken_off(qtbot, window, page, two):
    _, lab, _ = two
    (lab.folder / "desk.sqlite").write_bytes(b"no database at all" * 1000)
    for end in ("-wal", "-shm"):
        (lab.folder / f"desk.sqlite{end}").unlink(missing_ok=True)
    window.accounts.page.read()
    qtbot.waitUntil(lambda: page.list.topLevelItem(1).text(1) == "cannot be read")
    qtbot.keyClick(page.list, Qt.Key.Key_Down)
    assert "is damaged" in told(page)
    qtbot.keyClick(page.list, Qt.Key.Key_Delete)
    qtbot.waitUntil(page.panel.isVisible)
    assert "Whether something of it is not sent is not known" in page.panel.said.text()
    assert not page.panel.secret.isVisible()
    qtbot.keyClick(page.panel.go, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: names(page) == ["Acme"])


def test_a_desk_of_an_earlier_version_is_not_said_to_have_nothing_unsent(
    qtbot, window, page, two, monkeypatch
):
    _, lab, _ = two
    with sqlite3.connect(lab.folder / "desk.sqlite") as found:
        found.execute("UPDATE alembic_version SET version_num = '0002'")
    found.close()
    window.accounts.page.read()
    qtbot.waitUntil(lambda: page.list.topLevelItem(1).text(1) == "of an earlier version")
    qtbot.keyClick(page.list, Qt.Key.Key_Down)
    assert "brought up to date when it is opened" in told(page)
    qtbot.keyClick(page.list, Qt.Key.Key_Delete)
    qtbot.waitUntil(page.panel.isVisible)
    assert "Whether something of it is not sent is not known" in page.panel.said.text()
