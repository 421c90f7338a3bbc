"""Extra fields are called by the words of their form, whatever number a server has for them."""

from dataclasses import replace

from desk_app.domain.directory import CustomField, HelpTopic
from desk_app.ui.field_titles import field_title
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
