"""Every sentence of the program: codes come in, words for the agent go out."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QCoreApplication

from desk_app.domain.state import Stage

if TYPE_CHECKING:
    from datetime import datetime

    from desk_app.domain.errors import DeskError
    from desk_app.domain.gate import Denial
    from desk_app.domain.lifecycle import Action
    from desk_app.domain.search_text import Condition


def tr(text: str) -> str:
    """Translate one sentence."""
    return QCoreApplication.translate("desk", text)


def tip(text: str) -> str:
    """A text for a tool tip, which Qt takes for HTML where it looks like some."""
    if "<" not in text and "&" not in text:
        return text
    from html import escape  # not for the first screen

    return "<span>" + escape(text).replace("\n", "<br>") + "</span>"


_ACTIONS = {
    "claim": "Claim",
    "assign": "Assign…",
    "release": "Release",
    "transfer": "Transfer…",
    "refer": "Refer…",
    "unrefer": "End referral…",
    "reply": "Reply",
    "note": "Internal note",
    "set_status": "Status…",
    "reopen": "Reopen",
    "edit_subject": "Subject",
    "edit_priority": "Priority…",
    "edit_sla": "SLA plan…",
    "edit_topic": "Help topic…",
    "edit_source": "Source…",
    "edit_due": "Due date…",
    "edit_requester": "Requester…",
    "edit_collaborators": "Collaborators…",
    "edit_watchers": "Copies of notes too (AdminCc)…",
    "edit_custom": "Extra fields",
    "mark_answered": "Mark answered",
    "mark_unanswered": "Mark unanswered",
    "mark_overdue": "Mark overdue",
    "link": "Link…",
    "unlink": "Unlink…",
    "merge": "Merge…",
    "add_task": "Add task…",
    "close_task": "Finish task…",
    "reopen_task": "Reopen task…",
    "delete": "Delete",
    "restore": "Restore",
    "breach_reason": "Breach reason…",
}
_STAGES = {
    Stage.INTAKE: "Intake",
    Stage.ASSIGNMENT: "Assignment and Communication",
    Stage.WORKING: "Working the Issue",
    Stage.RESOLUTION: "Resolution",
}
_SOURCES = {"email": "E-mail", "web": "Web", "phone": "Phone", "other": "Other"}

_REASONS = {
    "not_visible": "This ticket is in {department}, where you have no access",
    "merged": "This ticket was merged into another one and goes on there",
    "locked": "{agent} is working on this ticket and holds its lock",
    "wrong_state": "Not possible while the ticket is {status}",
    "no_permission": "Your role here lacks the right {permission}. Who can: {who_can}",
    "same_status": "The ticket is {status} already",
    "no_transition": "From {status} there is no way to {to}",
    "open_tasks": "Open tasks: {count}, first “{task}”",
    "open_child": "Ticket {number}, merged into this one, is still open",
    "missing_topic": "The help topic is missing",
    "missing_field": "The field “{field}” must be filled in first",
    "no_owner": "No agent has this ticket",
    "already_mine": "You have this ticket already",
    "owned_by_other": "{agent} has this ticket",
    "not_assigned": "Nobody has this ticket yet",
    "target_unknown": "There is no “{target}” on this desk",
    "target_cannot_see": "{agent} has no access to {department}",
    "no_change": "It is there already",
    "already_answered": "The ticket is marked answered already",
    "not_answered": "The ticket is not marked answered",
    "already_overdue": "The ticket is overdue already",
    "no_open_task": "There is no open task",
    "no_closed_task": "There is no finished task",
    "no_link": "The ticket has no link",
    "no_referral": "The ticket is referred to nobody",
    "not_there": "This cannot be done on {product} from here",
    "itself": "A ticket cannot be joined to itself",
    "target_merged": "Ticket {number} was merged and goes on in {into}",
    "target_is_child": "Ticket {number} was merged into this one, so this one cannot go on there",
    "target_not_visible": "Ticket {number} is in {department}, where you have no access",
    "target_deleted": "Ticket {number} is deleted",
    "no_address": "The requester has no e-mail address",
    "status_takes_no_reply": "A ticket that is {status} takes no reply",
    "past_due_date": "The due date would be in the past",
    "not_yours": "{agent} did this, so only {agent} or a supervisor may undo it",
    "out_of_sight": "This ticket is in {department} now, where you have no access. "
    "Who can give it back: {who_can}",
}

_ERRORS = {
    "desk_missing": "There is no desk in {path}. Nothing was changed. "
    "Make one with: desk-app demo FOLDER",
    "desk_exists": "There is a desk in {path} already. It was left as it is.",
    "no_server": "The desk in {path} has no server: all is kept on this computer.",
    "desk_gone": "The desk in {path} was moved, deleted or replaced while it was open. What you "
    "typed is still on screen: put the desk back and go on, or copy your text and open it again.",
    "desk_busy": "Another program holds the desk in {path}. Nothing was lost; try again.",
    "desk_too_new": "A newer version wrote the desk in {path}. It was left untouched; "
    "install that version to open it.",
    "desk_corrupt": "The desk in {path} is damaged ({detail}). Nothing was written. "
    "Run: desk-app doctor --repair, or take a copy from its backups folder.",
    "desk_read_only": "The desk in {path} cannot be written. What you typed is still on screen; "
    "make the folder writable and go on.",
    "disk_full": "There is no room left for {path}. What you typed is still on screen; "
    "free some room and go on.",
    "attachment_missing": "The file “{name}” is not in the desk's folder, or not as it was. The "
    "ticket is whole otherwise. Put it back from a copy of the desk, or ask for it again.",
    "attachment_too_large": "“{name}” has {size}; the limit is {limit}. It was not added.",
    "picture_refused": "The picture is not shown ({why}).",
    "file_unreadable": "{path} cannot be read. It was not added.",
    "file_unwritable": "{path} cannot be written ({detail}). Choose another place.",
    "not_found": "There is no {kind} “{name}”.",
    "ambiguous_name": "More than one {kind} answers to “{name}”.",
    "lifecycle": "{file}, line {line}: {problem} {name}",
    "remote": "The server did not do it. Everything you wrote is kept here.",
    "not_reached": "The server cannot be reached. Everything you wrote is kept here "
    "and goes out when it can.",
    "no_answer": "The server did not answer. It is looked for before anything is sent again.",
    "server_busy": "The server is busy. What waits here is sent later.",
    "locked": "{who} is at this ticket. What you did is kept here and goes out afterwards.",
    "sign_in": "The server wants you to sign in again. Everything you wrote is kept here.",
    "moved_on": "The ticket was changed on the server meanwhile. It is read again.",
    "refused_by_server": "The server refused it. What you wrote is kept here.",
    "unreadable_answer": "The server answered something that this version does not understand.",
    "unknown_server": "No server that this program knows answers there. Check the address.",
    "set_back": "The server was set back to an earlier state: its numbers may mean other tickets "
    "now. Nothing goes out or comes in. Export what waits, and add the server anew.",
    "not_theirs": "Only {agent} or a supervisor may change this. Nothing was changed.",
    "not_now": "This cannot be done to a command that is {state}.",
}

_PICTURES = {
    "address": "its address is none of a web page",
    "private": "it is on a machine of this house",
    "redirect": "it leads somewhere else",
    "status": "the other machine does not have it",
    "type": "it is no picture that can be shown here",
    "size": "its file is too large",
    "pixels": "it is too large to show",
    "slow": "the other machine was too slow",
    "unreachable": "the other machine cannot be reached",
    "damaged": "it is damaged",
}

_UNDO = {
    "nothing": "There is nothing of yours to undo on this ticket.",
    "no_batch": "The last that you did was not done to several tickets at once: name the ticket.",
    "undone": "It was undone already.",
    "changed_since": "Something of it was changed since, so it cannot be undone any more.",
    "created": "The beginning of a ticket cannot be undone; delete the ticket instead.",
    "sending": "It may be on its way to the server just now. Try again in a moment.",
    "mailed": "This cannot be undone: the mail left at {at}.",
    "noted": "This cannot be undone: the note is on the server since {at}.",
    "merged": "This cannot be undone: the tickets are merged on the server since {at}.",
}

_USAGE = {
    "target": "“{action}” needs a target: give one with --to.",
    "words": "“{action}” needs words (--text-file) or a file (--attach).",
    "no_flag": "“{action}” takes no {flag}. Nothing was changed.",
    "field_form": "“{action}” needs a field and its value: --field FIELD=VALUE.",
    "other_field": "“{action}” does not set {field}. Nothing was changed.",
    "empty": "{field} cannot be empty.",
    "date": "“{value}” is no date. Write it as 2026-12-31 or 2026-12-31T17:00.",
    "address": "“{value}” is no e-mail address.",
    "which_tickets": "Name the tickets by number, or give --search, and not both.",
    "which_undo": "Name a ticket, or give --last to take back all that was done at once.",
    "no_secret": "No password came: give --password-stdin and write it to standard input.",
    "no_session": "No browser's session is in what came, or none can be used on such a server.",
}

_EVENTS = {
    "create": "Ticket created",
    "claim": "Claimed",
    "assign": "Assigned",
    "release": "Released",
    "transfer": "Transferred",
    "refer": "Referred",
    "unrefer": "Referral ended",
    "set_status": "Status",
    "reopen": "Reopened",
    "delete": "Deleted",
    "restore": "Restored",
    "breach_reason": "Breach reason",
    "reply": "Reply recorded",
    "note": "Note written",
    "receive": "Message received",
    **dict.fromkeys(("edit", "edit_custom"), "Changed"),
    "edit_collaborators": "Collaborators",
    "mark_answered": "Marked answered",
    "mark_unanswered": "Marked unanswered",
    "mark_overdue": "Marked overdue",
    "link": "Linked",
    "unlink": "Link removed",
    "merge": "Merged",
    "add_task": "Task added",
    "close_task": "Task finished",
    "reopen_task": "Task reopened",
    "revert": "Undone",
}

_FIELDS = {
    "subject": "Subject",
    "status": "Status",
    "priority": "Priority",
    "department": "Department",
    "topic": "Help topic",
    "sla": "SLA plan",
    "owner": "Agent",
    "team": "Team",
    "source": "Source",
    "due_at": "Due",
    "breach_reason": "Breach reason",
    "answered": "Answered",
    "overdue_since": "Overdue since",
    "requester": "Requester",
    "collaborators": "Collaborators",
    "muted": "Gets no replies",
    "watchers": "Copies of notes too (AdminCc)",
    "links": "Links",
    "referrals": "Referrals",
}

_CONDITIONS = {
    "status": "Status",
    "agent": "Agent",
    "team": "Team",
    "department": "Department",
    "priority": "Priority",
    "topic": "Help topic",
    "is": "Is",
    "has": "Has",
    "stage": "Stage",
    "breach": "Breach reason",
}

_DRAFTS = {"reply": "Reply", "note": "Internal note", "new_ticket": "New ticket"}


def draft_kind_name(kind: str) -> str:
    return tr(_DRAFTS[kind])


_FIXED_KEYS = {
    "send": "Send",
    "send_and_resolve": "Send and resolve",
    "switch": "Reply or internal note",
    "attach": "Attach files",
    "canned": "Canned response",
    "paste_plain": "Paste without formats",
    "bold": "Bold",
    "italic": "Italic",
}


def fixed_key_name(name: str) -> str:
    return tr(_FIXED_KEYS[name])


def condition_text(condition: Condition) -> str:
    """A condition of a search on its chip."""
    name = tr(_CONDITIONS[condition.name])
    return tr("{name}: {value}").format(name=name, value=condition.value)


def action_name(action: Action) -> str:
    return tr(_ACTIONS[action])


def stage_name(stage: Stage) -> str:
    return tr(_STAGES[stage])


def source_name(source: str) -> str:
    return tr(_SOURCES.get(source, source))


def event_name(action: str) -> str:
    return tr(_EVENTS.get(action, action))


def field_name(field: str) -> str:
    name, _, part = field.partition(":")
    if name == "task":
        return tr("Task")  # its number is nobody's business; its title is the value
    return tr(_FIELDS.get(field, part or field))


def number_text(number: str | None) -> str:
    """`#4711`; a ticket that was made here has none before the server gave it one."""
    return f"#{number}" if number else tr("(new)")


def denial_text(denied: Denial) -> str:
    """One sentence, with its full stop."""
    facts = dict(denied.facts)
    if facts.get("department") == "":  # the server does not tell where it went
        facts["department"] = tr("another department")
    return tr(_REASONS[denied.code]).format(**facts) + "."


def fix_text(denied: Denial) -> str:
    """The words on the button that leads to the fix; '' where there is none."""
    from desk_app.domain.lifecycle import Action

    fix = denied.fix
    if fix is None:
        return ""
    if fix.action is Action.MERGE and fix.ticket is not None:
        return tr("Merge into {number}").format(number=denied.facts["into"])
    if fix.action is not None:
        return action_name(fix.action).rstrip("…")
    if fix.field is not None:
        return tr("Go to {field}").format(field=field_name(fix.field))
    return tr("Open it")


def picture_text(error: Exception) -> str:
    """Why a picture is not shown, in a few words without a full stop."""
    from desk_app.domain.errors import AttachmentMissingError, PictureRefusedError

    if isinstance(error, AttachmentMissingError):
        return tr("its file is not in the desk's folder")
    if isinstance(error, PictureRefusedError):
        return tr(_PICTURES[str(error.facts["why"])])
    return tr("it could not be read")


def size_text(size: int) -> str:
    """Bytes as a person reads them."""
    amount, unit = float(size), "B"
    for unit in ("B", "kB", "MB", "GB"):
        if amount < 1000 or unit == "GB":  # noqa: PLR2004 - decimal units, as file managers show
            break
        amount /= 1000
    return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"


def error_text(error: Exception) -> str:
    """What happened, what was kept, what to do. Never the text of an unknown exception."""
    from desk_app.domain.errors import DeskError, NothingToUndoError, WrongUsageError
    from desk_app.domain.gate import Denial

    denied = getattr(error, "denial", None)
    if isinstance(denied, Denial):
        return denial_text(denied)
    if isinstance(error, NothingToUndoError):
        return _undo_error(error)
    if isinstance(error, WrongUsageError):
        return tr(_USAGE[str(error.facts["why"])]).format(**error.facts)
    if isinstance(error, DeskError):
        return _desk_error(error)
    return tr("Something unexpected happened ({kind}). What you typed is kept.").format(
        kind=type(error).__name__
    )


def _undo_error(error: DeskError) -> str:
    at = error.facts.get("at")
    when = ""
    if at is not None:
        from desk_app.ui.sync_texts import clock

        when = clock(cast("datetime", at))
    return tr(_UNDO[str(error.facts["why"])]).format(at=when)


def _desk_error(error: DeskError) -> str:
    facts = {"detail": "", **error.facts}
    for name in ("size", "limit"):
        if isinstance(fact := facts.get(name), int):
            facts[name] = size_text(fact)
    return tr(_ERRORS.get(error.code, error.code)).format(**facts)
