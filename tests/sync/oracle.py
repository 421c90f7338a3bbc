"""A server that is known whole: the truth that the engine's desks are compared with.

Plain Python, one dict a ticket. Every write is one transaction with a number; a ticket's version
is the number of its last one. What is to go wrong with the next requests is told beforehand.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from desk_app.domain.directory import Directory
from desk_app.domain.entry import Change, Entry, EntryKind
from desk_app.domain.lifecycle import Action
from desk_app.domain.outbox import SENT_FIELDS, Edit, NewTicket, Post
from desk_app.domain.ticket import Task
from desk_app.ports.remote import (
    Capabilities,
    FeedPage,
    Gone,
    GoneWhy,
    Listing,
    Receipt,
    RemoteAgent,
    RemoteEntry,
    RemoteEvent,
    RemotePerson,
    RemoteThread,
    RemoteTicket,
    Sending,
    Wanted,
)
from desk_app.ports.remote_errors import (
    MovedOnError,
    NoAnswerError,
    NotReachedError,
    RefusedByServerError,
    ServerBusyError,
    SignInError,
    UnreadableAnswerError,
)

START = datetime(2026, 3, 2, 10, tzinfo=UTC)
PAGE = 3
"""Few on a page, so that a handful of tickets takes several."""


class Fate(StrEnum):
    """What happens to one request."""

    OFFLINE = "offline"
    LOSE_REQUEST = "lose_request"
    """It goes out and never arrives; no answer."""
    LOSE_ANSWER = "lose_answer"
    """It is carried out; no answer."""
    LATE = "late"
    """No answer; it is looked at, and carried out when other requests have long been."""
    DOUBLED = "doubled"
    """It arrives twice, and the answer is the second one's; a ticket is made by the first alone."""
    BUSY = "busy"
    """429 or 503, with Retry-After."""
    REFUSE = "refuse"
    """403 or 422."""
    REFUSE_LAST = "refuse_last"
    """All fields but the last one are taken."""
    SIGN_OUT = "sign_out"
    GARBLED = "garbled"
    """It is carried out, and the answer cannot be understood: cut, or no JSON."""


EVER = {Fate.OFFLINE, Fate.BUSY, Fate.SIGN_OUT}
"""What happens to a question, too; the others happen to what writes."""


OTHERS = {"links", "merged_into"}
"""Fields that name other tickets, by the server's ids."""


@dataclass
class Kept:
    """One ticket as the server has it."""

    id: str
    fields: dict[str, Any]
    custom: dict[str, str] = field(default_factory=dict)
    tasks: dict[int, Task] = field(default_factory=dict)
    entries: list[RemoteEntry] = field(default_factory=list)
    events: list[RemoteEvent] = field(default_factory=list)
    edits: list[tuple[int, str, Change]] = field(default_factory=list)
    """Number, agent and what changed."""
    version: int = 0
    gone: GoneWhy | None = None
    into: str | None = None


