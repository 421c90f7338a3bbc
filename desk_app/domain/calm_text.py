"""One line of a stranger's text, as it may stand beside the program's own."""

from __future__ import annotations

import re

_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Signs that write what follows backwards: with them a name ends otherwise than it looks."""
_MARK = "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
_PILE = re.compile(f"({_MARK}{{2}}){_MARK}+")
"""Marks over marks; languages have two on a letter, a pile of them paints over other lines."""
_LONG_WORD = re.compile(r"\S{40}")
_BREAK = "\u200b"


def calm(text: str, most: int = 0) -> str:
    """The text without what would write over or turn around what stands beside it.

    `most` is the greatest number of characters, 0 for all.
    """
    if not text.isascii():
        text = _PILE.sub(r"\1", _TURNS.sub("", text))
    return text if not most or len(text) <= most else text[: most - 1] + "…"


def breakable(text: str) -> str:
    """The text with places to break in words that are longer than a line."""
    return _LONG_WORD.sub(lambda found: found[0] + _BREAK, text)
