"""The command line: the window, or the same commands without one.

Exit codes: 0 done, 2 wrong usage, 3 refused by the gate, 4 not found, 5 desk broken or busy,
6 done, but something was kept aside (`import`) or stayed as it was (`reassign`, `undo`).
With --json a failure is an object with `error` and `sentence`; the sentence is on stderr too.
What only the other commands need is imported for them alone: a window is waited for.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from desk_app.bootstrap import OpenDesk
    from desk_app.services.desks import Desks

THEMES = ["light", "dark", "contrast"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line; without a subcommand, open the window."""
    _speak_utf8()
    given = sys.argv[1:] if arguments is None else arguments
    # Bytes that are no text came in as half characters, which no desk can keep.
    words = [word.encode("utf-8", "replace").decode() for word in given]
    options = find_window_options(words)
    if options is None:
        from desk_app.cli_commands import parsed

        options = parsed(words)
    from desk_app.domain.errors import DeskError

    try:
        code: int = options.run(options)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read this has seen enough; Python would complain again when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except DeskError as error:
        from desk_app.cli_commands import complain, exit_code

        complain(options, error)
        return exit_code(error)
    return code


def main_gui() -> int:
    """Open the window, from a start that has no console."""
    return main(["gui"])


def find_window_options(words: Sequence[str]) -> argparse.Namespace | None:
    """What `[--desk FOLDER] [gui]` asks for, or None: everything else is for the parser."""
    rest, desk = list(words), None
    if len(rest) > 1 and rest[0] == "--desk" and not rest[1].startswith("-"):
        desk = Path(rest[1])
        rest = rest[2:]
    if rest not in ([], ["gui"]):
        return None
    options = SimpleNamespace(run=gui, desk=desk, agent="", json=False, theme="")
    return cast("argparse.Namespace", options)


def gui(options: argparse.Namespace) -> int:
    """Open the window."""
    import gc

    from desk_app.cli_names import USAGE, found_desk
    from desk_app.domain.errors import DeskMissingError

    if not _has_display():
        print(_NO_DISPLAY, file=sys.stderr)
        return USAGE
    try:
        desk = found_desk(options)
    except DeskMissingError:
        if options.desk is not None:
            raise
        return _first_gui(options.theme or "")
    agent = acting_agent(options, desk)
    gc.disable()  # nothing of a start is garbage; it is back when all is loaded
    from desk_app.ui.app import run_window

    def tell() -> None:
        told = ["This desk has a window already; it was brought to the front."]
        if options.agent:
            told.append(f"It was asked to act as {agent}.")
        if options.theme:
            told.append("Not used: --theme.")
        if told[1:]:
            print(" ".join(told), file=sys.stderr)

    theme, named = options.theme or "", bool(options.agent)
    return run_window(desk, agent, theme=theme, desks=_known_desks, raised=tell, named=named)


_NO_DISPLAY = (
    "There is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set), so there is no "
    "window. Nothing was changed. Every action is a command too (desk-app --help), and "
    "desk-app screenshot FILE writes a picture of the window."
)


def _has_display() -> bool:
    """Whether a window can be opened; where it cannot, Qt aborts and blames a library."""
    names = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return sys.platform != "linux" or any(os.environ.get(name) for name in names)


def _known_desks() -> Desks:
    from desk_app.known_desks import KnownDesks

    return KnownDesks()


def _first_gui(theme: str) -> int:
    """The usual desk is not there: open the first that is listed, or have one made."""
    known = _known_desks()
    listed = known.listed()
    if listed:
        from desk_app.ui.app import run_window

        desk, agent = known.open(listed[0].folder)
        return run_window(desk, agent, theme=theme, desks=_known_desks)
    from desk_app.ui.first_run import run_first

    return run_first(_known_desks, theme=theme)


def acting_agent(options: argparse.Namespace, desk: OpenDesk) -> str:
    """The acting agent's key; looked up by name only where one is named, to be fast."""
    from desk_app.domain.errors import DeskError

    if not options.agent:
        try:
            return desk.usual_agent()
        except DeskError:
            return ""  # the desk cannot be read: the window says so, whoever sits there
    from desk_app.cli_names import agent_named

    return agent_named(desk.reader().directory(), options.agent).key


def _speak_utf8() -> None:
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="replace")
