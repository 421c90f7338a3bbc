"""What was typed as plain, tidy HTML: what a mail program would have written, not Qt's own."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Any

from PySide6.QtGui import (
    QFont,
    QTextBlock,
    QTextCharFormat,
    QTextDocument,
    QTextFragment,
    QTextList,
    QTextListFormat,
)

QUOTE_MARGIN = 40
"""Pixels at the left for each level of quoting: what Qt makes of a blockquote."""
_EMPTY = '<p style="-qt-paragraph-type:empty;"><br></p>'
_EMPTY_ITEM = '<li style="-qt-paragraph-type:empty;"><br>'
_BULLETS = {
    QTextListFormat.Style.ListDisc,
    QTextListFormat.Style.ListCircle,
    QTextListFormat.Style.ListSquare,
}


def document_html(document: QTextDocument) -> str:
    """Paragraphs, lists, quotes, code and pictures; '' for an empty document."""
    if document.isEmpty():
        return ""
    writer = _Writer()
    block = document.begin()
    while block.isValid():
        writer.add(block)
        block = block.next()
    return writer.finish()


def quote_level(block: QTextBlock) -> int:
    return round(block.blockFormat().leftMargin() / QUOTE_MARGIN)


def is_code(style: QTextCharFormat) -> bool:
    """Whether this is code: a fixed pitch, or a family that says so."""
    families: Any = style.fontFamilies() or []
    return bool(style.fontFixedPitch()) or any("mono" in str(f).lower() for f in families)


class _Writer:
    """Opens and closes what surrounds the blocks as they come."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._quotes = 0
        self._lists: list[str] = []
        self._pre: list[str] = []

    def add(self, block: QTextBlock) -> None:
        inside: QTextList | None = block.textList()
        if block.blockFormat().nonBreakableLines() and inside is None:
            self._level(quote_level(block), "", 0)
            self._pre.append(escape(block.text().replace("\u2028", "\n"), quote=False))
            return
        self._end_pre()
        if inside is not None:
            tag = "ul" if inside.format().style() in _BULLETS else "ol"
            self._level(quote_level(block), tag, inside.format().indent())
            text = _inline(block)
            self._parts.append(f"<li>{text}" if text else _EMPTY_ITEM)
            return
        self._level(quote_level(block), "", 0)
        heading = block.blockFormat().headingLevel()
        tag = f"h{heading}" if heading else "p"
        text = _inline(block)
        self._parts.append(f"<{tag}>{text}</{tag}>" if text else _EMPTY)

    def finish(self) -> str:
        self._end_pre()
        self._level(0, "", 0)
        return "".join(self._parts)

    def _level(self, quotes: int, tag: str, depth: int) -> None:
        """Close and open quotes and lists until the next block fits."""
        if quotes != self._quotes:
            self._close_lists(0)
            self._end_pre()
            step = "<blockquote>" if quotes > self._quotes else "</blockquote>"
            self._parts.append(step * abs(quotes - self._quotes))
            self._quotes = quotes
        same = self._lists[: depth - 1] + [tag] * min(1, depth)
        self._close_lists(depth if self._lists[:depth] == same else max(0, depth - 1))
        if depth and len(self._lists) == depth:
            self._parts.append("</li>")
        while len(self._lists) < depth:
            self._parts.append(f"<{tag}>")
            self._lists.append(tag)

    def _close_lists(self, depth: int) -> None:
        while len(self._lists) > depth:
            self._parts.append(f"</li></{self._lists.pop()}>")

    def _end_pre(self) -> None:
        if self._pre:
            self._parts.append("<pre>" + "\n".join(self._pre) + "</pre>")
            self._pre = []


def _inline(block: QTextBlock) -> str:
    """The block's text with its tags; blanks that HTML would swallow are made to stay."""
    last = len(block.text()) - 1
    before = " "
    parts = []
    for fragment in _fragments(block):
        start = fragment.position() - block.position()
        kept = ""
        for place, sign in enumerate(fragment.text(), start):
            blank = sign.isspace() and sign not in "\xa0\u2028"
            swallowed = blank and (before.isspace() or place == last)
            kept += "\xa0" if swallowed else sign
            before = sign
        parts.append(_fragment(kept, fragment.charFormat()))
    return "".join(parts)


def _fragments(block: QTextBlock) -> Iterator[QTextFragment]:
    at = block.begin()
    while not at.atEnd():
        yield at.fragment()
        at += 1


def _fragment(words: str, style: QTextCharFormat) -> str:
    if style.isImageFormat():
        return _picture(style) * len(words)
    text = escape(words, quote=False).replace("\t", "&nbsp;" * 4)
    text = text.replace("\xa0", "&nbsp;").replace("\u2028", "<br>")
    for tag in _tags(style):
        text = f"<{tag}>{text}</{tag}>"
    if style.anchorHref():
        text = f'<a href="{escape(style.anchorHref())}">{text}</a>'
    return text


def _tags(style: QTextCharFormat) -> list[str]:
    underlined = style.fontUnderline() and not style.anchorHref()
    found = (
        (is_code(style), "code"),
        (style.fontWeight() >= QFont.Weight.Bold, "b"),
        (style.fontItalic(), "i"),
        (underlined, "u"),
        (style.fontStrikeOut(), "s"),
    )
    return [tag for there, tag in found if there]


def _picture(style: QTextCharFormat) -> str:
    picture = style.toImageFormat()
    width = f' width="{picture.width():.0f}"' if picture.width() > 0 else ""
    return f'<img src="{escape(picture.name())}"{width}>'
