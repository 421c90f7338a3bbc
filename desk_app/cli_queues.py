"""The subcommand of the queues that a server keeps itself, and how one of them is named."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from desk_app.cli_names import BROKEN, DONE, open_desk, say
from desk_app.domain.filters import QueueFilter, QueueKind
from desk_app.domain.mirror import AccountState
from desk_app.ports.remote_errors import NotReachedError

if TYPE_CHECKING:
    from desk_app.bootstrap import OpenDesk
    from desk_app.domain.server_queue import ServerQueue, ServerQueues
    from desk_app.ports.reader import TicketReader

_SERVER = "server:"


def server_queues(options: argparse.Namespace) -> int:
    """List the server's own queues as it told of them last; with --sync or --read, ask it now."""
    from desk_app.domain.errors import NoServerError

    desk = open_desk(options)
    if desk.reader().account() is None:
        raise NoServerError(path=str(desk.path))
    problem = ""
    if options.sync:
        desk.syncing.want_queues()
        problem = desk.syncing.round().problem
    if options.read:
        desk.syncing.read_queue(_named(desk.reader().server_queues(), options.read).id)
    reader = desk.reader()
    told = reader.server_queues()
    found = [] if told is None else [_row(told, queue, reader) for queue in told.queues]
    lines = [f"{row['id']:>6}  {_count(row['count'])}  {row['path']}" for row in found]
    at = "The server told of none yet" if told is None else f"as of {told.at:%Y-%m-%d %H:%M} UTC"
    said = {"at": None if told is None else told.at, "problem": problem, "queues": found}
    say(options, said, "\n".join([*lines, at, *([problem] if problem else [])]))
    return BROKEN if problem else DONE


def queue_word(text: str) -> str:
    """A queue as `--queue` takes it."""
    if text not in list(QueueKind) and not text.startswith(_SERVER):
        names = ", ".join(QueueKind)
        raise argparse.ArgumentTypeError(f"no queue {text!r}; there are {names}, {_SERVER}NAME")
    return text


def own_queue(text: str, desk: OpenDesk, reader: TicketReader) -> QueueFilter | None:
    """What the server named of a queue of its own; None for one that every desk has.

    It is asked where it never was.

    Raises:
        NotFoundError: it has no such queue.
        RemoteError: it was never asked what is in it, and cannot be now.
    """
    if not text.startswith(_SERVER):
        return None
    queue = _named(reader.server_queues(), text.removeprefix(_SERVER))
    if reader.queue_standing(queue.id) is None:
        account = reader.account()
        if account is not None and account.state is AccountState.OFFLINE:
            raise NotReachedError(host=account.url, why="offline", detail="")
        desk.syncing.read_queue(queue.id)
    return QueueFilter(server_queue=queue.id)


def _named(told: ServerQueues | None, name: str) -> ServerQueue:
    """By the server's number, by the whole path, or by a name that only one has."""
    from desk_app.domain.errors import AmbiguousNameError, NotFoundError

    queues = () if told is None else told.queues
    wanted = name.strip().casefold()
    for queue in queues:
        if told is not None and wanted in {queue.id, told.path(queue).casefold()}:
            return queue
    found = [queue for queue in queues if queue.name.casefold() == wanted]
    if len(found) > 1:
        raise AmbiguousNameError(kind="queue", name=name)
    if not found:
        raise NotFoundError(kind="queue", name=name)
    return found[0]


def _row(told: ServerQueues, queue: ServerQueue, reader: TicketReader) -> dict[str, object]:
    standing = reader.queue_standing(queue.id)
    read = None if standing is None else asdict(standing)
    return asdict(queue) | {"path": told.path(queue), "read": read}


def _count(count: object) -> str:
    return f"{'?' if count is None else count:>7}"


QUEUE: dict[str, Any] = {
    "type": queue_word,
    "default": "open",
    "metavar": "QUEUE",
    "help": f"{', '.join(QueueKind)}, or {_SERVER}NAME for one of the server's own (see `queues`)",
}
"""The option that names a queue."""
_FLAGS: dict[str, dict[str, Any]] = {
    "--sync": {"action": "store_true", "help": "read their numbers anew"},
    "--read": {"default": "", "metavar": "QUEUE", "help": "ask what is in this one"},
}
_NO_WORDS: tuple[str, ...] = ()
COMMAND = ("queues", server_queues, _NO_WORDS, _FLAGS)
"""The subcommand, as the parser takes it."""
