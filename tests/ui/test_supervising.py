"""Sharing out, handing over, absence, escalation, and who gave what to whom."""

import csv
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from desk_app.bootstrap import OpenDesk
from desk_app.domain.commands import Assign
from desk_app.domain.entry import EntryKind
from desk_app.domain.moment import whole_ms
from desk_app.domain.ticket import Referral
from desk_app.domain.workload import Availability
from desk_app.services.absence import set_availability
from desk_app.ui.balancing import whose
from desk_app.ui.models.proposal_model import TO
from desk_app.ui.ticket_mime import encoded
from tests.builders import make_directory
from tests.ui.test_queue import choose, ready
from tests.ui.test_reassigning import Drag, owners, place, select, support, tickets


@pytest.fixture
def window(qtbot, open_as):
    return opened(qtbot, open_as, "sam")


def opened(qtbot, open_as, agent):
    found = ready(qtbot, open_as(agent))
    qtbot.waitUntil(lambda: found.supervising.reassigning.workload is not None)
    return found


def proposal(qtbot, window):
    balancing = window.supervising.balancing
    qtbot.waitUntil(lambda: balancing.shown is not None)
    qtbot.waitUntil(lambda: balancing.shown.model.rowCount() > 0)
    return balancing.shown


def run(window, name):
    window.menus.entries[name].trigger()


# --- sharing out -------------------------------------------------------------------------------


def test_nothing_is_shared_out_before_it_was_looked_at(qtbot, window):
    ids = support(window, 4)
    before = owners(window, ids)
    select(window, ids)
    run(window, "share")
    shown = proposal(qtbot, window)
    assert "of 4 move" in shown.told.text()
    assert owners(window, ids) == before
    shown.cancel.click()
    qtbot.waitUntil(lambda: window.supervising.balancing.shown is None)
    assert owners(window, ids) == before


def test_a_line_is_changed_and_then_all_is_handed_over_with_one_undo(qtbot, window):
    ids = support(window, 4)
    before = owners(window, ids)
    select(window, ids)
    run(window, "share")
    shown = proposal(qtbot, window)
    model = shown.model
    for row in range(model.rowCount()):
        keys = [key for key, _ in model.choices(row)]
        assert "priya" not in keys  # no access: cannot even be chosen
        assert not model.setData(model.index(row, TO), "priya")
        model.setData(model.index(row, TO), "sam" if row else "")
    assert "3 of 4 move" in shown.told.text()
    assert "Sam Ortiz 0 → 3" in shown.told.text()
    kept = model.lines[0].ticket
    qtbot.keyClicks(shown.note, "Shared out")
    shown.do.click()
    qtbot.waitUntil(lambda: owners(window, ids).count("sam") == 3)
    assert tickets(window, [kept.id])[0].owner == kept.owner
    window.undo()
    qtbot.waitUntil(lambda: owners(window, ids) == before)


def test_another_measure_and_another_circle_propose_anew(qtbot, window):
    select(window, support(window, 4))
    run(window, "share")
    shown = proposal(qtbot, window)
    names = [shown.among.itemText(n) for n in range(shown.among.count())]
    assert names == ["My colleagues", "Team Security", "Team Network"]
    shown.among.setCurrentIndex(2)
    shown.made_anew.emit()
    qtbot.waitUntil(lambda: {line.agent for line in shown.model.lines} <= {"lee", "jane", None})
    shown.close()


def test_whoever_chose_nothing_is_told_so(qtbot, window):
    window.queue.clearSelection()
    run(window, "share")
    assert "Choose the tickets" in window.notice.text
    run(window, "escalate")
    assert "Choose the tickets" in window.notice.text


def test_who_then_chose_some_is_no_longer_told_to(qtbot, window):
    window.queue.clearSelection()
    run(window, "share")
    select(window, support(window, 2))
    run(window, "share")
    proposal(qtbot, window).close()
    assert window.notice.text == ""


@pytest.mark.parametrize(("count", "words"), [(1, "1 overdue"), (3, "all 3 overdue")])
def test_one_is_not_called_all(count, words):
    agent = make_directory().agents["john"]
    assert whose(agent, count, "1 overdue", "all {n} overdue") == f"{agent.name}: {words}"


def test_all_overdue_of_one_go_to_another_after_the_same_dry_run(qtbot, window):
    john = [t for t in all_of(window, "john") if t.department == "support"]
    run(window, "reassign_all")
    choose(qtbot, window, "John Carter: all 6 open")
    qtbot.waitUntil(lambda: "Assign 6" in window.chooser.edit.placeholderText())
    qtbot.keyClicks(window.chooser.edit, "Lee Park")
    qtbot.keyClick(window.chooser.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: {t.owner for t in tickets(window, [t.id for t in john])} == {"lee"})


def all_of(window, agent):
    ids = list(window.model.tickets_in(0, window.model.rowCount() - 1))
    return [t for t in tickets(window, ids) if t.owner == agent]


