"""A desk's server as windows and scripts use it, against the oracle."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from desk_app.bootstrap import lifecycle
from desk_app.domain.entry import EntryKind
from desk_app.domain.errors import AttachmentMissingError
from desk_app.domain.mirror import Account, AccountState
from desk_app.ports.remote import RemoteFile
from desk_app.ports.remote_errors import SignInError
from desk_app.ports.unit_of_work import Changes
from desk_app.services.writing import Writing
from desk_app.store.migrate import create_desk
from desk_app.sync import comparing
from desk_app.sync.link import ServerLink
from desk_app.system.keyring_secrets import KeyringSecrets
from desk_app.system.only_one import only_one
from tests.builders import make_directory
from tests.sync.desks import ClockedDesk
from tests.sync.oracle import Oracle, OracleServer
from tests.sync.test_engine import ANA

RIGHT = "correct horse"


class Linked:
    """A desk tied to the oracle, which knows one password."""

    def __init__(self, folder: Path, oracle: Oracle) -> None:
        create_desk(folder)
        self.folder = folder
        self.oracle = oracle
        self.desk = ClockedDesk(folder, seed=3)
        self.secrets = KeyringSecrets()
        account = Account(kind="rt", url="https://rt.example", user="sam")
        with self.desk.sync_unit() as unit:
            unit.keep_directory(oracle.directory, lifecycle()[1])
            unit.save_account(account)
            unit.commit()
        self.server = OracleServer(oracle)
        self.tried: list[str] = []
        self.link = self.again()
        self.reader = self.desk.reader()

    def again(self) -> ServerLink:
        return ServerLink(
            self.desk,
            self.connect,
            self.secrets,
            only_one=lambda: only_one(self.folder),
        )

    def connect(self, account: Account, secret: str) -> Any:
        self.tried.append(secret)
        self.server.signed_in = secret == RIGHT
        return self.server


def all_ids(linked: Linked) -> set[int]:
    with linked.desk.sync_unit() as unit:
        return {base.ticket.id for base in unit.all_bases(after=0, limit=100)}


@pytest.fixture
def oracle() -> Oracle:
    made = Oracle(make_directory())
    for subject in ("Printer", "Laptop", "Mail"):
        kept = made.make(subject, ANA)
        made.post(kept, EntryKind.MESSAGE, f"{subject} is broken", author_email=ANA.email)
    return made


@pytest.fixture
def linked(oracle: Oracle, tmp_path: Path) -> Linked:
    return Linked(tmp_path / "desk", oracle)


def test_without_a_secret_nothing_is_tried(linked: Linked):
    assert linked.link.round().problem == "no_secret"
    assert linked.tried == []


def test_a_sign_in_that_works_is_kept_and_the_round_goes_through(linked: Linked):
    assert linked.link.sign_in(RIGHT) is False  # no keyring in the tests: until the program ends
    assert linked.link.round().problem == ""
    assert linked.again().round().problem == ""
    assert linked.tried == [RIGHT, RIGHT]
    assert linked.reader.sync_status().tickets == 3


def test_a_wrong_secret_is_not_kept_and_asked_for_once(linked: Linked):
    with pytest.raises(SignInError):
        linked.link.sign_in("wrong")
    assert linked.secrets.secret("https://rt.example", "sam") is None
    linked.secrets.keep("https://rt.example", "sam", "stale")
    assert linked.link.round().problem == "sign_in"
    requests = linked.server.requests
    assert linked.link.round().problem == "signed_out"
    assert linked.server.requests == requests, "a refused password is not tried again"
    linked.link.sign_in(RIGHT)
    assert linked.link.round().problem == ""


def test_who_works_offline_is_left_alone_until_he_does_not(linked: Linked):
    linked.link.sign_in(RIGHT)
    linked.link.work_offline(offline=True)
    requests = linked.server.requests
    assert linked.link.round().problem == str(AccountState.OFFLINE)
    assert linked.server.requests == requests
    linked.link.work_offline(offline=False)
    assert linked.link.round().problem == ""


def test_only_one_process_syncs_a_desk(linked: Linked):
    linked.link.sign_in(RIGHT)
    code = (
        "import sys; from pathlib import Path; from desk_app.system.only_one import only_one\n"
        "with only_one(Path(sys.argv[1])) as held:\n"
        "    print(held, flush=True); sys.stdin.read()"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", code, str(linked.folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert other.stdout is not None
    assert other.stdin is not None
    assert other.stdout.readline().strip() == "True"
    assert linked.link.round().problem == "elsewhere"
    other.kill()  # however it ends, the desk is free again
    other.wait()
    other.stdin.close()
    other.stdout.close()
    assert linked.link.round().problem == ""


def test_every_commit_of_a_round_is_announced(linked: Linked):
    heard: list[Changes] = []
    linked.link.sign_in(RIGHT)
    linked.link.announce = heard.append
    linked.link.round()
    assert {ticket for one in heard for ticket in one.tickets} == all_ids(linked)
    assert any(one.outbox for one in heard)


def test_a_ticket_that_somebody_looks_at_is_read_at_once(linked: Linked, oracle: Oracle):
    linked.link.sign_in(RIGHT)
    linked.link.round()
    oracle.post(oracle.tickets["1"], EntryKind.MESSAGE, "Still broken", author_email=ANA.email)
    with linked.desk.sync_unit() as unit:
        ticket = unit.bases(["1"])["1"].ticket.id
    linked.link.read_ticket(ticket)
    page = linked.reader.page(ticket, agent="sam", entries=10)
    assert [entry.text for entry in page.entries] == ["Printer is broken", "Still broken"]


def test_a_file_that_is_on_the_server_alone_comes_when_asked_for(linked: Linked, oracle: Oracle):
    big = RemoteFile(id="77", name="scan.pdf", mime_type="application/pdf", size=9_000_000)
    oracle.post(
        oracle.tickets["1"], EntryKind.MESSAGE, "See this", author_email=ANA.email, files=(big,)
    )
    linked.link.sign_in(RIGHT)
    linked.link.round()
    with linked.desk.sync_unit() as unit:
        ticket = unit.bases(["1"])["1"].ticket.id
    entry = linked.reader.page(ticket, agent="sam", entries=10).entries[-1]
    assert entry.attachments[0].sha256 == ""
    linked.link.fetch_file(entry.id, "scan.pdf")
    found = linked.reader.entry(entry.id).attachments[0]
    assert linked.desk.files.read(found) == b"file 77"
    assert found.mime_type == "application/pdf"
    with pytest.raises(AttachmentMissingError):
        linked.link.fetch_file(entry.id, "scan.pdf")


# --- the doctor --------------------------------------------------------------------------------


def test_a_desk_in_step_has_no_difference(linked: Linked):
    linked.link.sign_in(RIGHT)
    linked.link.round()
    found = linked.link.compare()
    assert (found.tickets, found.entries, found.differences) == (3, 3, ())


def test_what_differs_is_named_and_taken_from_the_server(linked: Linked, oracle: Oracle):
    linked.link.sign_in(RIGHT)
    linked.link.round()
    # Behind the feed's back, as a defect of ours would leave it.
    oracle.tickets["1"].fields["subject"] = "Printer on floor 2"
    with linked.desk.sync_unit() as unit:
        kept = next(iter(unit.known(["e:6"])), "")
        unit._run("DELETE FROM known WHERE remote = ?", (kept,))
        unit.commit()
    made = oracle.make("Phone", ANA)
    oracle.feed = [one for one in oracle.feed if one[1] != made.id]
    found = linked.link.compare()
    kinds = sorted((one.kind, one.field or one.remote) for one in found.differences)
    assert kinds == [("entry", "6"), ("field", "subject"), ("not_here", made.id)]
    subject = next(one for one in found.differences if one.field == "subject")
    assert (subject.here, subject.there) == ("Printer", "Printer on floor 2")
    assert linked.link.repair(found.differences) == 3
    after = linked.link.compare()
    assert (after.tickets, after.differences) == (4, ())


def test_a_repair_leaves_unsent_work_on_top(linked: Linked, oracle: Oracle):
    linked.link.sign_in(RIGHT)
    linked.link.round()
    with linked.desk.sync_unit() as unit:
        base = unit.bases(["1"])["1"]
        unit.commit()
    agent = oracle.directory.agents["sam"]
    writing = Writing(linked.desk, oracle.directory, agent, base.ticket)
    linked.desk.bus.handle(writing.edit("priority", "high"))
    linked.link.outbox.hold(linked.reader.outbox()[0].item.seq)
    oracle.tickets["1"].fields["subject"] = "Printer on floor 2"
    found = linked.link.compare()
    assert [one.field for one in found.differences] == ["subject"]
    assert found.unsettled == 1
    linked.link.repair(found.differences)
    now = linked.reader.ticket(base.ticket.id)
    assert (now.subject, now.priority) == ("Printer on floor 2", "high")
    assert len(linked.reader.outbox()) == 1


def test_what_is_done_while_it_is_compared_goes_out_in_between(
    linked: Linked, oracle: Oracle, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(comparing, "BATCH", 1)
    linked.link.sign_in(RIGHT)
    linked.link.round()
    agent = oracle.directory.agents["sam"]
    seen: list[object] = []

    def progress(done: int, total: int) -> None:
        seen.append(oracle.tickets["3"].fields["priority"])
        if done == 1:
            with linked.desk.sync_unit() as unit:
                base = unit.bases(["3"])["3"]
            writing = Writing(linked.desk, oracle.directory, agent, base.ticket)
            linked.desk.bus.handle(writing.edit("priority", "high"))

    found = linked.link.compare(progress=progress)
    assert seen == ["normal", "high", "high"]
    assert (found.tickets, found.differences) == (3, ())
    assert linked.reader.outbox() == []


def test_a_password_that_ends_while_it_is_compared_stops_the_account_and_keeps_the_work(
    linked: Linked, oracle: Oracle
):
    linked.link.sign_in(RIGHT)
    linked.link.round()
    with linked.desk.sync_unit() as unit:
        base = unit.bases(["3"])["3"]
    agent = oracle.directory.agents["sam"]
    writing = Writing(linked.desk, oracle.directory, agent, base.ticket)
    linked.desk.bus.handle(writing.edit("priority", "high"))
    linked.server.signed_in = False
    with pytest.raises(SignInError):
        linked.link.compare()
    assert linked.reader.sync_status().account.state is AccountState.SIGNED_OUT
    assert len(linked.reader.outbox()) == 1


# --- what is kept -----------------------------------------------------------------------------


def keep(linked: Linked, **fields: Any) -> None:
    with linked.desk.sync_unit() as unit:
        account = unit.account()
        assert account is not None
        unit.save_account(replace(account, **fields))
        unit.commit()


def subjects(linked: Linked) -> set[str]:
    with linked.desk.sync_unit() as unit:
        return {base.ticket.subject for base in unit.all_bases(after=0, limit=100)}


def test_only_the_departments_that_were_asked_for_are_kept_and_ones_own(
    linked: Linked, oracle: Oracle
):
    oracle.make("Server room", ANA, department="sysadmins")
    oracle.make("My rack", ANA, department="sysadmins", owner="sam")
    keep(linked, keep_departments=("support",))
    linked.link.sign_in(RIGHT)
    linked.link.round()
    assert subjects(linked) == {"Printer", "Laptop", "Mail", "My rack"}
    elsewhere = oracle.make("Cable", ANA, department="sysadmins")
    linked.link.round()
    assert "Cable" not in subjects(linked)
    oracle.set(elsewhere, "department", "support")
    oracle.set(oracle.tickets["1"], "department", "sysadmins")
    linked.link.round()
    assert {"Cable", "Printer"} <= subjects(linked), "what is here stays, wherever it goes"


def test_files_over_the_limit_of_the_account_wait_until_they_are_asked_for(
    linked: Linked, oracle: Oracle
):
    files = tuple(RemoteFile(id=n, name=n, mime_type="", size=int(n)) for n in ("10", "11"))
    oracle.post(oracle.tickets["1"], EntryKind.MESSAGE, "Two", author_email=ANA.email, files=files)
    keep(linked, keep_files=10)
    linked.link.sign_in(RIGHT)
    linked.link.round()
    with linked.desk.sync_unit() as unit:
        ticket = unit.bases(["1"])["1"].ticket.id
    small, large = linked.reader.page(ticket, agent="sam", entries=9).entries[-1].attachments
    assert (small.sha256 != "", large.sha256) == (True, "")


def test_the_log_tells_what_was_sent_from_which_version_to_which_and_no_text(
    linked: Linked, oracle: Oracle
):
    linked.link.sign_in(RIGHT)
    linked.link.round()
    with linked.desk.sync_unit() as unit:
        base = unit.bases(["1"])["1"]
    agent = oracle.directory.agents["sam"]
    note = Writing(linked.desk, oracle.directory, agent, base.ticket).note("<p>Private words</p>")
    linked.desk.bus.handle(note)
    linked.link.round()
    lines = linked.reader.sync_log(limit=10, ticket=base.ticket.id)
    accepted = lines[0]
    assert (accepted.what, accepted.outcome) == ("send note", "accept accepted")
    assert accepted.number == "R1"
    assert f"command={note.id}" in accepted.detail
    assert f"before={base.version}" in accepted.detail
    assert f"after={oracle.tickets['1'].version}" in accepted.detail
    assert "Private" not in repr(lines)


def test_what_a_server_makes_sure_of_is_noted_at_each_sign_in(linked: Linked):
    assert linked.reader.account().learnt is None
    linked.link.sign_in(RIGHT)
    learnt = linked.reader.account().learnt
    assert (learnt.safe_update, learnt.sure_probe) == (True, True)
    assert "reply" in learnt.actions
    linked.server.capabilities = replace(linked.server.capabilities, safe_update=False)
    linked.link.round()
    assert linked.reader.account().learnt == learnt, "nothing is written twice for one sign-in"
    assert linked.again().round().problem == ""
    assert linked.reader.account().learnt.safe_update is False
