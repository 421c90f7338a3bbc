"""Reading a desk: order, search, sight and counts, each against plain Python."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desk_app.bootstrap import OpenDesk
from desk_app.domain.directory import Directory
from desk_app.domain.filters import (
    Column,
    QueueFilter,
    QueueKind,
    QueueRow,
    Scope,
    SortKey,
    queue_filter,
)
from desk_app.domain.moment import to_ms
from desk_app.domain.people import Agent
from desk_app.domain.ticket import Referral, State
from desk_app.store.queue_sql import match
from desk_app.store.reader import SqliteReader
from tests.desks import AT, ticket

EVERYTHING = [QueueFilter(), QueueFilter(state=State.DELETED)]


def folded(text: str) -> bytes:
    """As SQLite's NOCASE has it: only A to Z have a small letter."""
    return text.encode().lower()


def nothing_first(value: str | None) -> tuple[bool, bytes]:
    return (value is not None, (value or "").encode())


def name_in(things: object, key: str | None) -> tuple[bool, bytes]:
    thing = things.get(key)  # type: ignore[attr-defined]
    return nothing_first(None if thing is None else thing.name)


def sort_value(column: Column, row: QueueRow, directory: Directory) -> object:
    plain = {
        Column.NUMBER: nothing_first(row.number),
        Column.SUBJECT: folded(row.subject),
        Column.REQUESTER: folded(row.requester),
        Column.STATUS: (row.state, row.status),
        Column.STAGE: row.stage,
        Column.PRIORITY: directory.priorities[row.priority].rank,
        Column.OWNER: name_in(directory.agents, row.owner),
        Column.TEAM: name_in(directory.teams, row.team),
        Column.DEPARTMENT: name_in(directory.departments, row.department),
        Column.TOPIC: name_in(directory.topics, row.topic),
        Column.DUE: row.due_ms or 0,
        Column.UPDATED: row.updated_ms,
        Column.CREATED: row.created_ms,
        Column.SOURCE: row.source,
    }
    return plain[column]


def sorted_ids(rows: list[QueueRow], order: SortKey, directory: Directory) -> list[int]:
    found = sorted(
        rows,
        key=lambda row: (sort_value(order.column, row, directory), row.id),
        reverse=order.descending,
    )
    if order.column is Column.DUE:
        found.sort(key=lambda row: row.due_ms is None)
    return [row.id for row in found]


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("column", Column)
def test_every_column_sorts_like_python(
    reader: SqliteReader, column: Column, descending: bool
) -> None:
    order = SortKey(column=column, descending=descending)
    rows = list(reader.rows(reader.queue_ids(QueueFilter(), SortKey()), agent="john").values())
    assert len(rows) == 26
    found = list(reader.queue_ids(QueueFilter(), order))
    assert found == sorted_ids(rows, order, reader.directory())
    head = reader.queue_head(QueueFilter(), order, agent="john", limit=1000)
    assert [row.id for row in head] == found
    assert reader.queue_head(QueueFilter(), order, agent="john", limit=5) == head[:5]


def test_a_deleted_ticket_is_in_the_queue_of_the_deleted_only(reader: SqliteReader) -> None:
    gone = ticket(reader, "100019")
    assert gone.state is State.DELETED
    assert gone.id not in reader.queue_ids(QueueFilter(), SortKey())
    assert list(reader.queue_ids(EVERYTHING[1], SortKey())) == [gone.id]


def numbers(reader: SqliteReader, text: str) -> set[str | None]:
    ids = reader.queue_ids(QueueFilter(text=text), SortKey())
    return {row.number for row in reader.rows(ids, agent="john").values()}


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("zürich", "100011"),
        ("ZURICH", "100011"),
        ("Zür", "100011"),
        ("مساعدة", "100021"),
        ('"shared calendar"', "100015"),
        ("calendar sha", "100015"),
        ("100009", "100009"),
    ],
)
def test_a_search_finds_the_ticket_that_has_the_words(
    reader: SqliteReader, text: str, number: str
) -> None:
    assert number in numbers(reader, text)


