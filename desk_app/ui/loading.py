"""Loads modules after the first paint, one at a time, so that keys and clicks come in between.

Not on a worker: PySide makes its classes when they are first asked for, and two threads at that
at once crash the program.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import QObject

_REST = (
    *("views.rich_edit", "views.rich_tools", "views.writing_area", "views.composer"),
    *("views.thread_view", "entry_body", "sync_texts", "entry_card", "thread_html"),
    *("views.side_tabs", "views.find_bar", "views.ticket_pane", "picture_loader", "file_saver"),
    *("thread_controller", "lifecycle_controller", "field_rows", "ticket_head"),
    *("ticket_controller", "composing", "choices", "pickers", "asking", "views.chooser"),
    *(
        "command_table",
        "going",
        "import_runner",
        "table_import",
        "kept_aside",
        "importing",
        "views.new_ticket_form",
        "new_ticket_controller",
    ),
    *("own_marks", "palette", "reading", "searching", "server_side", "windows", "accounts"),
    *("reassigning", "team_list", "boarding", "bulk", "balancing", "absences"),
    *("escalating", "auditing", "supervising", "team_table"),
)
"""Everything but the first screen, in the order in which it is loaded."""
_SERVER = (
    *("outbox_texts", "models.outbox_model", "views.outbox_view", "outbox_controller"),
    *("conflict_case", "views.conflict_view", "conflict_controller"),
    *("views.log_view", "log_controller", "views.doctor_view", "doctor_controller"),
    *("views.sync_bar", "views.sign_in_panel", "server_paging"),
)


def load_rest(owner: QObject, then: Callable[[], object]) -> None:
    """Load what the first screen does without; `then` is called if `owner` still lives."""
    load_modules(list(_REST), owner, then)


def load_server(owner: QObject, then: Callable[[], object]) -> None:
    """Load what only a desk with a server needs."""
    load_modules(list(_SERVER), owner, then)


def load_modules(modules: list[str], owner: QObject, then: Callable[[], object]) -> None:
    if not modules:
        then()
        return
    import_module(f"desk_app.ui.{modules[0]}")
    QTimer.singleShot(0, owner, lambda: load_modules(modules[1:], owner, then))
