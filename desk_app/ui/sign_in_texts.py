"""What is said about signing in beyond a password: a code, or a session of a browser."""

from __future__ import annotations

from desk_app.ports.sign_in import ASKS_CODE, CODE_OVER, WRONG_CODE
from desk_app.ui.sync_texts import sign_in_text
from desk_app.ui.texts import tr


def failed_sign_in(error: Exception) -> tuple[str, bool]:
    """Why a sign-in went no further, and whether a code is wanted now."""
    facts = getattr(error, "facts", {})
    why = str(facts.get("why", ""))
    if why in ASKS_CODE:
        return code_words(why, facts.get("left", "")), True
    if why == CODE_OVER:
        return code_words(why, ""), False
    return sign_in_text(error), False


def code_words(why: str, left: object) -> str:
    """What is said where a code is wanted, was another one, or is wanted no more."""
    if why == CODE_OVER:
        return tr(
            "That sign-in is over: the code came too late, or too many were wrong. No more are "
            "tried, so that you are not locked out. Sign in once more for a new code; what you "
            "typed is still here."
        )
    if why == WRONG_CODE:
        tries = tr("One try is left") if str(left) == "1" else tr("{n} tries are left")
        words = tr("That was not the code. {tries}; then the sign-in begins anew.")
        return words.format(tries=tries.format(n=left))
    return tr(
        "The server wants a second proof of who you are: type the code that it sent you, or that "
        "your app shows. Everything else goes on meanwhile and waits here."
    )


def session_words(cookie: str) -> str:
    """How a session of a browser is lent to this program, and what that means."""
    return tr(
        "A last resort, for servers where you sign in on another page (single sign-on). Sign in "
        "there with your browser. Open its developer tools (F12), and under Storage or Application "
        "the cookies of that server. Copy the value of {cookie} and paste it here, then leave the "
        "browser signed in. Whoever has this value is you: it is treated like a password, goes "
        "into the keyring or is kept until you quit, and is never shown. It ends when the server "
        "ends the session; then you are asked for another one, and what you do waits here."
    ).format(cookie=cookie)


def no_session_words(cookie: str) -> str:
    return tr("There is no value of {cookie} in that. Copy the cookie's value alone.").format(
        cookie=cookie
    )