def test_a_quick_first_screen_looks_at_the_newest_hits_only(
    reader: SqliteReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    def head(*, quick: bool) -> list[QueueRow]:
        wanted, order = QueueFilter(text="the"), SortKey()
        return reader.queue_head(wanted, order, agent="john", limit=50, quick=quick)

    assert head(quick=True) == head(quick=False)
    monkeypatch.setattr("desk_app.store.queue_sql.QUICK_HITS", 1)
    assert 1 <= len(head(quick=True)) <= 2 < len(head(quick=False))


@pytest.mark.parametrize(
    "text", ["s", "P", "print", "the", "calendar sh", "Müll", "a-b", "1000", "zz"]
)
def test_a_beginning_spelled_out_finds_what_the_beginning_finds(
    reader: SqliteReader, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    spelled = numbers(reader, text)
    monkeypatch.setattr("desk_app.store.reader._MOST_WORDS", -1)
    assert numbers(reader, text) == spelled


def test_a_beginning_is_spelled_out_only_where_its_words_are_few(
    reader: SqliteReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = reader._words("entry_fts", "print")
    assert "printer" in words
    assert match("shared print", "entry_fts", reader._words).endswith(
        f"AND ({' OR '.join(f'{chr(34)}{word}{chr(34)}' for word in words)})"
    )
    monkeypatch.setattr("desk_app.store.reader._MOST_WORDS", len(words) - 1)
    assert match("shared print", "entry_fts", reader._words) == '"shared" AND "print"*'


def test_words_of_a_phrase_must_stand_together(reader: SqliteReader) -> None:
    assert "100015" not in numbers(reader, '"calendar shared"')


def test_only_the_last_word_may_be_a_beginning(reader: SqliteReader) -> None:
    assert "100015" not in numbers(reader, "sha calendar")


@pytest.mark.parametrize(
    "text",
    [
        '"',
        '""',
        "*",
        "(",
        ")",
        "a AND",
        "OR",
        "NOT x",
        "NEAR(a b)",
        "subject:x",
        "^a",
        "a-b",
        "-",
        "'",
        "'; DROP TABLE ticket",
        "a + b",
        "{a b}: c",
        "%",
        "\\",
        "a\x00b",
        "😀",
        'a "b',
        "a.b@c'd",
        '"a\0b"',
        '"\0a"',
        '"a',
    ],
)
def test_no_character_of_a_search_has_a_meaning_to_the_index(
    reader: SqliteReader, text: str
) -> None:
    found = reader.queue_ids(QueueFilter(text=text), SortKey())
    assert reader.counts({"it": QueueFilter(text=text)}) == {"it": len(found)}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(text=st.text(alphabet=st.one_of(st.sampled_from("\"'*()^:-+{} aA.@"), st.characters())))
def test_no_text_at_all_makes_a_search_fail(reader: SqliteReader, text: str) -> None:
    reader.queue_ids(QueueFilter(text=text), SortKey())


def scope_of(agent: Agent, directory: Directory) -> Scope:
    teams = directory.teams_of(agent.key)
    return Scope(agent=agent.key, departments=agent.departments, teams=teams)


def test_a_scope_lets_through_what_the_agent_sees(desk: OpenDesk, reader: SqliteReader) -> None:
    for number, kind, key in [
        ("100010", "agent", "jane"),
        ("100022", "team", "network"),
        ("100001", "department", "banking"),
    ]:
        seen = ticket(reader, number)
        with desk.unit() as unit:
            unit.save(replace(seen, referrals=(Referral(kind=kind, key=key),)))
            unit.commit()
    directory = reader.directory()
    tickets = [reader.ticket(i) for f in EVERYTHING for i in reader.queue_ids(f, SortKey())]
    assert len(tickets) == 27
    for agent in directory.agents.values():
        scope = scope_of(agent, directory)
        found = {
            i for f in EVERYTHING for i in reader.queue_ids(f._replace(scope=scope), SortKey())
        }
        assert found == {t.id for t in tickets if directory.sees(agent, t)}, agent.key


def test_an_agent_without_departments_sees_own_tickets_only(reader: SqliteReader) -> None:
    scope = Scope(agent="lee", departments=frozenset())
    found = reader.queue_ids(QueueFilter(scope=scope), SortKey())
    assert {reader.ticket(i).owner for i in found} == {"lee"}


def test_the_counts_of_all_queues_are_their_lengths(reader: SqliteReader) -> None:
    directory = reader.directory()
    now = to_ms(AT)
    for agent in directory.agents.values():
        queues = {
            str(kind): queue_filter(
                kind, scope_of(agent, directory), now_ms=now, end_of_day_ms=now + 50_000_000
            )
            for kind in QueueKind
        }
        lengths = {name: len(reader.queue_ids(f, SortKey())) for name, f in queues.items()}
        assert reader.counts(queues) == lengths
        assert sum(lengths.values()) > 0
