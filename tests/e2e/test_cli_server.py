"""A desk of a server from the command line alone, against a Request Tracker on a socket."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from desk_app import bootstrap
from desk_app.cli import main
from desk_app.system.keyring_secrets import KeyringSecrets
from tests.remote.fake_rt import FakeRt, Fate, fake_rt

SECRET = "sam-password"
Run = Callable[..., tuple[int, Any, str]]


@pytest.fixture
def rt(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeRt]:
    kept = KeyringSecrets()  # as in one process: the tests have no keyring
    monkeypatch.setattr(bootstrap, "secrets", lambda: kept)
    with fake_rt() as server:
        for subject in ("Printer", "Laptop"):
            body = {"Queue": "Support", "Subject": subject, "Requestor": "una@out.test"}
            server.make("una", body | {"Content": f"{subject} is broken"})
        yield server


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    def run_(*words: str, stdin: str = "") -> tuple[int, Any, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        code = main(["--desk", str(tmp_path / "desk"), "--json", *words])
        out, err = capsys.readouterr()
        assert SECRET not in out + err
        return code, json.loads(out) if out.strip() else None, err

    return run_


def add(run: Run, rt: FakeRt, secret: str = SECRET) -> tuple[int, Any, str]:
    words = ("server", "add", "--url", rt.url, "--user", "sam", "--password-stdin")
    return run(*words, stdin=f"{secret}\n")


def test_a_desk_is_made_synced_worked_on_and_synced_again(run: Run, rt: FakeRt, tmp_path: Path):
    code, made, _ = add(run, rt)
    assert (code, made["kind"], made["kept"]) == (0, "rt", False)
    code, report, _ = run("sync", "--once")
    assert (code, report["taken"] >= 2, report["problem"]) == (0, True, "")
    _, rows, _ = run("list", "--queue", "all")
    assert {row["subject"] for row in rows} == {"Printer", "Laptop"}

    words = tmp_path / "words.txt"
    words.write_text("Toner is on its way", encoding="utf-8")
    assert run("do", "1", "note", "--text-file", str(words))[0] == 0
    _, waiting, _ = run("outbox")
    assert [(row["ticket"], row["action"], row["state"]) for row in waiting] == [
        ("1", "note", "waiting")
    ]
    code, report, _ = run("sync", "--once")
    assert (code, report["settled"], report["waiting"]) == (0, 1, 0)
    assert run("outbox")[1] == []
    assert sorted(rt.posted.values()) == [1]
    _, lines, _ = run("outbox", "--log")
    assert "send note" in {line["what"] for line in lines}
    post = next(line for line in lines if line["what"] == "POST /REST/2.0/ticket/1/comment")
    assert (post["status"], post["outcome"], post["id"][0]) == (201, "answered", "r")
    assert any(f"command={post['command']}" in line["detail"] for line in lines)
    code, compared, _ = run("sync-doctor")
    assert (code, compared["differences"], compared["tickets"]) == (0, [], 2)


def test_who_asks_and_who_reads_along_is_changed_on_the_server(run: Run, rt: FakeRt):
    add(run, rt)
    run("sync", "--once")
    rt.role("2", "lea", "Requestor", ["Kay Weber <kay@out.test>"])
    rt.role("2", "lea", "Cc", ["Bo Adams <bo@out.test>"])
    run("sync", "--once")
    assert run("do", "1", "edit_requester", "--to", "kay@out.test")[0] == 0
    assert run("do", "1", "edit", "--field", "collaborators=bo@out.test, una@out.test")[0] == 0
    assert run("sync", "--once")[1]["waiting"] == 0
    assert rt.tickets["1"]["Requestor"] == ["kay@out.test"]
    assert sorted(rt.tickets["1"]["Cc"]) == ["bo@out.test", "una"]


def test_a_field_for_breach_reasons_is_named_by_a_script(run: Run, rt: FakeRt):
    add(run, rt)
    assert run("sync", "--reason-field", "Nowhere")[0] == 4
    assert run("sync", "--reason-field", "room")[0] == 0
    run("sync", "--once")
    assert run("do", "1", "breach_reason", "--to", "Too much to do")[0] == 0
    run("sync", "--once")
    assert rt.tickets["1"]["CustomFields"]["5"] == "Too much to do"


def test_a_wrong_password_makes_no_desk_and_says_so(run: Run, rt: FakeRt, tmp_path: Path):
    code, told, err = add(run, rt, "wrong")
    assert (code, told["error"]) == (5, "sign_in")
    assert "sign-in" in err
    assert not (tmp_path / "desk").exists()


def test_what_is_there_already_is_left_alone(run: Run, rt: FakeRt):
    add(run, rt)
    code, told, _ = add(run, rt)
    assert (code, told["error"]) == (5, "desk_exists")


def test_no_password_on_standard_input_is_wrong_usage(run: Run, rt: FakeRt):
    assert add(run, rt, "")[0] == 2


def test_a_local_desk_has_no_server(run: Run, tmp_path: Path):
    assert run("demo", str(tmp_path / "desk"))[0] == 0
    assert run("sync", "--once")[0] == 2
    assert run("outbox")[0] == 2


def test_offline_nothing_is_asked_and_nothing_is_lost(run: Run, rt: FakeRt, tmp_path: Path):
    add(run, rt)
    run("sync", "--once")
    assert run("sync", "--offline")[0] == 0
    assert run("do", "1", "edit", "--field", "subject=Printer on floor 2")[0] == 0
    before = len(rt.requests)
    code, report, _ = run("sync", "--once")
    assert (code, report["problem"], report["waiting"]) == (5, "offline", 1)
    assert len(rt.requests) == before
    run("sync", "--online")
    assert run("sync", "--once")[0] == 0
    assert rt.tickets["1"]["Subject"] == "Printer on floor 2"


def write_a_note(run: Run, rt: FakeRt, folder: Path, *more: str) -> None:
    """On a desk of its own; it waits in the outbox."""
    add(run, rt)
    run("sync", "--once")
    words = folder / "words.txt"
    words.write_text("Once", encoding="utf-8")
    run("do", "1", "note", "--text-file", str(words), *more)


def test_what_is_not_there_is_looked_for_once_more_before_it_goes_out_again(
    run: Run, rt: FakeRt, tmp_path: Path
):
    write_a_note(run, rt, tmp_path)
    rt.fates = [Fate.LOSE_REQUEST]
    code, report, told = run("sync", "--once", "--patience", "1")
    assert (code, report["settled"], report["waiting"]) == (0, 1, 0)
    assert "looked for again in 1 s" in told
    assert list(rt.posted.values()) == [1]


def test_who_breaks_off_the_wait_is_told_what_was_done(
    run: Run, rt: FakeRt, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def break_off(seconds: float) -> None:
        raise KeyboardInterrupt

    write_a_note(run, rt, tmp_path)
    rt.fates = [Fate.LOSE_REQUEST]
    monkeypatch.setattr("time.sleep", break_off)
    code, report, _ = run("sync", "--once")
    assert (code, report["settled"], report["waiting"]) == (0, 0, 1)
    assert report["at_work_s"] > 0


def test_a_file_with_nothing_in_it_goes_out_too(run: Run, rt: FakeRt, tmp_path: Path):
    empty = tmp_path / "empty.txt"
    empty.touch()
    write_a_note(run, rt, tmp_path, "--attach", str(empty))
    assert run("sync", "--once")[1]["settled"] == 1
    kept = [part for part in rt.parts if part["Filename"] == "empty.txt"]
    assert [part["ContentLength"] for part in kept] == ["0"]


def test_a_lost_answer_is_looked_for_and_a_command_can_be_held_and_given_up(
    run: Run, rt: FakeRt, tmp_path: Path
):
    write_a_note(run, rt, tmp_path)
    rt.fates = [Fate.LOSE_ANSWER]
    run("sync", "--once")
    run("sync", "--once")
    assert list(rt.posted.values()) == [1]

    words = tmp_path / "words.txt"
    words.write_text("Never", encoding="utf-8")
    run("do", "2", "note", "--text-file", str(words))
    seq = str(run("outbox")[1][0]["seq"])
    assert run("outbox", "--hold", seq)[1][0]["state"] == "held"
    run("sync", "--once")
    assert len(rt.posted) == 1
    assert run("outbox", "--discard", seq)[1] == []
    assert "Never" in {draft["text"].strip() for draft in run("drafts")[1]}
    assert run("outbox", "--restore", seq)[1][0]["state"] == "held"
    assert run("drafts")[1] == []
    assert run("outbox", "--discard", seq)[1] == []
    assert run("outbox", "--retry", seq)[0] == 3


def test_the_secret_is_in_no_file_of_the_desk(run: Run, rt: FakeRt, tmp_path: Path):
    add(run, rt)
    run("sync", "--once")
    found = [p for p in (tmp_path / "desk").rglob("*") if p.is_file()]
    assert found
    assert [p.name for p in found if SECRET.encode() in p.read_bytes()] == []


def test_a_server_is_looked_at_before_a_desk_is_made(run: Run, rt: FakeRt, tmp_path: Path):
    words = ("server", "test", "--url", rt.url, "--user", "sam", "--password-stdin")
    code, report, _ = run(*words, stdin=f"{SECRET}\n")
    assert (code, report["agent"]["key"]) == (0, "sam")
    assert not report.get("encrypted")
    assert run(*words, stdin="wrong\n")[0] == 5
    assert not (tmp_path / "desk").exists()


def test_an_undo_says_what_the_server_is_told_and_a_dry_run_tells_it_nothing(
    run: Run, rt: FakeRt, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    add(run, rt)
    run("sync", "--once")
    assert run("do", "1", "edit", "--field", "priority=high")[0] == 0
    assert run("undo", "1", "--dry-run")[1] == {"dry_run": True, "undone": "edit"}
    run("sync", "--once")
    told = {
        "undone": "edit",
        "sends": [{"field": "priority", "from": "high", "to": "low"}],
        "stays": [],
        "not_offered": None,
    }
    assert run("undo", "1", "--dry-run")[1] == {"dry_run": True} | told
    assert run("outbox")[1] == []
    assert run("undo", "1")[1] == told
    assert [row["action"] for row in run("outbox")[1]] == ["revert"]
    run("sync", "--once")
    assert main(["--desk", str(tmp_path / "desk"), "undo", "1", "--redo"]) == 0
    assert "is told:\n  Priority: Low → High" in capsys.readouterr().out


def test_a_note_that_the_server_has_says_when(run: Run, rt: FakeRt, tmp_path: Path):
    add(run, rt)
    run("sync", "--once")
    words = tmp_path / "words.txt"
    words.write_text("Toner is on its way", encoding="utf-8")
    assert run("do", "1", "note", "--text-file", str(words))[0] == 0
    run("sync", "--once")
    code, told, err = run("undo", "1")
    assert (code, told["error"]) == (3, "nothing_to_undo")
    assert "This cannot be undone: the note is on the server since " in err


def test_what_is_done_is_said_in_the_fields_words_and_where_it_stands(
    run: Run, rt: FakeRt, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    add(run, rt)
    run("sync", "--once")
    desk = ["--desk", str(tmp_path / "desk")]
    assert main([*desk, "do", "1", "edit", "--field", "priority=high"]) == 0
    assert capsys.readouterr().out == "done: Priority: Low → High (Waiting)\n"


def test_a_server_that_cannot_be_reached_promises_nothing_that_is_kept(run: Run, tmp_path: Path):
    words = ("server", "add", "--url", "http://127.0.0.1:9", "--user", "sam", "--password-stdin")
    code, told, err = run(*words, stdin=f"{SECRET}\n")
    assert (code, told["error"]) == (5, "not_reached")
    assert err.startswith("The server cannot be reached. ")
    assert "No desk was made." in err
    assert "kept" not in err
