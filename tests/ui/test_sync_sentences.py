"""Every state, reason and code has words, and they keep apart what the glossary keeps apart."""

import ast
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from desk_app.domain import mirror
from desk_app.domain.entry import Event
from desk_app.domain.mirror import AccountState
from desk_app.domain.outbox import NEEDS_YOU, Happening, OutboxItem, OutboxState
from desk_app.ports import sign_in
from desk_app.ports.remote import GoneWhy
from desk_app.ports.remote_errors import RemoteError
from desk_app.ui import outbox_texts, sync_texts
from desk_app.ui.outbox_texts import OutboxAction
from tests.ui.test_sentences import all_subclasses, parsed

GLOSSARY = {
    OutboxState.WAITING: "Waiting",
    OutboxState.HELD: "Held",
    OutboxState.SENDING: "Sending",
    OutboxState.UNCERTAIN: "Not sure - checking",
    OutboxState.ACCEPTED: "Accepted by Acme",
}
ON_DISK = re.compile(r"\bSaved\b(?! here| as \{path\}| searches)")
"""A file of the agent's own is saved as a file; a text is saved here."""
IS_SENT = re.compile(r"(?:^|[.!?] )Sent\b|(?<!Nothing )\b(?:was|were|been) sent\b")
NEVER = re.compile(r"\bdelivered\b", re.IGNORECASE)


def said():
    """Every text of the screens, with its module."""
    for module, tree in parsed("ui"):
        inside = {
            id(node.value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        }
        for node in ast.walk(tree):
            value = getattr(node, "value", None) if isinstance(node, ast.Constant) else None
            if isinstance(value, str) and id(node) not in inside:
                yield module, value


def remote_codes():
    return {RemoteError.code} | {one.code for one in all_subclasses(RemoteError)}


def given(name):
    """String constants that `sync` and `services` give as a keyword or a positional `reason`."""
    found = set()
    for _, tree in parsed("sync", "services"):
        for node in ast.walk(tree):
            if isinstance(node, ast.keyword) and node.arg == name:
                found.add(getattr(node.value, "value", None))
    return {value for value in found if isinstance(value, str)}


@pytest.mark.parametrize("state", OutboxState)
def test_every_state_has_its_word_of_the_glossary(state):
    words = sync_texts.state_text(state, "Acme")
    if state in NEEDS_YOU:
        assert words.startswith("Needs you: ")
    else:
        assert words == GLOSSARY.get(state, "Discarded by you")
    assert sync_texts.held_text(8) == "Held (undo 8 s)"


@pytest.mark.parametrize(
    ("left", "words"), [(8, "Held (undo 8 s)"), (0, "Waiting"), (-70, "Waiting")]
)
def test_what_is_held_no_longer_and_still_here_waits(left, words):
    now = datetime(2026, 3, 2, 10, tzinfo=UTC)
    event = Event(id=1, ticket=2, command="c", action="reply", actor="sam", at=now, changes=())
    until = now + timedelta(seconds=left)
    item = OutboxItem(seq=1, event=event, state=OutboxState.HELD, steps=(), next_try=until)
    assert sync_texts.item_state(item, "Acme", now) == words


def test_no_two_states_are_called_the_same():
    words = [sync_texts.state_text(state, "Acme") for state in OutboxState]
    assert len(set(words)) == len(words)


def test_every_reason_that_the_engine_gives_has_words():
    reasons = given("reason") | remote_codes() | {f"gone_{why}" for why in GoneWhy}
    assert "thread_moved_on" in reasons
    assert reasons - set(sync_texts._REASONS) == set()


def test_every_problem_of_a_round_has_words():
    wanted = remote_codes() | {"no_secret", "elsewhere", "offline", "signed_out"}
    assert wanted - set(sync_texts._PROBLEMS) == set()
    assert {str(s) for s in AccountState} - {"on"} <= set(sync_texts._PROBLEMS)


def whys():
    """Codes that the adapters give as `why` of a RemoteError."""
    kinds = {one.__name__ for one in all_subclasses(RemoteError)}
    for _, tree in parsed("remote", "sync"):
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            if getattr(call.func, "id", "") in kinds:
                given = [k.value for k in call.keywords if k.arg == "why"]
                yield from (v.value for v in given if isinstance(v, ast.Constant))
                yield from (getattr(sign_in, v.id, "") for v in given if isinstance(v, ast.Name))


def test_every_why_of_an_adapter_has_words():
    found = set(whys())
    assert {"refused", "second_factor", "wrong_code", "portal"} <= found
    assert found - {""} | {"offline", "certificate", "timeout", "cut", "no_secret"} <= set(
        sync_texts._WHYS
    )
    assert {f"gone_{why}" for why in GoneWhy} <= set(sync_texts._WHYS)


def test_every_kind_of_difference_and_of_being_gone_has_words():
    kinds = set(re.findall(r"`(\w+)`", _docstring_under("kind")))
    assert kinds == set(sync_texts._KINDS)
    assert {str(why) for why in GoneWhy} <= set(sync_texts._GONE)


def _docstring_under(name):
    tree = ast.parse(Path(mirror.__file__).read_text(encoding="utf-8"))
    kind = next(n for n in ast.walk(tree) if isinstance(n, ast.ClassDef) and n.name == "Difference")
    for field, words in zip(kind.body, kind.body[1:], strict=False):
        if isinstance(field, ast.AnnAssign) and getattr(field.target, "id", "") == name:
            return words.value.value
    raise LookupError(name)


def test_every_happening_has_words_in_the_log():
    assert {str(one) for one in Happening} - set(sync_texts._LOGGED) == set()


@pytest.mark.parametrize("table", ["_WHY", "_TODO"])
def test_every_state_is_explained(table):
    assert set(getattr(outbox_texts, table)) == set(OutboxState)


def test_every_action_has_a_name_and_a_key_of_its_own():
    assert set(outbox_texts.ACTION_NAMES) == set(OutboxAction)
    keys = outbox_texts.ACTION_KEYS
    assert set(keys) == set(OutboxAction)
    assert len(set(keys.values())) == len(keys)


def test_nothing_that_is_here_alone_is_called_saved_or_sent_or_delivered():
    wrong = [
        f"{module}: {text!r}"
        for module, text in said()
        if ON_DISK.search(text) or IS_SENT.search(text) or NEVER.search(text)
    ]
    assert wrong == []
