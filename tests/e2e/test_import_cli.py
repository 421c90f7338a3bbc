"""Mail and tables from the command line: mixed, mapped, tried first, broken off, said plainly."""

import json
import shutil
from pathlib import Path

import pytest

from desk_app.bootstrap import OpenDesk, make_demo
from desk_app.cli import main
from desk_app.domain.filters import QueueFilter, SortKey
from tests.e2e.killing import killed_at

MAIL = "From: Zoe <zoe@else.example>\nSubject: Scanner\nMessage-ID: <{}@x>\n\nMute.\n"
TABLE = "Id;Betreff;Gewicht;E-Mail\n1;Tür klemmt;low;a@b.example\n2;Fenster auf;high;c@d.example\n"


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cli") / "desk"
    make_demo(folder)
    return folder


@pytest.fixture
def folder(demo, tmp_path):
    return Path(shutil.copytree(demo, tmp_path / "desk"))


@pytest.fixture
def run(folder, capsys):
    def call(*words):
        capsys.readouterr()
        code = main(["--desk", str(folder), *map(str, words)])
        found = capsys.readouterr()
        return code, found.out, found.err

    return call


@pytest.fixture
def files(tmp_path):
    def write(name, data):
        path = tmp_path / "in" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return path

    return write


def count(folder):
    reader = OpenDesk(folder).reader()
    try:
        return len(reader.queue_ids(QueueFilter(), SortKey()))
    finally:
        reader.close()


def test_mail_and_tables_are_taken_in_together_and_once(run, files, folder):
    words = ("import", files("a.eml", MAIL.format(1)), files("t.csv", TABLE))
    before = count(folder)
    assert run(*words)[:2] == (0, "3 new tickets\n")
    assert run(*words)[:2] == (0, "3 known already\n")
    assert count(folder) == before + 3


def test_a_column_is_told_what_it_holds(run, files):
    table = files("t.csv", TABLE)
    code, out, _ = run("import", table, "--map", "Gewicht=priority", "--map", "Id=", "--json")
    assert code == 0
    found = json.loads(out)
    shown = json.loads(run("list", "--search", "Fenster", "--json")[1])
    assert [outcome["taken"] for outcome in found] == ["new_ticket"] * 2
    assert [row["priority"] for row in shown] == ["high"]
    assert shown[0]["number"] != "2"


def test_a_dry_run_shows_the_mapping_and_what_would_be_kept_aside_and_writes_nothing(
    run, files, folder
):
    table = files("t.csv", TABLE.replace("low", "P9"))
    words = ("import", table, files("a.eml", MAIL.format(1)), "--map", "Gewicht=priority")
    before = count(folder)
    code, out, _ = run(*words, "--dry-run")
    assert code == 0
    assert "Betreff → subject" in out
    assert "Tür klemmt" in out
    assert "no priority “P9”" in out
    assert "mails: 1" in out
    assert count(folder) == before
    assert json.loads(run("kept", "--json")[1]) == []
    assert json.loads(run(*words, "--dry-run", "--json")[1])[1]["mapping"]["Id"] == "number"


def test_what_is_kept_aside_is_told_with_its_own_exit_code_and_listed(run, files):
    words = ("import", files("bad.eml", b""), files("t.csv", TABLE), "--map", "Gewicht=status")
    code, out, _ = run(*words)
    assert code == 6
    assert "bad.eml: It is empty." in out
    assert "This desk has no status “low”." in out
    assert "3 kept aside" in out
    assert run(*words)[0] == 6
    assert len(json.loads(run("kept", "--json")[1])) == 3
    assert "t.csv#2: This desk has no status “high”." in run("kept")[1]


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("book.csv", b"PK\x03\x04\0\0rest of a workbook", "save it as CSV"),
        ("empty.csv", b"", "is empty"),
        ("blank.csv", b"\r\n\r\n", "names of its columns"),
    ],
)
def test_a_table_that_is_none_is_told_and_the_rest_goes_on(run, files, name, data, said):
    code, out, err = run("import", files(name, data), files("a.eml", MAIL.format(1)))
    assert code == 6
    assert said in err
    assert out == "1 new ticket\n"


def test_wrong_columns_fields_people_and_paths_are_refused_before_anything(
    run, files, folder, tmp_path
):
    before = count(folder)
    table = files("t.csv", TABLE)
    assert run("import", table, "--map", "Nope=subject")[0] == 2
    assert "priority" in run("import", table, "--map", "Betreff=colour")[2]
    assert run("--as", "nobody", "import", table)[0] == 4
    assert run("import", table, tmp_path / "gone.eml")[0] == 4
    assert count(folder) == before


def test_a_table_that_vanishes_meanwhile_is_told(run, files, monkeypatch):
    table = files("t.csv", TABLE)
    take_all = OpenDesk.ticket_import.func

    def vanish(desk):
        table.unlink(missing_ok=True)
        return take_all(desk)

    monkeypatch.setattr(OpenDesk, "ticket_import", property(vanish))
    code, _, err = run("import", table)
    assert code == 6
    assert "cannot be read" in err


def test_a_folder_without_mail_says_so(run, tmp_path):
    (tmp_path / "empty").mkdir()
    assert run("import", tmp_path / "empty")[:2] == (0, "there was nothing to take in\n")
    for name in ("mail.txt", "table.csv", "photo.jpg", ".hidden"):
        (tmp_path / "empty" / name).write_bytes(b"From: a@x.example\n\n")
    code, out, err = run("import", tmp_path / "empty")
    assert (code, out) == (0, "there was nothing to take in\n")
    assert "Passed over in folders: 2," in err
    assert run("import", tmp_path / "empty" / "mail.txt")[2] == ""


def test_the_importing_agent_stands_in_the_history(run, files):
    run("--as", "jane", "import", files("t.csv", TABLE))
    events = json.loads(run("show", "1", "--json")[1])["events"]
    assert [event["actor"] for event in events] == ["jane"]


@pytest.mark.parametrize("point", ["command.before_commit", "command.after_commit"])
def test_after_a_kill_the_same_import_takes_nothing_twice(run, files, folder, point):
    """Each round is killed in its first ticket; the next one goes on behind it."""
    mails = [files(f"{n}.eml", MAIL.format(n)) for n in range(2)]
    words = ["import", *map(str, mails), str(files("t.csv", TABLE))]
    before = count(folder)
    for _ in range(3):
        killed_at(point, "-m", "desk_app", "--desk", str(folder), *words)
    code, out, _ = run(*words, "--json")
    assert code == 0
    taken = [outcome["taken"] for outcome in json.loads(out)]
    lasting = 3 if point == "command.after_commit" else 0
    assert taken.count("known") == lasting
    assert count(folder) == before + 4


def test_a_table_in_a_folder_is_named_and_left_alone(run, files):
    code, out, err = run("import", files("t.csv", TABLE).parent)
    assert code == 0
    assert "t.csv: a table is taken in only where it is named itself" in err
    assert "nothing to take in" in out