def test_at_the_end_of_a_shift_all_stays_until_it_is_given_on(qtbot, open_as):
    window = opened(qtbot, open_as, "john")
    mine = [t.id for t in all_of(window, "john")]
    run(window, "hand_over")
    shown = proposal(qtbot, window)
    assert {line.agent for line in shown.model.lines} == {None}
    assert not shown.do.isEnabled()
    shown.copy.click()
    listed = QApplication.clipboard().text().splitlines()
    assert len(listed) == len(mine)
    row = next(r for r, line in enumerate(shown.model.lines) if line.ticket.department == "support")
    given = shown.model.lines[row].ticket.id
    shown.model.setData(shown.model.index(row, TO), "lee")
    shown.do.click()
    qtbot.waitUntil(lambda: owners(window, [given]) == ["lee"])
    assert owners(window, [t for t in mine if t != given]) == ["john"] * (len(mine) - 1)


def test_who_has_nothing_to_hand_over_is_told_so(qtbot, window):
    assert all_of(window, "sam") == []
    run(window, "hand_over")
    balancing = window.supervising.balancing
    qtbot.waitUntil(lambda: balancing.shown.told.text() == "There is no open ticket to hand over.")
    assert not balancing.shown.do.isEnabled()
    balancing.shown.close()


def test_a_substitute_who_left_the_desk_is_proposed_no_more(qtbot, open_as):
    window = opened(qtbot, open_as, "john")
    desk = window.session.desk
    kept = Availability(agent="john", away=True, substitute="lee")
    desk_changes = set_availability(desk.unit, kept, actor="john", at=whole_ms(desk.now()))
    window.session.changed.emit(desk_changes)
    qtbot.waitUntil(lambda: window.navigator._items["agent:john"].text(0) == "John Carter (away)")
    directory = window.session.directory
    agents = {key: agent for key, agent in directory.agents.items() if key != "lee"}
    window.session.directory = replace(directory, agents=agents)
    run(window, "hand_over")
    shown = proposal(qtbot, window)
    assert "Lee Park" not in [shown.among.itemText(n) for n in range(shown.among.count())]
    assert "lee" not in {line.agent for line in shown.model.lines}
    shown.close()


# --- working time ------------------------------------------------------------------------------


def test_who_goes_away_is_marked_and_what_they_have_is_offered_to_the_substitute(qtbot, window):
    run(window, "absence")
    view = window.supervising.absences.view
    view.agents.setCurrentIndex(view.agents.findData("lee"))
    view.agent_chosen.emit("lee")
    assert view.limit.value() == 8
    view.limit.setValue(2)
    view.away.setChecked(True)
    view.substitute.setCurrentIndex(view.substitute.findData("john"))
    view.save.click()
    qtbot.waitUntil(lambda: "3 open tickets are still with them" in window.notice.text)
    qtbot.waitUntil(lambda: window.navigator._items["agent:lee"].text(1).endswith("▲"))
    spoken = window.navigator._items["agent:lee"].toolTip(0)
    for words in ("limit: 2", "1 over the limit", "away", "John Carter stands in"):
        assert words in spoken
    assert window.navigator._items["agent:lee"].text(0) == "Lee Park (away)"
    window.notice.button.click()
    shown = proposal(qtbot, window)
    support_ones = [line for line in shown.model.lines if line.ticket.department == "support"]
    assert {line.agent for line in support_ones} == {"john"}
    shown.close()


def test_anothers_working_time_is_not_for_everybody(qtbot, open_as):
    window = opened(qtbot, open_as, "john")
    run(window, "absence")
    view = window.supervising.absences.view
    view.agents.setCurrentIndex(view.agents.findData("lee"))
    view.save.click()
    qtbot.waitUntil(lambda: "Only Lee Park or a supervisor" in view.told.text())
    view.close()


# --- escalation --------------------------------------------------------------------------------


def test_an_escalation_is_one_step_and_one_undo(qtbot, window):
    ids = [t.id for t in tickets(window, support(window, 9)) if t.priority == "normal"][:2]
    select(window, ids)
    run(window, "escalate")
    panel = window.supervising.escalating.panel
    qtbot.waitUntil(panel.isVisible)
    assert panel.priority.currentData() == "high"  # the next more urgent one
    panel.team.setCurrentIndex(panel.team.findData("network"))
    panel.note.setText("Branch is down")
    qtbot.keyClick(panel.note, Qt.Key.Key_Return)
    qtbot.waitUntil(
        lambda: {(t.priority, t.team) for t in tickets(window, ids)} == {("high", "network")}
    )
    reader = window.session.desk.reader()
    entry = reader.page(ids[0], agent="sam", entries=1).entries[-1]
    reader.close()
    assert (entry.kind, entry.text) == (EntryKind.NOTE, "Escalated: Branch is down")
    qtbot.waitUntil(lambda: window.notice.text.startswith("2 to Network"))
    window.undo()
    qtbot.waitUntil(lambda: {t.priority for t in tickets(window, ids)} == {"normal"})
    assert {t.team for t in tickets(window, ids)} == {None}


# --- who gave what to whom ---------------------------------------------------------------------


