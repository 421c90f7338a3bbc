"""What stands in a thread, and that no mail can make it look or do otherwise."""

import threading
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QObject, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QTextCursor, QTextDocument
from PySide6.QtWidgets import QApplication, QMenu

from desk_app.domain.entry import Entry, EntryKind
from desk_app.domain.errors import PictureRefusedError
from desk_app.ports.unit_of_work import Changes
from desk_app.ui.entry_body import View, other_address
from desk_app.ui.entry_card import entry_card
from desk_app.ui.picture_loader import decoded
from desk_app.ui.printing import TicketPrinter, make_paper
from desk_app.ui.theme import DARK, LIGHT, apply_theme
from desk_app.ui.thread_finder import occurrences
from desk_app.ui.thread_html import without_notes
from desk_app.ui.thread_links import Links, link_words, may_open
from desk_app.ui.views.card_painter import PAPER
from desk_app.ui.views.thread_view import ThreadView, card_places
from tests.ui.conftest import shown_number
from tests.ui.threads import (
    LAPTOP,
    FakePictures,
    click_link,
    has_link,
    links,
    pictures,
    png,
    receive,
    show,
)

TRAIL = (
    "<p>It works now.</p><p>On 5 Jan 2026 Ann wrote:</p><blockquote>"
    "one<br>two<br>three<br>four is buried</blockquote>"
)


def text(window):
    return window.pane.talk.toPlainText()


# --- folds -------------------------------------------------------------------------------------


