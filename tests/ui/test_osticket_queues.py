"""The server's own queues in a window: a tree with numbers, and what is in one of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt

from desk_app.bootstrap import OpenDesk
from desk_app.ui.app import open_window
from tests.remote.osticket_panel import panel
from tests.remote.panel import html
from tests.remote.panel.server import Panel
from tests.ui.panels import LEFT, first_screen, opened, type_sign_in


@pytest.fixture
def at() -> Iterator[Panel]:
    with panel() as made:
        user = made.truth.user("Karen Weber", "karen@bank.example")
        for subject in ("Payment page fails", "Locked out", "Card reader"):
            made.truth.open(subject, user, f"<p>{subject}</p>")
        next(iter(made.truth.tickets.values())).staff = "1"
        yield made


@pytest.fixture
def window(qtbot, qapp, at, tmp_path):
    with first_screen(at, tmp_path) as first:
        type_sign_in(qtbot, first.view, at, "john")
        found = opened(qtbot, first)
        qtbot.waitUntil(lambda: "server_queue:2" in names(found))
        yield found


def names(window: Any) -> dict[str, Any]:
    return window.navigator._items


def number(window: Any, queue: str) -> str:
    text: str = names(window)[f"server_queue:{queue}"].text(1)
    return text


def choose(qtbot: Any, window: Any, queue: str) -> None:
    item = names(window)[f"server_queue:{queue}"]
    window.navigator.scrollToItem(item)
    at = window.navigator.visualItemRect(item).center()
    qtbot.mouseClick(window.navigator.viewport(), LEFT, pos=at)


def subjects(window: Any) -> set[str]:
    ids = window.model._ids
    reader = window.session.desk.reader()
    rows = reader.rows(list(ids), agent="")
    reader.close()
    return {row.subject for row in rows.values()}


def about(window: Any) -> str:
    label = window.server.queues.about
    return label.text() if not label.isHidden() else ""


def test_they_stand_as_a_tree_with_the_servers_numbers_and_their_time(qtbot, window):
    item = names(window)["server_queue:2"]
    assert item.text(0) == "Mine & ours"
    assert item.parent().text(0) == "Open"
    assert item.parent().isExpanded()
    section = item.parent().parent()
    assert section.text(0).startswith("On the server, ")
    assert section.text(0)[-3] == ":"
    assert (number(window, "1"), number(window, "2")) == ("3", "1")
    assert "as it said at" in item.toolTip(0)


def test_a_click_shows_what_the_server_has_in_it(qtbot, window, at):
    choose(qtbot, window, "2")
    qtbot.waitUntil(lambda: subjects(window) == {"Payment page fails"})
    qtbot.waitUntil(lambda: ": 1 ticket." in about(window) and "asked" not in about(window))
    assert "“Open / Mine & ours” as the server listed it at" in about(window)
    assert "Mine & ours" in window.windowTitle()
    window.navigator.choose("all")
    qtbot.waitUntil(lambda: len(subjects(window)) == 3)
    assert about(window) == ""


def test_f5_asks_again(qtbot, window, at):
    choose(qtbot, window, "2")
    qtbot.waitUntil(lambda: subjects(window) == {"Payment page fails"})
    for ticket in at.truth.tickets.values():  # an assignment is in no feed of the panel's
        ticket.staff = "1"
    qtbot.keyClick(window, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: len(subjects(window)) == 3)
    qtbot.waitUntil(lambda: number(window, "2") == "3")


def test_offline_it_shows_what_was_read_and_says_so(qtbot, window, at):
    choose(qtbot, window, "2")
    qtbot.waitUntil(lambda: ": 1 ticket." in about(window) and "asked" not in about(window))
    window.navigator.choose("all")
    qtbot.mouseClick(window.server.bar.offline, LEFT)
    qtbot.waitUntil(lambda: "you work offline" in window.server.bar.text)
    at.log.clear()
    choose(qtbot, window, "2")
    qtbot.waitUntil(lambda: subjects(window) == {"Payment page fails"})
    qtbot.waitUntil(lambda: "cannot be asked now" in about(window))
    assert "listed it at" in about(window)
    choose(qtbot, window, "8")
    qtbot.waitUntil(lambda: "was not read here yet" in about(window))
    qtbot.waitUntil(lambda: subjects(window) == set())
    assert at.log == []


def test_a_server_that_says_no_is_quoted_and_the_rows_stay(qtbot, window, at):
    choose(qtbot, window, "2")
    qtbot.waitUntil(lambda: ": 1 ticket." in about(window) and "asked" not in about(window))
    at.offline = True
    qtbot.keyClick(window, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: "closed for maintenance" in about(window))
    assert "listed it at" in about(window)
    assert subjects(window) == {"Payment page fails"}


def test_what_the_server_counts_otherwise_is_read_again_by_itself(qtbot, window, at):
    choose(qtbot, window, "2")
    qtbot.waitUntil(lambda: subjects(window) == {"Payment page fails"})
    for ticket in at.truth.tickets.values():
        ticket.staff = "1"
    window.server.sync.syncing.want_queues()
    window.server.sync.sync_now()
    qtbot.waitUntil(lambda: len(subjects(window)) == 3)


def test_a_filter_and_a_search_work_on_it_as_on_any_other(qtbot, window, at):
    choose(qtbot, window, "1")
    qtbot.waitUntil(lambda: len(subjects(window)) == 3)
    window.queues.narrow("Card")
    qtbot.waitUntil(lambda: subjects(window) == {"Card reader"})
    window.searching.ask_name()
    assert "cannot be saved" in window.notice.text


def restarted(window: Any, meanwhile: Callable[[], object]) -> Any:
    """The same desk in a window of a later start."""
    look, desk, agent = window.settings, window.session.desk, window.session.agent
    path = desk.path
    window.close()
    window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    meanwhile()
    return open_window(OpenDesk(path), agent, look)


@pytest.fixture
def later(window):
    """Begins the program anew."""
    made = []

    def start(meanwhile: Callable[[], object] = lambda: None) -> Any:
        made.append(restarted(window, meanwhile))
        return made[-1]

    yield start
    for one in made:
        one.close()
        one.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_a_later_start_comes_back_to_the_queue_and_asks_the_server(qtbot, window, at, later):
    choose(qtbot, window, "2")
    qtbot.waitUntil(lambda: ": 1 ticket." in about(window) and "asked" not in about(window))
    for ticket in at.truth.tickets.values():  # the number beside it stays as it was
        ticket.staff = "" if ticket.staff else "1"
        if ticket.subject == "Card reader":
            ticket.staff = ""
    at.log.clear()
    with at.hold():
        again = later()
        qtbot.waitUntil(lambda: subjects(again) == {"Payment page fails"})
        qtbot.waitUntil(lambda: "Mine & ours" in again.windowTitle())
        qtbot.waitUntil(lambda: getattr(again, "server", None) is not None)
        qtbot.waitUntil(lambda: "server_queue:2" in names(again))
        assert again.navigator.currentItem() is names(again)["server_queue:2"]
        qtbot.waitUntil(lambda: "as the server listed it at" in about(again))
    qtbot.waitUntil(lambda: subjects(again) == {"Locked out"})


def test_a_queue_that_is_gone_at_a_later_start_is_left_and_that_is_said(
    qtbot, window, at, later, monkeypatch
):
    choose(qtbot, window, "2")
    qtbot.waitUntil(lambda: ": 1 ticket." in about(window) and "asked" not in about(window))

    def take_away() -> None:
        monkeypatch.setattr(
            "tests.remote.panel.html.page",
            lambda *args, real=html.page, **more: real(*args, **more).replace("queue=2", "mine"),
        )

    with at.hold():  # a round is under way, and ends early as the queue is asked for
        again = later(take_away)
        qtbot.waitUntil(lambda: getattr(again, "server", None) is not None)
        qtbot.waitUntil(lambda: "server_queue:2" in names(again))
        qtbot.waitUntil(lambda: "as the server listed it at" in about(again))
    qtbot.waitUntil(lambda: "Mine & ours” any more" in again.notice.text)
    qtbot.waitUntil(lambda: len(subjects(again)) == 3)
    assert about(again) == ""


def test_the_desks_own_closed_says_that_it_holds_more_than_the_servers(qtbot, window, at):
    first, second, _ = at.truth.tickets.values()
    for ticket in (first, second):
        at.truth.set_status(at.truth.agents["2"], ticket, "3")
    second.parent, second.merged = first.id, True
    window.server.sync.syncing.want_queues()
    window.server.sync.sync_now()
    qtbot.waitUntil(lambda: number(window, "8") == "1")
    qtbot.waitUntil(lambda: names(window)["closed"].text(1) == "2")
    assert "merged into another" in names(window)["closed"].toolTip(0)
    assert names(window)["closed"].toolTip(0).startswith("Ctrl+8")
    assert names(window)["mine"].toolTip(0) == "Ctrl+1"
