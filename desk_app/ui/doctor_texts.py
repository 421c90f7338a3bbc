"""What a look over a desk found, in sentences: what it is, what was kept, what to do."""

from __future__ import annotations

from desk_app.ui.texts import size_text, tr

_FINDINGS = {
    "integrity": "The desk's file is damaged ({count}: {detail}). Nothing was changed. "
    "Close its window, then put all that can be read into a new file with: doctor --repair. "
    "The damaged one is kept.",
    "salvaged": "The desk's file was damaged: {count} rows were read into a new one. The damaged "
    "file is in {detail}.",
    "unreadable": "Places that could not be read: {count}, in {detail}. What was there may be in "
    "an older copy in the backups folder; the damaged file is kept beside it.",
    "foreign_key": "Rows of “{detail}” that belong to something that is gone: {count}. They were "
    "kept: nothing that you wrote was taken away.",
    "search_words": "The search does not know all words of {detail}. The texts themselves are "
    "whole. Mend it with: doctor --repair",
    "derived_column": "Tickets in which “{detail}” is out of date: {count}. The tickets themselves "
    "are whole. Mend it with: doctor --repair",
    "attachment_missing": "Attached files that are not in the desk's folder: {count}, “{detail}” "
    "first. The tickets are whole otherwise. Put them back from a copy of the desk, or ask for "
    "them again.",
    "attachment_changed": "Attached files that are not what they were: {count}, “{detail}” first. "
    "They are not shown; put them back from a copy of the desk, or ask for them again.",
    "file_unnamed": "Files in the desk's folder that no message, draft or command names: {count} "
    "({size}). They do no harm. doctor --repair moves them to backups/unnamed-files.",
}


def finding_text(code: str, count: int, detail: str) -> str:
    """One thing that is not as it should be."""
    size = size_text(int(detail)) if detail.isdecimal() else ""
    return tr(_FINDINGS[code]).format(count=f"{count:,}", detail=detail, size=size)
