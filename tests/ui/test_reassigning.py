"""Tickets in the hand of a window: judged, dropped, pasted, taken back."""

import json
from dataclasses import replace

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QApplication

from desk_app.bootstrap import OpenDesk
from desk_app.domain.entry import EntryKind
from desk_app.domain.filters import QueueKind
from desk_app.domain.lifecycle import Action
from desk_app.domain.lifecycle_text import lifecycle_text
from desk_app.domain.ticket import State
from desk_app.domain.workload import Availability
from desk_app.services.absence import set_availability
from desk_app.services.writing import Writing
from desk_app.ui.drop_site import ALL_ACTIONS, count_picture
from desk_app.ui.ticket_mime import MIME, decoded, encoded
from tests.ui.conftest import shown_number
from tests.ui.test_queue import ready

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier
NONE = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def window(qtbot, open_as):
    found = ready(qtbot, open_as("sam"))
    qtbot.waitUntil(lambda: found.supervising.reassigning.workload is not None)
    qtbot.waitUntil(lambda: "agent:lee" in found.navigator._items)
    return found


def tickets(window, ids):
    reader = window.session.desk.reader()
    found = reader.tickets(ids)
    reader.close()
    return found


def support(window, count=2):
    """Open tickets of one department that Lee does not have."""
    ids = list(window.model.tickets_in(0, window.model.rowCount() - 1))
    found = [t.id for t in tickets(window, ids) if t.department == "support" and t.owner != "lee"]
    return found[:count]


def owners(window, ids):
    return [t.owner for t in tickets(window, ids)]


class Drag:
    """Drag events as Qt sends them to the widget under the pointer."""

    def __init__(self, qtbot, view, data, keys=NONE):
        self.qtbot, self.view, self.data, self.keys = qtbot, view, data, keys

    def _send(self, event):
        QApplication.sendEvent(self.view.viewport(), event)
        return event.isAccepted()

    def over(self, at):
        buttons = Qt.MouseButton.LeftButton
        self._send(QDragEnterEvent(at, ALL_ACTIONS, self.data, buttons, self.keys))
        return self._send(QDragMoveEvent(at, ALL_ACTIONS, self.data, buttons, self.keys))

    def leave(self):
        self._send(QDragLeaveEvent())

    def drop(self, at):
        event = QDropEvent(
            QPointF(at), ALL_ACTIONS, self.data, Qt.MouseButton.LeftButton, self.keys
        )
        return self._send(event)


def place(window, name):
    navigator = window.navigator
    return navigator.visualItemRect(navigator._items[name]).center()


def drag_of(qtbot, window, ids, view=None, keys=NONE):
    reassigning = window.supervising.reassigning
    drag = Drag(qtbot, view or window.navigator, encoded(reassigning.desk, ids), keys)
    return drag, reassigning


def held(qtbot, window):
    qtbot.waitUntil(lambda: window.supervising.reassigning.held is not None)


def figure(window, name):
    return window.navigator._items[name].text(1)


def test_every_line_says_the_load_before_and_after_while_something_is_in_the_hand(qtbot, window):
    ids = support(window)
    before = figure(window, "agent:lee")
    drag, reassigning = drag_of(qtbot, window, ids)
    drag.over(place(window, "agent:lee"))
    held(qtbot, window)
    assert figure(window, "agent:lee") == "3→5"
    assert figure(window, "agent:priya") == "⊘"
    assert drag.over(place(window, "agent:lee"))
    assert reassigning.hint.text().startswith("✓ 2 to Lee Park\nOpen 3 → 5")
    assert not drag.over(place(window, "agent:priya"))
    assert "Priya Nair has no access to Support" in reassigning.hint.text()
    assert "With Ctrl" in reassigning.hint.text()
    drag.leave()
    assert reassigning.hint.isHidden()
    reassigning.end_drag()
    assert figure(window, "agent:lee") == before


