"""What a desk says of its server: one word for each thing, kept apart as the glossary has them.

Saved here (on this disk), Waiting (in the outbox), Sending, Accepted by a server, Not sure -
checking, Needs you, Held. Nothing that is still here alone is called anything else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from desk_app.domain.entry import EntryKind
from desk_app.domain.mirror import AccountState
from desk_app.domain.outbox import NEEDS_YOU, Edit, NewTicket, OutboxState, Post
from desk_app.ports.set_back import SetBackError
from desk_app.ui.field_titles import field_title
from desk_app.ui.texts import action_name, error_text, event_name, tr

if TYPE_CHECKING:
    from datetime import datetime

    from desk_app.domain.mirror import Account
    from desk_app.domain.outbox import OutboxItem
    from desk_app.ui.sync_scheduler import SyncState

_STATES = {
    OutboxState.WAITING: "Waiting",
    OutboxState.HELD: "Held",
    OutboxState.SENDING: "Sending",
    OutboxState.UNCERTAIN: "Not sure - checking",
    OutboxState.UNSURE: "Needs you: did it arrive?",
    OutboxState.CONFLICT: "Needs you: conflict",
    OutboxState.STALE: "Needs you: new entries",
    OutboxState.REFUSED: "Needs you: refused",
    OutboxState.ACCEPTED: "Accepted by {server}",
    OutboxState.DISCARDED: "Discarded by you",
}

_REASONS = {
    "": "",
    "server": "The server said no",
    "gate": "The rules of the desk say no now",
    "gate_alone": "The rules of the desk say no, though the server shows a way",
    "not_offered": "The server does not offer this status here",
    "no_ticket": "The ticket was never made on the server",
    "gone_deleted": "The ticket was deleted on the server",
    "gone_merged": "The ticket was merged on the server",
    "gone_unseen": "You may not see this ticket on the server any more",
    "thread_moved_on": "Somebody wrote in this ticket after you had read it",
    "changed_meanwhile": "Somebody else changed the same field",
    "already_so": "The server has this value already",
    "other_first": "Another ticket that it names has to be made first",
    "not_there": "It was looked for and is not there, so it goes out again",
    "not_there_yet": "It is not there yet; the server may still be at work on it",
    "crashed": "The program ended while it was going out",
    "undone": "You took it back",
    "remote": "The server did not do it",
    "not_reached": "The server cannot be reached",
    "no_answer": "The server gave no answer",
    "server_busy": "The server is busy",
    "locked": "Somebody is at this ticket on the server",
    "set_back": "The server was set back to an earlier state",
    "sign_in": "The server wants you to sign in again",
    "moved_on": "The ticket moved on just before it went out; it is read again",
    "refused_by_server": "The server said no",
    "unreadable_answer": "The server answered something this version does not understand",
    "unknown_server": "This version does not know such servers",
}
"""Why a command stands where it does; the codes of `sync` and of every RemoteError."""

_PROBLEMS = {
    "not_reached": "offline",
    "no_answer": "no answer",
    "server_busy": "busy",
    "locked": "somebody is at a ticket",
    "set_back": "set back to an earlier state",
    "sign_in": "signed out",
    "signed_out": "signed out",
    "moved_on": "ticket moved on",
    "refused_by_server": "refused",
    "unreadable_answer": "not understood",
    "unknown_server": "unknown server",
    "remote": "trouble",
    "offline": "working offline",
    "no_secret": "sign in to go on",
    "elsewhere": "another program on this computer syncs it",
}
"""Why no round goes through, in a word or two, for a status line."""

_WHYS = {
    "offline": "There is no connection, or no machine of that name.",
    "certificate": "Its certificate is not to be trusted, so nothing was told to it.",
    "proxy": "The proxy between here and there refused.",
    "portal": "Something else answered: a page where the network wants you to sign in first?",
    "timeout": "It took too long.",
    "refused": "It does not take this name and password.",
    "no_secret": "No password or token is kept here.",
    "redirect": "It led to another machine, so nothing was told to it.",
    "second_factor": "It wants a second proof of who you are.",
    "expired": "The password has run out and has to be changed there.",
    "wrong_code": "That was not the code.",
    "code_over": "The code came too late, or too many were wrong: sign in once more.",
    "session_over": "The session that was begun in a browser has ended.",
    "other_agent": "What was given is another agent's.",
    "rights": "You may not use it from a program.",
    "no_password": "It has no form for a password: people sign in there in another way.",
    "no_agent": "This name is no agent there.",
    "closed": "It is closed for maintenance.",
    "cut": "Its answer broke off.",
    "redirects": "It sends from one address to the next without an end.",
    "too_large": "Its answer is larger than any should be.",
    "json": "Its answer is not in the form that programs are given.",
    "shape": "Something in its answer is not as it should be.",
    "status": "It answered with an error.",
    "page": "Its page is not as this version knows it.",
    "login": "Its page to sign in is not as this version knows it.",
    "lock": "It did not say whether somebody is at the ticket.",
    "search": "Its search did not answer.",
    "export": "Its list of tickets could not be read.",
    "cursor": "It does not know any more up to where was read.",
    "file": "It does not have the file any more.",
    "gone": "It does not have this any more.",
    "queue": "It does not show you this queue any more.",
    "elsewhere": "Another program on this computer is talking to it: try again in a moment.",
    "location": "It did not say where the new ticket is.",
    "read_back": "It could not be found out what became of it.",
    "unseen": "It does not show the ticket where it should be.",
    "no_address": "The requester has no e-mail address there.",
    "no_subject_field": "Its form has no subject to change.",
    "no_unmark": "It takes that mark away with a due time alone, which you may not change there.",
    "late_by_time": "Its due time has passed, so it is late by that: give the ticket another one.",
    "no_question": "The ticket does not have this question there, and it cannot be added.",
    "no_such_task": "It does not have this task.",
    "unknown_key": "It does not know what was chosen here.",
    "gone_deleted": "A ticket that is named was deleted there.",
    "gone_merged": "A ticket that is named was merged there.",
    "gone_unseen": "You may not see a ticket that is named there.",
}
"""`why` of a RemoteError."""

_KINDS = {
    "field": "another value",
    "entry": "an entry that is not here",
    "not_here": "a ticket that is not here",
    "not_there": "a ticket that is there no longer",
}
"""Kinds of `Difference`."""

_GONE = {
    "deleted": "deleted",
    "merged": "merged",
    "unseen": "you may not see it any more",
    "": "it is there",
}

_LOGGED = {
    "send": "send",
    "probe": "look for it",
    "pull": "read",
    "look": "look for what is gone",
    "people": "read people and rights",
    "read": "done, as once a day",
    "queues": "read the numbers of its queues",
    "park": "set aside",
    "round": "round",
    "sign_in": "sign in",
    "accept": "accepted",
    "find": "found there",
    "miss": "not there",
    "doubt": "cannot be told",
    "lose": "no answer",
    "crash": "program ended",
    "not_sent": "did not reach it",
    "collide": "changed by others too",
    "overtake": "somebody wrote meanwhile",
    "refuse": "refused",
    "retry": "again",
    "hold": "held",
    "let_go": "let go",
    "confirm": "you say it arrived",
    "discard": "discarded",
    "foresight": "rules beside the server",
    "desk_stricter": "the desk says no, the server shows a way",
    "desk_looser": "the desk let it pass, the server does not",
}
"""What happened and what came of it, in the log."""


def server_name(account: Account) -> str:
    """What people here call a server: the name of its machine."""
    host = urlsplit(account.url).hostname or account.url or account.kind
    return host.removeprefix("www.")


def state_text(state: OutboxState, server: str) -> str:
    """Where a command stands, by the glossary."""
    return tr(_STATES[state]).format(server=server)


def held_text(seconds: int) -> str:
    return tr("Held (undo {n} s)").format(n=seconds)


def item_state(item: OutboxItem, server: str, now: datetime) -> str:
    """Where a command stands; the seconds in which it may be taken back are counted."""
    if item.state is OutboxState.HELD:
        if item.next_try is None:
            return tr("Held by you")
        left = round((item.next_try - now).total_seconds())
        # When they are over it may still be here: the server does not answer, say.
        return held_text(left) if left > 0 else state_text(OutboxState.WAITING, server)
    return state_text(item.state, server)


def entry_kind_name(kind: str) -> str:
    """Of a difference: what kind of entry the server has."""
    known = {"message": tr("Message"), "reply": tr("Reply"), "note": tr("Internal note")}
    return known.get(kind, kind)


def reason_text(reason: str) -> str:
    """Why it stands there, without a full stop; a code of another version as it is."""
    return tr(_REASONS.get(reason, reason))


def goes_on_text(item: OutboxItem) -> str:
    """Where a ticket goes on that was merged while a command waited; '' where nobody knows."""
    if item.reason != "gone_merged" or not item.words:
        return ""
    return tr("It goes on there in #{number}.").format(number=item.words)


def problem_text(problem: str) -> str:
    """Why no round goes through, in a word or two."""
    return tr(_PROBLEMS.get(problem, problem))


def why_text(why: str) -> str:
    """What is known about why, as a sentence; '' for what nobody has words for."""
    return tr(_WHYS.get(why, ""))


def sign_in_text(error: Exception) -> str:
    """Why signing in failed: what happened, what is known of it, what was kept."""
    why = why_text(str(getattr(error, "facts", {}).get("why", "")))
    return f"{error_text(error)} {why}".strip()


def server_words(words: str) -> str:
    """What a server said when it refused; in our words where it was a code."""
    return why_text(words) or words


def kind_text(kind: str) -> str:
    return tr(_KINDS.get(kind, kind))


def gone_text(why: str) -> str:
    return tr(_GONE.get(why, why))


def logged_text(code: str) -> str:
    """A log's code in words; what it is about (`send reply`, `refuse refused`) behind it."""
    first, _, rest = code.partition(" ")
    words = tr(_LOGGED[first]) if first in _LOGGED else problem_text(first)
    if not rest:
        return words
    if rest not in set(OutboxState):
        return f"{words}: {event_name(rest)}"
    state = OutboxState(rest)
    if state is OutboxState.ACCEPTED:
        return words
    named = tr("needs you") if state in NEEDS_YOU else state_text(state, "").casefold()
    return f"{words} → {named}"


