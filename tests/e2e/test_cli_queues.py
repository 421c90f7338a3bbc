"""The server's own queues from the command line, against a staff panel on a socket."""

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
from tests.remote.osticket_panel import panel
from tests.remote.panel.server import Panel

Run = Callable[..., tuple[int, Any, str]]


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Iterator[Panel]:
    kept = KeyringSecrets()  # as in one process: the tests have no keyring
    monkeypatch.setattr(bootstrap, "secrets", lambda: kept)
    with panel() as made:
        user = made.truth.user("Karen Weber", "karen@bank.example")
        for subject in ("Payment page fails", "Locked out"):
            made.truth.open(subject, user, f"<p>{subject}</p>")
        next(iter(made.truth.tickets.values())).staff = "1"
        yield made


@pytest.fixture
def run(
    at: Panel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    def run_(*words: str, stdin: str = "") -> tuple[int, Any, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        code = main(["--desk", str(tmp_path / "desk"), "--json", *words])
        out, err = capsys.readouterr()
        return code, json.loads(out) if out.strip() else None, err

    url = f"{at.url}/scp/login.php"
    words = ("server", "add", "--url", url, "--user", "john", "--password-stdin")
    assert run_(*words, stdin="secret\n")[0] == 0
    assert run_("sync", "--once")[0] == 0
    return run_


def test_they_are_listed_with_their_numbers(run: Run):
    code, told, _ = run("queues")
    assert code == 0
    assert [(row["path"], row["count"], row["read"]) for row in told["queues"]] == [
        ("Open", 2, None),
        ("Open / Mine & ours", 1, None),
        ("Closed", 0, None),
    ]


def test_one_is_listed_as_the_server_named_it_and_asked_anew_when_wanted(run: Run, at: Panel):
    rows = run("list", "--queue", "server:Mine & ours")[1]
    assert [row["subject"] for row in rows] == ["Payment page fails"]
    for ticket in at.truth.tickets.values():
        ticket.staff = "1"
    at.log.clear()
    rows = run("list", "--queue", "server:open / mine & ours", "--search", "page")[1]
    assert [row["subject"] for row in rows] == ["Payment page fails"]
    assert at.log == []
    code, told, _ = run("queues", "--sync", "--read", "2")
    assert (code, told["queues"][1]["count"], told["queues"][1]["read"]["named"]) == (0, 2, 2)
    assert len(run("list", "--queue", "server:2")[1]) == 2


def test_what_cannot_be_had_is_said(run: Run, at: Panel):
    assert run("list", "--queue", "server:Nowhere")[0] == 4
    run("sync", "--offline")
    code, told, err = run("list", "--queue", "server:Closed")
    assert (code, told["error"]) == (5, "not_reached")
    assert "password" not in err
    with pytest.raises(SystemExit):
        run("list", "--queue", "nonsense")
