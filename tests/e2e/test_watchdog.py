"""Nothing in an agent's main scenario holds the window for more than 50 ms."""

import json
import subprocess
import sys
from pathlib import Path

from desk_app.bootstrap import make_demo
from tests.e2e.watchdog import LIMIT_MS
from tests.e2e.watched_board import CARDS, MANY, TICKETS

ROOT = Path(__file__).resolve().parents[2]


def watched(scenario, desk):
    """What the scenario found, of its first run in which no event held the window for too long.

    Of three at the most: another program may empty the processor's caches during any one.
    """
    worst = []
    for _ in range(3):
        ran = subprocess.run(
            [sys.executable, "-m", f"tests.e2e.{scenario}", str(desk)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr[-2000:]
        found = json.loads(ran.stdout.splitlines()[-1])
        worst.append([event for event in found["held"] if event[0] > LIMIT_MS])
        if not worst[-1]:
            return found
    raise AssertionError(worst)


def test_no_event_holds_the_window_for_longer_than_a_blink(folder):
    assert watched("watched_scenario", folder)["count"] > 1000  # the watchdog saw the scenario


def test_a_board_of_ten_thousand_cards_and_a_drop_of_a_thousand_keep_the_window_alive(tmp_path):
    desk = tmp_path / "desk"
    make_demo(desk, tickets=TICKETS)
    found = watched("watched_board", desk)
    assert found["cards"] >= CARDS
    assert found["dropped"] == MANY


def test_the_watchdog_bites():
    """A slot that works for three times the limit, by the watchdog's own yardstick, is named."""
    script = """
import json
from PySide6.QtCore import QTimer
from tests.e2e.watchdog import LIMIT_MS, YARDSTICK_MS, Watched, yardstick
app = Watched()
times = round(3 * LIMIT_MS / YARDSTICK_MS)
QTimer.singleShot(0, lambda: [yardstick() for _ in range(times)])
QTimer.singleShot(10, app.quit)
app.exec()
print(json.dumps(app.held))
"""
    ran = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert max(spent for spent, *_ in json.loads(ran.stdout)) > LIMIT_MS
