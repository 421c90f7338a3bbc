"""The command line: the window, or the same commands without one.

Exit codes: 0 done, 2 wrong usage, 3 refused by the gate, 4 not found, 5 desk broken or busy.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desk_app.cli_names import TARGETS, numbered

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from desk_app.bootstrap import OpenDesk
    from desk_app.domain.commands import Command
    from desk_app.domain.directory import Directory
    from desk_app.domain.people import Agent
    from desk_app.domain.ticket import Ticket

DONE, USAGE, REFUSED, NOT_FOUND, BROKEN = 0, 2, 3, 4, 5


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line; without a subcommand, open the window."""
    _speak_utf8()
    options = _parser().parse_args(arguments)
    from desk_app.domain.errors import AmbiguousNameError, DeskError, NotFoundError

    try:
        code: int = options.run(options)
    except (NotFoundError, AmbiguousNameError) as error:
        return _complain(error, NOT_FOUND)
    except DeskError as error:
        return _complain(error, REFUSED if error.code == "refused" else BROKEN)
    return code


def main_gui() -> int:
    """Open the window, from a start that has no console."""
    return main(["gui"])


def _common() -> argparse.ArgumentParser:
    """Options that may stand before or after the subcommand."""
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--desk", type=Path, default=argparse.SUPPRESS, help="the desk's folder")
    common.add_argument("--as", dest="agent", default=argparse.SUPPRESS, help="the acting agent")
    common.add_argument("--json", action="store_true", default=argparse.SUPPRESS)
    return common


def _parser() -> argparse.ArgumentParser:
    from desk_app import __version__

    parser = argparse.ArgumentParser(prog="desk-app", parents=[_common()])
    parser.add_argument("--version", action="version", version=__version__)
    parser.set_defaults(run=_gui, desk=None, agent="", json=False, theme="")
    commands = parser.add_subparsers(metavar="command")
    for name, run, positional, flags in _COMMANDS:
        sub = commands.add_parser(name, help=run.__doc__, parents=[_common()])
        sub.set_defaults(run=run)
        for word in positional:
            sub.add_argument(word.rstrip("+"), nargs="+" if word.endswith("+") else None)
        for flag, extra in flags.items():
            sub.add_argument(flag, **extra)
    return parser


def _gui(options: argparse.Namespace) -> int:
    """Open the window."""
    from desk_app.ui.app import run_window

    return run_window(_desk(options), options.agent or "john", theme=options.theme or "")


def _screenshot(options: argparse.Namespace) -> int:
    """Write a picture of the window."""
    from desk_app.ui.app import write_screenshot

    width, _, height = (options.size or "1366x768").partition("x")
    write_screenshot(
        _desk(options),
        options.agent or "john",
        Path(options.file),
        size=(int(width), int(height)),
        number=options.ticket or "",
        theme=options.theme or "light",
    )
    return DONE


def _demo(options: argparse.Namespace) -> int:
    """Write the demo desk into a new folder."""
    from desk_app.bootstrap import make_demo
    from desk_app.store.driver import database_path

    target = Path(options.dir)
    if database_path(target).exists():
        print(f"{target}: there is a desk already; nothing was changed", file=sys.stderr)
        return USAGE
    written = make_demo(target, seed=options.seed)
    _say(options, {"desk": str(target), "tickets": written}, f"{written} tickets in {target}")
    return DONE


def _list(options: argparse.Namespace) -> int:
    """List tickets."""
    from dataclasses import replace

    from desk_app.domain.filters import Column, QueueKind, Scope, SortKey, queue_filter
    from desk_app.domain.moment import to_ms

    desk = _desk(options)
    reader = desk.reader()
    now = to_ms(desk.now())
    scope = Scope(agent=options.agent or "john", departments=None)
    if options.agent:
        directory = reader.directory()
        agent = _agent(directory, options.agent)
        scope = Scope(
            agent=agent.key,
            departments=agent.departments,
            teams=directory.teams_of(agent.key),
        )
    wanted = queue_filter(
        QueueKind(options.queue), scope, now_ms=now, end_of_day_ms=now + 86_400_000
    )
    wanted = replace(wanted, text=options.search)
    column = options.sort.lstrip("-")
    order = SortKey(column=Column(column), descending=options.sort.startswith("-"))
    rows = reader.queue_head(wanted, order, agent=scope.agent, limit=options.limit)
    lines = [f"{r.number}  {r.status:12}  {r.owner or '-':8}  {r.subject}" for r in rows]
    _say(options, [row._asdict() for row in rows], "\n".join(lines))
    return DONE


