"""Actions whose target is looked up while one types."""

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import Qt

from desk_app.domain.lifecycle import Action
from desk_app.domain.ticket import Referral, State
from desk_app.ui.choices import due_times

LAPTOP = "100020"
OTHER = "100009"


def ticket(window):
    return window.ticket.page.ticket


def pick(qtbot, window, words, wanted=""):
    """Type into the chooser, wait for the line, take it."""
    qtbot.waitUntil(window.chooser.isVisible)
    qtbot.keyClicks(window.chooser.edit, words)
    listed = window.chooser.list

    def found():
        texts = [listed.item(i).text() for i in range(listed.count())]
        return next((i for i, text in enumerate(texts) if (wanted or words) in text), None)

    qtbot.waitUntil(lambda: found() is not None)
    listed.setCurrentRow(found())
    qtbot.keyClick(window.chooser.edit, Qt.Key.Key_Return)


def test_a_ticket_is_linked_by_words_and_unlinked_again(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    other = window.session.desk.reader().find_ticket(OTHER)
    window.asking.choose(Action.LINK)
    pick(qtbot, window, "VPN", OTHER)
    qtbot.waitUntil(lambda: ticket(window).links == (other,))
    window.asking.choose(Action.UNLINK)
    pick(qtbot, window, OTHER)
    qtbot.waitUntil(lambda: ticket(window).links == ())


def test_a_ticket_is_merged_by_number_and_says_first_what_will_happen(qtbot, open_as):
    window = open_as("sam", "100008")
    into = window.session.desk.reader().find_ticket("100007")
    window.asking.choose(Action.MERGE)
    pick(qtbot, window, "100007", "this ticket closes and goes on there")
    qtbot.waitUntil(lambda: ticket(window).merged_into == into)


def test_a_merged_ticket_is_no_target_and_the_button_leads_to_where_it_went_on(qtbot, open_as):
    window = open_as("sam", "100008")
    reader = window.session.desk.reader()
    window.asking.choose(Action.MERGE)
    pick(qtbot, window, "100007", "this ticket closes and goes on there")
    qtbot.waitUntil(lambda: ticket(window).merged_into is not None)
    window.go_to(reader.find_ticket(OTHER))
    qtbot.waitUntil(lambda: ticket(window).number == OTHER)
    window.asking.choose(Action.MERGE)
    qtbot.waitUntil(window.chooser.isVisible)
    qtbot.keyClicks(window.chooser.edit, "100008")
    listed = window.chooser.list
    qtbot.waitUntil(lambda: listed.count() == 1 and "100008" in listed.item(0).text())
    assert "goes on in 100007" in listed.item(0).toolTip()
    qtbot.keyClick(window.chooser.edit, Qt.Key.Key_Escape)
    window.ticket.do(Action.MERGE, reader.find_ticket("100008"))
    button = window.pane.notice.button
    qtbot.waitUntil(lambda: button.text() == "Merge into 100007")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: ticket(window).merged_into == reader.find_ticket("100007"))


def test_an_open_child_holds_its_parent_open_and_the_button_goes_there(qtbot, open_as):
    window = open_as("sam", "100008")
    desk = window.session.desk
    parent = desk.reader().find_ticket("100007")
    window.asking.choose(Action.MERGE)
    pick(qtbot, window, "100007", "this ticket closes and goes on there")
    qtbot.waitUntil(lambda: ticket(window).merged_into == parent)
    with desk.unit() as unit:  # as a message to the child reopened it
        unit.save(replace(ticket(window), status="open", state=State.OPEN))
        unit.commit()
    window.go_to(parent)
    qtbot.waitUntil(lambda: ticket(window).id == parent)
    window.ticket.set_status("closed")
    assert "100008, merged into this one, is still open" in window.pane.notice.text
    qtbot.mouseClick(window.pane.notice.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: ticket(window).number == "100008")


def test_a_ticket_is_not_joined_to_itself(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    window.asking.choose(Action.LINK)
    qtbot.keyClicks(window.chooser.edit, LAPTOP)
    qtbot.waitUntil(lambda: window.chooser.list.count() == 1)
    assert "itself" in window.chooser.list.item(0).toolTip()


def test_the_requester_is_found_by_name(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    window.asking.choose(Action.EDIT_REQUESTER)
    pick(qtbot, window, "karen", "Karen Weber")
    qtbot.waitUntil(lambda: window.ticket.page.requester.name == "Karen Weber")
    qtbot.waitUntil(lambda: "Requester: Ken Adams → Karen Weber" in window.pane.notice.text)
    assert "Requester: Ken Adams → Karen Weber" in window.pane.side.history.toPlainText()
    window.undo()
    qtbot.waitUntil(lambda: window.ticket.page.requester.name == "Ken Adams")


def test_a_new_person_reads_along_and_is_taken_away_again(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    window.asking.choose(Action.EDIT_COLLABORATORS)
    pick(qtbot, window, "Cy Young <cy@bank.example>", "New person")
    qtbot.waitUntil(lambda: [p.name for p in window.ticket.page.collaborators] == ["Cy Young"])
    window.composing.reply_to_all()
    assert window.pane.reply.copies == ("cy@bank.example",)
    window.asking.choose(Action.EDIT_COLLABORATORS)
    pick(qtbot, window, "take away", "Take away")
    qtbot.waitUntil(lambda: window.ticket.page.collaborators == ())


def test_a_due_date_may_be_typed(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    window.asking.choose(Action.EDIT_DUE)
    pick(qtbot, window, "+3d", "Due ")
    qtbot.waitUntil(lambda: ticket(window).due_at is not None)
    left = ticket(window).due_at - datetime.now(UTC)
    assert timedelta(days=2, hours=23) < left < timedelta(days=3, hours=1)


def test_a_ticket_is_referred_to_a_department_and_the_referral_ends(qtbot, open_as):
    window = open_as("sam", LAPTOP)
    window.asking.choose(Action.REFER)
    pick(qtbot, window, "online department", "Online Banking")
    qtbot.waitUntil(lambda: ticket(window).referrals != ())
    assert ticket(window).referrals[0] == Referral(kind="department", key="banking")
    window.asking.choose(Action.UNREFER)
    pick(qtbot, window, "Online")
    qtbot.waitUntil(lambda: ticket(window).referrals == ())


def test_an_extra_field_is_chosen_and_answered(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    window.asking.choose(Action.EDIT_CUSTOM)
    pick(qtbot, window, "Asset")
    pick(qtbot, window, "LT-0502")
    qtbot.waitUntil(lambda: dict(ticket(window).custom)["asset"] == "LT-0502")


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="Windows has no way to set the zone")
def test_a_due_date_beyond_a_clock_change_is_the_hour_that_it_says(monkeypatch):
    """Clocks went forward on 29 March 2026 in Berlin: nine o'clock is an hour earlier then."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Europe/Berlin")
        time.tzset()
        saturday = datetime(2026, 3, 28, 14, tzinfo=UTC).astimezone()
        found = dict(due_times(saturday))
    time.tzset()
    assert found["Today, 17:00"] == datetime(2026, 3, 28, 16, tzinfo=UTC)
    assert found["Tomorrow, 9:00"] == datetime(2026, 3, 29, 7, tzinfo=UTC)
    assert found["Monday, 9:00"] == datetime(2026, 3, 30, 7, tzinfo=UTC)
