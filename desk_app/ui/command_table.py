"""What the window's menus hold."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication

from desk_app.domain.filters import QueueKind
from desk_app.domain.lifecycle import Action
from desk_app.ui.knowledge import open_knowledge_base
from desk_app.ui.menus import Entry
from desk_app.ui.sync_commands import sync_lines
from desk_app.ui.team_table import team_lines
from desk_app.ui.texts import action_name, denial_text, tip, tr
from desk_app.ui.views.navigator import queue_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from desk_app.ui.main_window import MainWindow
    from desk_app.ui.menus import Menus
    from desk_app.ui.ticket_controller import TicketController
    from desk_app.ui.ticket_window import TicketWindow

_GROUPS = (
    (Action.REPLY, Action.NOTE),
    (Action.CLAIM, Action.ASSIGN, Action.RELEASE, Action.TRANSFER, Action.REFER, Action.UNREFER),
    (
        *(Action.SET_STATUS, Action.REOPEN),
        *(Action.MARK_ANSWERED, Action.MARK_UNANSWERED, Action.MARK_OVERDUE),
    ),
    (
        Action.EDIT_SUBJECT,
        Action.EDIT_PRIORITY,
        Action.EDIT_DUE,
        Action.EDIT_SLA,
        Action.EDIT_TOPIC,
        Action.EDIT_SOURCE,
        Action.EDIT_REQUESTER,
        Action.EDIT_COLLABORATORS,
        Action.EDIT_WATCHERS,
        Action.EDIT_CUSTOM,
    ),
    (Action.ADD_TASK, Action.CLOSE_TASK, Action.REOPEN_TASK, Action.BREACH_REASON),
    (Action.LINK, Action.UNLINK, Action.MERGE),
    (Action.DELETE, Action.RESTORE),
)


def fill_menus(menus: Menus, window: MainWindow) -> None:
    """Put everything that the window can do into its menus."""
    menus.add(tr("&File"), file_lines(window))
    menus.add(tr("&Edit"), edit_lines(window))
    menus.add(tr("&View"), view_lines(window))
    menus.add(tr("&Queue"), queue_lines(window))
    menus.add(tr("&Ticket"), ticket_lines(window))
    menus.add(tr("Tea&m"), team_lines(window))
    menus.add(tr("&Sync"), sync_lines(window))
    menus.add(tr("&Help"), help_lines(window))


def gate_entries(menus: Menus, ticket: TicketController) -> None:
    """Write on every action's entry whether it is off, and why."""
    resolved = ticket.gate.first_closing()
    asked: dict[str, tuple[Action, str | None]] = {action: (action, None) for action in Action}
    asked |= {"resolve": (Action.SET_STATUS, resolved), "reply_all": (Action.REPLY, None)}
    missing = "" if ticket.page is not None else tr("Choose a ticket in the queue first.")
    for name in menus.groups[tr("&Ticket")]:
        entry = menus.entries[name]
        denied = ticket.gate.denial(*asked[name]) if name in asked else None
        reason = missing if denied is None else denial_text(denied)
        entry.setProperty("reason", reason)
        entry.setToolTip(tip(reason))
        entry.setStatusTip(reason)


def file_lines(window: MainWindow) -> list[Entry | None]:
    importing = window.importing
    return [
        Entry(name="new_ticket", text=tr("&New ticket"), call=window.opening.open),
        Entry(name="new_window", text=tr("New &window"), call=window.windows.open_another),
        Entry(
            name="tear_off", text=tr("This ticket in its &own window"), call=window.windows.tear_off
        ),
        None,
        Entry(name="import", text=tr("&Import…"), call=importing.choose_files),
        Entry(name="import_folder", text=tr("Import &folder…"), call=importing.choose_folder),
        Entry(name="kept_aside", text=tr("&Kept aside…"), call=importing.aside.open),
        None,
        Entry(name="settings", text=tr("&Settings…"), call=window.windows.show_settings),
        Entry(name="quit", text=tr("&Quit"), call=QApplication.closeAllWindows),
    ]


def edit_lines(window: MainWindow) -> list[Entry | None]:
    return [
        Entry(name="undo", text=tr("&Undo last ticket action"), call=window.undo),
        Entry(name="redo", text=tr("&Redo"), call=window.redo),
        None,
        Entry(name="search", text=tr("&Search everywhere"), call=window.going.search),
    ]


