"""Loads modules after the first paint, one at a time, so that keys and clicks come in between.

Not on a worker: PySide makes its classes when they are first asked for, and two threads at that
at once crash the program.
"""

from __future__ import annotations

import gc
from importlib import import_module
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import QObject

_REST = (
    *("ui.views.rich_edit", "ui.icons", "ui.views.rich_tools", "domain.ticket", "domain.entry"),
    *("domain.rich_text", "domain.draft", "ui.views.file_strip", "ui.views.writing_area"),
    *("ui.views.fate_label", "ui.views.composer", "domain.mail", "ui.thread_links"),
    *("ui.views.card_painter", "ui.views.thread_view", "ui.entry_body", "domain.changes"),
    *(
        "domain.outbox",
        "domain.mirror",
        "ui.field_titles",
        "ui.sync_texts",
        "ui.entry_card",
        "ui.thread_html",
    ),
    *("domain.lifecycle", "domain.verdict", "domain.gate_checks", "domain.gate"),
    *("ui.views.side_tabs", "ui.views.find_bar", "ui.views.lifecycle_bar"),
    *("ui.views.flow_row", "ui.views.inline_panel", "ui.views.undo_panel"),
    *("ui.views.ticket_tabs", "ui.views.ticket_pane", "ui.picture_loader", "ui.file_saver"),
    *(
        "ui.held_seconds",
        "ui.thread_controller",
        "ui.lifecycle_controller",
        "ui.field_rows",
        "domain.sla",
    ),
    *("ui.ticket_head", "ui.unseen", "domain.commands", "services.writing", "domain.people"),
    *("services.merging", "domain.undo_gate", "services.outbox", "services.undoing"),
    *("services.command_bus", "ui.outbox_texts", "ui.undo_texts", "ui.undoing", "ui.undo_preview"),
    *("ui.done_notice",),
    *("ui.ticket_controller", "domain.canned", "services.mailing", "ui.views.chooser"),
    *("ui.server_canned", "ui.holding", "ui.composing", "ui.choices"),
    *("services.opening", "ui.pickers", "ui.asking"),
    *("ui.keys", "ui.menus", "ui.views.server_pages", "ui.sync_commands", "domain.board"),
    *("ui.models.board_model", "ui.views.board_painter", "ui.views.board_view"),
    *("ui.views.board_page", "ui.team_table", "ui.knowledge", "ui.command_table", "ui.going"),
    *("domain.intake", "services.intake", "services.import_run", "ui.import_runner"),
    *("domain.directory", "services.ticket_import"),
    *("ui.views.mapping_view", "ui.table_import", "ui.kept_aside", "ui.importing"),
    *(
        "ui.views.topic_questions",
        "ui.views.new_ticket_form",
        "ui.new_ticket_controller",
        "ui.own_marks",
        "ui.palette",
    ),
    *("ui.printing", "ui.reading", "ui.searching", "ui.sync_marks", "ui.server_side"),
    *("ui.views.due_button", "ui.views.soonest_button"),
    *("ui.views.help_overlay", "ui.views.settings_window", "ui.windows"),
    *("ui.desk_colours", "ui.report_texts", "ui.desk_texts"),
    *("ui.desk_windows", "ui.accounts", "ui.views.drop_hint"),
    *("ui.views.note_panel", "ui.load_watch", "domain.move_record", "domain.reassignment"),
    *("ui.reassign_texts", "domain.workload", "services.reassigning", "ui.reassigning"),
    *("ui.drop_site", "ui.team_list", "ui.board_heads", "ui.boarding", "ui.bulk"),
    *("ui.models.proposal_model",),
    *("domain.balance", "ui.views.proposal_window", "ui.balancing", "services.absence"),
    *("ui.views.absence_window", "ui.absences", "ui.views.escalation_panel", "ui.escalating"),
    *("ui.models.named_columns",),
    *("ui.models.move_cells", "ui.models.move_model", "ui.views.moves_window", "ui.auditing"),
    *("services.many", "ui.touch_hand", "ui.many", "ui.assign_list", "ui.supervising"),
)
"""Everything but the first screen, in the order in which it is loaded; small bites, not big ones:
what a module brings along is named before it."""
_SERVER = (
    *("ui.models.outbox_model", "ui.views.outbox_view"),
    *("ui.outbox_controller", "ui.conflict_case", "ui.views.conflict_view"),
    *("ui.conflict_controller", "ui.views.log_view", "ui.log_controller", "ui.views.doctor_view"),
    *("ui.doctor_controller", "ui.views.sync_bar", "ui.sign_in_texts", "ui.views.code_row"),
    *("ui.views.session_choice", "ui.views.sign_in_panel", "ui.signing_in", "ui.server_paging"),
    *("ui.server_queues",),
)


def load_rest(owner: QObject, then: Callable[[], object]) -> None:
    """Load what the first screen does without; `then` is called if `owner` still lives."""
    load_modules(list(_REST), owner, then)


def load_server(owner: QObject, then: Callable[[], object]) -> None:
    """Load what only a desk with a server needs."""
    load_modules(list(_SERVER), owner, then)


def load_modules(modules: list[str], owner: QObject, then: Callable[[], object]) -> None:
    if not modules:
        gc.freeze()  # nothing of this is ever garbage: to look it through holds the window
        gc.enable()  # the start put it off
        then()
        return
    import_module(f"desk_app.{modules[0]}")
    QTimer.singleShot(0, owner, lambda: load_modules(modules[1:], owner, then))
