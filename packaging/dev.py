"""Sets up this checkout, then runs, tests or measures desk_app; needs the standard library only.

python3 packaging/dev.py run [ARGS]     open the app on the demo desk
python3 packaging/dev.py test [ARGS]    all checks; ARGS go to pytest
python3 packaging/dev.py bench [ARGS]   the measurements; ARGS go to tests.bench

The packages go to .venv in the repository, pinned by hash; the list is installed again
when it or the Python changes. On Debian and its kin the missing system packages are
installed when root, and named otherwise.
"""

# Must parse on Python 3.6, so that an old Python gets our sentence and not a SyntaxError.
import argparse
import ctypes
import hashlib
import importlib.util
import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

NEEDED_PYTHON = (3, 11)
ROOT = Path(__file__).resolve().parent.parent
DEMO_DESK = ROOT / "demo-desk"
PICTURE = ROOT / "artifacts" / "desk-app.png"

# What PySide6-Essentials 6.11 and 6.12 leave to the system, as `objdump -p` names it in their
# libraries and in the xcb, offscreen and Wayland plugins. XWayland's users need xcb too.
LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11.so.6": "libx11-6",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libbrotlidec.so.1": "libbrotli1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgssapi_krb5.so.2": "libgssapi-krb5-2",
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
    "libxcb.so.1": "libxcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-glx.so.0": "libxcb-glx0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts")
FONT_PACKAGE = "fonts-dejavu-core"
# A server to test against. Where a system has no such packages, those tests say so and are skipped.
REQUEST_TRACKER = Path("/usr/share/request-tracker5/libexec/rt-server")
REQUEST_TRACKER_PACKAGES = ["request-tracker5", "rt5-db-sqlite", "rt5-standalone"]
REAL_WINDOW_TOOLS = {"Xvfb": "xvfb", "xdotool": "xdotool", "openbox": "openbox"}


class StopError(Exception):
    """What the user must know or do before this can go on; told in a sentence, exit code 2."""


def python_complaint(found: "tuple[int, ...]") -> str:
    """Say what is wrong with this Python; empty if nothing is."""
    if found >= NEEDED_PYTHON:
        return ""
    return (
        "desk_app needs Python {}.{} or newer; this is Python {}.{} ({}).\n"
        "Install a newer one and start this script with it, for example:\n"
        "  python3.12 packaging/dev.py run"
    ).format(*NEEDED_PYTHON, *found, sys.executable)


if __name__ == "__main__" and python_complaint(sys.version_info[:2]):
    sys.exit(python_complaint(sys.version_info[:2]))


# --- the system's packages ---------------------------------------------------------------------


def can_load(library: str) -> bool:
    """Whether the loader finds this shared library, as it would for Qt."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def has_font() -> bool:
    """Whether any outline font is installed; without one Qt draws empty boxes."""
    files = (file for folder in FONT_FOLDERS for file in Path(folder).rglob("*.[to]tf"))
    return next(files, None) is not None


def missing_libraries(loads: Callable[[str], bool] = can_load) -> list[str]:
    """Name the libraries that Qt needs and the loader cannot find."""
    return [library for library in LIBRARIES if not loads(library)]


def missing_packages(libraries: list[str], *, font: bool, ensurepip: bool) -> list[str]:
    """Name the Debian packages that would fill these gaps."""
    packages = [LIBRARIES[library] for library in libraries]
    if not font:
        packages.append(FONT_PACKAGE)
    if not ensurepip:
        packages.append("python{}.{}-venv".format(*sys.version_info[:2]))
    return sorted(packages)


def has_display(system: str, environ: Mapping[str, str]) -> bool:
    """Whether a window can be opened; only on Linux it may be that it cannot."""
    return system != "Linux" or any(environ.get(n) for n in ("DISPLAY", "WAYLAND_DISPLAY"))


def apt_command(packages: list[str]) -> list[str]:
    """Return the command that installs these packages, without asking."""
    return ["apt-get", "install", "-y", "--no-install-recommends", *packages]


def install_packages(packages: list[str]) -> None:
    """Install Debian packages; only root gets here."""
    say("Installing system packages: " + " ".join(packages))
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update", "-q"], apt_command(packages)):
        if subprocess.run(command, check=False, env=quiet, stdin=subprocess.DEVNULL).returncode:
            raise StopError("This failed, see above: " + " ".join(command))


def is_root() -> bool:
    """Whether apt-get may be called without sudo."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def prepare_system(*, for_tests: bool) -> None:
    """Bring the system libraries that Qt needs, or stop and say which are missing."""
    if platform.system() != "Linux":
        return
    libraries = missing_libraries()
    if shutil.which("apt-get") is None:
        if libraries:
            raise StopError("Qt needs these libraries of the system: " + " ".join(libraries))
        return
    prepare_packages(libraries, for_tests=for_tests)
    if for_tests and not has_request_tracker():
        prepare_request_tracker()


