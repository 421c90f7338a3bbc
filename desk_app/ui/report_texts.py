"""A connection's report in plain lines: what is well, what is not, and what that means here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from desk_app.ports.remote_errors import RemoteError
from desk_app.ui.sync_texts import why_text
from desk_app.ui.texts import error_text, tr

if TYPE_CHECKING:
    from collections.abc import Iterator

    from desk_app.domain.mirror import Learnt
    from desk_app.ports.connection import ConnectionReport
    from desk_app.ports.remote import Capabilities

SKEW_S = 60.0
"""Clocks that are further apart are worth a word."""
_PRODUCTS = {"rt": "Request Tracker", "osticket": "osTicket"}


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One line; `well` is None where it is neither well nor not."""

    well: bool | None
    text: str

    @property
    def sign(self) -> str:
        return {True: "✓", False: "⚠", None: "·"}[self.well]


_FIRST = {
    "remote": "The server did not do it.",
    "not_reached": "The server cannot be reached.",
    "no_answer": "The server did not answer.",
    "server_busy": "The server is busy.",
    "sign_in": "The sign-in did not work.",
    "refused_by_server": "The server refused it.",
}
"""Of a server that no desk is tied to yet: nothing was written, so nothing is kept."""


def first_contact_text(error: Exception) -> str:
    """Why a server cannot be added: what happened, and that no desk was made."""
    words = _FIRST.get(str(getattr(error, "code", "")))
    if words is None or not isinstance(error, RemoteError):
        return error_text(error)
    why = why_text(str(error.facts.get("why", "")))
    detail = str(error.facts.get("detail", ""))
    parts = (tr(words), why, f"({detail})" if detail else "", tr("No desk was made."))
    return " ".join(filter(None, parts))


def product_name(kind: str, product: str = "", version: str = "") -> str:
    name = product or _PRODUCTS.get(kind, kind)
    return f"{name} {version}".strip()


def report_lines(report: ConnectionReport) -> list[ReportLine]:
    """Everything that the report says, the worst first."""
    lines = [_problem(report)] if report.problem else []
    lines.append(_encryption(report))
    lines.append(_proxy(report))
    if report.agent is not None:
        words = tr("Signed in as {name} <{email}>")
        agent = report.agent
        lines.append(ReportLine(well=True, text=words.format(name=agent.name, email=agent.email)))
        lines.append(_rights(report))
    lines.append(_clock(report))
    if report.capabilities is not None:
        lines += capability_lines(report.capabilities)
    return lines


def _problem(report: ConnectionReport) -> ReportLine:
    code = report.problem
    error = next((kind() for kind in _kinds(RemoteError) if kind.code == code), RemoteError())
    error.facts |= {"why": report.why, "detail": report.detail}
    return ReportLine(well=False, text=first_contact_text(error))


def _kinds(kind: type[RemoteError]) -> Iterator[type[RemoteError]]:
    yield kind
    for one in kind.__subclasses__():
        yield from _kinds(one)


def _encryption(report: ConnectionReport) -> ReportLine:
    if not report.encrypted:
        words = tr("Not encrypted (http): whoever is on the line can read the password and all.")
        return ReportLine(well=False, text=words)
    if not report.issuer:
        return ReportLine(well=True, text=tr("Encrypted (TLS)"))
    words = tr("Encrypted (TLS); {issuer} vouches for the server")
    return ReportLine(well=True, text=words.format(issuer=report.issuer))


def _proxy(report: ConnectionReport) -> ReportLine:
    if not report.proxy:
        return ReportLine(well=None, text=tr("No proxy in between"))
    return ReportLine(well=None, text=tr("Through the proxy {host}").format(host=report.proxy))


def _rights(report: ConnectionReport) -> ReportLine:
    names = ", ".join(report.departments.values()) or tr("none")
    words = tr("{n} rights, in: {departments}")
    told = words.format(n=len(report.rights), departments=names)
    return ReportLine(well=bool(report.departments), text=told)


def _clock(report: ConnectionReport) -> ReportLine:
    if report.skew_s is None:
        return ReportLine(well=None, text=tr("The server does not tell its time"))
    apart = abs(report.skew_s)
    if apart <= SKEW_S:
        return ReportLine(well=True, text=tr("The clocks agree"))
    words = (
        tr("This computer's clock is {n} min ahead. Nothing depends on it but what is shown.")
        if report.skew_s > 0
        else tr("This computer's clock is {n} min behind. Nothing depends on it but what is shown.")
    )
    return ReportLine(well=False, text=words.format(n=round(apart / 60)))


def capability_lines(can: Capabilities | Learnt) -> list[ReportLine]:
    """The badges, each with what it means: what the server makes sure of."""
    update = (
        tr("Safe update: yes. The server refuses a change of what moved on meanwhile.")
        if can.safe_update
        else tr(
            "Safe update: no. A ticket is read again just before each change; "
            "who changes it in that moment is overwritten, and you are told."
        )
    )
    post = (
        tr("Safe reply: yes. The server refuses a text if somebody wrote meanwhile.")
        if can.safe_post
        else tr(
            "Safe reply: no. The thread is read again just before a text goes out; "
            "what comes in that moment is answered unread."
        )
    )
    probe = (
        tr("Lost answers: sure. After a broken line it can be found out what arrived.")
        if can.sure_probe
        else tr("Lost answers: not always sure. Where it cannot be found out, you are asked.")
    )
    count = tr("{n} actions work on this server").format(n=len(can.actions))
    return [
        ReportLine(well=can.safe_update, text=update),
        ReportLine(well=can.safe_post, text=post),
        ReportLine(well=can.sure_probe, text=probe),
        ReportLine(well=None, text=count),
    ]


def badge_texts(can: Capabilities | Learnt) -> list[str]:
    """The same in a word or two each, with a sign and not by colour alone."""
    yes, no = tr("yes"), tr("no")
    sure = tr("sure") if can.sure_probe else tr("not always sure")
    told = (
        (can.safe_update, tr("Safe update: {how}"), yes if can.safe_update else no),
        (can.safe_post, tr("Safe reply: {how}"), yes if can.safe_post else no),
        (can.sure_probe, tr("Lost answers: {how}"), sure),
    )
    return [f"{ReportLine(well, '').sign} {words.format(how=how)}" for well, words, how in told]
