"""Every desk of one person, and making another one; made by `known_desks`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from desk_app.domain.mirror import Account
    from desk_app.ports.desks import DeskPlace
    from desk_app.services.desk import Desk
    from desk_app.services.syncing import Servers


class Desks(Protocol):
    """Blocks on the disk, some of it on the network: use it on a worker."""

    @property
    def servers(self) -> Servers: ...

    @property
    def keeps_secrets(self) -> bool:
        """Whether a password outlives the program; asking may take 100 ms."""
        ...

    def listed(self) -> Sequence[DeskPlace]:
        """In the order in which they were added; what is gone from the disk is left out."""
        ...

    def add(self, folder: Path, name: str = "") -> DeskPlace:
        """List a desk, with the next free colour; one that is listed stays as it is.

        `name` is the folder's or the server's where none is given.

        Raises:
            FileUnwritableError: the list cannot be written.
        """
        ...

    def change(self, place: DeskPlace) -> None:
        """Give a listed desk another name or colour.

        Raises:
            FileUnwritableError: the list cannot be written.
        """
        ...

    def forget(self, folder: Path) -> None:
        """Take a desk off the list; it stays on the disk, with all that waits in it.

        Raises:
            FileUnwritableError: the list cannot be written.
        """
        ...

    def put_back(self, place: DeskPlace, position: int) -> None:
        """List a desk again as it was, where it stood; nothing where it is listed already.

        Raises:
            FileUnwritableError: the list cannot be written.
        """
        ...

    def forget_secret(self, account: Account) -> None:
        """Remove a password from the keyring, for good."""
        ...

    def open(self, folder: Path) -> tuple[Desk, str]:
        """The desk, and the key of the agent whose account it is."""
        ...

    def folder_for(self, account: Account) -> Path:
        """Where the desk of an account is to be."""
        ...

    def make_sample(self) -> Path:
        """Make a desk with sample data, or find the one that was made; some seconds."""
        ...
