"""Hands a reply to the agent's own mail program: what it needs to become a mail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from desk_app.domain.mail import MailAddress
from desk_app.domain.rich_text import html_to_text

if TYPE_CHECKING:
    from desk_app.domain.directory import Directory
    from desk_app.domain.draft import Draft
    from desk_app.domain.entry import Attachment
    from desk_app.domain.people import Agent
    from desk_app.ports.reader import TicketPage

_REFERENCES = 20
"""Message-IDs that a mail names at most; mail programs thread by the newest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnsentMail:
    """A mail that nobody sent yet."""

    sender: MailAddress
    to: tuple[MailAddress, ...]
    cc: tuple[MailAddress, ...]
    subject: str
    html: str
    text: str
    attachments: tuple[Attachment, ...]
    references: tuple[str, ...]
    """Message-IDs of the thread, oldest first; the last one is what this answers."""


def reply_mail(
    page: TicketPage, draft: Draft, agent: Agent, directory: Directory, html: str
) -> UnsentMail:
    """The mail for a reply; `html` is the draft's text, cleaned.

    It comes from the department where that has an address, else from the agent, and carries the
    ticket's number, so that the answer finds its way back.
    """
    department = directory.departments.get(page.ticket.department)
    email = agent.email if department is None or not department.email else department.email
    number = f" [#{page.ticket.number}]" if page.ticket.number else ""
    return UnsentMail(
        sender=MailAddress(name=agent.name, email=email),
        to=(MailAddress(name=page.requester.name, email=page.requester.email),),
        cc=tuple(MailAddress(email=address) for address in draft.cc),
        subject=f"Re: {page.ticket.subject}{number}",
        html=html,
        text=html_to_text(html),
        attachments=draft.attachments,
        references=tuple(e.message_id for e in page.entries if e.message_id)[-_REFERENCES:],
    )
