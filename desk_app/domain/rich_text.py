"""Text to HTML and back, quoting, and where the quoted trail of a mail begins."""

from __future__ import annotations

import html as _html
import re

_LINK = re.compile(r"\b(?:https?://|mailto:)[^\s<>\"']+[^\s<>\"'.,;:!?)\]]")
_BLOCK = re.compile(r"<\s*/?\s*(?:p|div|tr|h[1-6]|blockquote|pre|ul|ol|table|br)\b[^>]*>", re.I)
_ITEM = re.compile(r"<\s*li\b[^>]*>", re.I)
_DROPPED = re.compile(r"<(script|style|head|title)\b[^>]*>.*?(?:</\1\s*>|\Z)", re.I | re.S)
_TAG = re.compile(r"<[^<>]*>")
_TRAIL = re.compile(
    r"^(?:-{2,}\s*(?:Original Message|Ursprüngliche Nachricht|Message d'origine)\s*-{2,}"
    r"|On .{4,120} wrote:|Am .{4,120} schrieb.{0,80}:|Le .{4,120} a écrit\s?:"
    r"|El .{4,120} escribió:|From: .+\n(?:Sent|Date): .+)\s*$",
    re.M,
)


def text_to_html(text: str) -> str:
    """Plain text as paragraphs; `>` lines as quotes, web addresses as links."""
    parts: list[str] = []
    depth = 0
    for block in re.split(r"\n\s*\n", text.strip("\n")):
        quoted = all(line.startswith(">") for line in block.split("\n"))
        if quoted != bool(depth):
            parts.append("<blockquote>" if quoted else "</blockquote>")
            depth = int(quoted)
        parts.append(f"<p>{_linked(_unquoted(block) if quoted else block)}</p>")
    return "".join(parts) + "</blockquote>" * depth


def html_to_text(html: str) -> str:
    """Readable plain text: blocks as lines, list items with dashes, entities decoded."""
    text = _DROPPED.sub(" ", html)
    text = re.sub(r"\s+", " ", text) if "<pre" not in text.lower() else text
    text = _BLOCK.sub("\n", _ITEM.sub("\n- ", text))
    text = _html.unescape(_TAG.sub("", text)).replace("\xa0", " ")
    lines = [re.sub(r"[ \t]+", " ", line).strip() for line in text.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def quote_html(html: str, heading: str) -> str:
    """An entry's HTML as a quotation under a heading that names who wrote it."""
    return f"<p>{_html.escape(heading)}</p><blockquote>{html}</blockquote>"


def split_quoted(text: str) -> tuple[str, str]:
    """Plain text as (own words, quoted trail); the trail is '' if there is none."""
    found = _TRAIL.search(text)
    if found is None or not text[: found.start()].strip():
        return text, ""
    return text[: found.start()].rstrip(), text[found.start() :]


def excerpt(text: str, limit: int) -> str:
    """The first words, on one line, at most `limit` characters."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def _unquoted(block: str) -> str:
    return "\n".join(line[1:].removeprefix(" ") for line in block.split("\n"))


def _linked(text: str) -> str:
    out, last = [], 0
    for found in _LINK.finditer(text):
        out.append(_html.escape(text[last : found.start()]))
        link = _html.escape(found[0])
        out.append(f'<a href="{link}">{link}</a>')
        last = found.end()
    out.append(_html.escape(text[last:]))
    return "".join(out).replace("\n", "<br>")