def test_what_another_changes_while_it_is_in_the_hand_is_judged_anew(qtbot, window):
    ids = support(window)
    drag, reassigning = drag_of(qtbot, window, ids)
    drag.over(place(window, "agent:lee"))
    qtbot.waitUntil(lambda: figure(window, "agent:lee") == "3→5")
    run_elsewhere(window, ids[0])
    qtbot.waitUntil(lambda: figure(window, "agent:lee") == "3→4")
    drag.over(place(window, "agent:lee"))
    assert "1 not: Not possible while the ticket is Deleted" in reassigning.hint.text()
    assert drag.drop(place(window, "agent:lee"))
    qtbot.waitUntil(lambda: owners(window, ids[1:]) == ["lee"])
    qtbot.waitUntil(lambda: "1 to Lee Park, 1 not: " in window.notice.text)


def run_elsewhere(window, ticket):
    """As another program on the same desk: this window hears of it by itself."""
    desk = OpenDesk(window.session.desk.path)
    reader = desk.reader()
    directory = reader.directory()
    found = reader.ticket(ticket)
    reader.close()
    desk.bus.handle(Writing(desk, directory, directory.agents["sam"], found).plain(Action.DELETE))
    desk.close()


def test_who_goes_from_the_desk_while_tickets_are_in_the_hand_gets_none(qtbot, window):
    ids = support(window)
    before = owners(window, ids)
    drag, _ = drag_of(qtbot, window, ids)
    at = place(window, "agent:lee")
    drag.over(at)
    held(qtbot, window)
    directory = window.session.directory
    agents = {key: agent for key, agent in directory.agents.items() if key != "lee"}
    window.session.directory = replace(directory, agents=agents)
    drag.drop(at)
    qtbot.waitUntil(lambda: "There is no “lee” on this desk" in window.notice.text)
    assert owners(window, ids) == before


def test_other_rights_while_tickets_are_in_the_hand_are_judged_by_at_once(qtbot, window):
    ids = support(window)
    drag, reassigning = drag_of(qtbot, window, ids)
    drag.over(place(window, "agent:lee"))
    held(qtbot, window)
    with window.session.desk.sync_unit() as unit:
        directory = unit.directory()
        lee = replace(directory.agents["lee"], department="banking", access=())
        agents = {**directory.agents, "lee": lee}
        teams = {**directory.teams, "network": replace(directory.teams["network"], name="Cables")}
        unit.save_directory(
            replace(directory, agents=agents, teams=teams), lifecycle_text(directory.lifecycle)
        )
        unit.commit()
    window.session.load_directory()
    qtbot.waitUntil(lambda: figure(window, "agent:lee") == "⊘")
    assert not drag.over(place(window, "agent:lee"))
    assert "Lee Park has no access to Support" in reassigning.hint.text()
    drag.over(place(window, "team:network"))
    assert reassigning.hint.text().startswith("✓ 2 to Cables")
    drag.drop(place(window, "team:network"))
    qtbot.waitUntil(lambda: window.notice.text.startswith("2 to Cables"))


def test_a_drop_is_done_at_once_and_one_ctrl_z_takes_all_of_it_back(qtbot, window):
    ids = support(window, 3)
    before = owners(window, ids)
    drag, _ = drag_of(qtbot, window, ids)
    drag.over(place(window, "agent:lee"))
    held(qtbot, window)
    assert drag.drop(place(window, "agent:lee"))
    qtbot.waitUntil(lambda: owners(window, ids) == ["lee"] * 3)
    qtbot.waitUntil(lambda: window.notice.text == "3 to Lee Park.")
    assert window.notice.button.text() == "Undo (Ctrl+Z)"
    window.undo()
    qtbot.waitUntil(lambda: owners(window, ids) == before)
    qtbot.waitUntil(lambda: "3 tickets are as before" in window.notice.text)
    window.redo()
    qtbot.waitUntil(lambda: owners(window, ids) == ["lee"] * 3)
    window.undo()
    qtbot.waitUntil(lambda: owners(window, ids) == before)


