"""What can be chosen for an action: agents, statuses, plans …, each with its reason if off."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from desk_app.domain.breach import with_words
from desk_app.domain.commands import FIELD_ACTIONS
from desk_app.domain.lifecycle import Action
from desk_app.domain.moment import on_the_wall, read_moment
from desk_app.domain.ticket import Referral, Source
from desk_app.ui.texts import denial_text, source_name, tr
from desk_app.ui.views.chooser import Choice

if TYPE_CHECKING:
    from desk_app.domain.directory import Directory
    from desk_app.ui.ticket_controller import TicketController

_FIELDS = {action: field for field, action in FIELD_ACTIONS.items()}


class Choices:
    """Lists choices for the shown ticket."""

    def __init__(self, controller: TicketController, directory: Directory) -> None:
        self._controller = controller
        self._directory = directory

    def of(self, action: Action) -> list[Choice]:
        """Choices for an action; empty where there is nothing to choose."""
        make = _MAKERS.get(action)
        return [] if make is None else make(self)

    def typed(self, field: str, text: str) -> list[Choice]:
        """What typing into a chooser offers for a text field."""
        label = tr("Set to “{text}”").format(text=text)
        return [Choice(text=label, call=partial(self._controller.edit, field, text))]

    def task(self, text: str) -> list[Choice]:
        label = tr("Add task “{text}”").format(text=text)
        return [Choice(text=label, call=partial(self._controller.add_task, text))]

    def _do(self, action: Action, things: Iterable[tuple[Any, str, str]]) -> list[Choice]:
        found = []
        for target, name, detail in things:
            denied = self._controller.gate.denial(action, target)
            found.append(
                Choice(
                    text=name,
                    detail=detail,
                    call=partial(self._controller.do, action, target),
                    reason="" if denied is None else denial_text(denied),
                )
            )
        return found

    def assignees(self, action: Action) -> list[Choice]:
        agents = self._directory.agents.values()
        teams = self._directory.teams.values()
        things: list[tuple[Any, str, str]] = [
            (Referral(kind="agent", key=a.key), a.name, self._department(a.department))
            for a in agents
        ]
        things += [(Referral(kind="team", key=t.key), t.name, tr("team")) for t in teams]
        if action is Action.REFER:
            departments = self._directory.departments.values()
            word = tr("department")
            things += [(Referral(kind="department", key=d.key), d.name, word) for d in departments]
        return self._do(action, things)

    def referrals(self) -> list[Choice]:
        """Those whom the ticket is referred to; choosing one ends it."""
        page = self._controller.page
        people = {"agent": self._directory.agents, "team": self._directory.teams}
        things = []
        for referral in () if page is None else page.ticket.referrals:
            known = people.get(referral.kind, self._directory.departments)
            name = getattr(known.get(referral.key), "name", referral.key)
            things.append((referral, str(name), ""))
        return self._do(Action.UNREFER, things)

    def links(self) -> list[Choice]:
        """Linked tickets; choosing one takes the link away."""
        page = self._controller.page
        if page is None:
            return []
        things = [(other, f"#{page.numbers.get(other, other)}", "") for other in page.ticket.links]
        return self._do(Action.UNLINK, things)

    def due_typed(self, text: str) -> list[Choice]:
        """A due date that was typed, if it can be read."""
        at = read_moment(text, datetime.now(UTC).astimezone())
        if at is None:
            return []
        if not text.strip().startswith("+"):  # a span is a span, whatever the clocks do
            at = on_the_wall(at)
        label = tr("Due {at}").format(at=f"{at:%a %d %b %Y %H:%M}")
        when = at.astimezone(UTC).replace(microsecond=0)
        return [Choice(text=label, call=partial(self._controller.edit, "due_at", when))]

    def custom_fields(self, choose: Callable[[str], None]) -> list[Choice]:
        """The extra fields of the help topic; choosing one asks for its answer."""
        page = self._controller.page
        fields = () if page is None else self._directory.fields_of(page.ticket)
        return [
            Choice(
                text=field.name,
                detail="" if page is None else page.ticket.custom_value(field.key),
                call=partial(choose, f"custom:{field.key}"),
            )
            for field in fields
        ]

    def answers(self, field: str) -> list[Choice]:
        """The answers that an extra field offers; empty where any text will do."""
        key = field.partition(":")[2]
        page = self._controller.page
        fields = () if page is None else self._directory.fields_of(page.ticket)
        offered = next((f.choices for f in fields if f.key == key), ())
        return [
            Choice(text=text, call=partial(self._controller.edit, field, text)) for text in offered
        ]

    def breach_reasons(self) -> list[Choice]:
        """What a lifecycle offers as reasons why a ticket is late; own words can be typed."""
        page = self._controller.page
        field = None if page is None else self._directory.reason_field(page.ticket)
        offered = () if field is None else field.choices
        reasons = offered or self._directory.lifecycle.breach_reasons
        found = [(reason, reason, "") for reason in reasons]
        if page is not None and page.ticket.breach_reason:
            found.append(("", tr("No reason"), page.ticket.breach_reason))
        return self._do(Action.BREACH_REASON, found)

    def breach_typed(self, text: str) -> list[Choice]:
        """Own words alone, or after one of the list."""
        return self._do(
            Action.BREACH_REASON, [(told, told, "") for told in told_reasons(text, self._directory)]
        )

    def departments(self) -> list[Choice]:
        things = [(d.key, d.name, "") for d in self._directory.departments.values()]
        return self._do(Action.TRANSFER, things)

    def statuses(self) -> list[Choice]:
        things = [(s.key, s.name, "") for s in self._directory.lifecycle.statuses.values()]
        return self._do(Action.SET_STATUS, things)

    def tasks(self, action: Action, *, open_: bool) -> list[Choice]:
        page = self._controller.page
        tasks = () if page is None else page.ticket.tasks
        return self._do(action, [(t.id, t.title, "") for t in tasks if t.is_open is open_])

    def values(self, action: Action, things: Iterable[tuple[Any, str]]) -> list[Choice]:
        field = _FIELDS[action]
        return [
            Choice(text=name, call=partial(self._controller.edit, field, value))
            for value, name in things
        ]

    def dues(self) -> list[Choice]:
        found: list[tuple[Any, str]] = [
            (at.astimezone(UTC).replace(microsecond=0), f"{name} ({at:%a %d %b %H:%M})")
            for name, at in due_times(datetime.now(UTC).astimezone())
        ]
        return self.values(Action.EDIT_DUE, [*found, (None, tr("By the SLA plan"))])

    def _department(self, key: str) -> str:
        found = self._directory.departments.get(key)
        return key if found is None else found.name


def told_reasons(text: str, directory: Directory) -> list[str]:
    """What typing offers as reasons why a ticket is late: the words, alone or after each reason."""
    return [with_words(reason, text) for reason in ("", *directory.lifecycle.breach_reasons)]


def due_times(now: datetime) -> list[tuple[str, datetime]]:
    """What is offered at a moment of this machine's zone."""
    evening = now.replace(hour=17, minute=0, second=0, microsecond=0)
    morning = evening.replace(hour=9)
    times = [
        (tr("In one hour"), now + timedelta(hours=1)),
        (tr("Today, 17:00"), on_the_wall(evening)),
        (tr("Tomorrow, 9:00"), on_the_wall(morning + timedelta(days=1))),
        (tr("Monday, 9:00"), on_the_wall(morning + timedelta(days=7 - now.weekday()))),
    ]
    return [(name, at) for name, at in times if at > now]


