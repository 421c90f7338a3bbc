"""Writes a lifecycle down as the file that it could have been read from."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from desk_app.domain.lifecycle import Lifecycle, Rule, Status


def lifecycle_text(lifecycle: Lifecycle) -> str:
    """The TOML that `load_lifecycle` makes an equal lifecycle of."""
    lines = [
        f"name = {_quoted(lifecycle.name)}",
        f"initial = {_quoted(lifecycle.initial)}",
        f"reopened = {_quoted(lifecycle.reopened)}",
        f"claim_on_reply = {_truth(lifecycle.claim_on_reply)}",
        f"hands_over_unseen = {_truth(lifecycle.hands_over_unseen)}",
    ]
    if lifecycle.breach_reasons:
        lines.append(f"breach_reasons = {_listed(lifecycle.breach_reasons)}")
    for status in lifecycle.statuses.values():
        lines += ["", f"[status.{_quoted(status.key)}]", *_status(status)]
    for action, rule in lifecycle.rules.items():
        lines += ["", f"[action.{action}]", *_rule(rule)]
    return "\n".join([*lines, ""])


def _status(status: Status) -> Iterator[str]:
    yield f"name = {_quoted(status.name)}"
    yield f"state = {_quoted(status.state.name.lower())}"
    yield f"to = {_listed(status.to)}"
    if status.stage is not None:
        yield f"stage = {_quoted(status.stage.name.lower())}"
    if not status.takes_reply:
        yield f"takes_reply = {_truth(status.takes_reply)}"
    if status.reopens_to is not None:
        yield f"reopens_to = {_quoted(status.reopens_to)}"
    if status.permission is not None:
        yield f"permission = {_quoted(status.permission)}"
    if status.checks:
        yield f"checks = {_listed(status.checks)}"


def _rule(rule: Rule) -> Iterator[str]:
    yield f"states = {_listed(sorted(state.name.lower() for state in rule.states))}"
    if rule.permission is not None:
        yield f"permission = {_quoted(rule.permission)}"
    if rule.checks:
        yield f"checks = {_listed(rule.checks)}"


def _listed(words: Iterable[str]) -> str:
    return "[" + ", ".join(_quoted(word) for word in words) + "]"


def _truth(value: bool) -> str:  # noqa: FBT001 - there is nothing else to tell
    return "true" if value else "false"


def _quoted(word: str) -> str:
    """A TOML string; a server's own name may hold anything."""
    return '"' + "".join(_escaped(c) for c in str(word)) + '"'


def _escaped(c: str) -> str:
    return c if c.isprintable() and c not in '"\\' else f"\\U{ord(c):08x}"
