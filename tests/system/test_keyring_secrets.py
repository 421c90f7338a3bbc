"""Secrets go to the system's keyring, whole; without one they are kept in memory and said so."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring
from keyring.errors import KeyringLocked, PasswordDeleteError, PasswordSetError

from desk_app.system.keyring_secrets import KeyringSecrets

URL = "https://rt.example"


class Locker(KeyringBackend):
    """A keyring with the limit that Windows has: 2,560 bytes of UTF-16 an entry."""

    priority = 1  # type: ignore[assignment]

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self.locked = False

    def get_password(self, service: str, username: str) -> str | None:
        if self.locked:
            raise KeyringLocked
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.locked or len(password.encode("utf-16-le")) > 2560:
            raise PasswordSetError
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if (service, username) not in self.kept:
            raise PasswordDeleteError
        del self.kept[service, username]


# As if it came with the keyring package: only those are trusted.
Locker.__module__ = "keyring.backends.Windows"


class Plain(Locker):
    """One that writes a file anybody can read."""


Plain.__module__ = "keyrings.alt.file"


@pytest.fixture
def locker() -> Iterator[Locker]:
    before = keyring.get_keyring()
    made = Locker()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


def test_a_secret_outlives_the_program_in_a_keyring(locker: Locker) -> None:
    assert KeyringSecrets().keep(URL, "john", "söcret") is True
    again = KeyringSecrets()
    assert again.lasting
    assert again.secret(URL, "john") == "söcret"
    assert again.secret(URL, "jane") is None
    assert again.secret("https://other.example", "john") is None


@pytest.mark.parametrize("length", [1, 1199, 1200, 1201, 2400, 5000])
def test_a_long_token_is_kept_in_pieces(locker: Locker, length: int) -> None:
    secret = "".join(chr(33 + n % 90) for n in range(length))
    assert KeyringSecrets().keep(URL, "john", secret) is True
    assert KeyringSecrets().secret(URL, "john") == secret


def test_a_secret_that_looks_like_pieces_is_given_back_as_it_was(locker: Locker) -> None:
    KeyringSecrets().keep(URL, "john", "#2#abc")
    assert KeyringSecrets().secret(URL, "john") == "#2#abc"


def test_forgetting_takes_every_piece(locker: Locker) -> None:
    secrets = KeyringSecrets()
    secrets.keep(URL, "john", "x" * 4000)
    secrets.forget(URL, "john")
    assert locker.kept == {}
    assert secrets.secret(URL, "john") is None


def test_a_shorter_secret_in_place_of_a_longer_one_is_not_mixed_up(locker: Locker) -> None:
    secrets = KeyringSecrets()
    secrets.keep(URL, "john", "x" * 4000)
    secrets.keep(URL, "john", "short")
    assert KeyringSecrets().secret(URL, "john") == "short"
    assert [piece for piece in locker.kept.values() if "x" in piece] == []


def test_a_locked_keyring_keeps_nothing_and_tells_so(locker: Locker) -> None:
    locker.locked = True
    secrets = KeyringSecrets()
    assert secrets.keep(URL, "john", "secret") is False
    assert secrets.secret(URL, "john") == "secret"
    assert KeyringSecrets().secret(URL, "john") is None


@pytest.mark.parametrize("backend", [NoKeyring(), Plain()])
def test_without_a_keyring_that_is_one_nothing_is_written(
    locker: Locker, backend: KeyringBackend, caplog: pytest.LogCaptureFixture
) -> None:
    keyring.set_keyring(backend)
    caplog.set_level(logging.DEBUG)
    secrets = KeyringSecrets()
    assert not secrets.lasting
    assert secrets.keep(URL, "john", "hunter22") is False
    assert secrets.secret(URL, "john") == "hunter22"
    assert getattr(backend, "kept", {}) == {}
    assert "hunter22" not in caplog.text
    assert "hunter22" not in repr(secrets)
