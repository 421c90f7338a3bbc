"""HTML from a stranger's mail, made fit to be shown in a QTextBrowser."""

from __future__ import annotations

import re
from functools import lru_cache, partial
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, unquote

from desk_app.domain.rich_text import attributes, html_to_text, scan, text_to_html

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import nh3

_REL = "noopener noreferrer"
_ROUNDS = 4
_LARGE, _MANY = 100_000, 1_000  # characters and tags from which the parser's n² would be felt
_DEEPEST, _MOST_TAGS, _MOST_ATTRIBUTES = 64, 30_000, 12
_DEEPEST_TABLE = 3  # Qt lays nested tables out in 2**n: 5 take 5 ms, 15 half a second, 20 11 s
_LONGEST_URL, _LONGEST_STYLE, _LONGEST_ALT = 4_000, 4_000, 500
_LARGEST_IMAGE = 4_000_000  # characters of base64
_FAINTEST = 1.5  # contrast from which text counts as visible; #d0d0d0 on white has it


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_TAGS = _words(
    "a abbr address article aside b big blockquote br caption center cite code dd del dfn div dl dt"
    " em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark nav"
    " ol p pre q s samp section small span strike strong sub sup table tbody td tfoot th thead time"
    " tr tt u ul var wbr"
)
_DROPPED = _words(
    "applet audio canvas embed frameset iframe math noembed noframes object script select style svg"
    " template textarea title video xml"
)
"""Gone with all that is inside; any other tag goes and leaves its text."""
_VOID = _words("br hr img wbr")
_CELL = _words("colspan rowspan align valign bgcolor")
_ATTRIBUTES = {
    "*": {"style", "dir"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "table": {"border", "bgcolor"},
    "tr": {"align", "valign", "bgcolor"},
    "td": _CELL,
    "th": _CELL,
    "font": {"color"},
    "ol": {"start"},
    **{tag: {"align"} for tag in _words("p div h1 h2 h3 h4 h5 h6")},
}
_IMPLIED = {  # a start tag that ends what is open: `<li>one<li>two`
    "p": {"p"},
    "li": {"li"},
    "dt": {"dt", "dd"},
    "dd": {"dt", "dd"},
    "td": {"td", "th"},
    "th": {"td", "th"},
    "tr": {"td", "th", "tr"},
}
_UNWRAPPED = {"table": "div", "caption": "div", "td": "div", "th": "div"}
_TABLE_PARTS = _words("table caption tbody thead tfoot tr td th")

# What no mail needs: control characters, overrides and isolates of the writing direction, the
# marks by which QTextDocument keeps its own tables and images, and halves of characters.
_UNWANTED = re.compile(
    "[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufffc\ufffe\uffff"
    "\ud800-\udfff]+"
)
_TAG = re.compile(r'<(/?)([a-z][a-z0-9]*)((?: [a-z]+="[^"]*")*)>')
_PAIR = re.compile(r' ([a-z]+)="([^"]*)"')
_TABLE = re.compile("<(/?)table")
_PRE = re.compile("(<pre[^>]*>)\n+")  # parsers eat the first line break, one each time
_GAPS = re.compile(r"[\x00-\x1f]+")
_LINK = re.compile(r"(https?|ftp|mailto|tel):(?://)?[^\s/\\][^\s\\]*", re.IGNORECASE)
_REMOTE = re.compile(r"https?://[^\s/\\?#][^\s\\]*", re.IGNORECASE)
_CID = re.compile(r'cid:[^\s<>"]+', re.IGNORECASE)
_DATA = re.compile(r"data:image/(png|jpe?g|gif);base64,([a-z0-9+/]+={0,2})", re.IGNORECASE)
_HEX = re.compile("#?([0-9a-f]{3}|[0-9a-f]{6})")
_RGB = re.compile(r"rgba?\((\d{1,3}),(\d{1,3}),(\d{1,3})(?:,(?:1|1?\.0+|0?\.[5-9]\d*))?\)")
_BLACK, _WHITE = "#000000", "#ffffff"
_COLORS = {
    name: f"#{digits}"
    for name, digits in (
        pair.split("=")
        for pair in _words(
            "black=000000 white=ffffff red=ff0000 green=008000 blue=0000ff navy=000080 gray=808080"
            " grey=808080 silver=c0c0c0 maroon=800000 purple=800080 teal=008080 olive=808000"
            " orange=ffa500 yellow=ffff00 lime=00ff00 aqua=00ffff fuchsia=ff00ff darkred=8b0000"
            " darkblue=00008b darkgreen=006400 lightgray=d3d3d3 lightgrey=d3d3d3 darkgray=a9a9a9"
        )
    )
}


def clean_html(html: str) -> str:
    """Return HTML that runs nothing, loads nothing and hides nothing; '' for nothing.

    - An image elsewhere becomes `<img src="remote:ADDRESS">`, the http(s) address
      percent-encoded, for the screen to offer; `cid:` images and base64 png, jpeg and gif stay.
      Any other image leaves its alternative text.
    - Hidden text is made visible: every way to hide it is dropped, and so are the colours of an
      element whose text would not stand out from its background (black on white outside).
    - Tables nested more than three deep keep the inner three, for Qt's sake.
    - Direction overrides are gone everywhere, not in links alone.

    Cleaning twice changes nothing. 0.2 ms for a short mail, 4 ms for a newsletter, and in
    proportion to its size for any other. Never raises.
    """
    text = _UNWANTED.sub("", html)
    if len(text) > _LARGE or text.count("<") > _MANY:
        text = "".join(_flattened(text))
    if _is_plain(text) and "<pre" not in text and _cleaner().clean(text) == text:
        return text.strip()  # most of what our own editor makes
    for _ in range(_ROUNDS):
        text = _cleaned(text)
        if _cleaner().clean(text) == text:
            return text
    return _cleaned(text_to_html(html_to_text(text)))  # markup that changes with every reading


def _cleaned(html: str) -> str:
    text = _cleaner().clean(html)
    if text.count("<") > 3 * html.count("<") + 50:  # unclosed tags, opened again in every block
        text = _cleaner().clean("".join(_flattened(html)))
    text = _UNWANTED.sub("", text)  # again: entities have become characters
    if not _is_plain(text):
        text = _TAG.sub(_Dresser(text), text)
    return _PRE.sub(r"\1", text).strip()


def _is_plain(text: str) -> bool:
    return not ("<table" in text or "<img" in text or "color" in text)


@lru_cache(maxsize=1)
def _cleaner() -> nh3.Cleaner:
    import nh3  # late: the first paint does without

    return nh3.Cleaner(
        tags=set(_TAGS),
        clean_content_tags=set(_DROPPED),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        attribute_filter=_filtered,
        url_schemes={"http", "https", "mailto", "tel", "ftp", "cid", "data", "remote"},
        url_relative=lambda _: None,
        link_rel=_REL,
    )


def _filtered(_: str, name: str, value: str) -> str | None:
    """Return what is kept of an attribute; must not raise: nh3 would keep the value as it is."""
    made = _FILTERS.get(name)
    return None if made is None else made(value)


def _link(url: str) -> str | None:
    url = _tidy(url)
    match = _LINK.fullmatch(url) if len(url) <= _LONGEST_URL else None
    return match and match[1].lower() + url[match.end(1) :]


def _image(url: str) -> str | None:
    """Return an address that loads nothing by itself."""
    url = _tidy(url)
    if _CID.fullmatch(url):
        return "cid:" + url[4:]
    if url[:5].lower() == "data:":
        return _picture(url)
    if url[:7].lower() == "remote:":
        url = _tidy(unquote(url[7:]))
    url = f"https:{url}" if url.startswith("//") else url
    is_remote = len(url) <= _LONGEST_URL and _REMOTE.fullmatch(url)
    return f"remote:{quote(url, safe='')}" if is_remote else None


def _tidy(url: str) -> str:
    """Return an address without the gaps and marks that readers of addresses skip."""
    return _GAPS.sub("", _UNWANTED.sub("", url).strip()).replace(" ", "%20")


def _picture(url: str) -> str | None:
    match = _DATA.fullmatch(url) if len(url) <= _LARGEST_IMAGE else None
    return match and f"data:image/{match[1].lower().replace('jpg', 'jpeg')};base64,{match[2]}"


def _number(least: int, most: int, value: str) -> str | None:
    value = value.strip()
    is_number = len(value) < len("100000") and value.isascii() and value.isdigit()
    return str(int(value)) if is_number and least <= int(value) <= most else None


def _word(words: frozenset[str], value: str) -> str | None:
    value = value.strip().lower()
    return value if value in words else None


def _color(value: str) -> str | None:
    """Return a colour as #rrggbb; None for one that is unknown or half transparent."""
    value = "".join(value.lower().split())
    if match := _HEX.fullmatch(value):
        digits = match[1]
        return (
            f"#{digits}" if len(digits) == len("rrggbb") else f"#{''.join(d * 2 for d in digits)}"
        )
    if match := _RGB.fullmatch(value):
        return "#" + "".join(f"{min(int(part), 255):02x}" for part in match.groups()[:3])
    return _COLORS.get(value)


@lru_cache(maxsize=2048)
def _style(value: str) -> str | None:
    """Return the declarations that are on the list, written one way; None if none is."""
    if len(value) > _LONGEST_STYLE:
        return None
    kept: dict[str, str] = {}
    for declaration in value.split(";"):
        name, _, told = declaration.partition(":")
        name, made = _STYLES.get(name.strip().lower(), ("", _nothing))
        if clean := made(told.replace("!important", "")):
            kept[name] = clean
    return ";".join(f"{name}:{told}" for name, told in kept.items()) or None


def _nothing(_: str) -> None:
    return None


def _one_of(words: str) -> Callable[[str], str | None]:
    return partial(_word, _words(words))


_WEIGHTS = "normal bold bolder lighter 100 200 300 400 500 600 700 800 900"
_STYLES: Mapping[str, tuple[str, Callable[[str], str | None]]] = {
    "color": ("color", _color),
    "background-color": ("background-color", _color),
    "background": ("background-color", _color),
    "font-weight": ("font-weight", _one_of(_WEIGHTS)),
    "font-style": ("font-style", _one_of("normal italic oblique")),
    "text-decoration": ("text-decoration", _one_of("none underline line-through overline")),
    "text-align": ("text-align", _one_of("left right center justify")),
}
_FILTERS: Mapping[str, Callable[[str], str | None]] = {
    "href": _link,
    "rel": lambda _: _REL,
    "src": _image,
    "alt": lambda value: value[:_LONGEST_ALT],
    "style": _style,
    "color": _color,
    "bgcolor": _color,
    "dir": _one_of("ltr rtl auto"),
    "align": _one_of("left right center justify"),
    "valign": _one_of("top middle bottom baseline"),
    "width": partial(_number, 1, 2000),
    "height": partial(_number, 1, 2000),
    "colspan": partial(_number, 1, 50),
    "rowspan": partial(_number, 1, 500),
    "start": partial(_number, 0, 9999),
    "border": partial(_number, 0, 1),
}


class _Open(NamedTuple):
    """An element that is still open: what to call it, and the colours inside it."""

    name: str
    ink: str = _BLACK
    paper: str = _WHITE


class _Dresser:
    """Rewrites nh3's tags in turn: pictures without address, colours, deeply nested tables."""

    def __init__(self, html: str) -> None:
        self._heights = iter(_table_heights(html))
        self._open = [_Open("")]
        self._is_kept = [True]  # for each table that is open

    def __call__(self, match: re.Match[str]) -> str:
        end, name, source = match.groups()
        if end:
            return self._ended(name)
        if name in _VOID:
            return match[0] if name != "img" or ' src="' in source else _alternative(source)
        return self._started(name, source)

    def _started(self, name: str, source: str) -> str:
        if name == "table":
            self._is_kept.append(next(self._heights, 1) <= _DEEPEST_TABLE)
        if not self._is_kept[-1] and name in _TABLE_PARTS:
            name, source = _UNWRAPPED.get(name, ""), ""
        if "color" in source:
            source, ink, paper = _colored(source, self._open[-1])
            self._open.append(_Open(name, ink, paper))
        else:
            self._open.append(self._open[-1]._replace(name=name))
        return f"<{name}{source}>" if name else ""

    def _ended(self, name: str) -> str:
        if name == "table" and len(self._is_kept) > 1:
            self._is_kept.pop()
        kept = self._open.pop().name if len(self._open) > 1 else ""
        return f"</{kept}>" if kept else ""


def _alternative(source: str) -> str:
    """Return the text that stands in for an image; it is escaped already, and cleaned again."""
    alt: str = dict(_PAIR.findall(source)).get("alt", "")
    return alt.replace("&quot;", '"')


def _colored(source: str, around: _Open) -> tuple[str, str, str]:
    """Return the attributes and colours of an element, without its own if they hide its text."""
    pairs = dict(_PAIR.findall(source))
    styles = dict(part.split(":", 1) for part in pairs.get("style", "").split(";") if ":" in part)
    ink = styles.get("color") or pairs.get("color") or around.ink
    paper = styles.get("background-color") or pairs.get("bgcolor") or around.paper
    if _contrast(ink, paper) >= _FAINTEST:
        return source, ink, paper
    kept = (f"{name}:{value}" for name, value in styles.items() if "color" not in name)
    pairs["style"] = ";".join(kept)
    told = (f' {name}="{value}"' for name, value in pairs.items() if value and "color" not in name)
    return "".join(told), around.ink, around.paper


def _contrast(one: str, other: str) -> float:
    """Return the ratio of two colours' brightness, 1 to 21, much as WCAG has it."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@lru_cache(maxsize=1024)
def _luminance(color: str) -> float:
    red, green, blue = (int(color[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return float(0.2126 * red**2.2 + 0.7152 * green**2.2 + 0.0722 * blue**2.2)


def _table_heights(html: str) -> list[int]:
    """Return for each table, in order, how many tables deep its inside goes, itself included."""
    heights: list[int] = []
    within: list[int] = []
    for match in _TABLE.finditer(html):
        if not match[1]:
            within.append(len(heights))
            heights.append(1)
        elif within:
            height = heights[within.pop()]
            if within:
                heights[within[-1]] = max(heights[within[-1]], height + 1)
    return heights


def _flattened(html: str) -> Iterator[str]:
    """Yield the same mail with every tag closed in order and none nested very deeply.

    The parser behind nh3 takes n² for n nested or unclosed tags: 30,000 take half a minute.
    """
    opened: list[str] = []
    left = _MOST_TAGS
    for name, source, _ in scan(html):
        if not name:
            yield source.replace("<", "&lt;")  # two pieces must not make a tag
        elif name[0] == "/":
            yield from _closings(opened, name[1:])
        elif name in _TAGS or name in _DROPPED:
            while opened and opened[-1] in _IMPLIED.get(name, ()):
                yield f"</{opened.pop()}>"
            if left and len(opened) < _DEEPEST:
                left -= 1
                yield f"<{name}{_few_attributes(source)}>"
                opened.extend(() if name in _VOID else (name,))
    yield from (f"</{name}>" for name in reversed(opened))


def _closings(opened: list[str], name: str) -> Iterator[str]:
    if name in opened:
        while (last := opened.pop()) != name:
            yield f"</{last}>"
        yield f"</{name}>"


_KEPT_NAMES = frozenset().union(*_ATTRIBUTES.values())


def _few_attributes(source: str) -> str:
    known = (pair for pair in attributes(source) if pair[0] in _KEPT_NAMES)
    return "".join(
        f' {name}="{value.replace("&", "&amp;").replace(chr(34), "&quot;")}"'
        for name, value in islice(known, _MOST_ATTRIBUTES)
    )
