"""Several desks: listed in the navigator, each with its window, and one queue over all of them."""

from PySide6.QtCore import QSettings, Qt

from desk_app.bootstrap import OpenDesk
from desk_app.known_desks import KnownDesks
from desk_app.ui.app import open_window
from desk_app.ui.desk_windows import window_of


def item(window, text):
    tree = window.navigator
    found = tree.findItems(text, Qt.MatchFlag.MatchStartsWith | Qt.MatchFlag.MatchRecursive, 0)
    assert found, text
    return found[0]


def click(qtbot, window, text):
    tree = window.navigator
    at = item(window, text)
    tree.scrollToItem(at)
    place = tree.visualItemRect(at).center()
    qtbot.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=place)


def spoken(window, text):
    return item(window, text).data(0, Qt.ItemDataRole.AccessibleTextRole)


def test_each_desk_is_listed_with_its_state_in_words(qtbot, open_two, two):
    _, lab, _ = two
    assert "online" in spoken(open_two, "RT lab")
    assert "this window" in spoken(open_two, "Acme")
    assert not item(open_two, "Acme").icon(0).isNull()
    lab.do("Cable", lambda writing: writing.edit("priority", "high"))
    open_two.accounts.read()
    qtbot.waitUntil(lambda: "1 waiting" in spoken(open_two, "RT lab"))
    assert item(open_two, "RT lab").text(1) == "1"


def test_the_line_of_this_windows_desk_follows_without_being_read_again(qtbot, open_two, two):
    acme, _, _ = two
    qtbot.waitUntil(lambda: open_two.server.bar is not None)
    qtbot.waitUntil(lambda: "online" in spoken(open_two, "Acme"))
    open_two.accounts._timer.stop()
    offline = open_two.server.bar.offline
    qtbot.mouseClick(offline, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "offline" in spoken(open_two, "Acme"))
    open_two.go_to(acme.ticket("Printer").id)
    qtbot.waitUntil(lambda: open_two.ticket.page is not None)
    open_two.ticket.edit("priority", "high")
    qtbot.waitUntil(lambda: item(open_two, "Acme").text(1) == "1")
    qtbot.mouseClick(offline, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "online" in spoken(open_two, "Acme"))
    qtbot.waitUntil(lambda: item(open_two, "Acme").text(1) == "")


def test_another_desk_opens_in_a_window_of_this_program_and_is_raised_then(qtbot, open_two, two):
    _, lab, _ = two
    click(qtbot, open_two, "RT lab")
    qtbot.waitUntil(lambda: window_of(lab.folder) is not None)
    other = window_of(lab.folder)
    qtbot.waitUntil(lambda: other.model.rowCount() == 2)
    qtbot.waitUntil(lambda: other.session.sync is not None)
    assert other.session.sync is not open_two.session.sync
    assert other.height() <= other.screen().availableSize().height()  # with its status bar
    open_two.accounts.go_to(open_two.accounts._places[1])
    assert window_of(lab.folder) is other
    other.close()
    assert window_of(lab.folder) is None


def test_all_my_work_lists_every_desk_and_a_row_opens_in_its_own_window(qtbot, open_two, two):
    acme, lab, _ = two
    lab.do("Cable", lambda writing: writing.edit("priority", "high"))
    click(qtbot, open_two, "All my work")
    view = open_two.accounts.work
    qtbot.waitUntil(lambda: view.list.topLevelItemCount() == 5)
    rows = [view.list.topLevelItem(n) for n in range(5)]
    assert {row.text(0) for row in rows} == {"Acme", "RT lab"}
    assert {row.text(2) for row in rows} == {"Printer", "Laptop", "Mail", "Cable", "Router"}
    cable = next(row for row in rows if row.text(2) == "Cable")
    assert cable.text(6) == "waiting"
    assert not cable.icon(0).isNull()
    view.list.setCurrentItem(cable)
    qtbot.keyClick(view.list, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window_of(lab.folder) is not None)
    other = window_of(lab.folder)
    qtbot.waitUntil(lambda: other.ticket is not None and other.ticket.page is not None)
    assert other.ticket.page.ticket.subject == "Cable"
    printer = next(row for row in rows if row.text(2) == "Printer")
    view.list.setCurrentItem(printer)
    qtbot.keyClick(view.list, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: open_two.ticket.page is not None)
    assert open_two.ticket.page.ticket.id == acme.ticket("Printer").id


