"""Text and HTML turn into one another; the quoted trail is found and answers are not hidden."""

import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desk_app.domain.rich_text import (
    attributes,
    excerpt,
    html_to_text,
    quote_html,
    scan,
    split_quoted,
    text_to_html,
)

PIECES = (
    "<p>|</p>|<div>|<br>|<ul><li>|</ul>|<blockquote>|</blockquote>|<pre>|<a href='https://x.y/'>"
    "|</a>|<!--|-->|<script>|</script>|<|>|&|&#x26;|\"|='| |\n|a|b |<td|<?|</|<![if"
    "|<div class=gmail_quote>|On 5 Jan 2026 Ann wrote:|> q\n|From: a\n"
)
MARKUP = st.lists(st.sampled_from(PIECES.split("|")), max_size=30).map("".join)
HOSTILE = (
    '<div>|<blockquote>x|<ul><li>|<|<a|<a b=">" |<a ="|<!--|<script>|<style></styl|&#9|<p> '
    "|<pre>\n|<a href=x>y</a>|On 5 wrote\n|From: a\n|https://|http://a)"
)


def link(url):
    return f'<a href="{url}" rel="noopener noreferrer">{url}</a>'


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("", ""),
        ("  \n\n ", ""),
        ("a\nb\n\n\nc", "<p>a<br>b</p><p>c</p>"),
        ("a\r\nb", "<p>a<br>b</p>"),
        ('<b> & "x"', "<p>&lt;b&gt; &amp; &quot;x&quot;</p>"),
        (
            "> a\n>> b\nc",
            "<blockquote><p>a</p><blockquote><p>b</p></blockquote></blockquote><p>c</p>",
        ),
        ("> > a", "<blockquote><blockquote><p>a</p></blockquote></blockquote>"),
        ("a\n> b", "<p>a</p><blockquote><p>b</p></blockquote>"),
        ("  a  b", "<p>\u00a0 a\u00a0 b</p>"),
        ("see https://x.y/z.", f"<p>see {link('https://x.y/z')}.</p>"),
        ("(http://x.y/a_(b))", f"<p>({link('http://x.y/a_(b)')})</p>"),
        ("http://x.y/?a=1&b=2", f"<p>{link('http://x.y/?a=1&amp;b=2')}</p>"),
        ("mailto:a@b.c", f"<p>{link('mailto:a@b.c')}</p>"),
        ('https://x.y/"onclick=1', f"<p>{link('https://x.y/')}&quot;onclick=1</p>"),
        (
            "javascript:alert(1) ftp://x.y file:///c",
            "<p>javascript:alert(1) ftp://x.y file:///c</p>",
        ),
        ("https:// nothttps://x", "<p>https:// nothttps://x</p>"),
        ("https://x.y/\u202egpj.exe", f"<p>{link('https://x.y/')}\u202egpj.exe</p>"),
    ],
)
def test_plain_text_as_html(text, html):
    assert text_to_html(text) == html


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("", ""),
        ("<p>a</p><p>b</p>", "a\n\nb"),
        ("<div>a</div><div><br></div><div>b</div>", "a\n\nb"),
        ("<div>a</div><div>b</div>", "a\nb"),
        ("a<br>b<br><br><br><br>c", "a\nb\n\nc"),
        ("  a \n b<b> c </b>d", "a b c d"),
        ("<b>a</b><i>b</i>", "ab"),
        ("<p>a</p><p>&nbsp;</p><p> </p><p>b</p>", "a\n\nb"),
        ("<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>d", "- a\n- b\n  - c\n\nd"),
        ("<ol><li><p>a</p><li>b<br>c</ol>", "- a\n- b\n  c"),
        ("a<blockquote>b<p>c</p></blockquote>d", "a\n\n> b\n>\n> c\n\nd"),
        ("<blockquote>a<blockquote>b</blockquote></blockquote>", "> a\n>\n> > b"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><th>c</th></tr></table>", "a b\nc"),
        ("<pre>a\n  b\n</pre>c", "a\n  b\n\nc"),
        ("a<script>if (1 < 2) '</p>'</script >b<STYLE>p{}</STYLE>c", "abc"),
        ("<title>x</title>a<!-- <p> -->b<!-->c<![if mso]>d<![endif]><?xml x?>e", "abcde"),
        ("a < b && c &lt;d&gt; &auml;&#8364;", "a < b && c <d> ä€"),
        ("&#" + "9" * 9000 + ";", "&#" + "9" * 9000 + ";"),
        ('<a href="https://x.y/z">here</a>', "here <https://x.y/z>"),
        ('<a href="https://x.y/">x.y</a>, <a href="mailto:a@b.c">a@b.c</a>', "x.y, a@b.c"),
        ('<a href="javascript:x">a</a><a>b</a><a href="https://x.y"> </a>c', "ab c"),
        ('<p title="a > b">c</p><p title=it\'s>d</p>', "c\n\nd"),
        ("a<script>b", "a"),
        ("soft\u00adhyphen \u200c \u200c \u200c \u200cx", "softhyphen x"),
        (
            "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
            "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        ),
    ],
)
def test_html_as_plain_text(html, text):
    assert html_to_text(html) == text


