"""What the panel's words stand for: it shows names, and is told numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from desk_app.domain.ticket import Source

if TYPE_CHECKING:
    from collections.abc import Mapping

UNKNOWN = "~"
"""Begins the key of something that has a name and no number here, such as an agent who left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Numbers by name, in the agent's language and for what this agent may see."""

    departments: Mapping[str, str] = field(default_factory=dict)
    agents: Mapping[str, str] = field(default_factory=dict)
    teams: Mapping[str, str] = field(default_factory=dict)
    topics: Mapping[str, str] = field(default_factory=dict)
    priorities: Mapping[str, str] = field(default_factory=dict)
    slas: Mapping[str, str] = field(default_factory=dict)
    statuses: Mapping[str, str] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)

    def assigned(self, words: str) -> tuple[str | None, str | None]:
        """Agent and team of a page's `John Carter/Network`; either may hold a slash itself."""
        if not words:
            return None, None
        if words in self.agents:
            return self.agents[words], None
        if words in self.teams:
            return None, self.teams[words]
        for place in (place for place, c in enumerate(words) if c == "/"):
            agent, team = words[:place].strip(), words[place + 1 :].strip()
            if agent in self.agents and team in self.teams:
                return self.agents[agent], self.teams[team]
        return f"{UNKNOWN}{words}", None


SOURCES = {
    "Email": Source.EMAIL,
    "Phone": Source.PHONE,
    "Web": Source.WEB,
    "Other": Source.OTHER,
    "API": Source.OTHER,
}
"""By the panel's own keys, which it shows in the agent's language."""


def source_key(source: object) -> str:
    """What the panel calls a source."""
    return next((key for key, one in SOURCES.items() if one == source), "Other")


def source_of(names: Names, word: str) -> Source | None:
    """None: nobody knows this word."""
    return SOURCES.get(names.sources.get(word, word))


def key_of(names: Mapping[str, str], name: str) -> str:
    """The number of what is called so; one of its own where there is none.

    A page may show a path such as `Support / Level 2` where a list shows its last part.
    """
    found = names.get(name)
    if found is not None:
        return found
    last = name.rpartition(" / ")[2]
    return names.get(last) or f"{UNKNOWN}{name}"


def key_or_none(names: Mapping[str, str], name: str) -> str | None:
    """The same where there may be nothing."""
    return key_of(names, name) if name else None
