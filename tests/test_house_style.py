"""What no linter has a rule for: sizes, names, and what no file may give away."""

import ast
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MODULES = sorted((ROOT / "desk_app").rglob("*.py"))
VAGUE = re.compile(r"(util|helper|common|manager|base|misc)s?")
# In pieces, so that this file may be read like all others.
REGISTRIES = ["".join(p) for p in [("pypi", ".org"), ("python", "hosted"), ("npm", "js")]]
REGISTRIES.append(".".join(["deb", "debian", "org"]))
BUILD_MACHINE = re.compile(r"(?<![\w.])/(work|root)/")


def tracked_texts() -> list[tuple[str, str]]:
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    listing = ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-z"]
    names = subprocess.run(listing, cwd=ROOT, check=True, capture_output=True).stdout.decode()
    files = [(name, ROOT / name) for name in names.split("\0") if name]
    contents = [(name, path.read_bytes()) for name, path in files if path.is_file()]
    return [(name, c.decode()) for name, c in contents if b"\0" not in c]


def test_no_module_is_over_400_lines() -> None:
    sizes = {str(m.relative_to(ROOT)): len(m.read_text("utf-8").splitlines()) for m in MODULES}
    assert {name: size for name, size in sizes.items() if size > 400} == {}


def test_no_class_has_over_25_methods() -> None:
    found = {}
    for module in MODULES:
        for node in ast.walk(ast.parse(module.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef):
                methods = [n for n in node.body if isinstance(n, ast.FunctionDef)]
                found[f"{module.relative_to(ROOT)}: {node.name}"] = len(methods)
    assert {name: count for name, count in found.items() if count > 25} == {}


def test_no_module_has_a_name_for_anything() -> None:
    names = {part for m in MODULES for part in m.relative_to(ROOT).with_suffix("").parts}
    assert {name for name in names if VAGUE.fullmatch(name)} == set()


def test_no_file_names_a_package_registry() -> None:
    bad = [(n, host) for n, text in tracked_texts() for host in REGISTRIES if host in text]
    assert bad == []


def test_no_file_has_a_path_of_a_build_machine() -> None:
    texts = tracked_texts()
    assert [(n, hit.group()) for n, text in texts if (hit := BUILD_MACHINE.search(text))] == []
