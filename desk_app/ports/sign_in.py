"""Signing in where a password alone does not do: a second factor, or a session of a browser."""

from __future__ import annotations

import re
from typing import Protocol, runtime_checkable

WANTS_CODE, WRONG_CODE, CODE_OVER = "second_factor", "wrong_code", "code_over"
"""`why` of a SignInError: a code is wanted; it was another one (`left`: how many tries are left);
none is waited for any more, so that signing in begins anew."""
SESSION_OVER = "session_over"
"""`why` of a SignInError: the session that was begun in a browser has ended."""
OTHER_AGENT = "other_agent"
"""`why` of a SignInError: what was given is somebody else's."""
ASKS_CODE = frozenset({WANTS_CODE, WRONG_CODE})

SESSION_COOKIES = {"osticket": "OSTSESSID"}
"""By `Account.kind`: what a browser calls the session there, where one can be used here."""
_VALUE = re.compile(r"[^\s;,=\"']+")


def session_secret(kind: str, pasted: str) -> str:
    """The secret that stands for a browser's session; '' where there is none in the text.

    `pasted` is the cookie's value, `NAME=value`, or a whole line of cookies.
    """
    name = SESSION_COOKIES.get(kind, "")
    if not name:
        return ""
    named = re.search(rf"\b{name}[=:\s]+({_VALUE.pattern})", pasted)
    if named is not None:
        return f"{name}={named[1]}"
    text = pasted.strip().strip("\"'")
    return f"{name}={text}" if _VALUE.fullmatch(text) else ""


@runtime_checkable
class SecondFactor(Protocol):
    """A `RemoteServer` that may ask for a code after the password."""

    @property
    def wants_code(self) -> bool:
        """Whether a sign-in waits for its code; asks nothing of the network."""
        ...

    def give_code(self, code: str) -> None:
        """Answer it; blocks on the network.

        Raises:
            SignInError: `why` is one of those above.
        """
        ...


@runtime_checkable
class BrowserSession(Protocol):
    """A `RemoteServer` that may use a session which was begun in a browser."""

    @property
    def session_secret(self) -> str:
        """The secret by which that session goes on; '' where a password was given."""
        ...


def waiting_for_code(server: object) -> SecondFactor | None:
    """The server, if one of its sign-ins waits for a code."""
    return server if isinstance(server, SecondFactor) and server.wants_code else None


def session_of(server: object) -> str:
    """The secret of the browser's session that a server goes on with; '' if it is none."""
    return server.session_secret if isinstance(server, BrowserSession) else ""
