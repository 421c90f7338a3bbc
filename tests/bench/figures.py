"""What is measured, what is aimed at, and the table of both."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One line of the table: the program's value, and the floor's of the same run if there is one.

    The goal is for the ratio of both if there is a floor, else for the value.
    """

    name: str
    size: int
    value: float
    unit: str = "ms"
    floor: float | None = None
    goal: float | None = None
    at_least: bool = False

    @property
    def judged(self) -> float:
        return self.value if self.floor is None else self.value / self.floor

    @property
    def verdict(self) -> str:
        if self.goal is None:
            return ""
        met = self.judged >= self.goal if self.at_least else self.judged <= self.goal
        return "met" if met else "MISSED"

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"judged": self.judged, "verdict": self.verdict}


def percentile(times: Sequence[float], share: float) -> float:
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


def size_text(size: int) -> str:
    return f"{size // 1_000_000}m" if size % 1_000_000 == 0 else f"{size // 1000}k"


def table(figures: Sequence[Figure]) -> str:
    """All figures by name, one line a size; the last column is the growth from size to size."""
    rows = [("figure", "tickets", "measured", "floor", "ratio", "goal", "", "growth")]
    last: dict[str, Figure] = {}
    for figure in figures:
        older = last.get(figure.name)
        grown = "" if older is None or older.value == 0 else f"x{figure.value / older.value:.2f}"
        rows.append((*_cells(figure), grown))
        last[figure.name] = figure
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = ["  ".join(_fitted(row, widths)).rstrip() for row in rows]
    return "\n".join([lines[0], "-" * len(lines[0]), *lines[1:]])


def _fitted(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    first, *rest = (
        text.ljust(width) if i == 0 else text.rjust(width)
        for i, (text, width) in enumerate(zip(row, widths, strict=True))
    )
    return [first, *rest]


def _cells(figure: Figure) -> tuple[str, ...]:
    sign = ">=" if figure.at_least else "<="
    kind = "x" if figure.floor is not None else f" {figure.unit}"
    return (
        figure.name,
        size_text(figure.size),
        f"{_short(figure.value)} {figure.unit}",
        "" if figure.floor is None else f"{_short(figure.floor)} {figure.unit}",
        "" if figure.floor is None else f"{figure.judged:.2f}x",
        "" if figure.goal is None else f"{sign} {figure.goal:,g}{kind}",
        figure.verdict,
    )


def _short(value: float) -> str:
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.3f}"
