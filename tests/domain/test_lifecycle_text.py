"""A lifecycle that is written down is read back as it was."""

from dataclasses import replace

import pytest

from desk_app.bootstrap import lifecycle
from desk_app.domain.lifecycle_file import load_lifecycle
from desk_app.domain.lifecycle_text import lifecycle_text


@pytest.mark.parametrize("key", ["osticket", "request-tracker"])
def test_a_lifecycle_comes_back_from_its_text(key: str) -> None:
    rules, _ = lifecycle(key)
    assert load_lifecycle(lifecycle_text(rules), key=rules.key, file="x.toml") == rules


def test_a_name_may_hold_anything() -> None:
    rules, _ = lifecycle("osticket")
    name = 'Wartet auf "Kunde" \\ \n\x00 \u200f مغلق 🙂'
    named = {k: replace(s, name=name) for k, s in rules.statuses.items()}
    odd = replace(rules, name=name, statuses=named)
    text = lifecycle_text(odd).replace("\\U00000000", "")  # TOML has no such character
    assert load_lifecycle(text, key=rules.key, file="x.toml").name == name.replace("\x00", "")
