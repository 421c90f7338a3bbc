"""The directory of a desk as rows: one JSON document a thing."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgspec

from desk_app.domain.calm_text import calm
from desk_app.domain.directory import CannedResponse, Directory, HelpTopic, Priority
from desk_app.domain.lifecycle_file import load_lifecycle
from desk_app.domain.people import Agent, Department, Role, Team
from desk_app.domain.sla import Schedule, SlaPlan

if TYPE_CHECKING:
    from collections.abc import Iterable

    from desk_app.domain.lifecycle import Lifecycle

LIFECYCLE = "lifecycle"
"""The kind of the one row that holds the lifecycle's own file text, so that a desk keeps its
rules when the program's files change."""

KINDS: dict[str, tuple[str, type[Any]]] = {
    "agent": ("agents", Agent),
    "role": ("roles", Role),
    "department": ("departments", Department),
    "team": ("teams", Team),
    "topic": ("topics", HelpTopic),
    "priority": ("priorities", Priority),
    "sla": ("slas", SlaPlan),
    "schedule": ("schedules", Schedule),
    "canned": ("canned", CannedResponse),
}

_NAMED = frozenset({"agents", "teams", "departments"})
"""What stands in heads, lists and sentences by a name that somebody chose on a server."""
_LONGEST = 120
"""Letters of such a name."""


def directory(rows: Iterable[tuple[str, str, str, str]]) -> Directory:
    """Build the directory from (kind, key, name, doc) rows in their order."""
    parts: dict[str, dict[str, Any]] = {field: {} for field, _ in KINDS.values()}
    name, lifecycle = "", None
    for kind, key, title, doc in rows:
        if kind == LIFECYCLE:
            name, lifecycle = title, _lifecycle(key, doc)
        elif kind in KINDS:
            field, made = KINDS[kind]
            thing = msgspec.json.decode(doc, type=made)
            parts[field][key] = _calm(thing) if field in _NAMED else thing
    if lifecycle is None:
        raise LookupError("a desk without a lifecycle")
    return Directory(name=name, lifecycle=lifecycle, **parts)


def directory_values(directory: Directory, lifecycle_text: str) -> list[dict[str, object]]:
    """The rows to keep for a directory; `lifecycle_text` is its lifecycle's TOML."""
    rows: list[dict[str, object]] = [
        {
            "kind": LIFECYCLE,
            "key": directory.lifecycle.key,
            "name": directory.name,
            "position": 0,
            "doc": lifecycle_text,
        }
    ]
    for kind, (field, _) in KINDS.items():
        for position, thing in enumerate(getattr(directory, field).values()):
            rows.append(
                {
                    "kind": kind,
                    "key": thing.key,
                    "name": getattr(thing, "name", None) or thing.title,
                    "position": position,
                    "doc": msgspec.json.encode(thing).decode(),
                }
            )
    return rows


def _calm(thing: Any) -> Any:
    """The same with a name that stays on its line and turns nothing round."""
    name = calm(thing.name, _LONGEST)
    return thing if name == thing.name else replace(thing, name=name)


@lru_cache(maxsize=4)
def _lifecycle(key: str, text: str) -> Lifecycle:
    return load_lifecycle(text, key=key, file=f"{key}.toml")
