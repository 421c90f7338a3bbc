"""The rules that read a mail: kinds of machines, numbers, subjects, parents, file names."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk_app.domain.mail import (
    MAX_NAME_BYTES,
    MAX_NAME_CHARS,
    AutoKind,
    MailMessage,
    auto_kind,
    normal_subject,
    number_hint,
    parent_ids,
    safe_name,
    sane_moment,
)

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        ({}, None),
        ({"from": "Ann <ann@example.org>", "auto-submitted": "no"}, None),
        ({"precedence": "first-class"}, None),
        ({"from": "Max Mailer-Daemonson <mdaemon@example.org>"}, None),
        ({"x-desk-app": "1", "list-id": "<a>"}, AutoKind.LOOP),
        ({"x-loop": "desk@example.org"}, AutoKind.LOOP),
        ({"x-loop": "FreeBSD.org", "precedence": "bulk"}, AutoKind.BULK),
        ({"from": "MAILER-DAEMON@example.org"}, AutoKind.BOUNCE),
        ({"from": "Mail Delivery <mailer-daemon>"}, AutoKind.BOUNCE),
        ({"return-path": "<>"}, AutoKind.BOUNCE),
        ({"content-type": "multipart/report; report-type=delivery-status"}, AutoKind.BOUNCE),
        ({"return-path": "<>", "auto-submitted": "auto-replied"}, AutoKind.AUTO_REPLY),
        ({"precedence": "auto_reply"}, AutoKind.AUTO_REPLY),
        ({"auto-submitted": "auto-generated; cron"}, AutoKind.BULK),
        ({"list-id": "News <news.example.org>"}, AutoKind.BULK),
        ({"precedence": "Bulk"}, AutoKind.BULK),
        ({"list-unsubscribe": "<x>", "x-auto-response-suppress": "All"}, AutoKind.BULK),
        ({"x-auto-response-suppress": "DR, OOF, AutoReply"}, AutoKind.AUTO_REPLY),
        ({"x-auto-response-suppress": "DR"}, None),
    ],
)
def test_the_machine_behind_a_mail_is_told_by_its_headers(headers, kind):
    assert auto_kind({name: [value] for name, value in headers.items()}) is kind


@pytest.mark.parametrize(
    ("subject", "number"),
    [
        ("Re: [#123456] Printer", "123456"),
        ("[ # TKT-77 ] a [#2]", "TKT-77"),
        ("Printer #123456", None),
        ("[#] [#abc]", None),
        ("[#" + "1" * 60 + "]", None),
    ],
)
def test_a_number_is_read_from_its_brackets_only(subject, number):
    assert number_hint(subject) == number


@pytest.mark.parametrize(
    "subject",
    [
        "Printer",
        "Re: Printer",
        "RE[2]: Re: Printer",
        "AW: WG: Printer",
        "Antw: Printer",
        "Fwd:FW: Printer",
        "Re(3) : Printer",
        "回复\uff1aPrinter",
        "SV: VS: TR: Printer",
    ],
)
def test_marks_of_replies_and_forwards_are_stripped(subject):
    assert normal_subject(subject) == "Printer"


@pytest.mark.parametrize("subject", ["Regarding: x", "Reset: it", "R: drive full", "x Re: y"])
def test_other_words_before_a_colon_stay(subject):
    assert normal_subject(subject) == subject


def test_the_nearest_parent_comes_first_and_a_mail_is_not_its_own():
    mail = MailMessage(message_id="d", in_reply_to="c", references=("a", "b", "c", "d"))
    assert parent_ids(mail) == ("c", "b", "a")


@pytest.mark.parametrize(
    ("moment", "is_sane"),
    [
        (NOW, True),
        (NOW + timedelta(days=2), True),
        (NOW + timedelta(days=2, seconds=1), False),
        (datetime(1990, 1, 1, tzinfo=UTC), True),
        (datetime(1989, 12, 31, tzinfo=UTC), False),
        (None, False),
    ],
)
def test_a_date_outside_the_bounds_is_none(moment, is_sane):
    assert sane_moment(moment, now=NOW) == (moment if is_sane else None)


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("report.pdf", "report.pdf"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("C:\\Users\\x\\a.doc", "C__Users_x_a.doc"),
        ("con", "_con"),
        ("LPT1.txt", "_LPT1.txt"),
        ("COM¹", "_COM¹"),
        ("consul.txt", "consul.txt"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("a\r\nb\0.txt", "a__b_.txt"),
        ("trailing. . ", "trailing"),
        (".hidden", "hidden"),
        (" ... ", ""),
    ],
)
def test_file_names_are_made_safe(name, safe):
    assert safe_name(name) == safe


def test_a_long_name_keeps_its_extension():
    name = safe_name("ä" * 400 + ".docx")
    assert name.endswith(".docx")
    assert len(name) <= MAX_NAME_CHARS
    assert len(name.encode()) <= MAX_NAME_BYTES


@given(st.text(st.characters(), max_size=400))
def test_any_name_becomes_safe_and_stays_so(name):
    safe = safe_name(name)
    assert safe_name(safe) == safe
    assert len(safe) <= MAX_NAME_CHARS
    assert len(safe.encode()) <= MAX_NAME_BYTES
    assert not set(safe) & set('/\\:*?"<>|\0\n\r\u202e')
    assert safe == safe.strip(" .")
