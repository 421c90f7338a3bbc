"""A crash at any point is harmless: a real process is killed at every fault point."""

import shutil

import pytest

from desk_app.bootstrap import OpenDesk, make_demo
from desk_app.domain.draft import DraftKey, DraftKind
from desk_app.domain.failpoint import POINTS
from desk_app.domain.filters import QueueFilter, SortKey
from desk_app.services.import_run import ImportRun
from tests.e2e.killing import check_integrity, killed_at


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    folder = tmp_path_factory.mktemp("kill") / "desk"
    make_demo(folder)
    return folder


HERE = [point for point in POINTS if not point.startswith(("outbox", "sync"))]


@pytest.mark.parametrize("point", [*HERE, ""])
def test_what_was_called_saved_is_there_after_a_kill(point, demo, tmp_path):
    desk = tmp_path / "desk"
    shutil.copytree(demo, desk)
    printed = killed_at(point, "-m", "tests.e2e.typing_agent", str(desk))
    promised = [line.split(" ", 1) for line in printed.splitlines()]
    check_integrity(desk)
    reader = OpenDesk(desk).reader()
    page = reader.page(reader.find_ticket("100020"), agent="jane", entries=1000)
    done = [event.command for event in page.events]
    assert len(done) == len(set(done))
    assert {name for kind, name in promised if kind == "reply"} <= set(done)
    texts = [entry.text for entry in page.entries if entry.text.startswith("round")]
    assert len(texts) == len(set(texts))
    for entry in page.entries:
        for attachment in entry.attachments:
            OpenDesk(desk).files.read(attachment)
    versions = {
        draft.text
        for draft in reader.draft_versions(DraftKey(ticket=page.ticket.id, kind=DraftKind.REPLY))
    }
    drafts = [name for kind, name in promised if kind == "draft"]
    if drafts:
        assert any(kept.startswith(drafts[-1]) for kept in versions | set(texts))


IMPORTING = """
import sys
from pathlib import Path
from desk_app.bootstrap import OpenDesk
from desk_app.domain.intake import ImportSource
from desk_app.services.import_run import ImportRun, begin

desk, folder = OpenDesk(Path(sys.argv[1])), sys.argv[2]
mails = desk.mails([Path(folder)])
source = ImportSource(name="in", paths=(folder,))
run = ImportRun(desk, begin(desk, source, mails.total_bytes), mails.read)
run.note()
while run.fetch():
    run.take()
"""


@pytest.mark.parametrize("point", ["command.before_entry", "command.after_commit"])
def test_a_killed_import_goes_on_and_takes_every_mail_once(point, demo, tmp_path):
    desk, folder = tmp_path / "desk", tmp_path / "in"
    shutil.copytree(demo, desk)
    folder.mkdir()
    for n in range(20):
        mail = f"From: z@else.example\nSubject: Scanner {n}\nMessage-ID: <{n}@x>\n\nMute {n}.\n"
        (folder / f"{n:02}.eml").write_text(mail)
    killed_at(point, "-c", IMPORTING, str(desk), str(folder))
    check_integrity(desk)
    opened = OpenDesk(desk)
    [unfinished] = opened.reader().unfinished_imports()
    run = ImportRun(opened, unfinished)
    while run.fetch():
        assert run.take().error is None
    run.forget()
    assert sum(run.counted.values()) == 20
    found = opened.reader().queue_ids(QueueFilter(text='"Scanner"'), SortKey())
    reader = opened.reader()
    subjects = [reader.ticket(ticket).subject for ticket in found]
    assert sorted(s for s in subjects if s.startswith("Scanner ")) == sorted(
        f"Scanner {n}" for n in range(20)
    )
    opened.close()
