"""A ticket taken down by hand: a draft from the first key, made once."""

from PySide6.QtCore import Qt

from desk_app.domain.draft import DraftKind
from desk_app.domain.filters import QueueFilter, SortKey

CONTROL = Qt.KeyboardModifier.ControlModifier


def start(qtbot, window):
    qtbot.waitUntil(lambda: window.model.rowCount() > 0)
    window.menus.entries["new_ticket"].trigger()
    form = window.opening.form
    qtbot.waitUntil(lambda: window.right.currentWidget() is form)
    return form


def fill(qtbot, form, subject="Scanner beeps", words="It beeps twice."):
    qtbot.keyClicks(form.requester, "Ann Lee <ann.lee@bank.example>")
    qtbot.keyClicks(form.subject, subject)
    qtbot.keyClicks(form.area.edit, words)


def newest(window):
    reader = window.session.desk.reader()
    order = SortKey()
    row = reader.queue_head(QueueFilter(), order, agent="jane", limit=1)[0]
    return reader.page(row.id, agent="jane", entries=10)


def test_a_ticket_is_made_from_the_form_and_shown(qtbot, open_as):
    window = open_as("jane")
    form = start(qtbot, window)
    fill(qtbot, form)
    form.choose("priority", "high")
    form.mine.setChecked(True)
    qtbot.keyClick(form.area.edit, Qt.Key.Key_Return, CONTROL)
    qtbot.keyClick(form.area.edit, Qt.Key.Key_Return, CONTROL)
    qtbot.waitUntil(lambda: window.right.currentWidget() is window.pane)
    qtbot.waitUntil(lambda: window.ticket.page is not None)
    qtbot.waitUntil(lambda: window.ticket.page.ticket.subject == "Scanner beeps")
    page = newest(window)
    assert page.requester.email == "ann.lee@bank.example"
    assert [entry.text for entry in page.entries] == ["It beeps twice."]
    assert (page.ticket.priority, page.ticket.owner) == ("high", "jane")
    found = window.session.desk.reader().drafts()
    assert [d for d in found if d.key.kind is DraftKind.NEW_TICKET] == []


def test_what_is_missing_is_named_and_has_the_focus(qtbot, open_as):
    window = open_as("jane")
    form = start(qtbot, window)
    qtbot.keyClicks(form.area.edit, "words alone")
    qtbot.mouseClick(form.create_button, Qt.MouseButton.LeftButton)
    assert "Who asks?" in form.notice.text
    qtbot.keyClicks(form.requester, "ann@bank.example")
    qtbot.mouseClick(form.create_button, Qt.MouseButton.LeftButton)
    assert "subject" in form.notice.text


def test_the_form_is_a_draft_that_the_next_window_offers(qtbot, open_as):
    window = open_as("jane")
    form = start(qtbot, window)
    fill(qtbot, form, subject="Half a call")
    qtbot.keyClick(form.area.edit, Qt.Key.Key_Escape)
    assert window.right.currentWidget() is window.pane
    window.close()
    again = open_as("jane")
    form = start(qtbot, again)
    qtbot.waitUntil(lambda: "Half a call" in form.notice.text)
    qtbot.mouseClick(form.notice.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: form.subject.text() == "Half a call")
    assert form.area.edit.toPlainText() == "It beeps twice."
    assert form.requester.text() == "Ann Lee <ann.lee@bank.example>"


def test_a_known_requester_is_found_while_typing(qtbot, open_as):
    window = open_as("jane")
    form = start(qtbot, window)
    qtbot.keyClicks(form.requester, "kar")
    qtbot.waitUntil(lambda: "Karen Weber <karen@bank.example>" in form._people.stringList())


def test_a_help_topic_brings_its_department_and_priority(qtbot, open_as):
    window = open_as("jane")
    form = start(qtbot, window)
    directory = window.session.directory
    topic = next(t for t in directory.topics.values() if t.department and t.priority)
    form.choose("topic", topic.key)
    form.topic_chosen.emit(topic.key)
    assert (form.chosen("department"), form.chosen("priority")) == (
        topic.department,
        topic.priority,
    )


def test_a_new_ticket_begins_as_the_usual_one_also_after_another(qtbot, open_as):
    window = open_as("jane")
    for _ in range(2):
        form = start(qtbot, window)
        assert form.chosen("priority") == "normal"
        assert form.chosen("source") == "phone"
        assert form.chosen("department") == "sysadmins"
        fill(qtbot, form)
        form.choose("priority", "emergency")
        form.choose("topic", form.combos["topic"].itemData(1))
        qtbot.keyClick(form.area.edit, Qt.Key.Key_Return, CONTROL)
        qtbot.waitUntil(lambda: window.right.currentWidget() is window.pane)
    form = start(qtbot, window)
    assert form.chosen("topic") == ""


def test_tab_goes_through_the_form_as_it_is_read(qtbot, open_as):
    window = open_as("jane")
    window.show()
    form = start(qtbot, window)
    order = [form.requester, form.subject, *form.combos.values(), form.area.edit]
    widget = form.requester
    for following in order[1:]:
        while True:
            widget = widget.nextInFocusChain()
            if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisibleTo(form):
                break
        assert widget is following
