"""One HTML answer of the staff panel: what is needed is found by structure or named as missing."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING

from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser

from desk_app.ports.remote_errors import UnreadableAnswerError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from selectolax.lexbor import LexborNode

_AS_WRITTEN = LexborDocumentOptions.WO_EVENTS.value
"""Nothing in a page moves by itself, as it would in a browser."""


class Page:
    """A parsed page; nothing in it is found by what it says, which is in the agent's language."""

    def __init__(self, body: bytes, what: str) -> None:
        """`what` names the page in errors: a code, never what people wrote."""
        self.what = what
        self._doc = LexborHTMLParser(body, options=_AS_WRITTEN)
        self._ends = body.rfind(b"</html") >= 0  # from the end: a plugin may write behind it

    @property
    def version(self) -> str:
        """How the server calls its version; '' where the page does not tell."""
        found = self._doc.css_first('meta[http-equiv="x-pjax-version"]')
        return "" if found is None else attribute(found, "content")

    def check_whole(self) -> None:
        """Raise UnreadableAnswerError if the server broke off in the middle of a page.

        It says 200 all the same where one of its parts fails later on, and half of a thread or of
        a list would pass for all of it. Parts of pages, such as dialogs, have no such end.
        """
        if not self._ends:
            raise self.missing("</html>")

    @property
    def token(self) -> str:
        """The token that goes with what changes something; '' if this page has none."""
        found = self._doc.css_first('meta[name="csrf_token"]')
        if found is not None:
            return attribute(found, "content")
        return self.field("__CSRFToken__")

    def find(self, selector: str) -> LexborNode | None:
        return self._doc.css_first(selector)

    def all(self, selector: str) -> list[LexborNode]:
        return self._doc.css(selector)

    def get(self, selector: str) -> LexborNode:
        """Raise UnreadableAnswerError if there is no such element."""
        found = self._doc.css_first(selector)
        if found is None:
            raise self.missing(selector)
        return found

    def field(self, name: str) -> str:
        """The value of an input field; '' if there is none."""
        found = self._doc.css_first(f'input[name="{name}"]')
        return "" if found is None else attribute(found, "value")

    def missing(self, what: str) -> UnreadableAnswerError:
        """The error for a page that is not as this program knows it."""
        detail = f"{self.what}: {what}"
        if self.version:
            detail += f" (version {self.version})"
        return UnreadableAnswerError(why="page", detail=detail, missing=what, version=self.version)


def attribute(node: LexborNode, name: str) -> str:
    """An attribute's value; '' if it is not there or empty."""
    return node.attributes.get(name) or ""


def text(node: LexborNode) -> str:
    """What an element says, its white space made single."""
    words = node.text_lexbor()
    # Most of it is a name or two: of all white space only the blank passes for printable.
    if words.isprintable() and "  " not in words:
        return words.strip()
    return " ".join(words.split())


def number_in(link: str, after: str) -> str:
    """The digits that follow `after` in a link; '' if there are none."""
    return "".join(takewhile(str.isdigit, link.partition(after)[2]))


def options(node: LexborNode) -> list[tuple[str, str]]:
    """The choices of a select element with their words, without the empty one."""
    return choices(node.css("option"))


def choices(listed: Iterable[LexborNode]) -> list[tuple[str, str]]:
    """The same of option elements that were found already."""
    return [
        (value, text(option))
        for option in listed
        if (value := attribute(option, "value")) not in {"", "0"}
    ]


def chosen(listed: Iterable[LexborNode]) -> str:
    """The value that a select element with these options shows; '' if none is marked."""
    for option in listed:
        told = option.attributes
        if "selected" in told:
            return told.get("value") or ""
    return ""