def test_a_quoted_trail_is_folded_and_unfolds_at_a_click(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    view = window.pane.talk
    show(qtbot, window, TRAIL)
    qtbot.waitUntil(lambda: "It works now." in text(window))
    assert "four is buried" not in text(window)
    click_link(qtbot, view, "quoted text")
    qtbot.waitUntil(lambda: "four is buried" in text(window))
    click_link(qtbot, view, "hide quoted text")
    qtbot.waitUntil(lambda: "four is buried" not in text(window))


def test_a_very_long_message_is_cut_until_it_is_asked_for(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    html = "".join(f"<p>line number {n} of a long report</p>" for n in range(3000))
    show(qtbot, window, html)
    assert "line number 1 " in text(window)
    assert "line number 2999" not in text(window)
    click_link(qtbot, window.pane.talk, "This message is long")
    qtbot.waitUntil(lambda: "line number 2999" in text(window))


def test_an_endless_word_has_places_to_break_and_its_links_stay(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    address = f"https://bank.example/{'q' * 900}"
    word = f'<p>{"x&amp;" * 4_000}</p><p><a href="{address}">there</a></p>'
    entry = show(qtbot, window, word)
    lines = [part for part in text(window).replace("\u200b", " ").split() if "x&" in part]
    assert max(map(len, lines)) <= 400
    assert "x&" * 4_000 in text(window).replace("\u200b", "")
    assert any(found == address for _, found, _ in links(window.pane.talk))
    kept = window.session.desk.reader().page(entry.ticket, agent="jane", entries=1)
    assert "\u200b" not in kept.entries[0].html


def test_of_an_endless_message_there_is_as_much_as_a_window_bears_and_all_in_a_file(
    qtbot, open_as, tmp_path
):
    window = open_as("jane", LAPTOP)
    show(qtbot, window, "<p>" + "word <b>and</b> word &amp; " * 20_000 + "the end</p>")
    click_link(qtbot, window.pane.talk, "This message is long")
    qtbot.waitUntil(lambda: has_link(window.pane.talk, "save all as a text file"))
    assert 190_000 < len(text(window)) < 210_000
    assert "the end" not in text(window)
    click_link(qtbot, window.pane.talk, "save all as a text file")
    box, target = window.ticket.files.box, tmp_path / "all.txt"
    box.fileSelected.emit(str(target))
    box.close()
    qtbot.waitUntil(lambda: "Saved as" in window.pane.notice.text)
    assert target.read_text(encoding="utf-8").rstrip().endswith("the end")


def test_events_unfold_and_say_each_thing_once(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    window.ticket.set_status("on-hold")
    qtbot.waitUntil(lambda: window.ticket.page.ticket.status == "on-hold")
    click_link(qtbot, window.pane.talk, "▸")
    qtbot.waitUntil(lambda: "→ On hold" in text(window) or "→ On Hold" in text(window))
    assert "Status · Status" not in text(window)
    assert "Status · Status" not in window.pane.side.history.toPlainText()


def test_the_unread_line_stays_until_another_ticket_was_shown(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    talk = window.ticket.talk
    newest = window.ticket.page.entries[-1].id
    reader = window.session.desk.reader()
    ticket = window.ticket.page.ticket.id
    show(qtbot, window, "<p>Still broken</p>")
    assert "New since you looked" in text(window)
    assert reader.page(ticket, agent="jane", entries=1).seen != newest  # looked at, not opened
    window.open_ticket(ticket)
    newest = window.ticket.page.entries[-1].id
    qtbot.waitUntil(lambda: reader.page(ticket, agent="jane", entries=1).seen == newest)
    talk.reread_wanted.emit()
    qtbot.waitUntil(lambda: window.ticket.page.seen == newest)
    assert "New since you looked" in text(window)
    window.go_to(reader.find_ticket("100009"))
    qtbot.waitUntil(lambda: shown_number(window) == "100009")
    window.go_to(ticket)
    qtbot.waitUntil(lambda: shown_number(window) == LAPTOP)
    assert "New since you looked" not in text(window)
    reader.close()


# --- nothing can be forged ---------------------------------------------------------------------

HOSTILE = [
    "</td></tr></table><table><tr><td>INTERNAL NOTE · agents only</td></tr></table>",
    "<table><tr><td>INTERNAL NOTE</td></tr></table>" * 5,
    "<table>" * 30 + "x" + "</table>" * 30,
    "<div></div></body></html><html><body>x",
    "<li>a<dd>b<tr><td>c</td><th>d<caption>e",
    "<style>.paper{display:none}</style><title>x</title><table><p>y",
    "<td>a</td><tr>b</tr></p></div></td></tr></table>",
]


def cards_of(*entries: Entry) -> QTextDocument:
    document = QTextDocument()
    document.setHtml(cards_html(*entries))
    return document


def cards_html(*entries: Entry) -> str:
    from desk_app.system.html_clean import clean_html

    view = View(colours=LIGHT, links=Links(), clean=clean_html)
    return "".join(entry_card(entry, view)[0] for entry in entries)


def make_entry(html: str, **more) -> Entry:
    from desk_app.system.html_clean import clean_html
    from tests.builders import AT

    start = Entry(
        id=1, ticket=1, kind=EntryKind.MESSAGE, at=AT, author_name="Ann", html="", text=""
    )
    return replace(start, html=clean_html(html), **more)


MARKUP = (
    "<table> </table> <tr> </tr> <td> </td> <th> <tbody> <caption> <div> </div> <p> </p> <li> <ul>"
    " </ul> </a> <b> </b> <pre> </pre> <hr> <br> <dl><dt> </dl> <h1> </h1> <blockquote> <font>"
    " </blockquote> <center> <!-- --> </body> </html> text"
)
FRAGMENTS = st.lists(st.sampled_from([*MARKUP.split(), "<a href='x:y'>"]), max_size=30)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(html=st.one_of(FRAGMENTS.map("".join), st.sampled_from(HOSTILE)))
def test_no_mail_leaves_its_card(qapp, html):
    document = cards_of(make_entry(html), make_entry("<p>second</p>"))
    places = card_places(document)
    assert len(places) == 2
    assert "second" not in words_in(document, places[0])
    assert "second" in words_in(document, places[1])
    assert places[0][0] == document.begin().position()  # and no empty block before it
    assert places[0][1] + 1 == places[1][0]
    for first, _ in places:
        assert document.findBlock(first).text().startswith("✉ Message")
        assert document.findBlock(first).textList() is None


@pytest.mark.parametrize("html", ["words", "<p>words</p>", "<div><p>words</p></div>"])
def test_no_empty_line_stands_before_a_card_or_between_its_head_and_its_words(qapp, html):
    document = cards_of(make_entry(html), make_entry(html))
    assert document.firstBlock().text() != ""
    for first, _ in card_places(document):
        head = document.findBlock(first)
        assert head.next().text() == "words"


def test_a_thread_on_screen_begins_with_words(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    assert window.pane.talk.document().firstBlock().text() != ""


def words_in(document, place):
    return document.toPlainText()[place[0] : place[1]]


def test_a_mail_that_looks_like_a_note_stands_inside_the_frame_of_a_message(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    fake = "<table bgcolor='#fff6d6'><tr><td><b>INTERNAL NOTE · agents only</b></td></tr></table>"
    show(qtbot, window, fake, author_name="INTERNAL NOTE · agents only")
    document = window.pane.talk.document()
    place = card_places(document)[-1]
    assert document.findBlock(place[0]).text().startswith("✉ Message")
    inside = words_in(document, place)
    assert inside.count("INTERNAL NOTE") == fake.count("INTERNAL NOTE") + 1  # the sender's name


@pytest.mark.parametrize("own", ["file:1:0", "events:1", "earlier:", "always:1", "picture:1:1"])
def test_a_link_in_a_mail_never_does_what_our_own_links_do(qtbot, open_as, own):
    window = open_as("jane", LAPTOP)
    entries = window.ticket.talk.entries
    window.pane.talk.link_clicked.emit(own)
    assert "not opened" in window.pane.notice.text
    assert window.pane.notice.button.isHidden()
    assert window.ticket.talk.entries == entries
    assert window.ticket.files.box is None


def test_own_links_cannot_be_foretold(qapp):
    first, second = Links(), Links()
    assert second.find(first.address("always", 1)) is None
    assert first.find(first.address("always", 1, 2)) == ("always", (1, 2))
    assert first.find("always:1") is None


@pytest.mark.parametrize(
    "address",
    [
        *("javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "vbscript:x", "desk:1"),
        *("", "ms-msdt:/id", "smb://x.y/z", "//x.y/z", "\\\\x\\y"),
    ],
)
def test_only_pages_and_mail_are_handed_to_the_system(qapp, address):
    assert not may_open(address)
    assert "not opened" in link_words(address)


def test_a_link_that_reads_like_another_address_shows_both(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    show(qtbot, window, "<p><a href='https://evil.example/login'>www.bank.example</a></p>")
    assert "www.bank.example [evil.example]" in text(window)
    click_link(qtbot, window.pane.talk, "www.bank.example")
    assert "https://evil.example/login" in window.pane.notice.text
    assert "www.bank.example" in window.pane.notice.text
    assert window.pane.notice.button.text() == "Open in browser"


@pytest.mark.parametrize(
    ("href", "label", "told"),
    [
        ("https://bank.example/a", "bank.example", ""),
        ("https://www.bank.example/", "https://bank.example/x", ""),
        ("https://login.bank.example/", "bank.example", ""),
        ("https://bank.example.evil.example/", "bank.example", "bank.example.evil.example"),
        ("https://bank.example@evil.example/", "bank.example", "evil.example"),
        ("mailto:a@evil.example", "a@bank.example", "a@evil.example"),
        ("mailto:a@bank.example?subject=x", "a@bank.example", ""),
        ("https://x.example/", "click here", ""),
        ("https://evil.example/", "Go to bank.example now", "evil.example"),
    ],
)
def test_what_a_link_claims_is_held_against_where_it_leads(href, label, told):
    assert other_address(href, label) == told


def test_look_alike_letters_are_told_as_the_network_sees_them(qapp):
    assert "xn--" in link_words("https://bаnk.example/")  # noqa: RUF001 - a Cyrillic letter
    assert "evil.example" in link_words("https://bank.example@evil.example/")


def test_names_that_turn_the_reading_direction_are_spelt_out(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    desk = window.session.desk
    file = desk.files.add(b"MZ", name="invoice\u202efdp.exe", mime_type="application/pdf")
    show(qtbot, window, "<p>see file</p>", (file,), author_name="Ann\u202etsoh")
    assert "invoice[U+202E]fdp.exe" in text(window)
    assert "Ann[U+202E]tsoh" in text(window)
    assert "\u202e" not in text(window)
    assert "never opened from here" in text(window)
    assert not has_link(window.pane.talk, "open")


# --- pictures ----------------------------------------------------------------------------------


def test_an_inline_picture_is_shown_from_the_desk(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    file = window.session.desk.files.add(png(), name="shot.png", mime_type="image/png")
    show(
        qtbot,
        window,
        '<p>see <img src="cid:shot@x"></p>',
        (replace(file, content_id="shot@x", inline=True),),
    )
    qtbot.waitUntil(
        lambda: [(p.width(), p.height()) for p in pictures(window.pane.talk)] == [(20, 10)]
    )
    assert "shot.png" not in text(window)


def test_a_picture_that_is_not_there_is_named(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    desk = window.session.desk
    lost = replace(desk.files.add(b"x", name="lost.png", mime_type="image/png"), sha256="0" * 64)
    show(
        qtbot,
        window,
        '<img src="cid:lost@x"><img src="cid:never@x" alt="plan">',
        (replace(lost, content_id="lost@x", inline=True),),
    )
    qtbot.waitUntil(lambda: "lost.png: its file is not in the desk" in text(window))
    assert "“plan” is not among this message's files" in text(window)


def test_a_picture_in_the_mail_itself_is_decoded_and_one_that_is_too_large_is_not(qtbot, open_as):
    from base64 import b64encode

    window = open_as("jane", LAPTOP)
    small, vast = b64encode(png()).decode(), b64encode(png(9000, 9000)).decode()
    show(
        qtbot,
        window,
        f'<img src="data:image/png;base64,{vast}" alt="vast">'
        f'<img src="data:image/png;base64,{small}">'
        '<img src="data:image/png;base64,AAAA" alt="bad">',
    )
    qtbot.waitUntil(lambda: "vast: it is too large to show" in text(window))
    qtbot.waitUntil(lambda: "bad: it is no picture" in text(window))
    qtbot.waitUntil(lambda: [p.width() for p in pictures(window.pane.talk)] == [20])


def test_a_wide_picture_is_scaled_and_vectors_are_refused(qapp):
    assert decoded(png(2000, 10), 500).width() == 500
    assert decoded(png(2000, 1), 500).height() == 1
    for data in (
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"",
        b"\x89PNG\r\n\x1a\n",
        b"P6 1 1",
    ):
        with pytest.raises(PictureRefusedError):
            decoded(data, 500)


def test_pictures_elsewhere_are_loaded_for_one_message_only_when_asked(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    view = window.pane.talk
    source = window.session.desk.pictures = FakePictures(a=png(30, 30))
    html = '<img src="https://x.example/a"><img src="https://x.example/b" alt="track">'
    show(qtbot, window, html)
    assert "2 pictures on other machines not loaded" in text(window)
    assert pictures(view) == []
    click_link(qtbot, view, "load for this message")
    qtbot.waitUntil(lambda: [p.width() for p in pictures(view)] == [30])
    assert "track: it is on a machine of this house" in text(window)
    assert source.asked == ["https://x.example/a", "https://x.example/b"]
    show(qtbot, window, html)
    assert "2 pictures on other machines not loaded" in text(window)
    assert len(source.asked) == 2


def test_always_for_a_sender_is_kept_in_the_desk_and_can_be_taken_back(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    view = window.pane.talk
    window.session.desk.pictures = FakePictures(a=png(30, 30))
    show(qtbot, window, '<img src="https://x.example/a">')
    requester = window.ticket.page.requester.id
    click_link(qtbot, view, "always for")
    qtbot.waitUntil(lambda: [p.width() for p in pictures(view)] == [30])
    reader = window.session.desk.reader()
    assert reader.requester(requester).images_allowed
    click_link(qtbot, view, "stop that")
    qtbot.waitUntil(lambda: "1 picture on another machine not loaded" in text(window))
    assert not reader.requester(requester).images_allowed
    reader.close()


def test_a_window_closes_while_a_picture_is_still_on_its_way(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    began, go_on, ended = threading.Event(), threading.Event(), threading.Event()

    class Hanging:
        def fetch(self, url):
            began.set()
            go_on.wait(30)
            ended.set()
            return png(30, 30)

    window.session.desk.pictures = Hanging()
    show(qtbot, window, '<img src="https://x.example/a">')
    click_link(qtbot, window.pane.talk, "load for this message")
    qtbot.waitUntil(began.is_set)
    window.close()
    assert not window.isVisible()
    assert not ended.is_set()
    go_on.set()
    assert ended.wait(30)


# --- finding -----------------------------------------------------------------------------------


def test_finding_counts_steps_and_gives_the_focus_back(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    window.activateWindow()
    show(qtbot, window, "<p>zebra 1</p><p>Zebra 2 🦓</p><p>a zebra 3</p>")
    view, bar = window.pane.talk, window.pane.find_bar
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(bar.edit.hasFocus)
    qtbot.keyClicks(bar.edit, "zebra")
    assert bar.count.text() == "1 of 3"
    qtbot.keyClick(bar.edit, Qt.Key.Key_Return)
    assert bar.count.text() == "2 of 3"
    qtbot.keyClick(bar.edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(bar.edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert bar.count.text() == "3 of 3"
    qtbot.keyClick(bar.edit, Qt.Key.Key_F3)
    assert bar.count.text() == "1 of 3"
    marks = [mark.cursor.selectedText() for mark in view.extraSelections()]
    assert marks == ["zebra", "Zebra", "zebra"]
    qtbot.keyClick(bar.edit, Qt.Key.Key_Escape)
    assert bar.isHidden()
    assert view.hasFocus()
    assert view.extraSelections() == []


def test_finding_says_when_there_is_more_in_folded_text(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    show(qtbot, window, TRAIL)
    bar = window.pane.find_bar
    bar.open()
    qtbot.keyClicks(bar.edit, "is buried")
    assert bar.count.text() == "not found"
    qtbot.waitUntil(lambda: "more in 1 earlier or folded" in bar.more.text())
    qtbot.mouseClick(bar.more, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bar.count.text() == "1 of 1")


def test_finding_looks_through_earlier_entries(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    receive(window, "<p>needle in the past</p>")
    for number in range(101):
        receive(window, f"<p>later {number}</p>")
    window.session.changed.emit(Changes(everything=True))
    qtbot.waitUntil(lambda: window.ticket.page.earlier > 1)
    assert "needle" not in text(window)
    bar = window.pane.find_bar
    bar.open()
    qtbot.keyClicks(bar.edit, "needle")
    qtbot.waitUntil(lambda: not bar.more.isHidden())
    qtbot.mouseClick(bar.more, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bar.count.text() == "1 of 1")


def test_places_are_counted_as_qt_does():
    assert occurrences("aXa", "x") == [(1, 2)]
    assert occurrences("🦓 a 🦓 a", "a") == [(3, 4), (8, 9)]
    assert occurrences("a  b\na b", "a b") == [(0, 4), (5, 8)]
    assert occurrences("(a)", "(a)") == [(0, 3)]
    assert occurrences("abc", "  ") == []


# --- quoting and copying -----------------------------------------------------------------------


def test_q_quotes_the_newest_message_without_its_trail(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    window.activateWindow()
    show(qtbot, window, TRAIL)
    window.pane.talk.setFocus()
    qtbot.keyClick(window.pane.talk, Qt.Key.Key_Q)
    edit = window.pane.reply.edit
    qtbot.waitUntil(lambda: "It works now." in edit.toPlainText())
    assert "wrote:" in edit.toPlainText()
    assert "four is buried" not in edit.toPlainText()


def test_a_selection_is_quoted_and_copied_as_text(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    show(qtbot, window, "<p>one <b>marked</b> word</p>")
    view = window.pane.talk
    assert view.find("marked") or view.find("marked", QTextDocument.FindFlag.FindBackward)
    view.copy()
    assert QApplication.clipboard().text() == "marked"
    menu = view.menu_for("")
    quote = next(action for action in menu.actions() if action.text().startswith("Quote"))
    quote.trigger()
    qtbot.waitUntil(lambda: "marked" in window.pane.reply.edit.toPlainText())
    assert "one" not in window.pane.reply.edit.toPlainText()
    menu.close()


def test_words_of_a_note_are_never_quoted_into_a_reply(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    window.pane.write(window.pane.note.kind)
    qtbot.keyClicks(window.pane.note.edit, "xyzzy is secret")
    qtbot.keyClick(window.pane.note.edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: "xyzzy" in text(window))
    qtbot.waitUntil(lambda: window.pane.note.edit.toPlainText() == "")
    view = window.pane.talk
    view.selectAll()
    view.quote()
    assert "xyzzy" in window.pane.note.edit.toPlainText()
    assert window.pane.reply.edit.toPlainText() == ""
    assert "internal note" in window.pane.notice.text


def test_the_menu_offers_the_address_of_foreign_links_only(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    view = window.pane.talk

    def offers(menu: QMenu) -> bool:
        found = any(action.text() == "Copy link address" for action in menu.actions())
        menu.close()
        return found

    assert offers(view.menu_for("https://x.example/"))
    assert not offers(view.menu_for(view.links.address("earlier")))
    assert not offers(view.menu_for(""))


# --- files -------------------------------------------------------------------------------------


class Outside(QObject):
    """Takes what the program hands to the system."""

    def __init__(self, scheme: str) -> None:
        super().__init__()
        self.opened: list[str] = []
        self.scheme = scheme
        QDesktopServices.setUrlHandler(scheme, self, "take")

    @Slot(QUrl)
    def take(self, url: QUrl) -> None:
        self.opened.append(url.toString() if self.scheme != "file" else url.toLocalFile())


@pytest.fixture
def outside(qapp):
    made = Outside("file")
    yield made
    QDesktopServices.unsetUrlHandler("file")


def test_a_file_is_opened_as_a_copy_after_it_was_named(qtbot, open_as, outside):
    window = open_as("jane", LAPTOP)
    file = window.session.desk.files.add(b"%PDF", name="plan.pdf", mime_type="application/pdf")
    show(qtbot, window, "<p>see</p>", (file,))
    click_link(qtbot, window.pane.talk, "open")
    assert "“plan.pdf” (PDF file, 4 B)" in window.pane.notice.text
    assert outside.opened == []
    qtbot.mouseClick(window.pane.notice.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(outside.opened) == 1)
    copy = Path(outside.opened[0])
    assert copy.name == "plan.pdf"
    assert copy.read_bytes() == b"%PDF"
    assert copy.stat().st_mode & 0o777 == 0o400
    assert copy.parent.stat().st_mode & 0o077 == 0


def test_a_program_is_never_opened_and_it_is_said_why(qtbot, open_as, outside):
    window = open_as("jane", LAPTOP)
    file = window.session.desk.files.add(b"MZ", name="plan.pdf.exe", mime_type="application/pdf")
    window.ticket.files.offer_to_open(file)
    assert "can run on this computer (.exe)" in window.pane.notice.text
    assert window.pane.notice.button.text() == "Save as…"
    assert outside.opened == []


def test_save_all_replaces_nothing(qtbot, open_as, tmp_path):
    window = open_as("jane", LAPTOP)
    files = window.session.desk.files
    one = files.add(b"one", name="a.txt", mime_type="text/plain")
    two = files.add(b"two", name="a.txt", mime_type="text/plain")
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "a.txt").write_bytes(b"mine")
    show(qtbot, window, "<p>see</p>", (one, two))
    click_link(qtbot, window.pane.talk, "save all 2")
    box = window.ticket.files.box
    assert box is not None
    box.fileSelected.emit(str(folder))
    box.close()
    qtbot.waitUntil(lambda: "2 of 2 files saved" in window.pane.notice.text)
    contents = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert contents == {"a.txt": b"mine", "a (2).txt": b"one", "a (3).txt": b"two"}


def test_a_missing_file_is_a_sentence(qtbot, open_as, tmp_path):
    window = open_as("jane", LAPTOP)
    file = window.session.desk.files.add(b"x", name="a.txt", mime_type="text/plain")
    window.ticket.files.save(replace(file, sha256="0" * 64), str(tmp_path / "a.txt"))
    qtbot.waitUntil(lambda: "“a.txt” is not in the desk's folder" in window.pane.notice.text)


# --- states ------------------------------------------------------------------------------------


def test_a_ticket_that_cannot_be_read_is_not_passed_over(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    window.go_to(424242)
    qtbot.waitUntil(lambda: window.ticket.page is None)
    assert "There is no" in window.pane.empty.text()
    assert not window.pane.retry.isHidden()
    with qtbot.waitSignal(window.ticket.shown):
        qtbot.mouseClick(window.pane.retry, Qt.MouseButton.LeftButton)


@pytest.mark.allow_log("ERROR desk_app.ui.thread_html: entry .* cannot be shown")
def test_one_entry_that_cannot_be_shown_leaves_the_others(qtbot, open_as, monkeypatch):
    window = open_as("jane", LAPTOP)
    desk = window.session.desk

    def failing(_: str) -> str:
        raise ValueError("broken")

    entry = receive(window, "<p>x</p>", html=TRAIL)
    monkeypatch.setattr(desk, "clean_html", failing)
    window.ticket.talk.reread_wanted.emit()
    qtbot.waitUntil(lambda: window.ticket.page.entries[-1].id == entry.id)
    assert "This entry could not be shown" in text(window)
    assert has_link(window.pane.talk, "Retry")
    monkeypatch.undo()
    click_link(qtbot, window.pane.talk, "Retry")
    qtbot.waitUntil(lambda: "It works now." in text(window))


@pytest.mark.parametrize(
    ("mail", "ground"),
    [("<p style='color:#333333'>dark words</p>", PAPER), ("<p>plain words</p>", DARK.base)],
)
def test_mail_with_colours_of_its_own_stands_on_white_in_the_dark(qtbot, qapp, mail, ground):
    apply_theme(qapp, "dark")
    view = ThreadView()
    qtbot.addWidget(view)
    view.show_html(cards_html(make_entry(mail)), at_end=False)
    view.resize(400, 200)
    view.show()
    end = view.textCursor()
    end.movePosition(QTextCursor.MoveOperation.End)
    below = view.cursorRect(end).bottomRight()
    picture = view.viewport().grab().toImage()
    assert picture.pixelColor(below.x() + 20, below.y() - 4).name() == ground
    assert picture.pixelColor(1, 1).name() == DARK.base
    apply_theme(qapp, "light")


def test_every_own_link_on_screen_is_understood(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    view = window.pane.talk
    file = window.session.desk.files.add(b"x", name="a.txt", mime_type="text/plain")
    show(qtbot, window, "<a href='https://a.example/'>a</a>" + TRAIL, (file, file))
    own = [view.links.find(address) for _, address, _ in links(view)]
    assert {found[0] for found in own if found} >= {"quote", "open", "file", "saveall"}


def test_the_newest_entry_stays_in_sight_when_a_notice_takes_room(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    view = window.pane.talk
    show(qtbot, window, "<p>line</p>" * 60)
    view.go_to_end()
    assert view.verticalScrollBar().maximum() > 0
    before = view.height()
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_E)  # refused: a task is open
    qtbot.waitUntil(lambda: window.pane.notice.isVisible() and view.height() < before)
    qtbot.waitUntil(view.is_at_end)


# --- paper -------------------------------------------------------------------------------------


def pdf_of(qtbot, window, target, *, notes):
    printer = TicketPrinter(window.session, window.pane)
    printer.save_pdf(window.ticket.page.ticket.id, str(target), notes=notes)
    qtbot.waitUntil(lambda: str(target) in window.pane.notice.text)
    return target.read_bytes()


def test_a_ticket_becomes_a_pdf_with_and_without_notes(qtbot, open_as, tmp_path):
    window = open_as("jane", LAPTOP)
    file = window.session.desk.files.add(png(), name="shot.png", mime_type="image/png")
    show(
        qtbot,
        window,
        "<p>see <img src='cid:shot@x'><img src='https://x.example/a'></p>",
        (replace(file, content_id="shot@x", inline=True),),
    )
    source = window.session.desk.pictures = FakePictures(a=png())
    assert pdf_of(qtbot, window, tmp_path / "all.pdf", notes=True).startswith(b"%PDF-")
    assert pdf_of(qtbot, window, tmp_path / "some.pdf", notes=False).startswith(b"%PDF-")
    assert source.asked == []


def test_paper_without_notes_has_none_of_their_words(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    page = window.ticket.page
    assert any(entry.kind is EntryKind.NOTE for entry in page.entries)
    note = next(entry for entry in page.entries if entry.kind is EntryKind.NOTE)
    directory, desk = window.session.directory, window.session.desk
    whole = make_paper(page, directory, desk).html
    outside = make_paper(without_notes(page), directory, desk).html
    assert "INTERNAL NOTE" in whole
    assert note.html in whole
    assert "INTERNAL NOTE" not in outside
    assert note.html not in outside
    assert "<a href" not in whole.replace('<a href="http', "")


def test_a_pdf_that_cannot_be_written_is_a_sentence(qtbot, open_as, tmp_path):
    window = open_as("jane", LAPTOP)
    printer = TicketPrinter(window.session, window.pane)
    printer.save_pdf(window.ticket.page.ticket.id, str(tmp_path / "no" / "a.pdf"), notes=True)
    qtbot.waitUntil(lambda: "cannot be written" in window.pane.notice.text)


def test_printing_asks_for_a_printer_and_keeps_the_window_usable(qtbot, open_as):
    window = open_as("jane", LAPTOP)
    printer = TicketPrinter(window.session, window.pane)
    printer.print_ticket(window.ticket.page.ticket.id, notes=False)
    qtbot.waitUntil(lambda: printer.dialog is not None and printer.dialog.isVisible())
    assert "without notes" in printer.dialog.windowTitle()
    printer.dialog.reject()
