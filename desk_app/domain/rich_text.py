"""Plain text and HTML into one another, and where in a mail the quoted trail begins.

Everything here takes time in proportion to its input, whatever the input. Nothing here makes
HTML safe to show: that is `system.html_clean`.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import accumulate, chain, dropwhile, groupby
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

_DEEPEST = 12  # quotes and lists nested further look like the twelfth: prefixes stay short
_LONGEST_URL = 2000
_LONGEST_LINE = 400  # of those that say who wrote what is quoted below
_MARKUP = re.compile(r"<(/?[a-zA-Z][^\s/<>]{0,30}|[!?/])")
_TAG_END = re.compile(r"""(?:[^>=]++|=\s*+(?:"[^"]*+"|'[^']*+')?+)*+>""")
_RAW_ENDS = {
    name: re.compile(rf"(?ia)</{name}(?=[\s/>])")
    for name in ("script", "style", "title", "iframe", "noembed", "noframes")
}
_ATTRIBUTE = re.compile(r"""([^\s=>"'/<]++)(?:\s*+=\s*+("[^"]*+"|'[^']*+'|[^\s>]++))?+""")
_SPACES = re.compile(r"[ \t\n\r\f]+")
_PADDING = re.compile("(?:[\u200c\u200d] ?){3,}+")
_INVISIBLE = {0xA0: " ", **dict.fromkeys((0xAD, 0x34F, 0x200B, 0x2060, 0xFEFF))}
_ESCAPES = {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;", ord('"'): "&quot;"}
_TAG = re.compile(r"(?i)<(?:html|body|div|p|br|span|table|blockquote|a|b|font|pre)\b[^<>]*>")
_PREFIX = re.compile("^(?:> ?)+")
_URL = re.compile(
    r"(?i)(?<!\w)(?:https?://(?=[\w\[])|mailto:(?=[\w.+-]))"
    r'[^\s<>"\x00-\x1f\u200b-\u200f\u202a-\u202e\u2066-\u2069]++'
)
_SCHEME = re.compile("(?i)^(?:https?://|mailto:)")
_CLOSERS = {")": "(", "]": "[", "}": "{"}
_ROOMY = re.compile("p|h[1-6]|blockquote|[uod]l|pre|table|figure").fullmatch
_BLOCK = re.compile(
    "p|h[1-6]|blockquote|[uod]l|pre|table|figure|address|article|aside|body|caption|center|d[dt]|div"
    "|fieldset|figcaption|footer|form|head|header|hr|html|li|main|nav|section|tr"
).fullmatch
# How the line above a quote starts, and what it says.
_WROTE = {"on": "wrote", "am": "schrieb", "le": "a écrit", "el": "escribió", "il": "ha scritto"}
_WROTE_ON = ("wrote on ", "schrieb am ", "a écrit le ", "escribió el ")
_DIVIDER = "-----original message-----"
_DIVIDERS = re.compile(
    "[-_#]{2,40} ?(?:original message|ursprüngliche nachricht|original-?nachricht"
    "|message d'origine|message original|mensaje original|messaggio originale"
    "|(?:please type your )?reply above this line) ?[-_#]{2}"
)
_FORWARDED = re.compile(
    "[-_]{2,40} ?(?:forwarded message|weitergeleitete nachricht|message transféré"
    "|mensaje reenviado)"
)
_FROM = {"from", "von", "de", "da"}
_SENT = {"sent", "date", "gesendet", "datum", "envoyé", "enviado", "fecha", "inviato"}
_SUBJECT = {"subject", "betreff", "objet", "asunto", "oggetto"}
_TRAIL_TAG = re.compile(
    "(?i)gmail_quote|yahoo_quoted|moz-cite-prefix|protonmail_quote|tutanota_quote|zmail_extra"
    """|divrplyfwdmsg|appendonsend|reference-message|type=["']?cite|name=["']?quote"""
)


def text_to_html(text: str) -> str:
    """Return plain text as HTML: paragraphs, breaks, `>` as blockquotes, web addresses as links."""
    parts: list[str] = []
    depth = 0
    for level, lines in groupby(map(_quoted_line, text.splitlines()), key=lambda line: line[0]):
        parts.append("<blockquote>" * (level - depth) + "</blockquote>" * (depth - level))
        parts.extend(_paragraphs(body for _, body in lines))
        depth = level
    return "".join(parts) + "</blockquote>" * depth


def html_to_text(html: str, *, addresses: bool = True) -> str:
    """Return HTML as readable text for search, for the plain part of a mail and for previews.

    Blocks become lines, list items start with a dash, quotes with `> `; with `addresses` a link
    whose label hides its address is followed by it: `terms <https://example.com/t>`.
    About 2 µs a tag.
    """
    writer = _Writer(addresses=addresses)
    for name, source, _ in scan(html):
        writer.take(name, source)
    return writer.text()


def quote_html(html: str, heading: str) -> str:
    """Return cleaned HTML as the quoted part of a reply, under a heading of plain text."""
    line = f"<p>{_inline(heading)}</p>" if heading else ""
    return f'{line}<blockquote type="cite">{html}</blockquote>'


def excerpt(text: str, limit: int) -> str:
    """Return the start of `text` on one line, at most `limit` characters, cut between words."""
    limit = max(limit, 0)
    head = " ".join(text.lstrip()[: limit * 4 + 1].split())
    if len(head) <= limit:
        return head
    cut = head[: max(limit - 1, 0)]
    at = len(cut) if head[len(cut)] == " " else cut.rfind(" ")
    return (cut[:at] if at > limit // 2 else cut).rstrip() + "…" * (limit > 0)


def split_quoted(html_or_text: str) -> tuple[str, str]:
    """Return what a mail says itself, and the quoted trail below it ('' if there is none).

    Split HTML before it is cleaned: cleaning drops the names that mark a trail, and closes the
    tags that the cut leaves open. A mail stays whole if it has no words above the trail, if it
    answers below or between the quotes, and if it forwards (that is news, not a trail).
    """
    is_html = _TAG.search(html_or_text) is not None
    lines = [line for line in (_html_lines if is_html else _text_lines)(html_or_text) if line.text]
    start = next((n for n in range(len(lines)) if _starts_trail(lines, n)), 0)
    while start and set(lines[start - 1].text) <= set("-_"):
        start -= 1  # the rule above Outlook's header is the trail's
    forwards = any(_FORWARDED.match(line.text.casefold()) for line in lines[start - 1 : start + 3])
    if not start or forwards or not _is_last_word(lines[start:]):
        return html_or_text, ""
    cut = lines[start].at
    return html_or_text[:cut], html_or_text[cut:]


def scan(html: str) -> Iterator[tuple[str, str, int]]:
    """Yield (name, source, offset): name is `p` for a start tag, `/p` for an end, '' for text.

    Comments, declarations and the insides of scripts, styles and titles are left out. Like a
    browser it never fails; what a browser would swallow to the end of the file is swallowed.
    """
    at, quotes = 0, True
    while match := _MARKUP.search(html, at):
        start, name = match.start(), match[1].lower()
        if start > at:
            yield "", html[at:start], at
        if name in "!?/":
            at = _comment_end(html, start)
        else:
            at, quotes = _tag_end(html, match.end(), quotes=quotes)
        if not at:
            return
        if name not in "!?/":
            yield name, html[start:at], start
        at = _raw_end(html, at, name)
    if at < len(html):
        yield "", html[at:], at


def attributes(source: str) -> Iterator[tuple[str, str]]:
    """Yield the names (lower case) and values (entities decoded) of a start tag."""
    matches = _ATTRIBUTE.finditer(source)
    next(matches, None)  # the tag's own name
    for match in matches:
        value = match[2] or ""
        yield match[1].lower(), _decoded(value[1:-1] if value[:1] in "\"'" else value)


def _tag_end(html: str, at: int, *, quotes: bool) -> tuple[int, bool]:
    """Return where a tag ends (0: never), and whether quotes still hide a `>`.

    Once a tag has none outside its quotes, no later one has: looking again would be quadratic.
    """
    match = _TAG_END.match(html, at) if quotes else None
    return (match.end(), True) if match else (html.find(">", at) + 1, False)


def _comment_end(html: str, start: int) -> int:
    """Return where a comment or declaration ends, or 0 if it never does."""
    mark = "-->" if html.startswith("<!--", start) else ">"
    end = html.find(mark, start + 2)
    return end + len(mark) if end > 0 else 0


def _raw_end(html: str, at: int, name: str) -> int:
    """Return where markup is read again after the tag `name`."""
    if name not in _RAW_ENDS:
        return at
    match = _RAW_ENDS[name].search(html, at)
    return match.start() if match else len(html)


def _decoded(text: str) -> str:
    if "&" not in text:
        return text
    from html import unescape  # late: its table of entities takes a millisecond

    try:
        return unescape(text)
    except ValueError:  # a number of thousands of digits
        return text


def _quoted_line(line: str) -> tuple[int, str]:
    body = _PREFIX.sub("", line)
    return min(line.count(">", 0, len(line) - len(body)), _DEEPEST), body


def _paragraphs(lines: Iterable[str]) -> Iterator[str]:
    for is_text, group in groupby(lines, key=lambda line: bool(line.strip())):
        if is_text:
            yield f"<p>{'<br>'.join(map(_inline, group))}</p>"


def _inline(line: str) -> str:
    """Escape one line, keep its spaces apart, and link its addresses."""
    parts: list[str] = []
    at = 0
    for match in _URL.finditer(line):
        if len(match[0]) > _LONGEST_URL:
            continue
        url = _trimmed(match[0])
        safe = _escaped(url)
        link = f'<a href="{safe}" rel="noopener noreferrer">{safe}</a>'
        parts += (_escaped(line[at : match.start()]), link)
        at = match.start() + len(url)
    parts.append(_escaped(line[at:]))
    return re.sub("^ | (?= )", "\u00a0", "".join(parts))


def _escaped(text: str) -> str:
    return text.expandtabs(4).translate(_ESCAPES)


def _trimmed(url: str) -> str:
    """Leave the sentence's own punctuation outside of its link."""
    for _ in range(_DEEPEST):
        last = url[-1]
        if last in ".,;:!?'*" or (last in _CLOSERS and url.count(last) > url.count(_CLOSERS[last])):
            url = url[:-1]
    return url


@dataclass(slots=True, kw_only=True)
class _Writer:
    """Takes tags and text in turn and lays out lines."""

    addresses: bool
    parts: list[str] = field(default_factory=list)
    breaks: int = 0
    space: bool = False
    bullet: bool = False
    depths: Counter[str] = field(default_factory=Counter)
    quotes: int = 0
    href: str = ""
    label_at: int = 0

    def take(self, name: str, source: str) -> None:
        plain = name.removeprefix("/")
        if not name:
            self.write(_decoded(source))
        elif _BLOCK(plain):
            self.block(plain, step=1 if name == plain else -1)
        elif name in _INLINE:
            _INLINE[name](self, source)

    def text(self) -> str:
        joined = _PADDING.sub("", "".join(self.parts)).translate(_INVISIBLE)
        lines = [line.rstrip() for line in joined.split("\n")]
        kept = (line for n, line in enumerate(lines) if line.strip("> ") or line != lines[n - 1])
        return "\n".join(kept).strip("\n")

    def block(self, name: str, step: int) -> None:
        is_tight = self.depths["list"] > (step < 0 and name in {"ul", "ol"})
        self.breaks = max(self.breaks, 2 if _ROOMY(name) and not is_tight else 1)
        if name in _NESTING:
            self.depths[_NESTING[name]] = max(0, self.depths[_NESTING[name]] + step)
        if name == "li":
            self.bullet = step > 0

    def write(self, text: str) -> None:
        if self.depths["pre"]:
            for n, line in enumerate(text.split("\n")):
                self.breaks += n > 0
                self.put(line)
            return
        folded = _SPACES.sub(" ", text)
        self.space |= folded.startswith(" ")
        if folded.strip(" "):
            self.put(folded.strip(" "))
            self.space = folded.endswith(" ")

    def put(self, piece: str) -> None:
        """Write a piece of one line, after the breaks or the space that are owed."""
        if not piece:
            return
        if self.breaks or not self.parts:
            self.parts.append(self._line_start() if self.parts else self._indent())
            self.quotes, self.breaks, self.bullet = self.depths["quote"], 0, False
        elif self.space:
            self.parts.append(" ")
        self.space = False
        self.parts.append(piece)

    def _line_start(self) -> str:
        between = "> " * min(self.quotes, self.depths["quote"], _DEEPEST)
        return f"\n{between}" * (min(self.breaks, 2) - 1) + "\n" + self._indent()

    def _indent(self) -> str:
        indent = "  " * (min(self.depths["list"], _DEEPEST) - self.bullet)
        return "> " * min(self.depths["quote"], _DEEPEST) + indent + "- " * self.bullet

    def line_break(self, _: str) -> None:
        self.breaks = min(2, self.breaks + 1)

    def cell(self, _: str) -> None:
        self.space = True

    def open_link(self, source: str) -> None:
        self.href = dict(attributes(source)).get("href", "")
        self.label_at = len(self.parts)

    def close_link(self, _: str) -> None:
        """Add the address if the label hides it."""
        label, bare = "".join(self.parts[self.label_at :]).strip(), _SCHEME.sub("", self.href)
        is_told = not label or _SCHEME.sub("", label).strip("/") == bare.strip("/")
        if self.addresses and not is_told and _URL.fullmatch(self.href):
            self.parts.append(f" <{self.href}>")
        self.href = ""


_NESTING = {"blockquote": "quote", "ul": "list", "ol": "list", "pre": "pre"}
_INLINE: Mapping[str, Callable[[_Writer, str], None]] = {
    "br": _Writer.line_break,
    "td": _Writer.cell,
    "th": _Writer.cell,
    "a": _Writer.open_link,
    "/a": _Writer.close_link,
}


class _Line(NamedTuple):
    """One line of a mail: where it starts, how deeply it is quoted, and its words."""

    at: int
    depth: int
    text: str


def _text_lines(text: str) -> Iterator[_Line]:
    at = 0
    for line in text.splitlines(keepends=True):
        depth, body = _quoted_line(line)
        yield _Line(at, depth, " ".join(body.split()))
        at += len(line)


def _html_lines(html: str) -> Iterator[_Line]:
    """Yield the lines of HTML; a rule is a line of dashes, a trail's own tag a divider."""
    at, depth = 0, 0
    parts: list[str] = []
    for name, source, offset in chain(scan(html), [("br", "", len(html))]):
        if not name:
            at = at if parts else offset
            parts += [_decoded(source)] if parts or not source.isspace() else []
            continue
        mark = _DIVIDER if _TRAIL_TAG.search(source) else "----" if name == "hr" else ""
        if mark or name == "br" or _BLOCK(name.removeprefix("/")):
            yield _Line(at, depth, " ".join("".join(parts).split()))
            yield _Line(offset, depth, mark)
            parts.clear()
        depth += (name == "blockquote") - (name == "/blockquote")


def _starts_trail(lines: list[_Line], n: int) -> bool:
    if lines[n].depth:
        return False
    told = lines[n].text.casefold().replace("\u2019", "'")
    if _DIVIDERS.match(told) or _is_header(lines[n : n + _DEEPEST]):
        return True
    many = 3 if told.partition(" ")[0] in _WROTE else 1  # such a line wraps
    texts = accumulate((line.text.casefold() for line in lines[n : n + many]), "{} {}".format)
    return any(map(_is_attribution, texts))


def _is_header(lines: list[_Line]) -> bool:
    """Say whether a mail's own header (From, Sent, Subject) is repeated here."""
    if ":" not in lines[0].text:
        return False
    starts = [line.text[:40].casefold().replace(":", " ").strip("* ") for line in lines]
    heads = [start.partition(" ")[0] for start in starts]
    return heads[0] in _FROM and not _SENT.isdisjoint(heads) and not _SUBJECT.isdisjoint(heads)


def _is_attribution(told: str) -> bool:
    """Say whether a line reads like "on 5 Jan 2026 Ann wrote:"."""
    if not told.endswith(":") or len(told) > _LONGEST_LINE or not any(map(str.isdigit, told)):
        return False
    verb = _WROTE.get(told.partition(" ")[0])
    return (verb is not None and verb in told) or any(words in told for words in _WROTE_ON)


def _is_last_word(trail: list[_Line]) -> bool:
    """Say whether nothing new follows the quotes."""
    rest = dropwhile(lambda line: not line.depth, trail)
    below = next(dropwhile(lambda line: line.depth, rest), None)
    is_plain = not any(line.depth for line in trail[: _DEEPEST // 2])
    return is_plain or below is None or below.text.startswith(("--", "__"))
