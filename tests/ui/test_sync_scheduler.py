"""Rounds start when they should, never two at once, and nothing waits for them."""

import threading
import time

import pytest
from PySide6.QtCore import Qt

from desk_app.domain.draft import DraftKind
from desk_app.domain.entry import EntryKind
from desk_app.domain.mirror import AccountState
from desk_app.domain.outbox import OutboxState
from tests.sync.oracle import Fate


def texts(site, subject):
    return [entry.text for entry in site.kept(subject).entries]


def synced(qtbot, window):
    sync = window.session.sync
    qtbot.waitUntil(lambda: sync.state.status.account.synced_at is not None)
    qtbot.waitUntil(lambda: not sync.state.busy)
    return sync


def test_a_note_goes_out_by_itself_and_only_once(qtbot, open_site, site):
    window = open_site(site, "Printer")
    synced(qtbot, window)
    window.pane.write(DraftKind.NOTE)
    qtbot.keyClicks(window.pane.note.edit, "Toner ordered")
    qtbot.mouseClick(window.pane.note.send, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "Toner ordered" in texts(site, "Printer"))
    qtbot.waitUntil(lambda: site.items() == [])
    assert list(site.oracle.posted.values()) == [1]


def test_a_reply_goes_out_when_its_hold_ends(qtbot, open_site, site, monkeypatch):
    monkeypatch.setattr("desk_app.store.outbox_rows.UNDO_SECONDS", 1)
    window = open_site(site, "Printer")
    synced(qtbot, window)
    window.pane.write(DraftKind.REPLY)
    qtbot.keyClicks(window.pane.reply.edit, "On my way")
    qtbot.keyClick(window.pane.reply.edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: [i.state for i in site.items()] == [OutboxState.HELD])
    assert "On my way" not in texts(site, "Printer")
    qtbot.waitUntil(lambda: "On my way" in texts(site, "Printer"))


def test_a_window_that_opens_reads_at_once_what_is_new(qtbot, open_site, site):
    site.oracle.post(site.kept("Printer"), EntryKind.MESSAGE, "While you were away")
    window = open_site(site, "Printer")
    qtbot.waitUntil(lambda: "While you were away" in window.pane.talk.toPlainText())


def test_f5_brings_what_others_did_and_the_window_shows_it(qtbot, open_site, site):
    window = open_site(site, "Printer")
    synced(qtbot, window)
    site.oracle.post(site.kept("Printer"), EntryKind.MESSAGE, "It burns now")
    qtbot.keyClick(window, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: "It burns now" in window.pane.talk.toPlainText())


def test_after_failures_it_waits_longer_and_a_return_of_the_network_ends_that(
    qtbot, open_site, site
):
    window = open_site(site)
    sync = synced(qtbot, window)
    site.server.fates = [Fate.OFFLINE] * 3
    delays = []
    for _ in range(3):
        with qtbot.waitSignal(sync.rounded):
            sync.start_round()
        qtbot.waitUntil(sync._next.isActive)
        delays.append(sync._next.interval())
    assert delays[0] < delays[2]
    assert sync.state.problem == "not_reached"
    with qtbot.waitSignal(sync.rounded):
        sync.come_back()
    qtbot.waitUntil(lambda: sync.state.problem == "")


def test_while_a_request_hangs_drafts_and_tickets_are_as_quick_and_no_second_round_begins(
    qtbot, open_site, site, monkeypatch
):
    window = open_site(site, "Printer")
    sync = synced(qtbot, window)
    began, go_on = threading.Event(), threading.Event()
    real = site.server.changes

    def hangs(cursor):
        began.set()
        go_on.wait(30)
        return real(cursor)

    monkeypatch.setattr(site.server, "changes", hangs)
    sync.sync_now()
    qtbot.waitUntil(began.is_set)
    sync.sync_now()
    assert not sync._lane._rounds
    window.pane.write(DraftKind.NOTE)
    qtbot.keyClicks(window.pane.note.edit, "typed meanwhile")
    window.pane.note.save()
    qtbot.waitUntil(lambda: window.pane.note.keeper.is_safe)
    laptop = site.ticket("Laptop")
    window.go_to(laptop.id)
    qtbot.waitUntil(lambda: window.ticket.page.ticket.id == laptop.id)
    go_on.set()
    qtbot.waitUntil(lambda: not sync.state.busy)