def test_an_undo_that_comes_before_the_drop_is_done_takes_back_the_drop(qtbot, window):
    ids = support(window, 3)
    before = owners(window, ids)
    drag, _ = drag_of(qtbot, window, ids)
    drag.over(place(window, "agent:lee"))
    drag.drop(place(window, "agent:lee"))
    window.undo()
    qtbot.waitUntil(lambda: "3 tickets are as before" in window.notice.text)
    assert owners(window, ids) == before


def test_a_drop_is_taken_back_as_one_in_a_window_opened_later_when_asked_twice(
    qtbot, open_as, window
):
    ids = support(window, 3)
    before = owners(window, ids)
    drag, _ = drag_of(qtbot, window, ids)
    drag.over(place(window, "agent:lee"))
    drag.drop(place(window, "agent:lee"))
    qtbot.waitUntil(lambda: owners(window, ids) == ["lee"] * 3)
    window.close()
    later = ready(qtbot, open_as("sam"))
    qtbot.waitUntil(lambda: later.supervising is not None)
    qtbot.keyClick(later.queue, Qt.Key.Key_Z, CONTROL)
    qtbot.waitUntil(lambda: "several at once: 3 tickets" in later.notice.text)
    assert owners(later, ids) == ["lee"] * 3
    qtbot.keyClick(later.queue, Qt.Key.Key_Z, CONTROL)
    qtbot.waitUntil(lambda: "3 tickets are as before" in later.notice.text)
    assert owners(later, ids) == before


def test_who_gives_tickets_out_of_sight_is_told_and_calls_them_back(qtbot, open_as):
    window = ready(qtbot, open_as("john"))
    qtbot.waitUntil(lambda: "department:banking" in window.navigator._items)
    qtbot.waitUntil(lambda: window.supervising.reassigning.workload is not None)
    ids = [t.id for t in tickets(window, support(window, 99)) if t.owner != "john" and not t.team]
    ids = ids[:2]
    drag, reassigning = drag_of(qtbot, window, ids)
    drag.over(place(window, "department:banking"))
    held(qtbot, window)
    drag.over(place(window, "department:banking"))
    assert "2 leave your sight" in reassigning.hint.text()
    drag.drop(place(window, "department:banking"))
    qtbot.waitUntil(lambda: "Undo calls them back until another" in window.notice.text)
    assert {t.department for t in tickets(window, ids)} == {"banking"}
    qtbot.keyClick(window.queue, Qt.Key.Key_Z, CONTROL)
    qtbot.waitUntil(lambda: "2 tickets are as before" in window.notice.text)
    assert {t.department for t in tickets(window, ids)} == {"support"}


def test_what_was_done_after_a_drop_is_undone_before_it(qtbot, window):
    ids = support(window, 2)
    drag, _ = drag_of(qtbot, window, ids)
    drag.over(place(window, "agent:lee"))
    drag.drop(place(window, "agent:lee"))
    qtbot.waitUntil(lambda: owners(window, ids) == ["lee"] * 2)
    window.go_to(ids[0])
    qtbot.waitUntil(
        lambda: window.ticket.page is not None and window.ticket.page.ticket.id == ids[0]
    )
    priority = window.ticket.page.ticket.priority
    window.ticket.edit("priority", "low" if priority != "low" else "high")
    qtbot.waitUntil(lambda: tickets(window, ids[:1])[0].priority != priority)
    qtbot.waitUntil(lambda: window.ticket.page.ticket.priority != priority)
    window.undo()
    qtbot.waitUntil(lambda: tickets(window, ids[:1])[0].priority == priority)
    assert owners(window, ids) == ["lee"] * 2


