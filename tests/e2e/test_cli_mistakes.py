"""What people get wrong on a command line: a sentence and an exit code, never a traceback."""

import json
import subprocess
import sys

import pytest

from tests.desks import whole_database

NUMBER = "100015"
"""John's own open ticket; its help topic asks for nothing more."""

NO_USAGE = [  # what argparse refuses: it leaves with 2 itself
    ("list", "--sort", "colour"),
    ("list", "--sort=-"),
    ("list", "--limit", "0"),
    ("list", "--limit", "-3"),
    ("list", "--limit", "many"),
    ("list", "--queue", "x"),
    ("export",),
    ("export", "--csv", "x.csv", "--sort", "colour"),
    ("do", NUMBER, "fly"),
    ("do", NUMBER),
    ("new", "--subject", "x"),
    ("screenshot", "x.png", "--size", "big"),
    ("screenshot", "x.png", "--size", "0x10"),
    ("screenshot", "x.png", "--size", "10x99999999"),
    ("screenshot", "x.png", "--theme", "blue"),
    ("demo", "x", "--tickets", "-5"),
    ("demo", "x", "--tickets", "many"),
    ("fly",),
]


@pytest.mark.parametrize("words", NO_USAGE, ids=" ".join)
def test_a_line_that_means_nothing_is_wrong_usage(run, words, capsys):
    with pytest.raises(SystemExit) as caught:
        run(*words)
    assert caught.value.code == 2
    assert "error:" in capsys.readouterr().err


