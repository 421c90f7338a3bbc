"""Numbers that only the desk knows become names, or are counted."""

import pytest

from desk_app.domain.entry import Change
from desk_app.domain.named import NOBODY, Named, numbers_in

NAMED = Named(people={7: "Ana Souza", 8: "Bo Adams"}, tickets={7: "100123", 9: ""})


@pytest.mark.parametrize(
    ("field", "value", "names"),
    [
        ("requester", 7, ["Ana Souza"]),
        ("collaborators", (8, 7), ["Bo Adams", "Ana Souza"]),
        ("watchers", [8], ["Bo Adams"]),
        ("links", (7, 9), ["100123", ""]),
        ("merged_into", 7, ["100123"]),
        ("requester", 9, []),
        ("collaborators", (7, 1), []),  # all or none: a part of the names would be a wrong list
        ("links", (), []),
        ("requester", None, []),
    ],
)
def test_all_names_in_their_order_or_none(field, value, names):
    assert NAMED.of(field, value) == names
    assert NOBODY.of(field, value) == []


def test_both_sides_of_what_names_somebody_are_asked_for():
    changes = (
        Change(field="requester", old=1, new=2),
        Change(field="collaborators", old=(), new=(3, 4)),
        Change(field="links", old=(5,), new=(5, 6)),
        Change(field="merged_into", old=None, new=7),
        Change(field="priority", old="low", new="high"),
        Change(field="answered", old=False, new=True),
    )
    assert numbers_in(changes) == ({1, 2, 3, 4}, {5, 6, 7})
