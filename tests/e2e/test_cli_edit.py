"""Words with files and a status, fields by name, times in ISO: from the command line."""

import json
from datetime import UTC, datetime

import pytest

NUMBER = "100015"


def shown(run, number=NUMBER):
    return json.loads(run("show", number, "--json")[1])


@pytest.mark.parametrize("kind", ["reply", "note"])
def test_words_take_files_with_them(run, tmp_path, kind):
    words, one, two = tmp_path / "words.txt", tmp_path / "one.txt", tmp_path / "zwölf.bin"
    words.write_text("Siehe Anhang", encoding="utf-8")
    one.write_text("1", encoding="utf-8")
    two.write_bytes(b"\0\1")
    line = ("do", NUMBER, kind, "--text-file", str(words), "--attach", str(one))
    assert run(*line, "--attach", str(two))[0] == 0
    entry = shown(run)["entries"][-1]
    assert entry["text"] == "Siehe Anhang"
    assert [(f["name"], f["size"]) for f in entry["attachments"]] == [
        ("one.txt", 1),
        ("zwölf.bin", 2),
    ]


def test_a_file_needs_no_words(run, tmp_path):
    file = tmp_path / "one.txt"
    file.write_text("1", encoding="utf-8")
    assert run("do", NUMBER, "note", "--attach", str(file))[0] == 0


def test_a_reply_sets_a_status_by_its_name(run, tmp_path):
    words = tmp_path / "words.txt"
    words.write_text("Done", encoding="utf-8")
    line = ("do", NUMBER, "reply", "--text-file", str(words), "--status")
    assert run(*line, "nothing")[0] == 4
    assert run(*line, "Archived")[0] == 3
    code, out, _ = run(*line, "Resolved", "--json")
    assert (code, "status" in json.loads(out)["changed"]) == (0, True)
    assert shown(run)["ticket"]["status"] == "resolved"


@pytest.mark.parametrize(
    ("action", "field", "value", "kept"),
    [
        ("edit_subject", "subject", "Quite = another 🙂", "Quite = another 🙂"),
        ("edit_priority", "priority", "LOW", "low"),
        ("edit_sla", "sla", "", None),
        ("edit_topic", "topic", "Security incident", "security"),
        ("edit_topic", "topic", "", None),
        ("edit_source", "source", "E-Mail", "email"),
        ("edit_due", "due", "2096-12-31T17:00+02:00", "2096-12-31T15:00:00+00:00"),
        ("edit_due", "due_at", "", None),
        ("edit_collaborators", "collaborators", "", []),
        ("edit", "priority", "low", "low"),
    ],
)
def test_a_field_takes_a_value_by_its_name(run, action, field, value, kept):
    for first in ("priority=high", "source=web"):
        assert run("do", NUMBER, "edit", "--field", first)[0] == 0
    assert run("do", NUMBER, action, "--field", f"{field}={value}")[0] == 0
    name = "due_at" if field == "due" else field
    assert shown(run)["ticket"][name] == kept


def test_a_due_day_ends_at_its_end_here(run):
    assert run("do", NUMBER, "edit_due", "--to", "2096-12-31")[0] == 0
    found = datetime.fromisoformat(shown(run)["ticket"]["due_at"])
    assert found == datetime(2096, 12, 31, 23, 59).astimezone(UTC)


def test_people_are_found_by_address_or_name(run):
    before = shown(run)
    person = shown(run, "100020")["requester"]
    for name in (person["email"].upper(), person["name"]):
        line = f"collaborators={name}, {name}"
        assert run("do", NUMBER, "edit", "--field", line)[0] == 0
        assert shown(run)["ticket"]["collaborators"] == [person["id"]]
    assert run("do", NUMBER, "edit_requester", "--to", person["email"])[0] == 0
    assert before["requester"] != person
    assert shown(run)["requester"] == person


def test_an_extra_field_takes_an_answer_its_topic_asks_for(run):
    assert run("do", NUMBER, "edit", "--field", "topic=hardware")[0] == 0
    assert run("do", NUMBER, "edit_custom", "--field", "custom:asset=LT-1")[0] == 0
    assert shown(run)["ticket"]["custom"] == [["asset", "LT-1"]]
    assert run("do", NUMBER, "edit", "--field", "topic=general")[0] == 0
    assert run("do", NUMBER, "edit", "--field", "custom:asset=")[0] == 0
    assert shown(run)["ticket"]["custom"] == []


def test_teams_and_departments_are_found_by_name_too(run):
    assert run("do", NUMBER, "refer", "--to", "banking")[0] == 0
    assert run("do", NUMBER, "assign", "--to", "network")[0] == 0
    ticket = shown(run)["ticket"]
    assert (ticket["team"], ticket["owner"]) == ("network", "john")
    assert ticket["referrals"] == [{"kind": "department", "key": "banking"}]


def test_undo_and_redo_go_back_and_forth(run):
    before = shown(run)["ticket"]["priority"]
    assert run("do", NUMBER, "edit", "--field", "priority=low")[0] == 0
    assert json.loads(run("undo", NUMBER, "--as", "John", "--json")[1]) == {"undone": "edit"}
    assert shown(run)["ticket"]["priority"] == before
    assert json.loads(run("undo", NUMBER, "--redo", "--json")[1]) == {"redone": "edit"}
    assert shown(run)["ticket"]["priority"] == "low"
    assert run("undo", NUMBER, "--redo")[0] == 3
    assert run("undo", NUMBER)[0] == 0


def test_a_list_has_its_times_in_iso_too(run):
    row = json.loads(run("list", "--limit", "1", "--json")[1])[0]
    at = datetime.fromisoformat(row["updated_at"])
    assert at.timestamp() * 1000 == row["updated_ms"]
    assert {"due_ms", "due_at", "created_ms", "created_at"} <= set(row)


def test_times_of_a_ticket_are_iso(run):
    page = shown(run)
    for text in (page["ticket"]["created_at"], page["entries"][0]["at"], page["events"][0]["at"]):
        assert "T" in text
        assert datetime.fromisoformat(text).tzinfo is not None


def test_drafts_are_listed_by_the_number_of_their_ticket(run, tmp_path):
    words = tmp_path / "words.txt"
    words.write_text("Not\nyet", encoding="utf-8")
    assert run("do", NUMBER, "reply", "--text-file", str(words))[0] == 0
    assert run("undo", NUMBER)[0] == 0
    code, out, _ = run("drafts")
    assert code == 0
    assert [line for line in out.splitlines() if line.startswith(NUMBER) and "Not yet" in line]
    found = json.loads(run("drafts", "--json")[1])
    mine = next(draft for draft in found if draft["number"] == NUMBER)
    assert mine["text"].split() == ["Not", "yet"]
    assert datetime.fromisoformat(mine["saved_at"]).tzinfo is not None


def test_every_answer_for_scripts_is_json(run, tmp_path):
    table = str(tmp_path / "q.csv")
    for words in (
        ("list",),
        ("show", NUMBER),
        ("actions", NUMBER),
        ("do", NUMBER, "mark_answered"),
        ("undo", NUMBER),
        ("new", "--requester", "zoe@else.example", "--subject", "x"),
        ("export", "--csv", table),
        ("doctor",),
        ("drafts",),
        ("do", NUMBER, "claim"),
    ):
        json.loads(run(*words, "--json")[1])
