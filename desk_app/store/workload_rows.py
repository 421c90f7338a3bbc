"""Working times of agents in a transaction, each change with its trace."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from desk_app.domain.moment import to_ms
from desk_app.domain.workload import Availability
from desk_app.store import mapping, schema
from desk_app.store.transaction import Transaction

if TYPE_CHECKING:
    from datetime import datetime

_availability = msgspec.json.Decoder(Availability)


class WorkloadRows(Transaction):
    """A transaction, and what the desk keeps of agents' working time."""

    _new_availability = False

    def availability(self, agent: str) -> Availability | None:
        row = self._find(schema.availability, agent=agent)
        return None if row is None else decoded_availability(row["doc"])

    def save_availability(self, kept: Availability, actor: str, at: datetime) -> None:
        row = self._find(schema.availability, agent=kept.agent)
        doc = mapping.encoded(kept)
        values = {
            "at_ms": to_ms(at),
            "actor": actor,
            "agent": kept.agent,
            "old": "" if row is None else row["doc"],
            "new": doc,
        }
        self._upsert(schema.availability, ("agent",), {"agent": kept.agent, "doc": doc})
        self._insert(schema.availability_log, values)
        self._new_availability = True


def decoded_availability(doc: str) -> Availability:
    """A working time from its row."""
    return _availability.decode(doc)
