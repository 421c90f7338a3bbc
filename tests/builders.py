"""Values for tests: the demo's directory and a plain ticket."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

from desk_app.bootstrap import lifecycle
from desk_app.domain.directory import Directory
from desk_app.domain.gate import Situation
from desk_app.domain.ticket import Ticket, TicketId
from desk_app.services.demo import demo_directory
from desk_app.system.paths import resource

AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


@cache
def make_directory(key: str = "osticket") -> Directory:
    rules, _ = lifecycle(key)
    raw = json.loads(resource("demo", "directory.json").read_text(encoding="utf-8"))
    return demo_directory(raw, rules)


def make_ticket(**fields: Any) -> Ticket:
    start = Ticket(
        id=TicketId(1),
        number="100001",
        subject="Printer",
        requester=5,
        department="support",
        status="open",
        topic="general",
        created_at=AT,
        updated_at=AT,
    )
    return replace(start, **fields)


def make_situation(agent: str = "sam", ticket: Ticket | None = None, **more: Any) -> Situation:
    directory = make_directory()
    return Situation(
        ticket=ticket or make_ticket(),
        actor=directory.agents[agent],
        directory=directory,
        now=AT,
        requester_email=more.pop("requester_email", "ana@bank.example"),
        **more,
    )
