"""Tables of tickets as other help desks export them, and as people spoil them."""

import codecs
import csv
import random
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk_app.domain.intake import (
    BadCsvError,
    BrokenRow,
    BrokenRowReason,
    CsvProblem,
    DateOrder,
    RowOddityCode,
    TicketField,
    TicketRow,
)
from desk_app.system import ticket_csv
from desk_app.system.csv_mapping import SYNONYMS
from desk_app.system.ticket_csv import (
    propose_date_order,
    propose_mapping,
    read_rows,
    read_shape,
)

OSTICKET = (
    "Ticket Number,Date Created,Subject,From,From Email,Priority,Department,Help Topic,Source,"
    "Current Status,Last Updated,SLA Due Date,Due Date,Closed Date,Overdue,Answered,"
    "Agent Assigned,Team Assigned"
)


def write(path, text, encoding="utf-8"):
    path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    return path


@pytest.fixture
def table(tmp_path):
    return lambda text, encoding="utf-8": write(tmp_path / "t.csv", text, encoding)


def rows_of(path, **options):
    return list(read_rows(path, propose_mapping(read_shape(path).header), **options))


def codes(row):
    return {oddity.code for oddity in row.oddities}


def test_an_osticket_export_is_understood(table):
    path = table(
        OSTICKET + "\r\n"
        '123456,2026-11-20 08:30:00,"Printer, 2nd floor",Ann B,ann@x.org,High,Support,Hardware,'
        'Email,Open,2026-11-21 00:00:00,2026-11-22 08:30:00,,,0,1,Cleo C,"Team ""One"""\r\n'
    )
    assert rows_of(path) == [
        TicketRow(
            row=1,
            number="123456",
            subject="Printer, 2nd floor",
            requester_name="Ann B",
            requester_email="ann@x.org",
            status="Open",
            priority="High",
            department="Support",
            topic="Hardware",
            owner="Cleo C",
            source="Email",
            created=datetime(2026, 11, 20, 8, 30, tzinfo=UTC),
        )
    ]
    mapping = propose_mapping(read_shape(path).header)
    assert mapping["Due Date"] is TicketField.DUE
    assert not {"SLA Due Date", "Team Assigned", "Last Updated", "Overdue"} & mapping.keys()


@pytest.mark.parametrize(
    ("header", "fields"),
    [
        (  # Zendesk
            "Id;Subject;Description;Requester;Requester email;Assignee;Group;Created at;Due",
            "number subject text requester_name requester_email owner department created due",
        ),
        ("id;Subject;Requestors;Queue;Owner;Created;Due;Status", None),  # Request Tracker
        (
            "Ticketnummer;Betreff;Absender;E-Mail;Priorität;Abteilung;Erstellt am;Telefon",
            "number subject requester_name requester_email priority department created phone",
        ),
        (
            "Numéro;Sujet;Demandeur;Courriel;État",
            "number subject requester_name requester_email status",
        ),
        ("NÚMERO;asunto;PRIORIDAD;Correo electrónico", "number subject priority requester_email"),
    ],
)
def test_headings_of_other_desks_and_languages_are_known(header, fields):
    mapping = propose_mapping(header.split(";"))
    found = [mapping[column].value for column in header.split(";")]
    if fields is not None:
        assert found == fields.split()
    else:
        assert found[2] == "requester_email"
        assert found[3] == "department"


def test_every_heading_finds_its_field_alone():
    for field, headings in SYNONYMS.items():
        for heading in headings:
            assert set(propose_mapping([heading.upper()]).values()), (field, heading)


def test_no_field_is_given_twice_and_strangers_get_none():
    mapping = propose_mapping(["Subject", "Title", "Favourite colour", "SLA Due Date", "Due Date"])
    assert mapping == {"Subject": TicketField.SUBJECT, "Due Date": TicketField.DUE}


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "windows-1252"],
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_encoding_and_delimiter_are_found(table, encoding, delimiter):
    lines = [["Betreff", "Absender", "Status"], ["Tür, Schloß", "Jörg", "offen"]] * 1
    text = "".join(delimiter.join(f'"{cell}"' for cell in line) + "\r\n" for line in lines)
    path = table(text, encoding)
    shape = read_shape(path)
    assert shape.delimiter == delimiter
    assert shape.header == ("Betreff", "Absender", "Status")
    assert shape.samples == (("Tür, Schloß", "Jörg", "offen"),)
    [row] = rows_of(path)
    assert (row.subject, row.requester_name, row.status) == ("Tür, Schloß", "Jörg", "offen")


def test_the_mark_of_utf16_big_endian_is_known(table):
    path = table(codecs.BOM_UTF16_BE + "Subject;Id\na;1\n".encode("utf-16-be"))
    assert rows_of(path)[0].subject == "a"


