"""What stands over the columns of a board: loads, or where what is in the hand may go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desk_app.domain.moment import to_ms
from desk_app.domain.reassignment import Place, Target, to_choose
from desk_app.ui.reassign_texts import (
    choice_text,
    joined,
    load_words,
    no_place,
    own_words,
    verdict_text,
)

if TYPE_CHECKING:
    from desk_app.domain.directory import Directory
    from desk_app.domain.workload import Workload
    from desk_app.ui.models.board_model import BoardModel
    from desk_app.ui.reassigning import Reassigning
    from desk_app.ui.session import Session
    from desk_app.ui.views.board_view import BoardView


class BoardHeads(QObject):
    """Writes them anew when figures come, and when tickets are taken up or put down."""

    def __init__(
        self, view: BoardView, model: BoardModel, session: Session, reassigning: Reassigning
    ) -> None:
        super().__init__(view)
        self._view = view
        self._model = model
        self._session = session
        self._reassigning = reassigning
        reassigning.loads.counted.connect(lambda _: self.write())
        reassigning.judged.connect(self.write)

    def write(self) -> None:
        directory, workload = self._session.directory, self._reassigning.workload
        shown = self._view.isVisibleTo(self._view.window())
        if not shown or directory is None or workload is None:
            return
        heads, yes, bars = {}, {}, {}
        for number, column in enumerate(self._model.columns()):
            target = column.target
            if self._reassigning.held is not None:
                heads[number], yes[number] = self._verdict_on(target, directory)
                continue
            heads[number] = self._load_on(target, directory, workload)
            agent = directory.agents.get(target.key) if target.kind is Place.AGENT else None
            limit = 0 if agent is None else workload.capacity(agent)
            if target.kind is Place.TEAM:
                limit = workload.team_capacity(target.key, directory)
            if limit:
                bars[number] = workload.load(str(target.kind), target.key).open / limit
        self._view.head.yes, self._view.head.bars = yes, bars
        self._model.say_heads(heads)
        self._view.head.viewport().update()

    def _verdict_on(self, target: Target, directory: Directory) -> tuple[str, bool]:
        """What dropping what is in the hand would do, and whether it may be dropped."""
        verdict, held = self._reassigning.verdict(target), self._reassigning.held
        if verdict is not None:
            return verdict_text(verdict, directory), verdict.rehearsal.is_possible
        first = to_choose(target, directory)
        if first is None or held is None:
            return no_place(target), False
        return choice_text(first, len(held.ids)), True

    def _load_on(self, target: Target, directory: Directory, workload: Workload) -> str:
        now = to_ms(self._session.desk.now())
        words = load_words(workload.load(str(target.kind), target.key), now)
        own = own_words(target, workload, directory)
        lines = (words[:2] + own[:1], words[2:4], own[1:] + words[4:])
        return "\n".join(joined(line) for line in lines)
