"""What takes a real osTicket with more on it than the contract needs; each says what it missed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from desk_app.domain.canned import FilledText
from desk_app.domain.entry import EntryKind
from desk_app.domain.people import Requester
from desk_app.ports.remote import RemoteThread
from desk_app.sync.at_ticket import AtTicket
from tests.live.osticket_site import needs_site
from tests.live.test_osticket_story import _client, check, command, look, opened
from tests.remote.osticket_desk import PanelClient

pytestmark = [needs_site, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def john(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PanelClient]:
    yield from _client(tmp_path_factory.mktemp("john"), "")


@pytest.fixture(scope="module")
def jane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PanelClient]:
    yield from _client(tmp_path_factory.mktemp("jane"), "2")


class Beside(AtTicket):
    """What a window asks beside its rounds."""

    def __init__(self, client: PanelClient) -> None:
        self._desk = client.desk
        self._server = client.server
        self._held = set()

    def _engine_or_no(self) -> object:
        return None


def with_files(client: PanelClient, ticket: str) -> FilledText:
    """The first canned response with files, brought as a window would."""
    with client.desk.unit() as unit:
        directory = unit.directory()
    found = client.find(ticket)
    assert found is not None
    for key in directory.canned:
        if client.server.canned_text(ticket, key).offered:
            return Beside(client).canned_text(found, key)
    pytest.skip("no canned response of this osTicket has files")


def test_a_canned_responses_files_go_along_with_the_reply(john: PanelClient):
    ticket = opened(john, f"Canned {command()}", "How do I begin?")
    look(john, ticket)
    told = with_files(john, ticket)
    check(told.attached, told)
    check(told.files == (), told.files)
    words = "<p>Please see the files</p>"
    karen = requester(john, ticket)
    sent = john.do(ticket, lambda w: w.reply(words, karen, attachments=told.attached))
    john.settle()
    thread: RemoteThread = john.server.thread(ticket)
    replies = [one for one in thread.entries if one.kind is EntryKind.REPLY]
    check(len(replies) == 1, sent)
    names = [file.name for file in replies[0].files]
    check(names == [file.name for file in told.attached], names)
    for file, kept in zip(replies[0].files, told.attached, strict=True):
        check(john.server.file(file.id) == john.desk.files.read(kept))
    keys = {link.partition("key=")[2].partition("&")[0] for link in links(john, ticket)}
    check(len(keys) == len(told.attached), "the server keeps one copy of each")


def requester(john: PanelClient, ticket: str) -> Requester:
    known = john.ticket(ticket).requester
    with john.desk.unit() as unit:
        return unit.requester(known)


def links(john: PanelClient, ticket: str) -> list[str]:
    """Where the server has its files: of the thread, and of the canned response."""
    return [link for name, link in john.server._tickets.links.items() if name.startswith(ticket)]
