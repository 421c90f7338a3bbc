"""The list of this person's desks: folders, names and colours in one small file, nothing secret."""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desk_app.domain.errors import FileUnwritableError
from desk_app.ports.desks import COLOURS, DeskPlace

if TYPE_CHECKING:
    from collections.abc import Sequence


class DeskList:
    """Read and written whole; two programs at once lose no desk but the later one's colour."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def places(self) -> list[DeskPlace]:
        """What is listed; a file that cannot be read lists nothing."""
        try:
            raw = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return []
        found = [_place(one) for one in raw] if isinstance(raw, list) else []
        return [place for place in found if place is not None]

    def add(self, folder: Path, name: str) -> DeskPlace:
        places = self.places()
        there = next((p for p in places if p.folder == folder), None)
        if there is not None:
            return there
        used = [place.colour for place in places]
        free = [colour for colour in COLOURS if colour not in used]
        colour = free[0] if free else COLOURS[len(places) % len(COLOURS)]
        place = DeskPlace(folder=folder, name=name, colour=colour)
        self._write([*places, place])
        return place

    def change(self, place: DeskPlace) -> None:
        self._write([place if p.folder == place.folder else p for p in self.places()])

    def forget(self, folder: Path) -> None:
        self._write([place for place in self.places() if place.folder != folder])

    def put_back(self, place: DeskPlace, position: int) -> None:
        places = self.places()
        if all(one.folder != place.folder for one in places):
            self._write([*places[:position], place, *places[position:]])

    def _write(self, places: Sequence[DeskPlace]) -> None:
        """Put another file in the place of the old one, whole."""
        listed = [{"folder": str(p.folder), "name": p.name, "colour": p.colour} for p in places]
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self._path.parent, prefix=".desks-")
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(listed, file, ensure_ascii=False, indent=2)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(self._path)
        except OSError as error:
            raise FileUnwritableError(path=str(self._path), detail=error.strerror or "") from error


def _place(raw: Any) -> DeskPlace | None:
    """A line of the file; None where it is none of ours."""
    if not isinstance(raw, dict) or not isinstance(raw.get("folder"), str):
        return None
    place = DeskPlace(folder=Path(raw["folder"]), name=str(raw.get("name", "")))
    colour = raw.get("colour")
    return replace(place, colour=colour) if colour in COLOURS else place
