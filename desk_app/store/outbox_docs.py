"""The documents in the outbox's rows: written and read here, for reading and writing alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from desk_app.domain.entry import Change, Entry, Event
from desk_app.domain.mirror import Account, Base
from desk_app.domain.moment import from_ms_or_none, to_ms_or_none
from desk_app.domain.outbox import OutboxItem, OutboxState, steps
from desk_app.store import mapping

if TYPE_CHECKING:
    from datetime import datetime

    from desk_app.domain.ticket import Ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemDoc:
    """What an outbox row holds besides what it points to."""

    done: int = 0
    seen: int | None = None
    told: int | None = None
    floor: str = ""
    tries: int = 0
    next_try_ms: int | None = None
    reason: str = ""
    words: str = ""
    theirs: tuple[Change, ...] = ()
    refused: tuple[str, ...] = ()
    discarded: OutboxState | None = None
    discarded_with: int = 0

    @property
    def next_try(self) -> datetime | None:
        return from_ms_or_none(self.next_try_ms)


_account = msgspec.json.Decoder(Account)
_base = msgspec.json.Decoder(Base)
_bases = msgspec.json.Decoder(list[Base])
_item = msgspec.json.Decoder(ItemDoc)


def decoded_account(doc: str) -> Account:
    return _account.decode(doc)


def decoded_base(doc: str) -> Base:
    return _base.decode(doc)


def decoded_bases(docs: str) -> list[Base]:
    """Of a JSON array of them."""
    return _bases.decode(docs)


def decoded_item(doc: str) -> ItemDoc:
    return _item.decode(doc)


def item_doc(item: OutboxItem) -> str:
    """An item's row's document."""
    return mapping.encoded(
        ItemDoc(
            done=item.done,
            seen=item.seen,
            told=item.told,
            floor=item.floor,
            tries=item.tries,
            next_try_ms=to_ms_or_none(item.next_try),
            reason=item.reason,
            words=item.words,
            theirs=item.theirs,
            refused=item.refused,
            discarded=item.discarded,
            discarded_with=item.discarded_with,
        )
    )


def outbox_item(
    row: mapping.Row, event: Event, entry: Entry | None, start: Ticket | None
) -> OutboxItem:
    """An item from its row, its event, and what that wrote or made."""
    doc = _item.decode(row["doc"])
    return OutboxItem(
        seq=row["seq"],
        event=event,
        state=OutboxState(row["state"]),
        steps=steps(event, entry, start),
        done=doc.done,
        seen=doc.seen,
        told=doc.told,
        floor=doc.floor,
        tries=doc.tries,
        next_try=doc.next_try,
        reason=doc.reason,
        words=doc.words,
        theirs=tuple(mapping.typed(change) for change in doc.theirs),
        refused=doc.refused,
        discarded=doc.discarded,
        discarded_with=doc.discarded_with,
    )
