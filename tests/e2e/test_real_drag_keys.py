"""Shift and Ctrl held by a real hand while tickets are dropped on list, column and head."""

from desk_app.domain.entry import EntryKind
from tests.e2e.real_hand import (
    Hand,
    desk,
    hinted,
    movable,
    on_board,
    owner,
    read,
    ready,
    settled,
    start,
    wait,
)
from tests.e2e.real_screen import PICTURES, REAL, display

__all__ = ["desk", "display", "start", "wait"]
pytestmark = REAL


def last_entry(desk, ticket):
    reader = desk.reader()
    entry = reader.page(int(ticket), agent="sam", entries=1).entries[-1]
    reader.close()
    return entry.kind, entry.text


def card(desk, program) -> str:
    """One on the board that may go to Lee as it is, and to Priya by a transfer."""
    cards = read(desk, list(program.told["cards"]))
    return next(str(t.id) for t in cards if t.department == "support" and t.owner == "john")


def test_a_card_is_dropped_with_ctrl_and_changes_department_and_agent_as_one(
    display, start, desk, wait
):
    program = start("sam")
    hand = Hand(display, "[0-9]. - Desk")
    ready(wait, program)
    on_board(hand, program, wait)
    ticket = card(desk, program)
    (before,) = read(desk, [ticket])
    hand.press(program.told["cards"][ticket])
    hand.move(program.told["columns"]["priya"])
    hinted(wait, hand, program, "has no access to Support")
    hand.do("keydown", "ctrl")
    hinted(wait, hand, program, "Transferred to Online Banking too")
    PICTURES.mkdir(exist_ok=True)
    hand.look(PICTURES / "drag-with-ctrl.png")
    hand.release()
    hand.do("keyup", "ctrl")
    wait(lambda: [(t.department, t.owner) for t in read(desk, [ticket])] == [("banking", "priya")])
    wait(lambda: program.told["notice"].startswith("1 to Priya Nair"))
    hand.keys("ctrl+z")
    wait(lambda: owner(desk, ticket) == before.owner)
    assert read(desk, [ticket])[0].department == "support"


def test_a_card_is_dropped_with_shift_and_its_note_goes_with_it(display, start, desk, wait):
    program = start("sam")
    hand = Hand(display, "[0-9]. - Desk")
    ready(wait, program)
    on_board(hand, program, wait)
    ticket = card(desk, program)
    before = owner(desk, ticket)
    words = last_entry(desk, ticket)
    hand.press(program.told["cards"][ticket])
    hand.do("keydown", "shift")
    hand.move(program.told["columns"]["lee"])
    hinted(wait, hand, program, "A note is asked for first")
    hand.look(PICTURES / "drag-with-shift.png")
    hand.release()
    hand.do("keyup", "shift")
    wait(lambda: program.told["note"])
    hand.write("Ring before noon")
    assert owner(desk, ticket) == before
    hand.look(PICTURES / "note-of-a-drop.png")
    hand.keys("Return")
    wait(lambda: owner(desk, ticket) == "lee")
    assert last_entry(desk, ticket) == (EntryKind.NOTE, "Ring before noon")
    hand.keys("ctrl+z")
    wait(lambda: owner(desk, ticket) == before)
    assert last_entry(desk, ticket) == words


def test_both_keys_at_once_transfer_and_ask_and_esc_leaves_all_as_it_was(
    display, start, desk, wait
):
    program = start("sam")
    hand = Hand(display, "[0-9]. - Desk")
    ready(wait, program)
    ticket = movable(desk, program, "lee")[0]
    (before,) = read(desk, [ticket])
    for end, department in (("Escape", before.department), ("Return", "banking")):
        settled(wait, program)
        hand.press(program.told["rows"][ticket])
        hand.do("keydown", "ctrl", "keydown", "shift")
        hand.move(program.told["places"]["agent:priya"])
        hinted(wait, hand, program, "Transferred to Online Banking too")
        assert "A note is asked for first" in program.told["hint"]
        hand.release()
        hand.do("keyup", "shift", "keyup", "ctrl")
        wait(lambda: program.told["note"])
        hand.write("With the bank")
        hand.keys(end)
        wait(lambda: not program.told["note"])
        wait(lambda department=department: read(desk, [ticket])[0].department == department)
    assert owner(desk, ticket) == "priya"
    assert last_entry(desk, ticket) == (EntryKind.NOTE, "With the bank")
