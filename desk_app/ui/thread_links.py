"""Links of the program's own in a thread, which no mail can write, and words for the others."""

from __future__ import annotations

import secrets

from PySide6.QtCore import QUrl

from desk_app.domain.file_kind import shown_name
from desk_app.ui.texts import tr

_OPENED = frozenset({"http", "https", "mailto", "ftp", "tel"})
_LONGEST = 300


class Links:
    """The addresses of one view; their scheme is drawn by lot, so that none can be foretold."""

    def __init__(self) -> None:
        self._scheme = f"desk{secrets.token_hex(12)}"

    def address(self, verb: str, *numbers: int) -> str:
        return ":".join((self._scheme, verb, *map(str, numbers)))

    def find(self, address: str) -> tuple[str, tuple[int, ...]] | None:
        """What one of the own addresses asks for; None for any other."""
        scheme, _, rest = address.partition(":")
        if not secrets.compare_digest(scheme.encode(), self._scheme.encode()):
            return None
        verb, *numbers = rest.split(":")
        return verb, tuple(int(number) for number in numbers)


def may_open(address: str) -> bool:
    """Whether the system may be handed this address: pages and mail, nothing that runs."""
    url = QUrl(address)
    return url.isValid() and url.scheme() in _OPENED


def link_words(address: str, label: str = "") -> str:
    """Where a link leads, as the network sees it, and what its text claims instead."""
    url = QUrl(address)
    plain = shown_name(url.toString(QUrl.ComponentFormattingOption.FullyEncoded), _LONGEST)
    if not may_open(address):
        words = tr("This link is not opened, since it leads to no web page: {address}")
        return words.format(address=plain or shown_name(address, _LONGEST))
    host = url.host(QUrl.ComponentFormattingOption.FullyEncoded)
    words = tr("This link leads to {address}").format(address=plain)
    if url.userInfo() or len(plain) > _LONGEST // 3 or "xn--" in host:
        words += " " + tr("on the machine {host}").format(host=host)
    if label:
        said = shown_name(label, 80)
        words += " · " + tr("its text says “{label}”, which is another address").format(label=said)
    return words
