"""One line of a stranger's text, as it may stand beside the program's own."""

from __future__ import annotations

import re

_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Signs that write what follows backwards: with them a name ends otherwise than it looks."""
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
"""Line ends and signs for machines: a subject with one would stand on two lines of a table."""
_MARK = "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
_PILE = re.compile(f"({_MARK}{{2}}){_MARK}+")
"""Marks over marks; languages have two on a letter, a pile of them paints over other lines."""
_ORDERS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""What a terminal may obey: all control characters but tab and line end."""
_PICTURES, _PRINTED, _DELETE = 0x2400, 0x20, 0x7F
"""Where Unicode has pictures of control characters; up to where those go; and one that is apart."""
_LONG_WORD = re.compile(r"\S{40}")
_BREAK = "\u200b"


def calm(text: str, most: int = 0) -> str:
    """The text without what would write over or turn around what stands beside it.

    `most` is the greatest number of characters, 0 for all.
    """
    if not text.isprintable():
        text = _CONTROLS.sub(" ", text)
    if not text.isascii():
        text = _PILE.sub(r"\1", _TURNS.sub("", text))
    return text if not most or len(text) <= most else text[: most - 1] + "…"


def calm_lines(text: str) -> str:
    """The same for several lines, as a terminal may be given them: it takes orders in its text.

    A sign for machines is shown as a picture of itself, so that it can be seen that there is one.
    """
    if text.isprintable():
        return text
    return _ORDERS.sub(_pictured, _TURNS.sub("", text.replace("\r\n", "\n")))


def _pictured(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code == _DELETE:
        return "\u2421"
    return chr(_PICTURES + code) if code < _PRINTED else "\ufffd"


def breakable(text: str) -> str:
    """The text with places to break in words that are longer than a line."""
    return _LONG_WORD.sub(lambda found: found[0] + _BREAK, text)