def _show(options: argparse.Namespace) -> int:
    """Show one ticket with its thread."""
    desk = _desk(options)
    reader = desk.reader()
    page = reader.page(_ticket(desk, options.number).id, agent=options.agent, entries=10_000)
    lines = [f"{page.ticket.number}  {page.ticket.subject}  [{page.ticket.status}]"]
    for entry in page.entries:
        heading = f"\n--- {entry.kind.name.lower()}, {entry.author_name}, {entry.at:%Y-%m-%d %H:%M}"
        lines += [heading, entry.text]
    _say(options, asdict(page), "\n".join(lines))
    return DONE


def _actions(options: argparse.Namespace) -> int:
    """Say of each action whether it is possible, and why not."""
    from desk_app.domain.gate import Situation, denial
    from desk_app.domain.lifecycle import Action
    from desk_app.ui.texts import denial_text

    desk = _desk(options)
    reader = desk.reader()
    directory = reader.directory()
    ticket = _ticket(desk, options.number)
    page = reader.page(ticket.id, agent="", entries=1)
    situation = Situation(
        ticket=ticket,
        actor=_agent(directory, options.agent or "john"),
        directory=directory,
        now=desk.now(),
        open_children=page.open_children,
        requester_email=page.requester.email,
    )
    found = []
    for action in Action:
        no = denial(action, situation)
        found.append(
            {
                "action": str(action),
                "allowed": no is None,
                "code": "" if no is None else str(no.code),
                "sentence": "" if no is None else denial_text(no),
                "fix": None if no is None or no.fix is None else asdict(no.fix),
            }
        )
    lines = [
        f"{'yes' if a['allowed'] else 'no ':3} {a['action']:18} {a['sentence']}" for a in found
    ]
    _say(options, found, "\n".join(lines))
    return DONE


def _do(options: argparse.Namespace) -> int:
    """Do one action on a ticket."""
    desk = _desk(options)
    directory = desk.reader().directory()
    agent = _agent(directory, options.agent or "john")
    command = _command(options, desk, directory, agent)
    done = desk.bus.handle(command)
    changed = [change.field for change in done.event.changes]
    _say(options, {"event": done.event.id, "changed": changed}, "done: " + ", ".join(changed))
    return DONE


def _command(
    options: argparse.Namespace, desk: OpenDesk, directory: Directory, agent: Agent
) -> Command:
    from desk_app.domain.lifecycle import Action
    from desk_app.domain.rich_text import text_to_html
    from desk_app.services.writing import Writing

    ticket = _ticket(desk, options.number)
    writing = Writing(desk, directory, agent, ticket, options.comment)
    text = Path(options.text_file).read_text(encoding="utf-8") if options.text_file else ""
    if options.action == "reply":
        requester = desk.reader().requester(ticket.requester)
        return writing.reply(text_to_html(text), requester, status=options.status)
    if options.action == "note":
        return writing.note(text_to_html(text))
    if options.action == "add_task":
        return writing.add_task(options.to or text.strip())
    if options.field:
        name, _, value = options.field.partition("=")
        return writing.edit(name, value or None)
    action = Action(options.action)
    find = TARGETS.get(action)
    target = options.to if find is None else find(options, desk, directory, ticket)
    return writing.plain(action, target)


def _undo(options: argparse.Namespace) -> int:
    """Undo the acting agent's last action on a ticket."""
    from desk_app.domain.errors import NothingToUndoError

    desk = _desk(options)
    agent = options.agent or "john"
    ticket = _ticket(desk, options.number)
    event = desk.reader().find_event(ticket.id, actor=agent)
    if event is None:
        raise NothingToUndoError(number=options.number, why="undone")
    desk.bus.undo(event, agent)
    _say(options, {"undone": event.action}, f"undone: {event.action}")
    return DONE


