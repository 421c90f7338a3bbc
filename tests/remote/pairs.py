"""An agent and a colleague on one server, and short ways to say what they do there."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from desk_app.domain.directory import Directory
from desk_app.domain.entry import Attachment, Change, Entry, EntryKind
from desk_app.domain.outbox import Edit, NewTicket, Post
from desk_app.domain.ticket import EntryId, Source, Ticket, TicketId
from desk_app.ports.remote import (
    Receipt,
    RemoteAgent,
    RemotePerson,
    RemoteServer,
    RemoteThread,
    RemoteTicket,
    Sending,
)
from desk_app.ports.unit_of_work import AttachmentStore

KEN = RemotePerson(name="Ken Adams", email="ken@bank.example")
_COUNT = itertools.count(1)


def command() -> str:
    """An id that no other run has used on the same server."""
    return f"t{time.time_ns():x}.{next(_COUNT)}"


def entry(kind: EntryKind, html: str, files: tuple[Attachment, ...] = (), **more: Any) -> Entry:
    return Entry(
        id=EntryId(1),
        ticket=TicketId(1),
        kind=kind,
        at=datetime.now(UTC),
        author_name="",
        html=html,
        text="",
        attachments=files,
        **more,
    )


@dataclass
class Pair:
    """Two agents who see the same departments, the second with every right."""

    server: RemoteServer
    colleague: RemoteServer
    files: AttachmentStore
    requests: Callable[[], int] = lambda: 0
    """How many the first one has sent."""
    settle: Callable[[], None] = lambda: None
    """Lets the time pass in which the feed looks at the same things again."""
    checks: int = 0

    @cached_property
    def me(self) -> RemoteAgent:
        return self.server.sign_in()

    @cached_property
    def other(self) -> RemoteAgent:
        return self.colleague.sign_in()

    @cached_property
    def directory(self) -> Directory:
        return self.server.directory()

    def key(self, kind: str, name: str) -> str:
        """What the directory calls the thing of this name."""
        things = getattr(self.directory, kind)
        return next(key for key, thing in things.items() if thing.name == name)

    def status(self, name: str) -> str:
        statuses = self.directory.lifecycle.statuses
        return next(key for key, status in statuses.items() if status.name == name)

    def check(self, truth: object, said: object = "") -> None:
        self.checks += 1
        assert truth, said

    # --- what they do ----------------------------------------------------------------------

    def opening(self, subject: str, words: str = "<p>It is dark</p>", **fields: Any) -> Sending:
        now = datetime.now(UTC)
        start = {
            "department": self.key("departments", "Support"),
            "status": self.directory.lifecycle.initial,
            "priority": self.key("priorities", "Normal"),
            "topic": self.key("topics", "General Inquiry"),
            "source": Source.PHONE,
        }
        ticket = Ticket(
            id=TicketId(1),
            subject=subject,
            requester=1,
            created_at=now,
            updated_at=now,
            **{**start, **fields},
        )
        return Sending(
            command=command(),
            step=NewTicket(ticket=ticket, entry=entry(EntryKind.MESSAGE, words)),
            requester=KEN,
            version=self.server.newest(),
        )

    def new(self, subject: str, **fields: Any) -> str:
        receipt = self.server.send(self.opening(subject, **fields), self.files)
        assert receipt.ticket
        return receipt.ticket

    def ticket(self, ticket: str, server: RemoteServer | None = None) -> RemoteTicket:
        found = (server or self.server).ticket(ticket)
        assert isinstance(found, RemoteTicket), found
        return found

    def thread(self, ticket: str, after: str = "") -> RemoteThread:
        return self.server.thread(ticket, after)

    def posting(
        self,
        ticket: str,
        kind: EntryKind,
        html: str,
        *,
        server: RemoteServer | None = None,
        **k: Any,
    ) -> Sending:
        version = self.ticket(ticket, server).version
        step = Post(entry=entry(kind, html, **k))
        return Sending(command=command(), step=step, ticket=ticket, version=version)

    def reply(self, ticket: str, html: str, **more: Any) -> Receipt:
        return self.server.send(self.posting(ticket, EntryKind.REPLY, html, **more), self.files)

    def note(self, ticket: str, html: str, *, server: RemoteServer | None = None) -> Receipt:
        sending = self.posting(ticket, EntryKind.NOTE, html, server=server)
        return (server or self.server).send(sending, self.files)

    def editing(
        self, ticket: str, *changes: Change, server: RemoteServer | None = None, **more: Any
    ) -> Sending:
        comment = more.pop("comment", "")
        return Sending(
            command=command(),
            step=Edit(changes=changes, comment=comment),
            ticket=ticket,
            version=self.ticket(ticket, server).version,
            **more,
        )

    def edit(
        self,
        ticket: str,
        name: str,
        old: object,
        new: object,
        *,
        server: RemoteServer | None = None,
        **more: Any,
    ) -> Receipt:
        change = Change(field=name, old=old, new=new)
        sending = self.editing(ticket, change, server=server, **more)
        return (server or self.server).send(sending, self.files)

    def picture(self) -> Attachment:
        """The smallest picture there is, within the words."""
        data = bytes.fromhex(
            "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
            "0000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
        )
        kept = self.files.add(data, name="dot.png", mime_type="image/png")
        return replace(kept, content_id="dot1", inline=True)
