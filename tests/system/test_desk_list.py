"""The list of this person's desks: small, whole, and nothing secret in it."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from desk_app.domain.errors import FileUnwritableError
from desk_app.ports.desks import COLOURS
from desk_app.system.desk_list import DeskList


@pytest.fixture
def listed(tmp_path: Path) -> DeskList:
    return DeskList(tmp_path / "config" / "desks.json")


def test_desks_are_listed_in_order_each_with_a_colour_of_its_own(listed: DeskList, tmp_path: Path):
    first = listed.add(tmp_path / "a", "Acme")
    second = listed.add(tmp_path / "b", "RT lab")
    assert [place.name for place in listed.places()] == ["Acme", "RT lab"]
    assert first.colour != second.colour


def test_a_desk_is_listed_once_and_keeps_its_name(listed: DeskList, tmp_path: Path):
    place = listed.add(tmp_path / "a", "Acme")
    listed.change(replace(place, name="Acme Ltd", colour="teal"))
    assert listed.add(tmp_path / "a", "other") == replace(place, name="Acme Ltd", colour="teal")
    listed.forget(tmp_path / "a")
    assert listed.places() == []


def test_more_desks_than_colours_are_no_trouble(listed: DeskList, tmp_path: Path):
    for number in range(len(COLOURS) + 2):
        listed.add(tmp_path / str(number), str(number))
    assert {place.colour for place in listed.places()} == set(COLOURS)


@pytest.mark.parametrize("text", ["", "{", '{"a": 1}', '[1, {"folder": 3}, {"name": "x"}]', "\x00"])
def test_a_damaged_list_lists_nothing_and_is_written_anew(
    listed: DeskList, tmp_path: Path, text: str
):
    file = tmp_path / "config" / "desks.json"
    file.parent.mkdir()
    file.write_text(text, encoding="utf-8")
    assert listed.places() == []
    listed.add(tmp_path / "a", "Acme")
    assert len(json.loads(file.read_text(encoding="utf-8"))) == 1


def test_a_list_that_cannot_be_written_is_said_and_leaves_nothing_behind(tmp_path: Path):
    (tmp_path / "config").write_text("a file where the folder should be", encoding="utf-8")
    with pytest.raises(FileUnwritableError):
        DeskList(tmp_path / "config" / "desks.json").add(tmp_path / "a", "Acme")
