"""Every reason of the gate once: how to come by it, and what helps."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from desk_app.domain.entry import Event
from desk_app.domain.gate import Denial, Fix, Reason, denial
from desk_app.domain.lifecycle import Action
from desk_app.domain.lifecycle_file import load_lifecycle
from desk_app.domain.ticket import Referral, State, Task, Ticket, TicketId
from desk_app.domain.undo_gate import undo_denial
from desk_app.system.paths import resource
from tests.builders import AT, make_directory, make_situation, make_ticket

TASK = Task(id=7, title="Order toner")
DONE = Task(id=8, title="Call back", closed_at=AT)
LEE = Referral(kind="agent", key="lee")


@dataclass(frozen=True, kw_only=True)
class Denied:
    """What is asked of which ticket, and the answer."""

    code: Reason
    action: Action
    target: object = None
    fields: Mapping[str, object] = field(default_factory=dict)
    more: Mapping[str, object] = field(default_factory=dict)
    fix: Fix | None = None
    agent: str = "sam"
    lifecycle: tuple[str, str] = ("", "")
    """A place of the shipped lifecycle's text, and what stands there instead."""
    done_by: str = ""
    """Whose action is to be undone; '' for an action that is to be done."""

    def found(self) -> Denial | None:
        situation = make_situation(self.agent, make_ticket(**self.fields), **self.more)
        text = resource("lifecycles", "osticket.toml").read_text(encoding="utf-8")
        assert self.lifecycle[0] in text
        rules = load_lifecycle(text.replace(*self.lifecycle, 1), key="x", file="x.toml")
        situation = replace(situation, directory=replace(make_directory(), lifecycle=rules))
        if not self.done_by:
            return denial(self.action, situation, self.target)
        event = Event(
            id=1,
            ticket=situation.ticket.id,
            command="c",
            action=self.action,
            actor=self.done_by,
            at=AT,
        )
        return undo_denial(event, situation, situation.ticket)


def others(*fields: Mapping[str, object]) -> dict[TicketId, Ticket]:
    """Build tickets 2, 3 and so on, as the ones that a merge would lead to."""
    made = [make_ticket(id=n, number=f"10000{n}", **one) for n, one in enumerate(fields, 2)]
    return {ticket.id: ticket for ticket in made}


CLOSED = {"status": "closed", "state": State.CLOSED}
STEP = Action.SET_STATUS

