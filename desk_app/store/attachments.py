"""Files of a desk: each kept once, under the hash of its bytes, on disk before a row names it."""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

from desk_app.domain.entry import Attachment
from desk_app.domain.errors import (
    AttachmentMissingError,
    AttachmentTooLargeError,
    DeskError,
    DeskGoneError,
    DeskReadOnlyError,
    DiskFullError,
    FileUnreadableError,
    FileUnwritableError,
)
from desk_app.domain.failpoint import failpoint
from desk_app.domain.mail import safe_name

FOLDER = "attachments"
_NO_SPACE = 28
_MOST_COPIES = 1000


class HashedFiles:
    """An `AttachmentStore` in the folder of a desk."""

    def __init__(self, desk: Path) -> None:
        self._root = desk / FOLDER

    def add(self, data: bytes, *, name: str, mime_type: str) -> Attachment:
        if not self._root.parent.is_dir():  # never a folder of files beside no desk
            raise DeskGoneError(path=str(self._root.parent))
        digest = hashlib.sha256(data).hexdigest()
        if not self.path(digest).is_file():
            self._write(digest, data)
        return Attachment(name=name, mime_type=mime_type, size=len(data), sha256=digest)

    def add_file(self, path: str, *, limit: int) -> Attachment:
        import mimetypes

        source = Path(path)
        try:
            found = source.stat()
            if not stat.S_ISREG(found.st_mode):  # a pipe would never end
                raise FileUnreadableError(path=path, detail="")
            size = found.st_size
            if size > limit:
                raise AttachmentTooLargeError(name=source.name, size=size, limit=limit)
            data = source.read_bytes()
        except OSError as error:
            raise FileUnreadableError(path=path, detail=error.strerror or "") from error
        kind = mimetypes.guess_type(source.name)[0] or "application/octet-stream"
        return self.add(data, name=source.name, mime_type=kind)

    def read(self, attachment: Attachment) -> bytes:
        try:
            data = self.path(attachment.sha256).read_bytes()
        except OSError as error:
            raise self._missing(attachment) from error
        if hashlib.sha256(data).hexdigest() != attachment.sha256:
            raise self._missing(attachment)
        return data

    def save_copy(self, attachment: Attachment, target: str) -> None:
        data = self.read(attachment)
        try:
            Path(target).write_bytes(data)
        except OSError as error:
            raise self._outside(error, Path(target)) from error

    def save_new(self, attachment: Attachment, folder: str, *, read_only: bool = False) -> str:
        data = self.read(attachment)
        wanted = Path(folder) / (safe_name(attachment.name) or "file")
        try:
            for number in range(1, _MOST_COPIES):
                name = wanted.name if number == 1 else f"{wanted.stem} ({number}){wanted.suffix}"
                with suppress(FileExistsError):
                    self._write_new(wanted.with_name(name), data, read_only=read_only)
                    return str(wanted.with_name(name))
        except OSError as error:
            raise self._outside(error, wanted) from error
        raise FileUnwritableError(path=str(wanted), detail="")

    def path(self, digest: str) -> Path:
        """Where the bytes with this hash are, or would be."""
        return self._root / digest[:2] / digest

    def _write_new(self, path: Path, data: bytes, *, read_only: bool) -> None:
        """Write a file that must not be there yet, not even as a link."""
        with path.open("xb") as file:
            file.write(data)
        if read_only:
            path.chmod(stat.S_IRUSR)

    def _write(self, digest: str, data: bytes) -> None:
        path = self.path(digest)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._write_whole(path, data)
        except OSError as error:
            raise self._meaning(error, self._root) from error

    def _write_whole(self, path: Path, data: bytes) -> None:
        """Write a file that is there as a whole or not at all, also where the disk is full."""
        file = tempfile.NamedTemporaryFile(dir=path.parent, delete=False)  # noqa: SIM115
        part = Path(file.name)
        try:
            with file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        except OSError:
            part.unlink(missing_ok=True)  # a full disk gets its room back
            raise
        failpoint("attachment.before_rename")
        part.replace(path)
        failpoint("attachment.after_rename")

    def _missing(self, attachment: Attachment) -> AttachmentMissingError:
        return AttachmentMissingError(name=attachment.name, sha256=attachment.sha256)

    def _outside(self, error: OSError, path: Path) -> DeskError:
        kind = DiskFullError if error.errno == _NO_SPACE else FileUnwritableError
        return kind(path=str(path), detail=error.strerror or "")

    def _meaning(self, error: OSError, path: Path) -> DeskError:
        kind = DiskFullError if error.errno == _NO_SPACE else DeskReadOnlyError
        return kind(path=str(path), detail=error.strerror or "")
