"""Tickets dragged with a real mouse, in steps, in a real window under a window manager."""

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


def test_a_queue_of_one_status_sets_it_and_one_of_several_takes_nothing(display, start, desk, wait):
    program = start("sam")
    hand = Hand(display, "[0-9]. - Desk")
    ready(wait, program)
    ticket = movable(desk, program, "lee")[0]
    (before,) = read(desk, [ticket])
    hand.press(program.told["rows"][ticket])
    hand.move(program.told["places"]["closed"])  # Resolved and Closed
    settled(wait, program)
    assert program.told["hint"] == ""
    hand.move(program.told["places"]["deleted"])
    hinted(wait, hand, program, "1 to Deleted")
    hand.release()
    wait(lambda: read(desk, [ticket])[0].status == "deleted")
    wait(lambda: program.told["notice"].startswith("1 to Deleted"))
    hand.keys("ctrl+z")
    wait(lambda: read(desk, [ticket])[0].status == before.status)


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
    settled(wait, program)  # at its end it scrolls no further
    hand.move(program.told["places"]["department:banking"])
    hinted(wait, hand, program, "1 to Online Banking")
    hand.release()
    wait(lambda: read(desk, [ticket])[0].department == "banking")


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


def test_a_window_that_ends_under_the_drag_leaves_the_tickets_in_the_hand(
    display, start, desk, wait
):
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
    ticket = next(t for t in movable(desk, one, "lee") if t in one.told["rows"])
    before = owner(desk, ticket)
    hand.do("windowactivate", "--sync", hand.window)
    hand.press(one.told["rows"][ticket])
    hand.move(two.told["places"]["agent:lee"])
    hinted(wait, hand, two, "1 to Lee Park")
    two.end()
    assert owner(desk, ticket) == before
    hand.move(one.told["places"]["agent:lee"])
    hinted(wait, hand, one, "1 to Lee Park")
    hand.release()
    wait(lambda: owner(desk, ticket) == "lee")
    wait(lambda: one.told["notice"].startswith("1 to Lee Park"))
