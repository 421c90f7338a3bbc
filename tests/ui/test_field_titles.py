"""Extra fields are called by the words of their form, whatever number a server has for them."""

from dataclasses import replace

import pytest

from desk_app.domain.directory import CustomField, HelpTopic
from desk_app.domain.named import Named
from desk_app.ui.field_titles import field_title
from desk_app.ui.thread_html import value_text
from tests.builders import make_directory


def test_an_extra_field_is_called_as_in_its_form():
    fields = (CustomField(key="36", name="Asset tag"),)
    topics = {"13": HelpTopic(key="13", name="Hardware", fields=fields)}
    directory = replace(make_directory(), topics=topics)
    assert field_title("custom:36", directory) == "Asset tag"
    assert field_title("custom:99", directory) == "Extra fields"
    assert field_title("custom:36") == "Extra fields"
    assert field_title("custom:Building") == "Building"
    assert field_title("priority", directory) == "Priority"


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("links", (7531684446603343952,), "1 ticket"),
        ("links", (1, 2), "2 tickets"),
        ("links", (), "-"),
        ("merged_into", 7531684446603343952, "1 ticket"),
        ("collaborators", (1, 2, 3), "3 people"),
        ("requester", 7531684446603343952, "1 person"),
    ],
)
def test_a_number_of_the_desks_own_is_never_shown(field, value, words):
    assert value_text(field, value, make_directory()) == words


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("requester", 1, "Ana Souza"),
        ("collaborators", (1, 2), "Ana Souza, Bo Adams"),
        ("links", (1, 2), "#100123, new"),
        ("merged_into", 3, "1 ticket"),
    ],
)
def test_who_and_which_is_named_where_that_is_known(field, value, words):
    named = Named(people={1: "Ana Souza", 2: "Bo Adams"}, tickets={1: "100123", 2: ""})
    assert value_text(field, value, make_directory(), named) == words