class Oracle:
    """All that ever happened on the server."""

    def __init__(self, directory: Directory) -> None:
        self.directory = directory
        self.tickets: dict[str, Kept] = {}
        self.feed: list[tuple[int, str]] = []
        """Number and ticket of each transaction."""
        self.number = 0
        self.posted: dict[str, int] = {}
        """How often each command's entry or ticket was made: more than once is a defect."""
        self.heard: dict[str, int] = {}
        """Of a post that was written late: entries that were there when the server took it in."""
        self.unseen: list[tuple[str, Change]] = []
        """Writes over a value that the writer had not seen: each is a defect."""
        self.values: dict[tuple[str, str], list[object]] = {}
        """Every value that a field ever had, oldest first."""

    def now(self) -> datetime:
        return START + timedelta(seconds=self.number)

    def touch(self, kept: Kept) -> int:
        self.number += 1
        kept.version = self.number
        kept.fields["updated_at"] = self.now()
        self.feed.append((self.number, kept.id))
        return self.number

    def make(self, subject: str, person: RemotePerson, **fields: Any) -> Kept:
        number = str(len(self.tickets) + 1)
        start = {
            "subject": subject,
            "status": self.directory.lifecycle.initial,
            "department": "support",
            "owner": None,
            "team": None,
            "priority": "normal",
            "topic": None,
            "sla": None,
            "due_at": None,
            "links": (),
            "merged_into": None,
            "referrals": (),
            "created_at": self.now(),
            "updated_at": self.now(),
            "requester": person,
        }
        kept = Kept(id=number, fields=start | fields)
        self.tickets[number] = kept
        for name, value in kept.fields.items():
            self.values[number, name] = [value]
        self.touch(kept)
        return kept

    def post(self, kept: Kept, kind: EntryKind, words: str, **more: Any) -> RemoteEntry:
        number = self.touch(kept)
        entry = RemoteEntry(
            id=str(number),
            kind=kind,
            at=self.now(),
            html=f"<p>{words}</p>",
            text=words,
            **{"author_name": "Somebody", **more},
        )
        kept.entries.append(entry)
        return entry

    def set(self, kept: Kept, name: str, value: object, actor: str = "") -> None:
        kind, _, part = name.partition(":")
        if kind == "custom":
            old: object = kept.custom.get(part)
            kept.custom[part] = str(value or "")
        elif kind == "task":
            old = kept.tasks.get(int(part))
            kept.tasks[int(part)] = value
        else:
            old = kept.fields[name]
            kept.fields[name] = value
        self.values.setdefault((kept.id, name), []).append(value)
        number = self.touch(kept)
        change = Change(field=name, old=old, new=value)
        kept.edits.append((number, actor, change))
        event = RemoteEvent(
            id=str(number),
            at=self.now(),
            actor=actor,
            action="edit",
            changes=() if name in OTHERS else (change,),
        )
        kept.events.append(event)