def test_with_ctrl_tickets_are_transferred_to_the_agents_department_too(qtbot, window):
    ids = support(window)
    drag, _ = drag_of(qtbot, window, ids, keys=CONTROL)
    drag.over(place(window, "agent:priya"))
    held(qtbot, window)
    assert drag.over(place(window, "agent:priya"))
    drag.drop(place(window, "agent:priya"))
    qtbot.waitUntil(lambda: owners(window, ids) == ["priya"] * 2)
    assert {t.department for t in tickets(window, ids)} == {"banking"}


def test_with_shift_a_note_is_asked_for_first(qtbot, window):
    ids = support(window)
    note = window.supervising.reassigning.note
    drag, _ = drag_of(qtbot, window, ids, keys=SHIFT)
    drag.over(place(window, "team:network"))
    drag.drop(place(window, "team:network"))
    assert not note.isHidden()
    assert {t.team for t in tickets(window, ids)} != {"network"}
    qtbot.keyClicks(note.edit, "Router first")
    qtbot.keyClick(note.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: {t.team for t in tickets(window, ids)} == {"network"})
    reader = window.session.desk.reader()
    entries = [reader.page(ticket, agent="sam", entries=1).entries[-1] for ticket in ids]
    reader.close()
    assert {(e.kind, e.text) for e in entries} == {(EntryKind.NOTE, "Router first")}


def test_esc_in_the_note_leaves_the_tickets_where_they_are(qtbot, window):
    ids = support(window)
    before = owners(window, ids)
    drag, reassigning = drag_of(qtbot, window, ids, keys=SHIFT)
    drag.over(place(window, "agent:lee"))
    drag.drop(place(window, "agent:lee"))
    qtbot.keyClick(reassigning.note.edit, Qt.Key.Key_Escape)
    assert reassigning.note.isHidden()
    assert owners(window, ids) == before


def test_a_second_drop_waits_until_the_note_of_the_first_is_written(qtbot, window):
    first, second = support(window)
    note = window.supervising.reassigning.note
    for ticket, name in ((first, "team:network"), (second, "agent:lee")):
        drag, _ = drag_of(qtbot, window, [ticket], keys=SHIFT)
        drag.over(place(window, name))
        drag.drop(place(window, name))
        if ticket == first:
            qtbot.keyClicks(note.edit, "Router first")
    assert note.edit.text() == "Router first"
    assert note.label.text() == "Internal note with what goes to Network:"
    qtbot.keyClick(note.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: tickets(window, [first])[0].team == "network")
    assert (note.isHidden(), note.edit.text()) == (False, "")
    assert note.label.text() == "Internal note with what goes to Lee Park:"
    assert owners(window, [second]) != ["lee"]
    qtbot.keyClick(note.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: owners(window, [second]) == ["lee"])
    assert note.isHidden()


def test_the_keys_that_are_held_are_said_beside_the_pointer(qtbot, window):
    ids = support(window)
    drag, reassigning = drag_of(qtbot, window, ids, keys=CONTROL | SHIFT)
    drag.over(place(window, "agent:priya"))
    held(qtbot, window)
    drag.over(place(window, "agent:priya"))
    lines = reassigning.hint.text().split("\n")
    assert lines[0].startswith("✓ 2 to Priya Nair")
    assert "Transferred to Online Banking too" in lines
    assert "A note is asked for first" in lines


@pytest.mark.parametrize(
    ("name", "field", "value"),
    [
        ("department:banking", "department", "banking"),
        ("team:security", "team", "security"),
        ("mine", "owner", "sam"),
        ("deleted", "state", State.DELETED),
    ],
)
def test_each_kind_of_place_does_what_it_stands_for(qtbot, window, name, field, value):
    ids = support(window)
    drag, _ = drag_of(qtbot, window, ids)
    drag.over(place(window, name))
    held(qtbot, window)
    assert drag.over(place(window, name))
    drag.drop(place(window, name))
    qtbot.waitUntil(lambda: {getattr(t, field) for t in tickets(window, ids)} == {value})