def test_a_desk_that_cannot_be_read_keeps_the_others_not_back(qtbot, open_two, two):
    _, lab, _ = two
    (lab.folder / "desk.sqlite").write_bytes(b"no database at all" * 1000)
    for end in ("-wal", "-shm"):
        (lab.folder / f"desk.sqlite{end}").unlink(missing_ok=True)
    click(qtbot, open_two, "All my work")
    view = open_two.accounts.work
    qtbot.waitUntil(lambda: view.list.topLevelItemCount() == 3)
    assert "RT lab: The desk in" in view.said.text()


def test_a_desk_gets_another_name_and_colour(qtbot, open_two, two):
    _, _, desks = two
    open_two.menus.entries["this_desk"].trigger()
    qtbot.keyClicks(open_two.chooser.edit, "Acme Ltd")
    qtbot.keyClick(open_two.chooser.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: desks.listed()[0].name == "Acme Ltd")
    qtbot.waitUntil(lambda: open_two.accounts._places[0].name == "Acme Ltd")
    assert item(open_two, "Acme Ltd")
    qtbot.waitUntil(lambda: open_two.server.paging is not None)
    qtbot.waitUntil(lambda: open_two.server.bar.text.startswith("Acme Ltd: "))
    open_two.menus.entries["this_desk"].trigger()
    qtbot.keyClicks(open_two.chooser.edit, "Teal")
    qtbot.keyClick(open_two.chooser.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: desks.listed()[0].colour == "teal")


def test_arrows_in_the_navigator_open_no_window(qtbot, open_two, two):
    _, lab, _ = two
    tree = open_two.navigator
    tree.setFocus()
    tree.setCurrentItem(item(open_two, "Acme"))
    qtbot.keyClick(tree, Qt.Key.Key_Down)
    assert tree.currentItem() is item(open_two, "RT lab")
    assert window_of(lab.folder) is None
    qtbot.keyClick(tree, Qt.Key.Key_Return)
    qtbot.keyClick(tree, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window_of(lab.folder) is not None)


def test_the_status_bar_says_how_the_other_servers_stand(qtbot, open_two, two):
    _, lab, _ = two
    lab.do("Cable", lambda writing: writing.edit("priority", "high"))
    qtbot.waitUntil(lambda: open_two.server.bar is not None)
    open_two.accounts.read()
    others = open_two.server.bar.others
    qtbot.waitUntil(lambda: "RT lab" in others)
    qtbot.waitUntil(lambda: others["RT lab"].text().endswith(", 1 waiting"))
    assert others["RT lab"].text().startswith("RT lab: online, synced ")
    qtbot.mouseClick(others["RT lab"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window_of(lab.folder) is not None)


def test_a_narrow_window_stays_narrow_with_a_server(qtbot, open_two):
    qtbot.waitUntil(lambda: open_two.server.bar is not None)
    qtbot.waitUntil(lambda: "RT lab" in open_two.server.bar.others)
    open_two.resize(480, 360)
    qtbot.waitUntil(lambda: open_two.width() <= 500)


def test_esc_leaves_all_my_work(qtbot, open_two):
    click(qtbot, open_two, "All my work")
    view = open_two.accounts.work
    qtbot.waitUntil(lambda: view.list.topLevelItemCount() == 5)
    qtbot.keyClick(view.list, Qt.Key.Key_Escape)
    assert open_two.right.currentWidget() is open_two.pane


def test_the_own_desk_is_listed_by_itself(qtbot, qapp, demo, tmp_path):
    desks = KnownDesks(tmp_path / "desks.json")
    settings = QSettings(str(tmp_path / "w.ini"), QSettings.Format.IniFormat)
    window = open_window(OpenDesk(demo), "jane", settings, desks=lambda: desks)
    qtbot.waitUntil(lambda: window.session.directory is not None)
    qtbot.waitUntil(lambda: bool(window.accounts._places))
    assert [place.folder for place in desks.listed()] == [demo.resolve()]
    assert "kept on this computer" in spoken(window, demo.name)
    window.close()
    window.deleteLater()
