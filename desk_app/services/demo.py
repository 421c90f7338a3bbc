"""Fills an empty desk with the demo: the tutorial's story and a believable week around it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from desk_app.domain.commands import (
    AddTask,
    Assign,
    Claim,
    CloseTask,
    Command,
    Create,
    Delete,
    Note,
    Receive,
    Reply,
    SetStatus,
)
from desk_app.domain.directory import (
    CannedResponse,
    CustomField,
    Directory,
    HelpTopic,
    Priority,
)
from desk_app.domain.entry import Entry, EntryKind
from desk_app.domain.moment import whole_ms
from desk_app.domain.people import Agent, Department, Permission, Requester, Role, Team
from desk_app.domain.rich_text import text_to_html
from desk_app.domain.sla import Schedule, SlaPlan
from desk_app.domain.ticket import EntryId, Referral, Source, State, Task, Ticket, TicketId

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from desk_app.domain.lifecycle import Lifecycle
    from desk_app.ports.host import IdSource
    from desk_app.ports.unit_of_work import UnitsOfWork
    from desk_app.services.command_bus import CommandBus

SCHEDULE = "business"
_DAY = ((time(8), time(17)),)
_WEEK = (_DAY, _DAY, _DAY, _DAY, _DAY, (), ())


def demo_directory(raw: Mapping[str, Any], lifecycle: Lifecycle) -> Directory:
    """The demo's people, places and plans, from `resources/demo/directory.json`."""

    def keyed(items: Sequence[Any]) -> dict[str, Any]:
        return {item.key: item for item in items}

    agents = [_agent(item) for item in raw["agents"]]
    plans = (("sev-a", "Sev-A", 1.0, "always"), ("sev-b", "Sev-B", 4.0, "always"))
    slas = [SlaPlan(key=k, name=n, hours=h, schedule=s) for k, n, h, s in plans]
    slas.append(SlaPlan(key="sev-c", name="Sev-C", hours=8.0, schedule=SCHEDULE))
    return Directory(
        name=raw["name"],
        lifecycle=lifecycle,
        agents=keyed(agents),
        roles=keyed([_role(item) for item in raw["roles"]]),
        departments=keyed([Department(**item) for item in raw["departments"]]),
        teams=keyed(
            [Team(**item | {"members": frozenset(item["members"])}) for item in raw["teams"]]
        ),
        topics=keyed([_topic(item) for item in raw["topics"]]),
        priorities=keyed([Priority(**item) for item in raw["priorities"]]),
        slas=keyed(slas),
        schedules=keyed(_schedules()),
        canned=keyed([CannedResponse(**item) for item in raw["canned"]]),
    )


def _schedules() -> list[Schedule]:
    return [
        Schedule(
            key="always",
            name="24/7",
            timezone="UTC",
            always=True,
        ),
        Schedule(
            key=SCHEDULE,
            name="Monday to Friday, 8 to 17",
            timezone="America/New_York",
            hours=_WEEK,
        ),
    ]


def _agent(item: dict[str, Any]) -> Agent:
    access = tuple((department, role) for department, role in item.get("access", ()))
    return Agent(**item | {"access": access})


def _team(item: dict[str, Any]) -> Team:
    return Team(**item | {"members": frozenset(item["members"])})


def _role(item: dict[str, Any]) -> Role:
    rights = frozenset(Permission(name) for name in item["permissions"])
    return Role(key=item["key"], name=item["name"], permissions=rights)


def _topic(item: dict[str, Any]) -> HelpTopic:
    fields = tuple(CustomField(**field) for field in item.get("fields", ()))
    return HelpTopic(**item | {"fields": fields})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scene:
    """One ticket's script being played."""

    ticket: TicketId
    requester: Requester
    start: datetime


