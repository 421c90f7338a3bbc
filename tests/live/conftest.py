"""Real servers may be anywhere, and what was asked of them is said at the end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live.between import Between

CHECKS: dict[str, int] = {}
"""By server: how often something was found to be as it should."""
TIMES: list[str] = []
"""What took how long, in lines."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One process for a server: agents of two would put each other out."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.xdist_group("live"))


@pytest.fixture(autouse=True)
def no_network() -> Iterator[None]:
    """In the place of the guard that keeps all other tests on this machine."""
    return iter([None])


@pytest.fixture(scope="module")
def between() -> Iterator[Between]:
    with Between().serving() as made:
        yield made


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for server, count in CHECKS.items():
        terminalreporter.write_line(f"live: {count} checks at {server}")
    for line in TIMES:
        terminalreporter.write_line(f"live: {line}")
