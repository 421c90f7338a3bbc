"""Passwords and tokens in the system's own keyring; without one, in memory alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE: Final = "desk-app"
PIECE: Final = 1200
"""Characters that go into one entry: Windows takes 1,280 (2,560 bytes; facts: UX, section 4)."""
_PIECES = "#"
_TRUSTED = "keyring.backends."
_NO_KEEPERS = frozenset({"fail", "null"})


class KeyringSecrets:
    """A `SecretStore`. Nothing is ever written to a file of ours, whatever the keyring says."""

    def __init__(self) -> None:
        self._memory: dict[tuple[str, str], str] = {}

    @property
    def lasting(self) -> bool:
        return self._backend() is not None

    def secret(self, url: str, user: str) -> str | None:
        if (url, user) in self._memory:
            return self._memory[url, user]
        backend = self._backend()
        return None if backend is None else _read(backend, _name(url, user))

    def keep(self, url: str, user: str, secret: str) -> bool:
        backend = self._backend()
        if backend is not None and _write(backend, _name(url, user), secret):
            self._memory.pop((url, user), None)
            return True
        self._memory[url, user] = secret
        return False

    def forget(self, url: str, user: str) -> None:
        self._memory.pop((url, user), None)
        backend = self._backend()
        if backend is not None:
            _delete(backend, _name(url, user), 0)

    def _backend(self) -> KeyringBackend | None:
        """The system's keyring, or None: a file that anybody can read is no keyring."""
        import keyring
        from keyring.errors import KeyringError

        try:
            found = keyring.get_keyring()
        except (KeyringError, RuntimeError):
            return None
        kept_in = getattr(found, "backends", [found])  # a chain asks several
        return found if kept_in and all(_is_safe(one) for one in kept_in) else None


def _is_safe(backend: object) -> bool:
    module = type(backend).__module__
    return module.startswith(_TRUSTED) and module.removeprefix(_TRUSTED) not in _NO_KEEPERS


def _name(url: str, user: str) -> str:
    return f"{user} {url}"


def _part(name: str, place: int) -> str:
    return name if place == 0 else f"{name} {_PIECES}{place}"


def _read(backend: KeyringBackend, name: str) -> str | None:
    from keyring.errors import KeyringError

    try:
        first = backend.get_password(SERVICE, name)
        if first is None or not first.startswith(_PIECES):
            return first
        count, _, start = first[1:].partition(_PIECES)
        if not count.isdigit():
            return None
        rest = [backend.get_password(SERVICE, _part(name, n)) for n in range(1, int(count))]
    except (KeyringError, OSError):  # locked, or its service is gone
        return None
    return None if None in rest else start + "".join(piece or "" for piece in rest)


def _write(backend: KeyringBackend, name: str, secret: str) -> bool:
    """Keep a secret, in pieces if it is long; the first piece goes last and names their number."""
    from keyring.errors import KeyringError

    pieces = [secret[start : start + PIECE] for start in range(0, len(secret), PIECE)] or [""]
    first = pieces[0]
    if len(pieces) > 1 or first.startswith(_PIECES):
        first = f"{_PIECES}{len(pieces)}{_PIECES}{first}"
    try:
        for place, piece in enumerate(pieces[1:], start=1):
            backend.set_password(SERVICE, _part(name, place), piece)
        backend.set_password(SERVICE, name, first)
    except (KeyringError, OSError):
        return False
    _delete(backend, name, len(pieces))  # what an older, longer one left
    return _read(backend, name) == secret


def _delete(backend: KeyringBackend, name: str, place: int) -> None:
    """Delete the pieces of a secret from this one on."""
    from keyring.errors import KeyringError

    try:
        while backend.get_password(SERVICE, _part(name, place)) is not None:
            backend.delete_password(SERVICE, _part(name, place))
            place += 1
    except (KeyringError, OSError):
        return