# --- what a command does -----------------------------------------------------------------------


def what_text(item: OutboxItem) -> str:
    """What a command does, in a few words."""
    first = item.steps[0] if item.steps else None
    if isinstance(first, NewTicket):
        return tr("New ticket")
    if isinstance(first, Post):
        return {
            EntryKind.REPLY: tr("Reply"),
            EntryKind.NOTE: tr("Internal note"),
            EntryKind.MESSAGE: tr("Message"),
        }[first.entry.kind]
    if isinstance(first, Edit) and len(first.changes) == 1:
        return field_title(first.changes[0].field)
    return _plain_action(item.event.action)


def _plain_action(action: str) -> str:
    from desk_app.domain.lifecycle import Action

    known = {str(one): one for one in Action}
    return action_name(known[action]).rstrip("…") if action in known else event_name(action)


# --- the status line ---------------------------------------------------------------------------


def account_line(state: SyncState, name: str) -> str:
    """`Acme: online, synced 10:41`: a server and how the desk stands with it, in words."""
    account = state.status.account
    return tr("{server}: {state}").format(server=name, state=_link_words(state, account))


def _link_words(state: SyncState, account: Account) -> str:
    if account.state is AccountState.SIGNED_OUT:
        return tr("signed out, sign in again to go on")
    if account.state is AccountState.OFFLINE:
        return tr("you work offline") + _synced(account)
    if state.problem:
        return _trouble(state)
    if account.page is not None:
        words = tr("first sync, {n} tickets here").format(n=state.status.tickets)
        return words + (f", {tr('paused')}" if state.paused else "")
    return tr("online") + _synced(account) if account.synced_at else tr("connecting")