class DemoWriter:
    """Plays the scripts of `resources/demo/tickets.json` through the command bus."""

    def __init__(
        self,
        bus: CommandBus,
        units: UnitsOfWork,
        ids: IdSource,
        directory: Directory,
        people: Mapping[str, Sequence[str]],
    ) -> None:
        self._bus = bus
        self._units = units
        self._ids = ids
        self._directory = directory
        self._people = people
        self._requesters: dict[str, Requester] = {}

    def write(self, scripts: Sequence[Mapping[str, Any]], now: datetime) -> int:
        """Write every scripted ticket, ages counted back from `now`; return how many."""
        self._write_people(now)
        for script in sorted(scripts, key=lambda s: -float(s["age_hours"])):
            self._play(script, whole_ms(now))
        return len(scripts)

    def _write_people(self, now: datetime) -> None:
        with self._units() as unit:
            for key, (name, email, phone, organisation) in self._people.items():
                person = Requester(
                    id=self._ids.number(now),
                    name=name,
                    email=email,
                    phone=phone,
                    organisation=organisation,
                )
                self._requesters[key] = person
                unit.save_requester(person)
            unit.commit()

    def _play(self, script: Mapping[str, Any], now: datetime) -> None:
        requester = self._requesters[script["requester"]]
        start = now - timedelta(hours=script["age_hours"])
        scene = _Scene(ticket=TicketId(self._ids.number(start)), requester=requester, start=start)
        self._bus.handle(self._create(script, scene))
        for step in script["steps"]:
            at = start + timedelta(hours=step[-1])
            self._bus.handle(_STEPS[step[0]](self, scene, step, at))

    def _create(self, script: Mapping[str, Any], scene: _Scene) -> Create:
        ticket = Ticket(
            id=scene.ticket,
            subject=script["subject"],
            requester=scene.requester.id,
            department=script["department"],
            status=self._directory.lifecycle.initial,
            topic=script["topic"],
            priority=script["priority"],
            sla=script["sla"],
            source=Source(script["source"]),
            created_at=scene.start,
            updated_at=scene.start,
            last_message_at=scene.start,
            custom=tuple(script["custom"].items()),
        )
        entry = self._heard(scene, script["text"], scene.start)
        return Create(**self._stamp(scene, "", scene.start), start=ticket, entry=entry)

    def _stamp(self, scene: _Scene, actor: str, at: datetime) -> dict[str, Any]:
        return {"id": self._ids.command(at), "ticket": scene.ticket, "actor": actor, "at": at}

    def _heard(self, scene: _Scene, text: str, at: datetime) -> Entry:
        return Entry(
            id=EntryId(self._ids.number(at)),
            ticket=scene.ticket,
            kind=EntryKind.MESSAGE,
            at=at,
            author_name=scene.requester.name,
            author_email=scene.requester.email,
            requester=scene.requester.id,
            html=text_to_html(text),
            text=text,
        )

    def _said(self, scene: _Scene, agent: str, text: str, at: datetime, kind: EntryKind) -> Entry:
        to = (scene.requester.email,) if kind is EntryKind.REPLY else ()
        return Entry(
            id=EntryId(self._ids.number(at)),
            ticket=scene.ticket,
            kind=kind,
            at=at,
            author_name=self._directory.agents[agent].name,
            agent=agent,
            html=text_to_html(text),
            text=text,
            to=to,
        )

    def _claim(self, scene: _Scene, step: Sequence[Any], at: datetime) -> Command:
        return Claim(**self._stamp(scene, step[1], at))

    def _assign(self, scene: _Scene, step: Sequence[Any], at: datetime) -> Command:
        return Assign(**self._stamp(scene, step[1], at), to=Referral(kind=step[2], key=step[3]))

    def _reply(self, scene: _Scene, step: Sequence[Any], at: datetime) -> Command:
        entry = self._said(scene, step[1], step[2], at, EntryKind.REPLY)
        return Reply(**self._stamp(scene, step[1], at), entry=entry, claim=True)

    def _note(self, scene: _Scene, step: Sequence[Any], at: datetime) -> Command:
        entry = self._said(scene, step[1], step[2], at, EntryKind.NOTE)
        return Note(**self._stamp(scene, step[1], at), entry=entry)

    def _message(self, scene: _Scene, step: Sequence[Any], at: datetime) -> Command:
        return Receive(**self._stamp(scene, "", at), entry=self._heard(scene, step[2], at))

    def _status(self, scene: _Scene, step: Sequence[Any], at: datetime) -> Command:
        status = self._directory.lifecycle.statuses[step[2]]
        return SetStatus(**self._stamp(scene, step[1], at), status=status.key, state=status.state)

    def _delete(self, scene: _Scene, step: Sequence[Any], at: datetime) -> Command:
        gone = self._directory.lifecycle.first_in(State.DELETED)
        return Delete(**self._stamp(scene, step[1], at), status=gone.key, state=gone.state)

    def _task(self, scene: _Scene, step: Sequence[Any], at: datetime) -> Command:
        task = Task(id=self._ids.number(at), title=step[2], owner=step[3], created_at=at)
        return AddTask(**self._stamp(scene, step[1], at), task=task)

    def _close_task(self, scene: _Scene, step: Sequence[Any], at: datetime) -> Command:
        with self._units() as unit:
            tasks = unit.ticket(scene.ticket).tasks
        found = next(task for task in tasks if task.title == step[2])
        return CloseTask(**self._stamp(scene, step[1], at), task=found.id)


_STEPS: dict[str, Callable[[DemoWriter, _Scene, Sequence[Any], datetime], Command]] = {
    "claim": DemoWriter._claim,  # noqa: SLF001 - the table of this class's own steps
    "assign": DemoWriter._assign,  # noqa: SLF001
    "reply": DemoWriter._reply,  # noqa: SLF001
    "note": DemoWriter._note,  # noqa: SLF001
    "message": DemoWriter._message,  # noqa: SLF001
    "status": DemoWriter._status,  # noqa: SLF001
    "delete": DemoWriter._delete,  # noqa: SLF001
    "task": DemoWriter._task,  # noqa: SLF001
    "close_task": DemoWriter._close_task,  # noqa: SLF001
}
