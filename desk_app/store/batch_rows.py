"""Which events were done at once: a row of `meta` each, the newest few of each agent.

An event's number, of 19 digits, is found in the row as text: there are too few rows for an index.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from desk_app.domain.batch import Batch
from desk_app.store import mapping, queue_sql

if TYPE_CHECKING:
    from desk_app.store.reading_connection import ReadingConnection

_OF_AGENT = "key BETWEEN :first AND :last"
FORGET_OLD_BATCHES = (
    f"DELETE FROM meta WHERE {_OF_AGENT} AND key NOT IN"
    f" (SELECT key FROM meta WHERE {_OF_AGENT} ORDER BY key DESC LIMIT :kept)"
)
FORGET_BATCH = "DELETE FROM meta WHERE key GLOB 'batch:*' AND instr(value, ?) > 0"
_REMEMBERED = "SELECT value FROM meta WHERE key BETWEEN ? AND ? ORDER BY key DESC"
_DONE_HERE = "command_id NOT GLOB '[ev]:*'"
"""Not what a server told: the agent may have been at another desk, or in a browser."""
_STANDS = "undoes IS NULL"
_TOOK_BACK = "EXISTS (SELECT 1 FROM event AS o WHERE o.id = event.undoes AND o.undoes IS NULL)"


def batch_key(actor: str, newest: int) -> str:
    """What its row is called: an agent's rows stand together, in the order of time."""
    return f"batch:{actor}:{newest:020}"


def of_agent(actor: str) -> dict[str, Any]:
    """The first and the last key that an agent's rows can have."""
    return {"first": batch_key(actor, 0), "last": batch_key(actor, 10**20 - 1)}


def read_batch(connection: ReadingConnection, actor: str, *, redo: bool) -> Batch | None:
    """The actor's last, if it is one of several at once."""
    rows = connection.dicts(_REMEMBERED, of_agent(actor).values())
    docs = [json.loads(row["value"]) for row in rows]
    if not docs:
        return None
    since = min(docs[-1]["events"])  # before it nothing can be found: history may be long
    found = _newest(connection, _TOOK_BACK if redo else _STANDS, actor, since)
    if not found or (redo and _newest(connection, _STANDS, actor, since) > found):
        return None
    ids = next((doc["events"] for doc in docs if found in doc["events"]), None)
    if ids is None:
        return None
    sql = "SELECT * FROM event WHERE undone = 0 AND id IN (SELECT value FROM json_each(?))"
    known = {
        row["id"]: mapping.event(row)
        for row in connection.dicts(sql, [queue_sql.ids_parameter(ids)])
    }
    return Batch(events=tuple(known[number] for number in ids if number in known))


def _newest(connection: ReadingConnection, which: str, actor: str, since: int) -> int:
    mine = f"id >= ? AND actor = ? AND undone = 0 AND {_DONE_HERE} AND {which}"
    sql = f"SELECT id FROM event WHERE {mine}"
    rows = connection.dicts(f"{sql} ORDER BY id DESC LIMIT 1", [since, actor])
    return int(rows[0]["id"]) if rows else 0
