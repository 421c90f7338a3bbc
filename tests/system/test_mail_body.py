"""Bodies of mails: texts in any charset, parts in parts, and files with any name."""

import pytest

from desk_app.domain.mail import OddityCode
from desk_app.system import mail_body
from tests.system.mails import IMAGE, codes, mail_of, multipart, parse, with_head


@pytest.mark.parametrize(
    ("charset", "raw", "text", "code"),
    [
        ("utf-8", "é".encode(), "é", None),
        ("iso-8859-1", b"\xe9\x80", "é€", None),
        ("us-ascii", "é".encode(), "é", OddityCode.WRONG_CHARSET),
        ("utf-8", b"\xe9", "é", OddityCode.WRONG_CHARSET),
        ("utf-8", b"\xe9\x81", "é\ufffd", OddityCode.WRONG_CHARSET),
        ("x-klingon", "é".encode(), "é", OddityCode.UNKNOWN_CHARSET),
        ("unicode-escape", b"\\x41", "\\x41", OddityCode.UNKNOWN_CHARSET),
        ("zlib", b"abc", "abc", OddityCode.UNKNOWN_CHARSET),
        ("gb2312", "镕".encode("gb18030"), "镕", None),
        ("charset=koi8-r", "я".encode("koi8-r"), "я", None),
        ("utf-7", b"+2AA-", None, None),
        ("utf-8", b"a\0b", "ab", OddityCode.NUL_BYTES),
    ],
)
def test_texts_are_decoded_by_what_works(charset, raw, text, code):
    head = with_head(f'Content-Type: text/plain; charset="{charset}"', "").encode()
    mail = parse(head + raw)
    if text is not None:
        assert mail.text == text
    assert code is None or code in codes(mail)
    mail.text.encode("utf-8")


def test_html_tells_its_own_charset_if_the_head_does_not():
    html = '<meta charset="koi8-r"><p>я'
    mail = parse(with_head("Content-Type: text/html", "").encode() + html.encode("koi8-r"))
    assert mail.html == html


def test_flowed_text_is_put_together():
    head = "Content-Type: text/plain; format=flowed; delsp=no"
    body = "one \ntwo\n\n>> quoted \n>> more\n> less\n stuffed\n-- \nAnn\n"
    assert parse(with_head(head, body)).text == (
        "one two\n\n>> quoted more\n> less\nstuffed\n-- \nAnn\n"
    )


def test_flowed_text_may_drop_its_spaces():
    head = "Content-Type: text/plain; format=flowed; delsp=yes"
    assert parse(with_head(head, "日 \n本\n")).text == "日本\n"


@pytest.mark.parametrize(
    ("encoding", "raw", "data", "is_odd"),
    [
        ("base64", "aGVsbG8=", b"hello", False),
        ("BASE64 (x)", "aGVsbG8", b"hello", True),
        ("base64", "aGV%%sbG8=\n", b"hello", True),
        ("quoted-printable", "a=C3=A4=\nb=ZZ", b"a\xc3\xa4b=ZZ", False),
        ("x-uuencode", "begin 644 ../x\n%:&5L;&\\\n`\nend\n", b"hello", False),
        ("base9000", "xyz", b"xyz", True),
    ],
)
def test_transfer_encodings_are_undone_as_far_as_they_go(encoding, raw, data, is_odd):
    head = f"Content-Type: application/x-thing; name=a.b\nContent-Transfer-Encoding: {encoding}"
    mail = parse(with_head(head, raw))
    assert mail.parts[0].data == data
    assert (OddityCode.BAD_TRANSFER_ENCODING in codes(mail)) == is_odd


def test_nested_multiparts_give_one_text_one_html_and_the_files():
    mail = mail_of(
        multipart(
            "mixed",
            multipart(
                "alternative",
                "\nhello",
                multipart(
                    "related",
                    'Content-Type: text/html\n\n<p>hello<img src="cid:logo@x">',
                    IMAGE,
                    boundary="r",
                ),
                boundary="a",
            ),
            "Content-Type: application/pdf; name=a.pdf\n\n%PDF",
        )
    )
    assert mail.text == "hello"
    assert mail.html == '<p>hello<img src="cid:logo@x">'
    assert [(p.name, p.inline, p.content_id) for p in mail.parts] == [
        ("logo.png", True, "logo@x"),
        ("a.pdf", False, None),
    ]
    assert mail.parts[0].data == b"\x89PNG"
    assert codes(mail) == {OddityCode.NO_DATE}


def test_an_image_that_the_html_shows_is_inline_even_if_it_says_attachment():
    image = IMAGE.replace("inline", "attachment")
    html = "Content-Type: text/html\n\n<img src='cid:logo@x'>"
    assert mail_of(multipart("mixed", html, image)).parts[0].inline
    assert not mail_of(multipart("mixed", "\nhi", image)).parts[0].inline