def test_excels_own_line_for_the_delimiter_is_obeyed(table):
    path = table("sep=|\r\nSubject|Text, with; marks\r\na|b\r\n")
    assert read_shape(path).header == ("Subject", "Text, with; marks")
    assert [(row.row, row.subject) for row in rows_of(path)] == [(1, "a")]


def test_columns_without_a_name_or_with_the_same_get_one(table):
    shape = read_shape(table("\n \nSubject,,Subject,\na,b,c,d\n"))
    assert shape.header == ("Subject", "#2", "Subject (2)", "#4")


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", CsvProblem.EMPTY),
        (b"\r\n , ,\r\n", CsvProblem.NO_HEADER),
        (b"PK\x03\x04rest of a workbook", CsvProblem.BINARY),
        (bytes(range(256)) * 8, CsvProblem.BINARY),
        (random.Random(7).randbytes(90_000), CsvProblem.BINARY),
    ],
)
def test_what_is_no_table_is_refused_with_its_reason(table, data, problem):
    with pytest.raises(BadCsvError) as caught:
        read_shape(table(data))
    assert caught.value.problem is problem


def test_a_missing_file_is_a_problem_not_a_crash(tmp_path):
    with pytest.raises(BadCsvError) as caught:
        read_shape(tmp_path / "none.csv")
    assert caught.value.problem is CsvProblem.UNREADABLE_FILE


def test_broken_rows_are_kept_aside_and_the_rest_goes_on(table):
    path = table("Id,Subject,Text\n1,a,b\n2,a,b,c\n\n , ,\n3,,\n4,d\n5,e,f,,\n")
    rows = rows_of(path)
    assert [(type(row), row.row) for row in rows] == [
        (TicketRow, 1),
        (BrokenRow, 2),
        (BrokenRow, 5),
        (TicketRow, 6),
        (TicketRow, 7),
    ]
    assert rows[1].reason is BrokenRowReason.TOO_MANY_CELLS
    assert rows[1].cells == ("2", "a", "b", "c")
    assert rows[2].reason is BrokenRowReason.NOTHING_IN_IT
    assert codes(rows[3]) == {RowOddityCode.SHORT_ROW}
    assert codes(rows[4]) == set()


def test_a_quote_that_is_never_closed_costs_one_row(table):
    path = table('Id,Subject\n1,"a\nb"\n2,"open\n3,c\n4,"also open\n5,d\n')
    rows = rows_of(path)
    assert [getattr(row, "subject", None) or row.reason for row in rows] == [
        "a b",
        BrokenRowReason.BAD_QUOTES,
        "c",
        BrokenRowReason.BAD_QUOTES,
        "d",
    ]
    assert rows[1].detail == '2,"open'


def test_quotes_inside_a_cell_are_just_marks(table):
    row, sloppy = rows_of(table('Id,Subject,Text\n1,5" disk,say "hi"\n2,"a "b" c",d\n'))
    assert (row.subject, row.text) == ('5" disk', 'say "hi"')
    assert (sloppy.subject, sloppy.text) == ('a b" c"', "d")


def test_a_huge_field_is_read_and_one_over_the_limit_is_kept_aside(table, monkeypatch):
    long = "x" * 500_000
    path = table(f"Subject,Text\na,{long}\nb,c\n")
    before = csv.field_size_limit()
    try:
        assert rows_of(path)[0].text == long
        csv.field_size_limit(1000)
        monkeypatch.setattr(ticket_csv, "MAX_FIELD_CHARS", 1000)
        broken, good = rows_of(path)
    finally:
        csv.field_size_limit(before)
    assert broken.reason is BrokenRowReason.FIELD_TOO_LARGE
    assert good.subject == "b"


def test_formulas_and_nuls(table):
    [row] = rows_of(table('Subject,Text\n=1+1,"=HYPERLINK(""http://x"")\0"\n'))
    assert (row.subject, row.text) == ("=1+1", '=HYPERLINK("http://x")')
    assert codes(row) == {RowOddityCode.NUL_BYTES}


def test_lines_in_a_cell_stay_in_the_text_and_fold_in_the_subject(table):
    [row] = rows_of(table('Subject,Text\r\n"a\r\n b","c\n\nd"\r\n'))
    assert (row.subject, row.text) == ("a b", "c\n\nd")


@pytest.mark.parametrize(
    ("name", "email", "found", "is_odd"),
    [
        ("Ann", "ann@x.org", ("Ann", "ann@x.org"), False),
        ("Ann <ann@x.org>", "", ("Ann", "ann@x.org"), False),
        ("", "Ann <ann@x.org>", ("Ann", "ann@x.org"), False),
        ("Ann B", "Ann <ann@x.org>", ("Ann B", "ann@x.org"), False),
        ("", "ann@x.org, bob@x.org", ("", "ann@x.org"), False),
        ("ann@x.org", "", ("", "ann@x.org"), False),
        ("Ann", "nobody", ("Ann", ""), True),
        ("", "", ("", ""), False),
    ],
)
def test_a_requester_is_found_in_either_column(table, name, email, found, is_odd):
    [row] = rows_of(table(f'Subject,From,From Email\nx,"{name}","{email}"\n'))
    assert (row.requester_name, row.requester_email) == found
    assert (RowOddityCode.BAD_EMAIL in codes(row)) == is_odd


