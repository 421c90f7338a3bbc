"""Strangers' lines beside the program's own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk_app.domain.calm_text import breakable, calm


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Printer is on fire", "Printer is on fire"),
        ("invoice\u202egnp.exe", "invoicegnp.exe"),
        ("\u2066a\u2069b", "ab"),
        ("Z\u0351\u036b\u0343\u036a\u0302 end", "Z\u0351\u036b end"),
        ("Việt Nam, naïve, e\u0302\u0301", "Việt Nam, naïve, e\u0302\u0301"),
        ("مرحبا بالعالم", "مرحبا بالعالم"),
    ],
)
def test_what_writes_over_or_turns_around_is_left_out(text, shown):
    assert calm(text) == shown


@given(st.text(), st.integers(1, 50))
def test_a_line_is_no_longer_than_asked_for(text, most):
    assert len(calm(text, most)) <= most


@given(st.text())
def test_breaking_adds_places_and_nothing_else(text):
    assert breakable(text).replace("\u200b", "") == text.replace("\u200b", "")
    assert all(len(word) <= 40 for word in breakable(text).replace("\u200b", " ").split())
