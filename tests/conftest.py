"""Every test runs offscreen, in a home of its own, quietly and without the network."""

import ipaddress
import logging
import os
import re
import shutil
import socket
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

# --- a home that is not the person's own -------------------------------------------------------

HOME_VARIABLES = {
    "HOME": "home",
    "USERPROFILE": "home",
    "XDG_CONFIG_HOME": "config",
    "XDG_DATA_HOME": "data",
    "XDG_STATE_HOME": "state",
    "XDG_CACHE_HOME": "cache",
    "XDG_RUNTIME_DIR": "runtime",
    "APPDATA": "roaming",
    "LOCALAPPDATA": "local",
    # platformdirs asks Windows itself, not the two above, unless it finds these.
    "WIN_PD_OVERRIDE_APPDATA": "roaming",
    "WIN_PD_OVERRIDE_LOCAL_APPDATA": "local",
}
FIXED_VARIABLES = {
    "DBUS_SESSION_BUS_ADDRESS": "disabled:",
    "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
}


def home_environment(folder: Path) -> dict[str, str]:
    """Make the folders of one empty home and return the variables that lead to them."""
    for name in set(HOME_VARIABLES.values()):
        (folder / name).mkdir(mode=0o700, parents=True)
    folders = {variable: str(folder / name) for variable, name in HOME_VARIABLES.items()}
    return {**folders, **FIXED_VARIABLES}


# Short, since the path of a local socket may have 107 characters; made here, since Qt and
# fontconfig look for a home as soon as they are loaded.
_HOMES = Path(tempfile.mkdtemp(prefix="desk-"))
os.environ.update(home_environment(_HOMES / "session"))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@pytest.fixture(autouse=True)
def own_home() -> Iterator[Path]:
    """Give each test an empty home, so that none touches the person's or another test's."""
    folder = Path(tempfile.mkdtemp(dir=_HOMES))
    with pytest.MonkeyPatch.context() as patch:
        for variable, value in home_environment(folder).items():
            patch.setenv(variable, value)
        yield folder / "home"
    shutil.rmtree(folder, ignore_errors=True)


# --- no surprise in the log --------------------------------------------------------------------


class _Kept(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        text = f"{record.levelname} {record.name}: {record.getMessage()}"
        self.lines.append(text if record.exc_info is None else f"{text} ({record.exc_info[1]!r})")


@pytest.fixture(autouse=True)
def no_unexpected_log(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail on a warning or worse in the log, unless `allow_log` names it."""
    kept = _Kept()
    root = logging.getLogger()
    root.addHandler(kept)
    yield
    root.removeHandler(kept)
    allowed = [p for mark in request.node.iter_markers("allow_log") for p in mark.args]
    bad = [line for line in kept.lines if not any(re.search(p, line) for p in allowed)]
    if bad:
        pytest.fail("unexpected in the log:\n" + "\n".join(bad), pytrace=False)


# --- no network --------------------------------------------------------------------------------


class OutsideError(RuntimeError):
    """A test tried to leave this machine; no OSError, so that no retry takes it for one."""


def is_inside(host: object) -> bool:
    """Whether this host is this machine, told without asking a name server."""
    name = host.decode() if isinstance(host, bytes) else host
    if name in (None, "", "localhost"):
        return True
    try:
        return ipaddress.ip_address(str(name).partition("%")[0]).is_loopback
    except ValueError:
        return False


class _Border:
    """Lets Python reach this machine only, and keeps what else was tried."""

    def __init__(self) -> None:
        self.tried: list[object] = []

    def check(self, host: object) -> None:
        if not is_inside(host):
            self.tried.append(host)
            raise OutsideError(f"a test reached for {host!r}")

    def guard_method(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def guarded(endpoint: socket.socket, *args: Any) -> Any:
            if endpoint.family in (socket.AF_INET, socket.AF_INET6):
                self.check(args[-1][0])  # the address is last, in sendto too
            return real(endpoint, *args)

        return guarded

    def guard_lookup(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def guarded(host: Any, *args: Any, **options: Any) -> Any:
            self.check(host)
            return real(host, *args, **options)

        return guarded


@pytest.fixture(autouse=True)
def no_network() -> Iterator[None]:
    """Fail on any attempt of Python to leave this machine, also if the code swallows the error.

    It cannot see the sockets of Qt and of child processes.
    """
    border = _Border()
    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex", "sendto"):
            real = getattr(socket.socket, name)
            patch.setattr(socket.socket, name, border.guard_method(real))
        patch.setattr(socket, "getaddrinfo", border.guard_lookup(socket.getaddrinfo))
        yield
    if border.tried:
        pytest.fail(f"reached for the network: {border.tried}", pytrace=False)


# --- patience ----------------------------------------------------------------------------------

PATIENCE_MS = 20_000
"""How long a window is waited for: no measure of its speed, and enough on a busy machine."""


@pytest.fixture
def qtbot(qapp: Any, request: pytest.FixtureRequest) -> Any:
    """Like pytest-qt's own, but patient: it waits for 5 s only."""
    from pytestqt.qtbot import QtBot

    class Patient(QtBot):
        def waitUntil(self, callback: Any, *, timeout: int = PATIENCE_MS) -> None:
            super().waitUntil(callback, timeout=timeout)

        def waitSignal(self, signal: Any, *, timeout: int = PATIENCE_MS, **more: Any) -> Any:
            blocker = super().waitSignal(signal, timeout=timeout, **more)
            awaited.append(blocker)
            return blocker

        def waitExposed(self, widget: Any, *, timeout: int = PATIENCE_MS) -> Any:
            return super().waitExposed(widget, timeout=timeout)

        def waitActive(self, widget: Any, *, timeout: int = PATIENCE_MS) -> Any:
            return super().waitActive(widget, timeout=timeout)

    # A signal of a thread may still be on its way to who waited for it: kept until the test ends,
    # or it comes to a half-cleared object and the test fails with an AttributeError.
    awaited: list[Any] = []
    return Patient(request)


# --- pytest and hypothesis ---------------------------------------------------------------------

# No test may time anything; and what is found in CI must be found again.
hypothesis.settings.register_profile("here", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") == "true" else "here")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "allow_log(*patterns): log records 'LEVEL name: text' that are expected here"
    )


def pytest_unconfigure() -> None:
    shutil.rmtree(_HOMES, ignore_errors=True)
