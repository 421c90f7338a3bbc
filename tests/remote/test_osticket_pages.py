"""Pages and tables of the panel as values: whole, or an error that names what is missing."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk_app.domain.entry import EntryKind
from desk_app.ports.remote_errors import UnreadableAnswerError
from desk_app.remote.osticket.clock import DatabaseClock
from desk_app.remote.osticket.export_rows import FIELDS, SEPARATOR, order, rows_of
from desk_app.remote.osticket.names import Names, key_of
from desk_app.remote.osticket.page import Page
from desk_app.remote.osticket.ticket_page import is_ticket, ticket_page
from tests.remote.panel import html
from tests.remote.panel.csv_text import OFFERED, csv_text, quoted
from tests.remote.panel.html import Manner
from tests.remote.panel.truth import Ticket, Truth

LOOKS = [
    Manner(),
    Manner(language="de", newest_first=True),
    Manner(language="ar", relative=True),
    Manner(relative=True, newest_first=True, lock_on_view=True),
]


def a_ticket() -> tuple[Truth, Ticket]:
    truth = Truth()
    john = truth.agent("john")
    karen = truth.user("Karen <Weber>", "karen@bank.example")
    ticket = truth.open('Screen & "light"', karen, "<p>Dark</p>", john)
    ticket.topic = "13"
    ticket.answers = {"36": "A-1"}
    ticket.staff, ticket.team = john.id, "3"
    truth.write(ticket, "response", john.name, '<div data-desk="c.1"><p>On my way</p></div>')
    truth.write(ticket, "note", john.name, "<p>Toner</p>").title = "Ordered"
    truth.happen(ticket, "share-alt", john, "moved this to Support")
    return truth, ticket


def body(manner: Manner) -> bytes:
    truth, ticket = a_ticket()
    shown = html.ticket(truth, ticket, truth.agents["1"], manner)
    return html.page("t0ken", "Ticket", shown).encode()


def read(data: bytes):
    page = Page(data, "ticket")
    number = re.search(rb'id="ticket-print" href="tickets.php\?id=(\d+)', data)
    assert number is not None
    assert is_ticket(page, number[1].decode())
    return ticket_page(page, number[1].decode())


@pytest.mark.parametrize("manner", LOOKS)
def test_a_page_reads_the_same_however_it_looks(manner: Manner):
    found = read(body(manner))
    assert found.subject == 'Screen & "light"'
    assert (found.status, found.status_id, found.priority) == ("Open", "1", "Normal")
    assert (found.department, found.sla, found.topic) == ("Support", "Default SLA", "Hardware")
    assert found.assignees == "John Doe/Network"
    assert (found.requester_name, found.requester_email) == ("Karen <Weber>", "karen@bank.example")
    kinds = [entry.kind for entry in found.entries]
    assert kinds == [EntryKind.MESSAGE, EntryKind.REPLY, EntryKind.NOTE]
    assert [entry.command for entry in found.entries] == ["", "c.1", ""]
    assert found.entries[2].title == "Ordered"
    assert all(entry.at.tzinfo is not None for entry in found.entries)
    assert [event.icon for event in found.events] == ["magic", "share-alt"]
    assert found.events[1].words == "John Doe moved this to Support"
    assert dict(found.custom) == {"36": "A-1", "37": ""}
    assert found.answered is False
    assert {"reply", "note", "transfer", "edit", "link"} <= found.doors


def test_events_have_the_same_ids_in_either_order():
    one, two = read(body(Manner())), read(body(Manner(newest_first=True)))
    assert [e.id.partition(".")[2] for e in one.events] == [
        e.id.partition(".")[2] for e in two.events
    ]


def test_an_event_may_tell_of_the_moment_that_it_happened_at():
    truth, ticket = a_ticket()
    happened, manner = ticket.events[1], Manner()
    happened.words = f"set the due date to {manner.shown(happened.at)} for Support"
    shown = html.ticket(truth, ticket, truth.agents["1"], manner)
    found = read(html.page("t", "Ticket", shown).encode())
    assert found.events[1].words == " ".join(f"John Doe {happened.words}".split())


BLANKS = [
    '<div class="thread-entry ',
    '<div class="header">',
    '<div class="thread-body ',
    "<b>",
    "<time ",
    '<span class="faded title',
    '<div data-desk="',
    "<option ",
    '<i class="faded icon',
]


@pytest.mark.parametrize("before", BLANKS)
def test_a_page_reads_the_same_with_blanks_between_its_parts(before: str):
    data = body(Manner())
    wide = data.replace(before.encode(), b"\n  " + before.encode())
    assert wide != data
    whole, found = read(data), read(wide)
    assert [e.html.strip() for e in found.entries] == [e.html for e in whole.entries]
    assert [e.command for e in found.entries] == [e.command for e in whole.entries]
    assert [e.at for e in found.entries] == [e.at for e in whole.entries]
    assert (found.events, found.canned) == (whole.events, whole.canned)
    assert (found.reply_statuses, found.offered) == (whole.reply_statuses, whole.offered)


def test_choices_in_groups_are_the_same_choices():
    data = body(Manner())
    grouped = re.sub(rb"(<option .*?</option>)", rb'<optgroup label="x">\1</optgroup>', data)
    assert grouped != data
    whole, found = read(data), read(grouped)
    assert whole.canned
    assert (found.canned, found.reply_statuses) == (whole.canned, whole.reply_statuses)
    assert (found.status_id, found.from_email) == (whole.status_id, whole.from_email)


def test_a_quoted_marker_is_nobodys():
    truth, ticket = a_ticket()
    quoted = '<p>Still dark</p><blockquote><div data-desk="c.1">On my way</div></blockquote>'
    truth.message(ticket, quoted)
    shown = html.ticket(truth, ticket, truth.agents["1"], Manner())
    found = read(html.page("t", "Ticket", shown).encode())
    assert [entry.command for entry in found.entries] == ["", "c.1", "", ""]


NEEDED = {
    "number": (r"#9\d+", "#"),
    "subject": ("tixTitle", "x"),
    "first box": ("<tr><th>Priority:</th>.*?</tr>", ""),
    "both boxes": ('class="ticket_info"', ""),
    "requester": (r'id="user-\d+-email"', ""),
    "plan": ('id="field_sla"', ""),
    "thread": ('id="thread-items"', ""),
    "time": (r'datetime="[^"]+"', ""),
    "time zone": (r'datetime="([^"]+)\+00:00"', r'datetime="\1"'),
    "nonsense": (r'datetime="[^"]+"', 'datetime="a moment ago"'),
    "author": ("<b>Karen.*?</b>", ""),
    "kind": ("thread-entry message", "thread-entry"),
    "entry id": (r'id="thread-entry-\d+"', 'id="thread-entry-"'),
    "body": (r'<div class="thread-body no-pjax"><div>.*?</div>', '<div class="thread-body">'),
}


@pytest.mark.parametrize("part", NEEDED)
def test_what_is_missing_is_named_with_the_servers_version(part: str):
    pattern, instead = NEEDED[part]
    broken = re.sub(pattern, instead, body(Manner()).decode(), count=1, flags=re.DOTALL)
    assert broken.encode() != body(Manner())
    with pytest.raises(UnreadableAnswerError) as unreadable:
        read(broken.encode())
    assert unreadable.value.facts["version"] == html.VERSION
    assert unreadable.value.facts["missing"]
    assert "Dark" not in str(unreadable.value)


def test_words_cannot_pass_for_structure():
    """The server cleans what people write, but classes and ids of its own may be left in it."""
    truth, ticket = a_ticket()
    trick = (
        '<div id="thread-items"><div id="thread-entry-1"><div class="thread-entry response">'
        '<div class="header"><b>Boss</b> <a><time datetime="2000-01-01T00:00:00Z">x</time></a>'
        '<span class="title">t</span></div><div class="thread-body"><div>Pay</div></div></div>'
        "</div>"
        '<div class="thread-event"><i class="icon-magic"></i></div>'
        '<span id="field_sla">Sev-A</span></div>'
    )
    truth.message(ticket, trick)
    data = html.page("t", "x", html.ticket(truth, ticket, truth.agents["1"], Manner())).encode()
    found = read(data)
    assert len(found.entries) == 4
    assert {entry.author for entry in found.entries} == {"Karen <Weber>", "John Doe"}
    assert found.sla == "Default SLA"
    assert len(found.events) == 2


def test_rows_that_a_plugin_adds_change_nothing_or_are_an_error():
    """Never another value: what has an id is found by it."""
    data = body(Manner()).decode()
    whole, row = read(data.encode()), "<tr><th>Score:</th><td>5</td></tr>"
    told, refused = 0, []
    for place in [found.start() for found in re.finditer("<tr>|</table>", data)]:
        changed = data[:place] + row + data[place:]
        try:
            assert read(changed.encode()) == whole
            told += 1
        except UnreadableAnswerError as error:
            refused.append(error)
    assert told > 10
    assert all(error.facts["version"] == html.VERSION for error in refused)


def test_what_a_plugin_hangs_on_a_page_is_not_taken_for_the_panels():
    data = body(Manner()).decode()
    more = (
        '<div class="plugin"><table class="plugin-data"><tr><td>1</td></tr></table>'
        '<a href="#tickets/99/assign">x</a><span class="Icon overdueTicketCount">3</span>'
        '<form id="plugin"><select name="rating"><option value="1" selected>*</option></select>'
        '<input name="score" value="5"></form></div>'
    )
    whole = read(data.encode())
    for mark in ('<div class="sticky bar">', '<table class="ticket_info">', '<form id="reply"'):
        assert read(data.replace(mark, more + mark, 1).encode()) == whole, mark


def test_another_page_is_no_ticket():
    page = Page(html.page("t", "Queue", html.queue([], "")).encode(), "ticket")
    assert not is_ticket(page, "1")


def test_both_who_have_a_ticket_are_told_apart():
    names = Names(agents={"Ann/Lee": "4", "Ann": "5"}, teams={"Net": "2", "Lee/Net": "3"})
    assert names.assigned("Ann/Lee") == ("4", None)
    assert names.assigned("Ann/Lee/Net") == ("5", "3")
    assert names.assigned("Net") == (None, "2")
    assert names.assigned("") == (None, None)
    assert names.assigned("Gone Agent") == ("~Gone Agent", None)
    assert key_of({"Level 2": "9"}, "Support / Level 2") == "9"


# --- tables --------------------------------------------------------------------------------

WORDS = st.text(st.sampled_from('ab "\\\\,;ü\u2028\t'), max_size=12)


@given(st.lists(WORDS, min_size=1, max_size=5))
def test_a_table_says_what_was_written_whatever_that_is(subjects: list[str]):
    truth, ticket = a_ticket()
    columns = order(OFFERED)
    tickets = []
    for subject in subjects:
        ticket = truth.open(subject, ticket.user, "x")
        tickets.append(ticket)
    text = csv_text(truth, tickets, columns, SEPARATOR, timedelta(0)).removeprefix("\ufeff")
    rows = rows_of(text, columns)
    assert [row.subject for row in rows] == subjects
    assert [row.number for row in rows] == [one.number for one in tickets]
    assert {row.requester_name for row in rows} == {"Karen <Weber>"}


@pytest.mark.parametrize("offered", [OFFERED, OFFERED[::-1], ["created", "number"], []])
def test_columns_are_found_in_any_order(offered: list[str]):
    columns = order(offered)
    assert sorted(columns) == sorted(FIELDS)
    assert columns[: len(set(offered) & set(FIELDS))] == [f for f in offered if f in FIELDS]


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("1\x1f2", "row 1: 2 of 23 columns"),
        (SEPARATOR.join(["x"] * len(FIELDS)), "row 1"),
    ],
)
def test_a_row_that_does_not_fit_is_an_error(row: str, problem: str):
    with pytest.raises(UnreadableAnswerError) as unreadable:
        rows_of("head\n" + row + "\n", list(FIELDS))
    assert problem in str(unreadable.value.facts["detail"])


def test_a_date_that_the_server_could_not_read_is_none():
    cells = {"number": "1", "created": "2026-03-02 10:00:00", "lastupdate": "2026-03-02 10:00:00"}
    cells["duedate"] = "0000-00-00 00:00:00"
    row = SEPARATOR.join(quoted(cells.get(name, ""), SEPARATOR) for name in FIELDS)
    (found,) = rows_of("head\n" + row + "\n", list(FIELDS))
    assert found.due is None


# --- the database's clock ------------------------------------------------------------------


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kathmandu", "America/St_Johns", "Europe/Berlin"])
def test_the_databases_time_zone_is_learnt_from_one_ticket(zone: str):
    made = datetime(2026, 7, 1, 12, 0, 3, tzinfo=UTC)
    shown = made.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    clock = DatabaseClock()
    clock.learn(shown + timedelta(seconds=2), made)
    later = datetime(2026, 7, 3, 9, tzinfo=UTC)
    assert clock.moment(later.astimezone(ZoneInfo(zone)).replace(tzinfo=None)) == later


def test_summer_and_winter_are_told_by_the_nearest_hint():
    zone, clock = ZoneInfo("Europe/Berlin"), DatabaseClock()
    for month in (1, 7, 11):
        made = datetime(2026, month, 10, tzinfo=UTC)
        clock.learn(made.astimezone(zone).replace(tzinfo=None), made)
    for month in (2, 6, 8, 12):
        wanted = datetime(2026, month, 3, 15, tzinfo=UTC)
        assert clock.moment(wanted.astimezone(zone).replace(tzinfo=None)) == wanted
