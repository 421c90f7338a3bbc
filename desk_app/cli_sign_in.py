"""Signing in without a window: a password on standard input, a code there or on the terminal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from desk_app.bootstrap import OpenDesk, ServerSetup
    from desk_app.domain.mirror import Account
    from desk_app.ports.connection import ConnectionReport
    from desk_app.ports.remote_errors import SignInError

T = TypeVar("T")


def given_secret(options: argparse.Namespace) -> str:
    """The first line of standard input, so that no list of processes and no history has it.

    Raises:
        WrongUsageError: there is none.
    """
    from desk_app.domain.errors import WrongUsageError

    secret = sys.stdin.readline().rstrip("\r\n") if options.password_stdin else ""
    if not secret:
        raise WrongUsageError(why="no_secret")
    return secret


def add_signed_in(
    options: argparse.Namespace, setup: ServerSetup, make: Callable[[], bool]
) -> bool:
    """Make a desk; where the server wants a code, ask for it and go on."""
    from desk_app.ports.remote_errors import SignInError

    try:
        return make()
    except SignInError as error:
        wanted = error
    report = _tried_codes(options, wanted, setup.give_code)
    if report.problem:
        raise SignInError(why=report.why, detail=report.detail)
    return make()


def tested(
    options: argparse.Namespace, setup: ServerSetup, account: Account, secret: str
) -> ConnectionReport:
    """Sign in and look around, with a code where one is wanted and can be asked for."""
    from desk_app.ports.remote_errors import SignInError
    from desk_app.ports.sign_in import ASKS_CODE

    report = setup.test(account.kind, account.url, account.user, secret, account.certificates)
    if report.why not in ASKS_CODE:
        return report
    wanted = SignInError(why=report.why, detail=report.detail, **report.facts)
    try:
        return _tried_codes(options, wanted, setup.give_code)
    except SignInError:
        return report


def sign_in_again(options: argparse.Namespace, desk: OpenDesk) -> None:
    """Use what was given on the command line, if anything was."""
    from desk_app.ports.remote_errors import SignInError

    if not (options.password_stdin or options.code_stdin):
        return
    secret = given_secret(options) if options.password_stdin else ""
    try:
        desk.syncing.sign_in(secret)
    except SignInError as error:
        give_code(options, desk, error)


def give_code(options: argparse.Namespace, desk: OpenDesk, wanted: SignInError) -> None:
    """Answer a second factor, as often as the server lets one try.

    Raises:
        SignInError: no code is wanted, none was given, or the server takes none any more.
    """
    from desk_app.ports.remote_errors import SignInError
    from desk_app.ports.sign_in import ASKS_CODE

    while wanted.facts.get("why") in ASKS_CODE:
        code = _code(options, wanted)
        if not code:
            break
        try:
            desk.syncing.give_code(code)
        except SignInError as error:
            wanted = error
        else:
            return
    raise wanted


def can_ask() -> bool:
    """Whether somebody sits at a terminal."""
    try:
        with open(_TERMINAL, "rb"):  # noqa: PTH123 - a device
            return True
    except OSError:
        return False


def _tried_codes(
    options: argparse.Namespace,
    wanted: SignInError,
    give: Callable[[str], ConnectionReport],
) -> ConnectionReport:
    from desk_app.ports.remote_errors import SignInError
    from desk_app.ports.sign_in import ASKS_CODE

    while wanted.facts.get("why") in ASKS_CODE:
        code = _code(options, wanted)
        if not code:
            break
        report = give(code)
        if report.why not in ASKS_CODE:
            return report
        wanted = SignInError(why=report.why, detail=report.detail, **report.facts)
    raise wanted


def _code(options: argparse.Namespace, wanted: SignInError) -> str:
    """The next line of standard input, or what is typed at the terminal; '' for none."""
    from getpass import getpass

    from desk_app.ui.sign_in_texts import failed_sign_in

    words, _ = failed_sign_in(wanted)
    if options.code_stdin:
        print(words, file=sys.stderr, flush=True)
        return sys.stdin.readline().strip()
    return getpass(f"{words}\nCode: ").strip() if can_ask() else ""


_TERMINAL = "CONIN$" if sys.platform == "win32" else "/dev/tty"
