"""Who is here, who stands in, and how much each can take: set by the person or a supervisor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desk_app.domain.errors import DeskError, NotFoundError

if TYPE_CHECKING:
    from datetime import datetime

    from desk_app.domain.workload import Availability
    from desk_app.ports.unit_of_work import Changes, UnitsOfWork


class NotTheirsError(DeskError):
    """Another agent's working time is a supervisor's business (`agent`)."""

    code = "not_theirs"


def set_availability(
    units: UnitsOfWork, kept: Availability, *, actor: str, at: datetime
) -> Changes:
    """Keep an agent's working time; who changed what stays in the desk.

    Raises:
        NotTheirsError: the actor is neither that agent nor a supervisor.
        NotFoundError: there is no such agent or substitute.
    """
    with units() as unit:
        agents = unit.directory().agents
        for key in (kept.agent, actor, *([] if kept.substitute is None else [kept.substitute])):
            if key not in agents:
                raise NotFoundError(kind="agent", name=key)
        if actor != kept.agent and not agents[actor].supervisor:
            raise NotTheirsError(agent=agents[kept.agent].name)
        if unit.availability(kept.agent) != kept:
            unit.save_availability(kept, actor, at)
        return unit.commit()
