"""What we stand on: the pair of Python and Qt loses no references, and the pins are in force."""

import re
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest
from PySide6.QtCore import QObject

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
PIN = re.compile(r"^([a-z0-9-]+)==(\S+)(?: ; (.+?))? \\$", re.MULTILINE)


def test_qt_calls_keep_the_reference_count_of_none() -> None:
    thing = QObject()
    before = sys.getrefcount(None)
    for _ in range(1000):
        thing.setObjectName("x")
    assert sys.getrefcount(None) >= before - 50


def pins(name: str) -> dict[tuple[str, str], str]:
    text = (ROOT / "packaging" / "requirements" / f"{name}.txt").read_text("utf-8")
    return {(package, marker): pin for package, pin, marker in PIN.findall(text)}


def asked(*, tests: bool) -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extra = project["optional-dependencies"]["test"] if tests else []
    return [Requirement(line) for line in project["dependencies"] + extra]


@pytest.mark.parametrize("name", ["run", "test"])
def test_the_pins_are_what_pyproject_asks_for(name: str) -> None:
    found = pins(name)
    for wanted in asked(tests=name == "test"):
        package = wanted.name.lower().replace("_", "-")
        versions = [pin for (pinned, _), pin in found.items() if pinned == package]
        assert any(wanted.specifier.contains(pin) for pin in versions), str(wanted)


def test_the_tests_run_on_what_is_shipped() -> None:
    """By version: a package may be needed in more places once the tests need it too."""

    def versions(name: str) -> set[tuple[str, str]]:
        return {(package, pin) for (package, _), pin in pins(name).items()}

    assert versions("run") <= versions("test")


def test_what_is_installed_is_what_is_pinned() -> None:
    here = [
        Requirement(f"{p}=={v}" + (f" ; {m}" if m else "")) for (p, m), v in pins("run").items()
    ]
    wrong = {
        str(pin): version(pin.name)
        for pin in here
        if (pin.marker is None or pin.marker.evaluate())
        and not pin.specifier.contains(version(pin.name))
    }
    assert wrong == {}