def _trouble(state: SyncState) -> str:
    words = problem_text(state.problem)
    if state.since is None or state.problem in {"no_secret", "elsewhere"}:
        return words
    return tr("{problem} since {at}").format(problem=words, at=clock(state.since))


def _synced(account: Account) -> str:
    if account.synced_at is None:
        return ""
    return ", " + tr("synced {at}").format(at=clock(account.synced_at))


def clock(at: datetime) -> str:
    """The hour today, the day before that; by this machine's zone."""
    from datetime import UTC, datetime

    local = at.astimezone()
    return (
        f"{local:%H:%M}"
        if local.date() == datetime.now(UTC).astimezone().date()
        else (f"{local:%d %b %H:%M}")
    )


def waiting_text(number: int) -> str:
    return tr("{n} waiting").format(n=number)


def needs_you_text(number: int) -> str:
    return tr("1 needs you") if number == 1 else tr("{n} need you").format(n=number)


def as_of(account: Account) -> str:
    """Above rows that may be older than the server: `As of 10:41`; what to do, where that helps."""
    if account.synced_at is None:
        return tr("Nothing was read from the server yet")
    words = tr("As of {at}").format(at=clock(account.synced_at))
    if account.problem == SetBackError.code:
        words += ". " + error_text(SetBackError())
    return words


def created_text(*, linked: bool) -> str:
    """Of a ticket that was just made here."""
    if linked:
        return tr("The ticket is saved here and waits in the outbox; the server gives its number.")
    return tr("The ticket was created.")


def checked_again_text() -> str:
    """Of a step that is allowed by what is known here."""
    return tr("Allowed by what is known here; it is checked again when it goes out")


def fate_text(state: SyncState, *, public: bool, name: str) -> str:
    """What will become of a text once its button is pressed."""
    online = state.is_online
    if not public:
        return tr("goes out at once; only agents read it") if online else tr("goes out when online")
    when = (
        tr("goes out after 8 s, in which you can undo it") if online else tr("goes out when online")
    )
    return tr("{when}; held if {name} writes first").format(when=when, name=name)
