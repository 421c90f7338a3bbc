"""The guards of conftest.py bite: each bad test planted here must fail, each good one pass."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

PLANTED = """
import contextlib, gc, logging, os, socket, threading
import pytest
from hypothesis import given, settings, strategies as st

def test_bad_warning():
    logging.getLogger("desk_app.sync").warning("row lost")

def test_bad_thread():
    thread = threading.Thread(target=lambda: 1 / 0)
    thread.start()
    thread.join()

def test_bad_unraisable():
    class Thing:
        def __del__(self):
            raise ValueError("late")
    Thing()
    gc.collect()

def test_bad_connect_swallowed():
    with socket.socket() as s, contextlib.suppress(Exception):
        s.connect(("192.0.2.1", 80))

def test_bad_lookup_swallowed():
    with contextlib.suppress(Exception):
        socket.create_connection(("desk.invalid", 80))

def test_bad_qt_warning(qapp):
    from PySide6.QtCore import qWarning
    qWarning("painted outside")

@pytest.mark.allow_log("WARNING desk_app.sync: row lost")
def test_good_warning():
    logging.getLogger("desk_app.sync").warning("row lost")

def test_good_loopback():
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(("localhost", server.getsockname()[1])).close()

@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="Windows")
def test_good_local_socket(own_home):
    path = str(own_home / "s")
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
        server.bind(path)
        server.listen()
        client.connect(path)

def test_good_home(own_home, tmp_path):
    import platformdirs
    from pathlib import Path
    assert Path.home() == own_home
    assert own_home.parent in Path(platformdirs.user_data_path("x")).parents
    assert list(own_home.iterdir()) == []

@given(st.integers())
def test_good_property(number):
    assert settings.default.deadline is None
"""


def test_each_guard_fails_what_it_guards_against_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "test_planted.py").write_text(PLANTED, "utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "tests.conftest", "-p", "no:randomly", "-rA"]
    outcome = subprocess.run(
        [*command, "-c", "pyproject.toml", "--rootdir", str(tmp_path), str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    report = outcome.stdout + outcome.stderr
    lines = [line.split() for line in report.splitlines() if "::test_" in line]
    seen = {(words[0], words[1].split("::")[1]) for words in lines if len(words) > 1}
    bad = {name for word, name in seen if word in ("FAILED", "ERROR")}
    assert bad == {name for _, name in seen if name.startswith("test_bad_")}, report
    assert len(bad) == 6, report
    assert outcome.returncode == 1, report
