"""A table that a spreadsheet opens without carrying anything out."""

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk_app.domain.errors import FileUnwritableError
from desk_app.system.csv_write import harmless, write_table


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", " =", "  @"])
def test_what_would_be_a_formula_is_text(start):
    assert harmless(f"{start}cmd|'/c calc'!A1").startswith("'")


def test_what_is_none_stays_as_it_is():
    assert [harmless(cell) for cell in ("", "100020", "a=b", "John")] == [
        *("", "100020", "a=b", "John"),
    ]


@given(st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1)))
def test_no_cell_of_any_table_begins_a_formula(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("csv") / "table.csv"
    write_table(path, rows)
    with path.open(encoding="utf-8-sig", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert not any(cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r")) for cell in cells)


def test_quotes_commas_and_lines_come_back(tmp_path):
    path = tmp_path / "table.csv"
    rows = [["Who", "What"], ['He said "no", twice', "two\nlines"], ["Grüße", "عمر"]]
    write_table(path, rows)
    with path.open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file)) == rows
    assert [p.name for p in tmp_path.iterdir()] == ["table.csv"]


def test_a_place_that_cannot_be_written_is_said_and_the_old_file_stays(tmp_path):
    with pytest.raises(FileUnwritableError):
        write_table(tmp_path / "gone" / "table.csv", [["x"]])