def test_a_search_for_one_status_sets_it_and_queues_of_several_take_nothing(qtbot, window):
    ids = [t.id for t in tickets(window, support(window, 9)) if t.owner][:2]
    window.searching.save("Held", 'status:"On hold"')
    window.searching.save("Mixed", 'status:"On hold" laptop')
    qtbot.waitUntil(lambda: "searches" in window.navigator._sections)
    qtbot.waitUntil(lambda: window.navigator._sections["searches"].childCount() == 2)
    names = {i.text(0): n for n, i in window.navigator._items.items()}
    drag, _ = drag_of(qtbot, window, ids)
    for name in (names["Mixed"], "open", "closed", "overdue", "drafts"):
        assert not drag.over(place(window, name)), name
    drag.over(place(window, names["Held"]))
    drag.drop(place(window, names["Held"]))
    qtbot.waitUntil(lambda: {t.status for t in tickets(window, ids)} == {"on-hold"})


def test_who_is_away_is_said_with_the_substitute_and_over_the_limit_is_no_refusal(qtbot, window):
    desk = window.session.desk
    kept = Availability(agent="lee", away=True, substitute="john", capacity=1)
    window.session.write(
        lambda: set_availability(desk.unit, kept, actor="sam", at=desk.now()),
        owner=window,
        done=lambda _: None,
        failed=pytest.fail,
    )
    qtbot.waitUntil(lambda: figure(window, "agent:lee").endswith("▲"))
    drag, reassigning = drag_of(qtbot, window, support(window))
    drag.over(place(window, "agent:lee"))
    held(qtbot, window)
    assert drag.over(place(window, "agent:lee"))
    assert "4 over the limit" in reassigning.hint.text()
    assert "Away; John Carter stands in" in reassigning.hint.text()


def test_a_refusal_tells_the_gates_reason_and_changes_nothing(qtbot, open_as):
    window = ready(qtbot, open_as("priya"))
    qtbot.waitUntil(lambda: window.supervising.reassigning.workload is not None)
    reader = window.session.desk.reader()
    number = reader.find_ticket("100020")
    before = reader.ticket(number)
    reassigning = window.supervising.reassigning
    drag = Drag(qtbot, window.navigator, encoded(reassigning.desk, [number]))
    drag.over(place(window, "mine"))
    drag.drop(place(window, "mine"))
    qtbot.waitUntil(lambda: "no access" in window.notice.text)
    assert reader.ticket(number) == before
    reader.close()


# --- what comes from outside -------------------------------------------------------------------


def mime(raw):
    data = QMimeData()
    data.setData(MIME, raw)
    return data


def doc(**other):
    whole = {"version": 1, "desk": "d", "tickets": [1, 2]}
    return json.dumps(whole | other).encode()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe",
        b"[" * 100_000,
        b"[1, 2]",
        b'{"tickets": [1]}',
        doc(desk="other"),
        doc(version=2),
        doc(tickets=[]),
        doc(tickets="12"),
        doc(tickets=[1, "2"]),
        doc(tickets=[True]),
        doc(tickets=[1.5]),
        doc(tickets=[-1]),
        doc(tickets=[1 << 63]),
        doc(tickets=[1] * 20_001),
        doc(tickets=[1], more="x" * (1 << 20)),
    ],
    ids=lambda raw: repr(raw[:30]),
)
def test_what_another_program_drags_is_taken_for_nothing_unless_it_is_whole(raw):
    assert decoded(mime(raw), "d") is None


def test_tickets_of_this_desk_are_known_again_each_once():
    assert decoded(mime(doc(tickets=[3, 1, 3])), "d") == (3, 1)
    assert decoded(encoded("d", [5, 6]), "d") == (5, 6)
    assert decoded(QMimeData(), "d") is None
    assert decoded(None, "d") is None


