"""Every desk of this person on this machine, and making another one."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from desk_app.bootstrap import OpenDesk, ServerSetup, desk_for, make_demo, secrets
from desk_app.store.driver import database_path
from desk_app.system.desk_list import DeskList
from desk_app.system.paths import default_desk, desk_list

if TYPE_CHECKING:
    from pathlib import Path

    from desk_app.domain.mirror import Account
    from desk_app.ports.desks import DeskPlace


class KnownDesks:
    """A `Desks`; see there for what each method promises."""

    def __init__(self, file: Path | None = None) -> None:
        self.servers = ServerSetup()
        self._list = DeskList(file or desk_list())

    @property
    def keeps_secrets(self) -> bool:
        return secrets().lasting

    def listed(self) -> list[DeskPlace]:
        return [p for p in self._list.places() if database_path(p.folder).is_file()]

    def add(self, folder: Path, name: str = "") -> DeskPlace:
        return self._list.add(folder.resolve(), name or self._name(folder))

    def change(self, place: DeskPlace) -> None:
        self._list.change(place)

    def forget(self, folder: Path) -> None:
        self._list.forget(folder.resolve())

    def put_back(self, place: DeskPlace, position: int) -> None:
        self._list.put_back(place, position)

    def forget_secret(self, account: Account) -> None:
        secrets().forget(account.url, account.user)

    def open(self, folder: Path) -> tuple[OpenDesk, str]:
        desk = OpenDesk(folder)
        return desk, desk.usual_agent()

    def folder_for(self, account: Account) -> Path:
        return desk_for(account.url, account.user)

    def make_sample(self) -> Path:
        folder = default_desk()
        if not database_path(folder).is_file():
            make_demo(folder)
        return folder

    def _name(self, folder: Path) -> str:
        desk = OpenDesk(folder)
        if not desk.is_current():
            return folder.name
        reader = desk.reader()
        account = reader.account()
        reader.close()
        if account is None:
            return folder.name
        return (urlsplit(account.url).hostname or account.url).removeprefix("www.")
