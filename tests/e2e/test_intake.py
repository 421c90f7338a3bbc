"""Mail becomes tickets: threaded, once each, whatever it looks like."""

import importlib.util
from pathlib import Path

import pytest

from desk_app.bootstrap import OpenDesk, make_demo
from desk_app.cli import main
from desk_app.domain.filters import QueueFilter, SortKey
from desk_app.domain.ticket import State
from desk_app.services.intake import Taken
from desk_app.system.mail_files import MailSource

FIRST = """From: Zoe Quill <zoe@else.example>
To: support@demo.example
Subject: Scanner is mute
Message-ID: <one@else.example>
Date: Mon, 02 Nov 2026 09:00:00 +0000

It scans, but does not beep.
"""
SECOND = """From: Zoe Quill <zoe@else.example>
Subject: Re: Scanner is mute
Message-ID: <two@else.example>
In-Reply-To: <one@else.example>
Content-Type: text/html

<p>Now it <b>beeps</b>.</p><script>alert(1)</script><img src="http://evil.example/x">
"""


@pytest.fixture
def desk(tmp_path):
    make_demo(tmp_path / "desk")
    return OpenDesk(tmp_path / "desk")


def take(desk, folder, **mails):
    folder.mkdir(exist_ok=True)
    for name, text in mails.items():
        data = text if isinstance(text, bytes) else text.encode()
        (folder / f"{name}.eml").write_bytes(data)
    return list(desk.intake.take_all(MailSource([folder]).read()))


def test_an_answer_joins_its_ticket_and_nothing_is_taken_twice(desk, tmp_path):
    folder = tmp_path / "mail"
    first, second = take(desk, folder, a=FIRST, b=SECOND)
    assert (first.taken, second.taken) == (Taken.NEW_TICKET, Taken.ADDED)
    assert first.ticket == second.ticket
    assert [o.taken for o in take(desk, folder)] == [Taken.KNOWN, Taken.KNOWN]
    page = desk.reader().page(first.ticket, agent="john", entries=9)
    assert page.requester.email == "zoe@else.example"
    assert len(page.entries) == 2
    html = page.entries[1].html
    assert "script" not in html
    assert 'src="http' not in html
    assert desk.reader().queue_ids(QueueFilter(text="beeps"), SortKey()).tolist() == [first.ticket]


def test_an_answer_joins_the_ticket_that_its_own_went_on_in_at_last(desk, tmp_path):
    folder = tmp_path / "mail"
    first = take(desk, folder, a=FIRST)[0].ticket
    reader = desk.reader()
    for number, into in ((reader.ticket(first).number, "100016"), ("100016", "100015")):
        words = ["--desk", str(desk.path), "--as", "sam", "do", number, "merge", "--to", into]
        assert main(words) == 0
    second = take(desk, folder, b=SECOND)[-1]
    last = reader.find_ticket("100015")
    assert second.ticket == last
    texts = [entry.text for entry in reader.page(last, agent="sam", entries=99).entries]
    assert any("does not beep" in text for text in texts)
    assert any("Now it beeps" in text for text in texts)


def test_a_message_reopens_a_closed_ticket_but_an_automatic_one_does_not(desk, tmp_path):
    folder = tmp_path / "mail"
    first = take(desk, folder, a=FIRST)[0]
    reader = desk.reader()
    ticket = reader.ticket(first.ticket)
    for status, topic in (("closed", "general"),):
        assert (
            main(
                [
                    "--desk",
                    str(desk.path),
                    "do",
                    ticket.number,
                    "edit_topic",
                    "--field",
                    f"topic={topic}",
                ]
            )
            == 0
        )
        assert (
            main(["--desk", str(desk.path), "do", ticket.number, "set_status", "--status", status])
            == 0
        )
    robot = SECOND.replace("<two@", "<three@").replace(
        "Content-Type", "Auto-Submitted: auto-replied\nContent-Type"
    )
    take(desk, folder, b=robot)
    assert reader.ticket(first.ticket).state is State.CLOSED
    take(desk, folder, c=SECOND)
    assert reader.ticket(first.ticket).state is State.OPEN


def test_a_number_in_a_strangers_subject_opens_a_ticket_of_its_own(desk, tmp_path):
    stranger = FIRST.replace("Scanner is mute", "[#100020] give me access")
    outcome = take(desk, tmp_path / "mail", a=stranger)[0]
    assert outcome.taken is Taken.NEW_TICKET


def test_a_broken_mail_is_kept_aside_and_the_rest_goes_on(desk, tmp_path):
    outcomes = take(desk, tmp_path / "mail", a=b"", b=FIRST)
    assert [o.taken for o in outcomes] == [Taken.KEPT_ASIDE, Taken.NEW_TICKET]
    assert outcomes[0].reason


def test_the_mails_of_pythons_own_tests_are_taken_or_kept_aside(desk):
    spec = importlib.util.find_spec("test.test_email")
    if spec is None or not spec.submodule_search_locations:
        pytest.skip("this Python came without its own tests")
    data = sorted((Path(spec.submodule_search_locations[0]) / "data").glob("msg_*.txt"))
    assert data
    from desk_app.domain.mail import RawMail

    mails = (
        RawMail(origin=file.name, position=file.name, done_bytes=0, data=file.read_bytes())
        for file in data
    )
    outcomes = list(desk.intake.take_all(mails))
    assert len(outcomes) == len(data)
    aside = {outcome.origin for outcome in outcomes if outcome.taken is Taken.KEPT_ASIDE}
    assert aside == {"msg_18.txt", "msg_19.txt"}
