"""The subcommands of a desk that is tied to a server."""

from __future__ import annotations

import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desk_app.cli_names import BROKEN, DONE, KEPT_ASIDE, open_desk, say
from desk_app.cli_sign_in import (
    add_signed_in,
    can_ask,
    give_code,
    given_secret,
    sign_in_again,
    tested,
)
from desk_app.ports.remote_errors import SignInError
from desk_app.ports.sign_in import WANTS_CODE

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from desk_app.bootstrap import OpenDesk
    from desk_app.domain.mirror import Comparison, SyncReport
    from desk_app.ports.outbox_reader import OutboxRow
    from desk_app.ports.reader import TicketReader
    from desk_app.services.outbox import OutboxDesk

EVERY_S = 30
"""Seconds between two rounds."""


def server_command(options: argparse.Namespace) -> int:
    """Make a desk for a server (`add`), or look at one (`test`)."""
    from desk_app.bootstrap import ServerSetup, desk_for
    from desk_app.domain.mirror import Account
    from desk_app.known_desks import KnownDesks

    setup = ServerSetup()
    secret = given_secret(options)
    found = setup.detect(options.url, options.certificates)
    account = Account(
        kind=options.kind or found.kind,
        url=found.url,
        user=options.user,
        certificates=options.certificates,
        keep_days=options.keep_days,
    )
    if options.session:
        secret = _session(account.kind, secret)
    if options.step == "test":
        return _test(options, tested(options, setup, account, secret))
    folder: Path = options.desk or desk_for(found.url, options.user)
    lasting = add_signed_in(options, setup, lambda: setup.add(folder, account, secret))
    KnownDesks().add(folder)
    product = f"{found.product} {found.version}".strip()  # some tell it once signed in
    words = f"{folder}: {product} at {found.url}"
    if not lasting:
        words += "\nThis system has no keyring: the password is forgotten when the program ends."
    say(options, {"desk": str(folder), "kept": lasting} | asdict(found), words)
    return DONE


def _test(options: argparse.Namespace, report: Any) -> int:
    facts = {name: value for name, value in asdict(report).items() if value not in ("", None, ())}
    say(options, facts, "\n".join(f"{name}: {value}" for name, value in facts.items()))
    return BROKEN if report.problem else DONE


def _session(kind: str, pasted: str) -> str:
    """A browser's session as a secret; raise WrongUsageError where there is none in it."""
    from desk_app.domain.errors import WrongUsageError
    from desk_app.ports.sign_in import session_secret

    secret = session_secret(kind, pasted)
    if not secret:
        raise WrongUsageError(why="no_session")
    return secret


def sync(options: argparse.Namespace) -> int:
    """Send what waits and read what changed, until it is interrupted; once with --once."""
    desk = _mirrored(options)
    if options.patience is not None:
        desk.syncing.at_work_s = options.patience
    if options.reason_field is not None:
        desk.syncing.map_reason(options.reason_field)
        return DONE
    sign_in_again(options, desk)
    if options.offline or options.online:
        desk.syncing.work_offline(offline=options.offline)
        return DONE
    return _once(options, desk) if options.once else _for_ever(options, desk)


def _for_ever(options: argparse.Namespace, desk: OpenDesk) -> int:
    while True:
        report = _round(options, desk)
        _tell(options, report)
        if not _waited(EVERY_S):
            return _code(report)


def _once(options: argparse.Namespace, desk: OpenDesk) -> int:
    """Until it is known of all that went out whether it arrived.

    The next process would have to count from its own start how long the server may yet be at it.
    """
    report = _round(options, desk)
    while (left := _once_more_s(report)) and _waited(left):
        report = _round(options, desk)
    _tell(options, report)
    return _code(report)


def _waited(seconds: float) -> bool:
    """Whether it was not interrupted."""
    try:
        time.sleep(seconds)
    except KeyboardInterrupt:
        return False
    return True


def _tell(options: argparse.Namespace, report: SyncReport) -> None:
    say(options, asdict(report), _report_text(report))
    sys.stdout.flush()


def _once_more_s(report: SyncReport) -> float:
    """When to look again for what went out without an answer; 0: that is known, or cannot be."""
    if report.problem or not report.at_work_s:
        return 0.0
    words = "no answer came to something that went out; it is looked for again in {n:.0f} s"
    sys.stderr.write(f"{words.format(n=report.at_work_s)}\n")
    return report.at_work_s


def _round(options: argparse.Namespace, desk: OpenDesk) -> SyncReport:
    """One round; where the server wants a code in the midst of it, one after the code too."""
    report = desk.syncing.round()
    if desk.syncing.wants_code and can_ask():
        give_code(options, desk, SignInError(why=WANTS_CODE, detail=""))
        report = desk.syncing.round()
    return report


