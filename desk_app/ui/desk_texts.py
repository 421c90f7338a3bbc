"""What is said of a desk and its server where desks are listed, and before one is taken off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desk_app.domain.lifecycle import Action
from desk_app.domain.mirror import AccountState
from desk_app.ui.outbox_texts import change_text, ticket_text
from desk_app.ui.report_texts import (
    ReportLine,
    badge_texts,
    capability_lines,
    product_name,
)
from desk_app.ui.sync_texts import (
    clock,
    needs_you_text,
    problem_text,
    state_text,
    waiting_text,
    what_text,
)
from desk_app.ui.texts import action_name, tr

if TYPE_CHECKING:
    from desk_app.domain.directory import Directory
    from desk_app.domain.mirror import Account
    from desk_app.ports.outbox_reader import OutboxRow, SyncStatus
    from desk_app.ui.desk_facts import DeskFacts

NAMED = 8
"""Commands that are named one by one before a desk is taken off; of the rest, how many."""
_LONGEST = 90
_MEGABYTE = 1_000_000


def link_words(status: SyncStatus | None) -> tuple[str, bool]:
    """How a desk stands with its server, and whether it is cut off from it."""
    if status is None:
        return tr("kept on this computer"), False
    account = status.account
    off = account.state is not AccountState.ON or bool(account.problem)
    words = tr("online")
    if account.state is not AccountState.ON:
        words = problem_text(str(account.state))
    elif account.problem:
        words = problem_text(account.problem)
    if account.synced_at is not None:
        words += ", " + tr("synced {at}").format(at=clock(account.synced_at))
    return words, off


def state_words(status: SyncStatus | None) -> tuple[str, str, bool]:
    """A figure, the same in words, and whether the desk is cut off from its server."""
    link, off = link_words(status)
    if status is None:
        return "", link, off
    counts, words = status.counts, [link]
    if counts.waiting:
        words.append(waiting_text(counts.waiting))
    if counts.needs_you:
        words.append(needs_you_text(counts.needs_you))
    text = f"{counts.needs_you}!" if counts.needs_you else str(counts.waiting or "")
    return text or ("○" if off else ""), ", ".join(words), off


def desk_lines(facts: DeskFacts) -> list[ReportLine]:
    """Everything that is known of a desk, the badges among it."""
    lines = [] if not facts.trouble else [ReportLine(well=False, text=facts.trouble)]
    if facts.is_old:
        lines.append(ReportLine(well=None, text=_old_text()))
    elif facts.status is None:
        if not facts.trouble:
            words = tr("No server: all of it is kept on this computer.")
            lines.append(ReportLine(well=None, text=words))
    else:
        lines += server_lines(facts.status.account)
    folder = tr("Folder: {path}").format(path=facts.place.folder)
    return [*lines, ReportLine(well=None, text=folder)]


def server_lines(account: Account) -> list[ReportLine]:
    """What stands behind an account, and what was learnt of it when it was signed in to."""
    learnt = account.learnt
    product = product_name(
        account.kind,
        "" if learnt is None else learnt.product,
        "" if learnt is None else learnt.version,
    )
    words = tr("{product} at {url}; you sign in as {user}")
    told = words.format(product=product, url=account.url, user=account.user)
    lines = [ReportLine(well=None, text=told)]
    if learnt is None:
        words = tr("What this server makes sure of is shown once it was signed in to.")
        lines.append(ReportLine(well=None, text=words))
    else:
        lines += capability_lines(learnt)
        missing = _missing(learnt.actions)
        if missing:
            words = tr("It does not know: {actions}")
            lines.append(ReportLine(well=None, text=words.format(actions=", ".join(missing))))
        words = tr("Learnt when it was signed in to, {at}").format(at=clock(learnt.at))
        lines.append(ReportLine(well=None, text=words))
    lines.append(ReportLine(well=None, text=_kept(account)))
    return lines


def _missing(actions: tuple[str, ...]) -> list[str]:
    return [action_name(one).rstrip("…") for one in Action if str(one) not in actions]


def _kept(account: Account) -> str:
    words = tr("Kept here: open tickets, closed ones of the last {days} days, files up to {mb} MB")
    told = words.format(days=account.keep_days, mb=f"{account.keep_files / _MEGABYTE:g}")
    if account.keep_departments:
        words = tr("; of {n} departments, and your own").format(n=len(account.keep_departments))
        told += words
    return told


def badges(account: Account) -> str:
    """The badges on one line; '' while nothing was learnt."""
    return "" if account.learnt is None else "   ".join(badge_texts(account.learnt))


def badge_tip(account: Account) -> str:
    """The badges for a tool tip, one a line, with what each means."""
    return "\n".join(f"{line.sign} {line.text}" for line in server_lines(account))


# --- taking a desk off the list ----------------------------------------------------------------


def take_off_lines(facts: DeskFacts, *, is_shown: bool) -> list[str]:
    """What is to be known before a desk is taken off the list; what is not sent comes first."""
    told = unsent_lines(facts)
    if facts.drafts:
        told.append(tr("{n} drafts are in it.").format(n=facts.drafts))
    folder = tr("Nothing is deleted. The folder stays as it is: {path}")
    told.append(folder.format(path=facts.place.folder))
    if is_shown:
        told.append(tr("Its window stays open. Opened again, it is on the list again."))
    return told


def _old_text() -> str:
    return tr("An earlier version wrote it. It is brought up to date when it is opened.")


def unsent_lines(facts: DeskFacts) -> list[str]:
    """What the server does not have yet, by name."""
    rows = facts.waiting
    if facts.trouble or facts.is_old:
        unknown = tr("Whether something of it is not sent is not known.")
        return [f"{facts.trouble or _old_text()} {unknown}"]
    if not rows:
        return []
    words = tr("{n} commands are not sent. They go out only while this desk is open:")
    one = tr("1 command is not sent. It goes out only while this desk is open:")
    told = [one if len(rows) == 1 else words.format(n=len(rows))]
    told += ["  •  " + _unsent(row, facts.directory) for row in rows[:NAMED]]
    if len(rows) > NAMED:
        told.append("  •  " + tr("and {n} more").format(n=len(rows) - NAMED))
    return told


def _unsent(row: OutboxRow, directory: Directory | None) -> str:
    item = row.item
    what, change = what_text(item), change_text(row, directory)
    named = change if change.startswith(f"{what}:") else f"{what}: {change}"
    text = f"{ticket_text(row)}  {named}"
    if len(text) > _LONGEST:
        text = text[: _LONGEST - 1] + "…"
    return f"{text}  ({state_text(item.state, '').rstrip()})"


def taken_off_text(name: str, folder: str, *, secret: bool) -> str:
    """After it was taken off."""
    told = tr("“{name}” is off the list. Its folder stays: {path}").format(name=name, path=folder)
    if secret:
        told += " " + tr("Its password was removed from this system's keyring.")
    return told


def put_back_text(name: str, *, secret: bool) -> str:
    """After the undo."""
    told = tr("“{name}” is on the list again.").format(name=name)
    if secret:
        told += " " + tr("Its password is gone for good: sign in again when you open it.")
    return told
