"""What a person types to narrow a queue: words, and conditions such as `status:open agent:me`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from desk_app.domain.errors import AmbiguousNameError, NotFoundError
from desk_app.domain.filters import NOBODY, QueueFilter
from desk_app.domain.state import Stage, State

if TYPE_CHECKING:
    from desk_app.domain.directory import Directory

NAMES = (
    *("status", "agent", "team", "department", "priority", "topic"),
    *("is", "has", "stage", "breach"),
)
"""Every condition that there is; any other `x:y` is words."""

_TOKEN = re.compile(rf'(?<!\S)({"|".join(NAMES)}):("[^"]*"|\S+)', re.IGNORECASE)
_SPACED_TOKEN = re.compile(rf"\s*{_TOKEN.pattern}", re.IGNORECASE)


class Condition(NamedTuple):
    """One `name:value` of a search."""

    name: str
    value: str
    """As it was typed, without quotes."""

    @property
    def text(self) -> str:
        """As it is typed."""
        quoted = f'"{self.value}"' if re.search(r"\s", self.value) else self.value
        return f"{self.name}:{quoted}"


class Search(NamedTuple):
    """A search, read."""

    words: str = ""
    """What is looked for in texts."""
    conditions: tuple[Condition, ...] = ()
    unknown: tuple[Condition, ...] = ()
    """Conditions that name nothing on this desk: they let everything through."""
    filters: tuple[QueueFilter, ...] = ()

    def narrow(self, queue: QueueFilter) -> QueueFilter:
        """The queue, with everything that the search asks for besides."""
        return queue._replace(also=(*queue.also, *self.filters))


def read_search(text: str, directory: Directory | None, *, agent: str, now_ms: int) -> Search:
    """Read what was typed; without a directory (it is still being read) names are not known.

    Conditions: status, agent (a name, `me`, `nobody`), team, department, priority, topic, stage
    (1 to 4), breach (why it was late; `any`, `none`), is (open, closed, answered, unanswered,
    unassigned, overdue), has (draft).
    """
    found = [Condition(name=m[1].lower(), value=m[2].strip('"')) for m in _TOKEN.finditer(text)]
    words = " ".join(_TOKEN.sub(" ", text).split())
    filters: list[QueueFilter] = [QueueFilter(text=words)] if words else []
    unknown = []
    for condition in found:
        meant = _meaning(condition, directory, agent, now_ms)
        if meant is None:
            unknown.append(condition)
        else:
            filters.append(meant)
    return Search(
        words=words,
        conditions=tuple(found),
        unknown=tuple(unknown),
        filters=tuple(filters),
    )


def without(text: str, condition: Condition) -> str:
    """What was typed, less one condition."""

    def keep(found: re.Match[str]) -> str:
        same = (found[1].lower(), found[2].strip('"')) == (condition.name, condition.value)
        return "" if same else found[0]

    return _SPACED_TOKEN.sub(keep, text).strip()


def _meaning(
    condition: Condition, directory: Directory | None, agent: str, now_ms: int
) -> QueueFilter | None:
    value = condition.value.casefold()
    plain = {
        **_PLAIN,
        "is:overdue": QueueFilter(state=State.OPEN, due_before_ms=now_ms),
        "agent:me": QueueFilter(owner=agent),
    }.get(f"{condition.name}:{value}")
    make = _NAMED.get(condition.name)
    if plain is not None or directory is None or make is None:
        return plain
    try:
        return make(directory, condition.value)
    except (NotFoundError, AmbiguousNameError):
        return None


def _key(things: Mapping[str, Any], kind: str, name: str) -> str:
    from desk_app.domain.directory import find_by_name  # with it comes much that a start needs not

    return find_by_name(things, kind, name)


_PLAIN: Mapping[str, QueueFilter] = {
    "is:open": QueueFilter(state=State.OPEN),
    "is:closed": QueueFilter(state=State.CLOSED),
    "is:answered": QueueFilter(answered=True),
    "is:unanswered": QueueFilter(answered=False),
    "is:unassigned": QueueFilter(unassigned=True),
    "has:draft": QueueFilter(has_draft=True),
    "agent:nobody": QueueFilter(owner=NOBODY),
    "breach:any": QueueFilter(has_breach_reason=True),
    "breach:none": QueueFilter(breach_reason=NOBODY),
    **{f"stage:{stage + 1}": QueueFilter(stage=stage) for stage in Stage},
}

_NAMED: Mapping[str, Callable[[Directory, str], QueueFilter]] = {
    "status": lambda d, v: QueueFilter(status=_key(d.lifecycle.statuses, "status", v)),
    "agent": lambda d, v: QueueFilter(owner=_key(d.agents, "agent", v)),
    "team": lambda d, v: QueueFilter(teams=frozenset({_key(d.teams, "team", v)})),
    "department": lambda d, v: QueueFilter(department=_key(d.departments, "department", v)),
    "priority": lambda d, v: QueueFilter(priority=_key(d.priorities, "priority", v)),
    "topic": lambda d, v: QueueFilter(topic=_key(d.topics, "help topic", v)),
    "breach": lambda _, v: QueueFilter(breach_reason=v),
}
