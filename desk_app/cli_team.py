"""The subcommands of whoever shares work out: `team`, `reassign`, `moves`."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desk_app.cli_names import (
    DONE,
    KEPT_ASIDE,
    REFUSED,
    agent_named,
    numbered,
    open_desk,
    say,
    warn,
)
from desk_app.domain.errors import NotFoundError, WrongUsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Mapping

    from desk_app.bootstrap import OpenDesk
    from desk_app.domain.directory import Directory
    from desk_app.domain.move_record import Moved
    from desk_app.domain.people import Agent
    from desk_app.domain.reassignment import Handing, Target
    from desk_app.domain.workload import Load, Workload
    from desk_app.ports.reader import TicketReader
    from desk_app.services.reassigning import HandedOver, Judge, Verdict

_FIGURES = ("open", "overdue", "due_today", "unanswered")


def team(options: argparse.Namespace) -> int:
    """Show everybody's load, by agent, team and department."""
    desk = open_desk(options)
    reader = desk.reader()
    directory, workload = reader.directory(), _workload(desk, reader)
    rows: list[dict[str, object]] = []
    for kind, things in (
        ("agent", directory.agents),
        ("team", directory.teams),
        ("department", directory.departments),
    ):
        for key, thing in things.items():
            load = workload.load(kind, key)
            row = {"kind": kind, "key": key, "name": thing.name, **_figures(load, workload)}
            rows.append(row | (_working_time(thing, workload) if kind == "agent" else {}))
    lines = [f"{'':12}{'':22}{'open':>6}{'over':>6}{'today':>6}{'unans':>6}{'limit':>6}"]
    lines += [_line(row) for row in rows]
    say(options, rows, "\n".join(lines))
    return DONE


def _figures(load: Load, workload: Workload) -> dict[str, object]:
    from desk_app.domain.moment import to_ms

    hours = load.average_age_ms(to_ms(workload.at)) / 3_600_000
    return {**{name: getattr(load, name) for name in _FIGURES}, "average_age_h": round(hours, 1)}


def _working_time(agent: Any, workload: Workload) -> dict[str, object]:
    return {
        "capacity": workload.capacity(agent),
        "over": workload.over(agent),
        "away": workload.is_away(agent),
        "away_until": workload.away_until(agent),
        "substitute": workload.substitute(agent),
    }


def _line(row: Mapping[str, object]) -> str:
    figures = "".join(f"{row[name]:>6}" for name in _FIGURES)
    more = "" if "capacity" not in row else f"{row['capacity'] or '-':>6}"
    more += f"  {row['over']} over the limit" if row.get("over") else ""
    more += "  away" if row.get("away") else ""
    return f"{row['kind']:12}{str(row['name'])[:21]:22}{figures}{more}"


def reassign(options: argparse.Namespace) -> int:
    """Hand tickets over: numbers, or all that a search finds; --dry-run only says what would be."""
    from desk_app.services.reassigning import hand_over, take_up

    desk = open_desk(options)
    reader = desk.reader()
    directory = reader.directory()
    actor = agent_named(directory, options.agent or desk.usual_agent())
    handing = _handing(options, directory)
    ids = _tickets(options, desk, reader, directory, actor)
    verdict = _judge(desk, reader, directory, actor).verdict(take_up(reader, ids), handing)
    handed = None
    if not options.dry_run:
        handed = hand_over(desk, reader, [(ids, handing)], actor, directory)
    return _tell(options, reader, directory, verdict, handed)


def _tell(
    options: argparse.Namespace,
    reader: TicketReader,
    directory: Directory,
    verdict: Verdict,
    handed: HandedOver | None,
) -> int:
    """The summary that a drop shows; each refusal with its reason goes to stderr too."""
    from desk_app.ui.reassign_texts import outcome_text, verdict_text
    from desk_app.ui.texts import denial_text

    found = verdict.rehearsal if handed is None else handed.rehearsals[0]
    failed = () if handed is None else handed.done.refused
    stayed = [ticket for refusal in found.refused for ticket in refusal.tickets]
    names = {ticket.id: ticket.number or "" for ticket in reader.tickets(stayed)}
    refused = [
        {
            "numbers": [names.get(ticket, "") for ticket in refusal.tickets],
            "code": str(refusal.denied.code),
            "sentence": denial_text(refusal.denied),
        }
        for refusal in found.refused
    ]
    words = verdict_text(verdict, directory)
    if handed is not None:
        words = outcome_text(handed, directory, linked=reader.account() is not None)
    moved = [ticket.number for ticket in found.moves]
    value = {
        "done": handed is not None,
        "moved": moved,
        "refused": refused,
        "leave_your_sight": found.leaving,
        "before": asdict(verdict.before),
        "after": asdict(verdict.after),
        "over_the_limit": verdict.over,
    }
    say(options, value, words)
    for one in refused:
        warn(f"{', '.join(one['numbers'])}: {one['sentence']}")
    if not moved or (handed is not None and not handed.done.events):
        return REFUSED
    return KEPT_ASIDE if refused or failed else DONE


def _handing(options: argparse.Namespace, directory: Directory) -> Handing:
    from desk_app.domain.reassignment import Handing, Place

    target = _target(options.to, directory)
    if options.transfer and target.kind is not Place.AGENT:
        raise WrongUsageError(why="no_flag", action="reassign", flag="--transfer")
    return Handing(target=target, transfer=options.transfer, note=options.note.strip())


