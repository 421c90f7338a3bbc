"""The demo desk, and a command line on a copy of it."""

import pytest

from desk_app.cli import main
from tests.desks import demo_folder, desk, folder, reader

__all__ = ["demo_folder", "desk", "folder", "reader", "run"]


@pytest.fixture
def run(folder, capsys):
    """Run one command line; answer its exit code, output and errors."""

    def call(*words):
        capsys.readouterr()
        code = main(["--desk", str(folder), *words])
        found = capsys.readouterr()
        return code, found.out, found.err

    return call
