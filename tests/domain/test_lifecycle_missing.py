"""What a lifecycle file leaves out is named, with the line of the table that lacks it."""

import pytest

from desk_app.domain.errors import LifecycleError
from desk_app.domain.lifecycle_file import load_lifecycle

TEXT = """\
name = "Small"
initial = "open"

[status.open]
name = "Open"
state = "open"
to = ["closed"]

[status.closed]
name = "Closed"
state = "closed"

[action.claim]
states = ["open"]
"""


@pytest.mark.parametrize(
    ("old", "new", "problem", "name", "line"),
    [
        ('name = "Open"\n', "", "missing", "status.open.name", 4),
        ('state = "closed"\n', "", "missing", "status.closed.state", 9),
        ('states = ["open"]\n', "", "missing", "action.claim.states", 13),
        ("", "", "missing", "action.assign", 0),
        ('states = ["open"]', 'states = ["ajar"]', "unknown", "ajar", 14),
        ('to = ["closed"]', 'to = ["gone"]', "unknown", "gone", 7),
        ('to = ["closed"]', 'reopens_to = "gone"', "unknown", "gone", 7),
        ('to = ["closed"]', 'stage = "limbo"', "unknown", "limbo", 7),
        ('to = ["closed"]', 'permission = "all"', "unknown", "all", 7),
        ('to = ["closed"]', 'checks = ["luck"]', "unknown", "luck", 7),
        ("[action.claim]", "[action.clam]", "unknown", "clam", 13),
        (TEXT, 'name = "x"\n', "missing", "status", 0),
        (TEXT, "status = 3\n", "unknown", "status", 1),
    ],
)
def test_a_fault_is_told_with_its_name_and_line(old, new, problem, name, line):
    assert old in TEXT
    with pytest.raises(LifecycleError) as caught:
        load_lifecycle(TEXT.replace(old, new, 1), key="small", file="small.toml")
    assert dict(caught.value.facts) == {
        "file": "small.toml",
        "line": line,
        "problem": problem,
        "name": name,
    }


def test_a_file_that_is_no_toml_is_told_with_its_line():
    with pytest.raises(LifecycleError) as caught:
        load_lifecycle(TEXT.replace('"Small"', ""), key="small", file="small.toml")
    facts = caught.value.facts
    assert (facts["problem"], facts["file"], facts["line"]) == ("not_toml", "small.toml", 1)
