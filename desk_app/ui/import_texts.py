"""What is said of an import: fields, reasons, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from desk_app.domain.intake import (
    BadCsvError,
    BrokenRowReason,
    CsvProblem,
    DateOrder,
    RowOddityCode,
    RowRefusal,
    TicketField,
)
from desk_app.domain.mail import BrokenReason
from desk_app.services.intake import Taken
from desk_app.ui.texts import error_text, tr

if TYPE_CHECKING:
    from desk_app.services.ticket_import import Noted

_FIELDS = {
    TicketField.NUMBER: "Ticket number",
    TicketField.SUBJECT: "Subject",
    TicketField.REQUESTER_NAME: "Requester",
    TicketField.REQUESTER_EMAIL: "Requester's e-mail",
    TicketField.TEXT: "Text",
    TicketField.STATUS: "Status",
    TicketField.PRIORITY: "Priority",
    TicketField.DEPARTMENT: "Department",
    TicketField.TOPIC: "Help topic",
    TicketField.OWNER: "Agent or team",
    TicketField.CREATED: "Created",
    TicketField.DUE: "Due",
    TicketField.SOURCE: "Source",
    TicketField.ORGANISATION: "Organisation",
    TicketField.PHONE: "Phone",
}

_ORDERS = {
    None: "Only where it is clear",
    DateOrder.DAY_FIRST: "Day first (31/12/2026)",
    DateOrder.MONTH_FIRST: "Month first (12/31/2026)",
}

_REASONS: Mapping[str, str] = {
    BrokenReason.EMPTY: "It is empty.",
    BrokenReason.TOO_LARGE: "It is too large for a mail ({detail} bytes).",
    BrokenReason.BINARY: "It is no mail but some other kind of file.",
    BrokenReason.NO_HEADER: "It does not begin as a mail does.",
    BrokenReason.NOTHING_IN_IT: "There is neither a subject nor a text in it.",
    BrokenReason.UNREADABLE_FILE: "The file cannot be read ({detail}).",
    BrokenReason.NOT_A_MAILBOX: "It is called a mailbox but does not begin as one does.",
    BrokenReason.UNEXPECTED: "The program failed on it ({detail}). Please report this.",
    BrokenRowReason.TOO_MANY_CELLS: "The row has more cells than the table has columns.",
    BrokenRowReason.FIELD_TOO_LARGE: "A cell of the row is too large.",
    BrokenRowReason.BAD_QUOTES: "A quotation mark of the row is never closed.",
    RowRefusal.UNKNOWN_STATUS: "This desk has no status “{detail}”.",
    RowRefusal.UNKNOWN_PRIORITY: "This desk has no priority “{detail}”.",
    RowRefusal.UNKNOWN_DEPARTMENT: "This desk has no department “{detail}”.",
    RowRefusal.UNKNOWN_TOPIC: "This desk has no help topic “{detail}”.",
    RowRefusal.UNKNOWN_OWNER: "This desk has no agent or team “{detail}”.",
    RowRefusal.AMBIGUOUS_NAME: "More than one thing on this desk answers to “{detail}”.",
    RowOddityCode.AMBIGUOUS_DATE: "“{detail}” can be read in two ways: choose how dates are meant.",
    RowOddityCode.OTHER_DATE_ORDER: "“{detail}” is clearly meant the other way round.",
    RowOddityCode.BAD_DATE: "“{detail}” is no date and is left out.",
    RowOddityCode.BAD_EMAIL: "“{detail}” is no e-mail address and is left out.",
    RowOddityCode.NUL_BYTES: "There are unreadable characters, which are left out.",
    RowOddityCode.SHORT_ROW: "The row is short; what is missing is left empty.",
}

_PROBLEMS = {
    CsvProblem.EMPTY: "“{name}” is empty. Nothing was taken in.",
    CsvProblem.NO_HEADER: "“{name}” has no line with the names of its columns. "
    "Nothing was taken in.",
    CsvProblem.BINARY: "“{name}” is no table of text. Open it in a spreadsheet, save it as CSV, "
    "and import that.",
    CsvProblem.UNREADABLE_FILE: "“{name}” cannot be read ({detail}). Nothing was taken in.",
}

_COUNTS = {
    Taken.NEW_TICKET: ("{n} new ticket", "{n} new tickets"),
    Taken.ADDED: ("{n} added to its ticket", "{n} added to their tickets"),
    Taken.KNOWN: ("{n} known already", "{n} known already"),
    Taken.KEPT_ASIDE: ("{n} kept aside", "{n} kept aside"),
}


def ticket_field_name(field: TicketField) -> str:
    return tr(_FIELDS[field])


def date_order_name(order: DateOrder | None) -> str:
    return tr(_ORDERS[order])


def aside_text(reason: str, detail: str) -> str:
    """Why something was kept aside, as one sentence."""
    return tr(_REASONS.get(reason, reason)).format(detail=_short(detail))


def noted_text(noted: Noted) -> str:
    """What the first rows show, and what becomes of them."""
    said = aside_text(noted.code, noted.example)
    if noted.refuses:
        return tr("{said} Rows kept aside: {n}").format(said=said, n=noted.rows)
    return tr("{said} Rows: {n}").format(said=said, n=noted.rows)


def table_problem_text(error: BadCsvError, name: str) -> str:
    return tr(_PROBLEMS[error.problem]).format(name=name, detail=error.detail)


def import_error_text(error: Exception, name: str) -> str:
    """Why an import stopped, and that it can go on."""
    if isinstance(error, BadCsvError):
        return table_problem_text(error, name)
    return error_text(error)


def counts_text(counted: Mapping[Taken, int]) -> str:
    """`12 new tickets, 3 added to their tickets, 1 known already`; '' if nothing was there."""
    said = []
    for taken, (one, many) in _COUNTS.items():
        count = counted.get(taken, 0)
        if count:
            said.append(tr(one if count == 1 else many).format(n=count))
    return ", ".join(said)


def nothing_text(name: str) -> str:
    """That a file or folder held no mail, and what would have been looked at in a folder."""
    words = tr(
        "There is nothing to take in in “{name}”. Of a folder, files called .eml and .mbox and "
        "mailboxes without an ending are taken in; a file that is chosen itself always is"
    )
    return words.format(name=name)


def passed_over_text(files: int) -> str:
    """Files of folders that are no mail by their names."""
    words = tr(
        "Passed over in folders: {n}, called neither .eml nor .mbox. A file that is named itself "
        "is always taken in."
    )
    return words.format(n=files)


def _short(detail: str) -> str:
    limit = 80
    line = " ".join(detail.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"
