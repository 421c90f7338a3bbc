"""The subcommand that takes mail and tables of tickets in."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desk_app.cli_names import (
    DONE,
    KEPT_ASIDE,
    NOT_FOUND,
    USAGE,
    agent_named,
    open_desk,
    say,
    warn,
)

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, Sequence

    from desk_app.bootstrap import OpenDesk
    from desk_app.domain.intake import DateOrder, TicketField
    from desk_app.services.intake import Outcome
    from desk_app.system.csv_table import CsvTable

_SHOWN = 3
"""Rows of a table that a dry run shows."""


def import_files(options: argparse.Namespace) -> int:
    """Take in mail (.eml, .mbox, folders of them) and tables of tickets (.csv)."""
    paths = [Path(name) for name in options.files]
    missing = [path for path in paths if not path.exists()]
    for path in missing:
        warn(f"{path}: there is no such file; nothing was taken in")
    if missing:
        return NOT_FOUND
    desk = open_desk(options)
    reader = desk.reader()
    try:
        actor = agent_named(reader.directory(), options.agent).key if options.agent else ""
    finally:
        reader.close()
    tables, bad = _tables(desk, [path for path in paths if _is_table(path)])
    problem = _wrong_columns(options, tables)
    if problem:
        warn(problem)
        return USAGE
    mails = [path for path in paths if not _is_table(path)]
    for table in (table for path in mails if path.is_dir() for table in desk.tables_in(path)):
        # What its columns hold was neither asked nor shown: a guess must not make tickets.
        warn(f"{table}: a table is taken in only where it is named itself")
    if options.dry_run:
        return _show(options, desk, mails, tables) or (KEPT_ASIDE if bad else DONE)
    return _take(options, desk, mails, tables, actor) or (KEPT_ASIDE if bad else DONE)


def _is_table(path: Path) -> bool:
    return path.suffix.lower() == ".csv" and not path.is_dir()


def _tables(desk: OpenDesk, paths: Sequence[Path]) -> tuple[list[CsvTable], int]:
    """The tables that can be read; one that cannot is told, and the rest goes on."""
    from desk_app.domain.intake import BadCsvError
    from desk_app.ui.import_texts import table_problem_text

    tables = []
    bad = 0
    for path in paths:
        try:
            tables.append(desk.table(path))
        except BadCsvError as error:
            bad += 1
            warn(table_problem_text(error, str(path)))
    return tables, bad


def _wrong_columns(options: argparse.Namespace, tables: Sequence[CsvTable]) -> str:
    from desk_app.domain.intake import TicketField

    fields = [*TicketField, ""]
    columns = {column for table in tables for column in table.header}
    for pair in options.map:
        column, _, field = pair.rpartition("=")
        if field not in fields:
            return f"--map {pair}: the fields are {', '.join(TicketField)}"
        if column not in columns:
            return f"--map {pair}: no table has this column; there are {', '.join(sorted(columns))}"
    return ""


def _plan(
    options: argparse.Namespace, table: CsvTable
) -> tuple[dict[str, TicketField], DateOrder | None]:
    """What the columns hold and how dates are meant: as asked, else as proposed."""
    from desk_app.domain.intake import DateOrder, TicketField, mapped

    mapping = dict(table.proposed)
    for pair in options.map:
        column, _, field = pair.rpartition("=")
        if column in table.header:
            mapping = mapped(mapping, column, TicketField(field) if field else None)
    dates = DateOrder(options.dates) if options.dates else table.date_order(mapping)
    return mapping, dates


def _show(
    options: argparse.Namespace, desk: OpenDesk, mails: Sequence[Path], tables: Sequence[CsvTable]
) -> int:
    """Say what would be taken in; write nothing."""
    from itertools import islice

    from desk_app.services.ticket_import import look
    from desk_app.ui.import_texts import noted_text

    source = desk.mails(mails)
    count = sum(1 for _ in source.read()) if mails else 0
    found: list[dict[str, Any]] = [{"mails": count, "bytes": source.total_bytes}]
    lines = [f"mails: {count} ({source.total_bytes} bytes)"] if mails else []
    reader = desk.reader()
    try:
        for table in tables:
            mapping, dates = _plan(options, table)
            noted = look(table.read(mapping, dates), reader.directory())
            rows = [row.row for row in islice(table.read(mapping, dates), _SHOWN)]
            lines.append(f"{table.path}  (dates: {dates or 'only where it is clear'})")
            lines += [f"  {name} → {mapping.get(name, '-')}" for name in table.header]
            lines += [f"  row {row.row}: {' | '.join(row.cells)}" for row in rows]
            lines += [f"  {noted_text(note)}" for note in noted]
            found.append(
                {
                    "table": str(table.path),
                    "mapping": mapping,
                    "dates": dates,
                    "rows": [row.cells for row in rows],
                    "noted": [asdict(note) for note in noted],
                }
            )
    finally:
        reader.close()
    say(options, found, "\n".join(lines))
    return DONE


def _take(
    options: argparse.Namespace,
    desk: OpenDesk,
    mails: Sequence[Path],
    tables: Sequence[CsvTable],
    actor: str,
) -> int:
    from desk_app.domain.intake import BadCsvError
    from desk_app.services.intake import Taken
    from desk_app.ui.import_texts import table_problem_text

    found: list[Outcome] = []
    broken_off = False
    if mails:
        found += desk.intake.take_all(desk.mails(mails).read())
    for table in tables:
        mapping, dates = _plan(options, table)
        try:
            found += desk.ticket_import.take_all(table.read(mapping, dates), actor=actor)
        except BadCsvError as error:  # it vanished meanwhile
            broken_off = True
            warn(table_problem_text(error, str(table.path)))
    counted = Counter(outcome.taken for outcome in found)
    say(options, [asdict(outcome) for outcome in found], _report(found, counted))
    return KEPT_ASIDE if counted[Taken.KEPT_ASIDE] or broken_off else DONE


def _report(found: Sequence[Outcome], counted: Mapping[Any, int]) -> str:
    from desk_app.ui.import_texts import aside_text, counts_text

    lines = [
        f"{outcome.origin}: {aside_text(outcome.reason, outcome.detail)}"
        for outcome in found
        if outcome.reason
    ]
    return "\n".join([*lines, counts_text(counted) or "there was nothing to take in"])


def list_kept_aside(options: argparse.Namespace) -> int:
    """List what could not be taken in, and why."""
    from desk_app.ui.import_texts import aside_text

    reader = open_desk(options).reader()
    try:
        found = reader.kept_aside(limit=options.limit)
    finally:
        reader.close()
    lines = [f"{kept.origin}: {aside_text(kept.reason, kept.detail)}" for kept in found]
    say(options, [asdict(kept) for kept in found], "\n".join(lines))
    return DONE
