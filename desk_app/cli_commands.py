"""Every subcommand of the command line, and how its words are read."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desk_app.cli import THEMES, gui
from desk_app.cli_desk import demo, doctor, screenshot
from desk_app.cli_do import do_action, new_ticket, undo_ticket
from desk_app.cli_edit import EDIT
from desk_app.cli_import import import_files, list_kept_aside
from desk_app.cli_names import (
    BROKEN,
    NOT_FOUND,
    REFUSED,
    USAGE,
    open_desk,
    say,
    warn,
)
from desk_app.cli_queues import COMMAND as QUEUES_COMMAND
from desk_app.cli_queues import QUEUE
from desk_app.cli_server import outbox, server_command, sync, sync_doctor
from desk_app.cli_team import commands as team_commands
from desk_app.cli_tickets import (
    export_queue,
    list_actions,
    list_drafts,
    list_tickets,
    show_ticket,
)
from desk_app.domain.filters import Column
from desk_app.domain.lifecycle import Action

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from desk_app.domain.errors import DeskError
    from desk_app.domain.gate import Denial


def parsed(words: Sequence[str]) -> argparse.Namespace:
    """What a command line asks for; its `run` does it."""
    return _parser().parse_args(words)


def exit_code(error: DeskError) -> int:
    return _CODES.get(error.code, BROKEN)


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
    parser.set_defaults(run=gui, desk=None, agent="", json=False, theme="")
    commands = parser.add_subparsers(metavar="command")
    for name, run, positional, flags in _COMMANDS:
        sub = commands.add_parser(name, help=run.__doc__, parents=[_common()])
        sub.set_defaults(run=run)
        for word in positional:
            sub.add_argument(
                word.rstrip("+*?"),
                nargs=word[-1] if word[-1] in "+*?" else None,
                choices=_CHOICES.get(word),
            )
        for flag, extra in flags.items():
            sub.add_argument(flag, **extra)
    return parser


def complain(options: argparse.Namespace, error: DeskError) -> None:
    from desk_app.domain.gate import Denial
    from desk_app.ports.remote_errors import RemoteError
    from desk_app.ui.line_texts import line_error_text
    from desk_app.ui.report_texts import first_contact_text
    from desk_app.ui.sync_texts import sign_in_text
    from desk_app.ui.texts import fix_text

    if options.run is server_command:
        sentence = first_contact_text(error)  # there is no desk yet, and nothing is kept
    else:
        sentence = sign_in_text(error) if isinstance(error, RemoteError) else line_error_text(error)
    found: dict[str, object] = {"error": error.code, "sentence": sentence}
    warn(sentence)
    denied = getattr(error, "denial", None)
    if isinstance(denied, Denial):
        found |= {"code": denied.code, "fix": None if denied.fix is None else asdict(denied.fix)}
        if denied.fix is not None:
            target = _fix_target(options, denied)
            warn(f"→ {fix_text(denied)}{target and f' ({target})'}")
    if options.json:
        say(options, found, "")


def _fix_target(options: argparse.Namespace, denied: Denial) -> str:
    """What the fix is about, as the command line takes it: a ticket by its number."""
    fix = denied.fix
    if fix is None:
        return ""
    if fix.ticket is not None:
        return open_desk(options).reader().ticket(fix.ticket).number or ""
    return fix.number or fix.target or ""


def _sort_key(text: str) -> str:
    if text.removeprefix("-") not in list(Column):
        raise argparse.ArgumentTypeError(f"no column {text!r}; there are {', '.join(Column)}")
    return text


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 on")
    return int(text)


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.partition("x")
    if not (width.isdecimal() and height.isdecimal() and _fits(int(width), int(height))):
        raise argparse.ArgumentTypeError(f"{text!r} is no size; write it as 1366x768")
    return int(width), int(height)


def _fits(width: int, height: int) -> bool:
    return 0 < width <= _WIDEST and 0 < height <= _WIDEST


_WIDEST = 10_000
"""Pixels of a picture, either way: more is a slip, and takes all memory."""
_CODES = {
    "not_found": NOT_FOUND,
    "ambiguous_name": NOT_FOUND,
    "file_unreadable": NOT_FOUND,
    "attachment_missing": NOT_FOUND,
    "refused": REFUSED,
    "not_now": REFUSED,
    "no_server": USAGE,
    "nothing_to_undo": REFUSED,
    "wrong_usage": USAGE,
    "file_unwritable": USAGE,
    "attachment_too_large": USAGE,
}
_CHOICES = {"action": [EDIT, *(str(action) for action in Action)], "step": ["add", "test"]}
_SECRET: dict[str, Any] = {
    "action": "store_true",
    "help": "read the password or token from the first line of standard input",
}
_CODE: dict[str, Any] = {
    "action": "store_true",
    "help": "read the code of a second factor from the next line of standard input; without it, "
    "it is asked for at the terminal",
}
_SEQ: dict[str, Any] = {"type": int, "default": None, "metavar": "SEQ"}
_SORT = {
    "type": _sort_key,
    "default": "-updated",
    "metavar": "COLUMN",
    "help": "a column; --sort=-COLUMN for the other way round",
}
_Flags = dict[str, dict[str, Any]]
_UNDO: _Flags = {
    "--redo": {"action": "store_true"},
    "--last": {"action": "store_true", "help": "all that was done at once, last"},
    "--dry-run": {"action": "store_true", "help": "say what it would do and send"},
}
_COMMANDS: tuple[tuple[str, Callable[[argparse.Namespace], int], tuple[str, ...], _Flags], ...] = (
    ("gui", gui, (), {"--theme": {"choices": THEMES}}),
    (
        "demo",
        demo,
        ("dir",),
        {
            "--seed": {"type": int, "default": 7},
            "--tickets": {"type": _count, "default": 0},
        },
    ),
    (
        "list",
        list_tickets,
        (),
        {
            "--queue": QUEUE,
            "--search": {"default": ""},
            "--sort": _SORT,
            "--limit": {"type": _count, "default": 50},
        },
    ),
    ("show", show_ticket, ("number",), {}),
    ("actions", list_actions, ("number",), {}),
    (
        "do",
        do_action,
        ("number", "action"),
        {
            "--to": {"default": None, "help": "agent, team, department, number, task …"},
            "--status": {"default": None, "help": "for set_status, reopen and reply"},
            "--field": {
                "default": None,
                "metavar": "FIELD=VALUE",
                "help": "subject, priority, sla, topic, source, due, requester, collaborators, "
                "watchers or custom:KEY; an empty value takes it away",
            },
            "--text-file": {"default": None, "help": "the words of a reply or note, in UTF-8"},
            "--attach": {
                "action": "append",
                "default": [],
                "metavar": "FILE",
                "help": "a file for a reply or note; may be given again",
            },
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
            "--queue": QUEUE,
            "--search": {"default": ""},
            "--sort": _SORT,
            "--limit": {"type": _count, "default": 10_000_000},
        },
    ),
    *team_commands(_count),
    ("undo", undo_ticket, ("number?",), _UNDO),
    ("doctor", doctor, (), {"--repair": {"action": "store_true"}}),
    (
        "import",
        import_files,
        ("files+",),
        {
            "--map": {
                "action": "append",
                "default": [],
                "metavar": "COLUMN=FIELD",
                "help": "what a column of a table holds; COLUMN= for nothing",
            },
            "--dates": {"choices": ["day_first", "month_first"], "default": None},
            "--dry-run": {"action": "store_true"},
        },
    ),
    ("kept", list_kept_aside, (), {"--limit": {"type": int, "default": 1000}}),
    ("drafts", list_drafts, (), {}),
    (
        "server",
        server_command,
        ("step",),
        {
            "--url": {"required": True},
            "--user": {"required": True},
            "--kind": {"choices": ["rt", "osticket"], "default": ""},
            "--password-stdin": _SECRET,
            "--code-stdin": _CODE,
            "--session": {
                "action": "store_true",
                "help": "what is given is the cookie of a browser's session, not a password",
            },
            "--certificates": {"default": "", "metavar": "FILE", "help": "further authorities"},
            "--keep-days": {"type": _count, "default": 90, "help": "of closed tickets"},
        },
    ),
    (
        "sync",
        sync,
        (),
        {
            "--once": {"action": "store_true"},
            "--patience": {
                "type": _count,
                "metavar": "SECONDS",
                "help": "a server may go on so long with what it gave no answer to",
            },
            "--offline": {"action": "store_true", "help": "try nothing until --online"},
            "--online": {"action": "store_true"},
            "--reason-field": {"metavar": "NAME", "help": "says why it was late; '': a note does"},
            "--password-stdin": _SECRET,
            "--code-stdin": _CODE,
        },
    ),
    (
        "outbox",
        outbox,
        (),
        {
            "--hold": _SEQ,
            "--let-go": _SEQ,
            "--retry": _SEQ,
            "--confirm": _SEQ | {"help": "it did arrive: looked at on the server"},
            "--discard": _SEQ | {"help": "a text becomes a draft again"},
            "--restore": _SEQ | {"help": "what was discarded waits again"},
            "--log": {"action": "store_true", "help": "what was asked and answered"},
            "--limit": {"type": _count, "default": 100},
        },
    ),
    QUEUES_COMMAND,
    (
        "sync-doctor",
        sync_doctor,
        (),
        {
            "--repair": {"action": "store_true"},
            "--password-stdin": _SECRET,
            "--code-stdin": _CODE,
        },
    ),
    (
        "screenshot",
        screenshot,
        ("file",),
        {
            "--ticket": {"default": ""},
            "--size": {"type": _size, "default": (1366, 768), "metavar": "WIDTHxHEIGHT"},
            "--theme": {"choices": THEMES, "default": "light"},
        },
    ),
)
