"""The desks that this person has on this machine, as they are listed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

COLOURS = ("blue", "green", "orange", "purple", "teal", "red", "brown", "grey")
"""Names of the colours that desks are told apart by, beside their names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskPlace:
    """One desk, as its person knows it."""

    folder: Path
    name: str
    colour: str = COLOURS[0]
    """One of `COLOURS`."""
