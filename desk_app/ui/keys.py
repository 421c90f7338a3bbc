"""The single keys of ticket actions."""

from __future__ import annotations

from desk_app.domain.lifecycle import Action

KEYS: dict[Action, str] = {
    Action.REPLY: "R",
    Action.NOTE: "N",
    Action.ASSIGN: "A",
    Action.CLAIM: "Shift+A",
    Action.RELEASE: "U",
    Action.TRANSFER: "T",
    Action.REFER: "Y",
    Action.SET_STATUS: "S",
    Action.EDIT_PRIORITY: "P",
    Action.REOPEN: "Shift+E",
    Action.EDIT_DUE: "D",
}
"""Single keys, at work only while the queue or the thread has the focus."""