def test_foreign_tickets_are_no_drop_and_files_are_still_the_windows(qtbot, window):
    drag = Drag(qtbot, window.navigator, mime(doc(desk="another")))
    assert not drag.over(place(window, "agent:lee"))
    assert window.supervising.reassigning.held is None
    files = QMimeData()
    files.setUrls([QUrl.fromLocalFile("/nowhere/mail.eml")])
    enter = QDragEnterEvent(
        place(window, "agent:lee"), ALL_ACTIONS, files, Qt.MouseButton.LeftButton, NONE
    )
    QApplication.sendEvent(window.navigator.viewport(), enter)
    assert enter.isAccepted()


def test_a_drag_from_elsewhere_that_goes_again_leaves_no_marks(qtbot, window):
    before = figure(window, "agent:lee")
    drag, reassigning = drag_of(qtbot, window, support(window))
    drag.over(place(window, "agent:lee"))
    held(qtbot, window)
    assert figure(window, "agent:lee") != before
    drag.leave()
    assert reassigning.held is None
    assert figure(window, "agent:lee") == before


def test_a_ticket_of_another_window_of_the_desk_is_taken(qtbot, window, open_as):
    other = ready(qtbot, open_as("john"))
    qtbot.waitUntil(lambda: other.supervising.reassigning.workload is not None)
    ids = [t.id for t in tickets(window, support(window, 9)) if t.owner != "john"][:1]
    data = encoded(window.supervising.reassigning.desk, ids)
    drag = Drag(qtbot, other.navigator, data)
    drag.over(place(other, "agent:john"))
    drag.drop(place(other, "agent:john"))
    qtbot.waitUntil(lambda: owners(window, ids) == ["john"])


def test_the_picture_at_the_pointer_says_how_many(window):
    one, many = count_picture(window.queue, 1), count_picture(window.queue, 1000)
    assert many.width() > one.width() > 0


# --- by the keyboard ---------------------------------------------------------------------------


def select(window, ids):
    flags = window.queue.selectionModel().SelectionFlag
    window.queue.clearSelection()
    for ticket in ids:
        index = window.model.index(window.model.row_of(ticket), 0)
        window.queue.selectionModel().select(index, flags.Select | flags.Rows)


def test_cut_move_and_paste_do_what_a_drag_does(qtbot, window):
    ids = sorted(support(window), key=window.model.row_of)
    select(window, ids)
    window.queue.setFocus()
    qtbot.keyClick(window.queue, Qt.Key.Key_X, CONTROL)
    held(qtbot, window)
    assert figure(window, "agent:lee") == "3→5"
    navigator = window.navigator
    shown = window.queues.shown
    navigator.setFocus()
    navigator.setCurrentItem(navigator._items["agent:lee"])
    assert window.queues.shown == shown  # moving about chooses nothing meanwhile
    assert window.supervising.reassigning.hint.text().startswith("✓ 2 to Lee Park")
    qtbot.keyClick(navigator, Qt.Key.Key_V, CONTROL)
    qtbot.waitUntil(lambda: owners(window, ids) == ["lee"] * 2)
    assert not window.supervising.reassigning.is_cut
    qtbot.keyClick(navigator, Qt.Key.Key_V, CONTROL)
    qtbot.waitUntil(lambda: "No tickets were cut" in window.notice.text)


def test_who_chose_a_person_is_still_there_when_the_list_is_made_anew_or_nowhere(qtbot, window):
    ids = support(window)
    navigator = window.navigator
    window.supervising.reassigning.cut(ids)
    held(qtbot, window)
    navigator.setFocus()
    navigator.setCurrentItem(navigator._items["agent:lee"])
    directory = window.session.directory
    for agents, there in (
        ({k: a for k, a in directory.agents.items() if k != "jane"}, True),
        ({k: a for k, a in directory.agents.items() if k != "lee"}, False),
    ):
        window.session.directory = replace(directory, agents=agents)
        window.session.directory_loaded.emit()
        assert navigator.currentItem() is navigator._items.get("agent:lee")
        assert (navigator.currentItem() is not None) is there
    before = owners(window, ids)
    qtbot.keyClick(navigator, Qt.Key.Key_V, CONTROL)
    assert "cannot be put here" in window.notice.text
    assert owners(window, ids) == before


