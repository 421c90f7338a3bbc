"""What a big demo desk is made of: a few hundred parts in all, to be combined inside SQLite."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import cycle, islice, product
from typing import TYPE_CHECKING

from desk_app.domain.entry import Entry, EntryKind
from desk_app.domain.moment import to_ms, to_ms_or_none
from desk_app.domain.people import Requester
from desk_app.domain.ticket import EntryId, Source, State, Ticket, TicketId
from desk_app.store import mapping

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from desk_app.domain.directory import Directory

ENTRIES = 5
"""Thread entries of each ticket."""
_PLOTS = 100
_CLOSED = 90
_AT = datetime(2026, 1, 1, tzinfo=UTC)
_M, _R, _N = EntryKind.MESSAGE, EntryKind.REPLY, EntryKind.NOTE
_HEARD = (_M, _M, _M, _M, _M)
_WORKED = ((_M, _R, _M, _N, _R), (_M, _N, _R, _M, _R), (_M, _R, _N, _R, _M))


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """How a ticket's thread goes and where that leaves it."""

    status: str
    state: int
    stage: int
    kinds: tuple[EntryKind, ...]
    owned: bool
    in_team: bool

    @property
    def answered(self) -> int:
        said = [kind for kind in self.kinds if kind is not _N]
        return int(said[-1] is _R)

    def first(self, *kinds: EntryKind) -> int | None:
        return next((n for n, kind in enumerate(self.kinds) if kind in kinds), None)

    def last(self, *kinds: EntryKind) -> int | None:
        return next((n for n in range(ENTRIES - 1, -1, -1) if self.kinds[n] in kinds), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """Where a ticket lies and who has it."""

    department: str
    topic: str
    priority: str
    rank: int
    sla: str | None
    due_after_ms: int | None
    owner: str
    owner_name: str
    team: str | None
    """Has it where the plot says so."""
    source: str


def plots(directory: Directory) -> list[Plot]:
    """A hundred plots, nine of ten closed; stages are the lifecycle's own."""
    lifecycle = directory.lifecycle
    closed = [s.key for s in lifecycle.statuses.values() if s.state is State.CLOSED]
    open_ = [s.key for s in lifecycle.statuses.values() if s.state is State.OPEN]
    threads = cycle(_WORKED)
    made = [
        _plot(directory, status, next(threads), owned=True)
        for status in islice(cycle(closed), _CLOSED)
    ]
    made += [_plot(directory, lifecycle.initial, _HEARD, owned=False) for _ in range(3)]
    made.append(_plot(directory, lifecycle.initial, _HEARD, owned=False, in_team=True))
    made += [
        _plot(directory, status, next(threads), owned=True)
        for status in islice(cycle(open_), _PLOTS - len(made))
    ]
    return made


def _plot(
    directory: Directory,
    status: str,
    kinds: tuple[EntryKind, ...],
    *,
    owned: bool,
    in_team: bool = False,
) -> Plot:
    found = directory.lifecycle.statuses[status]
    specimen = replace(
        _SPECIMEN,
        status=status,
        state=found.state,
        owner="somebody" if owned else None,
        team="some" if in_team else None,
        worked_at=_AT if _R in kinds or _N in kinds else None,
    )
    stage = directory.lifecycle.stage(specimen)
    return Plot(
        status=status,
        state=int(found.state),
        stage=int(stage),
        kinds=kinds,
        owned=owned,
        in_team=in_team,
    )


def casts(directory: Directory) -> list[Cast]:
    """Every topic that can be closed without more questions, with each agent of its place."""
    topics = [t for t in directory.topics.values() if not t.fields and t.department]
    plans = cycle([None, *(key for key in directory.slas if _is_plain(directory, key))])
    sources, teams = cycle(Source), cycle(directory.teams or [None])
    made = []
    for topic, priority, agent in product(topics, directory.priorities, directory.agents.values()):
        if topic.department in agent.departments:
            sla = next(plans)
            due = to_ms_or_none(directory.due(replace(_SPECIMEN, sla=sla)))
            made.append(
                Cast(
                    department=topic.department or "",
                    topic=topic.key,
                    priority=priority,
                    rank=directory.priorities[priority].rank,
                    sla=sla,
                    due_after_ms=None if due is None else due - to_ms(_AT),
                    owner=agent.key,
                    owner_name=agent.name,
                    team=next(teams),
                    source=str(next(sources)),
                )
            )
    return made


def _is_plain(directory: Directory, sla: str) -> bool:
    """Whether a plan adds the same span at any hour: SQLite can add that, but not skip nights."""
    schedule = directory.schedules.get(directory.slas[sla].schedule or "")
    return schedule is None or schedule.always


def texts(pool: Mapping[str, Sequence[str]], chance: random.Random) -> dict[EntryKind, list[str]]:
    """Texts of each kind: a sentence, or two from a requester."""
    pairs = [f"{one} {two}" for one, two in product(pool["messages"], repeat=2) if one != two]
    made = {_M: pairs, _R: list(pool["replies"]), _N: list(pool["notes"])}
    for found in made.values():
        chance.shuffle(found)
    return made


def subjects(pool: Mapping[str, Sequence[str]], chance: random.Random) -> list[str]:
    made = [f"{thing} {trouble}" for thing, trouble in product(pool["things"], pool["troubles"])]
    chance.shuffle(made)
    return made


def people(pool: Mapping[str, Sequence[str]], chance: random.Random) -> list[Requester]:
    """Everybody who may have written; ids count from 0, to be moved."""
    names = list(product(pool["first_names"], pool["last_names"]))
    chance.shuffle(names)
    return [
        Requester(
            id=number,
            name=f"{first} {last}",
            email=f"{first}.{last}@bank.example".lower(),
            phone=f"555-{number:04}",
            organisation=pool["organisations"][number % len(pool["organisations"])],
        )
        for number, (first, last) in enumerate(names)
    ]


def entry_rest(kind: EntryKind, email: str) -> str:
    """The text of `entry.rest` for an entry from or to this address."""
    written = Entry(
        id=EntryId(1),
        ticket=TicketId(1),
        kind=kind,
        at=_AT,
        author_name="",
        html="",
        text="",
        author_email=email if kind is _M else "",
        to=(email,) if kind is _R else (),
    )
    text: str = mapping.entry_values(written)["rest"]
    return text


_SPECIMEN = Ticket(
    id=TicketId(1),
    subject="",
    requester=1,
    department="",
    status="",
    created_at=_AT,
    updated_at=_AT,
)
