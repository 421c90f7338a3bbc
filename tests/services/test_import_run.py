"""An import that is simply no more, and the program that comes after it."""

import sys
from pathlib import Path

import pytest

from desk_app.bootstrap import OpenDesk
from desk_app.domain.intake import ImportSource
from desk_app.services.import_run import BATCH, ImportRun, begin
from desk_app.services.intake import Taken

MAIL = "From: Zoe <zoe@else.example>\nSubject: Scanner {0}\nMessage-ID: <{0}@x>\n\nMute {0}.\n"


def first_run(desk: OpenDesk, folder: Path) -> ImportRun:
    mails = desk.mails([folder])
    source = ImportSource(name=folder.name, paths=(str(folder),))
    return ImportRun(desk, begin(desk, source, mails.total_bytes), mails.read)


def take_all(run: ImportRun) -> None:
    while run.fetch():
        assert run.take().error is None


@pytest.mark.parametrize("name", ["mail", "p\udcf6st"], ids=["text", "bytes"])
def test_what_comes_after_a_killed_program_goes_on_behind_the_last_mail(
    desk: OpenDesk, tmp_path: Path, name: str
) -> None:
    if name != "mail" and sys.platform != "linux":
        pytest.skip("names of files are text here")
    folder = tmp_path / name
    folder.mkdir()
    for n in range(3 * BATCH):
        (folder / f"{n:03}.eml").write_text(MAIL.format(n))
    killed = first_run(desk, folder)
    killed.note()
    assert killed.fetch()
    assert killed.take().error is None
    assert killed.fetch()  # read ahead, and then nothing more

    [unfinished] = OpenDesk(desk.path).reader().unfinished_imports()
    assert dict(unfinished.counted) == {"new_ticket": BATCH}
    again = ImportRun(desk, unfinished)
    take_all(again)
    assert again.counted == {Taken.NEW_TICKET: 3 * BATCH}
    again.forget()
    assert desk.reader().unfinished_imports() == []
