"""Makes hostile mail HTML safe to show: nothing runs, nothing loads (the viewer refuses too)."""

from __future__ import annotations

import re
from urllib.parse import quote

import nh3

_TAGS = {
    *("a", "abbr", "b", "blockquote", "br", "code", "dd", "del", "div", "dl", "dt", "em", "h1"),
    *("h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "li", "ol", "p", "pre", "q", "s"),
    *("small", "span", "strike", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th"),
    *("thead", "tr", "u", "ul", "font", "center"),
}
_DROP_WHOLE = {"script", "style", "title", "head", "noscript", "template", "svg", "math"}
_ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
    "ol": {"start"},
    "span": {"style"},
}
_PICTURE = re.compile(r"data:image/(?:png|jpeg|gif);base64,[A-Za-z0-9+/=\s]+\Z")
_REMOTE = re.compile(r"(?:https?:)?//", re.I)
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")


def clean_html(html: str) -> str:
    """Return HTML that QTextBrowser may show; '' if nothing is left.

    Pictures elsewhere become `remote:<address>`, which loads nothing until the agent asks;
    `cid:` and small data pictures stay. Colours and sizes are dropped, so no text can be
    hidden; of styles only bold, italic and underline stay. Cleaning what is clean changes nothing.
    """
    cleaned = nh3.clean(
        _BIDI.sub("", html),
        tags=_TAGS,
        clean_content_tags=_DROP_WHOLE,
        attributes=_ATTRIBUTES,
        attribute_filter=_attribute,
        filter_style_properties={"font-weight", "font-style", "text-decoration"},
        url_schemes={"http", "https", "mailto", "tel", "ftp", "cid", "data", "remote"},
        link_rel="noopener noreferrer",
    )
    return cleaned.strip()


def _attribute(_tag: str, name: str, value: str) -> str | None:
    if name == "src":
        return _source(value.strip())
    if name == "href" and re.match(r"(?:data|cid|remote):", value.strip(), re.I):
        return None
    return value


def _source(value: str) -> str | None:
    if _REMOTE.match(value):
        return "remote:" + quote(value, safe="")
    if value.startswith(("cid:", "remote:")) or _PICTURE.match(value):
        return value
    return None
