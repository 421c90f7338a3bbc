"""Expected failures, as codes and facts; anything else is a bug."""

from __future__ import annotations

from typing import ClassVar


class DeskError(Exception):
    """Something that can happen to a careful person; the window has a sentence for its `code`.

    `facts` are what the sentence names (a path, a version): never a secret, never ticket text.
    """

    code: ClassVar[str] = "desk"

    def __init__(self, **facts: object) -> None:
        self.facts = facts
        super().__init__(f"{self.code}: " + ", ".join(f"{k}={v}" for k, v in facts.items()))


class DeskMissingError(DeskError):
    """There is no desk in the folder (`path`)."""

    code = "desk_missing"


class DeskExistsError(DeskError):
    """There is a desk in the folder (`path`) already; it is left untouched."""

    code = "desk_exists"


class NoServerError(DeskError):
    """The desk (`path`) is not tied to a server: all is kept here alone."""

    code = "no_server"


class DeskGoneError(DeskError):
    """The desk's file (`path`) is not the one that was opened: moved, deleted or replaced."""

    code = "desk_gone"


class DeskBusyError(DeskError):
    """Another process holds the desk (`path`) and did not let go in time."""

    code = "desk_busy"


class DeskTooNewError(DeskError):
    """A newer program wrote this desk (`path`, `found`, `known`); it is left untouched."""

    code = "desk_too_new"


class DeskCorruptError(DeskError):
    """The file is not a database or fails its own check (`path`, `detail`)."""

    code = "desk_corrupt"


class DeskReadOnlyError(DeskError):
    """The desk's folder (`path`) cannot be written."""

    code = "desk_read_only"


class DiskFullError(DeskError):
    """No room is left where the desk (`path`) lives."""

    code = "disk_full"


class AttachmentMissingError(DeskError):
    """The bytes of an attachment (`name`, `sha256`) are not in the desk's folder."""

    code = "attachment_missing"


class AttachmentTooLargeError(DeskError):
    """A file (`name`, `size` bytes) is over the limit (`limit` bytes)."""

    code = "attachment_too_large"


class PictureRefusedError(DeskError):
    """A picture is not shown; `why` is a code."""

    code = "picture_refused"


class FileUnreadableError(DeskError):
    """A file named by the agent (`path`) cannot be read."""

    code = "file_unreadable"


class FileUnwritableError(DeskError):
    """A file that the agent wants to have (`path`, `detail`) cannot be written there."""

    code = "file_unwritable"


class WrongUsageError(DeskError):
    """A command line that means nothing; `why` is a code, the other facts are what it names."""

    code = "wrong_usage"


class NotFoundError(DeskError):
    """Nothing of this `kind` has this `name`."""

    code = "not_found"


class AmbiguousNameError(DeskError):
    """More than one of this `kind` answers to `name`."""

    code = "ambiguous_name"


class NothingToUndoError(DeskError):
    """The ticket (`number`) has no action that can still be undone; `why` is a code."""

    code = "nothing_to_undo"


class LifecycleError(DeskError):
    """A lifecycle file is wrong: `file`, `line`, `problem` (a code) and `name`."""

    code = "lifecycle"