APRIL = datetime(2026, 4, 3, 14, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cell", "order", "moment", "code"),
    [
        ("2026-04-03T14:05:00Z", None, APRIL, None),
        ("2026-04-03 14:05:00", None, APRIL, None),
        ("2026-04-03 14:05:00 UTC", None, APRIL, None),
        ("2026-04-03 16:05:00+02:00", None, APRIL, None),
        ("2026/4/3 14:05", None, APRIL, None),
        ("03.04.2026 14:05", None, APRIL, None),
        ("03.04.26, 14:05:00", DateOrder.DAY_FIRST, APRIL, None),
        ("03/04/2026 2:05 PM", DateOrder.DAY_FIRST, APRIL, None),
        ("4/3/26 2:05\u202fp.m.", DateOrder.MONTH_FIRST, APRIL, None),
        ("03/04/2026 14:05", None, None, RowOddityCode.AMBIGUOUS_DATE),
        ("04/04/2026 00:00", None, datetime(2026, 4, 4, tzinfo=UTC), None),
        ("13/04/2026", None, datetime(2026, 4, 13, tzinfo=UTC), None),
        (
            "13/04/2026",
            DateOrder.MONTH_FIRST,
            datetime(2026, 4, 13, tzinfo=UTC),
            RowOddityCode.OTHER_DATE_ORDER,
        ),
        ("12/31/2026 12:00 AM", None, datetime(2026, 12, 31, tzinfo=UTC), None),
        ("Fri Apr 03 14:05:00 2026", None, APRIL, None),
        ("Fri, 3 Apr 2026 16:05:00 +0200", None, APRIL, None),
        ("31.02.2026", None, None, RowOddityCode.BAD_DATE),
        ("99/99/2026", None, None, RowOddityCode.BAD_DATE),
        ("0001-01-01", None, None, RowOddityCode.BAD_DATE),
        ("9999-12-31T23:59:59-14:00", None, None, RowOddityCode.BAD_DATE),
        ("soon", None, None, RowOddityCode.BAD_DATE),
        ("1" * 5000, None, None, RowOddityCode.BAD_DATE),
        ("", None, None, None),
    ],
)
def test_dates_are_read_in_one_way_or_not_at_all(table, cell, order, moment, code):
    [row] = rows_of(table(f'Subject,Created\nx,"{cell}"\n'), dates=order)
    assert row.created == moment
    assert codes(row) == ({code} - {None})
    assert all(oddity.field is TicketField.CREATED for oddity in row.oddities)


def test_times_without_a_zone_hang_in_the_given_one(table):
    zone = timezone(timedelta(hours=2))
    [row] = rows_of(table("Subject,Due\nx,2026-04-03 16:05\n"), zone=zone)
    assert row.due == APRIL


def test_the_order_of_dates_is_proposed_if_the_cells_agree():
    assert propose_date_order(["01/02/2026", "13/02/2026", "x"]) is DateOrder.DAY_FIRST
    assert propose_date_order(["01/13/2026 10:00"]) is DateOrder.MONTH_FIRST
    assert propose_date_order(["01/13/2026", "13/01/2026"]) is None
    assert propose_date_order(["01/02/2026"]) is None


@given(st.binary(max_size=300))
def test_any_bytes_are_rows_or_a_reason(tmp_path_factory, data):
    path = write(tmp_path_factory.mktemp("csv") / "t.csv", data)
    try:
        shape = read_shape(path)
    except BadCsvError as refused:
        CsvProblem(refused.problem)
        return
    mapping = dict(zip(shape.header, TicketField, strict=False))
    for row in read_rows(path, mapping, shape=shape):
        assert isinstance(row, TicketRow | BrokenRow)
        repr(row).encode("utf-8")


@given(
    st.lists(
        st.tuples(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1)).filter(
            lambda cells: cells[0].strip()
        ),
        max_size=8,
    )
)
def test_what_was_written_is_read(tmp_path_factory, cells):
    lines = ["Id,Text"]
    lines += [f'{at},"{text.replace(chr(34), chr(34) * 2)}"' for at, (text,) in enumerate(cells)]
    path = write(tmp_path_factory.mktemp("csv") / "t.csv", "\r\n".join(lines))
    rows = list(read_rows(path, {"Id": TicketField.NUMBER, "Text": TicketField.TEXT}))
    assert [row.text for row in rows] == [text.strip() for (text,) in cells]