def _named(things: Iterable[Any]) -> list[tuple[Any, str]]:
    return [(thing.key, thing.name) for thing in things]


_MAKERS: dict[Action, Callable[[Choices], list[Choice]]] = {
    Action.ASSIGN: lambda c: c.assignees(Action.ASSIGN),
    Action.REFER: lambda c: c.assignees(Action.REFER),
    Action.UNREFER: lambda c: c.referrals(),
    Action.UNLINK: lambda c: c.links(),
    Action.TRANSFER: lambda c: c.departments(),
    Action.SET_STATUS: lambda c: c.statuses(),
    Action.CLOSE_TASK: lambda c: c.tasks(Action.CLOSE_TASK, open_=True),
    Action.REOPEN_TASK: lambda c: c.tasks(Action.REOPEN_TASK, open_=False),
    Action.EDIT_PRIORITY: lambda c: c.values(
        Action.EDIT_PRIORITY,
        _named(c._directory.priorities.values()),  # noqa: SLF001
    ),
    Action.EDIT_SLA: lambda c: c.values(
        Action.EDIT_SLA,
        [*_named(c._directory.slas.values()), (None, tr("No plan"))],  # noqa: SLF001
    ),
    Action.EDIT_TOPIC: lambda c: c.values(
        Action.EDIT_TOPIC,
        _named(c._directory.topics.values()),  # noqa: SLF001
    ),
    Action.EDIT_SOURCE: lambda c: c.values(
        Action.EDIT_SOURCE, [(s, source_name(s)) for s in Source]
    ),
    Action.EDIT_DUE: lambda c: c.dues(),
    Action.BREACH_REASON: lambda c: c.breach_reasons(),
}
