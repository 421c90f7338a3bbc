"""The same life of a ticket from the command line, with its exit codes."""

import json
import shutil

import pytest

from desk_app.cli import main
from tests.disks import small_disk

__all__ = ["small_disk"]


def test_a_list_is_json_for_scripts(run):
    code, out, _ = run("list", "--json", "--search", "laptop")
    assert code == 0
    assert "100020" in {row["number"] for row in json.loads(out)}


def test_what_is_off_says_why_and_what_would_help(run):
    code, _, err = run("--as", "jane", "do", "100020", "set_status", "--status", "resolved")
    assert code == 3
    assert "Move profile to LT-0502" in err
    assert "Finish task" in err


def test_a_ticket_goes_to_its_resolution_and_back(run):
    for task in ("Move profile to LT-0502", "Order battery for LT-0417"):
        assert run("--as", "jane", "do", "100020", "close_task", "--to", task)[0] == 0
    resolve = ("--as", "jane", "do", "100020", "set_status", "--status", "Resolved")
    assert run(*resolve)[0] == 0
    assert "[resolved]" in run("show", "100020")[1]
    assert run(*resolve)[0] == 3
    assert run("--as", "jane", "undo", "100020")[0] == 0
    assert "[in-progress]" in run("show", "100020")[1]


def test_words_of_any_script_come_back_as_they_were(run, tmp_path):
    file = tmp_path / "text.txt"
    file.write_text("Grüße, عمر 🙂", encoding="utf-8")
    assert run("--as", "jane", "do", "100020", "reply", "--text-file", str(file))[0] == 0
    assert "Grüße, عمر 🙂" in run("show", "100020")[1]


def test_what_strangers_wrote_gives_the_terminal_no_orders(run, tmp_path):
    mail = tmp_path / "mail.eml"
    mail.write_bytes(
        b'From: "\x1b[31mEve" <eve@x.example>\nSubject: =?utf-8?q?one=0Atwo=1B[2J?=\n'
        b"Message-ID: <1@x.example>\n\nbody \x1b]0;name of the window\x07\n"
    )
    assert run("import", str(mail))[0] == 0
    number = json.loads(run("list", "--json", "--search", "two")[1])[0]["number"]
    said = run("list")[1] + run("show", number)[1]
    assert "\x1b" not in said
    assert "\x07" not in said
    assert "one two" in run("list")[1]
    made = run("new", "--requester", "a@x.example", "--subject", "x\ny", "--text-file", str(mail))
    assert made[0] == 0
    assert "x y" in run("list")[1].splitlines()[0]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("show", "999"), 4),
        (("do", "100020", "assign", "--to", "nobody"), 4),
        (("undo", "100026"), 3),
        (("actions", "100020", "--as", "nobody"), 4),
    ],
)
def test_what_is_not_there_has_its_own_exit_code(run, words, code):
    assert run(*words)[0] == code


def test_wrong_usage_and_a_missing_desk_have_theirs(run, tmp_path):
    wrong = (("list", "--limit", "many"), ("list", "--queue", "x"), ("do", "100020", "fly"))
    for words in wrong:
        with pytest.raises(SystemExit) as caught:
            run(*words)
        assert caught.value.code == 2
    assert main(["--desk", str(tmp_path / "none"), "list"]) == 5
    assert main(["demo", str(tmp_path / "desk")]) == 2


def test_a_damaged_desk_is_said_to_be_one(tmp_path, capsys):
    (tmp_path / "desk.sqlite").write_bytes(b"this is no database" * 200)
    assert main(["--desk", str(tmp_path), "list"]) == 5
    assert "damaged" in capsys.readouterr().err


def test_every_action_is_answered_for_scripts(run):
    from desk_app.domain.lifecycle import Action

    code, out, _ = run("actions", "100020", "--as", "john", "--json")
    answers = json.loads(out)
    assert code == 0
    assert [answer["action"] for answer in answers] == [str(action) for action in Action]
    assert all(answer["allowed"] or answer["sentence"] for answer in answers)


def test_every_action_is_answered_for_people_with_code_sentence_and_way_out(run):
    code, out, _ = run("actions", "100013", "--as", "sam")
    assert code == 0
    lines = dict(
        line.split(maxsplit=1) for line in (x[4:] for x in out.splitlines()) if " " in line
    )
    assert "already" in lines["claim"] or ": " in lines["claim"]
    answers = json.loads(run("actions", "100013", "--as", "sam", "--json")[1])
    for answer in answers:
        if not answer["allowed"]:
            told = lines[answer["action"]].strip()
            assert told.startswith(f"{answer['code']}: {answer['sentence']}")
            assert ("→" in told) is (answer["fix"] is not None)
    assert any(answer["fix"] for answer in answers)


def test_a_full_or_write_protected_disk_is_told_as_what_it_is_to_a_line(run, folder, small_disk):
    desk = small_disk.path / "desk"
    shutil.copytree(folder, desk)
    small_disk.protect(on=True)
    for words in (["--as", "jane", "undo", "100020"], ["doctor", "--repair"]):
        code, out, err = run("--desk", str(desk), *words)
        assert (code, out) == (5, "")
        assert "cannot be written" in err
        assert "screen" not in err
    small_disk.protect(on=False)
    small_disk.fill()
    code, _, err = run("--desk", str(desk), "doctor", "--repair")
    assert code == 5
    assert "no room left" in err
    assert "screen" not in err


def test_a_new_ticket_takes_its_values_from_the_topic_and_is_exported(run, tmp_path):
    text = tmp_path / "text.txt"
    text.write_text("Es brennt 🔥", encoding="utf-8")
    code, out, _ = run(
        "new",
        "--requester",
        "Zoe Quill <zoe@else.example>",
        "--subject",
        "=cmd()",
        "--text-file",
        str(text),
        "--topic",
        "Security incident",
        "--json",
    )
    assert code == 0
    number = json.loads(out)["number"]
    shown = json.loads(run("show", number, "--json")[1])
    assert shown["ticket"]["sla"] == "sev-b"
    assert shown["entries"][0]["text"] == "Es brennt 🔥"
    table = tmp_path / "queue.csv"
    assert run("export", "--csv", str(table))[0] == 0
    line = next(line for line in table.read_text("utf-8-sig").splitlines() if number in line)
    assert "'=cmd()" in line


def test_an_export_that_cannot_be_written_leaves_what_was_there(run, tmp_path):
    table = tmp_path / "queue.csv"
    table.write_text("of yesterday")
    (tmp_path / "queue.csv.part").mkdir()
    assert run("export", "--csv", str(table))[0] == 2
    assert table.read_text() == "of yesterday"
