"""The program as a person has it: a real window, a window manager, a mouse and a keyboard."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from desk_app.bootstrap import OpenDesk
from desk_app.domain.draft import DraftKey, DraftKind
from desk_app.domain.filters import QueueFilter, SortKey
from desk_app.domain.ticket import State, TicketId
from tests.e2e.real_screen import PATIENCE_MS, PICTURES, REAL, ROOT, Person, display

__all__ = ["display"]
FIRST_ROW = (330, 143)
SCREEN, TITLE = (1366, 768), 20
"""Points; the window manager's title is higher than that."""
WORDS = "Typed with real keys"
Program = subprocess.Popen[str]

pytestmark = REAL


@pytest.fixture
def start(folder: Path, display: dict[str, str]) -> Iterator[Callable[[], Program]]:
    """Starts the program on one desk; none is left when the test is over."""
    programs: list[Program] = []

    def start_() -> Program:
        command = [sys.executable, "-m", "desk_app", "--desk", str(folder), "--as", "jane"]
        program = subprocess.Popen(
            command, env=display, cwd=ROOT, stderr=subprocess.PIPE, text=True
        )
        programs.append(program)
        return program

    yield start_
    for program in programs:
        program.kill()
        program.communicate()


class Watcher:
    """Reads the desk beside the window."""

    def __init__(self, folder: Path) -> None:
        self._reader = OpenDesk(folder).reader()
        self._unread = self.unread()
        self.ticket = TicketId(0)

    def unread(self) -> set[int]:
        rows = self._reader.queue_head(
            QueueFilter(state=State.OPEN), SortKey(), agent="jane", limit=99
        )
        return {row.id for row in rows if row.unread}

    def sees_one_opened(self) -> bool:
        """Whether a ticket was opened since the beginning; then it is `ticket`."""
        opened = self._unread - self.unread()
        if opened:
            (self.ticket,) = opened
        return bool(opened)

    def entries(self) -> list[str]:
        page = self._reader.page(self.ticket, agent="jane", entries=99)
        return [entry.text for entry in page.entries]

    def typed(self) -> str:
        draft = self._reader.draft(DraftKey(ticket=self.ticket, kind=DraftKind.REPLY))
        return "" if draft is None else draft.text


def test_the_window_and_its_title_have_room_on_a_small_screen(qtbot, display, start):
    start()
    person = Person(display, "[0-9]. - Desk")
    told = person.do("getwindowgeometry", "--shell", person.window).split()
    size = {name: int(value) for name, value in (line.split("=") for line in told)}
    assert size["WIDTH"] < SCREEN[0]
    assert size["HEIGHT"] < SCREEN[1] - TITLE


def test_a_reply_is_typed_recorded_and_undone_in_a_real_window(qtbot, folder, display, start):
    def wait(condition):
        qtbot.waitUntil(condition, timeout=PATIENCE_MS)

    desk = Watcher(folder)
    program = start()
    person = Person(display, "[0-9]. - Desk")

    def opened() -> bool:
        """Press Enter on the first row until the window is complete enough to open it."""
        person.click(*FIRST_ROW)
        person.keys("Return")
        return desk.sees_one_opened()

    wait(opened)
    person.keys("r")
    person.write(WORDS)
    wait(lambda: desk.typed() == WORDS)
    PICTURES.mkdir(exist_ok=True)
    person.look(PICTURES / "real-window.png")
    person.keys("ctrl+Return")
    wait(lambda: desk.entries()[-1] == WORDS)
    assert desk.entries().count(WORDS) == 1

    assert start().wait(timeout=PATIENCE_MS / 1000) == 0  # it raised the first window

    person.keys("Escape", "Escape", "ctrl+z")
    wait(lambda: WORDS not in desk.entries())
    wait(lambda: desk.typed() == WORDS)
    person.keys("ctrl+q")
    assert program.wait(timeout=PATIENCE_MS / 1000) == 0
    assert program.stderr.read() == ""
