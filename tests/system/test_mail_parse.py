"""Mails as they come: made by hand to be hostile, by CPython's authors, and by chance."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desk_app.domain.mail import (
    AutoKind,
    BrokenMailError,
    BrokenReason,
    MailAddress,
    MailMessage,
    OddityCode,
)
from desk_app.system import mail_parse
from desk_app.system.mail_parse import parse_mail
from tests.system.mails import IMAGE, PLAIN, codes, multipart, parse, with_head


def test_a_plain_mail_has_nothing_odd():
    mail = parse(PLAIN)
    assert mail == MailMessage(
        message_id="1@x",
        subject="Hi",
        sender=MailAddress(name="Ann", email="ann@example.org"),
        to=(MailAddress(email="b@example.org"),),
        sent_at=datetime(2026, 11, 23, 9, tzinfo=UTC),
        text="hello\n",
    )


def test_the_clock_must_know_its_zone():
    with pytest.raises(ValueError, match="aware"):
        parse_mail(PLAIN.encode(), now=datetime(2026, 1, 1))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", BrokenReason.EMPTY),
        (b"\r\n \n", BrokenReason.EMPTY),
        (b"just a text\nwithout a head", BrokenReason.NO_HEADER),
        (b"note: to self\n\nnot a mail", BrokenReason.NO_HEADER),
        (b"\x7fELF\x02\x01\x01\0\0\0\0", BrokenReason.BINARY),
        (b"PK\x03\x04\x14\0\0\0", BrokenReason.BINARY),
        (b"Subject: alone\n\n", BrokenReason.NOTHING_IN_IT),
    ],
)
def test_what_has_nothing_usable_is_broken_with_its_reason(data, reason):
    with pytest.raises(BrokenMailError) as caught:
        parse(data)
    assert caught.value.reason is reason


def test_a_mail_over_the_limit_is_broken(monkeypatch):
    monkeypatch.setattr(mail_parse, "MAX_MAIL_BYTES", 10)
    with pytest.raises(BrokenMailError) as caught:
        parse(PLAIN)
    assert caught.value.reason is BrokenReason.TOO_LARGE


# --- heads


def test_an_id_that_is_missing_is_made_and_the_same_for_every_copy():
    plain = b"From: a@b.c\nSubject: x\n\nhello\n"
    made = parse(plain)
    assert made.id_made
    assert OddityCode.NO_MESSAGE_ID in codes(made)
    copies = [plain.replace(b"\n", b"\r\n"), plain + b"\n", b"From a@b.c Mon Nov 23\n" + plain]
    assert {parse(copy).message_id for copy in copies} == {made.message_id}
    assert parse(plain + b"more").message_id != made.message_id


def test_threads_are_read_from_ids_that_crash_the_modern_parser():
    mail = parse(
        "From: a@b.c\nMessage-ID: <[b378dfc5@example.com]>\nIn-Reply-To: Your mail of <p@x>\n"
        "References: <a@x>\n\t<b@x> <c\n @x>\nSubject: Re: [#4711] x\n\nhi"
    )
    assert mail.message_id == "[b378dfc5@example.com]"
    assert mail.in_reply_to == "p@x"
    assert mail.references == ("a@x", "b@x", "c@x")
    assert mail.number_hint == "4711"


@pytest.mark.parametrize(
    ("raw", "subject"),
    [
        (b"plain  \n\t folded", "plain folded"),
        (b"=?utf-8?q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        (b"=?utf-8?b?w6k?= =?utf-8?b?/w==?=", "é\ufffd"),
        (b"=?utf-8?q?=C3=A9=?= x", "é= x"),
        (b"=?utf-8?q?G=C3?= =?utf-8?q?=BC?=", "Gü"),
        (b"=?iso-2022-jp?b?GyRCRnxLXBsoQg==?=", "日本"),
        (b"pre=?utf-8?q?=C3=A9?=post", "preépost"),
        (b"=?x-unknown?q?caf=C3=A9?=", "café"),
        (b"=?utf-8*en?q?=C3=A9?=", "é"),
        (b"caf\xc3\xa9", "café"),
        (b"caf\xe9", "café"),
        (b"a\0b", "ab"),
        (b"=?utf-8?q?a=0Ab=00c?=", "a bc"),
        (b"=?utf-8?q?with space?=", "with space"),
        (b"", ""),
    ],
)
def test_subjects_are_decoded_whatever_was_done_to_them(raw, subject):
    mail = parse(b"From: a@b.c\nSubject: " + raw + b"\n\nhi")
    assert mail.subject == subject


@pytest.mark.parametrize(
    ("raw", "name", "email"),
    [
        ("Ann <ann@x.org>", "Ann", "ann@x.org"),
        ("ann@x.org (Ann B)", "", "ann@x.org"),
        ('"B, Ann" <ann@x.org>', "B, Ann", "ann@x.org"),
        ("=?utf-8?q?B=2C_=C3=84nn?= <ann@x.org>", "B, Änn", "ann@x.org"),
        ('"=?utf-8?q?=C3=84nn?=" <ann@x.org>', "Änn", "ann@x.org"),
        ("Ann ann@x.org", "", "ann@x.org"),
        ("Ann [boss] <ann@x.org>", "Ann [boss]", "ann@x.org"),
        ("=?utf-8?q?=0A?= <ann@x.org>", "", "ann@x.org"),
        ('"', '"', ""),
        ("root", "root", ""),
    ],
)
def test_a_sender_is_found_in_any_from_line(raw, name, email):
    sender = parse(f"From: {raw}\n\nhi").sender
    assert sender is not None
    assert sender.email == email
    assert name in sender.name


def test_the_next_best_header_names_the_sender():
    mail = parse("Sender: robot@x.org\nReturn-Path: <r@x.org>\nSubject: x\n\nhi")
    assert mail.sender == MailAddress(email="robot@x.org")
    assert OddityCode.NO_FROM in codes(mail)


def test_hidden_recipients_are_no_addresses():
    mail = parse(with_head("To: undisclosed-recipients:;\nCc: Team: a@x.org, b@x.org;"))
    assert mail.to == ()
    assert [one.email for one in mail.cc] == ["a@x.org", "b@x.org"]
    assert OddityCode.BAD_ADDRESS not in codes(mail)


def test_the_first_of_two_headers_counts_and_both_recipients_stay():
    mail = parse(with_head("From: eve@x.org\nSubject: 1\nSubject: 2\nTo: a@x.org\nTo: b@x.org"))
    assert mail.sender is not None
    assert (mail.sender.email, mail.subject) == ("ann@example.org", "1")
    assert [one.email for one in mail.to] == ["a@x.org", "b@x.org"]
    doubled = {o.detail for o in mail.oddities if o.code is OddityCode.DUPLICATE_HEADER}
    assert doubled == {"from", "subject"}


@pytest.mark.parametrize(
    ("date", "code"),
    [
        ("Mon, 23 Nov 2026 10:00:00 +0100", None),
        ("23 Nov 26 10:00 GMT", None),
        ("", OddityCode.NO_DATE),
        ("yesterday", OddityCode.NO_DATE),
        ("Thu, 99 Foo 2026 99:99:99 +9999", OddityCode.NO_DATE),
        ("Thu, 01 Jan 1970 00:00:00 +0000", OddityCode.ABSURD_DATE),
        ("Mon, 18 Jan 2038 03:14:07 +0000", OddityCode.ABSURD_DATE),
        ("Mon, 01 Jan 0001 00:00:00 +1400", OddityCode.ABSURD_DATE),
        ("Fri, 31 Dec 9999 23:59:59 -1400", OddityCode.NO_DATE),
    ],
)
def test_dates_are_read_or_noted(date, code):
    mail = parse(with_head(f"Date: {date}"))
    assert (mail.sent_at is None) == (code is not None)
    assert codes(mail) & {OddityCode.NO_DATE, OddityCode.ABSURD_DATE} == ({code} - {None})


@pytest.mark.parametrize(
    "head",
    [
        "Content-Type: text/plain; name*",
        "Content-Type: text/plain; x=1; name*0*",
        "Content-Type: ;;;=",
        "Content-Type: text/plain; charset*=x'y",
        'Content-Disposition: attachment; filename="',
        "Content-Disposition: =?utf-8?q?",
        "Cc: (x): a@b.com;",
        'To: "',
        "To: " + "(" * 3000,
        "To: " + "[" * 3000,
        "Subject: " + "=?utf-8?q?a?= " * 270,
        "Date: Mon, 1 Jan 2026 00:00:00 +99999999999999999999",
        "Content-Transfer-Encoding: =?",
        ":: no name",
    ],
)
def test_heads_that_crash_the_modern_parser_are_rescued(head):
    assert "hello" in str(parse(with_head(head)))


def test_head_and_body_need_no_line_between():
    mail = parse("From: a@b.c\nSubject: x\nthis is no header\nmore")
    assert mail.text == "this is no header\nmore"
    assert OddityCode.NO_HEADER_END in codes(mail)


def test_lines_may_end_in_anything():
    for ending in (b"\r\n", b"\r", b"\n"):
        mail = parse(PLAIN.encode().replace(b"\n", ending))
        assert (mail.subject, mail.text) == ("Hi", "hello\n")


def test_what_stands_before_the_head_is_skipped():
    for before in (
        b"\xef\xbb\xbf",
        b"\r\n\r\n",
        b"From x@y Mon Nov 23 10:00:00 2026\n",
        b">From x\n",
    ):
        assert parse(before + PLAIN.encode()).subject == "Hi"


def test_an_endless_header_is_cut():
    mail = parse(with_head("X-A: " + "a" * 100_000 + "\nTo: " + "a@b.c, " * 20_000))
    assert OddityCode.HEADER_CUT in codes(mail)
    assert len(mail.to) == 2000


def test_automatic_mail_is_marked():
    assert parse(with_head("Auto-Submitted: auto-replied")).auto is AutoKind.AUTO_REPLY
    assert parse(with_head("X-Desk-App: 1")).auto is AutoKind.LOOP


# --- mail that nobody here wrote


def cpython_mails():
    try:
        import test.test_email as package
    except ImportError:
        return []
    return sorted((Path(package.__file__).parent / "data").glob("msg_*.txt"))


@pytest.mark.skipif(not cpython_mails(), reason="this Python came without test.test_email's data")
def test_the_mails_of_cpython_are_read():
    broken = {}
    found = Counter()
    mails = {}
    for path in cpython_mails():
        try:
            mails[path.stem] = mail = parse(path.read_bytes())
        except BrokenMailError as exc:
            broken[path.stem] = exc.reason
        else:
            found.update(codes(mail))
    # 18 is a head of MIME fields alone; 19 is the middle of a mail, cut out.
    assert broken == {
        "msg_18": BrokenReason.NOTHING_IN_IT,
        "msg_19": BrokenReason.NO_HEADER,
    }
    assert len(mails) >= 46
    assert found[OddityCode.BAD_MULTIPART] >= 5
    assert found[OddityCode.FORWARDED] >= 10
    assert {name: mail.auto for name, mail in mails.items() if mail.auto} == {
        "msg_05": AutoKind.BOUNCE,
        "msg_16": AutoKind.BOUNCE,
        "msg_25": AutoKind.BOUNCE,
        "msg_32": AutoKind.BULK,
        "msg_33": AutoKind.BULK,
        "msg_43": AutoKind.BOUNCE,
    }
    assert mails["msg_07"].parts[0].data.startswith(b"GIF8")
    assert [part.name for part in mails["msg_22"].parts] == ["wibble.JPG", "wibble2.JPG"]
    assert [part.name for part in mails["msg_15"].parts] == ["xx.gif"]


SEEDS = [
    PLAIN.encode(),
    (
        'From: =?utf-8?q?B=2C_=C3=84nn?= <ann@x.org>\nTo: "B, C" <b@x.org>, d@x.org\n'
        "Message-ID: <1@x>\nReferences: <a@x> <b@x>\nSubject: =?utf-8?b?w7xiZXI=?= [#12]\n"
        "Date: Mon, 23 Nov 2026 10:00:00 +0100\n"
        + multipart(
            "mixed",
            multipart("alternative", "\nhello", "Content-Type: text/html\n\n<p>", boundary="a"),
            IMAGE,
            "Content-Disposition: attachment; filename*0*=utf-8''%E2; filename*1=b\n\nx",
            "Content-Type: message/rfc822\n\nSubject: in\n\nx",
        )
    ).encode(),
]

CRUMBS = st.sampled_from(
    [
        *(b"\0", b"\r", b"\n", b"\n\n", b'"', b"(", b"<", b"[", b"=?", b"?=", b"*", b"; ", b"="),
        *(b"--b", b"--b--", b"\xff", b"\xed\xa0\x80", b":", b",", b"@", b"''", b"%", b"\\", b" "),
        *(b"multipart/", b"charset=", b"\t"),
    ]
)


def storable(mail):
    """Everything a database or a path has to take."""
    texts = [mail.message_id, mail.subject, mail.text, mail.html, *mail.references]
    texts += [part.name for part in mail.parts] + [part.mime_type for part in mail.parts]
    texts += [oddity.detail for oddity in mail.oddities]
    for who in (mail.sender, *mail.to, *mail.cc, *mail.reply_to):
        texts += [who.name, who.email] if who else []
    for text in texts:
        text.encode("utf-8")
        assert "\0" not in text
    assert mail.message_id
    assert "\n" not in mail.subject
    assert all(part.name for part in mail.parts)
    assert mail.sent_at is None or mail.sent_at.tzinfo is UTC


def read_or_broken(data):
    try:
        storable(parse(data))
    except BrokenMailError as broken:
        BrokenReason(broken.reason)


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_broken(data):
    read_or_broken(data)


@given(st.lists(st.sampled_from(["From", "To", "Subject", "Date", "Content-Type",
       "Content-Disposition", "Message-ID"])), st.lists(st.binary(max_size=60)))  # fmt: skip
def test_any_head_is_read_or_broken(names, values):
    lines = (n.encode() + b": " + v for n, v in zip(names, values, strict=False))
    read_or_broken(b"\n".join(lines) + b"\n\nhi")


@settings(max_examples=400)
@given(
    seed=st.sampled_from(SEEDS),
    edits=st.lists(
        st.tuples(st.floats(0, 1), st.integers(0, 30), st.lists(CRUMBS, max_size=4)), max_size=6
    ),
)
def test_a_mail_changed_anywhere_is_read_or_broken(seed, edits):
    data = seed
    for where, removed, crumbs in edits:
        at = int(where * len(data))
        data = data[:at] + b"".join(crumbs) + data[at + removed :]
    read_or_broken(data)
