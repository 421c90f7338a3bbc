"""Working times of agents, and what was done at once, in a transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from desk_app.domain.batch import KEPT
from desk_app.domain.moment import to_ms
from desk_app.domain.workload import Availability
from desk_app.store import mapping, schema
from desk_app.store.batch_rows import FORGET_BATCH, FORGET_OLD_BATCHES, batch_key, of_agent
from desk_app.store.transaction import Transaction

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

_availability = msgspec.json.Decoder(Availability)


class WorkloadRows(Transaction):
    """A transaction, and what the desk keeps for whoever shares work out."""

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

    def keep_batch(self, actor: str, events: Sequence[int]) -> None:
        values = {
            "key": batch_key(actor, max(events)),
            "value": mapping.encoded({"events": list(events)}),
        }
        self._upsert(schema.meta, ("key",), values)
        self._run(FORGET_OLD_BATCHES, {**of_agent(actor), "kept": KEPT})

    def forget_batch(self, event: int) -> None:
        self._run(FORGET_BATCH, (str(event),))


def decoded_availability(doc: str) -> Availability:
    """A working time from its row."""
    return _availability.decode(doc)