def outbox(options: argparse.Namespace) -> int:
    """List what waits for the server, or decide about one command."""
    desk = _mirrored(options)
    for name, decide in _DECISIONS.items():
        seq = getattr(options, name)
        if seq is not None:
            decide(desk.syncing.outbox, seq)
    if options.log:
        lines = _log(desk.reader(), options.limit)
        text = "\n".join(
            f"{n['at']:%m-%d %H:%M:%S}  {n['what']}  {n['outcome']}  {n['detail']}" for n in lines
        )
        say(options, lines, text)
        return DONE
    from desk_app.ui.sync_texts import server_name

    reader = desk.reader()
    rows, account = reader.outbox(), reader.account()
    server = "" if account is None else server_name(account)
    told = "\n".join(_row_text(row, server) for row in rows)
    say(options, [_row(row) for row in rows], told or "Nothing waiting")
    return DONE


def sync_doctor(options: argparse.Namespace) -> int:
    """Compare the desk with its server; with --repair, take from the server what differs."""
    desk = _mirrored(options)
    sign_in_again(options, desk)
    found = desk.syncing.compare(progress=_progress)
    if options.repair and found.differences:
        desk.syncing.repair(found.differences)
        found = desk.syncing.compare()
    say(options, asdict(found), _comparison_text(found))
    return BROKEN if found.differences else DONE


# --- words -------------------------------------------------------------------------------------


def _report_text(report: SyncReport) -> str:
    counted = (
        f"{report.settled} accepted, {report.taken} tickets read, {report.waiting} waiting, "
        f"{report.needs_you} need you"
    )
    if not report.problem:
        return counted
    from desk_app.ui.sync_texts import problem_text, server_words

    words = f"{problem_text(report.problem)} {server_words(report.detail)}".rstrip()
    return f"{words} ({counted})"


def _log(reader: TicketReader, limit: int) -> list[dict[str, Any]]:
    """Decisions and requests, by time, the newest first; a request's id begins with r."""
    lines = [asdict(line) for line in reader.sync_log(limit=limit)]
    for asked in reader.sync_requests(limit=limit):
        detail = f"{asked.status} {asked.ms} ms {asked.sent} B out {asked.got} B in"
        told = asdict(asked) | {"id": f"r{asked.id}", "what": f"{asked.method} {asked.path}"}
        lines.append(told | {"detail": f"r{asked.id} {detail} {asked.command}".rstrip()})
    return sorted(lines, key=lambda line: line["at"], reverse=True)[:limit]


def _row(row: OutboxRow) -> dict[str, object]:
    """One row for scripts; the words of a reply are in the ticket's thread, not here."""
    item = row.item
    return {
        "seq": item.seq,
        "ticket": row.number,
        "subject": row.subject,
        "action": item.event.action,
        "actor": item.event.actor,
        "at": item.event.at,
        "state": str(item.state),
        "reason": item.reason,
        "words": item.words,
        "refused": list(item.refused),
        "tries": item.tries,
        "next_try": item.next_try,
        "after": row.after,
        "changes": [asdict(change) for change in item.event.changes],
        "theirs": [asdict(change) for change in item.theirs],
        "command": item.event.command,
    }


def _row_text(row: OutboxRow, server: str) -> str:
    from desk_app.ui.sync_texts import reason_text, server_words, state_text, what_text

    item = row.item
    reason = " ".join(filter(None, (reason_text(item.reason), server_words(item.words))))
    state = state_text(item.state, server) + (f": {reason}" if reason else "")
    return f"{item.seq:5}  {row.number or '-':8}  {what_text(item):14}  {state}  {row.subject}"


def _comparison_text(found: Comparison) -> str:
    lines = [f"{found.tickets} tickets and {found.entries} entries compared"]
    lines += [
        f"{one.number or one.remote}  {one.kind}  {one.field}  here: {one.here}  there: {one.there}"
        for one in found.differences
    ]
    return "\n".join([*lines, *([] if found.differences else ["no difference"])])


def _progress(done: int, total: int) -> None:
    if total > _MANY:
        print(f"compared: {done:,} of {total:,}", file=sys.stderr, flush=True)


# --- inside ------------------------------------------------------------------------------------


def _mirrored(options: argparse.Namespace) -> OpenDesk:
    from desk_app.domain.errors import NoServerError

    desk = open_desk(options)
    if desk.reader().account() is None:
        raise NoServerError(path=str(desk.path))
    return desk


def _code(report: SyncReport) -> int:
    if report.problem:
        return BROKEN
    return KEPT_ASIDE if report.needs_you else DONE


_MANY = 1000
_DECISIONS: dict[str, Callable[[OutboxDesk, int], object]] = {
    "hold": lambda box, seq: box.hold(seq),
    "let_go": lambda box, seq: box.let_go(seq),
    "retry": lambda box, seq: box.retry(seq),
    "confirm": lambda box, seq: box.confirm(seq),
    "discard": lambda box, seq: box.discard(seq),
    "restore": lambda box, seq: box.restore_all([seq]),
}
