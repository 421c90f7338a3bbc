"""The fake panel keeps the contract of every server, but for what no osTicket can know."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from desk_app.domain.outbox import NewTicket
from desk_app.ports.remote import Sending
from tests.remote.contract import (
    DUE,
    UNA,
    Files,
    RemoteContract,
    World,
    change,
    drained,
    edit,
    read,
)
from tests.remote.osticket_world import PanelWorld, world


class TestPanel(RemoteContract):
    @pytest.fixture
    def world(self) -> Iterator[PanelWorld]:
        with world() as made:
            yield made

    def new(self, world: World, subject: str) -> Sending:
        """The panel makes no ticket without a help topic."""
        made = super().new(world, subject)
        assert isinstance(made.step, NewTicket)
        assert made.requester == UNA
        ticket = replace(made.step.ticket, topic=PanelWorld.topic, priority="2")
        return replace(made, step=replace(made.step, ticket=ticket))

    def test_the_feed_tells_what_changed_after_a_cursor_in_order(self, world: World):
        """An edited field has no time in any search: the next comparison finds it."""
        first, second = world.make("One"), world.make("Two")
        cursor, _ = drained(world.server, world.server.newest())
        world.requester_writes(second, "Hello")
        world.other_sets(first, "subject", "One more")
        cursor, changed = drained(world.server, cursor)
        assert second in changed
        world.server._feed._compare_at = 0.0  # type: ignore[attr-defined]
        cursor, changed = drained(world.server, cursor)
        assert first in changed

    def test_the_feed_loses_nothing_over_many_pages(self, world: World):
        """What is made is found by its time, page after page."""
        cursor = world.server.newest()
        made = [world.make(f"Other {number}") for number in range(40)]
        assert set(drained(world.server, cursor)[1]) >= set(made)

    def test_every_field_takes_its_value(self, world: World):
        """The server keeps whole minutes."""
        ticket = world.make("Fields")
        due = DUE.replace(second=0)
        wanted = {
            "subject": "Fields ü €",
            "priority": world.priority,
            "due_at": due,
            "owner": world.me,
        }
        for field, value in wanted.items():
            world.server.send(edit(world, ticket, change(field, value)), Files())
            assert getattr(read(world, ticket), field) == value
        world.server.send(edit(world, ticket, change("owner", None, world.me)), Files())
        world.server.send(edit(world, ticket, change("due_at", None, due)), Files())
        found = read(world, ticket)
        assert found.owner is None
        assert found.due_at != due  # by its plan again

    def test_a_change_is_found_if_it_arrived_and_only_then(self, world: World):
        """A history without old and new values: what is there now has to tell."""
        ticket = world.make("Lost field")
        order = edit(world, ticket, change("subject", "Found"))
        assert world.server.probe(order) is None
        world.server.send(order, Files())
        assert world.server.probe(order) is not None
