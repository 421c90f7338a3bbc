"""Strangers' lines beside the program's own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk_app.domain.calm_text import breakable, calm, calm_lines


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Printer is on fire", "Printer is on fire"),
        ("invoice\u202egnp.exe", "invoicegnp.exe"),
        ("\u2066a\u2069b", "ab"),
        ("Z\u0351\u036b\u0343\u036a\u0302 end", "Z\u0351\u036b end"),
        ("Việt Nam, naïve, e\u0302\u0301", "Việt Nam, naïve, e\u0302\u0301"),
        ("مرحبا بالعالم", "مرحبا بالعالم"),
        ("two\nlines\tand\x1b[2J more", "two lines and [2J more"),
        ("line\u2028end\x9b31m", "line end 31m"),
    ],
)
def test_what_writes_over_or_turns_around_is_left_out(text, shown):
    assert calm(text) == shown


def test_what_a_terminal_would_obey_is_shown_and_lines_stay():
    assert calm_lines("a\x1b[2J\nb\tc") == "a␛[2J\nb\tc"
    assert calm_lines("\x1b]0;name\x07\x9b31m\x7f") == "␛]0;name␇\ufffd31m␡"
    assert calm_lines("one\r\ntwo\rover") == "one\ntwo␍over"
    assert calm_lines("exe\u202etxt") == "exetxt"


@given(st.text())
def test_no_order_for_a_terminal_is_left(text):
    orders = {*map(chr, range(32)), *map(chr, range(127, 160))} - {"\t", "\n"}
    assert not orders & set(calm_lines(text))


@given(st.text(), st.integers(1, 50))
def test_a_line_is_no_longer_than_asked_for(text, most):
    assert len(calm(text, most)) <= most


@given(st.text())
def test_breaking_adds_places_and_nothing_else(text):
    assert breakable(text).replace("\u200b", "") == text.replace("\u200b", "")
    assert all(len(word) <= 40 for word in breakable(text).replace("\u200b", " ").split())
