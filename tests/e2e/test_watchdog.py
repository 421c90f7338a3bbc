"""Nothing in an agent's main scenario holds the window for more than 50 ms."""

import json
import subprocess
import sys
from pathlib import Path

from tests.e2e.watched_scenario import LIMIT_MS

ROOT = Path(__file__).resolve().parents[2]


def test_no_event_holds_the_window_for_longer_than_a_blink(folder):
    """Of three runs, as another program may empty the processor's caches during any one."""
    worst = []
    for _ in range(3):
        ran = subprocess.run(
            [sys.executable, "-m", "tests.e2e.watched_scenario", str(folder)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr[-2000:]
        found = json.loads(ran.stdout.splitlines()[-1])
        assert found["count"] > 1000  # the watchdog saw the scenario
        worst.append([event for event in found["held"] if event[0] > LIMIT_MS])
        if not worst[-1]:
            return
    raise AssertionError(worst)
