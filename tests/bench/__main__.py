"""Measures the program against limits of the same run: `python -m tests.bench`."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.bench.desks import CACHE, ROOT, SIZES, copy_of, desk_of
from tests.bench.figures import Figure, median, size_text, table

STARTS = 11
SYNCED = 10_000
"""The server is in memory: more tickets would measure that."""
TIMEOUT_S = 300


def child(module: str, *arguments: object) -> str:
    """What a measuring process prints."""
    command = [sys.executable, "-m", f"tests.bench.{module}", *map(str, arguments)]
    environment = {"QT_QPA_PLATFORM": "offscreen", **os.environ}
    # As for a person's second start: what was imported once is compiled.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    environment["PYTHONPYCACHEPREFIX"] = str(CACHE / "compiled")
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=TIMEOUT_S,
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}\n{done.stderr}")
    return done.stdout


def medians(module: str, *arguments: object) -> dict[str, float]:
    """The median of each number over several processes."""
    runs = [json.loads(child(module, *arguments)) for _ in range(options.rounds)]
    return {name: median([run[name] for run in runs]) for name in runs[0]}


def start_ms(module: str, desk: Path) -> float:
    start = time.monotonic_ns()
    return (int(child(module, desk)) - start) / 1e6


def starts(size: int, desk: Path) -> Iterator[Figure]:
    pairs = [
        (start_ms("app_start", desk), start_ms("floor_start", desk)) for _ in range(STARTS + 1)
    ][1:]
    app, floor = (median([pair[i] for pair in pairs]) for i in (0, 1))
    name = "process start to first rows"
    yield Figure(name=name, size=size, value=app, floor=floor, goal=1.5)


def queries(size: int, desk: Path) -> Iterator[Figure]:
    found = medians("queries", desk)
    for name, key, goal in (("queue page query", "page", 1.5), ("list of all ids", "snapshot", 2)):
        yield Figure(name=name, size=size, value=found[key], floor=found[f"{key}_floor"], goal=goal)
    yield Figure(name="jump anywhere, a block", size=size, value=found["block"], goal=1)
    yield Figure(name="search, newest 50", size=size, value=found["search"], goal=5)
    name = "search that finds nothing: two common words that never meet"
    yield Figure(name=name, size=size, value=found["search_pair"], goal=20)
    yield Figure(name="search, one letter typed", size=size, value=found["search_letter"], goal=20)


def frames(size: int, desk: Path) -> Iterator[Figure]:
    found = medians("frames", desk)
    yield from paged("page frame", size, found)
    yield Figure(name="refresh, selection kept", size=size, value=found["refresh"], goal=25)


def paged(name: str, size: int, found: dict[str, float]) -> Iterator[Figure]:
    for which, goal in (("p50", 1.25), ("p99", 1.5)):
        app, floor = found[which], found[f"{which}_floor"]
        yield Figure(name=f"{name} {which}", size=size, value=app, floor=floor, goal=goal)


def thread(size: int, desk: Path) -> Iterator[Figure]:
    found = medians("thread", desk)
    for name, key in (
        ("ticket of 500 entries opened: its newest 100 painted", "newest"),
        ("on request, all its 500 painted", "all"),
    ):
        yield Figure(name=name, size=size, value=found[key], floor=found[f"{key}_floor"], goal=1.3)
    name = "the same 100 from the click: read, made, painted"
    yield Figure(name=name, size=size, value=found["opened"], goal=50)


def saves(size: int, desk: Path) -> Iterator[Figure]:
    found = medians("saves", copy_of(desk))
    for name, key in (("save a draft, FULL", "draft"), ("save a note, FULL", "note")):
        yield Figure(name=name, size=size, value=found[key], floor=found[f"{key}_floor"], goal=2)
    name = "the same note from the click: cleaned, asked, saved"
    yield Figure(name=name, size=size, value=found["written"], goal=10)


def sync(size: int, desk: Path) -> Iterator[Figure]:
    if size > SYNCED:
        return
    found = medians("sync", size)
    for name, key in (("tickets of a first sync", "first"), ("changes applied", "changes")):
        yield Figure(name=name, size=size, value=found[key], unit="/s", goal=2000, at_least=True)
    name = "round with nothing new"
    yield Figure(name=name, size=size, value=found["idle"], unit="requests", goal=2)
    name = "200 commands sent; the floor: their requests alone"
    floor = found["push_floor"]
    yield Figure(name=name, size=size, value=found["push"], floor=floor, goal=1.3)
    found = medians("sync_frames")
    name = "changes applied while the window scrolls"
    rate = found["changes"]
    yield Figure(name=name, size=size, value=rate, unit="/s", goal=2000, at_least=True)
    name = "frame p99 meanwhile; the floor: frames without a sync, in turns with them"
    floor = found["idle_p99"]
    yield Figure(name=name, size=size, value=found["busy_p99"], floor=floor, goal=1.3)


def board(size: int, desk: Path) -> Iterator[Figure]:
    yield from paged("board page frame", size, medians("board", "frames", desk))
    found = medians("board", "desk", copy_of(desk))
    yield Figure(name="figures of everybody", size=size, value=found["figures"], goal=40)
    name = "a drop of 1,000 tickets, from reading to the disk"
    yield Figure(name=name, size=size, value=found["drop"], goal=1000)


def memory(size: int, desk: Path) -> Iterator[Figure]:
    found = medians("memory", desk)
    yield Figure(name="RSS", size=size, value=found["rss"], unit="MB", goal=220)


def osticket(size: int, desk: Path) -> Iterator[Figure]:
    """Of no desk's size: a page of 100 entries, an export of 10,000 rows."""
    if size != SIZES["10k"]:
        return
    found = medians("osticket")
    name = "osTicket: a page of 100 entries, read"
    yield Figure(name=name, size=size, value=found["page"], floor=found["page_floor"], goal=1.5)
    name = "osTicket: rows of an export kept"
    rate = found["export"]
    yield Figure(name=name, size=size, value=rate, unit="/s", goal=5000, at_least=True)


