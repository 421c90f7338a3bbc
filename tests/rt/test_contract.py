"""The contract on the real thing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.remote.contract import RemoteContract
from tests.rt.desk import tracker
from tests.rt.real_rt import Person, RealRt


class RtWorld:
    """Una asks, Lea does what another agent does."""

    me, other = "sam", "ann"
    closed = "resolved"
    priority = "high"

    def __init__(self, rt: RealRt, people: dict[str, Person]) -> None:
        self.server = tracker(rt.url)
        self.lea, self.una, self.root = people["lea"], people["una"], people["root"]
        queues = {q["Name"]: q["id"] for q in self.root.get("/queues/all", fields="Name")["items"]}
        self.department, self.elsewhere = queues["Support"], queues["Sales"]
        self.hidden = queues["Secret"]
        fields = self.root.get(f"/queue/{self.department}/customfields", fields="Name")["items"]
        self.fields = {field["Name"]: field["id"] for field in fields}
        self.custom = self.fields["Room"]

    def make(self, subject: str) -> str:
        return self.root.make(subject, Requestor="una@out.test")

    def requester_writes(self, ticket: str, words: str) -> None:
        self.una.write(ticket, words)

    def other_sets(self, ticket: str, field: str, value: str) -> None:
        self.lea.put(f"/ticket/{ticket}", **{field.capitalize(): value})

    def merge(self, ticket: str, into: str) -> None:
        self.lea.put(f"/ticket/{ticket}", MergeInto=into)

    def texts(self, ticket: str) -> list[str]:
        kinds = {"Create", "Correspond", "Comment"}
        return [row["id"] for row in self.root.history(ticket) if row["Type"] in kinds]


@pytest.fixture(scope="session")
def people(rt: RealRt) -> Iterator[dict[str, Person]]:
    found = {name: Person(rt, name) for name in ("lea", "una", "ann")}
    found["root"] = Person(rt, "root", "password")
    yield found
    for person in found.values():
        person.close()


@pytest.fixture(scope="session")
def world(rt: RealRt, people: dict[str, Person]) -> Iterator[RtWorld]:
    found = RtWorld(rt, people)
    yield found
    found.server.close()


class TestRealRequestTracker(RemoteContract):
    """Every promise of the port."""
