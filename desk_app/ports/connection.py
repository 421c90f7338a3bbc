"""What is found out about a server before a desk is made for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from desk_app.ports.remote import Capabilities, RemoteAgent


@dataclass(frozen=True, slots=True, kw_only=True)
class Detected:
    """What answers at an address."""

    kind: str
    """`rt` or `osticket`: `Account.kind`."""
    url: str
    """The address to use from now on, as the adapter wants it."""
    product: str
    """As people call it."""
    version: str = ""
    """'' if it is told only to those who are signed in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionReport:
    """A plain report of one sign-in; a problem is a code, '' where all is well."""

    url: str
    product: str = ""
    version: str = ""
    encrypted: bool = False
    """Whether the line is https."""
    issuer: str = ""
    """Who vouches for the server's certificate; '' without one."""
    proxy: str = ""
    """Host and port that requests go through; '' if they go straight. Never with credentials."""
    skew_s: float | None = None
    """Seconds that this machine's clock is ahead of the server's; None: not told."""
    agent: RemoteAgent | None = None
    departments: dict[str, str] = field(default_factory=dict)
    """Names of those that this agent can work in, by their keys in the directory."""
    rights: tuple[str, ...] = ()
    """Codes of `domain.people.Permission` that the agent has anywhere."""
    capabilities: Capabilities | None = None
    problem: str = ""
    """Code of the RemoteError that ended it."""
    why: str = ""
    detail: str = ""
    facts: dict[str, str] = field(default_factory=dict)
    """Further words of the product, by code."""
