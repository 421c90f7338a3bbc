"""What can go wrong with a help desk server, by what was surely, or perhaps, done."""

from __future__ import annotations

from desk_app.domain.errors import DeskError


class RemoteError(DeskError):
    """Talking to a server failed; `detail` is fit to be shown and holds no secret."""

    code = "remote"


class NotReachedError(RemoteError):
    """The request surely did not reach the server (`host`, `why`: a code, `detail`).

    `why`: `offline` (no connection, no such name), `certificate`, `proxy`, `portal` (something
    else answered; `to` is where it pointed to, if it did). Of a question that changes nothing
    also `timeout` and `cut`: it may have been heard, and no whole answer came.
    """

    code = "not_reached"


class NoAnswerError(RemoteError):
    """A request that changes something went out and no understandable answer came (`why`)."""

    code = "no_answer"


class ServerBusyError(RemoteError):
    """The server did not look at the request (429, 503); `retry_after` in seconds, or None."""

    code = "server_busy"


class LockedError(ServerBusyError):
    """Somebody else is at the ticket (`who`: a name): the server took nothing; wait and try."""

    code = "locked"


class SignInError(RemoteError):
    """The server does not take the credentials (any more), or wants more of the agent (`why`)."""

    code = "sign_in"


class MovedOnError(RemoteError):
    """The ticket is not as it was expected to be; nothing was changed."""

    code = "moved_on"


class RefusedByServerError(RemoteError):
    """The server said no (`words`: its own) to a step, or only to the fields of it in `refused`."""

    code = "refused_by_server"


class UnreadableAnswerError(RemoteError):
    """The server answered something that this version of the program does not understand."""

    code = "unreadable_answer"


class UnknownServerError(RemoteError):
    """What answers is no server that this program knows (`kind`, or `detail`)."""

    code = "unknown_server"