def _target(name: str, directory: Directory) -> Target:
    """An agent, team or department by key or name; `nobody` releases."""
    from contextlib import suppress

    from desk_app.domain.directory import find_by_name
    from desk_app.domain.reassignment import Place, Target

    places: dict[Place, Mapping[str, object]] = {
        Place.AGENT: directory.agents,
        Place.TEAM: directory.teams,
        Place.DEPARTMENT: directory.departments,
    }
    for kind, things in places.items():
        if name in things:
            return Target(kind=kind, key=name)
    if name.casefold() == "nobody":
        return Target(kind=Place.AGENT)
    for kind, things in places.items():
        with suppress(NotFoundError):
            return Target(kind=kind, key=find_by_name(things, str(kind), name))
    raise NotFoundError(kind="agent", name=name)


def _tickets(
    options: argparse.Namespace,
    desk: OpenDesk,
    reader: TicketReader,
    directory: Directory,
    actor: Agent,
) -> tuple[int, ...]:
    """Those that are named, or what the search finds of what the agent sees."""
    from desk_app.domain.filters import QueueFilter, Scope, SortKey
    from desk_app.domain.moment import to_ms
    from desk_app.domain.search_text import read_search

    if bool(options.numbers) is bool(options.search):
        raise WrongUsageError(why="which_tickets")
    if options.numbers:
        return tuple(numbered(desk, number).id for number in options.numbers)
    search = read_search(options.search, directory, agent=actor.key, now_ms=to_ms(desk.now()))
    if search.unknown:
        raise NotFoundError(kind=search.unknown[0].name, name=search.unknown[0].value)
    scope = Scope(
        agent=actor.key, departments=actor.departments, teams=directory.teams_of(actor.key)
    )
    return tuple(reader.queue_ids(search.narrow(QueueFilter(scope=scope)), SortKey()))


def _judge(desk: OpenDesk, reader: TicketReader, directory: Directory, actor: Agent) -> Judge:
    from desk_app.domain.workload import day_end_ms
    from desk_app.services.reassigning import Judge

    now = desk.now()
    return Judge(
        actor=actor,
        directory=directory,
        workload=_workload(desk, reader),
        now=now,
        day_end_ms=day_end_ms(now),
    )


def _workload(desk: OpenDesk, reader: TicketReader) -> Workload:
    from desk_app.domain.workload import day_end_ms

    now = desk.now()
    return reader.workload(now, day_end_ms=day_end_ms(now))


def moves(options: argparse.Namespace) -> int:
    """List who gave which ticket to whom, and why tickets were late; --csv writes a table."""
    from desk_app.domain.move_record import MoveKind, MovesWanted
    from desk_app.ui.models.move_cells import cells, header

    desk = open_desk(options)
    reader = desk.reader()
    directory = reader.directory()
    wanted = MovesWanted(
        actor=agent_named(directory, options.by).key if options.by else None,
        person=agent_named(directory, options.person).key if options.person else None,
        kind=MoveKind(options.kind) if options.kind else None,
        since=desk.now() - timedelta(days=options.days) if options.days else None,
        text=options.search,
    )
    found = reader.moves(wanted, limit=options.limit)
    rows = [cells(moved, directory) for moved in found]
    if options.csv:
        desk.write_table(Path(options.csv), [header(), *rows])
        say(options, {"rows": len(rows)}, f"{len(rows)} rows in {options.csv}")
        return DONE
    say(options, [_told(moved) for moved in found], "\n".join("  ".join(row) for row in rows))
    return DONE


def _told(moved: Moved) -> dict[str, object]:
    """Keys, not names: for scripts."""
    steps = {field: {"from": step.old, "to": step.new} for field, step in moved.steps}
    plain = {name: value for name, value in asdict(moved).items() if name != "steps"}
    return plain | {"event": str(moved.event), "kind": str(moved.kind), "changes": steps}


_Flags = dict[str, dict[str, Any]]


def commands(count: Callable[[str], int]) -> tuple[tuple[str, Any, tuple[str, ...], _Flags], ...]:
    """The subcommands as the command line lists them; `count` reads a number of rows."""
    from desk_app.domain.move_record import MoveKind

    to_help = "an agent, team or department; 'nobody' releases"
    search_help = "instead of numbers: all that is found, such as 'is:overdue agent:Kim'"
    return (
        ("team", team, (), {}),
        (
            "reassign",
            reassign,
            ("numbers*",),
            {
                "--to": {"required": True, "help": to_help},
                "--search": {"default": "", "help": search_help},
                "--note": {"default": "", "help": "also written as an internal note"},
                "--transfer": {"action": "store_true", "help": "to the agent's department too"},
                "--dry-run": {
                    "action": "store_true",
                    "help": "say what would be, and why not",
                },
            },
        ),
        (
            "moves",
            moves,
            (),
            {
                "--by": {"default": "", "metavar": "AGENT", "help": "who did it"},
                "--person": {"default": "", "metavar": "AGENT", "help": "whose tickets"},
                "--kind": {"choices": [str(kind) for kind in MoveKind], "default": ""},
                "--days": {"type": count, "default": None},
                "--search": {"default": "", "help": "in number, subject, comment"},
                "--csv": {"default": "", "metavar": "FILE"},
                "--limit": {"type": count, "default": 1000},
            },
        ),
    )
