"""The directory as a server tells it, and which extra field says why tickets were late."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from desk_app.domain.breach import (
    GiveBreachReason,
    reason_keys,
    told_reason,
    with_reason_field,
    with_told_reason,
)
from desk_app.domain.mirror import project
from desk_app.store import directory_rows, mapping, schema
from desk_app.store.mirrored_rows import MirroredRows
from desk_app.store.outbox_docs import decoded_base

if TYPE_CHECKING:
    from desk_app.domain.directory import Directory

_TOLD = (
    "SELECT * FROM event WHERE command_id GLOB 'v:*' AND action = 'edit_custom'"
    " AND instr(changes, ?) > 0"
)


class ReasonRows(MirroredRows):
    """A part of `SqlSyncUnit`; see the port for what each method promises."""

    def keep_directory(self, directory: Directory, lifecycle_text: str) -> None:
        rows = directory_rows.directory_values(directory, lifecycle_text)
        new = [(row["kind"], row["key"], row["name"], row["doc"]) for row in rows]
        old = self._run("SELECT kind, key, name, doc FROM directory").fetchall()
        if sorted(new) != sorted(old):
            self.save_directory(directory, lifecycle_text)

    def mark_reason_field(self, name: str) -> None:
        (text,) = self._run("SELECT doc FROM directory WHERE kind = 'lifecycle'").fetchone()
        directory = with_reason_field(self.directory(), name)
        self.keep_directory(directory, text)
        for key in sorted(reason_keys(directory)):
            self._take_values(key, directory)
            self._take_events(key, directory)

    def _take_values(self, key: str, directory: Directory) -> None:
        """What the field held before is the reason as well."""
        sql = "SELECT doc FROM base WHERE instr(doc, ?) > 0"
        bases = [decoded_base(doc) for (doc,) in self._run(sql, (f'["{key}",',)).fetchall()]
        told = [replace(b, ticket=with_told_reason(b.ticket, directory)) for b in bases]
        new = [after for before, after in zip(bases, told, strict=True) if after != before]
        waiting = self.items_of([base.ticket.id for base in new])
        self.mirror((b, project(b.ticket, waiting.get(b.ticket.id, ()))) for b in new)

    def _take_events(self, key: str, directory: Directory) -> None:
        """Who wrote into it before gave a reason."""
        for row in self._dicts(_TOLD, (f'"custom:{key}"',)):
            event = mapping.event(row)
            reason = told_reason(event.changes, directory)
            if reason is not None:
                given = replace(
                    event, action=GiveBreachReason.name, changes=(*event.changes, reason)
                )
                values = mapping.event_values(given)
                self._update(
                    schema.event,
                    {"action": values["action"], "changes": values["changes"]},
                    id=event.id,
                )
                self._tickets.add(event.ticket)
