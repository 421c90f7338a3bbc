"""Moments as people type them."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk_app.domain.moment import read_moment

NOW = datetime(2026, 11, 24, 15, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("+3h", datetime(2026, 11, 24, 18, 30, tzinfo=UTC)),
        ("+ 45 min", datetime(2026, 11, 24, 16, 15, tzinfo=UTC)),
        ("+2d", datetime(2026, 11, 26, 15, 30, tzinfo=UTC)),
        ("17:05", datetime(2026, 11, 24, 17, 5, tzinfo=UTC)),
        ("9:00", datetime(2026, 11, 25, 9, 0, tzinfo=UTC)),
        ("2026-12-01", datetime(2026, 12, 1, 17, 0, tzinfo=UTC)),
        ("2026-12-01 14:30", datetime(2026, 12, 1, 14, 30, tzinfo=UTC)),
        ("1.12. 8:15", datetime(2026, 12, 1, 8, 15, tzinfo=UTC)),
        ("31.2.", None),
        ("25:00", None),
        ("soon", None),
        ("", None),
    ],
)
def test_a_moment_is_read(text, meant):
    assert read_moment(text, NOW) == meant


@given(st.text("0123456789+-:. hdmin", max_size=20))
def test_no_text_is_an_error(text):
    found = read_moment(text, NOW)
    assert found is None or found.tzinfo is not None