def test_esc_lets_go_of_what_was_cut(qtbot, window):
    select(window, support(window))
    window.queue.setFocus()
    qtbot.keyClick(window.queue, Qt.Key.Key_X, CONTROL)
    held(qtbot, window)
    qtbot.keyClick(window.queue, Qt.Key.Key_Escape)
    assert window.supervising.reassigning.held is None
    assert decoded(QApplication.clipboard().mimeData(), window.supervising.reassigning.desk) is None


def test_what_was_copied_since_stays_when_esc_lets_go(qtbot, window):
    reassigning = window.supervising.reassigning
    reassigning.cut(support(window))
    held(qtbot, window)
    QApplication.clipboard().setText("a phone number")
    assert reassigning.let_go()
    assert QApplication.clipboard().text() == "a phone number"


def test_menu_and_palette_cut_and_put_too(qtbot, window):
    ids = support(window)
    select(window, ids)
    window.menus.entries["cut_tickets"].trigger()
    held(qtbot, window)
    window.queue.clearSelection()
    window.menus.entries["put_tickets"].trigger()
    qtbot.waitUntil(window.chooser.isVisible)
    qtbot.keyClicks(window.chooser.edit, "Lee Park")
    qtbot.keyClick(window.chooser.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: owners(window, ids) == ["lee"] * 2)
    window.menus.entries["put_tickets"].trigger()
    qtbot.waitUntil(lambda: "No tickets were cut" in window.notice.text)


def test_pasting_can_transfer_and_note_too(qtbot, window):
    ids = support(window, 1)
    reassigning = window.supervising.reassigning
    reassigning.cut(ids)
    held(qtbot, window)
    navigator = window.navigator
    navigator.setFocus()
    navigator.setCurrentItem(navigator._items["agent:priya"])
    qtbot.keyClick(navigator, Qt.Key.Key_V, CONTROL | ALT | SHIFT)
    qtbot.keyClicks(reassigning.note.edit, "For you")
    qtbot.keyClick(reassigning.note.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: owners(window, ids) == ["priya"])
    assert tickets(window, ids)[0].department == "banking"


def chooser_lines(window):
    listed = window.chooser.list
    return [listed.item(n).text() for n in range(listed.count())]


def test_assign_on_many_lists_the_same_dry_run(qtbot, window):
    ids = support(window, 3)
    select(window, ids)
    window.queue.setFocus()
    qtbot.keyClick(window.queue, Qt.Key.Key_A)
    qtbot.waitUntil(window.chooser.isVisible)
    lines = chooser_lines(window)
    (lee,) = [line for line in lines if line.startswith("Lee Park ")]
    assert "Lee Park   —   Open 3 → 6" in lee
    assert any(line.startswith("Priya Nair, and transfer to Online Banking") for line in lines)
    assert any(line.endswith("⊘") for line in lines)
    qtbot.keyClicks(window.chooser.edit, "Lee Park")
    qtbot.keyClick(window.chooser.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: owners(window, ids) == ["lee"] * 3)


@pytest.mark.parametrize(
    ("key", "typed", "field", "value"),
    [
        (Qt.Key.Key_T, "Banking", "department", "banking"),
        (Qt.Key.Key_P, "Low", "priority", "low"),
    ],
)
def test_keys_act_on_all_that_is_chosen(qtbot, window, key, typed, field, value):
    ids = [t.id for t in tickets(window, support(window, 9)) if t.priority != "low"][:2]
    select(window, ids)
    window.queue.setFocus()
    qtbot.keyClick(window.queue, key)
    qtbot.waitUntil(window.chooser.isVisible)
    qtbot.keyClicks(window.chooser.edit, typed)
    qtbot.keyClick(window.chooser.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: {getattr(t, field) for t in tickets(window, ids)} == {value})


