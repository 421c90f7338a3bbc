"""Mails on their way to the agent's own mail program: files that are opened there as drafts."""

from __future__ import annotations

import os
import time
import uuid
from typing import TYPE_CHECKING

from desk_app.domain.errors import DeskReadOnlyError
from desk_app.domain.mail import MailPart
from desk_app.system.mail_write import unsent_eml

if TYPE_CHECKING:
    from pathlib import Path

    from desk_app.ports.unit_of_work import AttachmentStore
    from desk_app.services.mailing import UnsentMail

FOLDER = "mail-drafts"
KEEP_DAYS = 7
"""Mail programs copy what they open; after this long the files only take room."""


def write_mail(desk: Path, mail: UnsentMail, files: AttachmentStore) -> Path:
    """Write the mail into the desk's folder, readable for its owner alone.

    Raises:
        BadMailFieldError: an address could not be read back as it is.
        AttachmentMissingError: a file of the mail is not in the desk.
        DeskReadOnlyError: the folder cannot be written.
    """
    parts = [
        MailPart(
            name=file.name,
            mime_type=file.mime_type,
            content_id=file.content_id,
            inline=file.inline,
            data=files.read(file),
        )
        for file in mail.attachments
    ]
    data = unsent_eml(
        sender=mail.sender,
        to=mail.to,
        cc=mail.cc,
        subject=mail.subject,
        html=mail.html,
        text=mail.text,
        attachments=parts,
        in_reply_to=mail.references[-1] if mail.references else None,
        references=mail.references,
        message_id=f"{uuid.uuid4().hex}@{mail.sender.email.rpartition('@')[2] or 'desk'}",
    )
    folder = desk / FOLDER
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        _forget_old(folder)
        path = folder / f"{uuid.uuid4().hex}.eml"
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)
    except OSError as error:
        raise DeskReadOnlyError(path=str(folder), detail=error.strerror or "") from error
    return path


def _forget_old(folder: Path) -> None:
    oldest = time.time() - KEEP_DAYS * 24 * 3600
    for path in folder.glob("*.eml"):
        if path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)
