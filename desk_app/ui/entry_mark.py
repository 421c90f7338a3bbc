"""Where an entry of one's own stands on its way to the server, as a line of its card."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from desk_app.domain.entry import EntryKind
from desk_app.domain.outbox import NEEDS_YOU, Happening, OutboxState, can
from desk_app.ui.sync_texts import item_state, reason_text, state_text
from desk_app.ui.texts import tr

if TYPE_CHECKING:
    from desk_app.domain.entry import Entry
    from desk_app.domain.outbox import OutboxItem
    from desk_app.ui.entry_body import View


def entry_mark(entry: Entry, view: View) -> str:
    """`Waiting`, `Held (undo 8 s)`, `Needs you: …`, `Accepted by Acme`; '' without a server."""
    if not view.server or view.paper:
        return ""
    item = view.unsettled.get(entry.id)
    if item is not None:
        return _unsettled(entry, item, view)
    if entry.kind is EntryKind.MESSAGE or entry.agent != view.agent:
        return ""
    words = escape(state_text(OutboxState.ACCEPTED, view.server))
    return f'<br><small style="color:{view.colours.dim}">✓ {words}</small>'


def _unsettled(entry: Entry, item: OutboxItem, view: View) -> str:
    needs = item.state in NEEDS_YOU
    assert view.now is not None  # noqa: S101 - who knows the server knows the time
    words = escape(item_state(item, view.server, view.now))
    why = escape(reason_text(item.reason))
    offers = [(tr("decide") if needs else tr("show in the outbox"), "decide" if needs else "wait")]
    if not needs and entry.kind is not EntryKind.MESSAGE and can(item.state, Happening.DISCARD):
        offers.insert(0, (tr("undo"), "undo"))
    address = view.links.address
    links = " · ".join(f'<a href="{address(verb, entry.id)}">{text}</a>' for text, verb in offers)
    colour = view.colours.danger if needs else view.colours.warning
    sign = "⚠" if needs else "⇡"
    told = f"{words} ({why})" if why else words
    return f'<br><small><b style="color:{colour}">{sign} {told}</b> · {links}</small>'
