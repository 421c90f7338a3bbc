"""Reading an osTicket without one: a ticket's page against the bare parser, a whole export."""

from __future__ import annotations

import json
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from selectolax.lexbor import LexborHTMLParser

from desk_app.bootstrap import OpenDesk
from desk_app.domain.lifecycle_text import lifecycle_text
from desk_app.remote.osticket.clock import DatabaseClock
from desk_app.remote.osticket.export_rows import SEPARATOR, order, rows_of
from desk_app.remote.osticket.feed import PAGE
from desk_app.remote.osticket.names import Names
from desk_app.remote.osticket.page import Page
from desk_app.remote.osticket.ticket_page import ticket_page
from desk_app.remote.osticket.told import row_ticket
from desk_app.store.migrate import create_desk
from desk_app.sync.mirroring import Mirror
from tests.bench.figures import median
from tests.bench.queries import interleaved
from tests.builders import make_directory
from tests.remote.panel import html
from tests.remote.panel.csv_text import OFFERED, csv_text
from tests.remote.panel.truth import Ticket, Truth

ENTRIES = 100
ROWS = 10_000
ROUNDS = 60
WORDS = "<p>The spare part is on its way, I will bring it to your office this afternoon.</p>" * 12
"""A mail of a thousand characters."""


def a_page() -> tuple[bytes, str]:
    """A ticket with so many entries and a quarter as many events."""
    truth = Truth()
    john = truth.agent("john")
    ticket = truth.open("Printer", truth.user("Karen Weber", "karen@bank.example"), WORDS)
    for number in range(1, ENTRIES):
        kind = ("response", "note", "message")[number % 3]
        truth.write(ticket, kind, john.name, f'<div data-desk="c.{number}">{WORDS}</div>')
        if number % 4 == 0:
            truth.happen(ticket, "pencil", john, "Updated a field of the ticket")
    shown = html.ticket(truth, ticket, john, html.Manner())
    return html.page("t", "Ticket", shown).encode(), ticket.id


def an_export() -> str:
    truth = Truth()
    start = datetime(2026, 3, 2, 10, tzinfo=UTC)
    tickets = []
    for number in range(1, ROWS + 1):
        user = truth.users.get(str(number % 500 + 1)) or truth.user(
            f"Person {number}", f"p{number}@bank.example"
        )
        at = start + timedelta(minutes=number)
        tickets.append(
            Ticket(
                id=str(number),
                number=f"{100000 + number}",
                subject=f"Ticket {number}, about the printer on floor {number % 9}",
                user=user,
                dept="1",
                created=at,
                lastupdate=at,
            )
        )
    return csv_text(truth, tickets, order(OFFERED), SEPARATOR, timedelta(0))[1:]


def apply(text: str, folder: Path) -> float:
    """Rows a second, from the table's text to rows on the disk."""
    create_desk(folder)
    desk = OpenDesk(folder, seed=1)
    directory = make_directory()
    names = Names(
        departments={"Support": "support"},
        priorities={"Normal": "normal"},
        topics={"General Inquiry": "general"},
        slas={"Default SLA": "sev-b"},
        statuses={"Open": "open"},
    )
    with desk.sync_unit() as unit:
        unit.keep_directory(directory, lifecycle_text(directory.lifecycle))
        unit.commit()
    clock = DatabaseClock()
    start = time.perf_counter()
    rows = rows_of(text, order(OFFERED))
    for place in range(0, len(rows), PAGE):
        told = [row_ticket(row, names, clock) for row in rows[place : place + PAGE]]
        with desk.sync_unit() as unit:
            Mirror(desk, unit).take(told)
            unit.commit()
    took = time.perf_counter() - start
    desk.close()
    return len(rows) / took


def main() -> dict[str, float]:
    data, ticket = a_page()
    found = interleaved(
        ROUNDS,
        page=lambda: ticket_page(Page(data, "ticket"), ticket),
        page_floor=lambda: LexborHTMLParser(data),
    )
    text = an_export()
    with tempfile.TemporaryDirectory() as folder:
        rates = [apply(text, Path(folder) / str(number)) for number in range(3)]
    return {**found, "export": median(rates)}


if __name__ == "__main__":
    print(json.dumps(main()))
