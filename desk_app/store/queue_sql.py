"""Turns a queue's conditions into SQL; text and parameters only, for any driver."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from desk_app.domain.filters import NOBODY, Column, QueueFilter, Scope, SortKey
from desk_app.domain.state import State
from desk_app.store.server_queue_rows import NAMED, kept_as

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    Words = Callable[[str, str], Sequence[str]]

HIT_LIMIT = 10_000
"""The newest entries that a text search looks at (facts: a common word has 800,000)."""
QUICK_HITS = 500
"""The same for a first screen: a tenth of the time, and nearly always the same rows."""

ROW_COLUMNS = (
    "t.id, t.number, t.subject, t.requester, t.status, t.state, t.stage, t.priority, t.owner,"
    " t.team, t.department, t.topic, t.source, t.due_ms, t.created_ms, t.updated_ms, t.answered,"
    " (t.state = 0 AND coalesce(t.last_message_ms, 0) > coalesce((SELECT m.at_ms FROM read_mark m"
    " WHERE m.agent = ? AND m.ticket_id = t.id), 0)), t.has_files,"
    " EXISTS(SELECT 1 FROM draft d WHERE d.ticket_id = t.id AND d.closed = 0), t.open_tasks"
)
"""In the order of `QueueRow`; one parameter: the agent's key."""

HAS_REASON = 'instr(rest, \'"breach_reason":"\') > 0 AND instr(rest, \'"breach_reason":""\') = 0'
"""In the words of the index (`schema.HAS_REASON`, which is not imported for a first screen)."""
_NAMED = "(SELECT d.name FROM directory d WHERE d.kind = '{kind}' AND d.key = t.{column})"

_ORDERS = {
    Column.NUMBER: "t.number",
    Column.SUBJECT: "t.subject",
    Column.REQUESTER: "t.requester",
    Column.STATUS: "t.state {dir}, t.status",
    Column.STAGE: "t.stage",
    Column.PRIORITY: "t.priority_rank",
    Column.OWNER: _NAMED.format(kind="agent", column="owner"),
    Column.TEAM: _NAMED.format(kind="team", column="team"),
    Column.DEPARTMENT: _NAMED.format(kind="department", column="department"),
    Column.TOPIC: _NAMED.format(kind="topic", column="topic"),
    Column.DUE: "t.due_ms IS NULL, t.due_ms",
    Column.UPDATED: "t.updated_ms",
    Column.CREATED: "t.created_ms",
    Column.SOURCE: "t.source",
}


def order_by(order: SortKey) -> str:
    """The ORDER BY clause; a ticket that is never due comes last either way."""
    direction = "DESC" if order.descending else "ASC"
    by = _ORDERS[order.column].replace("{dir}", direction)
    return f"ORDER BY {by} {direction}, t.id {direction}"


def no_words(_table: str, _start: str) -> Sequence[str]:
    """For `where`, by one who does not know the words of the index."""
    return ()


def where(
    wanted: QueueFilter, *, hits: int = HIT_LIMIT, words: Words = no_words
) -> tuple[str, list[object]]:
    """The WHERE clause (with the word, or '') and its parameters.

    `words` names the words of a search table that begin so, or none if they are too many.
    """
    parts: list[tuple[str, list[object]]] = []
    if wanted.state is None:
        parts.append((f"t.state < {int(State.DELETED)}", []))  # literal, as below
    parts += _conditions(wanted, hits, words)
    for more in wanted.also:
        parts += _conditions(more, hits, words)
    clause = " AND ".join(f"({sql})" for sql, _ in parts)
    return f"WHERE {clause}", [value for _, values in parts for value in values]


def _conditions(wanted: QueueFilter, hits: int, words: Words) -> list[tuple[str, list[object]]]:
    parts: list[tuple[str, list[object]]] = []
    if wanted.state is not None:
        parts.append((f"t.state = {int(wanted.state)}", []))  # literal: the partial index needs it
    parts += [(f"t.{name} = ?", [value]) for name, value in _equals(wanted) if value is not None]
    parts += _special(wanted)
    if wanted.scope is not None:
        parts += _scope(wanted.scope)
    if wanted.text.strip():
        parts += _text(wanted.text, hits, words)
    return parts


def _equals(wanted: QueueFilter) -> list[tuple[str, object]]:
    return [
        ("status", wanted.status),
        ("stage", None if wanted.stage is None else int(wanted.stage)),
        ("owner", wanted.owner if wanted.owner != NOBODY else None),
        ("department", wanted.department),
        ("topic", wanted.topic),
        ("priority", wanted.priority),
        ("requester_id", wanted.requester),
        ("number", wanted.number),
        ("answered", None if wanted.answered is None else int(wanted.answered)),
    ]


def _breach_reason(wanted: QueueFilter) -> list[tuple[str, list[object]]]:
    parts: list[tuple[str, list[object]]] = []
    if wanted.has_breach_reason:
        parts.append((HAS_REASON, []))
    if wanted.breach_reason == NOBODY:
        parts.append((f"NOT ({HAS_REASON})", []))
    elif wanted.breach_reason is not None:
        begins = f"{wanted.breach_reason}: "  # the person's own words come after it
        said = "json_extract(t.rest, '$.breach_reason') || ': '"
        parts.append((HAS_REASON, []))
        parts.append((f"substr({said}, 1, ?) = ? COLLATE NOCASE", [len(begins), begins]))
    return parts