class OracleServer:
    """The oracle as one agent's program sees it: `RemoteServer`, with faults on demand."""

    def __init__(self, oracle: Oracle, agent: str = "sam", *, safe: bool = True) -> None:
        self.oracle = oracle
        self.agent = agent
        self.fates: list[Fate] = []
        """What happens to the next requests, first first; after that, nothing does."""
        self.write_fates: list[Fate | None] = []
        """The same for the next `send` alone."""
        self.busy_s: float | None = 30
        """How long it wants to be left alone when it is busy."""
        self.signed_in = True
        self.closed = False
        self.looks = 0
        self.late: list[Callable[[], object]] = []
        """What the server is still at work on."""
        self.requests = 0
        self.writes = 0
        self.sees = lambda kept: kept.gone is not GoneWhy.UNSEEN
        self.capabilities = Capabilities(
            safe_update=safe,
            safe_post=safe,
            sure_probe=True,
            actions=frozenset(Action),
            fields=SENT_FIELDS,
        )

    # --- reading ---------------------------------------------------------------------------

    def sign_in(self) -> RemoteAgent:
        self._request()
        agent = self.oracle.directory.agents[self.agent]
        return RemoteAgent(key=agent.key, name=agent.name, email=agent.email)

    def directory(self) -> Directory:
        self._request()
        return self.oracle.directory

    def vanished(self, kept: Sequence[str]) -> list[RemoteTicket | Gone] | None:
        self.looks += 1
        if self.looks % 2 == 0:
            return None
        self._request()
        told = [self._one(ticket, batch=True) for ticket in kept]
        return [one for one in told if isinstance(one, Gone)]

    def newest(self) -> str:
        self._request()
        return str(self.oracle.number)

    def changes(self, cursor: str) -> FeedPage:
        self._request()
        after = [one for one in self.oracle.feed if one[0] > int(cursor)]
        page = after[:PAGE]
        return FeedPage(
            cursor=str(page[-1][0]) if page else cursor,
            tickets=tuple(dict.fromkeys(ticket for _, ticket in page)),
            more=len(after) > PAGE,
        )

    def listing(self, wanted: Wanted, page: str | None = None) -> Listing:
        self._request()
        found = [
            kept
            for kept in self.oracle.tickets.values()
            if self._there(kept) and _is_wanted(kept, wanted, self.oracle.directory)
        ]
        found.sort(key=lambda kept: -kept.version)
        start = int(page or 0)
        following = str(start + PAGE) if start + PAGE < len(found) else None
        return Listing(
            tickets=tuple(self._told(kept, batch=True) for kept in found[start : start + PAGE]),
            next_page=following,
            total=len(found),
        )

    def tickets(self, ids: Any) -> list[RemoteTicket | Gone]:
        self._request()
        return [self._one(ticket, batch=True) for ticket in ids]

    def ticket(self, ticket: str) -> RemoteTicket | Gone:
        self._request()
        return self._one(ticket, batch=False)

    def thread(self, ticket: str, after: str = "") -> RemoteThread:
        self._request()
        kept = self.oracle.tickets[ticket]
        start = int(after or 0)
        return RemoteThread(
            version=str(kept.version),
            entries=tuple(entry for entry in kept.entries if int(entry.id) > start),
            events=tuple(event for event in kept.events if int(event.id) > start),
        )

    def file(self, file: str) -> bytes:
        self._request()
        return b"file " + file.encode()

    def close(self) -> None:
        self.closed = True

    # --- writing ---------------------------------------------------------------------------

    def send(self, sending: Sending, files: Any) -> Receipt:
        self.writes += 1
        fate = self.write_fates.pop(0) if self.write_fates else None
        fate = self._request(fate)
        if fate is Fate.LOSE_REQUEST:
            raise NoAnswerError(why="timeout", detail="")
        if fate is Fate.REFUSE:
            raise RefusedByServerError(words="Permission Denied")
        if fate is Fate.REFUSE_LAST:
            self._refuse_last(sending)
        if fate is Fate.LATE:
            self._put_off(sending)
            raise NoAnswerError(why="timeout", detail="")
        receipt = self._carry_out(sending)
        if fate is Fate.DOUBLED and not isinstance(sending.step, NewTicket):
            receipt = self._carry_out(sending)
        if fate is Fate.LOSE_ANSWER:
            raise NoAnswerError(why="timeout", detail="")
        if fate is Fate.GARBLED:
            raise UnreadableAnswerError(detail="$.id")
        return receipt

    def probe(self, sending: Sending) -> Receipt | None:
        self._request()
        if isinstance(sending.step, NewTicket):
            all_kept = self.oracle.tickets.values()
            kept = next((k for k in all_kept if k.fields.get("by") == sending.command), None)
            return None if kept is None else self._receipt(kept)
        kept = self.oracle.tickets[sending.ticket]
        if isinstance(sending.step, Post):
            entries = (e for e in kept.entries if e.command == sending.command)
            entry = next(entries, None)
            return None if entry is None else self._receipt(kept, entry.id)
        wanted = {(change.field, change.new) for change in sending.step.changes}
        found = {
            (change.field, self._desk_value(change, sending))
            for number, actor, change in kept.edits
            if actor == self.agent and number > int(sending.version)
        }
        return self._receipt(kept) if wanted <= found else None

    def finish(self) -> None:
        """The server comes to the end of what it was asked."""
        late, self.late = self.late, []
        for act in late:
            act()

    def _put_off(self, sending: Sending) -> None:
        """Compared with the ticket's version now, and written when the server comes to it."""
        self._check_version(sending)
        oracle, step = self.oracle, sending.step
        if isinstance(step, Post):
            oracle.heard[sending.command] = len(oracle.tickets[sending.ticket].entries)
        self.late.append(lambda: self._write(sending, late=True))

    def _check_version(self, sending: Sending) -> None:
        if isinstance(sending.step, NewTicket) or not self.capabilities.safe_update:
            return
        if sending.version != str(self.oracle.tickets[sending.ticket].version):
            raise MovedOnError()

    def _carry_out(self, sending: Sending) -> Receipt:
        self._check_version(sending)
        return self._write(sending)

    def _write(self, sending: Sending, *, late: bool = False) -> Receipt:
        """What was written meanwhile over a value that was read is the server's doing if `late`."""
        oracle, step = self.oracle, sending.step
        if isinstance(step, NewTicket):
            return self._make(sending, step)
        kept = oracle.tickets[sending.ticket]
        if isinstance(step, Post):
            entry = self._post(kept, step.entry, sending.command)
            return self._receipt(kept, entry.id)
        assert isinstance(step, Edit)
        for change in step.changes:
            value = change.new
            seen = kept.fields.get(change.field, change.old) == change.old
            if not (seen or late):
                oracle.unseen.append((kept.id, change))
            if change.field == "links":
                value = tuple(sending.others.get(int(one), str(one)) for one in change.new)
            if change.field == "merged_into":
                value = sending.others[int(change.new)]
                kept.gone, kept.into = GoneWhy.MERGED, value
            oracle.set(kept, change.field, value, self.agent)
        return self._receipt(kept)

    def _refuse_last(self, sending: Sending) -> None:
        """Take all fields but the last; nothing, where there is but one."""
        changes = sending.step.changes if isinstance(sending.step, Edit) else ()
        if len(changes) > 1:
            self._carry_out(replace(sending, step=Edit(changes=changes[:-1])))
        refused = {"refused": (changes[-1].field,)} if changes else {}
        raise RefusedByServerError(words="Permission Denied", **refused)

    def _make(self, sending: Sending, step: NewTicket) -> Receipt:
        start = step.ticket
        assert sending.requester is not None
        kept = self.oracle.make(start.subject, sending.requester, department=start.department)
        kept.fields["by"] = sending.command
        self.oracle.posted[sending.command] = self.oracle.posted.get(sending.command, 0) + 1
        entry = None
        if step.entry is not None:
            entry = self._post(kept, step.entry, sending.command, count=False)
        return self._receipt(kept, "" if entry is None else entry.id)

    def _post(self, kept: Kept, entry: Entry, command: str, *, count: bool = True) -> RemoteEntry:
        if count:
            self.oracle.posted[command] = self.oracle.posted.get(command, 0) + 1
        return self.oracle.post(
            kept,
            entry.kind,
            entry.text,
            author_name=self.agent,
            agent=self.agent,
            command=command,
        )

    # --- what goes wrong -------------------------------------------------------------------

    def _request(self, fate: Fate | None = None) -> Fate | None:
        self.requests += 1
        if fate is None and self.fates:
            fate = self.fates.pop(0)
        if fate is Fate.SIGN_OUT:
            self.signed_in = False
        if fate is Fate.OFFLINE:
            raise NotReachedError(host="rt", why="offline", detail="")
        if not self.signed_in:
            raise SignInError(why="refused", detail="")
        if fate is Fate.BUSY:
            raise ServerBusyError(retry_after=self.busy_s)
        return None if fate in EVER else fate

    # --- values ----------------------------------------------------------------------------

    def _there(self, kept: Kept) -> bool:
        return kept.gone is None and self.sees(kept)

    def _one(self, ticket: str, *, batch: bool) -> RemoteTicket | Gone:
        kept = self.oracle.tickets.get(ticket)
        if kept is None or not self.sees(kept):
            return Gone(id=ticket, why=GoneWhy.UNSEEN)
        if kept.gone is not None:
            return Gone(id=ticket, why=kept.gone, into=kept.into)
        return self._told(kept, batch=batch)

    def _told(self, kept: Kept, *, batch: bool) -> RemoteTicket:
        fields = {k: v for k, v in kept.fields.items() if k not in {"by", "referrals"}}
        return RemoteTicket(
            id=kept.id,
            number=f"R{kept.id}",
            version="" if batch else str(kept.version),
            custom=tuple(sorted((k, v) for k, v in kept.custom.items() if v)),
            tasks=tuple(task for task in kept.tasks.values() if task is not None),
            **fields,
        )

    def _receipt(self, kept: Kept, entry: str = "") -> Receipt:
        return Receipt(ticket=kept.id, number=f"R{kept.id}", entry=entry, version=str(kept.version))

    def _desk_value(self, change: Change, sending: Sending) -> object:
        """The server's own ids of other tickets, as the desk calls them."""
        local: dict[object, object] = {remote: n for n, remote in sending.others.items()}
        if change.field == "merged_into":
            return local.get(change.new, change.new)
        if change.field != "links":
            return change.new
        return tuple(local.get(one, one) for one in change.new)


def _is_wanted(kept: Kept, wanted: Wanted, directory: Directory) -> bool:
    state = directory.lifecycle.statuses[kept.fields["status"]].state
    return (
        (wanted.owner is None or kept.fields["owner"] == wanted.owner)
        and (wanted.departments is None or kept.fields["department"] in wanted.departments)
        and (not wanted.open_only or state == 0)
        and (wanted.not_owner is None or kept.fields["owner"] != wanted.not_owner)
        and (not wanted.closed_only or state != 0)
        and (wanted.changed_since is None or kept.fields["updated_at"] >= wanted.changed_since)
    )
