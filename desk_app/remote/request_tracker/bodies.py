"""Steps as RT wants to be told them. Pure."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from desk_app.domain.rich_text import text_to_html
from desk_app.ports.remote_errors import RefusedByServerError
from desk_app.remote.request_tracker.parts import content_type
from desk_app.remote.request_tracker.payloads import time_text
from desk_app.remote.request_tracker.tickets import NOBODY, PRIORITY_NUMBERS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from desk_app.domain.entry import Change, Entry
    from desk_app.domain.outbox import NewTicket
    from desk_app.ports.remote import RemotePerson, Sending
    from desk_app.ports.unit_of_work import AttachmentStore

KEPT_FIELDS = frozenset(
    {
        *("subject", "status", "owner", "department", "priority", "due_at"),
        *("links", "merged_into", "custom", "requester", "collaborators", "watchers"),
    }
)
"""Fields of a ticket that RT has."""
_NOTHING = "<p></p>"
"""RT drops an empty text, and the marker with it."""
_NO_BYTES = "===="
"""Base64 for nothing: RT 5.0.3 refuses a file with no text, and keeps this as an empty one."""


def entry_body(entry: Entry, command: str, files: AttachmentStore) -> dict[str, Any]:
    """A text with its files, for a reply, a note or a new ticket."""
    body: dict[str, Any] = {
        "Content": entry.html or text_to_html(entry.text) or _NOTHING,
        "ContentType": content_type(command),
    }
    if entry.attachments:
        body["Attachments"] = [
            {
                "FileName": _file_name(file.name),
                "FileType": file.mime_type,
                "FileContent": base64.b64encode(files.read(file)).decode("ascii") or _NO_BYTES,
            }
            for file in entry.attachments
        ]
    return body


def _file_name(name: str) -> str:
    """A name as in a mail's head: bare letters beyond ASCII arrive broken (RT 5.0.3)."""
    if name.isascii():
        return name
    return f"=?UTF-8?B?{base64.b64encode(name.encode()).decode('ascii')}?="


def ticket_body(step: NewTicket, sending: Sending, files: AttachmentStore) -> dict[str, Any]:
    """A new ticket with all that it begins with."""
    start = step.ticket
    body: dict[str, Any] = {"Queue": start.department, "Subject": subject_line(start.subject)}
    body |= {"Status": start.status, "Owner": start.owner or NOBODY}
    if start.priority in PRIORITY_NUMBERS:
        body["Priority"] = str(PRIORITY_NUMBERS[start.priority])
    if sending.requester is not None and sending.requester.email:
        body["Requestor"] = address(sending.requester)
    if start.due_at is not None:
        body["Due"] = time_text(start.due_at)
    if start.custom:
        body["CustomFields"] = {key: answer_value(value) for key, value in start.custom}
    if start.links:
        body["RefersTo"] = [sending.others[int(link)] for link in start.links]
    if step.entry is not None:
        body |= entry_body(step.entry, sending.command, files)
    else:
        body |= {"Content": _NOTHING, "ContentType": content_type(sending.command)}
    return body


def address(person: RemotePerson) -> str:
    """A person as in a mail's head: RT makes a user of them if it has none."""
    name = "".join(char for char in person.name if char.isprintable() and char not in '"\\<>')
    return f'"{name}" <{person.email}>' if name and name != person.email else person.email


def edit_body(changes: tuple[Change, ...], others: Mapping[int, str]) -> dict[str, Any]:
    """What a change of fields is told as.

    Raises:
        RefusedByServerError: RT has no such field (`fields`).
    """
    lost = sorted({c.field for c in changes if c.field.partition(":")[0] not in KEPT_FIELDS})
    if lost:
        raise RefusedByServerError(words="", fields=", ".join(lost))
    merge = next((c for c in changes if c.field == "merged_into" and c.new is not None), None)
    if merge is not None:  # what follows from it on this side, RT does by itself
        return {"MergeInto": others[int(str(merge.new))]}
    body: dict[str, Any] = {}
    for change in changes:
        name, _, part = change.field.partition(":")
        if name == "custom":
            answers = body.setdefault("CustomFields", {})
            answers[part] = answer_value(str(change.new or ""))
        elif name == "links":
            body |= _links(change, others)
        elif name in _WRITTEN:
            body |= {_WRITTEN[name][0]: _WRITTEN[name][1](change.new)}
    return body


def answer_value(text: str) -> list[str] | str | None:
    """Of a custom field: RT empties one for null, and takes lines as several values."""
    lines = [line for line in text.splitlines() if line]
    if not lines:
        return None
    return lines[0] if len(lines) == 1 else lines


def linked(change: Change, others: Mapping[int, str]) -> tuple[set[str], set[str]]:
    """RT's ids of the tickets that a change of links adds, and of those that it takes away."""
    old, new = (_ids(value) for value in (change.old, change.new))
    return {others[one] for one in new - old}, {others[one] for one in old - new}


def _links(change: Change, others: Mapping[int, str]) -> dict[str, Any]:
    """A relation goes away in whichever direction it was made."""
    added, taken = linked(change, others)
    body: dict[str, Any] = {}
    if added:
        body["AddRefersTo"] = sorted(added)
    if taken:
        body |= {"DeleteRefersTo": sorted(taken), "DeleteReferredToBy": sorted(taken)}
    return body


def _ids(value: object) -> set[int]:
    return {int(str(one)) for one in value} if isinstance(value, (tuple, list)) else set()


def subject_line(text: object) -> str:
    """RT takes line ends out of a subject without a word; a space for them reads better."""
    return " ".join(str(text or "").split())


_WRITTEN: Mapping[str, tuple[str, Any]] = {
    "subject": ("Subject", subject_line),
    "status": ("Status", str),
    "owner": ("Owner", lambda value: value or NOBODY),
    "department": ("Queue", str),
    "priority": ("Priority", lambda value: str(PRIORITY_NUMBERS.get(str(value), 0))),
    "due_at": ("Due", time_text),
}
