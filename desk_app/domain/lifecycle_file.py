"""Reads a lifecycle from TOML and refuses one that would trap a ticket."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any, TypeVar

from desk_app.domain.errors import LifecycleError
from desk_app.domain.lifecycle import Action, Check, Lifecycle, Rule, Status
from desk_app.domain.people import Permission
from desk_app.domain.ticket import Stage, State

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

V = TypeVar("V")


def load_lifecycle(text: str, *, key: str, file: str) -> Lifecycle:
    """Read and check a lifecycle file; `file` is the name that errors give.

    Raises:
        LifecycleError: facts `file`, `line` (from 1; 0 where there is none to name), `name`, and
            `problem`: not_toml, missing, unknown, unreachable or dead_end.
    """
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        line = int(found[1]) if found else 0
        raise LifecycleError(file=file, line=line, problem="not_toml", name=str(error)) from error
    return _Reader(text, file, raw).lifecycle(key)


_LATER = {
    Action.BREACH_REASON: Rule(
        states=frozenset({State.OPEN, State.CLOSED}), permission=None, checks=(Check.NOT_LOCKED,)
    ),
    Action.MARK_OVERDUE: Rule(
        states=frozenset({State.OPEN}), permission=None, checks=(Check.NOT_THERE,)
    ),
    Action.EDIT_WATCHERS: Rule(
        states=frozenset({State.OPEN}), permission=None, checks=(Check.NOT_THERE,)
    ),
}
"""Rules of actions that lifecycle files of earlier versions, which desks keep, cannot have."""


class _Reader:
    """Turns the parsed file into values, and any fault into a file and a line."""

    def __init__(self, text: str, file: str, raw: dict[str, Any]) -> None:
        self._lines = text.splitlines()
        self._file = file
        self._raw = raw

    def lifecycle(self, key: str) -> Lifecycle:
        statuses = {k: self._status(k, v) for k, v in self._tables("status").items()}
        rules = {self._action(k): self._rule(k, v) for k, v in self._tables("action").items()}
        rules = {**_LATER, **rules}
        for action in Action:
            if action not in rules:
                raise self._fault("missing", f"action.{action}")
        initial = self._known(self._get(self._raw, "", "initial"), statuses, "", "initial")
        reopened = self._known(self._raw.get("reopened", initial), statuses, "", "reopened")
        self._check_ways(statuses, initial)
        return Lifecycle(
            key=key,
            name=str(self._get(self._raw, "", "name")),
            initial=initial,
            reopened=reopened,
            claim_on_reply=bool(self._raw.get("claim_on_reply", False)),
            hands_over_unseen=bool(self._raw.get("hands_over_unseen", False)),
            statuses=statuses,
            rules=rules,
            breach_reasons=tuple(map(str, self._raw.get("breach_reasons", ()))),
        )

    def _status(self, key: str, raw: dict[str, Any]) -> Status:
        table, names = f"status.{key}", self._tables("status")
        for name in raw.get("to", ()):
            self._known(name, names, table, "to")
        reopens_to = raw.get("reopens_to")
        if reopens_to is not None:
            self._known(reopens_to, names, table, "reopens_to")
        stage = raw.get("stage")
        return Status(
            key=key,
            name=str(self._get(raw, table, "name")),
            state=self._state(self._get(raw, table, "state"), table, "state"),
            to=tuple(raw.get("to", ())),
            stage=None if stage is None else self._enum(_stage, stage, table, "stage"),
            takes_reply=bool(raw.get("takes_reply", True)),
            reopens_to=reopens_to,
            permission=self._permission(raw, table),
            checks=self._checks(raw, table),
        )

    def _rule(self, key: str, raw: dict[str, Any]) -> Rule:
        table = f"action.{key}"
        return Rule(
            states=frozenset(
                self._state(name, table, "states") for name in self._get(raw, table, "states")
            ),
            permission=self._permission(raw, table),
            checks=self._checks(raw, table),
        )

    def _action(self, key: str) -> Action:
        return self._enum(Action, key, f"action.{key}", "")

    def _state(self, name: str, table: str, key: str) -> State:
        return self._enum(_state, name, table, key)

    def _permission(self, raw: dict[str, Any], table: str) -> Permission | None:
        name = raw.get("permission")
        return None if name is None else self._enum(Permission, name, table, "permission")

    def _checks(self, raw: dict[str, Any], table: str) -> tuple[Check, ...]:
        return tuple(self._enum(Check, name, table, "checks") for name in raw.get("checks", ()))

    def _enum(self, make: Callable[[str], V], name: object, table: str, key: str) -> V:
        try:
            return make(str(name))
        except (ValueError, KeyError) as error:
            raise self._fault("unknown", str(name), table, key) from error

    def _known(self, name: str, names: Collection[str], table: str, key: str) -> str:
        if name not in names:
            raise self._fault("unknown", name, table, key)
        return name

    def _get(self, raw: dict[str, Any], table: str, key: str) -> Any:
        if key not in raw:
            raise self._fault("missing", f"{table}.{key}".lstrip("."), table)
        return raw[key]

    def _tables(self, name: str) -> dict[str, dict[str, Any]]:
        found = self._get(self._raw, "", name)
        if not isinstance(found, dict) or not all(isinstance(v, dict) for v in found.values()):
            raise self._fault("unknown", name, "", name)
        return found

    def _check_ways(self, statuses: Mapping[str, Status], initial: str) -> None:
        """Every status can be reached, and from every open one a closed one can."""
        if lost := statuses.keys() - _reached(statuses, initial):
            name = min(lost)
            raise self._fault("unreachable", name, f"status.{name}")
        for key, status in statuses.items():
            ahead = {statuses[name].state for name in _reached(statuses, key)}
            if status.state is State.OPEN and State.CLOSED not in ahead:
                raise self._fault("dead_end", key, f"status.{key}")

    def _fault(self, problem: str, name: str, table: str = "", key: str = "") -> LifecycleError:
        return LifecycleError(
            file=self._file, line=self._line(table, key), problem=problem, name=name
        )

    def _line(self, table: str, key: str) -> int:
        """Where `key` of `[table]` stands; the table's own line if the key is not found."""
        start, inside = 0, table == ""
        for number, line in enumerate(self._lines, 1):
            if line.startswith("["):
                inside = line.strip() == f"[{table}]"
                start = number if inside else start
            elif inside and key and re.match(rf"\s*{re.escape(key)}\s*=", line):
                return number
        return start


def _stage(name: str) -> Stage:
    return Stage[name.upper()]


def _state(name: str) -> State:
    return State[name.upper()]


def _reached(statuses: Mapping[str, Status], start: str) -> set[str]:
    """The statuses that some chain of steps leads to from `start`, and `start` itself."""
    found, todo = {start}, [start]
    while todo:
        for name in statuses[todo.pop()].to:
            if name not in found:
                found.add(name)
                todo.append(name)
    return found