def renamed(qtbot, window, ids):
    """Give one of the tickets a subject that a spreadsheet would carry out."""
    window.go_to(ids[0])
    qtbot.waitUntil(lambda: window.ticket.page is not None)
    qtbot.waitUntil(lambda: window.ticket.page.ticket.id == ids[0])
    window.ticket.edit("subject", "=cmd|'/c calc'!A1")
    qtbot.waitUntil(lambda: tickets(window, ids)[0].subject.startswith("=cmd"))


def test_reassignments_are_listed_filtered_and_saved_as_harmless_csv(qtbot, window, tmp_path):
    ids = support(window, 2)
    drag = Drag(qtbot, window.navigator, encoded(window.supervising.reassigning.desk, ids))
    drag.over(place(window, "agent:lee"))
    drag.drop(place(window, "agent:lee"))
    qtbot.waitUntil(lambda: owners(window, ids) == ["lee"] * 2)
    number = tickets(window, ids)[0].number
    renamed(qtbot, window, ids)
    run(window, "moves")
    auditing = window.supervising.auditing
    view, model = auditing.view, auditing.model
    qtbot.waitUntil(lambda: model.rowCount() > 2)
    view.person.setCurrentIndex(view.person.findData("lee"))
    view.person.activated.emit(view.person.currentIndex())
    qtbot.keyClicks(view.text, number)
    qtbot.waitUntil(lambda: {m.number for m in model.moves} == {number})
    line = [model.index(0, c).data() for c in range(model.columnCount())]
    assert line[1:4] == ["Sam Ortiz", "Assigned", number]
    assert line[6] == "Lee Park"
    target = tmp_path / "moves.csv"
    auditing.save(str(target))
    qtbot.waitUntil(lambda: "Saved as" in view.told.text())
    with target.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0][0] == "When"
    assert rows[1][4] == "'=cmd|'/c calc'!A1"
    assert len(rows) == 1 + model.rowCount()
    view.close()


def test_whose_ticket_was_taken_hears_by_whom(qtbot, open_as):
    window = opened(qtbot, open_as, "john")
    taken = window.supervising.taken
    qtbot.waitUntil(lambda: taken._seen is not None)
    mine = next(t for t in all_of(window, "john") if t.department == "support")
    other = OpenDesk(window.session.desk.path)
    now = other.now()
    other.bus.handle(
        Assign(
            id=other.ids.command(now),
            ticket=mine.id,
            actor="lee",
            at=now,
            to=Referral(kind="agent", key="lee"),
        )
    )
    qtbot.waitUntil(lambda: window.notice.text == f"Lee Park took #{mine.number} from you.")
    other.bus.handle(
        Assign(
            id=other.ids.command(now),
            ticket=next(t.id for t in all_of(window, "john") if t.id != mine.id
                        and t.department == "support"),
            actor="sam",
            at=now,
            to=Referral(kind="agent", key="lee"),
        )
    )  # fmt: skip
    qtbot.waitUntil(lambda: "Sam Ortiz gave your" in window.notice.text)
    assert "to Lee Park" in window.notice.text
    other.close()


# --- how many at most, and that it is said -----------------------------------------------------


def test_a_proposal_says_how_many_are_left_for_the_next(qtbot, window, monkeypatch):
    monkeypatch.setattr("desk_app.ui.balancing.MOST", 2)
    select(window, support(window, 4))
    run(window, "share")
    shown = proposal(qtbot, window)
    assert shown.model.rowCount() == 2
    assert shown.capped.isVisible()
    assert "first 2 of 4" in shown.capped.text()
    shown.close()


def test_a_board_says_how_many_are_no_cards_and_what_to_do(qtbot, window, monkeypatch):
    monkeypatch.setattr("desk_app.ui.boarding.MOST_CARDS", 5)
    boarding = window.supervising.boarding
    boarding.open("agent")
    qtbot.waitUntil(lambda: "more are too far down" in boarding.page.told.text())
    assert "filter the queue" in boarding.page.told.text()
    assert sum(len(column.ids) for column in boarding.model.columns()) == 5


def test_more_than_the_hand_holds_are_not_taken_up_and_that_is_said(qtbot, window, monkeypatch):
    monkeypatch.setattr("desk_app.ui.reassigning.MOST_TICKETS", 2)
    select(window, support(window, 3))
    window.queue.setFocus()
    qtbot.keyClick(window.queue, Qt.Key.Key_X, Qt.KeyboardModifier.ControlModifier)
    assert "3 tickets are too many" in window.notice.text
    assert not window.supervising.reassigning.is_cut
    window.notice.hide()
    window.queue.drag_begun.emit(window.queue.selected_tickets())  # as a drag begins
    assert "3 tickets are too many" in window.notice.text


def test_a_list_of_reassignments_that_is_cut_off_says_so(qtbot, window, monkeypatch):
    monkeypatch.setattr("desk_app.ui.auditing.MOST", 1)
    run(window, "moves")
    view = window.supervising.auditing.view
    view.days.setCurrentIndex(view.days.count() - 1)
    view.days.activated.emit(view.days.currentIndex())
    qtbot.waitUntil(lambda: "newest 1 reassignments" in view.told.text())
    view.close()
