"""One Request Tracker for all tests of this folder; each makes tickets of its own in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rt.real_rt import Person, RealRt, missing


@pytest.fixture(scope="session")
def rt(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealRt]:
    lacks = missing()
    if lacks:
        pytest.skip(f"no Request Tracker on this machine: apt-get install {lacks}")
    folder: Path = tmp_path_factory.mktemp("rt")
    found = RealRt(folder)
    yield found
    found.kill()


@pytest.fixture
def lea(rt: RealRt) -> Iterator[Person]:
    """A supervisor."""
    found = Person(rt, "lea")
    yield found
    found.close()


@pytest.fixture
def root(rt: RealRt) -> Iterator[Person]:
    """May everything; stands for what a mail of a requester does."""
    found = Person(rt, "root", "password")
    yield found
    found.close()