def test_closing_does_not_wait_for_the_network_and_loses_nothing(
    qtbot, open_site, site, monkeypatch
):
    window = open_site(site, "Printer")
    synced(qtbot, window)
    began, go_on, ended = threading.Event(), threading.Event(), threading.Event()
    real = site.server.send

    def hangs(sending, files):
        began.set()
        go_on.wait(30)
        try:
            return real(sending, files)
        finally:
            ended.set()

    monkeypatch.setattr(site.server, "send", hangs)
    window.pane.write(DraftKind.NOTE)
    qtbot.keyClicks(window.pane.note.edit, "Once")
    qtbot.mouseClick(window.pane.note.send, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(began.is_set)
    window.close()
    assert not go_on.is_set()  # the request still hangs, and the window is gone
    assert site.server.closed
    assert [item.state for item in site.items()] == [OutboxState.SENDING]
    go_on.set()
    assert ended.wait(30)
    qtbot.waitUntil(lambda: site.items() == [])
    assert list(site.oracle.posted.values()) == [1]


def test_a_machine_that_slept_is_synced_when_it_wakes(qtbot, open_site, site, monkeypatch):
    window = open_site(site)
    sync = synced(qtbot, window)
    wall = time.time()
    monkeypatch.setattr("desk_app.ui.machine_watch.time.time", lambda: wall + 3600)
    with qtbot.waitSignal(sync.rounded):
        sync._machine.look_at_clock()


def test_two_windows_of_a_desk_share_one_link(qtbot, open_site, site):
    window = open_site(site)
    sync = synced(qtbot, window)
    other = window.windows.open_another()
    qtbot.waitUntil(lambda: other.session.sync is not None)
    assert other.session.sync is sync
    other.close()
    site.oracle.post(site.kept("Mail"), EntryKind.MESSAGE, "Still")
    with qtbot.waitSignal(sync.rounded):
        sync.sync_now()


def test_own_commits_are_not_taken_for_another_programs(qtbot, open_site, site):
    window = open_site(site, "Printer")
    sync = synced(qtbot, window)
    heard = []
    window.session.changed.connect(heard.append)
    site.oracle.post(site.kept("Printer"), EntryKind.MESSAGE, "Hello?")
    sync.sync_now()
    qtbot.waitUntil(lambda: "Hello?" in window.pane.talk.toPlainText())
    versions = []
    for _ in range(2):  # on the lane of the poll, so that it has passed too
        window.session.write(
            window.session.desk.others_version,
            owner=window,
            done=versions.append,
            failed=versions.append,
        )
    qtbot.waitUntil(lambda: len(versions) == 2)
    assert not any(changes.everything for changes in heard)


def test_many_commits_are_announced_together(qtbot, open_site, site, monkeypatch):
    window = open_site(site)
    sync = synced(qtbot, window)
    heard = []
    window.session.changed.connect(heard.append)
    from desk_app.ports.unit_of_work import Changes

    worker = threading.Thread(
        target=lambda: [
            sync.syncing.announce(Changes(tickets=frozenset({n}))) for n in range(10_000)
        ]
    )
    worker.start()
    worker.join()
    qtbot.waitUntil(lambda: bool(heard))
    assert sum(len(changes.tickets) for changes in heard) == 10_000
    assert len(heard) < 20


def test_a_round_makes_room_for_what_somebody_asks_for(qtbot, open_site, site, monkeypatch):
    window = open_site(site)
    sync = synced(qtbot, window)
    began, asked = threading.Event(), threading.Event()
    stops = []

    def long_round(*, stop):
        began.set()
        asked.wait(30)
        stops.append(stop())
        raise RuntimeError("not reached in a real link")

    monkeypatch.setattr(sync.syncing, "round", long_round)
    failed, done = [], []
    sync._sessions[0].failed.connect(failed.append)

    def is_under_way():
        sync.start_round()  # nothing happens if one is under way already
        return began.is_set()

    qtbot.waitUntil(is_under_way)
    sync.ask(lambda: "a file", owner=window, done=done.append, failed=failed.append)
    asked.set()
    qtbot.waitUntil(lambda: done == ["a file"])
    assert stops[0] is True


@pytest.mark.parametrize(("asked_s", "most_s"), [(1_800, 1_800), (10**9, 3_600), (None, 45)])
def test_a_busy_server_is_left_alone_for_as_long_as_it_asks_within_reason(
    qtbot, open_site, site, asked_s, most_s
):
    window = open_site(site)
    sync = synced(qtbot, window)
    site.server.busy_s = asked_s
    site.server.fates = [Fate.BUSY]
    with qtbot.waitSignal(sync.rounded):
        sync.sync_now()
    qtbot.waitUntil(lambda: sync.state.problem == "server_busy" and sync._next.isActive())
    left = sync._next.remainingTime() / 1000
    assert left <= most_s * 1.06  # a coarse timer
    assert asked_s is None or left > most_s * 0.9
    with qtbot.waitSignal(sync.rounded):  # who asks for it need not wait
        sync.sync_now()
    qtbot.waitUntil(lambda: sync.state.problem == "")


@pytest.mark.parametrize("state", [AccountState.OFFLINE, AccountState.SIGNED_OUT])
def test_an_account_that_is_not_on_is_left_alone(qtbot, open_site, site, state):
    with site.desk.sync_unit() as unit:
        from dataclasses import replace

        unit.save_account(replace(unit.account(), state=state))
        unit.commit()
    before = site.server.requests
    window = open_site(site)
    sync = window.session.sync
    with qtbot.waitSignal(sync.rounded):
        sync.sync_now()
    qtbot.waitUntil(lambda: not sync.state.busy)
    assert not sync._next.isActive()
    assert site.server.requests == before


def test_a_desk_without_a_server_has_no_scheduler(qtbot, open_as):
    window = open_as("jane")
    assert window.session.sync is None
