"""A disk of a few megabytes that a test may fill or write-protect."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest


class SmallDisk:
    """A file system in memory, mounted for one test."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._filler = path / "filler"

    def fill(self, *, free_kib: int = 0) -> None:
        """Leave this much room and no more."""
        free = shutil.disk_usage(self.path).free - free_kib * 1024
        self._filler.write_bytes(b"\0" * max(0, free))

    def free(self) -> None:
        self._filler.unlink()

    def protect(self, *, on: bool) -> None:
        """Take all writing away, or give it back."""
        _mount("-o", f"remount,{'ro' if on else 'rw'}", str(self.path))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[SmallDisk]:
    path = tmp_path / "disk"
    path.mkdir()
    if not sys.platform.startswith("linux") or not _mount(
        "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(path)
    ):
        pytest.skip("only root of a Linux machine may mount a small disk")
    yield SmallDisk(path)
    subprocess.run(["umount", "--lazy", str(path)], check=True)


def _mount(*words: str) -> bool:
    found = shutil.which("mount")
    return found is not None and subprocess.run([found, *words], check=False).returncode == 0
