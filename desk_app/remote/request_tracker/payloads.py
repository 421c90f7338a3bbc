"""What RT answers, as typed values. Its numbers are sometimes text, its empty lists too."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from msgspec import Struct, field

Id = str | int


class Ref(Struct):
    """One thing named by another; of a user the id is the name to sign in with."""

    id: Id = ""
    type: str = ""
    name: str = ""
    """Of a custom field."""
    login: str = field(default="", name="Name")
    real_name: str | None = field(default="", name="RealName")
    email: str | None = field(default="", name="EmailAddress")

    @property
    def is_user(self) -> bool:
        """A role of a ticket may have groups in it too."""
        return self.type != "group"


class Answer(Struct):
    """The values of one custom field; None stands for one that was emptied."""

    id: Id = ""
    name: str = ""
    values: list[Any] = field(default_factory=list)


class Link(Struct):
    """A line of `_hyperlinks`."""

    ref: str = ""
    type: str = ""
    id: Id = ""
    to: str = ""
    url: str = field(default="", name="_url")


class Ticket(Struct):
    """A ticket, alone or in a list: the first has plain ids where the second has records."""

    id: Id
    type: str = field(default="ticket", name="Type")
    subject: str | None = field(default="", name="Subject")
    status: str = field(default="", name="Status")
    queue: Ref | Id = field(default="", name="Queue")
    owner: Ref | Id = field(default="", name="Owner")
    requestors: list[Ref] = field(default_factory=list, name="Requestor")
    cc: list[Ref] = field(default_factory=list, name="Cc")
    admin_cc: list[Ref] = field(default_factory=list, name="AdminCc")
    creator: Ref | Id = field(default="", name="Creator")
    priority: Id = field(default="0", name="Priority")
    due: str = field(default="", name="Due")
    created: str = field(default="", name="Created")
    updated: str = field(default="", name="LastUpdated")
    resolved: str = field(default="", name="Resolved")
    effective: Ref | Id = field(default="", name="EffectiveId")
    answers: list[Answer] | str = field(default="", name="CustomFields")
    links: list[Link] = field(default_factory=list, name="_hyperlinks")

    @property
    def people(self) -> list[Ref]:
        """Everybody in its roles; groups are no people."""
        return [ref for ref in (*self.requestors, *self.cc, *self.admin_cc) if ref.is_user]


class Watchers(Struct):
    """Who is told of what happens to a ticket."""

    id: Id
    requestors: list[Ref] = field(default_factory=list, name="Requestor")
    cc: list[Ref] = field(default_factory=list, name="Cc")
    admin_cc: list[Ref] = field(default_factory=list, name="AdminCc")


class Transaction(Struct):
    """One thing that happened."""

    id: Id
    type: str = field(default="", name="Type")
    ticket: Id = field(default="", name="ObjectId")
    creator: Ref | Id = field(default="", name="Creator")
    created: str = field(default="", name="Created")
    column: str | int = field(default="", name="Field")
    """What changed: a field, or a custom one by its id."""
    old: str | int | None = field(default="", name="OldValue")
    new: str | int | None = field(default="", name="NewValue")

    @property
    def number(self) -> int:
        return int(self.id)


class Attachment(Struct):
    """A part of what was written: a text, a file, or a frame around such."""

    id: Id
    transaction: Ref | Id = field(default="", name="TransactionId")
    kind: str | None = field(default="", name="ContentType")
    filename: str | None = field(default="", name="Filename")
    length: Id | None = field(default="0", name="ContentLength")
    headers: str | None = field(default="", name="Headers")
    content: str | None = field(default="", name="Content")


class User(Struct):
    """A user of RT, who may be an agent (Privileged) or not."""

    id: Id = ""
    login: str = field(default="", name="Name")
    real_name: str | None = field(default="", name="RealName")
    email: str | None = field(default="", name="EmailAddress")
    privileged: Id = field(default=0, name="Privileged")


class Queue(Struct):
    """A queue that the agent sees."""

    id: Id
    name: str = field(default="", name="Name")
    lifecycle: str | None = field(default="", name="Lifecycle")
    address: str | None = field(default="", name="CorrespondAddress")
    disabled: Id = field(default="0", name="Disabled")
    links: list[Link] = field(default_factory=list, name="_hyperlinks")


class QueueFields(Struct):
    """The custom fields that a queue's tickets have."""

    fields: list[Ref] | str = field(default="", name="TicketCustomFields")


class Choice(Struct):
    """One value of a list; some versions answer a bare text instead."""

    name: str = ""


class CustomField(Struct):
    """A custom field of a queue's tickets."""

    id: Id
    name: str = field(default="", name="Name")
    type: str = field(default="", name="Type")
    most: Id | None = field(default="0", name="MaxValues")
    """How many values at most; 0: any number."""
    disabled: Id = field(default="0", name="Disabled")
    choices: list[str | Choice] = field(default_factory=list, name="Values")


class Group(Struct):
    """A group of users."""

    id: Id
    name: str = field(default="", name="Name")
    members: list[Ref] = field(default_factory=list, name="Members")


class Version(Struct):
    """What RT says of itself."""

    version: str = field(default="", name="Version")


class Message(Struct):
    """Why RT said no."""

    message: str = ""


class Made(Struct):
    """What came into being."""

    id: Id


T = TypeVar("T")


class Found(Struct, Generic[T]):
    """One page of a search; `total` is None where some of it may be hidden."""

    items: list[T]
    total: int | None = None


Tickets = Found[Ticket]
Watched = Found[Watchers]
Transactions = Found[Transaction]
Attachments = Found[Attachment]
Users = Found[User]
Queues = Found[Queue]
Groups = Found[Group]


def id_of(found: Ref | Id) -> str:
    return str(found.id if isinstance(found, Ref) else found)


def time_of(text: str) -> datetime | None:
    """A time as RT writes it, in UTC; None for its 'never', which is 1970, and for nothing.

    Transactions have it as it was given: with T and Z, or without.
    """
    try:
        found = datetime.fromisoformat(text.strip().replace("Z", "+00:00"))
    except ValueError:
        return None
    found = found if found.tzinfo else found.replace(tzinfo=UTC)
    return None if found.timestamp() <= 0 else found.astimezone(UTC)


def time_text(at: datetime | None) -> str:
    """A time as RT takes it in a change. With T and Z it says yes, and then keeps 'never'."""
    return "" if at is None else at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