@pytest.mark.parametrize("words", [("gui",), (), ("--as", "jane", "gui")], ids=str)
def test_a_window_without_a_display_is_told_in_a_sentence(run, words, monkeypatch):
    monkeypatch.setattr("sys.platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    code, _, err = run(*words)
    assert code == 2
    assert "no display" in err
    assert "screenshot" in err


MISTAKES = [
    (2, ("do", NUMBER, "assign"), "needs a target"),
    (2, ("do", NUMBER, "transfer", "--to", " "), "needs a target"),
    (2, ("do", NUMBER, "set_status"), "needs a target"),
    (2, ("do", NUMBER, "merge"), "needs a target"),
    (2, ("do", NUMBER, "link"), "needs a target"),
    (2, ("do", NUMBER, "close_task"), "needs a target"),
    (2, ("do", NUMBER, "add_task"), "needs a target"),
    (2, ("do", NUMBER, "reply"), "needs words"),
    (2, ("do", NUMBER, "note"), "needs words"),
    (2, ("do", NUMBER, "edit"), "FIELD=VALUE"),
    (2, ("do", NUMBER, "edit", "--to", "low"), "FIELD=VALUE"),
    (2, ("do", NUMBER, "edit_priority"), "FIELD=VALUE"),
    (2, ("do", NUMBER, "edit_priority", "--field", "priority"), "FIELD=VALUE"),
    (2, ("do", NUMBER, "edit_priority", "--field", "sla="), "does not set sla"),
    (2, ("do", NUMBER, "claim", "--field", "priority=low"), "takes no --field"),
    (2, ("do", NUMBER, "claim", "--attach", "x"), "takes no --attach"),
    (2, ("do", NUMBER, "claim", "--to", "jane"), "takes no --to"),
    (2, ("do", NUMBER, "note", "--status", "resolved"), "takes no --status"),
    (2, ("do", NUMBER, "edit", "--field", "subject="), "cannot be empty"),
    (2, ("do", NUMBER, "edit", "--field", "priority="), "cannot be empty"),
    (2, ("do", NUMBER, "edit", "--field", "requester= "), "cannot be empty"),
    (2, ("do", NUMBER, "edit", "--field", "due=tomorrow"), "no date"),
    (2, ("do", NUMBER, "edit", "--field", "due=2026-13-01"), "no date"),
    (2, ("do", NUMBER, "edit", "--field", "due=0001-01-01T00:00+14:00"), "no date"),
    (2, ("new", "--requester", "Zoe Quill", "--subject", "x"), "no e-mail address"),
    (2, ("new", "--requester", "zoe@else.example", "--subject", " "), "cannot be empty"),
    (2, ("export", "--csv", "no/such/folder/x.csv"), "cannot be written"),
    (2, ("export", "--csv", "."), "cannot be written"),
    (3, ("do", NUMBER, "edit", "--field", "due=2020-01-01"), "past"),
    (3, ("do", NUMBER, "claim"), "already"),
    (3, ("do", NUMBER, "assign", "--to", "priya"), "no access"),
    (3, ("do", NUMBER, "link", "--to", NUMBER), "itself"),
    (3, ("undo", NUMBER, "--as", "sam"), "nothing of yours"),
    (3, ("undo", NUMBER, "--redo"), "nothing of yours"),
    (4, ("show", "no-such"), "no ticket"),
    (4, ("show", NUMBER, "--as", "nobody"), "no agent"),
    (4, ("list", "--as", "nobody"), "no agent"),
    (4, ("actions", "no-such"), "no ticket"),
    (4, ("undo", "no-such"), "no ticket"),
    (4, ("undo", NUMBER, "--as", "nobody"), "no agent"),
    (4, ("do", "no-such", "claim"), "no ticket"),
    (4, ("do", NUMBER, "claim", "--as", "nobody"), "no agent"),
    (4, ("do", NUMBER, "assign", "--to", "nobody"), "no agent"),
    (4, ("do", NUMBER, "assign", "--to", "support"), "no agent"),
    (4, ("do", NUMBER, "transfer", "--to", "nowhere"), "no department"),
    (4, ("do", NUMBER, "set_status", "--status", "done"), "no status"),
    (4, ("do", NUMBER, "set_status", "--to", "done"), "no status"),
    (4, ("do", NUMBER, "merge", "--to", "no-such"), "no ticket"),
    (4, ("do", NUMBER, "close_task", "--to", "no such"), "no task"),
    (4, ("do", NUMBER, "reply", "--text-file", "no/such.txt"), "cannot be read"),
    (4, ("do", NUMBER, "note", "--text-file", "."), "cannot be read"),
    (4, ("do", NUMBER, "note", "--attach", "no/such.pdf"), "cannot be read"),
    (4, ("do", NUMBER, "note", "--attach", "."), "cannot be read"),
    (4, ("do", NUMBER, "edit", "--field", "colour=red"), "no field"),
    (4, ("do", NUMBER, "edit", "--field", "priority=huge"), "no priority"),
    (4, ("do", NUMBER, "edit", "--field", "sla=never"), "no SLA plan"),
    (4, ("do", NUMBER, "edit", "--field", "topic=nothing"), "no help topic"),
    (4, ("do", NUMBER, "edit", "--field", "source=pigeon"), "no source"),
    (4, ("do", NUMBER, "edit", "--field", "requester=nobody@else.example"), "no requester"),
    (4, ("do", NUMBER, "edit", "--field", "collaborators=%"), "no requester"),
    (4, ("do", NUMBER, "edit", "--field", "custom:colour=red"), "no extra field"),
    (
        4,
        ("new", "--requester", "z@x.example", "--subject", "x", "--topic", "none"),
        "no help topic",
    ),
    (4, ("new", "--requester", "z@x.example", "--subject", "x", "--text-file", "n"), "be read"),
    (4, ("screenshot", "x.png", "--ticket", "no-such"), "no ticket"),
    (4, ("screenshot", "x.png", "--as", "nobody"), "no agent"),
    (4, ("gui", "--as", "nobody"), "no agent"),
]


@pytest.mark.parametrize(("code", "words", "told"), MISTAKES, ids=lambda v: str(v)[:60])
def test_a_mistake_is_told_in_a_sentence_and_changes_nothing(run, folder, code, words, told):
    before = whole_database(folder)
    found, out, err = run(*words, "--json")
    assert found == code
    assert told in err
    said = json.loads(out)
    assert said["sentence"] == err.splitlines()[0]
    assert said["error"]
    assert "{" not in said["sentence"]
    assert run(*words)[1] == ""
    assert whole_database(folder) == before


@pytest.mark.parametrize("text", ['"', "a*(", "NEAR(", "-", "'; --", "AND", "🙂", "x" * 5000])
def test_any_search_has_an_answer(run, text):
    code, out, _ = run("list", f"--search={text}", "--json")
    assert code == 0
    assert isinstance(json.loads(out), list)


def test_a_text_that_is_no_utf8_is_told(run, tmp_path):
    file = tmp_path / "latin.txt"
    file.write_bytes("Grüße".encode("latin-1"))
    code, _, err = run("do", NUMBER, "note", "--text-file", str(file))
    assert (code, "cannot be read" in err) == (4, True)


def test_a_file_over_the_limit_is_told_with_its_size(run, tmp_path, monkeypatch):
    monkeypatch.setattr("desk_app.domain.draft.FILE_LIMIT", 10)
    small, large = tmp_path / "small.bin", tmp_path / "large.bin"
    small.write_bytes(b"12345")
    large.write_bytes(b"123456")
    code, _, err = run("do", NUMBER, "note", "--attach", str(small), "--attach", str(large))
    assert code == 2
    assert "“large.bin” has 6 B; the limit is 5 B" in err


def test_a_merged_ticket_is_said_to_go_on_under_its_number(run):
    assert run("--as", "sam", "do", NUMBER, "merge", "--to", "100016")[0] == 0
    code, _, err = run("--as", "sam", "do", NUMBER, "claim")
    assert (code, "(100016)" in err) == (3, True)


def test_a_program_of_its_own_speaks_utf8_whatever_the_terminal(folder, tmp_path):
    file = tmp_path / "text.txt"
    file.write_text("\ufeffGrüße, عمر 🙂", encoding="utf-8")
    base = [sys.executable, "-m", "desk_app", "--desk", str(folder)]
    plain = {"PYTHONIOENCODING": "ascii", "LC_ALL": "C", "PYTHONUTF8": "0"}
    words = ["--as", "john", "do", NUMBER, "note", "--text-file", str(file)]
    assert subprocess.run([*base, *words], env=plain, check=False).returncode == 0
    shown = subprocess.run([*base, "show", NUMBER], env=plain, check=False, capture_output=True)
    assert "\nGrüße, عمر 🙂" in shown.stdout.decode("utf-8")
    wrong = subprocess.run(
        [*base, "do", NUMBER, "assign", "--to", "Zoë"],
        env={"PYTHONIOENCODING": "ascii", "LC_ALL": "C.UTF-8"},
        check=False,
        capture_output=True,
    )
    assert wrong.returncode == 4
    assert "“Zoë”" in wrong.stderr.decode("utf-8")
    assert b"Traceback" not in wrong.stderr


def test_bytes_that_are_no_text_become_question_marks(run):
    line = ("new", "--requester", "z@x.example", "--subject", "a\udcffb", "--json")
    code, out, _ = run(*line)
    assert code == 0
    assert "a?b" in run("show", json.loads(out)["number"])[1]


def test_a_reader_that_goes_away_is_no_fault(folder):
    line = [sys.executable, "-m", "desk_app", "--desk", str(folder), "show", "100020", "--json"]
    with subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        running.stdout.close()
        assert running.stderr.read() == b""
    assert running.returncode == 0
