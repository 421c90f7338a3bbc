"""What is typed above a queue, read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk_app.domain.filters import NOBODY, QueueFilter
from desk_app.domain.search_text import Condition, read_search, without
from desk_app.domain.ticket import Stage, State


def read(text, directory=None):
    return read_search(text, directory, agent="jane", now_ms=1000)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("is:open", QueueFilter(state=State.OPEN)),
        ("IS:Unanswered", QueueFilter(answered=False)),
        ("is:overdue", QueueFilter(state=State.OPEN, due_before_ms=1000)),
        ("agent:me", QueueFilter(owner="jane")),
        ("agent:nobody", QueueFilter(owner=NOBODY)),
        ("stage:3", QueueFilter(stage=Stage.WORKING)),
        ("has:draft", QueueFilter(has_draft=True)),
        ("printer jam", QueueFilter(text="printer jam")),
    ],
)
def test_a_search_means(text, meant):
    assert read(text).filters == (meant,)


def test_words_and_conditions_may_stand_in_any_order():
    search = read("printer is:open jam")
    assert search.words == "printer jam"
    assert search.narrow(QueueFilter(owner="x")).also == search.filters


def test_what_names_nothing_is_told_and_hides_nothing():
    search = read("is:purple stage:9")
    assert [c.text for c in search.unknown] == ["is:purple", "stage:9"]
    assert search.filters == ()


def test_an_address_or_a_time_is_no_condition():
    text = "see https://a.example at 10:42"
    assert (read(text).words, read(text).conditions) == (text, ())


@given(
    st.lists(
        st.builds(
            Condition,
            name=st.sampled_from(["status", "agent", "is"]),
            value=st.text("ab c", min_size=1, max_size=6).map(str.strip).filter(bool),
        ),
        max_size=4,
        unique_by=lambda c: (c.name, " ".join(c.value.split())),
    ),
    st.text("xyz ", max_size=8),
)
def test_what_is_written_is_read_and_taken_away_again(conditions, words):
    text = " ".join([*(c.text for c in conditions), words])
    search = read(text)
    assert search.conditions == tuple(conditions)
    assert search.words == " ".join(words.split())
    for condition in conditions:
        text = without(text, condition)
    assert text.split() == words.split()
