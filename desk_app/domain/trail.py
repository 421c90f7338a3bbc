"""Where in a stored entry the quoted trail begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desk_app.domain.rich_text import split_quoted, text_to_html

if TYPE_CHECKING:
    from collections.abc import Callable

_MARK = "<!--trail-->"
"""No stranger can write it: cleaning drops every comment, and this one is put in afterwards."""


def cleaned_mail(html: str, clean: Callable[[str], str]) -> str:
    """Clean a stranger's HTML; its trail is found first, by names that cleaning drops."""
    own, trail = split_quoted(html)
    return _joined(clean(own), clean(trail)) if trail else clean(html)


def plain_mail(text: str) -> str:
    """Return a plain mail as HTML, its trail marked."""
    own, trail = split_quoted(text)
    return _joined(text_to_html(own), text_to_html(trail)) if trail else text_to_html(text)


def own_and_trail(html: str, clean: Callable[[str], str]) -> tuple[str, str]:
    """Return what a stored entry says itself and the trail below it, each whole HTML.

    Entries that were stored without the mark are looked through; their halves are cleaned again,
    which closes the tags that the cut leaves open.
    """
    own, mark, trail = html.partition(_MARK)
    if mark:
        return own, trail
    own, trail = split_quoted(html)
    return (clean(own), clean(trail)) if trail else (html, "")


def _joined(own: str, trail: str) -> str:
    return f"{own}{_MARK}{trail}" if own and trail else own or trail
