"""Every code has a sentence, every sentence its facts, and none is below the screen."""

import ast
import importlib
import pkgutil
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

import desk_app
from desk_app.domain import commands
from desk_app.domain.errors import AttachmentTooLargeError, DeskError
from desk_app.domain.gate import Reason
from desk_app.domain.lifecycle import Action
from desk_app.domain.ticket import Source, Stage
from desk_app.remote.osticket import events
from desk_app.ui import texts
from tests.denials import DENIALS

ROOT = Path(desk_app.__file__).parent
BELOW = ("domain", "ports", "services", "store", "remote", "sync", "system")
SENTENCE = re.compile(r"[A-Z][a-z']+ [a-z]+[ ,.]")
"""A capital, then words: SQL shouts, keys do not."""
SAID_OTHERWISE = {"desk", "refused", "nothing_to_undo", "wrong_usage"}
"""Errors whose sentence hangs on a fact: the gate's reason, or `why`."""


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}


def all_subclasses(kind: type) -> Iterator[type]:
    for one in kind.__subclasses__():
        yield one
        yield from all_subclasses(one)


def parsed(*folders: str) -> Iterator[tuple[str, ast.Module]]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield str(path.relative_to(ROOT)), ast.parse(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def errors() -> dict[str, type[DeskError]]:
    for module in pkgutil.walk_packages([str(ROOT)], "desk_app."):
        if not module.name.startswith(("desk_app.__main__", "desk_app.store.migrations")):
            importlib.import_module(module.name)
    found = {one.__name__: one for one in all_subclasses(DeskError)}
    return {name: one for name, one in found.items() if one.__module__.startswith("desk_app")}


def test_every_code_has_words():
    assert set(texts._REASONS) == set(Reason)
    assert set(texts._ACTIONS) == set(Action)
    assert set(texts._STAGES) == set(Stage)
    assert set(texts._SOURCES) == {str(source) for source in Source}


def test_every_event_has_a_name():
    names = {one.name for one in all_subclasses(commands.Command)}
    assert names <= set(texts._EVENTS)
    assert "" not in names


@pytest.mark.parametrize("denied", DENIALS, ids=lambda denied: denied.code)
def test_every_refusal_can_be_said_with_the_facts_of_the_gate(denied):
    found = denied.found()
    sentence = texts.denial_text(found)
    assert re.fullmatch(r"[^{}]+\.", sentence)
    assert placeholders(texts._REASONS[denied.code]) <= set(found.facts)
    assert (texts.fix_text(found) == "") == (found.fix is None)


def test_every_error_has_a_sentence(errors):
    codes = {one.code for one in errors.values()} - SAID_OTHERWISE
    assert codes - set(texts._ERRORS) == set()


def test_every_error_is_raised_with_the_facts_of_its_sentence(errors):
    seen, bad = set(), []
    for module, tree in parsed(""):
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            name = getattr(call.func, "id", "")
            if name not in errors or any(k.arg is None for k in call.keywords):
                continue
            given = {k.arg: k.value for k in call.keywords} | {"detail": None}
            why = getattr(given.get("why"), "value", None)
            tables = {"NothingToUndoError": texts._UNDO, "WrongUsageError": texts._USAGE}
            table = tables.get(name, texts._ERRORS)
            sentence = table.get(why) if name in tables else table.get(errors[name].code, "")
            seen.add(name)
            if sentence is None or not placeholders(sentence) <= set(given):
                bad.append(f"{module}:{call.lineno} {name} {why}")
    assert bad == []
    assert {"NotFoundError", "WrongUsageError", "DeskMissingError"} <= seen


def test_no_sentence_is_below_the_screen():
    found = []
    for module, tree in parsed(*BELOW):
        inside = _for_programmers(tree)
        found += [
            f"{module}:{node.lineno} {node.value!r}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
            if SENTENCE.match(node.value) and node not in inside
        ]
    assert [line for line in found if not line.startswith("services/demo.py")] == []


def _for_programmers(tree: ast.Module) -> set[ast.AST]:
    """Docstrings, what a bug raises, and what goes to a log."""
    found: set[ast.AST] = set()
    for node in ast.walk(tree):
        called = node.func if isinstance(node, ast.Call) else None
        name = getattr(called, "id", getattr(called, "attr", ""))
        if name in {"ValueError", "TypeError", "RuntimeError", "debug", "info", "warning", "error"}:
            found.update(ast.walk(node))
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            found.add(node.value)
    return found


def test_sizes_are_said_as_a_person_reads_them():
    error = AttachmentTooLargeError(name="film.mov", size=30_000_000, limit=25_000_000)
    told = texts.error_text(error)
    assert told == "“film.mov” has 30.0 MB; the limit is 25.0 MB. It was not added."


def test_everything_that_happens_in_a_panel_has_a_name():
    for action in set(events._EVENTS.values()):
        assert texts.event_name(action) != action, action
