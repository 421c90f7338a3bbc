"""Row to domain value and back, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, get_type_hints

import msgspec

from desk_app.domain.draft import Draft, DraftKey, DraftKind
from desk_app.domain.entry import Attachment, Change, Entry, EntryKind, Event
from desk_app.domain.intake import KeptAside, UnfinishedImport
from desk_app.domain.moment import from_ms, from_ms_or_none, to_ms, to_ms_or_none
from desk_app.domain.people import Requester
from desk_app.domain.rich_text import text_to_html
from desk_app.domain.ticket import Referral, Source, State, Task, Ticket, TicketId

Row = Mapping[str, Any]


class _TicketRest(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """The fields of a ticket that no queue asks for; most have none of these."""

    tasks: tuple[Task, ...] = ()
    links: tuple[int, ...] = ()
    referrals: tuple[Referral, ...] = ()
    collaborators: tuple[int, ...] = ()
    muted: tuple[int, ...] = ()
    watchers: tuple[int, ...] = ()
    custom: tuple[tuple[str, str], ...] = ()
    listed_only: bool = False
    restore_to: str | None = None
    closed_by: str | None = None
    manual_due_ms: int | None = None
    overdue_ms: int | None = None
    worked_ms: int | None = None
    response_ms: int | None = None
    reopened_ms: int | None = None
    closed_ms: int | None = None
    breach_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _EntryRest:
    email: str = ""
    title: str = ""
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _DraftRest:
    cc: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()


_ticket_rest = msgspec.json.Decoder(_TicketRest)
_entry_rest = msgspec.json.Decoder(_EntryRest)
_draft_rest = msgspec.json.Decoder(_DraftRest)
_changes = msgspec.json.Decoder(tuple[Change, ...])
_EMPTY_TICKET_REST = _TicketRest()
_FIELD_TYPES = get_type_hints(Ticket)


def encoded(value: object) -> str:
    """JSON text of any domain value."""
    return msgspec.json.encode(value).decode()


def ticket(row: Row) -> Ticket:
    text = row["rest"]
    rest = _EMPTY_TICKET_REST if text == "{}" else _ticket_rest.decode(text)
    return Ticket(
        id=TicketId(row["id"]),
        number=row["number"],
        subject=row["subject"],
        requester=row["requester_id"],
        department=row["department"],
        status=row["status"],
        state=State(row["state"]),
        priority=row["priority"],
        topic=row["topic"],
        sla=row["sla"],
        owner=row["owner"],
        team=row["team"],
        source=Source(row["source"]),
        created_at=from_ms(row["created_ms"]),
        updated_at=from_ms(row["updated_ms"]),
        due_at=from_ms_or_none(rest.manual_due_ms),
        overdue_since=from_ms_or_none(rest.overdue_ms),
        answered=bool(row["answered"]),
        worked_at=from_ms_or_none(rest.worked_ms),
        last_message_at=from_ms_or_none(row["last_message_ms"]),
        last_response_at=from_ms_or_none(rest.response_ms),
        reopened_at=from_ms_or_none(rest.reopened_ms),
        closed_at=from_ms_or_none(rest.closed_ms),
        closed_by=rest.closed_by,
        restore_to=rest.restore_to,
        merged_into=row["merged_into"],
        links=tuple(TicketId(link) for link in rest.links),
        referrals=rest.referrals,
        collaborators=rest.collaborators,
        muted=rest.muted,
        watchers=rest.watchers,
        tasks=rest.tasks,
        custom=rest.custom,
        breach_reason=rest.breach_reason,
        listed_only=rest.listed_only,
    )


def referrals(row: Row) -> tuple[Referral, ...]:
    """To whom a ticket was shown besides."""
    return _ticket_rest.decode(row["rest"]).referrals


def ticket_values(ticket: Ticket) -> dict[str, Any]:
    """The columns that follow from the ticket alone (not names, ranks, stage or due)."""
    rest = _TicketRest(
        tasks=ticket.tasks,
        links=tuple(ticket.links),
        referrals=ticket.referrals,
        collaborators=ticket.collaborators,
        muted=ticket.muted,
        watchers=ticket.watchers,
        custom=ticket.custom,
        listed_only=ticket.listed_only,
        restore_to=ticket.restore_to,
        closed_by=ticket.closed_by,
        manual_due_ms=to_ms_or_none(ticket.due_at),
        overdue_ms=to_ms_or_none(ticket.overdue_since),
        worked_ms=to_ms_or_none(ticket.worked_at),
        response_ms=to_ms_or_none(ticket.last_response_at),
        reopened_ms=to_ms_or_none(ticket.reopened_at),
        closed_ms=to_ms_or_none(ticket.closed_at),
        breach_reason=ticket.breach_reason,
    )
    return {
        "id": ticket.id,
        "number": ticket.number,
        "subject": ticket.subject,
        "requester_id": ticket.requester,
        "department": ticket.department,
        "status": ticket.status,
        "state": int(ticket.state),
        "priority": ticket.priority,
        "topic": ticket.topic,
        "sla": ticket.sla,
        "owner": ticket.owner,
        "team": ticket.team,
        "source": str(ticket.source),
        "created_ms": to_ms(ticket.created_at),
        "updated_ms": to_ms(ticket.updated_at),
        "last_message_ms": to_ms_or_none(ticket.last_message_at),
        "answered": int(ticket.answered),
        "open_tasks": len(ticket.open_tasks),
        "merged_into": ticket.merged_into,
        "rest": encoded(rest),
    }


def entry(row: Row, attachments: Sequence[Row] = ()) -> Entry:
    rest = _entry_rest.decode(row["rest"])
    html = row["html"]
    return Entry(
        id=row["id"],
        ticket=TicketId(row["ticket_id"]),
        kind=EntryKind(row["kind"]),
        at=from_ms(row["at_ms"]),
        author_name=row["author"],
        agent=row["agent"],
        requester=row["requester_id"],
        author_email=rest.email,
        html=text_to_html(row["text"]) if html is None else html,
        text=row["text"],
        title=rest.title,
        to=rest.to,
        cc=rest.cc,
        message_id=row["message_id"],
        automatic=bool(row["automatic"]),
        attachments=tuple(attachment(found) for found in attachments),
    )


def entry_values(entry: Entry) -> dict[str, Any]:
    rest = _EntryRest(email=entry.author_email, title=entry.title, to=entry.to, cc=entry.cc)
    return {
        "id": entry.id,
        "ticket_id": entry.ticket,
        "kind": int(entry.kind),
        "at_ms": to_ms(entry.at),
        "author": entry.author_name,
        "agent": entry.agent,
        "requester_id": entry.requester,
        "text": entry.text,
        "html": entry.html,
        "files": " ".join(found.name for found in entry.attachments),
        "message_id": entry.message_id,
        "automatic": int(entry.automatic),
        "withdrawn": 0,
        "rest": encoded(rest),
    }


def attachment(row: Row) -> Attachment:
    return Attachment(
        name=row["name"],
        mime_type=row["mime_type"],
        size=row["size"],
        sha256=row["sha256"],
        content_id=row["content_id"],
        inline=bool(row["inline"]),
    )


def attachment_values(entry: Entry) -> list[dict[str, Any]]:
    return [
        {
            "entry_id": entry.id,
            "position": position,
            "sha256": found.sha256,
            "name": found.name,
            "mime_type": found.mime_type,
            "size": found.size,
            "content_id": found.content_id,
            "inline": int(found.inline),
        }
        for position, found in enumerate(entry.attachments)
    ]


def requester(row: Row) -> Requester:
    return Requester(
        id=row["id"],
        name=row["name"],
        email=row["email"],
        phone=row["phone"],
        organisation=row["organisation"],
        notes=row["notes"],
        images_allowed=bool(row["images_allowed"]),
    )


def kept_aside(row: Row) -> KeptAside:
    return KeptAside(
        id=row["id"],
        origin=row["origin"],
        reason=row["reason"],
        detail=row["detail"],
        at=from_ms(row["at_ms"]),
        sha256=row["sha256"],
    )


def unfinished_doc(unfinished: UnfinishedImport) -> str:
    """JSON of ASCII only: the name of a file need not be text, and its halves survive so."""
    return json.dumps(asdict(unfinished))


def unfinished_import(doc: str) -> UnfinishedImport:
    return msgspec.convert(json.loads(doc), UnfinishedImport)


def requester_values(requester: Requester) -> dict[str, Any]:
    return {
        "id": requester.id,
        "name": requester.name,
        "email": requester.email,
        "phone": requester.phone,
        "organisation": requester.organisation,
        "notes": requester.notes,
        "images_allowed": int(requester.images_allowed),
    }


def event(row: Row) -> Event:
    return Event(
        id=row["id"],
        ticket=TicketId(row["ticket_id"]),
        command=row["command_id"],
        action=row["action"],
        actor=row["actor"],
        at=from_ms(row["at_ms"]),
        changes=tuple(typed(change) for change in _changes.decode(row["changes"])),
        comment=row["comment"],
        entry=row["entry_id"],
        undoes=row["undoes"],
        undone=bool(row["undone"]),
    )


def event_values(event: Event) -> dict[str, Any]:
    return {
        "id": event.id,
        "ticket_id": event.ticket,
        "command_id": event.command,
        "action": event.action,
        "actor": event.actor,
        "at_ms": to_ms(event.at),
        "changes": encoded(event.changes),
        "comment": event.comment,
        "entry_id": event.entry,
        "undoes": event.undoes,
        "undone": int(event.undone),
    }


def draft(row: Row) -> Draft:
    rest = _draft_rest.decode(row["rest"])
    return Draft(
        key=DraftKey(ticket=TicketId(row["ticket_id"]), kind=DraftKind(row["kind"])),
        html=row["html"],
        text=row["text"],
        cc=rest.cc,
        attachments=rest.attachments,
        fields=rest.fields,
        saved_at=from_ms(row["saved_ms"]),
    )


def draft_values(draft: Draft) -> dict[str, Any]:
    rest = _DraftRest(cc=draft.cc, attachments=draft.attachments, fields=draft.fields)
    return {
        "ticket_id": draft.key.ticket,
        "kind": str(draft.key.kind),
        "html": draft.html,
        "text": draft.text,
        "rest": encoded(rest),
    }


def typed(change: Change) -> Change:
    """JSON knows fewer types than a ticket has: give old and new those of their field."""
    name = change.field.partition(":")[0]
    kind = {"task": Task | None, "custom": str | None}.get(name, _FIELD_TYPES.get(name, Any))
    return Change(
        field=change.field,
        old=msgspec.convert(change.old, kind),
        new=msgspec.convert(change.new, kind),
    )