def _special(wanted: QueueFilter) -> list[tuple[str, list[object]]]:
    parts: list[tuple[str, list[object]]] = []
    if wanted.owner == NOBODY:
        parts.append(("t.owner IS NULL", []))
    if wanted.unassigned:
        parts.append(("t.owner IS NULL AND t.team IS NULL", []))
    if wanted.teams is not None:
        parts.append(_among("t.team", sorted(wanted.teams)))
    if wanted.due_before_ms is not None:
        parts.append(("t.due_ms <= ?", [wanted.due_before_ms]))
    parts += _own(wanted)
    parts += _breach_reason(wanted)
    if wanted.has_draft:
        parts.append(("t.id IN (SELECT d.ticket_id FROM draft d WHERE d.closed = 0)", []))
    return parts


def _own(wanted: QueueFilter) -> list[tuple[str, list[object]]]:
    """What an agent put off or follows."""
    parts: list[tuple[str, list[object]]] = []
    for snoozes, word in ((wanted.awake, "NOT IN"), (wanted.snoozed, "IN")):
        if snoozes is not None:
            parts.append((f"t.id {word} {_SNOOZED}", [snoozes.agent, snoozes.now_ms]))
    if wanted.followed_by is not None:
        parts.append((f"t.id IN {_FOLLOWED}", [wanted.followed_by]))
    if wanted.server_queue is not None:
        parts.append((f"t.id IN {_NAMED_BY_SERVER}", [kept_as(wanted.server_queue)]))
    return parts


_SNOOZED = "(SELECT z.ticket_id FROM snooze z WHERE z.agent = ? AND z.until_ms > ?)"
_NAMED_BY_SERVER = f"(SELECT b.ticket_id FROM base b WHERE b.remote IN {NAMED})"
_FOLLOWED = "(SELECT f.ticket_id FROM follow f WHERE f.agent = ?)"


def _scope(scope: Scope) -> list[tuple[str, list[object]]]:
    """What the agent may see; as `Directory.sees` has it."""
    if scope.departments is None:
        # Asked of an index once, and not of each row: the table need not be read for it.
        hidden = "SELECT id FROM ticket WHERE department = '' AND state = 0"
        return [(f"t.id NOT IN ({hidden})", [])] if scope.hides else []
    departments, teams = sorted(scope.departments), sorted(scope.teams)
    keys = [("agent", scope.agent), *(("team", key) for key in teams)]
    keys += [("department", key) for key in departments]
    own, own_values = _among("t.department", departments)
    team, team_values = _among("t.team", teams)
    referred = ", ".join("(?, ?)" for _ in keys)
    sql = (
        f"{own} OR t.owner = ? OR {team} OR t.id IN (SELECT r.ticket_id FROM referral r"
        f" WHERE (r.kind, r.key) IN (VALUES {referred}))"
    )
    flat: list[object] = [value for pair in keys for value in pair]
    return [(sql, [*own_values, scope.agent, *team_values, *flat])]


def _among(column: str, values: Sequence[object]) -> tuple[str, list[object]]:
    if not values:
        return "0", []
    return f"{column} IN ({', '.join('?' for _ in values)})", list(values)


def match(text: str, table: str = "", known: Words = no_words) -> str:
    """An FTS5 query for what a person typed: all words, the last one as a beginning.

    Phrases in double quotes stay phrases. Everything else is quoted, so that no character has a
    meaning to FTS5. '' if there is nothing to look for. A beginning is spelled out as the words
    that have it, where they are known: FTS5 would first collect every hit of them all, which took
    a third of a second for one letter among millions of entries.
    """
    text = text.replace("\0", " ")  # to FTS5 the query would end there
    phrases = re.findall(r'"([^"]+)"', text)
    words = re.findall(r"\w+(?:[-.@']\w+)*", re.sub(r'"[^"]*"?', " ", text))
    terms = [f'"{phrase}"' for phrase in phrases if re.search(r"\w", phrase)]
    terms += [f'"{word}"' for word in words[:-1]]
    terms += [_beginning(word, table, known) for word in words[-1:]]
    return " AND ".join(terms)


def _beginning(word: str, table: str, known: Words) -> str:
    # Other letters than these are folded by the index in ways of its own.
    spelled = known(table, word.lower()) if word.isascii() and word.isalnum() else ()
    return f"({' OR '.join(_quoted(spelled))})" if spelled else f'"{word}"*'


def _quoted(words: Sequence[str]) -> list[str]:
    return [f'"{word}"' for word in words]


def _text(text: str, hits: int, words: Words) -> list[tuple[str, list[object]]]:
    entries, tickets = match(text, "entry_fts", words), match(text, "ticket_fts", words)
    if not entries:
        return [("0", [])]
    sql = (
        "t.id IN (SELECT e.ticket_id FROM (SELECT rowid AS id FROM entry_fts WHERE entry_fts"
        f" MATCH ? ORDER BY rowid DESC LIMIT {hits}) h JOIN entry e ON e.id = h.id"
        " UNION SELECT rowid FROM (SELECT rowid FROM ticket_fts WHERE ticket_fts MATCH ?"
        f" ORDER BY rowid DESC LIMIT {hits}))"
    )
    return [(sql, [entries, tickets])]


def ids_parameter(ids: Iterable[int]) -> str:
    """Any number of ids as one parameter, for `json_each(?)`."""
    return f"[{','.join(map(str, ids))}]"
