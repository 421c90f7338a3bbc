"""A file that could run is known by any of the names it hides under."""

import pytest

from desk_app.domain.file_kind import extension, runs, shown_name


@pytest.mark.parametrize(
    "name",
    ["a.exe", "a.PDF.EXE", "a.exe.", "a.exe ", "a.exe\u200b", "invoice\u202efdp.exe", "x/y.bat"]
    + [f"a.{e}" for e in ("js", "cmd", "vbs", "lnk", "scr", "msi", "ps1", "hta", "jar", "docm")],
)
def test_programs_are_known_by_their_names(name):
    assert runs(name)


@pytest.mark.parametrize("name", ["a.pdf", "exe", "a.exe.pdf", "", ".", "a.txt", "Photo.JPG"])
def test_other_files_are_not_programs(name):
    assert not runs(name)


def test_a_program_under_an_innocent_name_is_known_by_its_type():
    assert runs("photo.jpg", "application/x-msdownload")
    assert runs("setup", "application/x-sh")
    assert not runs("photo.jpg", "image/jpeg")


def test_what_cannot_be_seen_in_a_name_is_spelt_out():
    assert shown_name("invoice\u202efdp.exe") == "invoice[U+202E]fdp.exe"
    assert shown_name("a\nb\x00") == "a[U+000A]b[U+0000]"
    assert len(shown_name("x" * 1000 + ".pdf")) < 130
    assert shown_name("x" * 1000 + ".pdf").endswith(".pdf")
    assert extension("A.TXT") == "txt"