def prepare_packages(libraries: list[str], *, for_tests: bool) -> None:
    """Install what is missing on a Debian, or stop and say how to."""
    ensurepip = importlib.util.find_spec("ensurepip") is not None
    packages = missing_packages(libraries, font=has_font(), ensurepip=ensurepip)
    tools = [p for tool, p in REAL_WINDOW_TOOLS.items() if for_tests and not shutil.which(tool)]
    if is_root():
        if packages or tools:
            install_packages(packages + tools)
    elif packages:
        raise StopError(
            "Some system packages are missing. Run this once, then try again:\n  sudo "
            + " ".join(apt_command(packages + tools))
        )
    elif tools:
        say("No real-window tests without: sudo " + " ".join(apt_command(tools)))


def has_request_tracker() -> bool:
    """Whether Debian's Request Tracker is installed with a server of its own."""
    return REQUEST_TRACKER.exists()


def prepare_request_tracker() -> None:
    """Bring a real server to test against; the other tests go on without it."""
    hint = "No tests on a real Request Tracker without: sudo "
    hint += " ".join(apt_command(REQUEST_TRACKER_PACKAGES))
    if not is_root():
        say(hint)
        return
    try:
        install_packages(REQUEST_TRACKER_PACKAGES)
    except StopError as stop:
        say(f"{stop}\n{hint}")


# --- the virtual environment ------------------------------------------------------------------


def venv_tool(venv: Path, name: str, system: str) -> Path:
    """Return where a program of the virtual environment is."""
    return venv / ("Scripts/{}.exe" if system == "Windows" else "bin/{}").format(name)


def tool(name: str) -> str:
    """Return the path of a program in this checkout's .venv."""
    return str(venv_tool(ROOT / ".venv", name, platform.system()))


def requirements(name: str) -> Path:
    """Return the pinned list of this name."""
    return ROOT / "packaging" / "requirements" / f"{name}.txt"


def wanted_stamp() -> dict[str, str]:
    """Return what a .venv that is up to date for everything would say of itself."""
    lists = {n: hashlib.sha256(requirements(n).read_bytes()).hexdigest() for n in ("run", "test")}
    return {"python": platform.python_version(), **lists}


def plan(name: str, wanted: dict[str, str], found: dict[str, str] | None) -> str:
    """Decide what a .venv with this stamp needs: 'nothing', 'install' or 'remake'.

    The list for tests holds the list for running. What is stale is made anew, so that
    nothing stays behind that the list no longer names.
    """
    if found is None or any(found[key] != wanted.get(key) for key in found):
        return "remake"
    return "nothing" if name in found or "test" in found else "install"


def read_stamp(file: Path) -> dict[str, str] | None:
    """Read what was installed; None if that is not known."""
    try:
        stamp = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return stamp if isinstance(stamp, dict) and "python" in stamp else None