def test_addresses_can_be_left_out():
    assert html_to_text('<a href="https://x.y/z">here</a> it is', addresses=False) == "here it is"


@settings(deadline=None)
@given(text=st.text(st.characters(codec="utf-8", exclude_characters="\u200c\u200d")))
def test_words_survive_the_way_to_html_and_back(text):
    wanted = re.sub(r"[\s>\xad\u034f\u200b\u2060\ufeff\x1c-\x1f]", "", text.replace("\xa0", ""))
    there_and_back = re.sub(r"[\s>\x1c-\x1f]", "", html_to_text(text_to_html(text)))
    assert there_and_back == wanted


@settings(deadline=None)
@given(html=MARKUP)
def test_every_piece_of_html_is_scanned_once_and_in_order(html):
    tokens = list(scan(html))
    assert all(html.startswith(source, at) for _, source, at in tokens)
    assert all(a[2] + len(a[1]) <= b[2] for a, b in pairwise(tokens))


@settings(deadline=None)
@given(html=MARKUP)
def test_text_made_from_html_is_tidy(html):
    text = html_to_text(html)
    assert text == text.strip("\n")
    assert not re.search(r"\n{3}| \n", text)


def test_attributes_are_read_as_browsers_read_them():
    source = '<a HREF=\'x"y\' title=a&amp;b checked data-x = "1" alt="\'q\'"/>'
    assert list(attributes(source)) == [
        ("href", 'x"y'),
        ("title", "a&b"),
        ("checked", ""),
        ("data-x", "1"),
        ("alt", "'q'"),
    ]