def test_a_footer_of_a_list_does_not_replace_the_html():
    mail = mail_of(multipart("mixed", "Content-Type: text/html\n\n<p>hi", "\nlist <footer>"))
    assert mail.html == "<p>hi\n<pre>list &lt;footer&gt;</pre>"


def test_a_forwarded_mail_is_kept_byte_for_byte_under_its_subject():
    inner = "Subject: Old: news/views\nFrom: c@d.e\n\n--b is not the end\n  spaces  \n"
    mail = mail_of(multipart("mixed", "\nsee below", f"Content-Type: message/rfc822\n\n{inner}"))
    assert mail.text == "see below"
    assert mail.parts[0].name == "Old_ news_views.eml"
    assert mail.parts[0].data == inner.encode()
    assert OddityCode.FORWARDED in codes(mail)


def test_a_digest_is_mails_by_default():
    mail = mail_of(multipart("digest", "\nSubject: one\n\nx", "\nSubject: two\n\ny"))
    assert [part.name for part in mail.parts] == ["one.eml", "two.eml"]


def test_a_signature_is_an_attachment():
    signature = "Content-Type: application/pgp-signature\n\n-----BEGIN"
    mail = mail_of(multipart("signed", "\nhello", signature))
    assert (mail.text, mail.parts[0].name) == ("hello", "application-3.asc")


def test_winmail_dat_is_named():
    part = "Content-Type: application/ms-tnef; name=winmail.dat\n\nx"
    mail = mail_of(multipart("mixed", "\nhi", part))
    assert [o.detail for o in mail.oddities if o.code is OddityCode.TNEF] == ["winmail.dat"]


@pytest.mark.parametrize(
    ("head", "name"),
    [
        ('Content-Disposition: attachment; filename="a.txt"', "a.txt"),
        ("Content-Disposition: attachment; filename*=utf-8''%E2%82%AC.txt", "€.txt"),
        ("Content-Disposition: attachment; filename*0=a; filename*1=b.txt", "ab.txt"),
        ('Content-Disposition: attachment; filename="=?utf-8?b?4oKs?=.txt"', "€.txt"),
        ('Content-Disposition: attachment; filename="../../x.txt"', "_.._x.txt"),
        (
            'Content-Disposition: attachment;\nfilename="forgot to indent.txt"',
            "forgot to indent.txt",
        ),
        ("Content-Type: image/jpeg\nContent-Disposition: attachment", "image-3.jpg"),
        ("Content-Type: x/y\nContent-Disposition: attachment; filename*", "x-3.bin"),
        ("Content-Type: application/pdf", "application-3.pdf"),
    ],
)
def test_every_file_gets_a_safe_name(head, name):
    assert mail_of(multipart("mixed", "\nhi", f"{head}\n\nx")).parts[0].name == name


def test_multiparts_without_end_or_start_keep_their_text():
    unclosed = mail_of("Content-Type: multipart/mixed; boundary=b\n\n--b\n\nhello\n")
    assert (unclosed.text, OddityCode.UNCLOSED_MULTIPART in codes(unclosed)) == ("hello\n", True)
    for head in ("multipart/mixed", "multipart/mixed; boundary=zz"):
        mail = mail_of(f"Content-Type: {head}\n\n--b\n\nhello\n")
        assert "hello" in mail.text
        assert OddityCode.BAD_MULTIPART in codes(mail)


def test_files_behind_a_boundary_that_is_used_twice_are_found():
    inner = multipart("alternative", "\nhello")
    mail = mail_of(multipart("mixed", inner, "Content-Type: image/gif; name=a.gif\n\nGIF"))
    assert [part.name for part in mail.parts] == ["a.gif"]
    assert mail.text == "hello"


def test_deep_nesting_ends_without_recursion():
    entity = "\nhello"
    for level in range(400):
        entity = multipart("mixed", entity, boundary=f"b{level}")
    mail = mail_of(entity)
    assert OddityCode.TOO_DEEP in codes(mail)
    assert b"hello" in mail.parts[0].data


def test_too_many_parts_are_dropped_and_noted(monkeypatch):
    monkeypatch.setattr(mail_body, "MAX_PARTS", 5)
    mail = mail_of(multipart("mixed", *["Content-Type: a/b; name=c.d\n\nx"] * 9))
    assert len(mail.parts) == 4
    assert OddityCode.TOO_MANY_PARTS in codes(mail)


def test_the_richest_alternative_is_taken_and_the_loss_noted():
    mail = mail_of(multipart("alternative", "\nfirst", "\nsecond"))
    assert mail.text == "second"
    assert OddityCode.EXTRA_ALTERNATIVE in codes(mail)
