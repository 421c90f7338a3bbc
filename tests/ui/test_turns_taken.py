"""Where a window is, no worker keeps the interpreter for longer than a moment."""

import subprocess
import sys

from desk_app.services.turns import TURN_S

_PROGRAM = """
import sys
from desk_app.ui.app import application
app = application()
print(sys.getswitchinterval())
"""


def test_a_program_with_a_window_gives_it_the_interpreter_at_once():
    found = subprocess.run(
        [sys.executable, "-c", _PROGRAM], capture_output=True, text=True, check=True
    )
    assert float(found.stdout) == TURN_S < 0.001
