"""Why a ticket is late, as a person says: given, shown, found again, told to others."""

import csv

import pytest
from PySide6.QtCore import Qt

from desk_app.domain.entry import Change, EntryKind, Event
from desk_app.ui.thread_html import event_line
from desk_app.ui.views.board_page import ANY, BREACHES, NONE
from tests.ui.conftest import shown_number
from tests.ui.test_queue import choose
from tests.ui.test_reassigning import select, support, tickets
from tests.ui.test_supervising import opened, run

SUPPLIER = "Waiting for a supplier"
Key, CONTROL = Qt.Key, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def window(qtbot, open_as):
    return opened(qtbot, open_as, "sam")


def reasons(window, ids):
    return [t.breach_reason for t in tickets(window, ids)]


def last_entry(window, ticket):
    reader = window.session.desk.reader()
    found = reader.page(ticket, agent="sam", entries=1).entries[-1]
    reader.close()
    return found


def test_one_ticket_gets_a_reason_with_own_words_and_the_note_that_carries_it(qtbot, window):
    (ticket,) = support(window, 1)
    window.go_to(ticket)
    qtbot.waitUntil(lambda: shown_number(window) == tickets(window, [ticket])[0].number)
    run(window, "breach_reason")
    qtbot.waitUntil(window.chooser.isVisible)
    assert "Why is it late" in window.chooser.edit.placeholderText()
    qtbot.keyClicks(window.chooser.edit, "part comes Monday")
    texts = [window.chooser.list.item(n).text() for n in range(window.chooser.list.count())]
    assert texts[:2] == ["part comes Monday", f"{SUPPLIER}: part comes Monday"]
    qtbot.keyClick(window.chooser.edit, Key.Key_Down)
    qtbot.keyClick(window.chooser.edit, Key.Key_Return)
    told = f"{SUPPLIER}: part comes Monday"
    qtbot.waitUntil(lambda: reasons(window, [ticket]) == [told])
    entry = last_entry(window, ticket)
    assert (entry.kind, entry.text) == (EntryKind.NOTE, f"Breach reason: {told}")
    qtbot.waitUntil(lambda: window.ticket.page.ticket.breach_reason == told)
    window.undo()
    qtbot.waitUntil(lambda: reasons(window, [ticket]) == [""])
    assert last_entry(window, ticket).id != entry.id
    reader = window.session.desk.reader()
    assert reader.drafts() == []  # nobody wrote that note by hand
    reader.close()


def test_a_reason_in_a_field_of_the_servers_is_told_once(window):
    event = Event(
        id=1,
        ticket=1,
        command="v:1",
        action="breach_reason",
        actor="lee",
        at=window.session.desk.now(),
        changes=(
            Change(field="custom:6", old="", new=SUPPLIER),
            Change(field="breach_reason", old="", new=SUPPLIER),
        ),
    )
    assert event_line(event, window.session.directory).count(SUPPLIER) == 1


def test_several_get_one_reason_and_one_undo(qtbot, window):
    ids = support(window, 3)
    select(window, ids)
    run(window, "breach_reason")
    qtbot.waitUntil(window.chooser.isVisible)
    assert "these 3" in window.chooser.edit.placeholderText()
    choose(qtbot, window, "outage")
    qtbot.waitUntil(lambda: reasons(window, ids) == ["Part of a larger outage"] * 3)
    qtbot.waitUntil(lambda: window.notice.text == "3: breach reason Part of a larger outage.")
    window.undo()
    qtbot.waitUntil(lambda: reasons(window, ids) == [""] * 3)


def test_the_board_of_breaches_shows_reasons_and_keeps_to_one(qtbot, window):
    boarding = window.supervising.boarding
    boarding.open(BREACHES)
    page, model = boarding.page, boarding.model
    assert page.reasons.isVisible()
    page.hours.setCurrentIndex(page.hours.findData(72))
    page.hours.activated.emit(page.hours.currentIndex())

    def listed():
        return {t for column in model.columns() for t in column.ids}

    qtbot.waitUntil(lambda: len(listed()) > 3)
    late = sorted(listed())[:2]
    everything = listed()
    hand(window, late, SUPPLIER)
    qtbot.waitUntil(lambda: reasons(window, late) == [SUPPLIER] * 2)

    def look_for(reason):
        page.reasons.setCurrentIndex(page.reasons.findData(reason))
        page.reasons.activated.emit(page.reasons.currentIndex())

    for reason, found in (
        (SUPPLIER, set(late)),
        (ANY, set(late)),
        (NONE, everything - set(late)),
        ("Too much to do", set()),
        ("", everything),
    ):
        look_for(reason)
        qtbot.waitUntil(lambda found=found: listed() == found)
    look_for(SUPPLIER)
    qtbot.waitUntil(lambda: listed() == set(late))

    def words():
        column = next(n for n, c in enumerate(model.columns()) if late[0] in c.ids)
        card = model.card_at(list(model.columns()[column].ids).index(late[0]), column)
        return "" if card is None else card.words

    qtbot.waitUntil(lambda: words().startswith(SUPPLIER))


def hand(window, ids, reason):
    from desk_app.domain.reassignment import Handing, Place, Target

    handing = Handing(target=Target(kind=Place.AS_IT_IS), breach_reason=reason)
    window.supervising.reassigning.hand([(tuple(ids), handing)])


def test_a_filter_finds_what_was_given(qtbot, window):
    ids = support(window, 2)
    hand(window, ids[:1], f"{SUPPLIER}: cable")
    qtbot.waitUntil(lambda: reasons(window, ids[:1]) != [""])
    window.queues.narrow(f'breach:"{SUPPLIER}"')
    qtbot.waitUntil(
        lambda: list(window.model.tickets_in(0, window.model.rowCount() - 1)) == ids[:1]
    )
    window.queues.narrow("breach:none")
    qtbot.waitUntil(lambda: window.model.rowCount() > 1)
    assert ids[0] not in window.model.tickets_in(0, window.model.rowCount() - 1)


def test_an_escalation_says_why_and_the_audit_and_its_csv_tell_it(qtbot, window, tmp_path):
    ids = support(window, 2)
    select(window, ids)
    run(window, "escalate")
    panel = window.supervising.escalating.panel
    qtbot.waitUntil(panel.isVisible)
    panel.reason.setCurrentIndex(panel.reason.findData(SUPPLIER))
    qtbot.keyClick(panel.note, Key.Key_Return)
    qtbot.waitUntil(lambda: reasons(window, ids) == [SUPPLIER] * 2)
    auditing = window.supervising.auditing
    run(window, "moves")
    view = auditing.view
    view.kind.setCurrentIndex(view.kind.findData("breach_reason"))
    view.kind.activated.emit(view.kind.currentIndex())
    qtbot.waitUntil(lambda: [m.kind for m in auditing.model.moves] == ["breach_reason"] * 2)
    file = tmp_path / "audit.csv"
    auditing.save(str(file))
    qtbot.waitUntil(lambda: "Saved" in view.told.text())
    with file.open(newline="", encoding="utf-8-sig") as read:
        rows = list(csv.reader(read))
    assert [row[6] for row in rows[1:]] == [SUPPLIER] * 2
    view.close()