def view_lines(window: MainWindow) -> list[Entry | None]:
    going, tabs = window.going, window.pane.tabs
    return [
        Entry(name="palette", text=tr("&Commands…"), call=window.commands.open),
        None,
        Entry(name="next_tab", text=tr("Next open ticket"), call=partial(tabs.step, 1)),
        Entry(name="previous_tab", text=tr("Previous open ticket"), call=partial(tabs.step, -1)),
        Entry(name="close_ticket", text=tr("Close this ticket's tab"), call=tabs.close_current),
        None,
        Entry(name="back", text=tr("&Back"), call=partial(going.travel, -1)),
        Entry(name="forward", text=tr("&Forward"), call=partial(going.travel, 1)),
        None,
        Entry(name="next_pane", text=tr("Next pane"), call=partial(going.next_pane, 1)),
        Entry(name="previous_pane", text=tr("Previous pane"), call=partial(going.next_pane, -1)),
    ]


def queue_lines(window: MainWindow) -> list[Entry | None]:
    return [
        Entry(
            name=f"queue_{number}",
            text=queue_name(kind),
            call=partial(window.going.to_queue, kind),
        )
        for number, kind in enumerate(QueueKind, 1)
    ] + queue_tools(window)


def help_lines(window: MainWindow) -> list[Entry | None]:
    return [
        Entry(name="help", text=tr("&Keys"), call=window.windows.show_keys),
        Entry(
            name="knowledge_base",
            text=tr("Knowledge &base of the server"),
            call=partial(open_knowledge_base, window),
        ),
        Entry(name="help_here", text=tr("Keys that work &here"), call=window.windows.show_keys),
    ]


def queue_tools(window: MainWindow) -> list[Entry | None]:
    going, queue, soonest = window.going, window.queue, window.soonest
    return [
        None,
        Entry(name="filter", text=tr("&Filter this queue"), call=going.filter),
        Entry(name="sort", text=tr("So&rt by…"), call=window.table.sort),
        Entry(name="columns", text=tr("&Columns…"), call=window.table.columns),
        Entry(name="go_soonest", text=tr("Go to what of yours is &due first"), call=soonest.go),
        Entry(name="go_queue", text=tr("Go to the &queue"), call=window.supervising.boarding.leave),
        Entry(name="go_drafts", text=tr("Go to the &drafts…"), call=going.list_drafts),
        Entry(name="next_ticket", text=tr("&Next ticket"), call=partial(going.step, 1)),
        Entry(name="previous_ticket", text=tr("&Previous ticket"), call=partial(going.step, -1)),
        Entry(name="select", text=tr("Select this ticket or not"), call=queue.toggle_current),
    ]


def ticket_lines(window: MainWindow | TicketWindow) -> list[Entry | None]:
    lines: list[Entry | None] = []
    for group in _GROUPS:
        lines += [
            Entry(name=action, text=action_name(action), call=partial(window.asking.choose, action))
            for action in group
        ]
        lines.append(None)
    pane, reading = window.pane, window.reading
    lines += [
        Entry(name="snooze", text=tr("Sn&ooze…"), call=window.marks.snooze),
        Entry(name="follow", text=tr("&Follow or no longer"), call=window.marks.follow),
        None,
        Entry(name="find", text=tr("Find &in this ticket"), call=pane.find_bar.open),
        Entry(name="quote", text=tr("&Quote in the reply"), call=pane.talk.quote),
        Entry(name="info", text=tr("Wh&y is it so?"), call=reading.explain),
        None,
        Entry(name="print", text=tr("&Print…"), call=partial(reading.print, notes=True)),
        Entry(
            name="print_public",
            text=tr("Print without notes…"),
            call=partial(reading.print, notes=False),
        ),
        Entry(name="pdf", text=tr("Save as P&DF…"), call=partial(reading.save_pdf, notes=True)),
        Entry(
            name="pdf_public",
            text=tr("Save as PDF without notes…"),
            call=partial(reading.save_pdf, notes=False),
        ),
        None,
    ]
    reply_all = Entry(name="reply_all", text=tr("Reply to all"), call=window.composing.reply_to_all)
    lines.insert(1, reply_all)
    resolve = Entry(name="resolve", text=tr("Resolve"), call=window.asking.resolve)
    lines.insert(lines.index(None, 4) + 1, resolve)
    at_once = {Action.REPLY, Action.NOTE}  # the composers are the chosen ticket's already
    return [
        line
        if line is None or line.name in at_once
        else replace(line, call=partial(_held, window, line.call))
        for line in lines[:-1]
    ]


def _held(window: MainWindow | TicketWindow, call: Callable[[], object]) -> None:
    """Wait for the ticket that was chosen, where an older one is still on screen."""
    if window.ticket is not None:
        window.ticket.held.when_shown(call)
