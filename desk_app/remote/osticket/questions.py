"""Answers to the questions of a help topic, each in a dialog of the panel's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desk_app.ports.remote_errors import RefusedByServerError
from desk_app.remote.osticket.answers import GONE, check_done, refusal_words
from desk_app.remote.osticket.page import Page, attribute, options

if TYPE_CHECKING:
    from desk_app.domain.entry import Change
    from desk_app.ports.remote import RemoteTicket, Sending
    from desk_app.remote.osticket.people import People
    from desk_app.remote.osticket.session import PanelSession
    from desk_app.remote.osticket.tickets import Seen


class Questions:
    """Writes answers."""

    def __init__(self, session: PanelSession, people: People) -> None:
        self._session = session
        self._people = people

    def answer(self, sending: Sending, change: Change, seen: Seen, words: str) -> None:
        """Write an answer; `words` are what the agent says of it."""
        number = change.field.partition(":")[2]
        path = f"ajax.php/tickets/{seen.page.id}/field/{number}/edit"
        answer = self._session.get(path)
        if answer.status == GONE:
            self._add_question(seen.page.id, number)
            answer = self._session.get(path)
        begun = self._session.begun
        dialog = Page(answer.body, "field")
        field = dialog.find(
            ".custom-field input[type=text], .custom-field select, .custom-field textarea"
        )
        if field is None:
            raise RefusedByServerError(words=refusal_words(dialog))
        value = str(change.new or "")
        if field.tag == "select":
            choices = {
                " ".join(o.text().split()): attribute(o, "value") for o in field.css("option")
            }
            value = choices.get(value, value)
        form = ((attribute(field, "name"), value), ("comments", words))
        check_done(self._session.change(path, form, made_in=begun), number)

    def _add_question(self, ticket: str, number: str) -> None:
        """Add the form with a question to a ticket.

        Another help topic does not bring its form along (seen on 1.18.1): the panel has an own
        dialog for it. A form that is there already is not added again.
        """
        path = f"ajax.php/tickets/{ticket}/forms/manage"
        dialog = Page(self._session.get(path).body, "forms")
        there = [attribute(one, "value") for one in dialog.all('input[name="forms[]"]')]
        select = dialog.find("select[name=new-form]")
        named = {} if select is None else {name: key for key, name in options(select)}
        form = named.get(self._people.form_of(number))
        if form is None or not there:  # what is not named again is taken away with its answers
            raise RefusedByServerError(words="", why="no_question")
        wanted = tuple(("forms[]", one) for one in (*there, form))
        check_done(self._session.change(path, wanted), "forms")


def is_answered(change: Change, told: RemoteTicket) -> bool:
    """A long answer is cut on the page, so its beginning has to do."""
    shown = dict(told.custom).get(change.field.partition(":")[2], "").rstrip(".… ")
    wanted = " ".join(str(change.new or "").split())
    return wanted == shown or (bool(shown) and wanted.startswith(shown))
