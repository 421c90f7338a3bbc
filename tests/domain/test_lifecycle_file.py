"""A lifecycle that would trap a ticket is refused, with the file and the line."""

import pytest

from desk_app.domain.errors import LifecycleError
from desk_app.domain.lifecycle import Action, Check
from desk_app.domain.lifecycle_file import load_lifecycle
from desk_app.system.paths import resource

TEXT = resource("lifecycles", "osticket.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("key", ["osticket", "request-tracker"])
def test_the_lifecycles_that_ship_are_sound(key):
    text = resource("lifecycles", f"{key}.toml").read_text(encoding="utf-8")
    assert set(load_lifecycle(text, key=key, file=key).rules) == set(Action)


@pytest.mark.parametrize(
    ("old", "new", "problem", "name"),
    [
        ('name = "osTicket"', "name = ", "not_toml", None),
        ('initial = "open"', 'initial = "begin"', "unknown", "begin"),
        ('state = "archived"', 'state = "frozen"', "unknown", "frozen"),
        ('to = ["open", "deleted"]', 'to = ["open", "nowhere"]', "unknown", "nowhere"),
        ('"assigned"]', '"asigned"]', "unknown", "asigned"),
        ('permission = "task.create"', 'permission = "task.make"', "unknown", "task.make"),
        ("[action.claim]", "[action.clam]", "unknown", "clam"),
        ('to = ["open", "closed", "archived", "deleted"]', 'to = ["open"]', None, None),
        (
            'to = ["open", "in-progress", "resolved", "closed", "deleted"]',
            "to = []",
            "dead_end",
            "on-hold",
        ),
    ],
)
def test_a_broken_lifecycle_is_refused_where_it_is_broken(old, new, problem, name):
    assert old in TEXT
    text = TEXT.replace(old, new, 1)
    if problem is None:
        load_lifecycle(text, key="x", file="x.toml")
        return
    with pytest.raises(LifecycleError) as caught:
        load_lifecycle(text, key="x", file="x.toml")
    facts = caught.value.facts
    assert (facts["problem"], facts["file"]) == (problem, "x.toml")
    assert name is None or facts["name"] == name
    line = text.splitlines()[int(facts["line"]) - 1]
    assert new in line or problem == "dead_end"
    assert "[status.on-hold]" in line or problem != "dead_end"


def test_a_status_that_nothing_leads_to_is_refused():
    text = TEXT + '\n[status.lost]\nname = "Lost"\nstate = "open"\nto = ["closed"]\n'
    with pytest.raises(LifecycleError) as caught:
        load_lifecycle(text, key="x", file="x.toml")
    assert caught.value.facts["problem"] == "unreachable"
    assert text.splitlines()[caught.value.facts["line"] - 1] == "[status.lost]"


@pytest.mark.parametrize("action", ["edit_watchers", "mark_overdue"])
def test_a_file_of_an_earlier_version_has_newer_actions_off(action):
    """Desks keep the file that their server's rules came from."""
    before, _, rest = TEXT.partition(f"[action.{action}]\n")
    text = before + rest.partition("\n\n")[2]
    assert text != TEXT
    rule = load_lifecycle(text, key="old", file="old.toml").rules[Action(action)]
    assert Check.NOT_THERE in rule.checks