@pytest.mark.parametrize("piece", HOSTILE.split("|"))
def test_hostile_input_neither_recurses_nor_stalls(piece):
    """Quadratic time would take hours here; the suite's time-out is the watch."""
    hostile = piece * (400_000 // len(piece))
    assert len(html_to_text(hostile)) <= 40 * len(hostile)
    assert split_quoted(hostile)[0]
    assert len(text_to_html(hostile)) <= 40 * len(hostile)


def test_a_reply_quotes_html_under_its_heading():
    assert quote_html("<p>a</p>", "Ann <a@b.c>:") == (
        '<p>Ann &lt;a@b.c&gt;:</p><blockquote type="cite"><p>a</p></blockquote>'
    )
    assert quote_html("a", "") == '<blockquote type="cite">a</blockquote>'


@pytest.mark.parametrize(
    ("text", "limit", "short"),
    [
        ("", 10, ""),
        ("a\n\n b", 10, "a b"),
        ("hello wide world", 16, "hello wide world"),
        ("hello wide world", 12, "hello wide…"),
        ("hello wide world", 11, "hello wide…"),
        ("incomprehensibility", 8, "incompr…"),
        ("abc", 1, "…"),
        ("abc", 0, ""),
        ("", -1, ""),
    ],
)
def test_excerpts(text, limit, short):
    assert excerpt(text, limit) == short


@settings(deadline=None)
@given(text=st.text(), limit=st.integers(-1, 40))
def test_an_excerpt_is_one_line_and_never_too_long(text, limit):
    short = excerpt(text, limit)
    assert len(short) <= max(limit, 0)
    assert short == " ".join(short.split())


HEADERS = [
    "On Mon, 5 Jan 2026 at 15:00, Ann <ann@example.com> wrote:",
    "On Mon, 5 Jan 2026 at 15:00, Ann Example of Somewhere\n<ann@example.com>\nwrote:",
    "Am Mo., 5. Jan. 2026 um 15:00 Uhr schrieb Ann <ann@example.com>:",
    "Am 05.01.2026 um 15:00 schrieb Ann:",
    "Le lun. 5 janv. 2026 à 15:00, Ann <ann@example.com> a écrit\u00a0:",
    "El lun, 5 ene 2026 a las 15:00, Ann (<ann@example.com>) escribió:",
    "Ann <ann@example.com> schrieb am 05.01.2026 um 15:00:",
    "-----Original Message-----",
    "-----Ursprüngliche Nachricht-----",
    "-------- Message d\u2019origine --------",
    "----- Mensaje original -----",
    "-- reply above this line --",
    "##- Please type your reply above this line -##",
]
OUTLOOK = [
    ("From", "Sent", "Subject"),
    ("Von", "Gesendet", "Betreff"),
    ("De", "Envoyé", "Objet"),
    ("De", "Enviado el", "Asunto"),
    ("*From", "Date", "Subject"),
]


def outlook(names, end="\n"):
    sender, sent, subject = names
    to = f"To: Help Desk{end}Cc: Bob{end}"
    return f"{sender}: Ann{end}{sent}: 5 Jan 2026 15:00{end}{to}{subject}: Printer{end}"


@pytest.mark.parametrize("header", [*HEADERS, *map(outlook, OUTLOOK)])
def test_a_text_is_split_at_its_header(header):
    own, trail = "It works now.\n\n-- \nBob\n\n", f"{header}\n> is it on?\n>> no\n\n"
    assert split_quoted(own + trail) == (own, trail)
    unmarked = f"{header}\nis it on?\n"
    assert split_quoted(own + unmarked) == (own, unmarked)


@pytest.mark.parametrize("header", [*HEADERS, *(outlook(names, "<br>") for names in OUTLOOK)])
def test_html_is_split_at_its_header(header):
    line = header.replace("<ann", "&lt;<a href='mailto:a@b.c'>ann").replace("m>", "m</a>&gt;")
    line = header if "<br>" in header else line.replace("\n", "<br>")
    own, trail = "<div><p>It works now.</p><p>", f"{line}</p><blockquote>on?</blockquote></div>"
    assert split_quoted(own + trail) == (own, trail)


@pytest.mark.parametrize(
    "tag",
    [
        '<div class="gmail_quote">',
        '<div class="gmail_quote gmail_quote_container">',
        "<blockquote type='cite'>",
        '<div class="moz-cite-prefix">',
        '<div id="appendonsend">',
        '<div id="divRplyFwdMsg" dir="ltr">',
        '<div id="mail-editor-reference-message-container">',
        '<div name="quote">',
        '<div class="protonmail_quote">',
    ],
)
def test_html_is_split_at_the_tags_of_mail_programs(tag):
    own, trail = "<div>It works now.</div>", f"{tag}<div>is it on?</div>"
    assert split_quoted(own + trail) == (own, trail)


def test_the_rule_above_a_header_goes_with_the_trail():
    own, trail = "Done.\n\n", "________________________________\n" + outlook(OUTLOOK[0])
    assert split_quoted(own + trail) == (own, trail)
    own, trail = "<p>Done.</p>", "<hr><div>" + outlook(OUTLOOK[0], "<br>") + "</div>"
    assert split_quoted(own + trail) == (own, trail)


@pytest.mark.parametrize(
    "whole",
    [
        "",
        "Hello",
        "<p>Hello</p>",
        "On 5 Jan 2026 Ann wrote:\n> is it on?\n\nYes it is.",
        "Hi\nOn 5 Jan 2026 Ann wrote:\n> is it on?\nyes\n> and plugged?\nyes",
        "<p>Hi</p><div class=gmail_quote>x 5<blockquote>on?</blockquote></div><p>yes</p>",
        "Hi\n> On 5 Jan 2026 Ann wrote:\n> x",
        "On the other hand, she wrote:\nfine",
        "From: here\nI cannot print",
        "fyi\n---------- Forwarded message ---------\n" + outlook(OUTLOOK[0]),
        "<p>fyi</p><div class=gmail_quote>---------- Forwarded message ---------<br>x</div>",
        "<div class=gmail_quote>all of it</div>",
        "a\n--\nb\n---\nc",
    ],
)
def test_what_is_no_trail_stays_in_sight(whole):
    assert split_quoted(whole) == (whole, "")


@settings(deadline=None)
@given(mail=MARKUP)
def test_the_two_parts_are_the_whole(mail):
    own, trail = split_quoted(mail)
    assert own + trail == mail
