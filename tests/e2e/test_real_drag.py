"""Tickets dragged with a real mouse, in steps, in a real window under a window manager."""

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from desk_app.bootstrap import OpenDesk
from tests.e2e.real_screen import PATIENCE_MS, PICTURES, REAL, ROOT, Person, display

__all__ = ["display"]
pytestmark = REAL
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


def test_one_ticket_is_dragged_from_the_table_to_an_agent_and_undone(display, start, desk, wait):
    program = start("sam")
    hand = Hand(display, "[0-9]. - Desk")
    ready(wait, program)
    ticket = movable(desk, program, "lee")[0]
    before = owner(desk, ticket)
    hand.press(program.told["rows"][ticket])
    hand.move(program.told["places"]["agent:lee"])
    hinted(wait, hand, program, "1 to Lee Park")
    assert "→" in program.told["figures"]["agent:lee"]
    PICTURES.mkdir(exist_ok=True)
    hand.look(PICTURES / "drag-to-list.png")
    assert owner(desk, ticket) == before
    hand.release()
    wait(lambda: owner(desk, ticket) == "lee")
    wait(lambda: program.told["notice"].startswith("1 to Lee Park"))
    assert program.told["hint"] == ""
    hand.keys("ctrl+z")
    wait(lambda: owner(desk, ticket) == before)


def test_many_are_dragged_to_a_team_and_shift_asks_for_a_note(display, start, desk, wait):
    program = start("sam")
    hand = Hand(display, "[0-9]. - Desk")
    ready(wait, program)
    first, second = movable(desk, program, "lee")[:2]
    hand.do("mousemove", *map(str, program.told["rows"][first]), "click", "1")
    hand.do("keydown", "ctrl")
    hand.do("mousemove", *map(str, program.told["rows"][second]), "click", "1")
    hand.do("keyup", "ctrl")
    hand.press(program.told["rows"][second])
    hand.do("keydown", "shift")
    hand.move(program.told["places"]["team:network"])
    hinted(wait, hand, program, "2 to Network")
    hand.release()
    hand.do("keyup", "shift")
    wait(lambda: program.told["note"])
    hand.write("Router first")
    hand.keys("Return")
    wait(lambda: {t.team for t in read(desk, [first, second])} == {"network"})
    wait(lambda: program.told["notice"].startswith("2 to Network"))


def read(desk: OpenDesk, tickets: list[str]):
    reader = desk.reader()
    found = reader.tickets([int(ticket) for ticket in tickets])
    reader.close()
    return found


def test_ctrl_transfers_too_and_esc_leaves_everything_as_it_was(display, start, desk, wait):
    program = start("sam")
    hand = Hand(display, "[0-9]. - Desk")
    ready(wait, program)
    ticket = movable(desk, program, "lee")[0]
    (before,) = read(desk, [ticket])
    target = program.told["places"]["agent:priya"]
    hand.press(program.told["rows"][ticket])
    hand.move(target)
    hinted(wait, hand, program, "has no access to Support")
    hand.keys("Escape")
    hand.release()
    wait(lambda: program.told["hint"] == "" and "→" not in program.told["figures"]["agent:lee"])
    assert read(desk, [ticket]) == [before]

    hand.press(program.told["rows"][ticket])
    hand.do("keydown", "ctrl")
    hand.move(target)
    hinted(wait, hand, program, "1 to Priya Nair")
    hand.release()
    hand.do("keyup", "ctrl")
    wait(lambda: [(t.department, t.owner) for t in read(desk, [ticket])] == [("banking", "priya")])


def test_a_folded_team_springs_open_and_its_member_takes_the_drop(display, start, desk, wait):
    program = start("sam")
    hand = Hand(display, "[0-9]. - Desk")
    ready(wait, program)
    ticket = movable(desk, program, "lee")[0]
    member = "team:network:agent:lee"
    assert not program.told["places"][member]
    hand.press(program.told["rows"][ticket])
    hand.move(program.told["places"]["team:network"])
    wait(lambda: program.told["places"][member])
    hand.move(program.told["places"][member])
    hinted(wait, hand, program, "1 to Lee Park")
    hand.release()
    wait(lambda: owner(desk, ticket) == "lee")


