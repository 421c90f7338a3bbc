"""The outboxes of all desks as texts, desk by desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desk_app.domain.mirror import AccountState
from desk_app.ui.desk_texts import state_words
from desk_app.ui.outbox_texts import change_text, ticket_text, waits_text
from desk_app.ui.sync_texts import item_state, problem_text, server_name, what_text
from desk_app.ui.views.unsent_view import UnsentGroup, UnsentRow

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from desk_app.domain.mirror import Account
    from desk_app.domain.outbox import OutboxItem
    from desk_app.ui.desk_facts import DeskFacts


def unsent_groups(facts: Iterable[DeskFacts], now: datetime) -> list[UnsentGroup]:
    """One group for each desk with something that is not settled."""
    return [_group(one, now) for one in facts if one.waiting]


def _group(facts: DeskFacts, now: datetime) -> UnsentGroup:
    account = None if facts.status is None else facts.status.account
    server = "" if account is None else server_name(account)
    trouble = "" if account is None else _trouble(account)
    items = {row.item.seq: row.item for row in facts.waiting}

    def before(seq: int | None) -> OutboxItem | None:
        return None if seq is None else items.get(seq)

    rows = tuple(
        UnsentRow(
            seq=row.item.seq,
            ticket=ticket_text(row),
            subject=row.subject,
            what=what_text(row.item),
            change=change_text(row, facts.directory),
            state=item_state(row.item, server, now),
            waits=waits_text(row, before(row.after), trouble),
            needs_you=row.item.needs_you,
        )
        for row in facts.waiting
    )
    return UnsentGroup(place=facts.place, state=state_words(facts.status)[1], rows=rows)


def _trouble(account: Account) -> str:
    """Why nothing of this desk goes out now; '' if something may."""
    if account.state is not AccountState.ON:
        return problem_text(str(account.state))
    return problem_text(account.problem) if account.problem else ""
