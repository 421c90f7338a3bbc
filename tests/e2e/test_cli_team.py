"""Loads, hand-overs and who gave what to whom from the command line, with its exit codes."""

import csv
import json

import pytest

from desk_app.bootstrap import OpenDesk

SEARCH = ("--search", "is:open department:Support")


def owners(folder, numbers):
    desk = OpenDesk(folder)
    reader = desk.reader()
    found = [reader.ticket(reader.find_ticket(number)).owner for number in numbers]
    reader.close()
    desk.close()
    return found


def test_everybodys_load_is_json_for_scripts_and_lines_for_people(run):
    code, out, _ = run("team", "--json")
    assert code == 0
    rows = {(row["kind"], row["key"]): row for row in json.loads(out)}
    lee = rows["agent", "lee"]
    assert (lee["open"], lee["capacity"], lee["away"]) == (3, 8, False)
    assert rows["department", "support"]["open"] > rows["team", "network"]["open"] > 0
    assert "Lee Park" in run("team")[1]


def test_a_dry_run_says_what_a_drop_would_and_changes_nothing(run, folder):
    words = ("--as", "sam", "reassign", *SEARCH, "--to", "Lee", "--dry-run", "--json")
    code, out, err = run(*words)
    found = json.loads(out)
    assert code == 6  # some of them he has already
    assert not found["done"]
    assert [one["code"] for one in found["refused"]] == ["no_change"]
    assert found["after"]["open"] == found["before"]["open"] + len(found["moved"])
    assert "It is there already" in err
    assert set(owners(folder, found["moved"])) != {"lee"}
    said = run(*words[:-1])[1]
    assert f"{len(found['moved'])} to Lee Park" in said
    assert "Open 3 → " in said


def test_tickets_go_with_a_note_and_one_undo_takes_all_back(run, folder):
    dry = ("--as", "sam", "reassign", *SEARCH, "--to", "lee", "--dry-run", "--json")
    numbers = json.loads(run(*dry)[1])["moved"][:3]
    before = owners(folder, numbers)
    words = ("--as", "sam", "reassign", *numbers, "--to", "lee", "--note", "Router first")
    code, out, _ = run(*words)
    assert (code, out.strip()) == (0, "3 to Lee Park")
    assert owners(folder, numbers) == ["lee"] * 3
    assert "Router first" in run("show", numbers[0])[1]
    code, out, _ = run("--as", "sam", "undo", "--last", "--dry-run")
    assert (code, out.startswith("would be undone: ")) == (0, True)
    code, out, _ = run("--as", "sam", "undo", "--last")  # it was still there to be undone
    assert (code, out.strip()) == (0, "Undone: 3 tickets are as before")
    assert owners(folder, numbers) == before
    assert run("--as", "sam", "undo", "--last", "--redo")[0] == 0
    assert owners(folder, numbers) == ["lee"] * 3


def test_with_the_transfer_they_go_to_the_agents_department(run):
    code, out, _ = run("--as", "sam", "reassign", "100020", "--to", "priya", "--json")
    assert code == 3
    assert json.loads(out)["refused"][0]["code"] == "target_cannot_see"
    assert run("--as", "sam", "reassign", "100020", "--to", "priya", "--transfer")[0] == 0
    shown = json.loads(run("show", "100020", "--json")[1])
    assert (shown["ticket"]["department"], shown["ticket"]["owner"]) == ("banking", "priya")


def test_what_one_does_not_see_one_does_not_hand_over(run):
    code, _, err = run("--as", "priya", "reassign", "100020", "--to", "banking")
    assert code == 3
    assert "no access" in err


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("100020", "--to", "atlantis"), 4),
        (("999", "--to", "lee"), 4),
        (("--to", "lee"), 2),
        (("100020", "--search", "is:open", "--to", "lee"), 2),
        (("100020", "--to", "network", "--transfer"), 2),
        (("--search", "status:Atlantis", "--to", "lee"), 4),
        (("--search", "is:closed", "--to", "lee"), 3),
    ],
)
def test_mistakes_have_the_usual_codes(run, words, code):
    assert run("--as", "sam", "reassign", *words)[0] == code


def test_who_gave_what_to_whom_is_filtered_and_saved(run, tmp_path):
    run("--as", "sam", "reassign", "100020", "--to", "lee", "--transfer")
    run("--as", "lee", "do", "100020", "breach_reason", "--to", "Waiting for a supplier")
    rows = json.loads(run("moves", "--by", "sam", "--days", "1", "--json")[1])
    assert rows[0]["number"] == "100020"
    assert {"from": "jane", "to": "lee"} in [row["changes"].get("owner") for row in rows]
    rows = json.loads(run("moves", "--kind", "breach_reason", "--json")[1])
    assert [row["actor"] for row in rows] == ["lee"]
    file = tmp_path / "moves.csv"
    assert run("moves", "--person", "lee", "--csv", str(file))[0] == 0
    with file.open(newline="", encoding="utf-8-sig") as read:
        written = list(csv.reader(read))
    assert written[1][3] == "100020"
    assert run("moves", "--by", "nobody-here")[0] == 4
    assert run("moves", "--csv", str(tmp_path / "no" / "moves.csv"))[0] == 2
    assert run("--as", "lee", "undo", "--last")[0] == 3
    for words in (("undo",), ("undo", "100020", "--last")):
        code, _, err = run(*words)
        assert code == 2
        assert "--last" in err
