"""As much of RT's SQL as the adapter writes; anything else is an error, and not a guess."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

Row = Mapping[str, Any]
Test = Callable[[Row], bool]
_TOKEN = re.compile(r"\s*(\(|\)|!=|=|<|>|'(?:[^'\\]|\\.)*'|\w+)")
_ACTIVE = {"new", "open", "stalled"}


_COMPARED: dict[str, Callable[[Any, str], bool]] = {
    "=": lambda there, value: str(there) == value,
    "!=": lambda there, value: str(there) != value,
    ">": lambda there, value: int(there) > int(value),
    "<": lambda there, value: int(there) < int(value),
}


class SqlError(ValueError):
    """The question is not one that this server understands."""


def parsed(sql: str, fields: set[str], now: datetime) -> Test:
    """A test of rows that have these fields."""
    tokens, place = [], 0
    while place < len(sql.rstrip()):
        found = _TOKEN.match(sql, place)
        if found is None:
            raise SqlError(sql[place:])
        tokens.append(found[1])
        place = found.end()
    parser = _Parser(tokens, fields, now)
    test = parser.either()
    if parser.tokens:
        raise SqlError(" ".join(parser.tokens))
    return test


class _Parser:
    def __init__(self, tokens: list[str], fields: set[str], now: datetime) -> None:
        self.tokens = tokens
        self._fields = fields
        self._now = now

    def either(self) -> Test:
        tests = [self._both()]
        while self.tokens[:1] == ["OR"]:
            self.tokens.pop(0)
            tests.append(self._both())
        return lambda row: any(test(row) for test in tests)

    def _both(self) -> Test:
        tests = [self._one()]
        while self.tokens[:1] == ["AND"]:
            self.tokens.pop(0)
            tests.append(self._one())
        return lambda row: all(test(row) for test in tests)

    def _one(self) -> Test:
        if self.tokens[:1] == ["("]:
            self.tokens.pop(0)
            test = self.either()
            if self.tokens[:1] != [")"]:
                raise SqlError("unclosed")
            self.tokens.pop(0)
            return test
        if len(self.tokens) < 3:
            raise SqlError(" ".join(self.tokens))
        field, operator, raw = (self.tokens.pop(0) for _ in range(3))
        if field not in self._fields:
            raise SqlError(field)
        value = re.sub(r"\\(.)", r"\1", raw[1:-1]) if raw.startswith("'") else raw
        return self._test(field, operator, value)

    def _test(self, field: str, operator: str, value: str) -> Test:
        if value == "__Active__":
            return lambda row: row[field] in _ACTIVE
        if value == "__Inactive__":
            return lambda row: row[field] not in _ACTIVE
        if field in {"LastUpdated", "Created"}:
            return self._time(field, operator, value)
        return lambda row: _COMPARED[operator](row[field], value)

    def _time(self, field: str, operator: str, value: str) -> Test:
        """Any other than this RT reads as the agent's own time of day."""
        found = re.fullmatch(r"(\d+) seconds ago", value)
        if found is None or operator not in "<>":
            raise SqlError(value)
        at = self._now - timedelta(seconds=int(found[1]))
        if operator == "<":
            return lambda row: row[field] < at
        return lambda row: row[field] > at
