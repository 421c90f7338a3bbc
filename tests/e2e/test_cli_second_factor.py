"""A server that wants a code after the password, from the command line alone."""

from __future__ import annotations

import io
import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from desk_app import bootstrap
from desk_app.cli import main
from desk_app.system.keyring_secrets import KeyringSecrets
from tests.remote.osticket_panel import panel, signed_in
from tests.remote.panel.server import Panel

SECRET, CODE = "secret", "246810"
Run = Callable[..., tuple[int, Any, str]]
ON_A_TERMINAL = """
import os, sys
os.open(sys.argv[1], os.O_RDWR)  # of a new session's leader: its terminal from now on
from desk_app.cli import main
sys.exit(main(sys.argv[2:]))
"""


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Iterator[Panel]:
    kept = KeyringSecrets()  # as in one process: the tests have no keyring
    monkeypatch.setattr(bootstrap, "secrets", lambda: kept)
    with panel() as made:
        made.truth.agents["1"].code = CODE
        made.truth.open("Printer", made.truth.user("Una", "una@out.test"), "<p>Broken</p>")
        yield made


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.setattr("desk_app.cli_sign_in.can_ask", lambda: False)
    monkeypatch.setattr("desk_app.cli_server.can_ask", lambda: False)

    def run_(*words: str, stdin: str = "") -> tuple[int, Any, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        code = main(["--desk", str(tmp_path / "desk"), "--json", *words])
        out, err = capsys.readouterr()
        assert CODE not in out + err
        return code, json.loads(out) if out.strip() else None, err

    return run_


def server(at: Panel, step: str, *more: str) -> tuple[str, ...]:
    return ("server", step, "--url", at.url, "--user", "john", "--password-stdin", *more)


def sign_ins(at: Panel) -> int:
    return at.log.count("POST /scp/login.php")


def test_the_code_is_the_next_line_and_a_desk_is_made_with_one_sign_in(run: Run, at: Panel):
    code, made, err = run(*server(at, "add", "--code-stdin"), stdin=f"{SECRET}\n000\n{CODE}\n")
    assert (code, made["kind"]) == (0, "osticket")
    assert "2 tries are left" in err
    assert sign_ins(at) == 3
    code, report, _ = run("sync", "--once")
    assert (code, report["problem"]) == (0, "")
    assert sign_ins(at) == 3


def test_a_server_is_looked_at_with_a_code_too(run: Run, at: Panel):
    code, report, _ = run(*server(at, "test", "--code-stdin"), stdin=f"{SECRET}\n{CODE}\n")
    assert (code, report["agent"]["name"]) == (0, "John Doe")
    code, report, _ = run(*server(at, "test"), stdin=f"{SECRET}\n")
    assert (code, report["why"]) == (5, "second_factor")


def test_without_a_code_nothing_is_made_and_it_is_said_why(run: Run, at: Panel, tmp_path: Path):
    code, told, err = run(*server(at, "add"), stdin=f"{SECRET}\n")
    assert (code, told["error"]) == (5, "sign_in")
    assert "It wants a second proof of who you are." in err
    assert not (tmp_path / "desk").exists()
    code, told, _ = run(*server(at, "add", "--code-stdin"), stdin=f"{SECRET}\n1\n2\n3\n4\n5\n")
    assert (code, told["error"]) == (5, "sign_in")
    assert max(session.strikes for session in at.sessions.values()) == 3


def test_a_session_that_ended_goes_on_with_a_code_and_the_kept_password(run: Run, at: Panel):
    run(*server(at, "add", "--code-stdin"), stdin=f"{SECRET}\n{CODE}\n")
    run("sync", "--once")
    at.expire()
    code, report, _ = run("sync", "--once")
    assert (code, report["problem"]) == (5, "sign_in")
    code, report, _ = run("sync", "--once", "--code-stdin", stdin=f"{CODE}\n")
    assert (code, report["problem"]) == (0, "")
    assert at.tries == {}


def test_a_browsers_session_is_taken_in_the_place_of_a_password(run: Run, at: Panel):
    at.truth.agents["1"].code = ""
    lent = signed_in(at)
    lent.sign_in()
    cookie = lent.session.http.cookies["OSTSESSID"]
    assert run(*server(at, "add", "--session"), stdin="no session\n")[0] == 2
    assert run(*server(at, "add", "--session"), stdin=f"{cookie}\n")[0] == 0
    assert run("sync", "--once")[0] == 0
    assert sign_ins(at) == 1
    lent.close()


@pytest.mark.skipif(sys.platform == "win32", reason="a terminal of another kind")
def test_at_a_terminal_the_code_is_asked_for_there(at: Panel, tmp_path: Path):
    ours, theirs = pty.openpty()
    words = ["--desk", str(tmp_path / "desk"), *server(at, "add")]
    done = subprocess.Popen(
        [sys.executable, "-c", ON_A_TERMINAL, os.ttyname(theirs), *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    assert done.stdin is not None
    done.stdin.write(f"{SECRET}\n".encode())
    done.stdin.flush()
    shown = b""
    while b"Code:" not in shown:
        shown += os.read(ours, 1000)
    assert b"second proof" in shown
    os.write(ours, f"{CODE}\n".encode())
    out, err = done.communicate()
    os.close(ours)
    os.close(theirs)
    assert (done.returncode, b"osTicket" in out) == (0, True), err
    assert CODE.encode() not in out + err + shown
