"""A screen of the test's own with a window manager, and a person's hands and eyes on it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ("Xvfb", "xdotool", "openbox")
PATIENCE_MS = 30_000
PICTURES = ROOT / "artifacts"
GRAB = (
    "import sys; from PySide6.QtGui import QGuiApplication;"
    "app = QGuiApplication([]); app.primaryScreen().grabWindow(0).save(sys.argv[1])"
)
REAL = [
    pytest.mark.xvfb,
    pytest.mark.skipif(
        not sys.platform.startswith("linux") or not all(map(shutil.which, TOOLS)),
        reason="there is no " + ", ".join(tool for tool in TOOLS if not shutil.which(tool)),
    ),
]
"""Marks for what needs a real screen."""


@pytest.fixture
def display() -> Iterator[dict[str, str]]:
    """The environment of a screen of the test's own, with a window manager."""
    ear, mouth = os.pipe()
    screen = ["-screen", "0", "1366x768x24", "-nolisten", "tcp", "-displayfd", str(mouth)]
    server = subprocess.Popen(
        ["Xvfb", *screen], pass_fds=[mouth], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    os.close(mouth)
    with os.fdopen(ear) as answer:
        environ = {**os.environ, "DISPLAY": f":{answer.readline().strip()}"}
    environ["QT_QPA_PLATFORM"] = "xcb"
    manager = subprocess.Popen(
        ["openbox"], env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    yield environ
    for process in (manager, server):
        process.terminate()
        process.wait()


class Person:
    """Has hands and eyes on one screen."""

    def __init__(self, display: dict[str, str], title: str) -> None:
        self._display = display
        self.window = self.do("search", "--sync", "--onlyvisible", "--name", title).split()[0]
        self.do("windowactivate", "--sync", self.window)

    def do(self, *words: str) -> str:
        ran = subprocess.run(
            ["xdotool", *words],
            env=self._display,
            check=True,
            capture_output=True,
            text=True,
            timeout=PATIENCE_MS / 1000,
        )
        return ran.stdout

    def keys(self, *keys: str) -> None:
        self.do("key", "--delay", "40", *keys)

    def write(self, text: str) -> None:
        self.do("type", "--delay", "15", text)

    def click(self, x: int, y: int) -> None:
        self.do("mousemove", "--window", self.window, str(x), str(y), "click", "1")

    def look(self, file: Path) -> None:
        subprocess.run(
            [sys.executable, "-c", GRAB, str(file)], env=self._display, check=True, cwd=ROOT
        )
