"""A desk as a whole on the command line: a demo, the doctor, a picture."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from desk_app.cli import acting_agent
from desk_app.cli_names import (
    BROKEN,
    DONE,
    USAGE,
    found_desk,
    numbered,
    open_desk,
    say,
    warn,
    written_by_us,
)

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

_MANY = 20_000


def screenshot(options: argparse.Namespace) -> int:
    """Write a picture of the window."""
    from desk_app.ui.app import write_screenshot

    desk, file = open_desk(options), Path(options.file)
    agent = acting_agent(options, desk)
    if options.ticket:
        numbered(desk, options.ticket)
    with written_by_us(options.file):
        write_screenshot(
            desk,
            agent,
            file,
            size=options.size,
            number=options.ticket,
            theme=options.theme,
        )
        file.stat()  # Qt says nothing where it cannot write
    say(options, {"file": options.file}, options.file)
    return DONE


def demo(options: argparse.Namespace) -> int:
    """Write the demo desk into a new folder."""
    from desk_app.bootstrap import make_demo
    from desk_app.store.driver import database_path

    target = Path(options.dir)
    if database_path(target).exists():
        warn(f"{target}: there is a desk already; nothing was changed")
        return USAGE
    written = make_demo(
        target, seed=options.seed, tickets=options.tickets, progress=_progress(options.tickets)
    )
    say(options, {"desk": str(target), "tickets": written}, f"{written} tickets in {target}")
    return DONE


def doctor(options: argparse.Namespace) -> int:
    """Look the desk over; with --repair, mend what can be mended."""
    from desk_app.store.doctor import examine, repair
    from desk_app.ui.doctor_texts import finding_text

    path = found_desk(options).path
    found = repair(path) if options.repair else examine(path)
    lines = [f"{f.code}: {finding_text(f.code, f.count, f.detail)}" for f in found]
    if all(finding.harmless for finding in found):
        lines.append("nothing is wrong")
    say(options, [asdict(finding) for finding in found], "\n".join(lines))
    return DONE if all(finding.harmless for finding in found) else BROKEN


def _progress(tickets: int) -> Callable[[str, int, int], None]:
    """Tell on stderr how far a big demo is; a small one is done before one could read it."""

    def tell(step: str, done: int, total: int) -> None:
        if tickets >= _MANY:
            print(f"{step}: {done:,} of {total:,}", file=sys.stderr, flush=True)

    return tell
