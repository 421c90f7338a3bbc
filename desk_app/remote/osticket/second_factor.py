"""The code that a sign-in may want after the password: one attempt at it, and how it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desk_app.ports.remote_errors import SignInError
from desk_app.ports.sign_in import CODE_OVER, WANTS_CODE, WRONG_CODE
from desk_app.remote.osticket.page import attribute, text

if TYPE_CHECKING:
    from desk_app.remote.osticket.page import Page

_FORM = "2fa"
_TRIES = 3
"""Wrong codes that stock 1.18.1 takes; at one more it ends the sign-in (class.2fa.php there)."""


class SecondFactor:
    """Waits for a code from `want` on, until it is right or over."""

    def __init__(self) -> None:
        self._field = ""
        self._tries = _TRIES

    @property
    def is_wanted(self) -> bool:
        return bool(self._field)

    def want(self, page: Page, longest: int) -> SignInError:
        """The page after the password asks for a code: what is to be raised now."""
        found = page.find("form#login input[type=text], form#login input[type=password]")
        self._field = "" if found is None else attribute(found, "name")
        if page.field("do") != _FORM or not self._field:
            self._field = ""
            raise page.missing("field for the second factor")
        self._tries = _TRIES
        return SignInError(why=WANTS_CODE, detail=page_words(page)[:longest], left=_TRIES)

    def form(self, page: Page, code: str) -> tuple[tuple[str, str], ...]:
        """What answers the page.

        Raises:
            SignInError: the page asks for a password again: too late.
        """
        if not self._field or page.field("do") != _FORM:
            self._field = ""
            raise SignInError(why=CODE_OVER, detail="")
        return (
            ("__CSRFToken__", page.token),
            ("do", _FORM),
            (self._field, code),
            ("ajax", "1"),
        )

    def refused(self, words: str) -> SignInError:
        """It was another code; the last try that would end in a lock-out is not made."""
        self._tries -= 1
        if self._tries > 0:
            return SignInError(why=WRONG_CODE, detail=words, left=self._tries)
        self._field = ""
        return SignInError(why=CODE_OVER, detail=words)


def page_words(page: Page) -> str:
    """What the sign-in page says, in the server's language."""
    found = page.find("#login-message")
    return "" if found is None else text(found)