def test_a_list_that_is_longer_than_the_window_scrolls_under_the_drag(display, start, desk, wait):
    program = start("sam")
    hand = Hand(display, "[0-9]. - Desk")
    ready(wait, program)
    hand.do("windowsize", "--sync", hand.window, "1300", "420")
    wait(lambda: not program.told["places"]["department:banking"])
    ticket = movable(desk, program, "lee")[0]
    left, bottom = program.told["edge"]
    hand.press(program.told["rows"][ticket])
    hand.move([left + 40, bottom - 6])
    wait(lambda: program.told["places"]["department:banking"])
    hand.move(program.told["places"]["department:banking"])
    hinted(wait, hand, program, "1 to Online Banking")
    hand.release()
    wait(lambda: read(desk, [ticket])[0].department == "banking")


def on_board(hand: "Hand", program: Program, wait, *keys: str) -> None:
    hand.do("mousemove", *map(str, next(iter(program.told["rows"].values()))), "click", "1")
    hand.keys("g", "d", *keys)
    wait(lambda: program.told.get("columns"))
    wait(lambda: program.told.get("cards"))
    settled(wait, program)


def test_a_card_is_dragged_into_another_column_and_from_the_board_to_the_list(
    display, start, desk, wait
):
    program = start("sam")
    hand = Hand(display, "[0-9]. - Desk")
    ready(wait, program)
    on_board(hand, program, wait)
    cards = program.told["cards"]
    first, second = [
        str(t.id)
        for t in read(desk, list(cards))
        if t.department == "support" and t.owner == "john"
    ][:2]
    hand.press(cards[first])
    hand.move(program.told["columns"]["lee"])
    hinted(wait, hand, program, "1 to Lee Park")
    PICTURES.mkdir(exist_ok=True)
    hand.look(PICTURES / "drag-on-board.png")
    hand.release()
    wait(lambda: owner(desk, first) == "lee")
    wait(lambda: program.told["notice"].startswith("1 to Lee Park"))

    settled(wait, program)
    hand.press(program.told["cards"][second])
    hand.move(program.told["places"]["department:sysadmins"])
    hinted(wait, hand, program, "1 to SysAdmins")
    hand.release()
    wait(lambda: read(desk, [second])[0].department == "sysadmins")
    hand.keys("ctrl+z")
    wait(lambda: read(desk, [second])[0].department == "support")
    assert owner(desk, first) == "lee"


def test_a_ticket_is_dragged_into_another_window_of_the_same_desk(display, start, desk, wait):
    one = start("sam")
    hand = Hand(display, "[0-9]. - Desk")
    ready(wait, one)
    two = start("john")
    wait(lambda: two.told.get("rows") and two.told["places"].get("agent:lee"))
    windows = hand.do("search", "--onlyvisible", "--name", "[0-9]. - Desk").split()
    (other,) = [window for window in windows if window != hand.window]
    for window, x in ((hand.window, "0"), (other, "690")):
        hand.do("windowsize", "--sync", window, "660", "700")
        hand.do("windowmove", "--sync", window, x, "20")
    wait(lambda: one.told["places"]["mine"][0] < 660 < two.told["places"]["mine"][0])
    settled(wait, one)
    settled(wait, two)
    ticket = next(
        t for t in movable(desk, one, "john") if owner(desk, t) != "john" and t in one.told["rows"]
    )
    hand.do("windowactivate", "--sync", hand.window)
    hand.press(one.told["rows"][ticket])
    hand.move(two.told["places"]["agent:john"])
    hinted(wait, hand, two, "1 to John Carter")
    hand.release()
    wait(lambda: owner(desk, ticket) == "john")
    wait(lambda: two.told["notice"].startswith("1 to John Carter"))
