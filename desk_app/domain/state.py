"""States, stages and ids: all of a ticket that the first screen needs."""

from __future__ import annotations

from enum import IntEnum
from typing import NewType

TicketId = NewType("TicketId", int)
"""Made on this machine, rising with time. Never the server's number: a draft has none yet."""

EntryId = NewType("EntryId", int)
"""Made from the entry's own time, so that the highest id is the newest text."""


class State(IntEnum):
    """What a status means to the rules. Values are stored."""

    OPEN = 0
    CLOSED = 1
    ARCHIVED = 2
    DELETED = 3


class Stage(IntEnum):
    """The four stages of a ticket's life, in order. Values are stored."""

    INTAKE = 0
    ASSIGNMENT = 1
    WORKING = 2
    RESOLUTION = 3
