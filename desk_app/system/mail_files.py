"""Finds mails in files, mailboxes and folders, and hands out their bytes one by one.

Files are only opened for reading. The standard library's `mailbox` is not used: it indexes the
whole file first, and it locks and rewrites what is the user's.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote_from_bytes, unquote_to_bytes

from desk_app.domain.mail import BrokenReason, RawMail, SourceProblem
from desk_app.system.mail_parse import MAX_MAIL_BYTES
from desk_app.system.mail_text import scrubbed

_BOX_SUFFIXES = frozenset({".mbox", ".mbx"})
_LINE_BYTES = 1_000_000
"""A longer line is read in pieces, so that no line fills the memory."""

_FROM = b"From "
_BLANK = frozenset({b"\n", b"\r\n"})
_PROBED_BYTES = 200
_MOMENT = re.compile(rb"\d\d?:\d\d.*\d{4}|\d{4}.*\d\d?:\d\d")
"""An envelope line has a time and a year; `From here on` after a blank line has not."""

_HEADER = re.compile(
    rb"(?:from|to|date|subject|received|return-path|message-id|delivered-to|mime-version"
    rb"|content-type|x-[a-z0-9-]+):",
    re.IGNORECASE,
)
"""What a mail begins with."""
_ESCAPED_FROM = re.compile(rb">+From ")
_TOKEN = re.compile(r"(\d{1,19}):(\d{1,19}):(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    path: Path
    size: int
    before: int
    """Bytes of all files before this one."""

    @property
    def origin(self) -> str:
        return scrubbed(str(self.path))


@dataclass(frozen=True, slots=True)
class _Place:
    """Behind the `ordinal`-th mail of a file, at `offset` bytes."""

    path: str
    offset: int = 0
    ordinal: int = 0

    def token(self) -> str:
        # Quoted: names of files need not be text, and the token is stored.
        return f"{self.offset}:{self.ordinal}:{quote_from_bytes(os.fsencode(self.path), ' /:')}"


def _get_place(token: str) -> _Place:
    found = _TOKEN.fullmatch(token)
    if found is None:
        raise ValueError("not a position in a mail source")
    return _Place(os.fsdecode(unquote_to_bytes(found[3])), int(found[1]), int(found[2]))


class MailSource:
    """The mails in some files and folders, in the order of their paths."""

    def __init__(self, paths: Sequence[Path]) -> None:
        """List the files; `total_bytes` is known then, and next to nothing has been read.

        A folder gives its `.eml`, `.mbox` and `.mbx` files and mailboxes without an extension,
        at any depth; hidden ones and links to folders are left out. A file that is named itself
        is always taken: as a mailbox if it starts with `From `, else as a mail.
        """
        self._problems: dict[str, str] = {}
        self.passed_over = 0
        """Files in folders that are called neither mail nor mailbox nor table."""
        found: dict[Path, int] = {}
        for path in paths:
            found.update(self._listed(path.absolute()))
        self._files: list[_File] = []
        self.total_bytes = 0
        for path in sorted(found, key=str):
            self._files.append(_File(path=path, size=found[path], before=self.total_bytes))
            self.total_bytes += found[path]

    def read(self, after: str | None = None) -> Iterator[RawMail | SourceProblem]:
        """Yield all mails, or those behind the one whose `position` is given.

        What cannot be read is yielded as a problem. A mailbox that changed, so that the position
        is no longer at the start of a mail, is read from its start again.

        Raises:
            ValueError: `after` is no position of a source.
        """
        place = _Place("") if after is None else _get_place(after)
        if after is None:
            yield from self._listing_problems()
        for file in self._files:
            path = str(file.path)
            is_done = path == place.path and place.ordinal and place.offset == file.size
            if path >= place.path and not is_done:
                yield from _file_mails(file, place if path == place.path else _Place(path))

    def _listing_problems(self) -> Iterator[SourceProblem]:
        for path, detail in self._problems.items():
            yield SourceProblem(
                origin=scrubbed(path),
                position=_Place("").token(),
                done_bytes=0,
                reason=BrokenReason.UNREADABLE_FILE,
                detail=detail,
            )

    def _listed(self, path: Path) -> dict[Path, int]:
        """Return the files under a path with their sizes in bytes."""
        if not path.is_dir():
            return self._measured(path)
        found: dict[Path, int] = {}
        for file in visible_files(path, self._note):
            found.update(self._measured(file, in_folder=True))
        return found

    def _measured(self, path: Path, *, in_folder: bool = False) -> dict[Path, int]:
        try:
            facts = path.stat()
            is_file = stat.S_ISREG(facts.st_mode)  # a pipe would never end
            if is_file and (not in_folder or _is_mail_in_folder(path)):
                return {path: facts.st_size}
        except OSError as exc:
            self._note(exc)
            return {}
        self.passed_over += is_file and path.suffix.lower() != ".csv"
        if not is_file and not in_folder:
            self._problems[str(path)] = "not_a_file"
        return {}

    def _note(self, exc: OSError) -> None:
        self._problems[os.fsdecode(exc.filename or "")] = _fact(exc)


def visible_files(path: Path, note: Callable[[OSError], None] = lambda _: None) -> Iterator[Path]:
    """Yield the files under a folder, at any depth, without hidden ones; `note` hears of trouble.

    Links to folders are left out: they may lead in a circle, or out to everything.
    """
    for folder, folders, names in os.walk(path, onerror=note):
        folders[:] = [name for name in folders if not _is_hidden(Path(folder, name))]
        for name in names:
            file = Path(folder, name)
            if not _is_hidden(file):
                yield file


def _fact(exc: OSError) -> str:
    return exc.strerror or type(exc).__name__


def _is_hidden(path: Path) -> bool:
    if path.name.startswith("."):
        return True
    try:
        attributes = getattr(path.lstat(), "st_file_attributes", 0)  # Windows only
    except OSError:
        return False
    return bool(attributes & stat.FILE_ATTRIBUTE_HIDDEN)


def _is_mail_in_folder(path: Path) -> bool:
    suffix = path.suffix.lower()
    if suffix:
        return suffix == ".eml" or suffix in _BOX_SUFFIXES
    with path.open("rb") as stream:
        return _begins_as_box(stream.read(_PROBED_BYTES))


def _begins_as_box(head: bytes) -> bool:
    return head.lstrip(b"\r\n").startswith(_FROM)


def _file_mails(file: _File, place: _Place) -> Iterator[RawMail | SourceProblem]:
    """Yield what is behind a place in a file; a file that cannot be read on is a problem."""
    try:
        with file.path.open("rb") as stream:
            head = stream.read(_PROBED_BYTES)
            stream.seek(0)
            suffix = file.path.suffix.lower()
            is_single = _HEADER.match(head) is not None  # whatever it is called
            if _begins_as_box(head) and suffix != ".eml":
                yield from _box_mails(stream, file, place)
            elif suffix in _BOX_SUFFIXES and not is_single:
                yield from _no_box(file)
            elif not place.ordinal:
                yield _single(stream, file)
    except OSError as exc:
        yield _problem(file, BrokenReason.UNREADABLE_FILE, _fact(exc))


def _no_box(file: _File) -> Iterator[SourceProblem]:
    if file.size:  # an empty mailbox is one without mails
        yield _problem(file, BrokenReason.NOT_A_MAILBOX)


def _problem(file: _File, reason: BrokenReason, detail: str = "") -> SourceProblem:
    """Return a problem with a whole file; its position is behind the file."""
    return SourceProblem(
        origin=file.origin,
        position=_Place(str(file.path), file.size, 1).token(),
        done_bytes=file.before + file.size,
        reason=reason,
        detail=detail,
    )


def _single(stream: BinaryIO, file: _File) -> RawMail | SourceProblem:
    if file.size > MAX_MAIL_BYTES:
        return _problem(file, BrokenReason.TOO_LARGE, str(file.size))
    return RawMail(
        origin=file.origin,
        position=_Place(str(file.path), file.size, 1).token(),
        done_bytes=file.before + file.size,
        data=stream.read(MAX_MAIL_BYTES + 1),  # it may have grown
    )


class _Gathered:
    """The lines of one mail of a mailbox, given up once they are too many."""

    def __init__(self) -> None:
        self._lines: list[bytes] = []
        self._size = 0

    def add(self, line: bytes) -> None:
        self._size += len(line)
        if self._size <= MAX_MAIL_BYTES:
            self._lines.append(line)
        else:
            self._lines.clear()

    def item(self, file: _File, place: _Place) -> RawMail | SourceProblem:
        """Return the mail that ends at `place`."""
        origin = f"{file.origin}#{place.ordinal}"
        position = place.token()
        done = file.before + min(place.offset, file.size)
        if self._size > MAX_MAIL_BYTES:
            return SourceProblem(
                origin=origin,
                position=position,
                done_bytes=done,
                reason=BrokenReason.TOO_LARGE,
                detail=str(self._size),
            )
        if self._lines and self._lines[-1] in _BLANK:  # it belongs to the next envelope line
            self._lines.pop()
        data = b"".join(self._lines)
        return RawMail(origin=origin, position=position, done_bytes=done, data=data)


def _box_mails(stream: BinaryIO, file: _File, place: _Place) -> Iterator[RawMail | SourceProblem]:
    """Yield the mails behind a place of a mailbox, one in memory at a time."""
    place = _checked(stream, file, place)
    path, offset, ordinal = str(file.path), place.offset, place.ordinal
    mail: _Gathered | None = None
    after_blank = at_line_start = True
    while line := stream.readline(_LINE_BYTES):
        if _is_envelope(line, is_first=mail is None) and (
            after_blank or (at_line_start and _is_header_next(stream))
        ):
            if mail is not None:
                ordinal += 1
                yield mail.item(file, _Place(path, offset, ordinal))
            mail = _Gathered()
        elif mail is not None:
            is_escaped = at_line_start and _ESCAPED_FROM.match(line)
            mail.add(line[1:] if is_escaped else line)
        offset += len(line)
        after_blank = at_line_start and line in _BLANK
        at_line_start = line.endswith(b"\n")
    if mail is not None:
        yield mail.item(file, _Place(path, offset, ordinal + 1))


def _is_header_next(stream: BinaryIO) -> bool:
    """Whether a mail begins here: some archives leave out the blank line before an envelope."""
    here = stream.tell()
    head = stream.read(_PROBED_BYTES)
    stream.seek(here)
    return _HEADER.match(head) is not None


def _checked(stream: BinaryIO, file: _File, place: _Place) -> _Place:
    """Go to a place; to the start of the file if no mail starts there any more."""
    stream.seek(place.offset)
    line = stream.readline(_PROBED_BYTES)
    is_good = line.startswith(_FROM) if line else place.offset == file.size
    if not is_good:
        place = _Place(place.path)
    stream.seek(place.offset)
    return place


def _is_envelope(line: bytes, *, is_first: bool) -> bool:
    return line.startswith(_FROM) and (is_first or bool(_MOMENT.search(line[:_PROBED_BYTES])))
