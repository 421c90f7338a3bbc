"""What the panel's answer to a change says: done, refused in its words, not allowed, gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desk_app.ports.remote_errors import RefusedByServerError, UnreadableAnswerError
from desk_app.remote.osticket.page import Page, text

if TYPE_CHECKING:
    from desk_app.remote.http import Answer

DONE, OK, MOVED, FORBIDDEN, GONE = 201, 200, 302, 403, 404
_LONGEST_WORDS = 500
_REASONS = "#msg_error, .error-banner, .error"


def refusal_words(page: Page) -> str:
    """The panel's reasons, as they are; '' if it gives none.

    It marks a required field by a star of the same class: that is no reason.
    """
    found = dict.fromkeys(text(node) for node in page.all(_REASONS))
    said = [words for words in found if words.strip("*\xa0 ")]
    return " ".join(said)[:_LONGEST_WORDS]


def check_done(answer: Answer, what: str) -> None:
    """Raise what an answer to a dialog's form means, unless it was carried out.

    Raises:
        RefusedByServerError: `words`: as the panel shows them.
        UnreadableAnswerError: none of the answers that are known.
    """
    if answer.status == DONE:
        return
    words = ""
    if answer.status == OK:
        words = refusal_words(Page(answer.body, what))
    elif answer.status in {FORBIDDEN, GONE}:
        words = answer.body.decode("utf-8", "replace").strip()[:_LONGEST_WORDS]
    else:
        raise UnreadableAnswerError(why="status", detail=f"{what}: {answer.status}")
    raise RefusedByServerError(words=words, status=answer.status)
