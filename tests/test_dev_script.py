"""What packaging/dev.py decides, without installing anything."""

import ast
import importlib.util
import sys
from pathlib import Path, PurePosixPath

import pytest

SCRIPT = Path(__file__).resolve().parent.parent / "packaging" / "dev.py"


@pytest.fixture(scope="module")
def dev():
    spec = importlib.util.spec_from_file_location("dev_script", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def debian(dev, monkeypatch):
    """A Debian that lacks what `gaps` says; returns what was installed."""
    installed = []

    def make(*, gaps=(), tools=("Xvfb", "xdotool", "openbox"), root=False, apt=True, rt=True):
        programs = {*tools, *(["apt-get"] if apt else [])}
        monkeypatch.setattr(dev.platform, "system", lambda: "Linux")
        monkeypatch.setattr(dev, "missing_libraries", lambda: list(gaps))
        monkeypatch.setattr(dev, "has_font", lambda: True)
        monkeypatch.setattr(dev, "has_request_tracker", lambda: rt)
        monkeypatch.setattr(dev, "is_root", lambda: root)
        monkeypatch.setattr(dev.shutil, "which", lambda name: name if name in programs else None)
        monkeypatch.setattr(dev, "install_packages", installed.extend)
        return installed

    return make


def test_an_old_python_is_told_what_is_needed(dev) -> None:
    complaint = dev.python_complaint((3, 9))
    assert "3.11 or newer" in complaint
    assert "Python 3.9" in complaint
    assert sys.executable in complaint


@pytest.mark.parametrize("version", [(3, 11), (3, 13), (4, 0)])
def test_a_new_python_is_welcome(dev, version) -> None:
    assert dev.python_complaint(version) == ""


def test_an_old_python_can_read_the_script_far_enough_to_complain() -> None:
    ast.parse(SCRIPT.read_text("utf-8"), feature_version=(3, 6))


def test_only_linux_without_either_variable_has_no_display(dev) -> None:
    assert not dev.has_display("Linux", {})
    assert not dev.has_display("Linux", {"DISPLAY": ""})
    assert dev.has_display("Linux", {"DISPLAY": ":0"})
    assert dev.has_display("Linux", {"WAYLAND_DISPLAY": "wayland-0"})
    assert dev.has_display("Windows", {})
    assert dev.has_display("Darwin", {})


def test_missing_libraries_are_those_the_loader_refuses(dev) -> None:
    assert dev.missing_libraries(lambda name: name != "libEGL.so.1") == ["libEGL.so.1"]
    assert not dev.can_load("libthere-is-none.so.9")


def test_each_gap_names_its_package(dev) -> None:
    packages = dev.missing_packages(["libxcb-cursor.so.0"], font=False, ensurepip=False)
    venv = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    assert packages == sorted(["libxcb-cursor0", "fonts-dejavu-core", venv])
    assert dev.missing_packages([], font=True, ensurepip=True) == []


def test_root_gets_the_packages_and_the_tools_installed(dev, debian) -> None:
    installed = debian(gaps=["libEGL.so.1"], tools=["xdotool"], root=True)
    dev.prepare_system(for_tests=True)
    assert installed == ["libegl1", "xvfb", "openbox"]


def test_a_complete_system_is_left_alone(dev, debian) -> None:
    installed = debian(root=True)
    dev.prepare_system(for_tests=True)
    assert installed == []


def test_others_are_told_the_one_command(dev, debian) -> None:
    debian(gaps=["libEGL.so.1", "libGL.so.1"])
    with pytest.raises(dev.StopError, match=r"sudo apt-get install .* libegl1 libgl1$"):
        dev.prepare_system(for_tests=False)


def test_lacking_only_the_real_window_tools_stops_nobody(dev, debian, capsys) -> None:
    debian(tools=[])
    dev.prepare_system(for_tests=True)
    assert "sudo apt-get install" in capsys.readouterr().out
    dev.prepare_system(for_tests=False)
    assert capsys.readouterr().out == ""


def test_root_gets_a_server_to_test_against(dev, debian) -> None:
    installed = debian(root=True, rt=False)
    dev.prepare_system(for_tests=False)
    assert installed == []
    dev.prepare_system(for_tests=True)
    assert installed == ["request-tracker5", "rt5-db-sqlite", "rt5-standalone"]


@pytest.mark.parametrize("root", [False, True])
def test_no_server_to_test_against_stops_nobody(dev, debian, monkeypatch, capsys, root) -> None:
    debian(root=root, rt=False)

    def fail(packages):
        raise dev.StopError("no such package")

    monkeypatch.setattr(dev, "install_packages", fail)
    dev.prepare_system(for_tests=True)
    assert "No tests on a real Request Tracker" in capsys.readouterr().out


def test_another_linux_is_told_the_libraries(dev, debian) -> None:
    debian(gaps=["libEGL.so.1"], apt=False)
    with pytest.raises(dev.StopError, match=r"libEGL\.so\.1"):
        dev.prepare_system(for_tests=False)


def test_a_stop_is_a_sentence_and_exit_code_2(dev, debian, capsys) -> None:
    debian(gaps=["libEGL.so.1"])
    assert dev.main(["run"]) == 2
    assert "sudo apt-get" in capsys.readouterr().err


WANTED = {"python": "3.11.7", "run": "aa", "test": "bb"}


@pytest.mark.parametrize(
    ("name", "found", "step"),
    [
        ("run", None, "remake"),
        ("run", {"python": "3.11.7"}, "install"),
        ("run", {"python": "3.11.7", "run": "aa"}, "nothing"),
        ("run", {"python": "3.11.7", "test": "bb"}, "nothing"),
        ("test", {"python": "3.11.7", "run": "aa"}, "install"),
        ("test", {"python": "3.11.7", "run": "aa", "test": "bb"}, "nothing"),
        ("run", {"python": "3.12.1", "run": "aa"}, "remake"),
        ("run", {"python": "3.11.7", "run": "old"}, "remake"),
        ("run", {"python": "3.11.7", "run": "aa", "test": "old"}, "remake"),
    ],
)
def test_the_environment_follows_the_pins_and_the_python(dev, name, found, step) -> None:
    assert dev.plan(name, WANTED, found) == step


@pytest.mark.parametrize("text", ["", "[]", "{}", "{"])
def test_a_broken_stamp_counts_as_none(dev, tmp_path, text) -> None:
    file = tmp_path / "stamp"
    assert dev.read_stamp(file) is None
    file.write_text(text)
    assert dev.read_stamp(file) is None


def test_programs_are_where_each_system_puts_them(dev) -> None:
    venv = PurePosixPath(".venv")
    assert str(dev.venv_tool(venv, "ruff", "Windows")) == ".venv/Scripts/ruff.exe"
    assert str(dev.venv_tool(venv, "ruff", "Darwin")) == ".venv/bin/ruff"


@pytest.fixture
def calls(dev, monkeypatch, tmp_path):
    """What would be run, with `exits` saying how a command ends."""
    seen, exits = [], {}

    def call(command, **extra):
        words = " ".join([Path(command[0]).stem, *command[1:]])
        seen.append((words, extra))
        if "desk_app demo" in words:
            Path(command[-1]).mkdir()
        return next((code for part, code in exits.items() if part in words), 0)

    monkeypatch.setattr(dev, "prepare_system", lambda **_: None)
    monkeypatch.setattr(dev, "prepare_venv", lambda _: None)
    monkeypatch.setattr(dev, "call", call)
    monkeypatch.setattr(dev, "DEMO_DESK", tmp_path / "demo-desk")
    monkeypatch.setattr(dev, "PICTURE", tmp_path / "artifacts" / "desk-app.png")
    return seen, exits


def test_run_fills_the_demo_desk_once_and_opens_it(dev, calls, monkeypatch) -> None:
    monkeypatch.setattr(dev, "has_display", lambda *_: True)
    seen, _ = calls
    assert dev.main(["run", "--offline"]) == 0
    assert dev.main(["run"]) == 0
    desk = dev.DEMO_DESK
    assert [words for words, _ in seen] == [
        f"python -m desk_app demo {desk}",
        f"python -m desk_app --desk {desk} --offline",
        f"python -m desk_app --desk {desk}",
    ]


def test_run_without_a_display_draws_a_picture_and_says_where(dev, calls, monkeypatch, capsys):
    monkeypatch.setattr(dev, "has_display", lambda *_: False)
    seen, _ = calls
    assert dev.main(["run"]) == 0
    assert seen[-1] == (
        f"python -m desk_app screenshot {dev.PICTURE} --desk {dev.DEMO_DESK}",
        {"QT_QPA_PLATFORM": "offscreen"},
    )
    said = capsys.readouterr().out
    assert "no display" in said
    assert str(dev.PICTURE) in said


def test_a_demo_that_fails_leaves_no_half_desk(dev, calls) -> None:
    _, exits = calls
    exits["desk_app demo"] = 1
    assert dev.main(["run"]) == 2
    assert not dev.DEMO_DESK.exists()


def test_every_check_runs_and_the_first_failure_is_the_exit_code(dev, calls, capsys) -> None:
    seen, exits = calls
    exits.update({"mypy": 7, "pytest": 5})
    assert dev.main(["test", "-k", "outbox"]) == 7
    assert [words for words, _ in seen] == [
        "ruff check",
        "ruff format --check",
        "mypy",
        "lint-imports",
        "python -m pytest -n auto --maxprocesses 4 --dist loadgroup -k outbox",
    ]
    assert "Failed: mypy, pytest" in capsys.readouterr().out


def test_bench_passes_its_arguments_on(dev, calls) -> None:
    seen, _ = calls
    assert dev.main(["bench", "--quick"]) == 0
    assert seen[-1][0] == "python -m tests.bench --quick"
