"""Work in the background waits while a window paints, and goes on when it has."""

from threading import Event, Thread

import pytest

from desk_app.services.turns import Turns

A_WHILE_S = 0.1
PATIENCE_S = 20


def begun(work):
    """A thread at work, and what says that it is done."""
    done = Event()

    def body():
        work()
        done.set()

    Thread(target=body, daemon=True).start()
    return done


def test_work_waits_for_the_end_of_a_paint():
    turns = Turns(longest_s=PATIENCE_S)
    with turns.painting():
        done = begun(turns.make_way)
        assert not done.wait(A_WHILE_S)
    assert done.wait(PATIENCE_S)


def test_work_that_nobody_is_in_the_way_of_goes_on():
    assert begun(Turns(longest_s=3600).make_way).wait(PATIENCE_S)


def test_a_paint_that_failed_is_over():
    turns = Turns(longest_s=3600)
    with pytest.raises(ZeroDivisionError), turns.painting():
        raise ZeroDivisionError
    assert begun(turns.make_way).wait(PATIENCE_S)


def test_a_paint_that_never_ends_does_not_hold_the_work_up_for_ever():
    turns = Turns(longest_s=A_WHILE_S)
    with turns.painting():
        assert begun(turns.make_way).wait(PATIENCE_S)