MEASURES = {
    "start": starts,
    "queries": queries,
    "frames": frames,
    "thread": thread,
    "saves": saves,
    "board": board,
    "memory": memory,
    "sync": sync,
    "osticket": osticket,
}


def measure(sizes: list[int], names: list[str]) -> list[Figure]:
    found = []
    for size in sizes:
        desk, rate = desk_of(size)
        found.append(
            Figure(
                name="demo tickets a second",
                size=size,
                value=rate,
                unit="/s",
                goal=20_000 if size >= 1_000_000 else None,
                at_least=True,
            )
        )
        for name in names:
            print(f"{size_text(size)}: {name}", file=sys.stderr)
            found += MEASURES[name](size, desk)
    order = {figure.name: place for place, figure in reversed(list(enumerate(found)))}
    return sorted(found, key=lambda figure: (order[figure.name], figure.size))


def machine() -> dict[str, Any]:
    import PySide6

    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "system": platform.platform(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "pyside": PySide6.__version__,
        "load": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
    }


def command_line() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--sizes", default="10k,100k,1m", help="of " + ", ".join(SIZES))
    parser.add_argument("--only", default=",".join(MEASURES), help="of " + ", ".join(MEASURES))
    parser.add_argument("--rounds", type=int, default=3, help="processes a figure")
    parser.add_argument("--json", type=Path, help="also write the figures here")
    return parser.parse_args()


def main() -> int:
    found = measure([SIZES[name] for name in options.sizes.split(",")], options.only.split(","))
    print(table(found))
    if options.json is not None:
        report = {"machine": machine(), "figures": [figure.as_json() for figure in found]}
        options.json.write_text(json.dumps(report, indent=1) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    options = command_line()
    sys.exit(main())
