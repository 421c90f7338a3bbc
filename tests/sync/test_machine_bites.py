"""The test of the test: each known mistake, planted in the engine, is found by the machine."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from desk_app.domain.errors import DeskError
from desk_app.domain.outbox import Edit, Happening, OutboxState
from desk_app.ports.remote_errors import MovedOnError
from desk_app.sync import push as push_module
from desk_app.sync.desk import account_of
from desk_app.sync.pace import Pace
from desk_app.sync.pull import Pull
from desk_app.sync.push import Push
from desk_app.sync.standing import Standing
from desk_app.sync.verdict import Verdict
from tests.sync.oracle import Fate
from tests.sync.test_machine import SyncMachine

LONG = settings(
    max_examples=1000,
    stateful_step_count=40,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def blind_resend(patch: pytest.MonkeyPatch) -> None:
    """A lost answer counts as not sent."""
    kept = Standing.keep

    def keep(self: Standing, item: Any, happening: Happening, **more: Any) -> Any:
        lost = happening is Happening.LOSE
        return kept(self, item, Happening.NOT_SENT if lost else happening, **more)

    patch.setattr(Standing, "keep", keep)


def cursor_before_rows(patch: pytest.MonkeyPatch) -> None:
    """The cursor is on the disk before what it stands for."""

    def broken(self: Pull) -> tuple[int, bool]:
        account = account_of(self._desk)
        page = self._server.changes(account.cursor)
        with self._desk.sync_unit() as unit:
            unit.save_account(replace(account, cursor=page.cursor))
            unit.commit()
        rows = self._server.tickets(page.tickets) if page.tickets else []
        with self._desk.sync_unit() as unit:
            from desk_app.sync.mirroring import Mirror

            Mirror(self._desk, unit).take(rows)
            unit.commit()
        return len(rows), page.more

    patch.setattr(Pull, "_changes", broken)


def newest_wins(patch: pytest.MonkeyPatch) -> None:
    """Whoever writes last is right."""
    judged = push_module.judge

    def judge(item: Any, base: Any, situation: Any) -> Verdict:
        if isinstance(item.step, Edit):
            return Verdict(happening=Happening.SEND, step=item.step)
        return judged(item, base, situation)

    patch.setattr(push_module, "judge", judge)


def no_recovery(patch: pytest.MonkeyPatch) -> None:
    """What was on its way in a crash is forgotten."""
    patch.setattr(Push, "recover", lambda self: None)


def blind_recovery(patch: pytest.MonkeyPatch) -> None:
    """What was on its way in a crash is sent again, unseen."""

    def recover(self: Push) -> None:
        with self._desk.sync_unit() as unit:
            for item in unit.items():
                if item.state is OutboxState.SENDING:
                    unit.save_item(replace(item, state=OutboxState.WAITING))
            unit.commit()

    patch.setattr(Push, "recover", recover)


def stale_reply(patch: pytest.MonkeyPatch) -> None:
    """The thread is not looked at before a reply goes out."""
    judged = push_module.judge

    def judge(item: Any, base: Any, situation: Any) -> Verdict:
        return judged(replace(item, seen=1 << 40), base, situation)

    patch.setattr(push_module, "judge", judge)


def no_patience(patch: pytest.MonkeyPatch) -> None:
    """What is not there at once never arrived."""
    patch.setattr(Pace, "at_work_s", lambda self, item: 0.0)


def believed_to_have_moved_on(patch: pytest.MonkeyPatch) -> None:
    """A ticket that moved on was moved on by somebody else."""
    not_accepted = Push._not_accepted

    def believe(self: Push, item: Any, error: Any, step: Any) -> Any:
        if isinstance(error, MovedOnError):
            return self._standing.keep(item, Happening.NOT_SENT, reason=error.code)
        return not_accepted(self, item, error, step)

    patch.setattr(Push, "_not_accepted", believe)


MISTAKES: list[Callable[[pytest.MonkeyPatch], None]] = [
    blind_resend,
    cursor_before_rows,
    newest_wins,
    no_recovery,
    blind_recovery,
    stale_reply,
    no_patience,
    believed_to_have_moved_on,
]


QUICK = MISTAKES if os.environ.get("DESK_APP_LONG_TESTS") else [newest_wins, no_recovery]
"""All are found; those that take a rare crash take minutes, for which nobody waits each time."""


@pytest.mark.timeout(900)
@pytest.mark.parametrize("mistake", QUICK, ids=lambda found: found.__name__)
def test_the_machine_finds(mistake: Callable[[pytest.MonkeyPatch], None]):
    with pytest.MonkeyPatch.context() as patch:
        mistake(patch)
        with pytest.raises((AssertionError, DeskError)):  # or the desk itself trips over it
            run_state_machine_as_test(SyncMachine, settings=LONG)


def lost_answer(machine: SyncMachine) -> None:
    machine.write(0, 1, public=False)
    machine.sync(0, [], [Fate.LOSE_ANSWER])


def crash_after_the_cursor(machine: SyncMachine) -> None:
    machine.panel_edits(1, "high")
    machine.sync_and_crash(0, "sync.after_commit", 0, [])


def both_edit(machine: SyncMachine) -> None:
    machine.edit(0, 1, "high")
    machine.panel_edits(1, "low")


def crash_as_it_went_out(machine: SyncMachine) -> None:
    machine.write(0, 1, public=False)
    machine.sync_and_crash(0, "outbox.after_send_before_mark", 0, [])


def requester_was_quicker(machine: SyncMachine) -> None:
    machine.write(0, 1, public=True)
    machine.requester_writes(1)


def slow_server(machine: SyncMachine) -> None:
    machine.write(0, 1, public=False)
    machine.sync(0, [], [Fate.LATE])
    machine.sync(0, [], [])
    machine.server_finishes(0)


def doubled_on_the_way(machine: SyncMachine) -> None:
    machine.write(0, 1, public=False)
    machine.sync(0, [], [Fate.DOUBLED])


STORIES = {
    blind_resend: lost_answer,
    cursor_before_rows: crash_after_the_cursor,
    newest_wins: both_edit,
    no_recovery: crash_as_it_went_out,
    blind_recovery: crash_as_it_went_out,
    stale_reply: requester_was_quicker,
    no_patience: slow_server,
    believed_to_have_moved_on: doubled_on_the_way,
}
"""The shortest way to each mistake: what the machine finds by chance, found each time."""


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda found: found.__name__)
@pytest.mark.parametrize("planted", [True, False])
def test_a_short_story_shows(mistake: Callable[[pytest.MonkeyPatch], None], planted: bool):
    with pytest.MonkeyPatch.context() as patch:
        if planted:
            mistake(patch)
        machine = SyncMachine()
        STORIES[mistake](machine)
        if not planted:
            machine.teardown()  # which settles first
            return
        with pytest.raises((AssertionError, DeskError)):
            machine.teardown()