def test_many_are_claimed_at_once_and_those_of_others_say_whose_they_are(qtbot, window):
    ids = support(window, 9)
    free = [t.id for t in tickets(window, ids) if t.owner is None]
    assert 0 < len(free) < len(ids)
    select(window, ids)
    window.queue.setFocus()
    qtbot.keyClick(window.queue, Qt.Key.Key_A, SHIFT)
    qtbot.waitUntil(lambda: owners(window, free) == ["sam"] * len(free))
    qtbot.waitUntil(lambda: f"{len(free)} to me" in window.notice.text)
    assert "has this ticket" in window.notice.text


def test_one_chosen_ticket_is_still_asked_about_beside_its_thread(qtbot, window):
    window.navigator.choose(QueueKind.OPEN)
    window.queue.go_to(support(window, 1)[0])
    qtbot.waitUntil(lambda: window.ticket.page is not None)
    window.queue.setFocus()
    qtbot.keyClick(window.queue, Qt.Key.Key_P)
    qtbot.waitUntil(window.chooser.isVisible)
    assert not any("→" in line for line in chooser_lines(window))


# --- the one shown ticket ----------------------------------------------------------------------


def listed(chooser):
    return [chooser.list.item(n).text() for n in range(chooser.list.count())]


def test_for_one_ticket_too_each_name_says_the_load_before_and_after_or_why_not(qtbot, window):
    (ticket,) = support(window, 1)
    window.go_to(ticket)
    qtbot.waitUntil(lambda: shown_number(window) == tickets(window, [ticket])[0].number)
    qtbot.keyClick(window.pane.talk, Qt.Key.Key_A)
    qtbot.waitUntil(window.chooser.isVisible)
    texts = listed(window.chooser)
    assert any(text.startswith("Lee Park   —   Open 3 → 4, overdue ") for text in texts)
    assert "Priya Nair   ⊘" in texts
    assert any(text.startswith("Priya Nair, and transfer to Online Banking") for text in texts)
    qtbot.keyClicks(window.chooser.edit, "lee park")
    qtbot.keyClick(window.chooser.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: owners(window, [ticket]) == ["lee"])
    qtbot.waitUntil(lambda: "Undo" in window.pane.notice.button.text())
    window.undo()
    qtbot.waitUntil(lambda: owners(window, [ticket]) != ["lee"])


def test_the_reason_stands_under_the_list_and_taking_it_does_nothing(qtbot, window):
    (ticket,) = support(window, 1)
    window.go_to(ticket)
    qtbot.waitUntil(lambda: shown_number(window) == tickets(window, [ticket])[0].number)
    qtbot.keyClick(window.pane.talk, Qt.Key.Key_A)
    qtbot.waitUntil(window.chooser.isVisible)
    row = listed(window.chooser).index("Priya Nair   ⊘")
    window.chooser.list.setCurrentRow(row)
    assert "Priya Nair has no access to Support" in window.chooser._hint.text()
    before = owners(window, [ticket])
    qtbot.keyClick(window.chooser.edit, Qt.Key.Key_Return)
    assert window.chooser.isVisible()
    assert owners(window, [ticket]) == before


def test_a_ticket_in_a_window_of_its_own_has_the_same_list(qtbot, window):
    (ticket,) = support(window, 1)
    window.go_to(ticket)
    qtbot.waitUntil(lambda: shown_number(window) == tickets(window, [ticket])[0].number)
    own = window.windows.tear_off()
    qtbot.waitUntil(lambda: own.ticket.page is not None)
    own.asking.choose("assign")
    qtbot.waitUntil(own.chooser.isVisible)
    assert any(text.startswith("Lee Park   —   Open 3 → 4") for text in listed(own.chooser))
    own.chooser.hide()
    own.close()
    own.deleteLater()
