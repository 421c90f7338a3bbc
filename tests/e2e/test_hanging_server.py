"""A program ends when its window is closed, whatever its server does."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_a_program_whose_server_never_answers_ends_with_its_window(tmp_path):
    ran = subprocess.run(
        [sys.executable, "-m", "tests.e2e.hanging_window", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=50,
    )
    assert ran.stdout.splitlines()[-1:] == ["closed"]
    assert ran.returncode == 0, ran.stderr[-2000:]
