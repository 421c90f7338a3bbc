"""The server's own canned responses: filled in by it, kept for when it is away."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt

from desk_app.domain.draft import DraftKind
from tests.remote.osticket_panel import panel
from tests.remote.panel.server import Fate, Panel
from tests.remote.panel.truth import CANNED
from tests.ui.panels import CTRL, LEFT, first_screen, go_to, opened, type_sign_in, unsettled

FIRST, SECOND = "900001", "900004"


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Iterator[Panel]:
    monkeypatch.setattr("desk_app.store.outbox_rows.UNDO_SECONDS", 0)
    with panel() as made:
        user = made.truth.user("Karen <b>Weber", "karen@bank.example")
        for subject in ("Payment page fails", "Locked out"):
            made.truth.open(subject, user, f"<p>{subject}</p>")
        assert {ticket.number for ticket in made.truth.tickets.values()} >= {FIRST}
        yield made


@pytest.fixture
def window(qtbot, qapp, at, tmp_path):
    with first_screen(at, tmp_path) as first:
        type_sign_in(qtbot, first.view, at, "john")
        yield opened(qtbot, first)


def numbers(at: Panel) -> list[str]:
    return sorted(ticket.number for ticket in at.truth.tickets.values())


def choices(window) -> list[str]:
    listed = window.chooser.list
    return [listed.item(n).text() for n in range(listed.count())]


def choose(qtbot, window, title: str) -> None:
    """By keys, as in the composer: Ctrl+; then a part of its name."""
    window.pane.write(DraftKind.REPLY)
    qtbot.keyClick(window.pane.reply.edit, Qt.Key.Key_Semicolon, CTRL)
    qtbot.waitUntil(window.chooser.isVisible)
    qtbot.keyClicks(window.chooser.edit, title)
    qtbot.keyClick(window.chooser.edit, Qt.Key.Key_Return)


def asked(at: Panel) -> int:
    return sum("canned-resp" in line for line in at.log)


def text(window) -> str:
    found: str = window.pane.reply.edit.toPlainText()
    return found


def offline(qtbot, window) -> None:
    qtbot.mouseClick(window.server.bar.offline, LEFT)
    qtbot.waitUntil(lambda: "you work offline" in window.server.bar.text)


def test_the_servers_own_are_listed_and_filled_in_for_this_ticket(qtbot, window, at):
    first = numbers(at)[0]
    go_to(qtbot, window, first)
    window.pane.write(DraftKind.REPLY)
    qtbot.keyClicks(window.pane.reply.edit, "Good day. ")
    qtbot.mouseClick(window.pane.reply.tools.buttons["canned"], LEFT)
    qtbot.waitUntil(window.chooser.isVisible)
    assert set(choices(window)) == set(CANNED.values())
    qtbot.keyClicks(window.chooser.edit, "We have")
    qtbot.keyClick(window.chooser.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: first in text(window))
    assert text(window).startswith("Good day. ")
    assert window.pane.reply.edit.hasFocus()
    assert window.pane.notice.isHidden()


def strip(window) -> list[str]:
    return [button.text().split()[1] for button in window.pane.reply.strip_buttons()]


def sent_files(at: Panel, number: str) -> list[list[tuple[str, bytes, str]]]:
    """Of each reply."""
    ticket = next(t for t in at.truth.tickets.values() if t.number == number)
    replies = [entry for entry in ticket.entries if entry.kind == "response"]
    return [[(file.name, file.data, file.key) for file in reply.files] for reply in replies]


def test_its_pictures_are_named_and_nothing_of_it_runs(qtbot, window, at):
    go_to(qtbot, window, numbers(at)[0])
    choose(qtbot, window, "anew")
    qtbot.waitUntil(lambda: "Hello" in text(window))
    said = window.pane.notice.text
    assert "A picture of it" in said
    assert "guide.pdf" not in said
    assert "steal" not in window.pane.reply.edit.toHtml()


def test_its_files_go_along_once_and_are_those_that_the_server_keeps(qtbot, window, at):
    first = numbers(at)[0]
    go_to(qtbot, window, first)
    choose(qtbot, window, "anew")
    qtbot.waitUntil(lambda: strip(window) == ["guide.pdf", "form.docx"])
    choose(qtbot, window, "anew")  # a second time: the words, and no second copy of the files
    qtbot.waitUntil(lambda: text(window).count("Hello") == 2)
    assert strip(window) == ["guide.pdf", "form.docx"]
    at.fates.append(Fate.LOSE_ANSWER)
    qtbot.keyClick(window.pane.reply.edit, Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: list(at.truth.posted.values()) == [1])
    qtbot.waitUntil(lambda: unsettled(window) == 0)
    kept = [(file.name, file.data, file.key) for file in at.truth.canned["4"]]
    assert sent_files(at, first) == [kept]


def test_a_file_can_be_taken_away_before_it_goes(qtbot, window, at):
    first = numbers(at)[0]
    go_to(qtbot, window, first)
    choose(qtbot, window, "anew")
    qtbot.waitUntil(lambda: len(strip(window)) == 2)
    qtbot.mouseClick(window.pane.reply.strip_buttons()[0], LEFT)
    qtbot.keyClick(window.pane.reply.edit, Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: unsettled(window) == 0 and bool(sent_files(at, first)))
    assert [[name for name, _, _ in files] for files in sent_files(at, first)] == [["form.docx"]]


def test_offline_the_files_that_were_read_before_go_along(qtbot, window, at):
    first = numbers(at)[0]
    go_to(qtbot, window, first)
    choose(qtbot, window, "anew")
    qtbot.waitUntil(lambda: len(strip(window)) == 2)
    offline(qtbot, window)
    for button in window.pane.reply.strip_buttons():
        button.click()
    window.pane.reply.edit.clear()
    choose(qtbot, window, "anew")
    qtbot.waitUntil(lambda: strip(window) == ["guide.pdf", "form.docx"])


def test_files_that_cannot_be_had_are_named(qtbot, window, at):
    at.canned_gone = True
    go_to(qtbot, window, numbers(at)[0])
    choose(qtbot, window, "anew")
    qtbot.waitUntil(lambda: "Hello" in text(window))
    assert "guide.pdf, form.docx could not be attached" in window.pane.notice.text
    assert strip(window) == []


def test_offline_what_was_read_before_can_be_used_and_the_rest_says_why_not(qtbot, window, at):
    first, second = numbers(at)
    go_to(qtbot, window, first)
    choose(qtbot, window, "We have")
    qtbot.waitUntil(lambda: first in text(window))
    offline(qtbot, window)
    window.pane.reply.edit.clear()
    choose(qtbot, window, "We have")
    qtbot.waitUntil(lambda: first in text(window))
    assert asked(at) == 1

    window.pane.reply.edit.clear()
    choose(qtbot, window, "anew")
    assert text(window) == ""
    assert any("were not read for this ticket" in line for line in hints(window))
    qtbot.keyClick(window.chooser.edit, Qt.Key.Key_Escape)
    go_to(qtbot, window, second)
    choose(qtbot, window, "We have")
    assert any("were not read for this ticket" in line for line in hints(window))


def hints(window) -> list[str]:
    return [*choices(window), window.chooser._hint.text()]


def test_where_the_line_drops_the_text_that_was_read_before_is_used(qtbot, window, at):
    first = numbers(at)[0]
    go_to(qtbot, window, first)
    choose(qtbot, window, "We have")
    qtbot.waitUntil(lambda: first in text(window))
    window.pane.reply.edit.clear()
    at.offline = True
    choose(qtbot, window, "We have")
    qtbot.waitUntil(lambda: first in text(window))
    window.pane.reply.edit.clear()
    choose(qtbot, window, "anew")
    qtbot.waitUntil(lambda: "“How to begin anew” was not put in." in window.pane.notice.text)


def test_an_answer_for_another_ticket_goes_nowhere(qtbot, window, at):
    first, second = numbers(at)
    go_to(qtbot, window, first)
    with at.hold():
        choose(qtbot, window, "We have")
        qtbot.waitUntil(lambda: "fills in" in window.pane.notice.text)
        go_to(qtbot, window, second)
    qtbot.waitUntil(lambda: "was not put in" in window.pane.notice.text)
    assert text(window) == ""


def test_it_is_sent_as_it_was_filled_in(qtbot, window, at):
    first = numbers(at)[0]
    go_to(qtbot, window, first)
    choose(qtbot, window, "We have")
    qtbot.waitUntil(lambda: first in text(window))
    qtbot.keyClick(window.pane.reply.edit, Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: list(at.truth.posted.values()) == [1])
    qtbot.waitUntil(lambda: unsettled(window) == 0)
    ticket = next(t for t in at.truth.tickets.values() if t.number == first)
    assert f"Hello Karen &lt;b&gt;Weber, {first}" in ticket.entries[-1].html
