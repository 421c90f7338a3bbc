"""A hand that drags in a real window, and what that window tells of itself."""

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from desk_app.bootstrap import OpenDesk
from tests.e2e.real_screen import PATIENCE_MS, ROOT, Person

STEPS = 12


class Program:
    """The window in a process of its own, and the last that it told of itself."""

    def __init__(self, folder: Path, agent: str, display: dict[str, str]) -> None:
        command = [sys.executable, "-m", "tests.e2e.reporting_window", str(folder), agent]
        self.process = subprocess.Popen(
            command,
            env=display,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.told: dict = {}
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        for line in self.process.stdout:
            self.told = json.loads(line)

    def end(self) -> None:
        if self.process.returncode is not None:
            return
        self.process.kill()
        self.process.wait()
        self._reader.join()
        self.process.stdout.close()
        self.process.stderr.close()


class Hand(Person):
    """Moves the mouse as a hand does: in steps, the button held."""

    def press(self, at: list[int]) -> None:
        self.at = at
        self.do("mousemove", *map(str, at))
        self.do("mousedown", "1")

    def move(self, to: list[int]) -> None:
        (x, y), (to_x, to_y) = self.at, to
        for n in range(1, STEPS + 1):
            step = (x + (to_x - x) * n // STEPS, y + (to_y - y) * n // STEPS)
            self.do("mousemove", "--sync", *map(str, step))
        self.at = to

    def waver(self) -> None:
        """No hand rests quite still, and a drag's last movement may come while nobody listens."""
        x, y = self.at
        self.at = [x ^ 1, y]
        self.do("mousemove", *map(str, self.at))

    def release(self) -> None:
        self.do("mouseup", "1")


@pytest.fixture
def start(folder: Path, display: dict[str, str]) -> Iterator[Callable[[str], Program]]:
    programs: list[Program] = []

    def start_(agent: str) -> Program:
        programs.append(Program(folder, agent, display))
        return programs[-1]

    yield start_
    for program in programs:
        program.end()


@pytest.fixture
def desk(folder: Path) -> Iterator[OpenDesk]:
    opened = OpenDesk(folder)
    yield opened
    opened.close()


@pytest.fixture
def wait(qtbot):
    def wait_(condition):
        qtbot.waitUntil(lambda: bool(condition()), timeout=PATIENCE_MS)

    return wait_


def movable(desk: OpenDesk, program: Program, agent: str) -> list[str]:
    """Visible open tickets of the agent's department that somebody else has."""
    reader = desk.reader()
    home = reader.directory().agents[agent].department
    tickets = reader.tickets([int(ticket) for ticket in program.told["rows"]])
    reader.close()
    return [str(t.id) for t in tickets if t.department == home and t.owner != agent]


def owner(desk: OpenDesk, ticket: str) -> str | None:
    reader = desk.reader()
    (found,) = reader.tickets([int(ticket)])
    reader.close()
    return found.owner


def settled(wait, program: Program) -> None:
    """Nothing has moved on the screen between two looks a moment apart."""
    before = [program.told, 0]

    def same() -> bool:
        told, times = before
        before[:] = [program.told, times + 1 if program.told is told else 0]
        return before[1] > 40

    wait(same)


def hinted(wait, hand: Hand, program: Program, words: str) -> None:
    """Hold the mouse over a place until it says this."""

    def told() -> bool:
        if words in program.told["hint"]:
            return True
        hand.waver()
        return False

    wait(told)


def ready(wait, program: Program) -> None:
    wait(lambda: program.told.get("rows") and program.told["places"].get("agent:lee"))
    settled(wait, program)


def read(desk: OpenDesk, tickets: list[str]):
    reader = desk.reader()
    found = reader.tickets([int(ticket) for ticket in tickets])
    reader.close()
    return found


def on_board(hand: Hand, program: Program, wait, *keys: str) -> None:
    hand.do("mousemove", *map(str, next(iter(program.told["rows"].values()))), "click", "1")
    hand.keys("g", "d", *keys)
    wait(lambda: program.told.get("columns"))
    wait(lambda: program.told.get("cards"))
    settled(wait, program)
