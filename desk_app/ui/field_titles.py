"""What a field is called, those of a help topic's form too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desk_app.domain.lifecycle import Action
from desk_app.ui.texts import action_name, field_name, tr

if TYPE_CHECKING:
    from desk_app.domain.directory import Directory


def field_title(field: str, directory: Directory | None = None) -> str:
    """Extra fields by the words of their form, which the directory has; never by a number."""
    kind, _, key = field.partition(":")
    if kind == "comment":  # not taken along with what was
        return tr("Comment")
    if kind != "custom":
        return field_name(field)
    topics = () if directory is None else directory.topics.values()
    extras = (extra for topic in topics for extra in topic.fields)
    found = next((extra.name for extra in extras if extra.key == key), "")
    if found:
        return found
    return action_name(Action.EDIT_CUSTOM) if key.isdecimal() else field_name(field)
