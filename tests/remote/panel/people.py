"""Requesters and collaborators in the fake panel: what its pages show of them, and what changes."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from tests.remote.panel.truth import Agent, Forbidden, Missing, Refused, Ticket, Truth

if TYPE_CHECKING:
    from tests.remote.panel.server import Request


def change_owner(truth: Truth, request: Request, agent: Agent, ticket: Ticket) -> None:
    """The page is shown again whether it was done or not; a new requester is no collaborator."""
    user = truth.users.get(request.one("user_id"))
    if request.one("do") != "changeuser":
        raise Refused("You must select action to perform")
    if "edit" not in agent.rights:
        raise Refused("Permission Denied. You are not allowed to edit tickets")
    if user is None:
        raise Refused("Unknown user selected")
    if user is ticket.user:
        raise Refused("Unable to change ticket ownership")
    ticket.user = user
    ticket.collaborators = [one for one in ticket.collaborators if one is not user]
    truth.happen(ticket, "pencil", agent, "changed the owner")


def copy_to(truth: Truth, ticket: Ticket, named: list[str]) -> None:
    """Whom a reply goes to besides: those it leaves out get none from now on."""
    for user in (truth.users[key] for key in named):
        if user not in ticket.collaborators:
            ticket.collaborators.append(user)
    ticket.muted = {user.id for user in ticket.collaborators if user.id not in named}


def answer(truth: Truth, request: Request, agent: Agent, way: list[str]) -> str:
    """`thread/ID/…`: a thread's number here is its ticket's and a nought."""
    ticket = truth.tickets.get(way[1].removesuffix("0"))
    if ticket is None or not truth.sees(agent, ticket):
        raise Missing("No such thread")
    if way[2] not in {"collaborators", "add-collaborator"}:
        raise Forbidden(way[2])
    if request.method == "POST" and way[2] == "add-collaborator":
        user = truth.users.get(request.one("id"))
        if user is None or user is ticket.user or user in ticket.collaborators:
            return '<p id="msg_error">Ticket Owner cannot be a Collaborator</p><form></form>'
        ticket.collaborators.append(user)
        truth.happen(ticket, "group", agent, f"added {user.name} as a collaborator")
    elif request.method == "POST":
        gone = {int(number) for number in request.many("del[]") if number}
        active = {int(number) for number in request.many("cid[]") if number}
        ticket.collaborators = [u for u in ticket.collaborators if _number(u.id) not in gone]
        ticket.muted = {u.id for u in ticket.collaborators if _number(u.id) not in active}
    return dialog(ticket)


def _number(user: str) -> int:
    """Of somebody's taking part, which is not the number of the person."""
    return 700 + int(user)


def dialog(ticket: Ticket) -> str:
    """Where nobody takes part yet, somebody is asked for instead."""
    if not ticket.collaborators:
        return '<form class="user"><input type="text" name="a1" placeholder="who"></form>'
    rows = "".join(
        f"""<tr><td><label class="inline checkbox"><input type="checkbox" name="cid[]"
 id="c{_number(u.id)}" value="{_number(u.id)}" {"" if u.id in ticket.muted else "checked"}>
</label><a class="collaborator" href="#thread/{ticket.id}0/collaborators/{_number(u.id)}/view">
<img class="avatar" src="//pictures.example/c">{escape(u.name)}</a>
<div align="left"><span class="faded"><em>{escape(u.email)}</em></span></div></td>
<td width="10"><input type="hidden" name="del[]" id="d{_number(u.id)}" value=""></td></tr>"""
        for u in ticket.collaborators
    )
    return f'<form method="post" class="collaborators"><table>{rows}</table></form>'
