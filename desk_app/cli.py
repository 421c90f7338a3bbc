"""The command line: the window, or the same commands without one.

Exit codes: 0 done, 2 wrong usage, 3 refused by the gate, 4 not found, 5 desk broken or busy.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desk_app.cli_names import BROKEN, DONE, NOT_FOUND, REFUSED, USAGE, open_desk, say
from desk_app.cli_tickets import (
    do_action,
    export_queue,
    list_actions,
    list_drafts,
    list_tickets,
    new_ticket,
    show_ticket,
    undo_ticket,
)
from desk_app.domain.filters import QueueKind
from desk_app.domain.lifecycle import Action

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


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
            sub.add_argument(
                word.rstrip("+"),
                nargs="+" if word.endswith("+") else None,
                choices=_ACTIONS if word == "action" else None,
            )
        for flag, extra in flags.items():
            sub.add_argument(flag, **extra)
    return parser


def _gui(options: argparse.Namespace) -> int:
    """Open the window."""
    from desk_app.ui.app import run_window

    return run_window(open_desk(options), options.agent or "john", theme=options.theme or "")


def _screenshot(options: argparse.Namespace) -> int:
    """Write a picture of the window."""
    from desk_app.ui.app import write_screenshot

    width, _, height = (options.size or "1366x768").partition("x")
    write_screenshot(
        open_desk(options),
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
    written = make_demo(
        target, seed=options.seed, tickets=options.tickets, progress=_progress(options.tickets)
    )
    say(options, {"desk": str(target), "tickets": written}, f"{written} tickets in {target}")
    return DONE


def _import(options: argparse.Namespace) -> int:
    """Take in mail: .eml, .mbox, folders of them."""
    from collections import Counter

    from desk_app.system.mail_files import MailSource

    desk = open_desk(options)
    found = list(desk.intake.take_all(MailSource([Path(f) for f in options.files]).read()))
    counted = Counter(str(outcome.taken) for outcome in found)
    lines = [f"{o.origin}: {o.reason} {o.detail}" for o in found if o.reason]
    lines += [f"{name}: {count}" for name, count in sorted(counted.items())]
    say(options, [asdict(outcome) for outcome in found], "\n".join(lines))
    return DONE


def _doctor(options: argparse.Namespace) -> int:
    """Look the desk over; with --repair, mend what can be mended."""
    from desk_app.store.doctor import examine, repair

    path = open_desk(options).path
    found = repair(path) if options.repair else examine(path)
    lines = [f"{f.code}: {f.count} ({f.detail})" for f in found] or ["nothing is wrong"]
    say(options, [asdict(finding) for finding in found], "\n".join(lines))
    return BROKEN if found else DONE


def _progress(tickets: int) -> Callable[[str, int, int], None]:
    """Tell on stderr how far a big demo is; a small one is done before one could read it."""

    def tell(step: str, done: int, total: int) -> None:
        if tickets >= _MANY:
            print(f"{step}: {done:,} of {total:,}", file=sys.stderr, flush=True)

    return tell


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


_MANY = 20_000
_QUEUES = [str(kind) for kind in QueueKind]
_ACTIONS = [str(action) for action in Action]
_Flags = dict[str, dict[str, Any]]
_COMMANDS: tuple[tuple[str, Callable[[argparse.Namespace], int], tuple[str, ...], _Flags], ...] = (
    ("gui", _gui, (), {"--theme": {"choices": ["light", "dark"]}}),
    (
        "demo",
        _demo,
        ("dir",),
        {"--seed": {"type": int, "default": 7}, "--tickets": {"type": int, "default": 0}},
    ),
    (
        "list",
        list_tickets,
        (),
        {
            "--queue": {"default": "open", "choices": _QUEUES},
            "--search": {"default": ""},
            "--sort": {"default": "-updated"},
            "--limit": {"type": int, "default": 50},
        },
    ),
    ("show", show_ticket, ("number",), {}),
    ("actions", list_actions, ("number",), {}),
    (
        "do",
        do_action,
        ("number", "action"),
        {
            "--to": {"default": None},
            "--status": {"default": None},
            "--field": {"default": None},
            "--text-file": {"default": None},
            "--comment": {"default": ""},
        },
    ),
    (
        "new",
        new_ticket,
        (),
        {
            "--requester": {"required": True},
            "--subject": {"required": True},
            "--text-file": {"default": None},
            "--topic": {"default": None},
        },
    ),
    (
        "export",
        export_queue,
        (),
        {
            "--csv": {"required": True},
            "--queue": {"default": "open", "choices": _QUEUES},
            "--search": {"default": ""},
            "--sort": {"default": "-updated"},
            "--limit": {"type": int, "default": 10_000_000},
        },
    ),
    ("undo", undo_ticket, ("number",), {}),
    ("doctor", _doctor, (), {"--repair": {"action": "store_true"}}),
    ("import", _import, ("files+",), {}),
    ("drafts", list_drafts, (), {}),
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