def prepare_venv(name: str) -> None:
    """Make .venv hold exactly the pins of this list."""
    venv = ROOT / ".venv"
    stamp_file = venv / "desk-app-stamp.json"
    wanted = wanted_stamp()
    found = read_stamp(stamp_file) if Path(tool("python")).exists() else None
    step = plan(name, wanted, found)
    if step == "nothing":
        return
    if step == "remake":
        say(f"Making {venv}")
        must([sys.executable, "-m", "venv", "--clear", str(venv)])
        found = {"python": wanted["python"]}
    say(f"Installing the packages of {requirements(name).relative_to(ROOT).as_posix()}")
    # Wheels only: nothing foreign is run while it is installed.
    options = ["--require-hashes", "--only-binary=:all:", "--disable-pip-version-check", "-q"]
    must([tool("python"), "-m", "pip", "install", *options, "-r", str(requirements(name))])
    stamp = {**(found or {}), name: wanted[name]}
    stamp_file.write_text(json.dumps(stamp, indent=1) + "\n", encoding="utf-8")


# --- commands ---------------------------------------------------------------------------------


def say(text: str) -> None:
    """Print now, before a child prints."""
    print(text, flush=True)


def call(command: list[str], **extra: str) -> int:
    """Run a child in the repository, in UTF-8; return its exit code."""
    environ = {**os.environ, "PYTHONUTF8": "1", **extra}
    return subprocess.run(command, check=False, cwd=ROOT, env=environ).returncode


def must(command: list[str], **extra: str) -> None:
    """Run a child and stop if it fails."""
    if call(command, **extra):
        raise StopError("This failed, see above: " + " ".join(command))


def run(arguments: list[str]) -> int:
    """Open the app on the demo desk, or draw it into a file where there is no display."""
    prepare_system(for_tests=False)
    prepare_venv("run")
    app = [tool("python"), "-m", "desk_app"]
    if not DEMO_DESK.exists():
        say(f"Filling the demo desk in {DEMO_DESK}")
        try:
            must([*app, "demo", str(DEMO_DESK)])
        except BaseException:
            shutil.rmtree(DEMO_DESK, ignore_errors=True)  # half a desk would pass for one
            raise
    if has_display(platform.system(), os.environ):
        return call([*app, "--desk", str(DEMO_DESK), *arguments])
    say("There is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set): drawing a picture.")
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    draw = [*app, "screenshot", str(PICTURE), "--desk", str(DEMO_DESK), *arguments]
    must(draw, QT_QPA_PLATFORM="offscreen")
    say(f"The picture of the window is {PICTURE}")
    return 0


_AT_ONCE = ("-n", "auto", "--maxprocesses", "4", "--dist", "loadgroup")
"""Tests at once: one a core. Each more has a Request Tracker of its own, and memory for it."""


def test(arguments: list[str]) -> int:
    """Run every check; return the exit code of the first that failed."""
    prepare_system(for_tests=True)
    prepare_venv("test")
    steps = {
        "ruff check": [tool("ruff"), "check"],
        "ruff format": [tool("ruff"), "format", "--check"],
        "mypy": [tool("mypy")],
        "lint-imports": [tool("lint-imports")],
        "pytest": [tool("python"), "-m", "pytest", *_AT_ONCE, *arguments],
    }
    failed = {}
    for name, command in steps.items():
        say(f"\n=== {name} ===")
        code = call(command)
        if code:
            failed[name] = code
    if failed:
        say("\nFailed: " + ", ".join(failed))
    return next(iter(failed.values()), 0)


def bench(arguments: list[str]) -> int:
    """Run the measurements, without a window."""
    prepare_system(for_tests=False)
    prepare_venv("test")
    return call([tool("python"), "-m", "tests.bench", *arguments], QT_QPA_PLATFORM="offscreen")


COMMANDS = {"run": run, "test": test, "bench": bench}


def main(argv: list[str]) -> int:
    """Do what the command line says; return the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("command", choices=sorted(COMMANDS))
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help="passed on")
    known = parser.parse_args(argv)
    try:
        return COMMANDS[known.command](known.arguments)
    except StopError as stop:
        print(stop, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