DENIALS = [
    Denied(
        code=Reason.NOT_VISIBLE, action=Action.NOTE, fields={"department": "banking"}, agent="lee"
    ),
    Denied(code=Reason.MERGED, action=Action.CLAIM, fields={"merged_into": 9}, fix=Fix(ticket=9)),
    Denied(code=Reason.LOCKED, action=Action.REPLY, more={"locked_by": "Lee Park"}),
    Denied(
        code=Reason.WRONG_STATE,
        action=Action.CLAIM,
        fields=CLOSED,
        fix=Fix(action=Action.REOPEN),
    ),
    Denied(code=Reason.NO_PERMISSION, action=Action.DELETE, agent="lee"),
    Denied(code=Reason.SAME_STATUS, action=STEP, target="open"),
    Denied(code=Reason.NO_TRANSITION, action=STEP, target="archived"),
    Denied(
        code=Reason.OPEN_TASKS,
        action=STEP,
        target="resolved",
        fields={"tasks": (TASK,)},
        fix=Fix(action=Action.CLOSE_TASK, target="7"),
    ),
    Denied(
        code=Reason.OPEN_CHILD,
        action=STEP,
        target="closed",
        more={"open_children": ("5",)},
        fix=Fix(number="5"),
    ),
    Denied(
        code=Reason.MISSING_TOPIC,
        action=STEP,
        target="resolved",
        fields={"topic": None},
        fix=Fix(action=Action.EDIT_TOPIC, field="topic"),
    ),
    Denied(
        code=Reason.MISSING_FIELD,
        action=STEP,
        target="resolved",
        fields={"topic": "hardware"},
        fix=Fix(action=Action.EDIT_CUSTOM, field="custom:asset"),
    ),
    Denied(
        code=Reason.NO_OWNER,
        action=STEP,
        target="in-progress",
        fields={"team": "network"},
        lifecycle=('checks = ["assigned"]', 'checks = ["has_owner"]'),
        fix=Fix(action=Action.CLAIM),
    ),
    Denied(code=Reason.ALREADY_MINE, action=Action.CLAIM, fields={"owner": "sam"}),
    Denied(
        code=Reason.OWNED_BY_OTHER,
        action=Action.CLAIM,
        fields={"owner": "lee"},
        fix=Fix(action=Action.ASSIGN),
    ),
    Denied(code=Reason.NOT_ASSIGNED, action=Action.RELEASE, fix=Fix(action=Action.CLAIM)),
    Denied(
        code=Reason.TARGET_UNKNOWN, action=Action.ASSIGN, target=Referral(kind="agent", key="x")
    ),
    Denied(
        code=Reason.TARGET_CANNOT_SEE,
        action=Action.ASSIGN,
        target=Referral(kind="agent", key="priya"),
        fix=Fix(action=Action.TRANSFER, target="banking"),
    ),
    Denied(code=Reason.NO_CHANGE, action=Action.ASSIGN, target=LEE, fields={"owner": "lee"}),
    Denied(code=Reason.ALREADY_ANSWERED, action=Action.MARK_ANSWERED, fields={"answered": True}),
    Denied(code=Reason.NOT_ANSWERED, action=Action.MARK_UNANSWERED),
    Denied(code=Reason.ALREADY_OVERDUE, action=Action.MARK_OVERDUE, fields={"overdue_since": AT}),
    Denied(
        code=Reason.NO_OPEN_TASK,
        action=Action.CLOSE_TASK,
        target=7,
        fields={"tasks": (DONE,)},
        fix=Fix(action=Action.ADD_TASK),
    ),
    Denied(
        code=Reason.NO_OPEN_TASK, action=Action.CLOSE_TASK, target=8, fields={"tasks": (TASK, DONE)}
    ),
    Denied(
        code=Reason.NO_CLOSED_TASK, action=Action.REOPEN_TASK, target=7, fields={"tasks": (TASK,)}
    ),
    Denied(
        code=Reason.NO_CLOSED_TASK,
        action=Action.REOPEN_TASK,
        target=7,
        fields={"tasks": (TASK, DONE)},
    ),
    Denied(code=Reason.NO_LINK, action=Action.UNLINK, target=3, fix=Fix(action=Action.LINK)),
    Denied(code=Reason.NO_REFERRAL, action=Action.UNREFER, target=LEE),
    Denied(
        code=Reason.NOT_THERE,
        action=Action.UNREFER,
        lifecycle=('checks = ["has_referral"]', 'checks = ["not_there"]'),
    ),
    Denied(code=Reason.ITSELF, action=Action.MERGE, target=1),
    Denied(
        code=Reason.TARGET_MERGED,
        action=Action.MERGE,
        target=2,
        more={"others": others({"merged_into": 3}, {})},
        fix=Fix(action=Action.MERGE, ticket=3),
    ),
    Denied(
        code=Reason.TARGET_IS_CHILD,
        action=Action.MERGE,
        target=2,
        more={"others": others({"merged_into": 1})},
        fix=Fix(ticket=2),
    ),
    *(
        Denied(
            code=Reason.TARGET_NOT_VISIBLE,
            action=action,
            target=2,
            agent=agent,
            more={"others": others({"department": department})},
        )
        for action, agent, department in (
            (Action.LINK, "john", "banking"),
            (Action.MERGE, "sam", "payroll"),
        )
    ),
    Denied(
        code=Reason.TARGET_DELETED,
        action=Action.MERGE,
        target=2,
        more={"others": others({"status": "deleted", "state": State.DELETED})},
        fix=Fix(ticket=2),
    ),
    Denied(
        code=Reason.NO_ADDRESS,
        action=Action.REPLY,
        more={"requester_email": ""},
        fix=Fix(field="requester"),
    ),
    Denied(
        code=Reason.STATUS_TAKES_NO_REPLY,
        action=Action.REPLY,
        fields={"status": "resolved", "state": State.CLOSED},
        lifecycle=('reopens_to = "open"', "takes_reply = false"),
        fix=Fix(action=Action.REOPEN),
    ),
    Denied(
        code=Reason.PAST_DUE_DATE,
        action=Action.EDIT_DUE,
        target=AT - timedelta(1),
        fix=Fix(field="due_at"),
    ),
    Denied(code=Reason.NOT_YOURS, action=Action.CLAIM, agent="lee", done_by="john"),
    Denied(
        code=Reason.OUT_OF_SIGHT,
        action=Action.TRANSFER,
        fields={"department": "banking"},
        agent="lee",
        done_by="lee",
    ),
]