def _drafts(options: argparse.Namespace) -> int:
    """List what was typed and not sent."""
    drafts = _desk(options).reader().drafts()
    lines = [f"{d.key.ticket}  {d.key.kind:10}  {d.saved_at}  {d.text[:60]!r}" for d in drafts]
    _say(options, [asdict(draft) for draft in drafts], "\n".join(lines))
    return DONE


def _import(options: argparse.Namespace) -> int:
    """Take in mail: .eml, .mbox, folders of them."""
    from collections import Counter

    from desk_app.system.mail_files import MailSource

    desk = _desk(options)
    found = list(desk.intake.take_all(MailSource([Path(f) for f in options.files]).read()))
    counted = Counter(str(outcome.taken) for outcome in found)
    lines = [f"{o.origin}: {o.reason} {o.detail}" for o in found if o.reason]
    lines += [f"{name}: {count}" for name, count in sorted(counted.items())]
    _say(options, [asdict(outcome) for outcome in found], "\n".join(lines))
    return DONE


def _doctor(options: argparse.Namespace) -> int:
    """Look the desk over; with --repair, mend what can be mended."""
    from desk_app.store.doctor import examine, repair

    path = _desk(options).path
    found = repair(path) if options.repair else examine(path)
    lines = [f"{f.code}: {f.count} ({f.detail})" for f in found] or ["nothing is wrong"]
    _say(options, [asdict(finding) for finding in found], "\n".join(lines))
    return BROKEN if found else DONE


def _desk(options: argparse.Namespace) -> OpenDesk:
    from desk_app.bootstrap import OpenDesk
    from desk_app.domain.errors import DeskMissingError
    from desk_app.store.driver import database_path
    from desk_app.system.paths import default_desk

    path: Path = options.desk or default_desk()
    if not database_path(path).is_file():
        raise DeskMissingError(path=str(path))
    return OpenDesk(path)


def _agent(directory: Directory, name: str) -> Agent:
    from desk_app.domain.directory import find_by_name

    return directory.agents[find_by_name(directory.agents, "agent", name)]


def _ticket(desk: OpenDesk, number: str) -> Ticket:
    return numbered(desk, number)


def _say(options: argparse.Namespace, value: Any, text: str) -> None:
    print(json.dumps(value, default=str, ensure_ascii=False) if options.json else text)


def _complain(error: Exception, code: int) -> int:
    from desk_app.domain.gate import Denial
    from desk_app.ui.texts import error_text, fix_text

    print(error_text(error), file=sys.stderr)
    denied = getattr(error, "denial", None)
    if isinstance(denied, Denial) and denied.fix is not None:
        target = "" if denied.fix.target is None else f" ({denied.fix.target})"
        print(f"→ {fix_text(denied)}{target}", file=sys.stderr)
    return code


def _speak_utf8() -> None:
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="replace")


_Flags = dict[str, dict[str, Any]]
_COMMANDS: tuple[tuple[str, Callable[[argparse.Namespace], int], tuple[str, ...], _Flags], ...] = (
    ("gui", _gui, (), {"--theme": {"choices": ["light", "dark"]}}),
    ("demo", _demo, ("dir",), {"--seed": {"type": int, "default": 7}}),
    (
        "list",
        _list,
        (),
        {
            "--queue": {"default": "open"},
            "--search": {"default": ""},
            "--sort": {"default": "-updated"},
            "--limit": {"type": int, "default": 50},
        },
    ),
    ("show", _show, ("number",), {}),
    ("actions", _actions, ("number",), {}),
    (
        "do",
        _do,
        ("number", "action"),
        {
            "--to": {"default": None},
            "--status": {"default": None},
            "--field": {"default": None},
            "--text-file": {"default": None},
            "--comment": {"default": ""},
        },
    ),
    ("undo", _undo, ("number",), {}),
    ("doctor", _doctor, (), {"--repair": {"action": "store_true"}}),
    ("import", _import, ("files+",), {}),
    ("drafts", _drafts, (), {}),
    (
        "screenshot",
        _screenshot,
        ("file",),
        {
            "--ticket": {"default": ""},
            "--size": {"default": "1366x768"},
            "--theme": {"choices": ["light", "dark"], "default": "light"},
        },
    ),
)
