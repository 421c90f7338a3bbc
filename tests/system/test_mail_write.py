"""A draft reads back as what was put into it, and nothing put into it makes a new header."""

from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk_app.domain.mail import (
    BadMailFieldError,
    MailAddress,
    MailPart,
    OddityCode,
    safe_name,
)
from desk_app.system.mail_parse import parse_mail
from desk_app.system.mail_write import unsent_eml

NOW = datetime(2026, 11, 23, tzinfo=UTC)
ANN = MailAddress(name="Ann", email="ann@example.org")
BOB = MailAddress(email="bob@example.org")


def written(**changes):
    fields = {"sender": ANN, "to": [BOB], "subject": "Hi", "text": "hello", "message_id": "1@x"}
    return unsent_eml(**(fields | changes))


def folded(text):
    return " ".join("".join(c if c.isprintable() or c.isspace() else " " for c in text).split())


def test_a_draft_is_seven_bit_with_crlf_and_short_lines():
    data = written(
        subject="Grüße " * 100,
        text="é" * 5000 + "\n.\nFrom here\n",
        html="<p>" + "x" * 5000,
        to=[MailAddress(name="Ä, B" * 40, email=f"a{n}@example.org") for n in range(50)],
        references=[f"{n}@{'h' * 300}" for n in range(20)],
        attachments=[
            MailPart(name="ü" * 150 + ".pdf", mime_type="application/pdf", data=b"\0\r\n" * 999)
        ],
    )
    assert data.isascii()
    lines = data.split(b"\r\n")
    assert not any(b"\n" in line or b"\r" in line for line in lines)
    assert max(map(len, lines)) <= 998
    head = data.partition(b"\r\n\r\n")[0].split(b"\r\n")
    assert max(len(line) for line in head if b"h" * 300 not in line) <= 78


def test_the_modern_parser_reads_the_same():
    image = MailPart(
        name="l.png", mime_type="image/png", content_id="l@x", inline=True, data=b"\x89PNG"
    )
    file = MailPart(name="€.txt", mime_type="text/plain", data=b"file")
    data = written(html="<p>é<img src='cid:l@x'>", text="é\n", attachments=[file, image])
    mail = message_from_bytes(data, policy=policy.default)
    assert mail["X-Unsent"] == "1"
    assert mail["Date"] is None
    assert mail["From"] == "Ann <ann@example.org>"
    assert mail.get_body(("plain",)).get_content() == "é\r\n"
    assert mail.get_body(("html",)).get_content() == "<p>é<img src='cid:l@x'>"
    assert [part.get_filename() for part in mail.iter_attachments()] == ["€.txt"]
    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/mixed",
        "multipart/related",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "image/png",
        "text/plain",
    ]
    assert not any(part.defects for part in mail.walk())


@pytest.mark.parametrize(
    "attack", ["x\r\nBcc: eve@x.org", "x\nBcc: eve@x.org", "x\rBcc: e", "x\0\x0by"]
)
def test_a_line_end_makes_no_header(attack):
    data = written(subject=attack, sender=MailAddress(name=attack, email=ANN.email))
    mail = parse_mail(data, now=NOW)
    assert b"\nBcc" not in data
    assert b"\rBcc" not in data
    assert mail.subject == folded(attack)
    assert mail.sender == MailAddress(name=folded(attack), email=ANN.email)


@pytest.mark.parametrize(
    "email",
    [
        *("", "ann", "@x.org", "a@", "a b@x.org", "a@x.org\nBcc: e@x.org", "a@x.org, e@x.org"),
        *("a@x.org>", "<a@x.org", "ä@x.org", "a@" + "ü" * 80 + ".org", ".a@x.org", "a@x..org"),
    ],
)
@pytest.mark.parametrize("field", ["sender", "to", "cc"])
def test_an_address_that_would_not_come_back_is_refused(field, email):
    bad = MailAddress(email=email)
    with pytest.raises(BadMailFieldError) as caught:
        written(**{field: bad if field == "sender" else [BOB, bad]})
    assert caught.value.field == field


def test_a_domain_of_other_letters_is_written_as_idna():
    data = written(to=[MailAddress(email="a@bücher.example")])
    assert parse_mail(data, now=NOW).to[0].email == "a@xn--bcher-kva.example"


@pytest.mark.parametrize("value", ["", "a b@x", "a>\r\nBcc: e", "<a@x>", "ä@x", "a\n@x", "x" * 501])
@pytest.mark.parametrize("field", ["message_id", "in_reply_to", "references"])
def test_an_id_that_would_not_come_back_is_refused(field, value):
    with pytest.raises(BadMailFieldError) as caught:
        written(**{field: [value] if field == "references" else value})
    assert caught.value.field == field


def test_a_type_that_may_not_be_encoded_goes_as_bytes():
    for kind in ("message/rfc822", "multipart/mixed", "no type", "a/b\nBcc: e"):
        part = MailPart(name="old.eml", mime_type=kind, data=b"Subject: x\n\ny\n")
        [back] = parse_mail(written(attachments=[part]), now=NOW).parts
        assert (back.mime_type, back.data) == ("application/octet-stream", part.data)


SURROGATES = ("Cs",)
LINE = st.text(st.characters(exclude_categories=[*SURROGATES, "Cc"]), max_size=120)
BODY = st.text(
    st.characters(exclude_categories=SURROGATES, exclude_characters="\r\0\ufeff"), max_size=300
)
ATOM = st.text("abcXYZ019!#$%&'*+/=?^_`{|}~-", min_size=1, max_size=20)
ADDRESS = st.builds(
    lambda name, local, host: MailAddress(name=folded(name), email=f"{local}@{host}.example"),
    LINE | st.text('"\\(),<>@:;[]. =?_aé', max_size=80),
    st.lists(ATOM, min_size=1, max_size=2).map(".".join),
    st.from_regex(r"[a-z0-9-]{1,20}", fullmatch=True),
)
IDS = st.builds("{}@{}".format, ATOM, st.text("abc.019-[]", min_size=1, max_size=200))
NAMES = st.text(st.characters(), max_size=200).map(safe_name).filter(bool)
PARTS = st.builds(
    lambda name, kind, cid, data: MailPart(
        name=name, mime_type=kind, content_id=cid, inline=cid is not None, data=data
    ),
    NAMES.filter(lambda name: name.lower() != "winmail.dat"),
    st.sampled_from(["application/pdf", "text/plain", "text/html", "image/png", "x-a/b.c+d"]),
    st.none() | IDS,
    st.binary(max_size=100),
)


@given(
    sender=ADDRESS,
    to=st.lists(ADDRESS, max_size=4),
    cc=st.lists(ADDRESS, max_size=2),
    subject=LINE.map(folded),
    html=BODY,
    text=BODY,
    parts=st.lists(PARTS, max_size=3),
    in_reply_to=st.none() | IDS,
    references=st.lists(IDS, max_size=4),
    message_id=IDS,
)
def test_what_was_written_is_read(**fields):
    parts = fields.pop("parts")
    mail = parse_mail(unsent_eml(attachments=parts, **fields), now=NOW)
    for name in ("sender", "subject", "html", "text", "in_reply_to", "message_id"):
        assert getattr(mail, name) == fields[name], name
    for name in ("to", "cc", "references"):
        assert list(getattr(mail, name)) == fields[name], name
    inline_first = sorted(parts, key=lambda part: not part.inline) if fields["html"] else parts
    assert list(mail.parts) == inline_first
    assert {oddity.code for oddity in mail.oddities} <= {OddityCode.NO_DATE, OddityCode.EMPTY_BODY}
