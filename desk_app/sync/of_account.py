"""What a person says of a desk's account, and what is noted there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from desk_app.domain.breach import reason_fields
from desk_app.domain.errors import NotFoundError
from desk_app.domain.mirror import AccountState

if TYPE_CHECKING:
    from desk_app.ports.unit_of_work import Changes
    from desk_app.sync.desk import MirroredDesk


class OfAccount:
    """A part of `ServerLink`; see `Syncing` for what each method promises."""

    _desk: MirroredDesk

    def work_offline(self, *, offline: bool) -> None:
        state = AccountState.OFFLINE if offline else AccountState.ON
        self._change(state=state, problem="", detail="")

    def map_reason(self, name: str) -> Changes:
        with self._desk.sync_unit() as unit:
            unit.mark_reason_field(name)
            if name and not reason_fields(unit.directory()):
                raise NotFoundError(kind="field", name=name)
            account = unit.account()
            if account is not None:
                unit.save_account(replace(account, reason_field=name))
            return unit.commit()

    def _change(self, **values: object) -> None:
        with self._desk.sync_unit() as unit:
            account = unit.account()
            if account is not None:
                unit.save_account(replace(account, **values))  # type: ignore[arg-type]
            unit.commit()
